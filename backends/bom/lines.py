"""What there is to buy, from the symbolic IR: one line a distinct thing; the cost does not depend on the number of links.

A line is a component, or a medium, module or bus that a connection uses. Its quantity is as bought: absent things are left out,
failed, planned and spare ones are in it. For each figure (price, power, mass) a line either counts, or is included in the figure
of the assembly it is in, or is the sum of what is inside it: so the column of what counts adds up, and nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Callable

from hwdsl.ir.l0 import Attribute, Box, BusNet, PartArray, Path, Template, volume
from hwdsl.node import Record
from hwdsl.query.lifted import Exclusion, Lifted, declared_paths, excluded_parts, exclusions
from hwdsl.query.media import tallies
from hwdsl.query.rollup import Roll, bears, own_figure
from hwdsl.sema.values import UNKNOWN
from hwdsl.sema.words import COMPONENT_KINDS, MEDIUM_KINDS
from hwdsl.source.span import Span

FIGURES = ("price", "power", "mass")
_STATUSES = ("failed", "planned", "spare")
_BOARDS = ("chip", "memory", "switch", "engine", "ocs", "module", "board", "tray", "node", "panel", "power", "cooling")


class Share(Record):
    """One figure of a line.

    unit      of one thing, as stated; None where nobody states it
    missing   nobody published it
    within    uid of the assembly whose figure includes it, "" when it counts
    inside    it is the sum of the lines of its parts (`unit` is then what it adds of its own)
    """

    unit: Attribute | None = None
    missing: bool = False
    within: str = ""
    inside: bool = False

    @property
    def counts(self) -> bool:
        """Whether the figure adds to the total."""
        return not self.within


class Line(Record):
    """`quantity` of one thing with the same standing; `spare`, `failed`, `planned` say how many of them are.

    `section` is "parts", "modules", "media", "open" or "buses"; `used` are paths, `made` the statements.
    """

    section: str
    level: int
    template: Template | None
    kind: str
    name: str
    quantity: int
    spare: int
    failed: int
    planned: int
    shares: tuple[Share, ...]
    used: tuple[str, ...]
    made: tuple[tuple[str, Span], ...]
    note: str = ""


def bill(root: Template) -> list[Line]:
    """All lines: components in the order of the tree, then what connections use. Raises TooLarge.

    A thing that stands in several assemblies, some with a price of their own and some without, has a line for each standing.
    """
    return [*_components(root), *_connections(root)]


def by_item(lines: list[Line]) -> list[tuple[Line, ...]]:
    """The lines of each distinct thing together, in the order of their first."""
    out: dict[str, list[Line]] = {}
    for line in lines:
        out.setdefault(line.name, []).append(line)
    return [tuple(group) for group in out.values()]


# ---------------------------------------------------------------- components
class _Sum:
    """A line in the making."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.counts = [0, 0, 0, 0]
        self.used: list[str] = []
        self.made: dict[tuple[str, Span], None] = {}

    def add(self, counts: list[int], used: str, made: tuple[str, Span] | None) -> None:
        self.counts = [a + b for a, b in zip(self.counts, counts)]
        self.used.append(used)
        if made is not None:
            self.made[made] = None

    def line(self, section: str, t: Template | None, kind: str, name: str, shares: tuple[Share, ...], note: str = "") -> Line:
        quantity, spare, failed, planned = self.counts
        return Line(
            section, self.level, t, kind, name, quantity, spare, failed, planned, shares, tuple(self.used), tuple(self.made), note
        )


def _components(root: Template) -> list[Line]:
    gone = exclusions(root)
    marked = {word: [e for e in with_status(root, word) if e.target == "part"] for word in _STATUSES}
    sums: dict[tuple[str, tuple[Share, ...]], _Sum] = {}
    kept: dict[str, Template] = {}
    for path in declared_paths(root):
        t = root.at(path)
        box: Box = tuple(range(n) for n in root.shape(path))
        total = volume(root.shape(path)) - excluded_parts(path, box, gone)
        if total == 0:
            continue
        kept[t.uid] = t
        counts = [total, *(excluded_parts(path, box, marked[word]) for word in ("spare", "failed", "planned"))]
        line = sums.setdefault((t.uid, tuple(_share(root, path, f) for f in FIGURES)), _Sum(len(path)))
        declaration = _declaration(root, path)
        line.add(counts, _pattern(root, path), None if declaration is None else (root.at(path[:-1]).name, declaration.span))
    out = []
    for (uid, shares), s in sums.items():
        t = kept[uid]
        out.append(s.line("parts", t, t.kind, t.uid, shares))
    return out


def _declaration(root: Template, path: Path) -> PartArray | None:
    return root.at(path[:-1]).parts[path[-1]] if path else None


def _pattern(root: Template, path: Path) -> str:
    """`compute[0..18].gpu[0..4]`; the design itself is `self`."""
    here, words = root, []
    for name in path:
        part = here.parts[name]
        words.append(name + "".join(f"[0..{n}]" for n in part.dims))
        here = part.template
    return ".".join(words) or "self"


def _share(root: Template, path: Path, figure: str) -> Share:
    t = root.at(path)
    own, whole = own_figure(t, figure)
    attribute = t.attributes.get(figure) or t.attributes.get(f"own_{figure}")
    within = _included_in(root, path, figure)
    known = attribute if attribute is not None and attribute.value is not UNKNOWN else None
    inside = not whole and bool(t.parts)
    return Share(known, own.missing > 0 or (known is None and not inside and bears(t, figure)), within, inside)


