"""What a topology drawing shows, taken from L0: boxes, clusters, edges and planes, and nothing about where they stand.

One `Box` a declared part array, whatever its size; a `Cluster` around the parts of a composite; one `Edge` a pair of part arrays,
plane and medium, with the exact number of links. Connectors and modules are folded into the edges unless a rule ends at them;
parts inside a chip, a switch or another closed unit are folded into its box. Ports of a composite itself (a tray's power inlet)
are a `Box` of their own, a pin. The cost is that of counting each rule once; nothing is flattened.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hwdsl.backends.drawing.palette import category
from hwdsl.backends.drawing.text import counted, number, times
from hwdsl.backends.origins import positions
from hwdsl.ir.l0 import Box as Region
from hwdsl.ir.l0 import BusNet, PartArray, Path, Template, volume
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record, replace
from hwdsl.query.attach import Attachment, attachments
from hwdsl.query.lifted import Lifted, count_rule, declared_paths, excluded_parts, exclusions, lifted_rules
from hwdsl.query.rates import link_rate
from hwdsl.sema.values import UNKNOWN
from hwdsl.sema.words import CONNECTOR_KINDS, MEDIUM_KINDS
from hwdsl.types import quantity as q
from hwdsl.types.format import text as quantity_text

if TYPE_CHECKING:
    from hwdsl.api import Design

CLOSED_KINDS = frozenset(["chip", "memory", "switch", "ocs", "panel", "power", "cooling", "connector", "module", "engine"])
"""Kinds drawn as one box, their parts listed in it."""
HOLDER_KINDS = frozenset(("rack", "row", "room"))


class Box(Record):
    """A part array (or, with `role` "pin", a port array of a composite; "bus": a multi-drop net).

    `dims` are the array's own sizes, `total` the instances in the whole design, `notes` smaller lines in the box.
    """

    id: str
    cluster: Path
    name: str
    component: str
    dims: tuple[int, ...]
    total: int
    category: str
    notes: tuple[str, ...] = ()
    tooltip: str = ""
    role: str = "part"


class Cluster(Record):
    """A composite part array, drawn around its parts. The root has the empty path and is not drawn.

    `below`: its heading stands at the bottom, because more edges come in from above than leave downward.
    """

    path: Path
    name: str
    component: str
    dims: tuple[int, ...]
    total: int
    note: str = ""
    tooltip: str = ""
    below: bool = False


class Edge(Record):
    """All links of one plane over one medium between two boxes; `a` is drawn above `b`.

    `links` is the exact number (drops, for a bus), `lines` what is printed beside it.
    """

    a: str
    b: str
    plane: Path
    links: int
    lines: tuple[str, ...]
    tooltip: str
    is_bus: bool = False


class Plane(Record):
    """A plane with links: its legend. `nature` is "data", "power" or "coolant"; `order` picks the colour among data planes."""

    names: Path
    label: str
    links: int
    nature: str
    order: int


class Scene(Record):
    """Everything drawn. Boxes and clusters are sorted by path, edges by ends, planes by name."""

    title: str
    subtitle: str
    facts: str
    boxes: tuple[Box, ...]
    clusters: tuple[Cluster, ...]
    edges: tuple[Edge, ...]
    planes: tuple[Plane, ...]


def replace_edges(drawn: Scene, edges: tuple[Edge, ...]) -> Scene:
    """The same drawing with these edges alone: boxes, clusters and planes that none of them reaches are left out."""
    ends = {k for e in edges for k in (e.a, e.b)}
    boxes = tuple(b for b in drawn.boxes if b.id in ends)
    homes = {b.cluster[:k] for b in boxes for k in range(len(b.cluster) + 1)}
    planes = {e.plane for e in edges}
    return replace(drawn, boxes=boxes, clusters=tuple(c for c in drawn.clusters if c.path in homes), edges=edges,
                   planes=tuple(p for p in drawn.planes if p.names in planes))


def scene(design: Design) -> Scene:
    """The scene of a design, at L0."""
    return _Builder(design).build()


class _Builder:
    """Collects the pieces; one object a drawing."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.root = design.root
        self.names = positions(design)
        self.gone = exclusions(self.root)
        self.rules = [(r, count_rule(self.root, r, [], self.gone)) for r in lifted_rules(self.root)]
        self.buses = [(prefix, bus) for prefix in declared_paths(self.root)
                      for bus in self.root.at(prefix).buses if 0 not in self.root.shape(prefix)]
        self.ends = {p[:-1] for r, n in self.rules if n for p in (r.a, r.b)} | {
            prefix + path[:-1] for prefix, bus in self.buses for path, _ in bus.joins
        }
        self.holders = _holders(self.root)
        self.boxes: dict[str, Box] = {}
        self.clusters: list[Cluster] = []
        self.both_ways: list[tuple[str, str]] = []

    def build(self) -> Scene:
        self._walk((), self.root, 1)
        edges = [*self._link_edges(), *self._bus_edges()]
        edges.sort(key=lambda e: (e.a, e.b, e.plane, e.lines))
        doc = self.design.module.file.doc.split("\n\n")[0].replace("\n", " ").strip()
        return Scene(
            self.design.name,
            doc,
            _facts(self.design),
            tuple(self.boxes[k] for k in sorted(self.boxes)),
            tuple(sorted((replace(c, below=self._is_entered(c.path, edges)) for c in self.clusters), key=lambda c: c.path)),
            tuple(edges),
            self._planes(edges),
        )

    def _is_entered(self, path: Path, edges: list[Edge]) -> bool:
        """Whether more edges come into a cluster from above than leave it downward."""
        balance = 0
        for e in edges:
            a, b = (self.boxes[k].cluster[: len(path)] == path for k in (e.a, e.b))
            balance += b and not a
            balance -= a and not b
        return balance > 0

    # ---------------------------------------------------------------- parts
    def _walk(self, path: Path, t: Template, instances: int) -> bool:
        """Enter the drawn parts of a template; whether there were any."""
        drawn = False
        for name in sorted(t.parts):
            part = t.parts[name]
            here = (*path, name)
            whole = instances * volume(part.dims)
            total = whole - self._absent(here)
            if not volume(part.dims) or not self._is_drawn(here, part.template):
                continue
            drawn = True
            if part.template.kind in CLOSED_KINDS or not self._walk(here, part.template, whole):
                self._add_box(here, part, total)
            else:
                self.clusters.append(
                    Cluster(
                        here, name, part.template.name, part.dims, total, self.holders.get(here, ""), self._tip(here, part, total)
                    )
                )
        return drawn

    def _absent(self, path: Path) -> int:
        """How many of the parts at a path an override takes away."""
        return excluded_parts(path, tuple(range(n) for n in self.root.shape(path)), self.gone) if self.gone else 0

    def _is_drawn(self, path: Path, t: Template) -> bool:
        if t.kind in CONNECTOR_KINDS:
            return any(end[: len(path)] == path for end in self.ends)
        return not (t.kind in HOLDER_KINDS and not t.parts and not t.ports)

    def _add_box(self, path: Path, part: PartArray, total: int) -> None:
        inside = [
            f"{times(p.dims)[2:] or 1} × {p.template.name}"
            for _, p in sorted(part.template.parts.items())
            if p.template.kind not in CONNECTOR_KINDS
        ]
        notes = [f"each {' + '.join(inside)}"] if inside else []
        if path in self.holders:
            notes.append(self.holders[path])
        self.boxes[".".join(path)] = Box(
            ".".join(path),
            path[:-1],
            path[-1],
            part.template.name,
            part.dims,
            total,
            category(part.template),
            tuple(notes),
            self._tip(path, part, total),
        )

    def _tip(self, path: Path, part: PartArray, total: int) -> str:
        t = part.template
        doc = t.doc.split("\n")[0].strip()
        lines = [f"{'.'.join(path)}: {t.kind} {t.name} {times(part.dims)}".rstrip(), f"{number(total)} in all"]
        lines += [doc] if doc else []
        lines.append(
            ", ".join(
                f"{what} {where}"
                for what, where in (("declared", self.names.short(part.span)), ("component", self.names.short(t.span)))
                if where
            )
        )
        return "\n".join(line for line in lines if line)

    def _owner(self, end: Path) -> str:
        """Id of the box for a rule's end (a path to a port, or to a connector): its part, the closed unit around it, or a pin."""
        path = end[:-1]
        if end[-1] in self.root.at(path).parts:
            path = end
        for k in range(1, len(path) + 1):
            key = ".".join(path[:k])
            if key in self.boxes and self.boxes[key].role == "part":
                return key
        return self._pin(path, end[-1])

    def _pin(self, path: Path, port: str) -> str:
        """A composite's own port array."""
        key = ".".join((*path, port))
        if key not in self.boxes:
            t = self.root.at(path)
            array = t.ports[port]
            total = volume(self.root.shape((*path, port)))
            tip = (
                f"{key}: port {array.link.name} {times(array.dims)}".rstrip()
                + f"\n{number(total)} in all\ndeclared {self.names.short(array.span)}"
            )
            self.boxes[key] = Box(key, path, port, array.link.name, array.dims, total, "other", (), tip, "pin")
        return key

    # ---------------------------------------------------------------- links
    def _link_edges(self) -> list[Edge]:
        groups: dict[tuple[str, str, Path, str], list[tuple[Lifted, int, bool]]] = {}
        for r, n in self.rules:
            if not n:
                continue
            a, b = self._owner(r.a), self._owner(r.b)
            low, high = min(a, b), max(a, b)
            groups.setdefault((low, high, r.rule.plane.names, self._medium(r)), []).append((r, n, a == low))
        return [self._edge(key, members) for key, members in sorted(groups.items())]

    def _edge(self, key: tuple[str, str, Path, str], members: list[tuple[Lifted, int, bool]]) -> Edge:
        low, high, plane, medium = key
        links = sum(n for _, n, _ in members)
        downward = self._is_downward(low, high, sum(n if forward else -n for _, n, forward in members))
        rate = _rate(members)
        first = counted(links, "link") + (f", {rate}" if rate else "")
        ends = (low, high) if downward else (high, low)
        where = [f"{self.names.short(r.rule.span)}  {number(n)} of {r.rule.link.name}" for r, n, _ in members]
        name = ".".join(plane) or "no plane"
        tip = "\n".join(
            [f"{ends[0]} – {ends[1]}: {name}", first + (f", {medium}" if medium else ""), *_first(sorted(set(where)), 8)]
        )
        return Edge(*ends, plane, links, (first, medium) if medium else (first,), tip)

    def _is_downward(self, low: str, high: str, balance: int) -> bool:
        """Whether `low` stands above `high`: as the rules are written, and of two parts that do not relay, the one further
        from the way out of their common cluster above."""
        x, y = (self._template(k) for k in (low, high))
        if x is not None and y is not None and not x.relay and not y.relay:
            near, far = self._way_out(low), self._way_out(high)
            if near != far:
                return near > far
        return balance > 0 or (balance == 0 and low <= high)

    def _template(self, key: str) -> Template | None:
        box = self.boxes[key]
        return self.root.at(tuple(key.split("."))) if box.role == "part" else None

    def _way_out(self, key: str) -> int:
        """Links to go from a box until the innermost cluster around it is left; large where there is no way."""
        home = self.boxes[key].cluster
        seen, edge = {key}, {key}
        for steps in range(len(self.boxes)):
            reached = {b for a, b in self._pairs() if a in edge} - seen
            if any(self.boxes[k].cluster[: len(home)] != home for k in reached):
                return steps
            if not reached:
                break
            seen |= reached
            edge = reached
        return len(self.boxes) + 1

    def _pairs(self) -> list[tuple[str, str]]:
        if not self.both_ways:
            pairs = [(self._owner(r.a), self._owner(r.b)) for r, n in self.rules if n]
            self.both_ways = sorted({*pairs, *((b, a) for a, b in pairs)})
        return self.both_ways

    def _medium(self, r: Lifted) -> str:
        """Modules and media between the two ends, each named once: those of the `via`, and the modules that carry the ports."""
        found = [s.template for s in r.rule.via if s.template is not None]
        ends: tuple[Attachment, ...] = ()
        with suppress(TooLarge):  # too irregular to name the plugs: the via still says the medium
            ends = attachments(self.root, r)
        found += [
            self.root.at(e.connector) for e in ends if e.connector is not None and self.root.at(e.connector).kind == "module"
        ]
        names = {t.name: t.kind in MEDIUM_KINDS for t in found}
        return " + ".join(sorted(names, key=lambda n: (not names[n], n)))

    # ---------------------------------------------------------------- buses
    def _bus_edges(self) -> list[Edge]:
        out: list[Edge] = []
        nets: dict[tuple[Path, str], list[BusNet]] = {}
        for prefix, bus in self.buses:
            nets.setdefault((prefix, bus.name), []).append(bus)
        for (prefix, name), group in nets.items():  # those of a plane family are one box
            bus, key = group[0], ".".join((*prefix, name))
            total = volume(self.root.shape(prefix)) * len(group)
            dims = (len(group),) if len(group) > 1 else ()
            where = self.names.short(bus.span)
            tip = f"{key}: bus {bus.template.name}\n{number(total)} in all\ndeclared {where}"
            self.boxes[key] = Box(key, prefix, bus.name, bus.template.name, dims, total, category(bus.template), (), tip, "bus")
            for path, boxes in _taps(group):
                owner = self._owner(prefix + path)
                n = 0
                for box in boxes:
                    ends_box = (*(range(k) for k in self.root.shape(prefix)), *box)
                    n += volume(tuple(len(s) for s in ends_box)) - excluded_parts(prefix + path, ends_box, self.gone)
                feeds = self.boxes[owner].category == "power"
                ends = (owner, key) if feeds else (key, owner)
                line = counted(n, "tap")
                out.append(Edge(*ends, bus.plane.names, n, (line,), f"{owner} on {key}\n{line}\n{where}", True))
        return out

    # ---------------------------------------------------------------- planes
    def _planes(self, edges: list[Edge]) -> tuple[Plane, ...]:
        totals: dict[Path, int] = {}
        natures: dict[Path, set[str]] = {}
        for r, n in self.rules:
            if n:
                totals[r.rule.plane.names] = totals.get(r.rule.plane.names, 0) + n
                natures.setdefault(r.rule.plane.names, set()).add(_nature(self.root, r))
        for e in edges:
            if e.is_bus:
                totals.setdefault(e.plane, 0)
                kinds = {self.boxes[k].category for k in (e.a, e.b) if self.boxes[k].role == "bus"}
                natures.setdefault(e.plane, set()).add("coolant" if "cooling" in kinds else "power")
        sizes = {d.names: d.sizes for p in declared_paths(self.root) for d in self.root.at(p).planes.values()}
        out, order = [], 0
        for names in sorted(totals):
            nature = "data" if "data" in natures[names] else "coolant" if "coolant" in natures[names] else "power"
            family = "".join(f" × {s}" for s in sizes.get(names, ()) if s is not None)
            out.append(Plane(names, (".".join(names) or "no plane") + family, totals[names], nature, order))
            order += nature == "data"
        return tuple(out)


