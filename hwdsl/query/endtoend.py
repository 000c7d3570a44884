"""Counts and rates of links end to end, and which pieces belong to an operand: the meaning of `links(..)`, `cables(..)` etc.

A link belongs to a plane if any of its pieces lies in it, to parts or ports if any of its ports is one of them (`links(panel)`
are those that run through it), and joins two selections if a stretch of it does: one piece or more with one end in either. Of the
physical things, those of the pieces count: `cables(x)` are the cables at x or in the plane x, `cables(x, y)` those of the
shortest stretches between the two, `cables(links(..))` all cables of these links. A piece that ends in a passive part with
nothing behind is no link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from hwdsl.ir.composition import TABLE_LIMIT, put
from hwdsl.ir.index import Ix, Sizes, bounds, evaluate, ix_vars, tabulate
from hwdsl.ir.l0 import Template, volume
from hwdsl.ir.space import Constraint, IndexSet, TooLarge, count
from hwdsl.node import Record
from hwdsl.query.chains import LANE, Chain, has_chains, outside, passes_on, runs, walks
from hwdsl.query.counting import Sets, count_sets, end_sets, operand_sets, plane_sets
from hwdsl.query.lifted import Exclusion, Lifted, covers, end_constraints, exclusions, lifted_rules, union_count
from hwdsl.query.rates import link_rate
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.query.sharing import Sharing, plugs_of
from hwdsl.sema.values import UNKNOWN
from hwdsl.types import quantity as q

Keep = Callable[[Lifted], bool] | None
"""Which rules count; None for all. A link counts if that of any of its pieces does."""


class Whole(Record):
    """An operand: all pieces of the links that belong to other operands, as in `cables(links(x))`."""

    operands: tuple[object, ...]


class Bundle(Record):
    """Equal links: how many, their lanes together, and (link template, lanes) of the pieces that each of `runs` runs over: links,
    or lanes where bridges split them."""

    links: int
    lanes: int
    runs: int
    over: tuple[tuple[Template, int], ...]

    def rate(self, coding: str) -> Any:
        """Of all together, one direction: of each the narrowest piece (one without a published rate narrows nothing). UNKNOWN if
        no piece has a rate."""
        known = [r for link, lanes in self.over if (r := link_rate(link, coding, lanes)) is not UNKNOWN]
        return q.mul(q.minimum(known[0], *known[1:]), self.runs) if known else UNKNOWN


# ---------------------------------------------------------------- links
def bundles(owner: Template, operands: tuple[object, ...], keep: Keep = None) -> list[Bundle]:
    """The links of the operands of `links(..)`. Raises TooLarge."""
    gone = exclusions(owner)
    if not has_chains(owner):
        return [Bundle(n, n * r.rule.lanes, n, ((r.rule.link, r.rule.lanes),)) for r in lifted_rules(owner)
                if (keep is None or keep(r)) and (n := count_sets(owner, r, operand_sets(r, operands), gone))]
    twice: dict[tuple[int, tuple[tuple[Template, int], ...]], int] = {}  # each link is met from both its ends
    joined: dict[tuple[int, tuple[tuple[Template, int], ...]], int] = {}
    pairs: set[tuple[object, ...]] = set()
    for chain in _from_the_ends(owner):
        if keep is not None and not any(keep(p.rule) for p in chain.pieces):
            continue
        sets = link_sets(chain, operands)
        n = _count(chain, sets, gone)
        if not n:
            continue
        by_lane = LANE in chain.space.sizes
        over = tuple(dict.fromkeys((p.rule.rule.link, 1 if by_lane else p.rule.rule.lanes) for p in chain.pieces))
        key = min(lanes for _, lanes in over), tuple(sorted(over, key=lambda o: (o[0].uid, o[1])))
        twice[key] = twice.get(key, 0) + n
        if by_lane:
            new = _port_pairs(owner, chain, sets, gone) - pairs
            pairs |= new
            n = len(new)
        joined[key] = joined.get(key, 0) + n
    return [Bundle(joined[key] // 2, key[0] * n // 2, n // 2, key[1]) for key, n in twice.items()]


def _from_the_ends(owner: Template) -> Iterator[Chain]:
    """Every chain that begins and ends at what is not passive, from its beginning: so each twice, once from either end."""
    for r in lifted_rules(owner):
        for forward, first in ((True, r.a), (False, r.b)):
            if not passes_on(owner, first):
                yield from (c for c in walks(owner, r, forward=forward) if not passes_on(owner, c.pieces[-1].far))


def link_sets(chain: Chain, operands: tuple[object, ...]) -> Sets:
    """When a link belongs to the operands, over the variables of its chain: what its conditions say comes on top."""
    pair = [o for o in operands if isinstance(o, Selection)]
    ports = chain.ports
    if not operands:
        return [[]]
    if len(operands) == len(pair) == 2:
        return _simplest([[*one, *other] for i, j in _stretches(len(ports)) for x, y in (pair, pair[::-1])
                          for one in end_sets(ports[i][1], ports[i][0], x)
                          for other in end_sets(ports[j][1], ports[j][0], y)], chain)
    out: Sets = []
    for o in operands:
        if isinstance(o, PlaneSelection):
            out += [[(put(ix, p.values, p.rule.space.sizes, chain.space.sizes), allowed) for ix, allowed in s]
                    for p in chain.pieces for s in plane_sets(p.rule, o.items)]
        elif isinstance(o, Selection):
            if any(not g.path for g in o.groups):
                return [[]]
            out += [s for path, coords in ports for s in end_sets(coords, path, o)]
    return _simplest(out, chain)


def _stretches(ports: int) -> Iterator[tuple[int, int]]:
    """Pairs of ports of a chain with a piece between them (port 2 k and 2 k + 1 are those of piece k)."""
    return ((i, j) for i in range(ports) for j in range(i + 1, ports) if i % 2 == 0 or j > i + 1)


def _simplest(sets: Sets, chain: Chain) -> Sets:
    """The sets that something is in, each once, without constraints that always hold; [[]] if one holds everywhere."""
    sizes = chain.space.sizes
    out: Sets = []
    for s in sets:
        mine = [(ix, allowed) for ix, allowed in s if not _holds(ix, allowed, sizes)]
        if not mine:
            return [[]]
        if mine not in out:
            out.append(mine)
    return out


def _holds(ix: Ix, allowed: IndexSet, sizes: Sizes) -> bool:
    lo, hi = bounds(ix, sizes)
    return isinstance(allowed, range) and allowed.step == 1 and allowed.start <= lo and hi < allowed.stop


def _count(chain: Chain, sets: Sets, gone: list[Exclusion]) -> int:
    """Links of a chain in a union of sets, less those that an exclusion takes away anywhere on their way."""
    absent = _absent(chain, gone)

    def union(rest: Sets, base: list[Constraint]) -> int:
        total = 0
        for k, first in enumerate(rest):
            mine = [*base, *first]
            alone = count(chain.space, mine)
            if alone:
                total += alone - union_count(chain.space, mine, absent) - union(rest[k + 1:], mine)
        return total

    return union(sets, list(chain.conditions))


def _absent(chain: Chain, gone: list[Exclusion]) -> Sets:
    return [end_constraints(coords, e.box) for e in gone for path, coords in chain.ports if covers(e.path, path)]


def _port_pairs(owner: Template, chain: Chain, sets: Sets, gone: list[Exclusion]) -> set[tuple[object, ...]]:
    """The pairs of end ports that the lanes of a chain join, one by one. Raises TooLarge."""
    (near, near_coords), (far, far_coords) = chain.ports[0], chain.ports[-1]
    ends = (*near_coords[: len(owner.shape(near))], *far_coords[: len(owner.shape(far))])
    found = plugs_of(Sharing(ends, 0, 0, 1, None), chain.space, [[*chain.conditions, *s] for s in sets], _absent(chain, gone))
    return {(near, far, *at) for at in found}


# ---------------------------------------------------------------- pieces
def piece_sets(owner: Template, r: Lifted, operands: tuple[object, ...]) -> Sets:
    """When a piece of a rule belongs to the operands of `cables(..)` and the like. Raises TooLarge."""
    if len(operands) == 1 and isinstance(operands[0], Whole):
        inner = operands[0].operands
        if not has_chains(owner):
            return operand_sets(r, inner)
        return [mine for c in runs(owner, r) if not passes_on(owner, c.pieces[0].near) and not passes_on(owner, c.pieces[-1].far)
                for s in link_sets(c, inner) for mine in _of_the_rule(c, [*c.conditions, *s])]
    out = operand_sets(r, operands)
    if len(operands) == 2 and has_chains(owner) and all(isinstance(o, Selection) for o in operands):
        for c in runs(owner, r):
            out += [mine for s in _longer_stretches(c, operands) for mine in _of_the_rule(c, [*c.conditions, *s])]
    return out


def _longer_stretches(c: Chain, operands: tuple[object, ...]) -> Sets:
    """When a piece lies on the way between two selections, more pieces with it, and nothing of the two between."""
    pair = [o for o in operands if isinstance(o, Selection)]
    ports, out = c.ports, []
    for i, j in _stretches(len(ports)):
        if not (i <= 2 * c.at < j and j - i > 1):
            continue
        for x, y in (pair, pair[::-1]):
            for one, other in product(end_sets(ports[i][1], ports[i][0], x), end_sets(ports[j][1], ports[j][0], y)):
                cases = [[*one, *other]]
                for k, sel in product(range(i + 1, j), pair):
                    for inside in end_sets(ports[k][1], ports[k][0], sel):
                        cases = [[*case, *out_of] for case in cases for out_of in outside(tuple(inside), c.space)]
                out += [case for case in cases if count(c.space, [*c.conditions, *case])]
    return out


def _of_the_rule(c: Chain, constraints: list[Constraint]) -> Sets:
    """Constraints over a chain's variables as constraints over those of the rule it was followed from: where lanes are told
    apart, the pieces of which a lane qualifies. Raises TooLarge."""
    live = [(ix, allowed) for ix, allowed in constraints if not _holds(ix, allowed, c.space.sizes)]
    if not any(LANE in ix_vars(ix) for ix, _ in live):
        return [live]
    names = tuple(n for n, _ in c.space.vars if n != LANE and any(n in ix_vars(ix) for ix, _ in live))
    if volume(tuple(c.space.sizes[n] for n in names)) > TABLE_LIMIT:
        raise TooLarge(volume(tuple(c.space.sizes[n] for n in names)))

    def any_lane(env: dict[str, int]) -> int:
        return int(any(all(evaluate(ix, {**env, LANE: k}) in allowed for ix, allowed in live)
                       for k in range(c.space.sizes[LANE])))

    return [[(tabulate(any_lane, names, c.space.sizes), range(1, 2))]]
