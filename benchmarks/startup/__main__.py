"""`python -m benchmarks.startup [--runs N]`: CPU time of `hwc --help` and of `hwc check examples/nvl72.hw` with a warm cache.

Prints ratios to `python -c pass`. Absolute times on busy machines swing by a factor of two within minutes, so the three commands
take turns, each round gives one ratio per command, and the median of the rounds counts. CPU time is user + system of the child,
as the kernel reports it. Byte code is written to a folder of its own first, so that a read-only environment, or one with
PYTHONDONTWRITEBYTECODE, does not measure Python's own compiler.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = "import sys; from hwdsl.cli import main; sys.exit(main())"
"""What the installed console script does."""
TARGETS = {"hwc --help": 5.0, "hwc check examples/nvl72.hw": 12.0}


def commands() -> dict[str, list[str]]:
    python = sys.executable
    return {
        "python -c pass": [python, "-c", "pass"],
        "hwc --help": [python, "-c", LAUNCH, "--help"],
        "hwc check examples/nvl72.hw": [python, "-c", LAUNCH, "check", str(ROOT / "examples" / "nvl72.hw")],
    }


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """User + system time of one run; a run that fails ends the benchmark."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[-1]}: exit code {process.returncode}\n{said.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime


def measure(runs: int, environment: dict[str, str]) -> dict[str, list[float]]:
    """CPU seconds of `runs` rounds per command, after two rounds that warm the caches."""
    times: dict[str, list[float]] = {name: [] for name in commands()}
    for turn in range(-2, runs):
        for name, command in commands().items():
            seconds = cpu_seconds(command, environment)
            if turn >= 0:
                times[name].append(seconds)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40, help="rounds (default 40)")
    runs = max(3, parser.parse_args().runs)
    with tempfile.TemporaryDirectory() as cache:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        times = measure(runs, environment)
    base = times["python -c pass"]
    print(f"CPU time, median of {runs} interleaved runs (target P12)")
    print(f"  {'python -c pass':<30} {statistics.median(base) * 1e3:7.1f} ms")
    for name, target in TARGETS.items():
        ratio = statistics.median(t / b for t, b in zip(times[name], base))
        met = "met" if ratio <= target else "missed"
        print(f"  {name:<30} {statistics.median(times[name]) * 1e3:7.1f} ms  {ratio:5.1f} x  (target <= {target:g} x: {met})")


if __name__ == "__main__":
    main()
