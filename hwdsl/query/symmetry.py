"""Symmetries of a network's coordinates, inferred from its rules and then checked, never trusted.

Each coordinate of each block is a variable with the strongest symmetry that every rule keeps:
  S  all permutations: every rule uses the coordinate as one whole variable
  D  rotations and the reflection: rules that shift it modulo its size join two vertices that agree in all else
  Z  rotations: rules may shift it modulo its size
  N  none: each value is its own (constants, guards, meshes with ends, tied coordinates)
Coordinates joined by one rule variable move together; two coordinates of one block that move together are demoted to N. Values
that a failure or a selection names are told apart: the permutations of S are those that keep each named set; Z and D become N.
(Proofs: docs/rationale/symbolic-methods.md.)
"""

from __future__ import annotations

from typing import Any

from hwdsl.ir.index import Ix, Mod, ix_vars
from hwdsl.ir.outages import Exclusion
from hwdsl.ir.space import Cmp
from hwdsl.node import Record
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.refine import refine
from hwdsl.query.refusal import Refused
from hwdsl.query.taken import PAIR, TOUCHED, Conjunction, solved, taken, unordered
from hwdsl.query.unroll import unrolled

STRENGTH = "NZDS"


class Coordinate(Record):
    """One coordinate of a block: its size, symmetry and class of coordinates that move together.

    parts  sizes of the sets of values that are told apart under S: part 0 holds what nothing names
    named  one value of each part; None for part 0
    """

    size: int
    symmetry: str
    group: int
    parts: tuple[int, ...]
    named: tuple[int | None, ...]


class Plan(Record):
    """The verified quotient of a network: coordinates by block, the prepared arc rules, and who does not talk.

    silent  by endpoint block: conjunctions over positions of its coordinates; who fulfils one does not talk
    chosen  likewise: if not None, only who fulfils one talks
    """

    network: Network
    coordinates: tuple[tuple[Coordinate, ...], ...]
    arcs: tuple[Any, ...]
    silent: dict[int, tuple[Conjunction, ...]]
    chosen: dict[int, tuple[Conjunction, ...]]


class Use(Record):
    """How a rule uses one vertex coordinate: ("var", name, shift), ("fixed", map), or ("unit") where there is one value only."""

    form: str
    name: str = ""
    shift: int = 0
    map: Ix = Ix(0)


Uses = tuple[list[Use], list[Use]]
At = tuple[int, int]
"""(block, position of a coordinate)"""


def _use_of(ix: Ix, size: int, arc: ArcRule) -> Use:
    if size == 1:
        return Use("unit")
    sizes = arc.space.sizes
    if len(ix.terms) == 1 and ix.terms[0][0] == 1:
        atom = ix.terms[0][1]
        if isinstance(atom, str) and ix.const == 0 and sizes[atom] == size:
            return Use("var", atom, 0, ix)
        if isinstance(atom, Mod) and ix.const == 0 and atom.m == size and len(atom.ix.terms) == 1:
            c, name = atom.ix.terms[0]
            if c == 1 and isinstance(name, str) and sizes[name] == size:
                return Use("var", name, atom.ix.const % size, ix)
    return Use("fixed", "", 0, ix)


def uses_of(arc: ArcRule, network: Network) -> Uses:
    """How a rule uses the coordinates of its two ends."""
    return ([_use_of(m, s, arc) for m, s in zip(arc.a_maps, network.blocks[arc.a].shape)],
            [_use_of(m, s, arc) for m, s in zip(arc.b_maps, network.blocks[arc.b].shape)])


def plan(network: Network, failed: tuple[Exclusion, ...] | None = None) -> Plan:
    """Infer and verify the symmetries of a network. Raises Refused where the symbolic description does not cover it.

    failed  None: a network with anything out of service, or of a partial selection, is refused. Otherwise it is covered, and
            what is listed is out of service as well.
    """
    if failed is None and network.exceptions:
        raise Refused("links or parts are out of service")
    if (failed is None and network.partial) or network.flagged:
        raise Refused("the selection names single parts")
    network = unrolled(refine(network if failed is None else taken(network, failed)))
    uses = [uses_of(arc, network) for arc in network.arcs]
    lost = [_lost(arc, u) for arc, u in zip(network.arcs, uses)]
    groups = Groups(network)
    for arc, u, gone in zip(network.arcs, uses, lost):
        groups.constrain(arc, u)
        groups.distinguish(arc, u, gone)
    regions = _named_endpoints(network, groups)
    groups.settle()
    for arc, u in zip(network.arcs, uses):
        groups.keep_offsets(arc, u)
    groups.tell_apart()
    coordinates = groups.coordinates()
    from hwdsl.query.expansion import prepare

    prepared = tuple(prepare(arc, u, coordinates, gone) for arc, u, gone in zip(network.arcs, uses, lost))
    return Plan(network, coordinates, prepared, *regions)


