"""What the report page says, as plain records of text: no markup, no logic left for the template but loops.

Everything comes from L0 and from the other backends' own sums (the bill, the planes' figures), so that the page agrees with them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hwdsl.backends.bom.lines import FIGURES, Line, bill, by_item, total
from hwdsl.backends.csv_text import some
from hwdsl.backends.drawing.palette import category
from hwdsl.backends.drawing.text import grouped, number
from hwdsl.backends.origins import positions
from hwdsl.backends.report.figures import Figure, figures
from hwdsl.ir.l0 import Path, Template, multiplicities, templates
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record, replace
from hwdsl.query.checks import CheckResult
from hwdsl.query.endtoend import bundles
from hwdsl.query.lifted import Lifted, declared_paths
from hwdsl.query.media import Tally, part_modules_total, tallies
from hwdsl.query.media import total as media_total
from hwdsl.query.rollup import QUANTITIES, Roll
from hwdsl.sema.claims import Claim
from hwdsl.sema.show import show
from hwdsl.types import format as formats
from hwdsl.types import quantity as q

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.ir.json_values import Positions

_HEADLINE_KINDS = ("chip", "switch", "rack")
_FORMATS = ("fp4", "fp8", "bf16", "fp16", "int8", "fp64")


def text(value: Any) -> str:
    """A value for a reader."""
    return grouped(formats.text(value))


class Tile(Record):
    """A headline number: the number, what it counts, and a remark ("a lower bound: 9 figures missing")."""

    value: str
    label: str
    remark: str = ""


class PlaneRow(Record):
    """Counts of one declared plane."""

    name: str
    doc: str
    links: str
    cables: str
    assemblies: str
    modules: str
    pairs: str
    fibres: str
    media: str


class BillRow(Record):
    """A line of the bill."""

    item: str
    kind: str
    description: str
    quantity: str
    price: str
    power: str
    mass: str
    used: str
    remarks: str


class BillTotal(Record):
    """A total of the bill: its words, and the sums of price, power and mass."""

    words: str
    price: str
    power: str
    mass: str


class CheckRow(Record):
    """An assert or require as written: `outcome` is "passed", "failed", "undecided" or "broken".

    `times` says at how many points of its `for` it gave the same ("" for one).
    """

    outcome: str
    statement: str
    message: str
    operands: str
    path: str
    where: str
    sources: tuple[str, ...]
    times: str = ""


class Special(Record):
    """An override or a mode: what it is, what it is about, what it says, where."""

    what: str
    target: str
    says: str
    where: str


class Content(Record):
    """The page."""

    title: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    tiles: tuple[Tile, ...]
    planes: tuple[PlaneRow, ...]
    bill: tuple[BillRow, ...]
    totals: tuple[BillTotal, ...]
    bill_note: str
    checks: tuple[CheckRow, ...]
    figures: tuple[Figure, ...]
    unknown: tuple[Figure, ...]
    exceptions: tuple[Special, ...]


def content(design: Design) -> Content:
    """All texts of the page, drawings and performance apart."""
    at = positions(design)
    lines, note = _lines(design.root)
    every = figures(design.root, at)
    return Content(
        design.name,
        tuple(" ".join(p.split()) for p in design.module.file.doc.split("\n\n") if p.strip()),
        tuple(_facts(design, at)),
        tuple(_tiles(design.root, lines)),
        tuple(plane_rows(design.root)),
        tuple(_bill(lines)),
        tuple(_totals(lines)),
        note,
        tuple(_checks(design, at)),
        tuple(f for f in every if not f.is_unknown),
        tuple(f for f in every if f.is_unknown),
        tuple(_exceptions(design, at)),
    )


def _facts(design: Design, at: Positions) -> list[tuple[str, str]]:
    out = [("Design file", at.name(design.module.path)), ("Component", f"{design.root.kind} {design.root.name}")]
    out += [(f"Parameter {name}", show(value)) for name, value in sorted(design.root.parameters.items())]
    return [*out, ("Mode", design.mode)] if design.mode else out


def _lines(root: Template) -> tuple[list[Line], str]:
    try:
        return bill(root), ""
    except TooLarge as error:
        return [], f"The bill would go through {number(error.points)} cases; it is left out."


# ---------------------------------------------------------------- headline
def _tiles(root: Template, lines: list[Line]) -> list[Tile]:
    counts: dict[str, tuple[str, int]] = {}
    for line in lines:
        if line.section == "parts" and line.template is not None and line.kind in _HEADLINE_KINDS and line.level:
            known = counts.get(line.template.name, ("", 0))[1]
            counts[line.template.name] = (line.kind, known + line.quantity)
    stars = {line.template.name for line in lines if line.template is not None and category(line.template) == "accelerator"}
    ranked = sorted(
        counts.items(), key=lambda item: (_HEADLINE_KINDS.index(item[1][0]), item[0] not in stars, -item[1][1], item[0])
    )
    tiles = [Tile(number(n), f"{name} ({kind})") for name, (kind, n) in ranked[:8]]
    for what in ("links", "cables", "assemblies", "modules"):
        things = _count(root, what)
        if things is not None and (things or what in ("links", "cables")):
            tiles.append(Tile(number(things), what))
    for word in _FORMATS:
        found = _compute(root, word)
        if found.value is not None:
            tiles.append(Tile(text(found.value), f"{word.upper()}, as stated"))
    for figure in ("power", "mass", "price"):
        for _, roll in sorted(total(lines, figure, lambda line: line.section == "parts").items()):
            value, remark = _bounded(roll)
            tiles.append(Tile(value, figure, remark))
    return tiles


def _count(root: Template, what: str) -> int | None:
    try:
        return media_total(root, what, ())
    except TooLarge:
        return None


def _compute(t: Template, word: str) -> Roll:
    """Operations per second at one number format, all instances: stated on a component, or the sum of its parts'."""

    def find(t: Template) -> Roll:
        value = t.figure(word)
        if value is not None:
            return Roll(value) if hasattr(value, "dim") else Roll(None, 1)
        out = Roll()
        for _, part in sorted(t.parts.items()):
            n = 1
            for d in part.dims:
                n *= d
            out = out.plus(find(part.template), n)
        return out

    found: Roll = find(t)
    return found