def _included_in(root: Template, path: Path, figure: str) -> str:
    """The outermost assembly around a path that states the figure."""
    for k in range(len(path)):
        if figure in root.at(path[:k]).attributes:
            return root.at(path[:k]).uid
    return ""


def with_status(root: Template, word: str) -> list[Exclusion]:
    """What overrides give this status, or parts that they give this role."""
    out = list(exclusions(root, (word,)))
    for prefix in declared_paths(root):
        shape = root.shape(prefix)
        for o in root.at(prefix).overrides:
            role = o.attributes.get("role")
            if role is not None and getattr(role.value, "text", "") == word and o.target == "part":
                out.append(Exclusion(prefix + o.path, tuple(range(n) for n in shape) + o.box, "part", word))
    return out


# ---------------------------------------------------------------- what connections use
def _connections(root: Template) -> list[Line]:
    sums: dict[tuple[str, str, tuple[Share, ...], str], _Sum] = {}
    kept: dict[str, Template] = {}
    found = tallies(root, ())

    def add(section: str, t: Template | None, r: Lifted, n: int, note: str = "") -> None:
        if not n:
            return
        if t is not None:
            kept[t.uid] = t
        shares = () if t is None else tuple(_medium_share(root, r.prefix, t, f) for f in FIGURES)
        line = sums.setdefault((section, t.uid if t is not None else "", shares, note), _Sum(len(r.prefix)))
        line.add([n, 0, 0, 0], f"{'.'.join(r.a)} <-> {'.'.join(r.b)}", (f"{r.template.name}:{r.rule.number}", r.rule.span))

    for r, tally in found:
        for medium, cables, assemblies in tally.media:
            add("media", medium, r, cables or assemblies)
        for module, n in tally.via_modules:
            add("modules", module, r, n)
        if lacks_medium(root, r):
            add("open", None, r, tally.links, "links between assemblies without a stated medium: nothing is bought for them yet")
    order = {"modules": 0, "media": 1, "open": 2}
    out = []
    for (section, uid, shares, note), s in sorted(sums.items(), key=lambda item: order[item[0][0]]):
        t = kept.get(uid)
        out.append(s.line(section, t, t.kind if t else "link", uid or "(no medium stated)", shares, note))
    return out + _buses(root)


def _buses(root: Template) -> list[Line]:
    out = []
    gone = exclusions(root)
    for prefix in declared_paths(root):
        t = root.at(prefix)
        shape = root.shape(prefix)
        n = volume(shape) - excluded_parts(prefix, tuple(range(k) for k in shape), gone)
        nets: dict[tuple[str, Path, Template], list[BusNet]] = {}
        for bus in t.buses:  # those of a plane family are one line
            nets.setdefault((bus.name, bus.plane.names, bus.template), []).append(bus)
        for bus, *others in nets.values():
            if n:
                shares = tuple(_medium_share(root, prefix, bus.template, f) for f in FIGURES)
                out.append(
                    Line(
                        "buses",
                        len(prefix),
                        bus.template,
                        bus.template.kind,
                        bus.template.uid,
                        n * (1 + len(others)),
                        0,
                        0,
                        0,
                        shares,
                        (".".join(filter(None, (_pattern(root, prefix) if prefix else "", bus.name))),),
                        ((t.name, bus.span),),
                    )
                )
    return out


def _medium_share(root: Template, prefix: Path, t: Template, figure: str) -> Share:
    """The figure of a medium, module or bus that the body at `prefix` uses: inside the figure of any assembly around it."""
    attribute = t.attributes.get(figure)
    known = attribute if attribute is not None and attribute.value is not UNKNOWN else None
    stated = figure in root.at(prefix).attributes
    within = _included_in(root, prefix, figure) or (root.at(prefix).uid if stated else "")
    passive = figure == "power" and t.kind not in COMPONENT_KINDS and attribute is None
    return Share(known, known is None and not passive, within)


def lacks_medium(root: Template, r: Lifted) -> bool:
    """Whether a rule leads from one assembly to another and names no medium."""
    if any(s.template is not None and s.template.kind in MEDIUM_KINDS for s in r.rule.via):
        return False
    if any(s.template is None and s.through is None for s in r.rule.via):
        return True
    return _common(root, r).kind not in _BOARDS


def _common(root: Template, r: Lifted) -> Template:
    """The innermost component that holds both ends of every link of a rule."""
    a, b = r.a[:-1], r.b[:-1]
    depth, at = 0, 0
    for k in range(min(len(a), len(b))):
        rank = len(root.shape(a[: k + 1]))
        if a[k] != b[k] or r.a_coords[at:rank] != r.b_coords[at:rank]:
            break
        depth, at = k + 1, rank
    return root.at(a[:depth])


# ---------------------------------------------------------------- totals
def total(lines: list[Line], figure: str, keep: Callable[[Line], bool]) -> dict[str, Roll]:
    """The sum of what counts, by currency for the price, else under "". A line without the figure counts as missing."""
    k = FIGURES.index(figure)
    out: dict[str, Roll] = {}
    gaps = 0
    for line in lines:
        if not keep(line) or not line.shares or not line.shares[k].counts:
            continue
        share = line.shares[k]
        if share.unit is not None:
            figures = tuple(s.figure for s in share.unit.sources if s.figure)
            currency = share.unit.value.dim.currency
            out[currency] = out.get(currency, Roll()).plus(Roll(share.unit.value, 0, figures), line.quantity)
        elif share.missing:
            gaps += line.quantity
    if gaps or not out:
        first = min(out, default="")
        out[first] = out.get(first, Roll()).plus(Roll(None, 1), gaps)
    return out
