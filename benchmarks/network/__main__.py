"""`python -m benchmarks.network [--quick]`: targets P5 to P9, growth over the size, memory, `hwc perf`, other tools.

Ratios are taken within this run, of CPU times (medians of rounds); absolute figures stand beside them and belong to this machine.
Compiled loops are loaded before anything is measured with them. `--quick` takes smaller sizes and fewer of them; its ratios say
less than those of a whole run, which takes some minutes and 4 GB.
"""

from __future__ import annotations

import argparse
from time import process_time

from benchmarks.network.command import command
from benchmarks.network.memory import memory


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.network", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer networks and rounds")
    quick = parser.parse_args().quick
    memory(quick)
    command(quick)
    before = process_time()
    from benchmarks.network.classes import by_classes  # numpy and numba come after the child processes
    from benchmarks.network.faults import with_faults
    from benchmarks.network.growth import growth
    from benchmarks.network.libraries import against_libraries
    from benchmarks.network.loads import against_search, load_loops
    from benchmarks.network.rates import simulation, sweeps

    load_loops()
    spent = process_time() - before
    print(f"numba and the compiled loops of loads: {spent:.1f} s of CPU to import, compile or load, apart from what follows",
          flush=True)
    against_search(quick)
    with_faults(quick)
    sweeps(quick)
    by_classes(quick)
    simulation(quick)
    growth(quick)
    against_libraries(quick)


if __name__ == "__main__":
    main()
