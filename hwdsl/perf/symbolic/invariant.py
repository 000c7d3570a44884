"""Loads of traffic that depends only on how far apart two vertices are, on networks whose coordinates all rotate.

Shifts, ring neighbours, strided groups, weights by locality. On a product of factors only the marginals of the traffic enter: a
factor carries what it would carry alone under its marginal, and one destination is enough, by rotation.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hwdsl.node import Record
from hwdsl.query.factored.answer import LoadClass, SymbolicLoads, arc_label, merged_classes, published
from hwdsl.query.factored.contract import Contracted, contract
from hwdsl.query.factored.factors import Factor, factors
from hwdsl.query.network import Network
from hwdsl.query.quotient import Hops, Refused
from hwdsl.query.symmetry import mesh_pair, uses_of

STATE_LIMIT = 100_000
"""Vertices of a factor times its directions."""

Offset = tuple[int, ...]


class Move(Record):
    """Links of a rule from every vertex to the one at `offset`, `parallel` of them."""

    rule: int
    forward: bool
    offset: Offset
    parallel: int


def invariant_loads(net: Network, tau: Mapping[Offset, Fraction | int]) -> SymbolicLoads:
    """Loads when every endpoint at vertex v sends tau[o] to every endpoint at v + o, coordinates modulo their sizes.

    Vertices are those that endpoints hang on (or the endpoints, where none hangs), offsets in their coordinates as `contract`
    leaves them; tau at zero is what endpoints of one vertex exchange. Raises Refused where a coordinate does not rotate.
    """
    c = contract(net)
    fs = factors(c.network) if len(c.weight) == 1 else None
    depth = next(iter(c.depth.values()))
    if fs is None or len(depth) != 1 or max(depth) > 1:
        raise Refused("translation-invariant traffic needs one array of vertices that all relay")
    shape = c.network.blocks[0].shape
    if any(len(o) != len(shape) for o in tau) or any(w < 0 for w in tau.values()):
        raise Refused(f"offsets have {len(shape)} coordinates, and weights are not negative")
    whole: dict[Offset, Fraction] = {}
    for o, w in tau.items():
        at = tuple(x % n for x, n in zip(o, shape))
        whole[at] = whole.get(at, Fraction(0)) + w
    made = {a.number: a for a in c.network.arcs}
    p = c.weight[0]
    classes: list[LoadClass] = []
    distance: dict[Offset, list[int]] = {o: [] for o in whole}
    cost = 0
    for f in fs:
        moves = moves_of(f)
        sizes = f.network.blocks[0].shape
        marginal: dict[Offset, Fraction] = {}
        for o, w in whole.items():
            at = tuple(o[i] for i in f.positions)
            marginal[at] = marginal.get(at, Fraction(0)) + w
        away, usage = towards_origin(sizes, moves, marginal)
        cost += len(away) * len(moves)
        for o in whole:
            distance[o].append(away[tuple(o[i] for i in f.positions)])
        for m in moves:
            rule = made[m.rule]
            classes.append(LoadClass(m.rule, arc_label(c.network, rule, m.forward), usage[m.offset] * p * p,
                                     c.network.blocks[0].size * m.parallel, published(rule)))
    counts: dict[int, int] = {}
    hop = max(depth)
    for o, away_by_factor in distance.items():
        d = sum(away_by_factor)
        if whole[o]:
            counts[d + 2 * hop] = counts.get(d + 2 * hop, 0) + c.network.blocks[0].size * (p * p if any(o) else p * (p - 1))
    hops = Hops({d: n for d, n in sorted(counts.items()) if n}, 0)
    return SymbolicLoads(merged_classes([*_bridges(c, whole), *classes]), "one source of each factor", cost, c.endpoints, hops,
                         "translation-invariant traffic")


def moves_of(f: Factor) -> list[Move]:
    """The directions of a factor whose coordinates all rotate. Raises Refused if some do not."""
    sizes = f.network.blocks[0].shape
    out: list[Move] = []
    for arc in f.network.arcs:
        a_uses, b_uses = uses_of(arc, f.network)
        mesh = mesh_pair(arc, a_uses, b_uses)
        names = {u.name for u in a_uses if u.form == "var"}
        if arc.constraints or (arc.space.guard and mesh is None) or any(u.form == "fixed" for u in (*a_uses, *b_uses)):
            raise Refused("a coordinate does not rotate")
        if (mesh is None and any(x.name != y.name for x, y in zip(a_uses, b_uses))) or len(names) != len(a_uses):
            raise Refused("a coordinate does not rotate by itself")
        names |= {u.name for u in b_uses}
        parallel = 1
        for name, size in arc.space.vars:
            parallel *= 1 if name in names else size
        if mesh is not None:  # each link of a mesh is seen from both ends
            out += [Move(arc.number, True, tuple(s if i == mesh else 0 for i in range(len(sizes))), parallel)
                    for s in range(1, sizes[mesh])]
            continue
        step = tuple((y.shift - x.shift) % n for x, y, n in zip(a_uses, b_uses, sizes))
        if any(step):
            out += [Move(arc.number, True, step, parallel),
                    Move(arc.number, False, tuple(-s % n for s, n in zip(step, sizes)), parallel)]
    return out


def towards_origin(sizes: Offset, moves: list[Move],
                   tau: Mapping[Offset, Fraction]) -> tuple[dict[Offset, int], dict[Offset, Fraction]]:
    """(distance of every offset from the origin, flow over one link of each direction) when the vertex at minus o sends tau[o]
    to the origin. Raises Refused if the factor is not connected or too large."""
    total = 1
    for n in sizes:
        total *= n
    width: dict[Offset, int] = {}
    for m in moves:
        width[m.offset] = width.get(m.offset, 0) + m.parallel
    if total * max(1, len(width)) > STATE_LIMIT:
        raise Refused(f"one source of a factor of {total:,} vertices")
    origin = (0,) * len(sizes)
    distance = {origin: 0}
    order = [origin]
    for v in order:
        for o in width:
            u = tuple((x - y) % n for x, y, n in zip(v, o, sizes))
            if u not in distance:
                distance[u] = distance[v] + 1
                order.append(u)
    if len(distance) != total:
        raise Refused("the network is not connected")
    flow = dict.fromkeys(order, Fraction(0))
    for o, weight in tau.items():
        flow[tuple(-x % n for x, n in zip(o, sizes))] += weight
    usage = dict.fromkeys(width, Fraction(0))
    for v in reversed(order[1:]):
        if not flow[v]:
            continue
        nearer = []
        for o, w in width.items():
            u = tuple((x + y) % n for x, y, n in zip(v, o, sizes))
            if distance[u] == distance[v] - 1:
                nearer.append((o, u, w))
        each = flow[v] / sum(w for _, _, w in nearer)
        for o, u, w in nearer:
            usage[o] += each
            flow[u] += each * w
    return distance, usage


def _bridges(c: Contracted, tau: Mapping[Offset, Fraction]) -> list[LoadClass]:
    """What the links of endpoints that hang on a vertex carry."""
    p = c.weight[0]
    load = sum((w * Fraction(p if any(o) else p - 1) for o, w in tau.items()), Fraction(0))
    out = []
    for b in c.bridges:
        if b.below != 1:
            raise Refused("endpoints hang on others")
        out += [LoadClass(b.arc.number, arc_label(c.original, b.arc, forward), load / b.parallel, b.arc.links, published(b.arc))
                for forward in (True, False)]
    return out
