"""CPU time of `hwc perf examples/nvl72.hw` in a new process, with warm caches and with an empty cache of compiled loops."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.network.measure import verdict

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = "import sys; from hwdsl.cli import main; code = main(); print('numba' in sys.modules, file=sys.stderr); sys.exit(code)"


def run(file: str, environment: dict[str, str]) -> tuple[float, bool]:
    """(CPU seconds, whether numba was loaded) of one evaluation."""
    line = [sys.executable, "-c", LAUNCH, "perf", str(ROOT / "examples" / file)]
    process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise SystemExit(said)
    return usage.ru_utime + usage.ru_stime, said.rstrip().endswith("True")


def command(quick: bool) -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = os.path.join(scratch, "bytecode")
        for file in ("nvl72.hw",) if quick else ("nvl72.hw", "cloudmatrix384.hw"):
            run(file, environment)
            runs = [run(file, environment) for _ in range(3 if quick else 5)]
            warm, loaded = statistics.median(t for t, _ in runs), runs[0][1]
            aim = f" (aim 1.5 s: {verdict(warm <= 1.5)})" if file == "nvl72.hw" else ""
            print(f"hwc perf examples/{file}: {warm:.2f} s of CPU with warm caches{aim}, "
                  f"{'with' if loaded else 'without'} compiled loops", end="")
            if loaded:
                cold, _ = run(file, {**environment, "NUMBA_CACHE_DIR": os.path.join(scratch, f"numba-{file}")})
                print(f"; {cold:.2f} s while they are compiled for the first time", end="")
            else:
                cold, _ = run(file, {**environment, "NUMBA_CACHE_DIR": os.path.join(scratch, f"numba-{file}")})
                print(f"; {cold:.2f} s with an empty cache of compiled loops", end="")
            print(flush=True)
