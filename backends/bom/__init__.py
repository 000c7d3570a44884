"""bom.csv: what to buy, one line a distinct thing, with totals at the end.

    line            number, from 1
    level           depth of the assembly it is in: 0 is the design, 1 what it holds, ...
    kind, item      what it is; `item` is the component with its arguments
    component       its declaration
    description     its documentation
    quantity        to buy: absent things left out, failed, planned and spare ones in
    spare           how many of them are spares
    unit            what one is: piece, cable, assembly, link
    unit_price, currency, price        of one, and of all; power in W and mass in kg likewise
    price_in, power_in, mass_in        where what does not count is counted: the assembly that includes it, or "its parts";
                    "384 in RdmaLeaf" when that is so for some of them
    missing         figures that nobody published: such a cell is empty, never 0
    status          "unverified" when a source says so; how many are failed or planned
    source          where the figures are from
    where_used      paths of the instances, or the ends of a connection
    rule            the statements that made the line, `component file:line`

A cell of `price` (power, mass) is filled when it counts: the columns add up to the totals. The total of the parts equals
`price(self)`, `power(self)` and `mass(self)`; media, modules and buses of connections are totalled apart, then all together.
A lower bound is written `>= x` with what is missing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.backend_api import API, Options
from hwdsl.backends.bom.lines import FIGURES, Line, Share, bill, by_item, total
from hwdsl.backends.csv_text import row, some
from hwdsl.backends.origins import positions
from hwdsl.ir.space import TooLarge
from hwdsl.query.checks import too_large
from hwdsl.query.rollup import Roll
from hwdsl.sink import Sink
from hwdsl.types.format import digits_of
from hwdsl.types.unit import tidy, unit

if TYPE_CHECKING:
    from hwdsl.ir.json_values import Positions
    from hwdsl.types import Quantity

HEADER = (
    "line",
    "level",
    "kind",
    "item",
    "component",
    "description",
    "quantity",
    "spare",
    "unit",
    "unit_price",
    "currency",
    "price",
    "price_in",
    "unit_power_w",
    "power_w",
    "power_in",
    "unit_mass_kg",
    "mass_kg",
    "mass_in",
    "missing",
    "status",
    "source",
    "where_used",
    "rule",
)
_UNITS = {"price": "", "power": "W", "mass": "kg"}
_WORDS = {"cable": "cable", "fibre": "assembly", "backplane": "assembly", "link": "link"}
_TOTALS = (("parts", "total of parts"), ("connections", "total of media, modules and buses"), ("all", "total"))


class Bom:
    """Writes bom.csv from L0: the cost does not depend on the number of parts or links."""

    name = "bom"
    summary = "what to buy, with counts, prices and masses"
    api = API
    artefacts = ("bom.csv",)
    needs = "L0"

    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        """Write the lines and totals of a `hwdsl.api.Design`."""
        options.progress("counting what to buy")
        try:
            lines = bill(design.root)
        except TooLarge as error:
            found = too_large(error, design.root.span).diagnostic
            if found is not None:
                sink.diagnostics.add(found)
            return
        at = positions(design)
        with sink.stream("bom.csv") as out:
            out.write(row(HEADER))
            for number, group in enumerate(by_item(lines), 1):
                out.write(row(_cells(number, group, at)))
            for which, words in _TOTALS:
                for cells in _total_cells(lines, which, words):
                    out.write(row(cells))


def decimal(value: int | Fraction) -> str:
    """A number for a spreadsheet: exact where a decimal number is, else to 15 digits."""
    value = tidy(value)
    if isinstance(value, Fraction):
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            places = max(value.denominator.bit_length(), 1)
            digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
            return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:].rstrip('0')}"
    return digits_of(value, 15)


def amount(value: Quantity, figure: str, times: int = 1) -> str:
    """A figure in the unit of its column (`times` of it), an interval as `lo to hi`, a lower bound as `>= x`."""
    word = _UNITS[figure] or value.dim.currency
    u = unit(word)
    factor = u.factor if u is not None else 1
    lo, hi = (decimal(tidy(Fraction(x) * times / factor)) for x in (value.lo, value.hi))
    if value.missing:
        return f">= {lo}" if value.lo else ""
    return lo if lo == hi else f"{lo} to {hi}"


def _cells(number: int, lines: tuple[Line, ...], at: Positions) -> list[str | int]:
    first = lines[0]
    t = first.template
    counts = [sum(getattr(line, name) for line in lines) for name in ("quantity", "spare", "failed", "planned")]
    cells: list[str | int] = [number, min(line.level for line in lines), first.kind, first.name, t.name if t is not None else "",
                              " ".join(t.doc.split()) if t is not None else first.note, counts[0], counts[1] or "",
                              _WORDS.get(first.kind, "piece")]
    missing = []
    for k, figure in enumerate(FIGURES):
        shares = [(line.shares[k], line.quantity) for line in lines if line.shares]
        if any(share.missing for share, _ in shares):
            missing.append(figure)
        cells += _figure(figure, shares)
    made = {f"{name} {at.short(span)}": None for line in lines for name, span in line.made}
    used = list(dict.fromkeys(path for line in lines for path in line.used))
    remark = ", ".join(missing) if t is not None else "medium"
    return [*cells, remark, _status(lines, counts[2], counts[3]), _sources(first), some(used), some(list(made))]


def _figure(figure: str, shares: list[tuple[Share, int]]) -> list[str | int]:
    """The cells of one figure: of one thing, (currency,) of all that counts, and where the rest is counted."""
    stated = next((share.unit.value for share, _ in shares if share.unit is not None), None)
    counted = sum(n for share, n in shares if share.counts)
    cells: list[str | int] = [amount(stated, figure) if stated is not None else ""]
    if figure == "price":
        cells.append(stated.dim.currency if stated is not None else "")
    cells.append(amount(stated, figure, counted) if stated is not None and counted else "")
    elsewhere: dict[str, int] = {}
    for share, n in shares:
        place = share.within or ("its parts" if share.inside else "")
        if place:
            elsewhere[place] = elsewhere.get(place, 0) + n
    total_count = sum(n for _, n in shares)
    cells.append("; ".join(place if n == total_count else f"{n} in {place}" for place, n in elsewhere.items()))
    return cells


def _status(lines: tuple[Line, ...], failed: int, planned: int) -> str:
    words = [f"{n} {word}" for n, word in ((failed, "failed"), (planned, "planned")) if n]
    if any(s.unit is not None and s.unit.status for line in lines for s in line.shares):
        words.insert(0, "unverified")
    return "; ".join(words)


def _sources(line: Line) -> str:
    out = []
    for figure, share in zip(FIGURES, line.shares):
        texts = [s.text for s in share.unit.sources if s.text] if share.unit is not None else []
        out += [f"{figure}: {text}" for text in texts]
    return some(out)


# ---------------------------------------------------------------- totals
def _total_cells(lines: list[Line], which: str, words: str) -> list[list[str | int]]:
    """The rows of one total: one, and one more for each further currency."""
    def keep(line: Line) -> bool:
        return which == "all" or (line.section == "parts") == (which == "parts")

    sums = {figure: total(lines, figure, keep) for figure in FIGURES}
    currencies = sorted(sums["price"])
    rows = []
    for k, currency in enumerate(currencies):
        cells: list[str | int] = ["", "", "total", words if k == 0 else f"{words}, {currency}", "", "", "", "", "", "", currency]
        cells += [_sum(sums["price"][currency], "price"), "", ""]
        cells += [
            _sum(sums["power"][""], "power") if k == 0 else "",
            "",
            "",
            _sum(sums["mass"][""], "mass") if k == 0 else "",
            "",
        ]
        gaps = [f"{figure} of {n} missing: a lower bound" for figure in FIGURES
                if (n := sums[figure][currency if figure == "price" else ""].missing) and (k == 0 or figure == "price")]
        rows.append([*cells, "; ".join(gaps), "", "", "", ""])
    return rows


def _sum(found: Roll, figure: str) -> str:
    if found.value is None:
        return "" if found.missing else "0"
    return (">= " if found.missing else "") + amount(found.value, figure)


BACKEND = Bom
