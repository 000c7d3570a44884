"""Factor a network of one block into a Cartesian product: coordinates that no rule changes or reads together are independent."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.ir.index import ix_vars
from hwdsl.ir.space import Space
from hwdsl.node import Record, replace
from hwdsl.query.factored.polynomial import Polynomial
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.symmetry import uses_of


class Factor(Record):
    """One factor: the positions of its coordinates in the block, and its own network of one block."""

    positions: tuple[int, ...]
    network: Network

    @property
    def size(self) -> int:
        """Number of its vertices."""
        return self.network.blocks[0].size


class FactorClass(Record):
    """Arcs of a factor that carry one load when every ordered pair of its vertices exchanges 1; `arcs` of them."""

    rule: int
    forward: bool
    load: Fraction
    arcs: int


class Solved(Record):
    """What is known of a factor by itself.

    transitive  all its vertices are proven alike
    distances   hops -> ordered pairs of its vertices, a vertex and itself included
    cost        states visited
    line        links between neighbours of an open line, 0 for anything else
    profiles    (alike vertices, hops -> vertices from one of them), where not all vertices are alike
    """

    classes: tuple[FactorClass, ...]
    distances: Polynomial
    transitive: bool
    method: str
    cost: int
    line: int = 0
    profiles: tuple[tuple[int, Polynomial], ...] = ()


def factors(net: Network) -> tuple[Factor, ...] | None:
    """The factors of a network of one relaying block; None if it is not of that form.

    Coordinates of size 1 belong to none. A coordinate that no rule touches is a factor without links: as many copies.
    """
    if len(net.blocks) != 1 or not net.blocks[0].relay or any(a.directed or a.lost for a in net.arcs):
        return None
    shape = net.blocks[0].shape
    parent = list(range(len(shape)))

    def find(x: int) -> int:
        while parent[x] != x:
            x = parent[x]
        return x

    touched = [changed(a, net) for a in net.arcs]
    for group in touched:
        for i in group[1:]:
            parent[find(i)] = find(group[0])
    members: dict[int, list[int]] = {}
    for i, size in enumerate(shape):
        if size > 1:
            members.setdefault(find(i), []).append(i)
    out = []
    for root, positions in members.items():
        arcs = tuple(_restricted(a, positions, net) for a, group in zip(net.arcs, touched) if group and find(group[0]) == root)
        block = replace(net.blocks[0], shape=tuple(shape[i] for i in positions))
        out.append(Factor(tuple(positions), replace(net, blocks=(block,), arcs=arcs, endpoints=(0,))))
    return tuple(out)


def changed(arc: ArcRule, net: Network) -> list[int]:
    """Positions of the coordinates that a rule changes or reads: all but those that both ends take over from a variable that
    stands nowhere else."""
    a_uses, b_uses = uses_of(arc, net)
    elsewhere: list[frozenset[str]] = [ix_vars(c.ix) for c in arc.space.guard] + [ix_vars(m) for m, _ in arc.constraints]
    out = []
    for i, (x, y) in enumerate(zip(a_uses, b_uses)):
        if x.form == "unit":
            continue
        others = [ix_vars(u.map) for side in (a_uses, b_uses) for j, u in enumerate(side) if j != i and u.form != "unit"]
        private = x.form == "var" and x == y and not x.shift and not any(x.name in names for names in (*elsewhere, *others))
        if not private:
            out.append(i)
    return out


def _restricted(arc: ArcRule, positions: list[int], net: Network) -> ArcRule:
    """The rule on the coordinates of its factor; what it takes over in the others is left out."""
    a_uses, _ = uses_of(arc, net)
    moved = set(changed(arc, net))
    outside = {u.name for i, u in enumerate(a_uses) if i not in moved and i not in positions and u.form == "var"}
    return replace(arc, a_maps=tuple(arc.a_maps[i] for i in positions), b_maps=tuple(arc.b_maps[i] for i in positions),
                   space=Space(tuple(v for v in arc.space.vars if v[0] not in outside), arc.space.guard))


def joined(net: Network, some: tuple[Factor, ...]) -> Factor:
    """The product of some factors, as one."""
    positions = sorted(p for f in some for p in f.positions)
    rules = []
    for arc in net.arcs:
        group = changed(arc, net)
        if group and set(group) <= set(positions):
            rules.append(_restricted(arc, positions, net))
    block = replace(net.blocks[0], shape=tuple(net.blocks[0].shape[i] for i in positions))
    return Factor(tuple(positions), replace(net, blocks=(block,), arcs=tuple(rules), endpoints=(0,)))
