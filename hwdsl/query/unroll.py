"""Unroll the variables that only say how far a rule rotates: `node[(i + h + 1) % n]` becomes one rule for each h.

Each of them shifts by a constant, so the coordinate keeps its rotations. Done where it makes few rules; the rest stays as it is.
"""

from __future__ import annotations

from itertools import product

from hwdsl.ir.index import Ix, Mod, substitute
from hwdsl.ir.space import Cmp, Space
from hwdsl.node import replace
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.refine import substituted

LIMIT = 64
"""Rules that one rule may become."""


def unrolled(network: Network) -> Network:
    """The network with constant rotations (the same network if there is nothing to unroll)."""
    arcs: list[ArcRule] = []
    for arc in network.arcs:
        arcs += _parts(arc, _distances(arc, network))
    return network if len(arcs) == len(network.arcs) else replace(network, arcs=tuple(arcs))


def _distances(arc: ArcRule, network: Network) -> list[str]:
    """Variables that stand beside a whole coordinate in a rotation."""
    sizes = arc.space.sizes
    found: dict[str, None] = {}
    for block, maps in ((arc.a, arc.a_maps), (arc.b, arc.b_maps)):
        for m, size in zip(maps, network.blocks[block].shape):
            atom = m.terms[0][1] if len(m.terms) == 1 and m.terms[0][0] == 1 and m.const == 0 else None
            if not isinstance(atom, Mod) or atom.m != size:
                continue
            names = [a for _, a in atom.ix.terms if isinstance(a, str)]
            whole = [a for c, a in atom.ix.terms if isinstance(a, str) and c == 1 and sizes[a] == size]
            if len(names) == len(atom.ix.terms) > 1 and whole:
                found |= dict.fromkeys(n for n in names if n != whole[0])
    return list(found)


def _parts(arc: ArcRule, names: list[str]) -> list[ArcRule]:
    sizes = arc.space.sizes
    count = 1
    for n in names:
        count *= sizes[n]
    if not names or count > LIMIT:
        return [arc]
    left = {n: s for n, s in sizes.items() if n not in names}
    out = []
    for point in product(*(range(sizes[n]) for n in names)):
        values = {n: Ix(v) for n, v in zip(names, point)}
        guard = tuple(Cmp(c.op, substitute(c.ix, values, left)) for c in arc.space.guard)
        out.append(replace(
            arc, space=Space(tuple(left.items()), guard),
            a_maps=tuple(substitute(m, values, left) for m in arc.a_maps),
            b_maps=tuple(substitute(m, values, left) for m in arc.b_maps),
            constraints=tuple((substitute(m, values, left), s) for m, s in arc.constraints),
            lost=substituted(arc.lost, values, left)))
    return out
