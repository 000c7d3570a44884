"""Links end to end: the pieces that bridges of passive parts (panels, shuffle boxes, retimers) join, followed symbolically.

A rule makes pieces: from port to port. A piece that ends in a passive part continues at the port on the other side, so a link
runs over a chain of pieces; without passive parts every piece is a link. What is counted once a link are links, lanes and rates;
what is counted once a piece are the physical things: pairs, fibres, cables, assemblies, modules and plugs.

A bridge may split a port into lanes (a shuffle box). What it splits is followed lane by lane, and links are the pairs of ports
that their lanes join.

A `Chain` is all chains that start with a piece of one rule and run through the same rules and bridges: a box of that rule's
variables under constraints, with every port on the way a map of those variables. There are as many as the rules join, whatever
their links.
"""

from __future__ import annotations

from itertools import product

from hwdsl.ir.composition import Values, compose, put
from hwdsl.ir.index import Ix, add, bounds, variable
from hwdsl.ir.l0 import BridgeMap, End, Path, Template
from hwdsl.ir.space import Constraint, IndexSet, Space, count
from hwdsl.node import Record, replace
from hwdsl.query.lifted import Lifted, lifted_rules

LONGEST = 64
"""Pieces of one link that are followed; more means a loop of panels."""

LANE = "~lane"
"""The variable that numbers the lanes of a piece where bridges split them; it is not one of the rule's own."""


class Piece(Record):
    """One piece on the way: the rule that made it, its variables as maps of the chain's, and its ports in walking order."""

    rule: Lifted
    values: Values
    near: Path
    near_coords: tuple[Ix, ...]
    far: Path
    far_coords: tuple[Ix, ...]

    def turned(self) -> Piece:
        """The same, walked the other way."""
        return Piece(self.rule, self.values, self.far, self.far_coords, self.near, self.near_coords)


class Chain(Record):
    """Pieces one after the other, over the variables of `space` (those of the rule it was followed from, which made piece `at`,
    and LANE where it goes lane by lane) and under `conditions`. Coordinates of ports end with the lane there."""

    space: Space
    conditions: tuple[Constraint, ...]
    pieces: tuple[Piece, ...]
    at: int = 0

    @property
    def ports(self) -> list[tuple[Path, tuple[Ix, ...]]]:
        """The ports in order: the near and the far one of each piece."""
        return [port for p in self.pieces for port in ((p.near, p.near_coords), (p.far, p.far_coords))]


def passes_on(owner: Template, port: Path) -> bool:
    """Whether a link that arrives at a port continues at another one of the same part, always the same one."""
    return owner.at(port[:-1]).passive


def has_chains(owner: Template) -> bool:
    """Whether any piece ends in a passive part: else each piece is a link."""
    found: bool = owner.cached("has_chains", lambda t: any(passes_on(t, p) for r in lifted_rules(t) for p in (r.a, r.b)))
    return found


# ---------------------------------------------------------------- following
def runs(owner: Template, r: Lifted) -> list[Chain]:
    """The pieces of a rule with all that they continue as, to both sides as far as it goes. Raises TooLarge."""
    cache: dict[int, list[Chain]] = owner.cached("chains", lambda _: {})
    if id(r) not in cache:
        cache[id(r)] = [
            Chain(a.space, (*a.conditions, *b.conditions), (*(p.turned() for p in reversed(a.pieces[1:])), *b.pieces),
                  len(a.pieces) - 1)
            for a, b in product(walks(owner, r, forward=False), walks(owner, r, forward=True))
            if count(a.space, [*a.conditions, *b.conditions])
        ]
    return cache[id(r)]


def walks(owner: Template, r: Lifted, *, forward: bool) -> list[Chain]:
    """From the pieces of a rule in one direction until a port of what is not passive, or a port behind which nothing is."""
    near, far = (_side(owner, r, forward=not forward), _side(owner, r, forward=forward))
    space, coords = near[2], (near[1], far[1])
    first = Piece(r, {n: variable(n) for n, _ in space.vars}, near[0], coords[0], far[0], coords[1])
    unfinished, done = [Chain(space, (), (first,))], []
    for _ in range(LONGEST):
        following: list[Chain] = []
        for chain in unfinished:
            longer = _continued(owner, chain) if passes_on(owner, chain.pieces[-1].far) else []
            following += longer
            done += _ending(chain, longer)
        unfinished = following
    return done


def _side(owner: Template, r: Lifted, *, forward: bool) -> tuple[Path, tuple[Ix, ...], Space]:
    """The right end of a rule (the left one if not `forward`) with its lane where the rule is followed lane by lane."""
    path, coords, end = (r.b, r.b_coords, r.rule.b) if forward else (r.a, r.a_coords, r.rule.a)
    if not split_by_lanes(owner) & {r.a, r.b}:
        return path, coords, r.space
    lane = variable(LANE) if r.rule.lanes > 1 else Ix(0)
    lane = add(end.lane[0], lane) if end.lane is not None else lane
    return path, (*coords, lane), Space((*r.space.vars, (LANE, r.rule.lanes)), r.space.guard)


def _ending(chain: Chain, longer: list[Chain]) -> list[Chain]:
    """The part of a chain that does not continue: what all its continuations leave over."""
    rest = [chain.conditions]
    for c in longer:
        added = c.conditions[len(chain.conditions):]
        rest = [(*conditions, *case) for conditions in rest for case in outside(added, chain.space)]
        rest = [conditions for conditions in rest if count(chain.space, conditions)]
    return [replace(chain, conditions=conditions) for conditions in rest]


