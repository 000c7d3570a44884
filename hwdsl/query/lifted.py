"""All rules below a template, seen from it: outer coordinates become free variables `^0`, `^1`, ...

One `Lifted` per declared path and rule, whatever the number of instances; every query about links starts here.
"""

from __future__ import annotations

from hwdsl.ir.index import Ix, evaluate, variable
from hwdsl.ir.l0 import Box, CarryMap, Path, Rule, Template
from hwdsl.ir.space import Constraint, Space, count, points
from hwdsl.node import Record
from hwdsl.query.selection import intersect_boxes


class Lifted(Record):
    """A rule as seen from the owner: both ends as paths and coordinates below it, over one space."""

    prefix: Path
    template: Template
    rule: Rule
    space: Space
    outer: tuple[str, ...]
    a: Path
    a_coords: tuple[Ix, ...]
    b: Path
    b_coords: tuple[Ix, ...]

    @property
    def rank(self) -> int:
        """Number of outer coordinates."""
        return len(self.outer)


class LiftedCarry(Record):
    """A carry map as seen from the owner."""

    prefix: Path
    carry: CarryMap
    space: Space
    port: Path
    port_coords: tuple[Ix, ...]
    connector: Path
    coords: tuple[Ix, ...]
    start: Ix


class Exclusion(Record):
    """Things an override takes away: the port ends or parts at `path` within `box`; `target` part, link, cable or port."""

    path: Path
    box: Box
    target: str
    status: str


def declared_paths(owner: Template) -> list[Path]:
    """Paths of all part arrays below a template, the empty path first, in a stable order."""
    def find(t: Template) -> list[Path]:
        out: list[Path] = [()]
        for name in sorted(t.parts):
            out += [(name, *p) for p in t.parts[name].template.cached("paths", find)]
        return out

    paths: list[Path] = owner.cached("paths", find)
    return paths


def lifted_rules(owner: Template) -> list[Lifted]:
    """Every rule below `owner`, once per declared path."""
    def lift(owner: Template) -> list[Lifted]:
        out = []
        for prefix in declared_paths(owner):
            t = owner.at(prefix)
            shape = owner.shape(prefix)
            outer = tuple(f"^{k}" for k in range(len(shape)))
            head = tuple(variable(n) for n in outer)
            for rule in t.rules:
                space = Space((*zip(outer, shape), *rule.space.vars), rule.space.guard)
                out.append(Lifted(prefix, t, rule, space, outer, prefix + rule.a.path, head + rule.a.coords, prefix + rule.b.path,
                                  head + rule.b.coords))
        return out

    rules: list[Lifted] = owner.cached("lifted", lift)
    return rules


def lifted_carries(owner: Template) -> list[LiftedCarry]:
    """Every carry map below `owner`, once per declared path."""
    def lift(owner: Template) -> list[LiftedCarry]:
        out = []
        for prefix in declared_paths(owner):
            shape = owner.shape(prefix)
            outer = tuple(f"^{k}" for k in range(len(shape)))
            head = tuple(variable(n) for n in outer)
            for c in owner.at(prefix).carries:
                space = Space((*zip(outer, shape), *c.space.vars), c.space.guard)
                out.append(LiftedCarry(prefix, c, space, prefix + c.port.path, head + c.port.coords, prefix + c.connector,
                                       head + c.coords, c.start))
        return out

    carries: list[LiftedCarry] = owner.cached("lifted_carries", lift)
    return carries


def exclusions(owner: Template, statuses: tuple[str, ...] = ("absent",)) -> list[Exclusion]:
    """What overrides with these statuses take away below `owner`, and what an `under failed` block takes out at the moment.

    A cable takes all its links: every port on the connector of the port that the override names.
    """
    out: list[Exclusion] = list(owner.failing)
    for prefix in declared_paths(owner):
        shape = owner.shape(prefix)
        for o in owner.at(prefix).overrides:
            status = o.attributes.get("status")
            word = getattr(status.value, "text", "") if status is not None else ""
            if word in statuses:
                taken = Exclusion(prefix + o.path, tuple(range(n) for n in shape) + o.box, o.target, word)
                out += cable_mates(owner, taken) if o.target == "cable" else [taken]
    return out


def cable_mates(owner: Template, taken: Exclusion) -> list[Exclusion]:
    """The ports whose links run over the same cables as those of the ports taken: they share their connectors."""
    cache: dict[Exclusion, list[Exclusion]] = owner.cached("cable_mates", lambda _: {})
    if taken in cache:
        return cache[taken]
    out = [taken]
    carries = [c for c in lifted_carries(owner) if c.port == taken.path]
    if carries:
        plugs = {(c.connector, tuple(evaluate(i, env) for i in c.coords), evaluate(c.start, env) if c.carry.unit == "half" else -1)
                 for c in carries for env in points(c.space)
                 if all(evaluate(m, env) in s for m, s in zip(c.port_coords, taken.box))}
        for c in lifted_carries(owner):
            if any(c.connector == connector for connector, _, _ in plugs):
                for env in points(c.space):
                    plug = (c.connector, tuple(evaluate(i, env) for i in c.coords), evaluate(c.start, env) if c.carry.unit == "half" else -1)
                    port = tuple(evaluate(m, env) for m in c.port_coords)
                    if plug in plugs and not (c.port == taken.path and all(p in s for p, s in zip(port, taken.box))):
                        out.append(Exclusion(c.port, tuple(range(p, p + 1) for p in port), "cable", taken.status))
    cache[taken] = out
    return out


def covers(group_path: Path, path: Path) -> bool:
    """Whether things at `path` lie at or inside things at `group_path`."""
    return path[: len(group_path)] == group_path


def end_constraints(coords: tuple[Ix, ...], box: Box) -> list[Constraint]:
    """An end lies in a box of its leading coordinates."""
    return list(zip(coords, box))


def count_rule(owner: Template, lifted: Lifted, constraints: list[Constraint], gone: list[Exclusion] | None = None) -> int:
    """Links of a rule under constraints, less those whose end an exclusion takes away."""
    total = count(lifted.space, constraints)
    if total == 0:
        return 0
    gone = exclusions(owner) if gone is None else gone
    sets: list[list[Constraint]] = []
    for e in gone:
        for path, coords in ((lifted.a, lifted.a_coords), (lifted.b, lifted.b_coords)):
            if covers(e.path, path):
                sets.append(end_constraints(coords, e.box))
    return total - _union(lifted.space, constraints, sets)


def _union(space: Space, base: list[Constraint], sets: list[list[Constraint]]) -> int:
    """Points in `base` that lie in any of the sets (inclusion and exclusion, pruned where empty)."""
    total = 0
    for k, first in enumerate(sets):
        mine = [*base, *first]
        alone = count(space, mine)
        if alone:
            total += alone - _union(space, mine, sets[k + 1:])
    return total


def excluded_parts(path: Path, box: Box, gone: list[Exclusion]) -> int:
    """How many of the things at `path` within `box` are taken away (parts or ports, or what holds them)."""
    boxes: list[Box] = []
    for e in gone:
        if e.target in ("part", "port") and covers(e.path, path):
            common = intersect_boxes(box[: len(e.box)], e.box)
            if common is not None:
                boxes.append(common + box[len(e.box):])
    return _union_boxes(boxes)


def _union_boxes(boxes: list[Box]) -> int:
    total = 0
    for k, b in enumerate(boxes):
        size = 1
        for s in b:
            size *= len(s)
        rest = [c for c in (intersect_boxes(b, other) for other in boxes[k + 1:]) if c is not None]
        total += size - _union_boxes(rest)
    return total
