"""`python -m benchmarks.examples [NAME...]`: CPU time and peak memory of `hwc compile` for every example with default parameters.

Aims: 5 s and 1 GB each. Then `lightsphere_x` and `scalex_10k` at about 10,000 and 100,000 accelerators: `hwc check`, and
`hwc query` with the level of the model that each answer took (L0 is symbolic: nothing was flattened). Every command is a process
of its own; CPU time is user + system of it as the kernel reports it, memory its largest resident set. Byte code and parse tables
are made beforehand, as they are on any machine that has run `hwc` once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
LAUNCH = "import sys; from hwdsl.cli import main; sys.exit(main())"
"""What the installed console script does."""
SECONDS, BYTES = 5.0, 1e9
"""The aims for one `hwc compile`."""


class Large(NamedTuple):
    """A design at two sizes: parameter settings, and what is asked of it."""

    name: str
    settings: tuple[str, ...]
    questions: tuple[str, ...]


LARGE = (
    Large("lightsphere_x", ("n=10000", "n=100000"),
          ("count(BirenModule)", "count(links(optics))", "count(OcsTrx)", "rate(links(optics))", "power(self)")),
    Large("scalex_10k", ("racks=16", "racks=158"),
          ("count(ScaleXCard)", "count(links(scale_fabric))", "diameter(**.card, plane = scale_fabric)",
           "bisection(**.card, plane = scale_fabric)", "power(unit[*])")),
)


class Run(NamedTuple):
    """What one command took, its exit code and what it printed."""

    seconds: float
    peak: int
    code: int
    out: str


def run(arguments: list[str], environment: dict[str, str]) -> Run:
    """One `hwc` command in a process of its own; stdout and stderr together, because only one of them is of use."""
    process = subprocess.Popen([sys.executable, "-c", LAUNCH, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    assert process.stdout is not None
    out = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale, process.returncode, out)


def compile_all(names: list[str], folder: str, environment: dict[str, str]) -> int:
    """A line for each example; how many miss an aim."""
    print(f"hwc compile, default parameters (aims: {SECONDS:g} s of CPU time, {BYTES / 1e9:g} GB)")
    missed = 0
    for name in names:
        r = run(["compile", str(EXAMPLES / f"{name}.hw"), "-o", os.path.join(folder, name)], environment)
        met = r.code == 0 and r.seconds <= SECONDS and r.peak <= BYTES
        missed += not met
        said = "met" if met else "missed" if r.code == 0 else f"exit code {r.code}: {r.out.strip().splitlines()[-1:]}"
        print(f"  {name:<22} {r.seconds:7.2f} s {r.peak / 1e6:8.0f} MB   {said}", flush=True)
    return missed


def ask_large(large: Large, environment: dict[str, str]) -> None:
    """Check and query of a design at its sizes, with the level of each answer."""
    file = str(EXAMPLES / f"{large.name}.hw")
    for setting in large.settings:
        r = run(["check", file, "-P", setting], environment)
        said = f"exit code {r.code}" if r.code else "no error"
        print(f"  {large.name} {setting}: check {said} {r.seconds:.2f} s {r.peak / 1e6:.0f} MB")
        for question in large.questions:
            r = run(["query", file, question, "-P", setting, "--format", "json"], environment)
            print(f"    {question:<46} {answer(r):<38} {r.seconds:6.2f} s {r.peak / 1e6:6.0f} MB", flush=True)


def answer(r: Run) -> str:
    """`404480 at L0`, or what kept the question from an answer."""
    try:
        [found] = json.loads(r.out)["results"]
        return f"{found['text']} at {found['level']}"
    except (ValueError, KeyError, TypeError):
        return f"exit code {r.code}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.examples", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    every = sorted(p.stem for p in EXAMPLES.glob("*.hw"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="examples by name (default: all, and the large sizes)")
    names = parser.parse_args().names
    for name in names:
        if name not in every:
            parser.error(f"there is no example `{name}`")
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = os.path.join(folder, "bytecode")
        environment["HWC_CACHE_DIR"] = os.path.join(folder, "tables")
        run(["compile", str(EXAMPLES / "nvl72.hw"), "-o", os.path.join(folder, "warm")], environment)
        missed = compile_all(names or every, folder, environment)
        print(f"  {missed} of {len(names or every)} miss an aim")
        for large in LARGE:
            if not names and large.name in every:
                if large is LARGE[0]:
                    print("hwc check and hwc query of large designs")
                ask_large(large, environment)


if __name__ == "__main__":
    main()