def outside(constraints: tuple[Constraint, ...], space: Space) -> list[tuple[Constraint, ...]]:
    """Where not all of some constraints hold, as cases that exclude each other."""
    sizes, out = space.sizes, []
    for k, (ix, allowed) in enumerate(constraints):
        others = _others(allowed, *bounds(ix, sizes))
        if others:
            out.append((*constraints[:k], (ix, others)))
    return out


def _others(allowed: IndexSet, lo: int, hi: int) -> IndexSet:
    inside = set(allowed)
    return tuple(v for v in range(lo, hi + 1) if v not in inside)


def _continued(owner: Template, chain: Chain) -> list[Chain]:
    """One piece more: over each bridge at the last port, and each rule at the port behind it."""
    port, coords = chain.pieces[-1].far, chain.pieces[-1].far_coords
    home, sizes = port[:-1], chain.space.sizes
    rank = len(owner.shape(home))
    by_lane = port in split_by_lanes(owner)
    out: list[Chain] = []
    for bridge, here, there in _bridges_at(owner, port):
        space, inner, outer = bridge.space, here.coords, there.coords
        if by_lane:
            space, inner, outer = _bridge_maps(owner, bridge, here, there, home)
        crossed = compose(inner, space, coords[rank:], sizes)
        if crossed is not None:
            behind = coords[:rank] + tuple(put(c, crossed[0], space.sizes, sizes) for c in outer)
            for conditions in crossed[1]:
                out += _joined(owner, chain, conditions, home + there.path, behind)
    return out


def _bridge_maps(owner: Template, bridge: BridgeMap, here: End, there: End,
                 home: Path) -> tuple[Space, tuple[Ix, ...], tuple[Ix, ...]]:
    """Space and maps of a bridge with the lane at both ends."""
    width = next((e.lane[1] for e in (here, there) if e.lane is not None), None)
    if width is None:
        lanes = owner.port_at(home + here.path).link.figure("lanes")
        width = lanes if isinstance(lanes, int) else 1
    lane = variable(LANE) if width > 1 else Ix(0)
    inner, outer = ((*e.coords, add(e.lane[0], lane) if e.lane is not None else lane) for e in (here, there))
    return Space((*bridge.space.vars, (LANE, width)), bridge.space.guard), inner, outer


def _joined(owner: Template, chain: Chain, conditions: list[Constraint], port: Path, coords: tuple[Ix, ...]) -> list[Chain]:
    sizes = chain.space.sizes
    out: list[Chain] = []
    for r, forward in _pieces_at(owner).get(port, []):
        (near, near_maps, space), (far, far_maps, _) = (_side(owner, r, forward=not forward), _side(owner, r, forward=forward))
        found = compose(near_maps, space, coords, sizes)
        if found is None:
            continue
        piece = Piece(r, found[0], near, coords, far, tuple(put(c, found[0], space.sizes, sizes) for c in far_maps))
        for more in found[1]:
            here = (*chain.conditions, *conditions, *more)
            if count(chain.space, here):
                out.append(Chain(chain.space, here, (*chain.pieces, piece)))
    return out


def _bridges_at(owner: Template, port: Path) -> list[tuple[BridgeMap, End, End]]:
    return [(b, here, there) for b in owner.at(port[:-1]).bridges
            for here, there in ((b.left, b.right), (b.right, b.left)) if here.path == port[-1:]]


def _pieces_at(owner: Template) -> dict[Path, list[tuple[Lifted, bool]]]:
    """The rules with an end at a port array, and whether that is their left end."""
    def find(t: Template) -> dict[Path, list[tuple[Lifted, bool]]]:
        out: dict[Path, list[tuple[Lifted, bool]]] = {}
        for r in lifted_rules(t):
            out.setdefault(r.a, []).append((r, True))
            out.setdefault(r.b, []).append((r, False))
        return out

    found: dict[Path, list[tuple[Lifted, bool]]] = owner.cached("pieces_at", find)
    return found


def split_by_lanes(owner: Template) -> frozenset[Path]:
    """Port arrays whose lanes may go different ways: those that a bridge or a piece at a passive part takes lane by lane, and
    what hangs on them."""
    def find(owner: Template) -> frozenset[Path]:
        pieces = [(r.a, r.b) for r in lifted_rules(owner)]
        bridges = []
        out = {p for r in lifted_rules(owner) for p, e in ((r.a, r.rule.a), (r.b, r.rule.b)) if e.lane and passes_on(owner, p)}
        for home in {p[:-1] for ends in pieces for p in ends if passes_on(owner, p)}:
            for b in owner.at(home).bridges:
                bridges.append((home + b.left.path, home + b.right.path))
                out |= set(bridges[-1]) if b.left.lane or b.right.lane else set()
        size = -1
        while size != len(out):  # a cable carries lanes to lanes, and so does a bridge
            size = len(out)
            for left, right in (*bridges, *pieces):
                if any(p in out and passes_on(owner, p) for p in (left, right)):
                    out |= {left, right}
        return frozenset(out)

    found: frozenset[Path] = owner.cached("split_by_lanes", find)
    return found
