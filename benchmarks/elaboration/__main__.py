"""`python -m benchmarks.elaboration [--quick]`: targets P1 to P4, and `hwc compile examples/scale.hw` of a million accelerators.

Ratios are taken within this run; absolute figures stand beside them and belong to this machine. The flat tables are made by numpy
alone. `--quick` uses 100,000 accelerators where the targets ask for a million, and fewer rounds.
"""

from __future__ import annotations

import argparse

from benchmarks.elaboration.design import warm
from benchmarks.elaboration.rollups import against_traversal, command

MILLION, HUNDRED_THOUSAND, SIXTEEN_THOUSAND = 2605, 261, 42
"""Supernodes of 384 accelerators."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.elaboration", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 accelerators for P2 to P4, fewer rounds")
    quick = parser.parse_args().quick
    large, rounds = (HUNDRED_THOUSAND, 3) if quick else (MILLION, 9)
    bought = command(large)
    from benchmarks.elaboration.tables import against_libraries, against_memory  # numpy comes after the child process

    warm()
    against_libraries(SIXTEEN_THOUSAND)
    against_memory(large, rounds)
    against_traversal((SIXTEEN_THOUSAND, HUNDRED_THOUSAND, MILLION) if not quick else (1, SIXTEEN_THOUSAND, large), rounds)
    print(bought)


if __name__ == "__main__":
    main()