def _bounded(roll: Roll) -> tuple[str, str]:
    """A roll-up for a reader, and what it leaves out."""
    if roll.value is None:
        return ("unknown" if roll.missing else "none"), (f"{number(roll.missing)} figures missing" if roll.missing else "")
    shown = text(roll.value)
    boundary = f"figures: {', '.join(roll.figures)}" if roll.figures else ""
    if not roll.missing:
        return shown, boundary
    return f"≥ {shown}", f"a lower bound: {number(roll.missing)} figure{'s' if roll.missing != 1 else ''} missing"


# ---------------------------------------------------------------- planes
def _in_plane(names: Path, r: Lifted) -> bool:
    return r.rule.plane.names == names


def plane_rows(root: Template) -> list[PlaneRow]:
    """The counts of each declared plane, as queries of it give them; none where they are too large to count."""
    docs = {d.names: d.doc for p in declared_paths(root) for d in root.at(p).planes.values()}
    try:
        planes = sorted({r.rule.plane.names for r, _ in tallies(root, ())})
        members = [tallies(root, (), partial(_in_plane, names)) for names in planes]
    except TooLarge:
        return []
    return [_plane(root, names, docs.get(names, ""), found) for names, found in zip(planes, members)]


def _plane(root: Template, names: Path, doc: str, members: list[tuple[Lifted, Tally]]) -> PlaneRow:
    def add(field: str) -> int:
        return sum(int(getattr(t, field)) for _, t in members)

    modules = sum(n for _, t in members for _, n in t.via_modules) + part_modules_total(root, members)
    media: dict[str, int] = {}
    for _, t in members:
        for medium, cables, assemblies in t.media:
            media[medium.name] = media.get(medium.name, 0) + (cables or assemblies)
        for module, n in t.via_modules:
            media[module.name] = media.get(module.name, 0) + n
    for path in sorted({path for _, t in members for path, _ in t.part_modules}):
        sharing = [(r, Tally(part_modules=tuple(m for m in t.part_modules if m[0] == path))) for r, t in members]
        name = root.at(path).name
        media[name] = media.get(name, 0) + part_modules_total(root, sharing)
    shown = ", ".join(f"{number(n)} {name}" for name, n in sorted(media.items())) or "on the board, or not stated"
    return PlaneRow(
        ".".join(names) or "outside planes",
        " ".join(doc.split()),
        number(sum(b.links for b in bundles(root, (), partial(_in_plane, names)))),
        _dash(add("cables")),
        _dash(add("assemblies")),
        _dash(modules),
        _dash(add("pairs")),
        _dash(add("fibres")),
        shown,
    )


def _dash(n: int) -> str:
    return number(n) if n else "–"


# ---------------------------------------------------------------- bill
def _bill(lines: list[Line]) -> list[BillRow]:
    out = []
    for group in by_item(lines):
        first = group[0]
        price, power, mass = (_share(group, k) for k in range(len(FIGURES)))
        remarks = [f"{n} {word}" for word in ("failed", "planned", "spare") if (n := sum(getattr(line, word) for line in group))]
        if any(s.unit is not None and s.unit.status for line in group for s in line.shares):
            remarks.insert(0, "unverified")
        missing = [FIGURES[k] for k in range(len(FIGURES)) if any(line.shares and line.shares[k].missing for line in group)]
        remarks += [f"{', '.join(missing)} unknown"] if missing else []
        doc = " ".join(first.template.doc.split()) if first.template is not None else first.note
        out.append(
            BillRow(
                first.name,
                first.kind,
                doc,
                number(sum(line.quantity for line in group)),
                price,
                power,
                mass,
                some([p for line in group for p in line.used], 2),
                "; ".join(remarks),
            )
        )
    return out


