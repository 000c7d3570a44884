"""P4: BOM, power, price and cables at L0 against one traversal at L1, at several sizes; and the whole command."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from time import perf_counter, process_time
from typing import Any

from benchmarks.elaboration.design import ACCELERATORS, ROOT, SCALE, scale

LAUNCH = "import sys; from hwdsl.cli import main; sys.exit(main())"


def verdict(met: bool) -> str:
    """As a word."""
    return "met" if met else "missed"


def roll_up(root: Any) -> None:
    """Everything a buyer asks: lines of the BOM (quantities, figures, sources), power and price of the whole, cables."""
    from hwdsl.backends.bom.lines import bill
    from hwdsl.query.media import total

    bill(root)
    power_and_price(root)
    total(root, "cables", ())


def power_and_price(root: Any) -> None:
    """The two sums over the whole design."""
    from hwdsl.query.rollup import roll

    roll(root, "power")
    roll(root, "price")


def forget(root: Any) -> None:
    """Drop every derived fact of the templates, so that a roll-up starts from L0 alone."""
    from hwdsl.ir.l0 import templates

    for t in templates(root):
        t._cache.clear()


def median(work: Callable[[], Any], before: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        before()
        start = process_time()
        work()
        times.append(process_time() - start)
    return statistics.median(times)


def against_traversal(sizes: tuple[int, ...], rounds: int) -> None:
    """Print P4: the largest size counts, the others show that the cost does not grow with the number of links."""
    from hwdsl.ir.traverse import hops

    cold: list[float] = []
    root = scale(sizes[0]).root
    for n in sizes:
        root = scale(n).root
        roll_up(root)
        cold.append(median(partial(roll_up, root), partial(forget, root), rounds))
    warm = median(partial(roll_up, root), gc.collect, rounds)
    figures = median(partial(power_and_price, root), partial(forget, root), rounds)
    start = perf_counter()
    hops(scale(1).root, 0, (), ())
    compiling = perf_counter() - start
    walk = median(partial(hops, root, 0, (), ()), gc.collect, 3)
    print(f"P4  BOM, power, price and cables at L0 (CPU time), against one implicit BFS at "
          f"{sizes[-1] * ACCELERATORS:,} accelerators: {walk * 1e3:.0f} ms (numba, imported and compiled "
          f"or loaded before, {compiling:.1f} s, apart)")
    for n, seconds in zip(sizes, cold):
        print(f"    {n * ACCELERATORS:>9,} accelerators: {seconds * 1e3:6.2f} ms")
    ratio = cold[-1] / walk
    growth = cold[-1] / cold[0]
    print(f"    from L0 alone {ratio:.1e} (target < 1e-4: {verdict(ratio < 1e-4)}); facts of the templates kept "
          f"{warm / walk:.1e}; power and price alone {figures / walk:.1e}")
    print(f"    largest against smallest {growth:.2f} x (independent of N: {verdict(growth < 1.5)})")


def command(supernodes: int) -> str:
    """CPU time and peak memory of `hwc compile examples/scale.hw -P supernodes=N --only bom`, as a line of text.

    To be measured first: the peak of a child begins with what its parent holds at the fork.
    """
    with tempfile.TemporaryDirectory() as out:
        made = os.path.join(out, "made")
        line = [sys.executable, "-c", LAUNCH, "compile", str(SCALE), "-o", made,
                "--only", "bom", "-P", f"supernodes={supernodes}"]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = os.path.join(out, "bytecode")
        seconds = megabytes = 0.0
        for _ in range(2):  # the first run writes byte code
            process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            assert process.stderr is not None
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(said.decode(errors="replace"))
            process.stderr.close()
            seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    return (f"    hwc compile examples/scale.hw -P supernodes={supernodes} --only bom: {seconds:.2f} s of CPU, "
            f"{megabytes:.0f} MB at most  "
          f"(aim 2 s, 500 MB: {verdict(seconds <= 2 and megabytes <= 500)})")
