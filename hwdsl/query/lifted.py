"""All rules below a template, seen from it: outer coordinates become free variables `^0`, `^1`, ...

One `Lifted` per declared path and rule, whatever the number of instances; every query about links starts here.
"""

from __future__ import annotations

from hwdsl.ir.index import Ix, variable
from hwdsl.ir.l0 import Box, Path, Rule, Template
from hwdsl.ir.outages import Exclusion as Exclusion
from hwdsl.ir.outages import LiftedCarry as LiftedCarry
from hwdsl.ir.outages import covers as covers
from hwdsl.ir.outages import declared_paths as declared_paths
from hwdsl.ir.outages import exclusions as exclusions
from hwdsl.ir.outages import lifted_carries as lifted_carries
from hwdsl.ir.space import Constraint, Space, count
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


def lifted_rules(owner: Template) -> list[Lifted]:
    """Every rule below `owner`, once per declared path."""
    def lift(owner: Template) -> list[Lifted]:
        out = []
        for prefix in declared_paths(owner):
            t = owner.at(prefix)
            shape = owner.shape(prefix)
            if 0 in shape:  # nothing is there
                continue
            outer = tuple(f"^{k}" for k in range(len(shape)))
            head = tuple(variable(n) for n in outer)
            for rule in t.rules:
                space = Space((*zip(outer, shape), *rule.space.vars), rule.space.guard)
                out.append(Lifted(prefix, t, rule, space, outer, prefix + rule.a.path, head + rule.a.coords, prefix + rule.b.path,
                                  head + rule.b.coords))
        return out

    rules: list[Lifted] = owner.cached("lifted", lift)
    return rules


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
    return total - union_count(lifted.space, constraints, sets)


def union_count(space: Space, base: list[Constraint], sets: list[list[Constraint]]) -> int:
    """Points in `base` that lie in any of the sets (inclusion and exclusion, pruned where empty)."""
    total = 0
    for k, first in enumerate(sets):
        mine = [*base, *first]
        alone = count(space, mine)
        if alone:
            total += alone - union_count(space, mine, sets[k + 1:])
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