def _share(group: tuple[Line, ...], k: int) -> str:
    """What all of a line come to, in brackets where the figure of an assembly around them includes it."""
    stated = next((line.shares[k].unit for line in group if line.shares and line.shares[k].unit is not None), None)
    if stated is None:
        return ""
    counted = sum(line.quantity for line in group if line.shares and line.shares[k].counts)
    within = sum(line.quantity for line in group) - counted
    shown = [text(q.mul(stated.value, counted))] if counted else []
    return " ".join([*shown, *([f"({text(q.mul(stated.value, within))})"] if within else [])])


def _totals(lines: list[Line]) -> list[BillTotal]:
    out = []
    for words, keep in (
        ("Parts", lambda line: line.section == "parts"),
        ("Media, modules, buses", lambda line: line.section != "parts"),
        ("All", lambda line: bool(line.section)),
    ):
        cells = []
        for figure in ("price", "power", "mass"):
            sums = total(lines, figure, keep)
            cells.append(
                ", ".join(": ".join(x for x in _bounded(roll) if x) for _, roll in sorted(sums.items()))
                or text(q.quantity(0, QUANTITIES[figure]))
            )
        out.append(BillTotal(words, cells[0], cells[1], cells[2]))
    return out


# ---------------------------------------------------------------- checks and exceptions
def _checks(design: Design, at: Positions) -> list[CheckRow]:
    order = {"failed": 0, "broken": 1, "undecided": 2, "passed": 3}
    rows: dict[CheckRow, int] = {}
    for c in design.checks:
        sources = (*map(_source_words, c.sources), *(_claim_words(claim) for claim in c.claims))
        row = CheckRow(c.outcome, _statement(design, c), c.message, grouped(c.operands), c.path, at.short(c.span), sources)
        rows[row] = rows.get(row, 0) + 1
    counted_rows = [replace(row, times=f"{number(n)} times" if n > 1 else "") for row, n in rows.items()]
    return sorted(counted_rows, key=lambda r: order.get(r.outcome, 9))


def _claim_words(claim: Claim) -> str:
    """`checks published claim 5 (wrong): 4 times the power; a paper: a title`; only the number where another check states it."""
    stated = f" ({claim.verdict}): {claim.says}; {claim.article}" if claim.stated else ""
    return f"checks published claim {claim.number}{stated}"


def _statement(design: Design, c: CheckResult) -> str:
    """The condition as it is written, without its message and sources; the kind of the statement where there is no text."""
    source = design.session.sources.get(c.span.file)
    if source is None:
        return c.kind
    written = source.text[c.span.start : c.span.end]
    message = written.find(f'"{c.message}"') if c.message else -1
    ends = [k for k in (message, written.find("@source"), written.find("@claim"), written.rfind(";")) if k > 0]
    return " ".join(written[: min(ends, default=len(written))].split())


def _exceptions(design: Design, at: Positions) -> list[Special]:
    root, chosen = design.root, (design.mode or "").partition("(")[0].strip()
    counts = multiplicities(root)
    out = []
    for t in templates(root):
        each = f" in each of {number(counts[t.uid])} {t.name}" if counts[t.uid] > 1 else ""
        for o in t.overrides:
            target = ".".join(o.path) + "".join(f"[{_range(s)}]" for s in o.box)
            out.append(
                Special(
                    "override",
                    f"{o.target} {target or 'self'}{each}",
                    "; ".join(f"{k} = {show(a.value)}" for k, a in sorted(o.attributes.items())),
                    at.short(o.span),
                )
            )
        for name, mode in sorted(t.modes.items()):
            params = ", ".join(p.name for p in mode.item.params)
            out.append(
                Special(
                    "mode",
                    f"{t.name}.{name}" + (f"({params})" if params else ""),
                    _mode_words(mode, name == chosen and t is root),
                    at.short(mode.item.span),
                )
            )
        for name, state in sorted(t.states.items()):
            out.append(Special("state", f"{t.name}.{name}", "the default state" if state.default else "", at.short(state.span)))
    return out


def _mode_words(mode: Any, chosen: bool) -> str:
    """Whether a mode is in force, what its author says about it, and on whose authority."""
    standing = "chosen for this page" if chosen else "the default mode" if mode.item.default else ""
    doc = " ".join(mode.item.doc.split()).rstrip(".")
    return "; ".join(x for x in (standing, doc, *map(_source_words, mode.sources)) if x)


def _source_words(source: Any) -> str:
    return " ".join(x for x in (source.text, source.date, "(unverified)" if source.status == "unverified" else "") if x)


def _range(values: Any) -> str:
    if isinstance(values, range) and len(values) > 1 and values.step == 1:
        return f"{values.start}..{values.stop}"
    return ", ".join(str(v) for v in list(values)[:6]) + (", ..." if len(values) > 6 else "")