def _nature(root: Template, r: Lifted) -> str:
    """ "data", "power" or "coolant": by the link's figures, then by the parts at its ends."""
    if r.rule.link.figure("net") is not None or r.rule.link.figure("raw") is not None:
        return "data"
    kinds = {root.at(p[:-1]).kind for p in (r.a, r.b)}
    if "cooling" in kinds or r.rule.link.figure("flow") is not None:
        return "coolant"
    return "power" if "power" in kinds or r.rule.link.figure("voltage") is not None else "data"


def _rate(members: list[tuple[Lifted, int, bool]]) -> str:
    """Net rate of all links together, one direction; "" where a link's rate is not known."""
    total: Any = None
    for r, n, _ in members:
        rate = link_rate(r.rule.link, "net", r.rule.lanes)
        if rate is UNKNOWN:
            return ""
        piece = q.mul(rate, n)
        total = piece if total is None else q.add(total, piece)
    return _in_bytes(total)


def _taps(nets: list[BusNet]) -> list[tuple[Path, list[Region]]]:
    """The ports on some nets, by path: one entry for each box of a net alone, for a family all boxes of a path together."""
    if len(nets) == 1:
        return [(path, [box]) for path, box in sorted(nets[0].joins, key=lambda j: j[0])]
    out: dict[Path, list[Region]] = {}
    for net in nets:
        for path, box in net.joins:
            out.setdefault(path, []).append(box)
    return sorted(out.items())


