"""What failures, overrides and partial selections take from arc rules and endpoint blocks, as conditions on their variables.

A region is a conjunction of constraints on index maps; a solved one is a conjunction of sets of values of single variables.
"""

from __future__ import annotations

from itertools import product
from math import prod

from hwdsl.ir.index import Ix, evaluate, ix_vars, substitute, variable
from hwdsl.ir.outages import Exclusion, cable_mates
from hwdsl.ir.space import Cmp, Constraint, IndexSet, Space, count, holds, points
from hwdsl.node import replace
from hwdsl.query.lifted import covers, end_constraints, exclusions
from hwdsl.query.network import OUT_OF_SERVICE, Network, Region, VertexBlock
from hwdsl.query.refusal import Refused

Conjunction = dict[str, frozenset[int]]
"""Variables and the values they must have."""

PAIR = "{i, j}"
"""In a conjunction on a mesh `i < j`: both ends' values, whichever is the lower."""

TOUCHED = "i or j"
"""Likewise: values of which one end must have one."""

POINT_LIMIT = 100_000
"""Points searched for the links that one failure takes from a rule."""

REGION_LIMIT = 64
"""Conjunctions of one rule: more are not worth telling apart."""


def taken(network: Network, failed: tuple[Exclusion, ...]) -> Network:
    """The network without what is out of service in the design, and without what is `failed` as well."""
    gone = list(exclusions(network.owner, OUT_OF_SERVICE))
    for e in failed:
        gone += cable_mates(network.owner, e) if e.target == "cable" else [e]
    if not gone:
        return network
    arcs = []
    for arc in network.arcs:
        lost: list[Region] = list(arc.lost)
        for e in gone:
            for path, coords in ((arc.lifted.a, arc.lifted.a_coords), (arc.lifted.b, arc.lifted.b_coords)):
                region = tuple(end_constraints(coords, e.box))
                if covers(e.path, path) and solved(arc.space, (region,)):
                    lost.append(region)
        arcs.append(replace(arc, lost=tuple(dict.fromkeys(lost))))
    blocks = list(network.blocks)
    for k in network.endpoints:
        off = [coordinates_in(e.box) for e in gone if e.target == "part" and covers(e.path, blocks[k].path)]
        blocks[k] = replace(blocks[k], off=(*blocks[k].off, *off))
    return replace(network, arcs=tuple(arcs), blocks=tuple(blocks))


def coordinates_in(box: tuple[IndexSet, ...]) -> Region:
    """The region of a block whose leading coordinates lie in a box."""
    return tuple((variable(f"@{i}"), side) for i, side in enumerate(box))


def solved(space: Space, regions: tuple[Region, ...]) -> tuple[Conjunction, ...]:
    """The regions as conjunctions over single variables; those that no point fulfils are left out. Raises Refused."""
    out: list[Conjunction] = []
    for region in regions:
        options = [_options(space, c) for c in region]
        size = 1
        for o in options:
            size *= len(o)
        if size + len(out) > REGION_LIMIT:
            raise Refused(f"what is out of service names more than {REGION_LIMIT} groups of links of one rule")
        for choice in product(*options):
            conjunction = _meet(space, choice)
            if conjunction is not None and conjunction not in out:
                out.append(conjunction)
    return tuple(out)


def _options(space: Space, constraint: Constraint) -> list[Conjunction]:
    """Alternatives that together say that a map lies in a set."""
    m, allowed = constraint
    sizes = space.sizes
    if not m.terms:
        return [{}] if m.const in allowed else []
    if len(m.terms) == 1 and m.terms[0][0] == 1 and isinstance(m.terms[0][1], str):
        name = m.terms[0][1]
        if isinstance(allowed, range) and allowed.start <= m.const and m.const + sizes[name] <= allowed.stop:
            return [{}]
        values = frozenset(v - m.const for v in allowed if 0 <= v - m.const < sizes[name])
        return [{}] if len(values) == sizes[name] else [{name: values}] if values else []
    digits = _digits(m, sizes)
    if digits and len(allowed) <= REGION_LIMIT:
        read = [x for v in allowed for x in _read(v - m.const, digits)]
        return [{}] if len(read) == prod(size for _, size in digits) else read
    names = sorted(ix_vars(m))
    part = Space(tuple((n, sizes[n]) for n in names))
    if part.volume > POINT_LIMIT:
        raise Refused("what is out of service is named by an index that mixes many variables")
    found = [{n: frozenset((p[n],)) for n in names} for p in points(part) if evaluate(m, p) in allowed]
    return [{}] if len(found) == part.volume else found


