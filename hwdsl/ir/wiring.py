"""The rules of a design in terms of port numbers: link classes, rules seen from the root, breakouts.

What L1 and L2 share. Rules end at ports (connections between connectors became those of the ports they carry) and stand in an
order that does not depend on the order of declarations. A *link class* is one rule of one template, whatever the number of
instances; it carries the attributes of its links.

Breakouts. A rule whose end is a slice of a port's lanes gives the port several partners. Each such slice is a *branch* with a
number of its own after all ports: `ports + base + rank`, `rank` the row-major rank of the point in the box of the rule as seen
from the root. A branch is the partner of the port at the other end; the port it belongs to has no partner of its own.
"""

from __future__ import annotations

from hwdsl.ir.index import Ix, text, variable
from hwdsl.ir.l0 import Path, Rule, Template, templates
from hwdsl.ir.layout import Layout
from hwdsl.ir.space import Space
from hwdsl.node import Record


class LinkClass(Record):
    """One rule of one template: what its links have in common. `uid:rule` is the stable name of "the rule that made it"."""

    template: Template
    rule: Rule

    @property
    def name(self) -> str:
        """Stable name."""
        return f"{self.template.uid}:{self.rule.number}"

    @property
    def plane(self) -> str:
        """Names of the plane from the outside in, dotted; "" outside any plane."""
        return ".".join(self.rule.plane.names)

    @property
    def rate(self) -> float:
        """Net rate of one link in one direction, bit/s; NaN if not published."""
        value = self.rule.link.figure("net")
        return float(value.nom) * self.rule.lanes if hasattr(value, "nom") else float("nan")

    @property
    def length(self) -> int:
        """Stated length in whole millimetres, rounded up; -1 if not stated."""
        from hwdsl.types.quantity import in_unit

        stated = self.rule.attributes.get("length")
        if stated is None or not hasattr(stated.value, "nom"):
            return -1
        mm = in_unit(stated.value, "mm")
        return int(-(-(mm.hi if hasattr(mm, "hi") else mm) // 1))


class Wire(Record):
    """A rule seen from the root: both ends as port numbers over `space`; outer variables are `^k`.

    a, b              numbers as index maps
    a_branch, b_branch  first branch number relative to the number of ports, None for a whole port
    """

    link_class: int
    prefix: Path
    rule: Rule
    space: Space
    a_path: Path
    a: Ix
    b_path: Path
    b: Ix
    a_branch: int | None
    b_branch: int | None

    def side(self, left: bool) -> tuple[Path, Ix, int | None]:
        """(path, number, first branch) of one side."""
        return (self.a_path, self.a, self.a_branch) if left else (self.b_path, self.b, self.b_branch)


class Wiring:
    """Classes, wires and branches of a design in canonical order."""

    __slots__ = ("branches", "classes", "layout", "number_of", "wires")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.classes: list[LinkClass] = []
        self.number_of: dict[tuple[str, int], int] = {}
        self.branches = 0
        for t in templates(layout.root):
            for rule in ordered(t):
                self.number_of[t.uid, rule.number] = len(self.classes)
                self.classes.append(LinkClass(t, rule))
        self.wires = [self._wire(prefix, t, rule) for prefix, t in placed(layout.root) for rule in ordered(t)]

    def _wire(self, prefix: Path, t: Template, rule: Rule) -> Wire:
        shape = self.layout.root.shape(prefix)
        outer = tuple(f"^{k}" for k in range(len(shape)))
        head = tuple(variable(n) for n in outer)
        space = Space((*zip(outer, shape), *rule.space.vars), rule.space.guard)
        first: list[int | None] = []
        for end in (rule.a, rule.b):
            first.append(None if end.lane is None else self.branches)
            self.branches += 0 if end.lane is None else space.volume
        a, b = (self.layout.ports_at(prefix + e.path).map(head + e.coords) for e in (rule.a, rule.b))
        return Wire(self.number_of[t.uid, rule.number], prefix, rule, space, prefix + rule.a.path, a, prefix + rule.b.path, b,
                    first[0], first[1])


def wiring(layout: Layout) -> Wiring:
    """The wiring of a design, computed once."""
    found: Wiring = layout.root.cached("wiring", lambda _: Wiring(layout))
    return found


def ordered(t: Template) -> list[Rule]:
    """The rules of a template in an order of their meaning, not of their declaration."""
    rules: list[Rule] = t.cached("ordered_rules", lambda t: sorted(t.rules, key=_meaning))
    return rules


def _meaning(r: Rule) -> tuple[object, ...]:
    ends = tuple((e.path, tuple(text(c) for c in e.coords), "" if e.lane is None else text(e.lane[0])) for e in (r.a, r.b))
    return (r.plane.names, ends, tuple((c.op, text(c.ix)) for c in r.space.guard), r.space.vars)


def placed(root: Template) -> list[tuple[Path, Template]]:
    """Every declared path with its template, the root first, then by name."""
    out: list[tuple[Path, Template]] = []

    def visit(path: Path, t: Template) -> None:
        out.append((path, t))
        for name in sorted(t.parts):
            visit((*path, name), t.parts[name].template)

    visit((), root)
    return out


def port_arrays(root: Template, path: Path) -> list[Path]:
    """Every port array at or below a path."""
    if path and path[-1] in root.at(path[:-1]).ports and path[-1] not in root.at(path[:-1]).parts:
        return [path]
    return [(*path, *inner, name) for inner, t in placed(root.at(path)) for name in sorted(t.ports)]