def _lost(arc: ArcRule, uses: Uses) -> tuple[Conjunction, ...]:
    lost = solved(arc.space, arc.lost)
    mesh = mesh_pair(arc, *uses) if lost else None
    return lost if mesh is None else unordered(lost, uses[0][mesh].name, uses[1][mesh].name, dict(arc.space.vars))


def _named_endpoints(network: Network, groups: Groups) -> tuple[dict[int, Any], dict[int, Any]]:
    """Who does not talk, and who alone does, by endpoint block; the values that say so are told apart."""
    silent: dict[int, tuple[Conjunction, ...]] = {}
    chosen: dict[int, tuple[Conjunction, ...]] = {}
    for k in network.endpoints:
        block = network.blocks[k]
        silent[k] = solved(block.space, block.off)
        if block.only is not None:
            chosen[k] = solved(block.space, block.only)
        for conjunction in (*silent[k], *chosen.get(k, ())):
            for name, values in conjunction.items():
                groups.name((k, int(name[1:])), values)
    return silent, chosen


class Groups:
    """Union-find over coordinates (block, position), with the weakest symmetry of each class and the values it tells apart."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.parent: dict[At, At] = {(k, i): (k, i) for k, b in enumerate(network.blocks) for i in range(len(b.shape))}
        self.symmetry: dict[At, str] = dict.fromkeys(self.parent, "S")
        self.named: dict[At, list[frozenset[int]]] = {}

    def find(self, x: At) -> At:
        """The representative of a class."""
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, x: At, y: At) -> None:
        """Two coordinates move together."""
        x, y = self.find(x), self.find(y)
        if x != y:
            self.parent[y] = x
            self.weaken(x, self.symmetry[y])

    def weaken(self, x: At, to: str) -> None:
        """A class keeps at most the symmetry `to`."""
        x = self.find(x)
        self.symmetry[x] = min(self.symmetry[x], to, key=STRENGTH.index)

    def name(self, x: At, values: frozenset[int]) -> None:
        """A set of values of a coordinate is told apart."""
        self.named.setdefault(x, []).append(values)

    def constrain(self, arc: ArcRule, uses: Uses) -> None:
        """Weaken and join coordinates by what one rule does with them."""
        a_uses, b_uses = uses
        ends = [((arc.a, i), u, 0) for i, u in enumerate(a_uses)] + [((arc.b, i), u, 1) for i, u in enumerate(b_uses)]
        by_var: dict[str, list[tuple[At, Use, int]]] = {}
        mesh = mesh_pair(arc, a_uses, b_uses)
        tied: frozenset[str] = frozenset()
        for at, use, side in ends:
            if use.form == "var":
                by_var.setdefault(use.name, []).append((at, use, side))
            elif use.form == "fixed":
                self.weaken(at, "N")
                tied |= ix_vars(use.map)
        for c in arc.space.guard if mesh is None else ():
            tied |= ix_vars(c.ix)
        for m, _ in arc.constraints:
            tied |= ix_vars(m)
        for name, members in by_var.items():
            first = members[0][0]
            for at, _, _ in members[1:]:
                self.join(first, at)
            if any(u.shift for _, u, _ in members):
                self.weaken(first, "D" if reflects(arc, uses, name) else "Z")
            sides = [side for _, _, side in members]
            if name in tied or len(sides) != len(set(sides)):
                for at, _, _ in members:
                    self.weaken(at, "N")
        if mesh is not None:
            self.join((arc.a, mesh), (arc.b, mesh))

    def distinguish(self, arc: ArcRule, uses: Uses, lost: tuple[Conjunction, ...]) -> None:
        """Values that tell lost links of a rule from the others."""
        a_uses, b_uses = uses
        mesh = mesh_pair(arc, a_uses, b_uses)
        for conjunction in lost:
            if mesh is not None:
                for v in conjunction.get(PAIR, ()):
                    self.name((arc.a, mesh), frozenset((v,)))
                if TOUCHED in conjunction:
                    self.name((arc.a, mesh), conjunction[TOUCHED])
            for block, side in ((arc.a, a_uses), (arc.b, b_uses)):
                for i, u in enumerate(side):
                    if u.form == "var" and u.name in conjunction:
                        size = network_size(self.network, (block, i))
                        self.name((block, i), frozenset((v + u.shift) % size for v in conjunction[u.name]))

    def settle(self) -> None:
        """A class with two coordinates of one block, or of unequal sizes, is demoted."""
        seen: dict[tuple[At, int], int] = {}
        sizes: dict[At, int] = {}
        for k, b in enumerate(self.network.blocks):
            for i, size in enumerate(b.shape):
                root = self.find((k, i))
                if (root, k) in seen or sizes.setdefault(root, size) != size:
                    self.weaken(root, "N")
                seen[(root, k)] = i

    def keep_offsets(self, arc: ArcRule, uses: Uses) -> None:
        """Where a rule joins coordinates of one class by different variables, how far apart its ends are tells its links apart:
        keep rotations only, under which that is a number. (A mesh joins what differs, which is one orbit of permutations.)"""
        a_uses, b_uses = uses
        mesh = mesh_pair(arc, a_uses, b_uses)
        for i, x in enumerate(a_uses):
            for j, y in enumerate(b_uses):
                if x.name != y.name and not i == j == mesh and self.find((arc.a, i)) == self.find((arc.b, j)):
                    self.weaken((arc.a, i), "D")

    def tell_apart(self) -> None:
        """Named values of a class that does not permute freely leave it no symmetry; a class nobody shifts has all."""
        merged: dict[At, list[frozenset[int]]] = {}
        for x, sets in self.named.items():
            merged.setdefault(self.find(x), []).extend(sets)
        self.named = merged
        for x in merged:
            if self.symmetry[x] != "S":
                self.weaken(x, "N")

    def coordinates(self) -> tuple[tuple[Coordinate, ...], ...]:
        """The coordinates of every block."""
        order = {root: n for n, root in enumerate(sorted({self.find(x) for x in self.parent}))}
        parts = {root: _parts(network_size(self.network, root), self.named.get(root, []) if self.symmetry[root] == "S" else [])
                 for root in order}
        out = []
        for k, b in enumerate(self.network.blocks):
            roots = [self.find((k, i)) for i in range(len(b.shape))]
            out.append(tuple(Coordinate(size, self.symmetry[r], order[r], *parts[r]) for size, r in zip(b.shape, roots)))
        return tuple(out)


def network_size(network: Network, at: At) -> int:
    """Size of a coordinate."""
    return network.blocks[at[0]].shape[at[1]]


def _parts(size: int, sets: list[frozenset[int]]) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """Sizes and representatives of the coarsest partition that keeps each set; part 0 lies in none of them."""
    by_signature: dict[tuple[bool, ...], list[int]] = {}
    for v in sorted(frozenset().union(*sets)) if sets else ():
        by_signature.setdefault(tuple(v in s for s in sets), []).append(v)
    rest = size - sum(len(values) for values in by_signature.values())
    return (rest, *(len(v) for v in by_signature.values())), (None, *(v[0] for v in by_signature.values()))


def reflects(arc: ArcRule, uses: Uses, name: str) -> bool:
    """Whether the reflection of the coordinate that a rule shifts by variable `name` maps its links to its links, turned round:
    both ends lie in one block and agree in all other coordinates."""
    a_uses, b_uses = uses
    if arc.a != arc.b or arc.directed:
        return False
    return all(x == y or (x.form == y.form == "var" and x.name == y.name == name) for x, y in zip(a_uses, b_uses))


def mesh_pair(arc: ArcRule, a_uses: list[Use], b_uses: list[Use]) -> int | None:
    """Position of the coordinate in which a rule joins every pair i < j of one block, all else equal; None if it does not.

    All else: every other coordinate is a whole variable of its own, so that each vertex has a link to every other in its line.
    """
    if arc.a != arc.b or len(arc.space.guard) != 1 or arc.constraints or arc.directed:
        return None
    guard = arc.space.guard[0]
    different = [k for k, (x, y) in enumerate(zip(a_uses, b_uses)) if x != y]
    if len(different) != 1:
        return None
    k = different[0]
    x, y = a_uses[k], b_uses[k]
    if x.form != "var" or y.form != "var" or x.shift or y.shift:
        return None
    others = [u for i, u in enumerate(a_uses) if i != k and u.form != "unit"]
    names = [x.name, y.name, *(u.name for u in others)]
    if any(u.form != "var" or u.shift for u in others) or len(set(names)) != len(names):
        return None
    wanted = [Cmp("<=", _difference(x.name, y.name)), Cmp("<=", _difference(y.name, x.name))]
    return k if guard in wanted else None


def _difference(x: str, y: str) -> Ix:
    terms = tuple(sorted(((1, x), (-1, y)), key=lambda t: t[1]))
    return Ix(1, terms)
