"""Counting parts, ports and links of a selection. Exact, at L0: the cost does not depend on the number of links."""

from __future__ import annotations

from hwdsl.ir.index import Ix, evaluate, substitute, variable
from hwdsl.ir.l0 import PortArray, Template
from hwdsl.ir.space import ENUMERATION_LIMIT, Constraint, TooLarge, count, image_size, points
from hwdsl.query.lifted import Exclusion, Lifted, count_rule, covers, excluded_parts, exclusions, lifted_carries, lifted_rules
from hwdsl.query.selection import Group, PlaneItem, PlaneSelection, Selection, group_size, target

Sets = list[list[Constraint]]
"""A union of conjunctions of constraints on one rule's variables."""


def count_selection(sel: Selection) -> int:
    """Number of parts or ports, as bought (absent ones left out)."""
    gone = exclusions(sel.owner)
    return sum(count_group(sel.owner, g, gone) for g in sel.groups)


def count_group(owner: Template, g: Group, gone: list[Exclusion]) -> int:
    """Number of things in a group under its flags."""
    total = group_size(g) - excluded_parts(g.path, g.box, gone) if gone else group_size(g)
    for flag in g.flags:
        hits = count_used(owner, g) if flag.endswith("used") else count_carried(owner, g)
        total = hits if not flag.startswith("un") else total - hits
    return total


def count_used(owner: Template, g: Group) -> int:
    """Ports of a group that some rule connects; a port broken out into lanes counts once."""
    gone = exclusions(owner)
    total = 0
    slices: list[tuple[Lifted, tuple[Ix, ...]]] = []
    for r in lifted_rules(owner):
        for end, path, coords in ((r.rule.a, r.a, r.a_coords), (r.rule.b, r.b, r.b_coords)):
            if path == g.path and end.lane is not None:
                slices.append((r, coords))
            elif path == g.path:
                total += count_rule(owner, r, list(zip(coords, g.box)), gone)
    return total + _broken_out(g, slices, gone) if slices else total


def _broken_out(g: Group, slices: list[tuple[Lifted, tuple[Ix, ...]]], gone: list[Exclusion]) -> int:
    """Distinct ports of a group that the ends of breakouts lie on. Raises TooLarge."""
    from hwdsl.query.media import restrict

    if len(slices) == 1 and not any(covers(e.path, p) for e in gone for r, _ in slices for p in (r.a, r.b)):
        r, coords = slices[0]
        space, values = restrict(r.space, list(zip(coords, g.box)))
        return image_size(tuple(substitute(c, values, space.sizes) for c in coords), space)
    ports: set[tuple[int, ...]] = set()
    for r, coords in slices:
        if r.space.volume > ENUMERATION_LIMIT:
            raise TooLarge(r.space.volume)
        for env in points(r.space):
            at = tuple(evaluate(c, env) for c in coords)
            if all(v in s for v, s in zip(at, g.box)) and not _taken_away(r, env, gone):
                ports.add(at)
    return len(ports)


def _taken_away(r: Lifted, env: dict[str, int], gone: list[Exclusion]) -> bool:
    return any(covers(e.path, path) and all(evaluate(c, env) in s for c, s in zip(coords, e.box))
               for e in gone for path, coords in ((r.a, r.a_coords), (r.b, r.b_coords)))


def count_carried(owner: Template, g: Group) -> int:
    """Ports of a group that some carry takes to a connector."""
    return sum(count(c.space, list(zip(c.port_coords, g.box))) for c in lifted_carries(owner) if c.port == g.path)


def plane_sets(r: Lifted, items: tuple[PlaneItem, ...]) -> Sets:
    """When a rule's links lie in one of the planes."""
    out: Sets = []
    sizes = r.space.sizes
    for i in items:
        if r.prefix != i.prefix or r.rule.plane.names[: len(i.names)] != i.names:
            continue
        mine: list[Constraint] = [(variable(n), s) for n, s in zip(r.outer, i.box) if s != range(sizes[n])]
        for chosen, index in zip(i.family, r.rule.plane.indices):
            if chosen is not None and index is not None:
                mine.append((index, chosen))
        out.append(mine)
    return out


def end_sets(coords: tuple[Ix, ...], path: tuple[str, ...], sel: Selection) -> Sets:
    """When one end of a rule lies in a selection."""
    out: Sets = []
    for g in sel.groups:
        if covers(g.path, path):
            out.append(list(zip(coords, g.box)))
    return out


def attached_sets(r: Lifted, sel: Selection) -> Sets:
    """When a link touches a selection: either end in it."""
    return end_sets(r.a_coords, r.a, sel) + end_sets(r.b_coords, r.b, sel)


def between_sets(r: Lifted, x: Selection, y: Selection) -> Sets:
    """When a link joins two selections, either way round."""
    out: Sets = []
    for p, q in ((x, y), (y, x)):
        for one in end_sets(r.a_coords, r.a, p):
            for other in end_sets(r.b_coords, r.b, q):
                out.append(one + other)
    return out


def operand_sets(r: Lifted, operands: tuple[object, ...]) -> Sets:
    """When a link belongs to the operands of `links(...)`: none or `self`: always; a plane; a selection; two selections."""
    if not operands:
        return [[]]
    pair = [o for o in operands if isinstance(o, Selection)]
    if len(operands) == len(pair) == 2:
        return between_sets(r, *pair)
    out: Sets = []
    for o in operands:
        if isinstance(o, PlaneSelection):
            out += plane_sets(r, o.items)
        elif isinstance(o, Selection):
            if any(not g.path for g in o.groups):
                return [[]]
            out += attached_sets(r, o)
    return out


def count_sets(owner: Template, r: Lifted, sets: Sets, gone: list[Exclusion], base: list[Constraint] | None = None) -> int:
    """Links of a rule in a union of sets (inclusion and exclusion, pruned where empty)."""
    total = 0
    base = base or []
    for k, first in enumerate(sets):
        mine = [*base, *first]
        alone = count_rule(owner, r, mine, gone)
        if alone:
            total += alone - (count_sets(owner, r, sets[k + 1:], gone, mine) if k + 1 < len(sets) else 0)
    return total


def port_rate_target(owner: Template, g: Group) -> PortArray | None:
    """The port array of a group, None if it selects parts."""
    found = target(owner, g.path)
    return found if isinstance(found, PortArray) else None