def _in_bytes(rate: Any) -> str:
    """A rate in bytes per second, whatever it was written in: one drawing, one unit, the one of performance.json."""
    size = rate.nom / q.quantity(1, "GB/s").nom if hasattr(rate, "nom") else 0
    unit = next((u for u, least in (("EB/s", 10**9), ("PB/s", 10**6), ("TB/s", 10**3)) if size >= least), "GB/s")
    return quantity_text(rate, unit, 4)


def _holders(root: Template) -> dict[Path, str]:
    """Where part arrays stand when that is not where they are contained: "in comm: CommRack × 4"."""
    out: dict[Path, str] = {}
    for prefix in declared_paths(root):
        t = root.at(prefix)
        for p in t.placements:
            if p.container and p.what[: len(p.container)] != p.container:
                holder = t.at(p.container[:-1]).parts[p.container[-1]]
                if holder.template.kind == "rack":
                    out[prefix + p.what] = f"in {p.container[-1]}: {holder.template.name} {times(holder.dims)}".rstrip()
    return out


def _facts(design: Design) -> str:
    """Parameters and mode, as they were chosen: "supernodes = 2605 · mode ring"."""
    from hwdsl.sema.show import show

    given = [f"{name} = {show(value)}" for name, value in sorted(design.root.parameters.items())]
    return " · ".join([*given, *([f"mode {design.mode}"] if design.mode else [])])


def _first(lines: list[str], limit: int) -> list[str]:
    return lines if len(lines) <= limit else [*lines[: limit - 1], f"and {len(lines) - limit + 1} more rules"]
