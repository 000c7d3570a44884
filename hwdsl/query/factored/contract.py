"""Contract endpoints that hang on one vertex: their links are bridges, and the load of a bridge is known.

A bridge with k endpoints on one side carries k (E - k) each way when every ordered pair of E endpoints exchanges 1, whatever the
routing. What is left is a network of vertices that stand for several endpoints each.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.node import Record, replace
from hwdsl.query.factored.answer import LoadClass, arc_label, published
from hwdsl.query.factored.polynomial import Polynomial, plus, times
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.refine import refine
from hwdsl.query.refusal import Refused
from hwdsl.query.symmetry import uses_of
from hwdsl.query.taken import whole_block
from hwdsl.query.unroll import unrolled


class Bridges(Record):
    """The links of a rule that joins each vertex of a pendant block to one other vertex, `parallel` links each."""

    arc: ArcRule
    below: int
    parallel: int


class Contracted(Record):
    """A network without its pendant endpoints.

    network  what is left, its blocks numbered anew
    weight   by block: endpoints that one vertex stands for
    depth    by block: hops from a vertex -> endpoints that it stands for
    inner    by block: hops -> ordered pairs of endpoints below one vertex, an endpoint and itself included
    bridges  the links left out, with blocks and coordinates of `original`
    original the network before, its coordinates split into digits
    """

    network: Network
    weight: dict[int, int]
    depth: dict[int, Polynomial]
    inner: dict[int, Polynomial]
    bridges: tuple[Bridges, ...]
    original: Network

    @property
    def endpoints(self) -> int:
        """How many endpoints there are."""
        return sum(w * self.network.blocks[k].size for k, w in self.weight.items())

    def histogram(self, pairs: dict[tuple[int, int], Polynomial]) -> Polynomial:
        """Hops of ordered pairs of distinct endpoints, from those of the vertices that stand for them."""
        total: Polynomial = {}
        for (a, b), counts in pairs.items():
            apart = {d: n for d, n in counts.items() if d}
            total = plus(total, times(times(self.depth[a], self.depth[b]), apart)) if apart else total
        for k, inner in self.inner.items():
            total = plus(total, inner, self.network.blocks[k].size)
        return dict(sorted(plus(total, {0: -self.endpoints}).items()))

    def bridge_classes(self, pairs: int, alike: bool) -> list[LoadClass]:
        """Loads of the links left out, when `pairs` ordered pairs of endpoints reach each other.

        alike  whether every endpoint reaches as many others. Raises Refused if not, and some pairs do not reach each other.
        """
        n = self.endpoints
        if self.bridges and pairs != n * (n - 1) and not alike:
            raise Refused("the network is in several pieces that are not alike")
        out = []
        for b in self.bridges:
            load = Fraction(b.below * (pairs // n + 1 - b.below), b.parallel)
            out += [LoadClass(b.arc.number, arc_label(self.original, b.arc, forward), load, b.arc.links, published(b.arc))
                    for forward in (True, False)]
        return out


def contract(net: Network) -> Contracted:
    """Contract what hangs on one vertex, again and again. Blocks that talk in part stay, and those with links out of service.

    Raises Refused where links run through panels or circuits: what they join takes a mode to say.
    """
    if net.physical:
        raise Refused("links run through panels or circuit switches: what they join takes a mode to say")
    net = unrolled(refine(net))
    depth: dict[int, Polynomial] = {k: {0: 1} for k in net.endpoints}
    hung: dict[int, list[tuple[int, Polynomial, Polynomial]]] = {k: [] for k in net.endpoints}
    arcs = list(net.arcs)
    bridges: list[Bridges] = []
    gone: set[int] = set()
    todo = list(net.endpoints)
    while todo:
        child = todo.pop()
        touching = [a for a in arcs if child in (a.a, a.b)]
        if len(touching) != 1 or child in gone:
            continue
        found = _pendant(net, touching[0], child)
        if found is None:
            continue
        parent, each, parallel = found
        below = depth[child]
        bridges.append(Bridges(touching[0], sum(below.values()), parallel))
        depth[parent] = plus(depth.get(parent, {}), below, each, 1)
        hung.setdefault(parent, []).append((each, below, _inner(below, hung[child])))
        arcs.remove(touching[0])
        gone.add(child)
        todo.append(parent)
    inner = {k: _inner(depth[k], hung[k]) for k in depth if k not in gone}
    return _renumbered(net, arcs, gone, depth, inner, bridges)


def _inner(depth: Polynomial, hung: list[tuple[int, Polynomial, Polynomial]]) -> Polynomial:
    """Ordered pairs below one vertex: by way of it, but for those that meet further down."""
    out = times(depth, depth)
    for each, below, within in hung:
        out = plus(plus(out, times(below, below), -each, 2), within, each)
    return out


def _pendant(net: Network, arc: ArcRule, child: int) -> tuple[int, int, int] | None:
    """(the block it hangs on, how many hang on one vertex, parallel links) if every vertex of `child` hangs on one vertex."""
    parent = arc.b if arc.a == child else arc.a
    if not (whole_block(net.blocks[child]) and whole_block(net.blocks[parent])):
        return None
    if parent == child or not net.blocks[parent].relay or arc.directed or arc.space.guard or arc.constraints or arc.lost:
        return None
    a_uses, b_uses = uses_of(arc, net)
    mine, other = (a_uses, b_uses) if arc.a == child else (b_uses, a_uses)
    for uses in (mine, other):
        names = [u.name for u in uses if u.form != "unit"]
        if any(u.form == "fixed" or u.shift for u in uses) or len(set(names)) != len(names):
            return None
    own = {u.name for u in mine if u.form == "var"}
    if not {u.name for u in other if u.form == "var"} <= own:
        return None
    parallel = 1
    for name, size in arc.space.vars:
        parallel *= 1 if name in own else size
    return parent, net.blocks[child].size // net.blocks[parent].size, parallel


def _renumbered(net: Network, arcs: list[ArcRule], gone: set[int], depth: dict[int, Polynomial], inner: dict[int, Polynomial],
                bridges: list[Bridges]) -> Contracted:
    number = {k: n for n, k in enumerate(k for k in range(len(net.blocks)) if k not in gone)}
    left = replace(net, blocks=tuple(net.blocks[k] for k in number), endpoints=tuple(number[k] for k in depth if k not in gone),
                   arcs=tuple(replace(a, a=number[a.a], b=number[a.b]) for a in arcs))
    kept = {k: p for k, p in depth.items() if k not in gone}
    return Contracted(left, {number[k]: sum(p.values()) for k, p in kept.items()}, {number[k]: p for k, p in kept.items()},
                      {number[k]: p for k, p in inner.items()}, tuple(bridges), net)
