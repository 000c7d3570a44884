"""CSV files with headings, cell by cell, so that a mistake can name its file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from hwdsl.node import Record
from hwdsl.types.unit import unit

NUMBER = re.compile(r"([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?)\s*(.*)", re.DOTALL)
HEADING = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:[\[(]\s*(.*?)\s*[\])])?\s*")

LONGEST = 60
"""Characters of an amount."""


class BadCell(Exception):
    """What is wrong in a file: `problem`, and where: `line` from 1 (0: the whole file), `column` from 1 (0: the whole line)."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.line, self.column = problem, line, column

    @property
    def place(self) -> str:
        """`, line 3, column 2`; "" for the whole file."""
        return (f", line {self.line}" if self.line else "") + (f", column {self.column}" if self.column else "")


class Cell(Record):
    """The text of a cell, the unit its heading states ("" for none), and where it stands."""

    text: str
    unit: str
    line: int
    column: int

    def bad(self, problem: str) -> BadCell:
        """A mistake in this cell."""
        return BadCell(problem, self.line, self.column)


def rows(path: str, needed: tuple[str, ...], units: tuple[str, ...] = ()) -> Iterator[dict[str, Cell]]:
    """The cells of each line by heading: `needed` in any order, those in `units` may state one (`size [MiB]`); empty lines are
    passed over. Raises BadCell; OSError where the file cannot be read."""
    import csv

    with open(path, newline="", encoding="utf-8-sig", errors="replace") as file:
        reader = csv.reader(file)
        heads: list[tuple[str, str]] | None = None
        try:
            for cells in reader:
                if not any(c.strip() for c in cells):
                    continue
                line = reader.line_num
                if heads is None:
                    heads = headings(cells, line, needed, units)
                    continue
                if len(cells) != len(heads):
                    raise BadCell(f"the line has {len(cells)} cells, the first has {len(heads)}", line)
                yield {name: Cell(text.strip(), u, line, k + 1) for k, ((name, u), text) in enumerate(zip(heads, cells))}
        except csv.Error as error:
            raise BadCell(f"this cannot be read as CSV: {error}", reader.line_num) from None
    if heads is None:
        raise BadCell("the file is empty; its first line names the columns: " + ", ".join(needed))


def headings(cells: list[str], line: int, needed: tuple[str, ...], units: tuple[str, ...]) -> list[tuple[str, str]]:
    """(name, unit) of each column. Raises BadCell."""
    out: list[tuple[str, str]] = []
    for k, text in enumerate(cells, 1):
        match = HEADING.fullmatch(text)
        name, stated = (match.group(1), match.group(2) or "") if match else (text.strip(), "")
        if name not in needed:
            raise BadCell(f"`{text.strip()[:40]}` is no column; the first line names {', '.join(needed)}", line, k)
        if name in (n for n, _ in out):
            raise BadCell(f"the column `{name}` is there twice", line, k)
        if stated and (name not in units or unit(stated) is None):
            raise BadCell(f"`{stated[:40]}` is no unit of `{name}`", line, k)
        out.append((name, stated))
    lacking = [n for n in needed if n not in (x for x, _ in out)]
    if lacking:
        raise BadCell(f"the column `{lacking[0]}` is missing; the first line names {', '.join(needed)}", line)
    return out


def amount(cell: Cell, dim: str, example: str) -> Fraction:
    """A number with its unit, in the base unit of a dimension ("information": bit, "time": s). Raises BadCell."""
    match = NUMBER.fullmatch(cell.text)
    if match is None or len(cell.text) > LONGEST:
        raise cell.bad(f"`{cell.text[:40]}` is no amount such as `{example}`")
    word = match.group(2) or cell.unit
    if not word:
        raise cell.bad(f"`{cell.text[:40]}` has no unit: write `{example}`, or the unit in the heading")
    found = unit(word)
    if found is None or found.dim.name != dim:
        raise cell.bad(f"`{word[:40]}` is no unit of {dim}" if found is not None else f"`{word[:40]}` is no unit")
    return Fraction(match.group(1).replace("_", "")) * Fraction(found.factor)
