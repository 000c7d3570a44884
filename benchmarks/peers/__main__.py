"""`python -m benchmarks.peers [--quick] [--write FILE]`: completion times and speed against SimGrid, where it is installed.

Both get the same flows, paths and capacities; where the models are the same, times agree within 1e-6. Without SimGrid the
comparison is skipped with a message. `--write` keeps the table as a page.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks.peers.cases import cases
from benchmarks.peers.flows import compare, python_with_simgrid

AGREE = 1e-6


def line(row: dict[str, Any]) -> str:
    """A row of the page's table."""
    theirs = row["why"] if "simgrid" not in row else f"{row['simgrid']:.3g} s"
    apart = "" if "difference" not in row else f"{row['difference']:.0e}"
    factor = "" if "simgrid" not in row else f"{row['simgrid'] / row['ours']:,.0f}x"
    return f"| {row['case']} | {row['flows']:,} | {row['last']:.6g} s | {apart} | {row['ours']:.3g} s | {theirs} | {factor} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the fast cases only")
    parser.add_argument("--write", type=Path, help="keep the table in this file")
    given = parser.parse_args()
    if python_with_simgrid() is None:
        print("skipped: SimGrid is not installed (Debian: apt install python3-simgrid)")
        return
    rows = compare(cases(given.quick))
    table = ["| case | flows | last flow ends | relative difference | ours, CPU | SimGrid, CPU | ratio |",
             "|---|---|---|---|---|---|---|", *map(line, rows)]
    print("\n".join(table))
    worst = max((r["difference"] for r in rows if "difference" in r), default=0.0)
    print(f"\ngreatest relative difference {worst:.0e} (aim 1e-6: {'met' if worst <= AGREE else 'missed'})")
    if given.write is not None:
        given.write.write_text(PAGE.format(table="\n".join(table), worst=f"{worst:.0e}"))
        print(f"written to {given.write}")


PAGE = """# Completion times against SimGrid

Made by `python -m benchmarks.peers --write docs/peers.md`. Both tools get the same flows, one path each, and the same capacities.
SimGrid runs its CM02 model (max-min sharing) without cross traffic and TCP window, at its finest precision. It gives flows with a
shorter round trip a larger share; links therefore have no latency where paths differ in length. CPU times are those of the
simulation alone, without building the platform on its side and without loading compiled loops on ours.

{table}

Greatest relative difference of any completion time: {worst}.
"""


if __name__ == "__main__":
    main()