def _digits(m: Ix, sizes: dict[str, int]) -> list[tuple[str, int]]:
    """(variable, size) from the lowest digit up, of a map that is a complete number system of whole variables; else []."""
    out, step = [], 1
    for c, name in sorted(m.terms, key=lambda t: t[0]):
        if c != step or not isinstance(name, str):
            return []
        out.append((name, sizes[name]))
        step *= sizes[name]
    return out


def _read(value: int, digits: list[tuple[str, int]]) -> list[Conjunction]:
    """The digits of a value; none if it is out of range."""
    found: Conjunction = {}
    for name, size in digits:
        value, digit = divmod(value, size)
        found[name] = frozenset((digit,))
    return [found] if value == 0 else []


def _meet(space: Space, choice: tuple[Conjunction, ...]) -> Conjunction | None:
    """All of some conjunctions at once; None where no point of the space fulfils them."""
    out: Conjunction = {}
    for conjunction in choice:
        for name, values in conjunction.items():
            out[name] = out[name] & values if name in out else values
    if not all(out.values()):
        return None
    single = {n: next(iter(v)) for n, v in out.items() if len(v) == 1}
    for c in space.guard:
        if ix_vars(c.ix) <= set(single) and not holds(c, single):
            return None
    return out


def unordered(lost: tuple[Conjunction, ...], low: str, high: str, sizes: dict[str, int]) -> tuple[Conjunction, ...]:
    """Conjunctions on a mesh `low < high`, said without which end is the lower one: permuted values have no order."""
    out: list[Conjunction] = []
    for conjunction in lost:
        rest = {n: v for n, v in conjunction.items() if n not in (low, high)}
        one, other = conjunction.get(low), conjunction.get(high)
        if one is None and other is None:
            out.append(rest)
        elif (one is None and {**rest, low: other} in lost) or (other is None and {**rest, high: one} in lost):
            out.append({**rest, TOUCHED: one or other or frozenset()})
        else:
            lows = range(sizes[low]) if one is None else one
            highs = range(sizes[high]) if other is None else other
            if len(lows) * len(highs) > POINT_LIMIT:
                raise Refused("what is out of service names many single pairs of a full mesh")
            pairs = [frozenset((u, v)) for u in lows for v in highs if u < v]
            if len(pairs) + len(out) > REGION_LIMIT:
                raise Refused("what is out of service names many single pairs of a full mesh")
            out += [{**rest, PAIR: pair} for pair in pairs]
    return tuple(out)


def lost_links(space: Space, constraints: tuple[Constraint, ...], lost: tuple[Region, ...]) -> int:
    """How many links of a rule are out of service (inclusion and exclusion, pruned where nothing is left)."""
    def union(some: list[Conjunction]) -> int:
        total = 0
        for k, first in enumerate(some):
            alone = _links_in(space, constraints, first)
            if alone:
                both = [_meet(space, (first, other)) for other in some[k + 1:]]
                total += alone - union([x for x in both if x is not None])
        return total

    return union(list(solved(space, lost))) if lost else 0


def _links_in(space: Space, constraints: tuple[Constraint, ...], conjunction: Conjunction) -> int:
    """Points of a space that fulfil a conjunction; what has one value only is put in before they are counted."""
    single = {n: Ix(next(iter(v))) for n, v in conjunction.items() if len(v) == 1}
    left = Space(tuple(x for x in space.vars if x[0] not in single),
                 tuple(Cmp(c.op, substitute(c.ix, single, space.sizes)) for c in space.guard))
    kept: list[Constraint] = [(substitute(m, single, space.sizes), allowed) for m, allowed in constraints]
    return count(left, [*kept, *((variable(n), tuple(sorted(v))) for n, v in conjunction.items() if n not in single)])


def whole_block(block: VertexBlock) -> bool:
    """Whether every vertex of an endpoint block talks."""
    return block.only is None and not block.off
