"""What a comparison says: plain records, for the table, JSON and pictures.

Numbers are floats in the unit of their row (FLOPS, B, B/s, s, W, m2, a currency); rates are net, one direction.
"""

from __future__ import annotations

from hwdsl.node import Record

BOUNDS = ("", ">=", "<=", "in", "unknown", "none")


class Amount(Record):
    """A figure of one side, and what is known of it.

    bound       "" exact; ">=" a lower bound; "<=" an upper bound; "in" between `value` and `high`; "unknown": nobody published
                it; "none": the side has no such thing. `value` is None for the last two
    missing     figures that nobody published and that the bound leaves out
    unverified  it rests on a figure whose source was not read
    boundary    what a stated figure covers: "chip", "rack", "facility"; `figure`: "max", "typ", ...
    sources     where it was published
    note        how it was found
    """

    bound: str = ""
    value: float | None = None
    high: float | None = None
    missing: int = 0
    unverified: bool = False
    boundary: tuple[str, ...] = ()
    figure: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether the value is the figure itself."""
        return self.bound == "" and self.value is not None


UNKNOWN = Amount("unknown")
NONE = Amount("none")


class Side(Record):
    """One design in one mode.

    label         what the comparison calls it; `file`, `design`, `mode`, `parameters` as opened
    accelerators  "384 Ascend910C"
    scale_up      the plane taken for scale-up ("ub"), "" where there is none; `scale_out` likewise, in words
    amounts       by key of row
    remarks       what a reader has to know before he compares
    kinds         components of each kind of part, with their number
    """

    label: str
    file: str
    design: str
    mode: str
    parameters: dict[str, str]
    accelerators: str
    scale_up: str
    scale_out: str
    amounts: dict[str, Amount]
    remarks: tuple[str, ...]
    kinds: dict[str, dict[str, int]]


class Row(Record):
    """One figure of all sides.

    unit    of the numbers: "FLOPS", "B/s", "s", "W", "" for counts and ratios
    better  "more", "less" or "" where neither is
    ratios  to the first side, None where one of the two is not known exactly
    """

    key: str
    group: str
    label: str
    unit: str
    better: str
    amounts: tuple[Amount, ...]
    ratios: tuple[float | None, ...]


class Comparison(Record):
    """Sides in the order they were named, rows in the order of the table, and remarks on what differs in what is included."""

    sides: tuple[Side, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]

    def row(self, key: str) -> Row:
        """The row of a key; KeyError if there is none."""
        for r in self.rows:
            if r.key == key:
                return r
        raise KeyError(key)
