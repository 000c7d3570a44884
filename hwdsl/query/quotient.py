"""Engine Q: distances and uniform all-to-all loads on the quotient of a network by its verified symmetries.

Relative to one destination a vertex is described by the states of its coordinates: a cell. Cells are equitable, so distances and
flows are constant on them; arcs of one rule and direction with equal labels form one orbit, so loads are class totals divided by
class sizes. How symmetries are found: hwdsl.query.symmetry; how cells are expanded: hwdsl.query.expansion; proofs:
docs/rationale/symbolic-methods.md. As a check of the folding itself, every pair of cells must have as many links of each rule
counted from one side as from the other, and every rule as many as it makes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from hwdsl.node import Record
from hwdsl.query.expansion import Frame, Points, Prepared, State, steps
from hwdsl.query.network import ArcRule
from hwdsl.query.refusal import Refused as Refused
from hwdsl.query.symmetry import Coordinate as Coordinate
from hwdsl.query.symmetry import Plan as Plan
from hwdsl.query.symmetry import plan as plan
from hwdsl.query.taken import lost_links

CELL_LIMIT = 60_000
"""Cells times destination classes beyond which the quotient is not worth it."""

STEP_LIMIT = 400_000
"""Steps from cell to cell, likewise: a dense network has many to a cell."""

Cell = tuple[int, State]
Arc = tuple[int, bool, tuple[int, ...]]
"""(arc rule, forward?, values, parts and offsets that tell its links apart): one orbit of directed links."""


def frame_of(pl: Plan, destination: Cell) -> Frame:
    """The classes of coordinates that a destination has."""
    return {c.group: s >> 1 if c.symmetry == "S" else 0 for c, s in zip(pl.coordinates[destination[0]], destination[1])
            if c.symmetry != "N"}


def cell_size(coords: tuple[Coordinate, ...], state: State, frame: Frame) -> int:
    """Vertices in a cell."""
    n = 1
    for c, s in zip(coords, state):
        if c.symmetry == "S":
            n *= c.parts[s >> 1] - (frame.get(c.group) == s >> 1) if s & 1 else 1
        elif c.symmetry != "N" and c.group not in frame:
            n *= c.size
        elif c.symmetry == "D" and s and 2 * s != c.size:
            n *= 2
    return n


def states_of(coords: tuple[Coordinate, ...], frame: Frame) -> list[range | list[int]]:
    """By coordinate, the states that vertices of a block may have."""
    out: list[range | list[int]] = []
    for c in coords:
        if c.symmetry == "S":
            own = frame.get(c.group)
            out.append(([] if own is None else [2 * own]) + [2 * k + 1 for k, n in enumerate(c.parts) if n > (k == own)])
        elif c.symmetry == "N":
            out.append(range(c.size))
        else:
            out.append(range(1 if c.group not in frame else c.size if c.symmetry == "Z" else c.size // 2 + 1))
    return out


def talks(pl: Plan, block: int, state: State) -> bool:
    """Whether the vertices of a cell of an endpoint block are endpoints."""
    coords = pl.coordinates[block]

    def fulfils(conjunction: Mapping[str, frozenset[int]]) -> bool:
        for name, values in conjunction.items():
            c, s = coords[int(name[1:])], state[int(name[1:])]
            if (c.named[s >> 1] if c.symmetry == "S" else s) not in values:
                return False
        return True

    chosen = pl.chosen.get(block)
    return (chosen is None or any(map(fulfils, chosen))) and not any(map(fulfils, pl.silent.get(block, ())))


def destinations(pl: Plan) -> list[tuple[Cell, int]]:
    """(representative destination, how many endpoints are like it). Raises Refused."""
    out = []
    for k in pl.network.endpoints:
        options: list[list[tuple[int, int]]] = []
        states = 1
        for c in pl.coordinates[k]:
            if c.symmetry == "S":
                options.append([(2 * part, n) for part, n in enumerate(c.parts) if n])
            else:
                options.append([(0, c.size)] if c.symmetry != "N" else [(v, 1) for v in range(c.size)])
            states *= len(options[-1])
        if states > CELL_LIMIT:
            raise Refused(f"{states:,} classes of destinations")
        for choice in product(*options):
            like = 1
            for _, n in choice:
                like *= n
            state = tuple(s for s, _ in choice)
            if talks(pl, k, state):
                out.append(((k, state), like))
    return out


def estimate(pl: Plan, classes: int, frame: Frame) -> int:
    """Cells seen from one destination at most. Raises Refused if that many for each class of destinations are too many."""
    cells = 0
    for coords in pl.coordinates:
        n = 1
        for options in states_of(coords, frame):
            n *= len(options)
        cells += n
    if cells * classes > 4 * CELL_LIMIT:
        raise Refused(f"about {cells:,} cells for each of {classes:,} classes of destinations")
    return cells


class Reach(Record):
    """Everything seen from one destination: distance and expansion of each cell."""

    distance: dict[Cell, int]
    links: dict[Cell, list[tuple[Cell, int, Arc]]]
    frame: Frame

    def size(self, pl: Plan, cell: Cell) -> int:
        """Vertices in a cell."""
        return cell_size(pl.coordinates[cell[0]], cell[1], self.frame)


class Expander:
    """Expands cells of one frame, each once."""

    def __init__(self, pl: Plan, frame: Frame) -> None:
        self.frame = frame
        self.points: Points = {}
        self.known: dict[Cell, tuple[list[tuple[Cell, int, Arc]], list[Cell]]] = {}
        self.by_near: dict[int, list[Prepared]] = {}
        for pair in pl.arcs:
            for p in pair:
                self.by_near.setdefault(p.near, []).append(p)

    def expand(self, cell: Cell) -> tuple[list[tuple[Cell, int, Arc]], list[Cell]]:
        """(links that a vertex of the cell sends on, cells that send to it)."""
        if cell in self.known:
            return self.known[cell]
        block, state = cell
        out: list[tuple[Cell, int, Arc]] = []
        back: list[Cell] = []
        for p in self.by_near.get(block, ()):
            for far, w, label in steps(p, state, self.frame, self.points):
                at = (p.far, far)
                if p.sends:
                    out.append((at, w, (p.number, p.forward, label)))
                if p.receives:
                    back.append(at)
        self.known[cell] = out, back
        return out, back


Expanders = dict[tuple[tuple[int, int], ...], Expander]
"""By frame: destinations of one frame see the same links."""


def reach(pl: Plan, destination: Cell, budget: list[int], shared: Expanders | None = None) -> Reach:
    """Breadth-first search over cells, towards a destination; vertices that do not relay are reached, never crossed.

    `shared` keeps what the search of one destination learns of the links for those of the next.
    """
    frame = frame_of(pl, destination)
    shared = {} if shared is None else shared
    key = tuple(sorted(frame.items()))
    if key not in shared:
        shared[key] = Expander(pl, frame)
    expander = shared[key]
    distance = {destination: 0}
    links: dict[Cell, list[tuple[Cell, int, Arc]]] = {}
    queue = deque([destination])
    while queue:
        cell = queue.popleft()
        budget[0] -= 1
        if budget[0] < 0:
            raise Refused(f"more than {CELL_LIMIT:,} cells")
        links[cell], back = expander.expand(cell)
        if cell != destination and not pl.network.blocks[cell[0]].relay:
            continue
        for near in back:
            if near not in distance:
                distance[near] = distance[cell] + 1
                queue.append(near)
    return Reach(distance, links, expander.frame)


class Hops(Record):
    """Hop counts over ordered pairs of distinct endpoints: `histogram` hops -> pairs, `unreachable` pairs."""

    histogram: dict[int, int]
    unreachable: int

    @property
    def diameter(self) -> int:
        """Greatest number of hops."""
        return max(self.histogram, default=0)

    @property
    def mean(self) -> Fraction:
        """Mean over reachable pairs."""
        pairs = sum(self.histogram.values())
        return Fraction(sum(h * n for h, n in self.histogram.items()), pairs) if pairs else Fraction(0)


def _affordable(seen: Reach, classes: int) -> None:
    """Raise Refused if as many cells for each class of destinations are over the limit."""
    cells = len(seen.distance)
    steps = sum(len(outward) for outward in seen.links.values())
    if cells * classes > CELL_LIMIT or steps * classes > STEP_LIMIT:
        raise Refused(f"{classes:,} classes of destinations with {cells:,} cells and {steps:,} steps between them each")


def hops(pl: Plan) -> Hops:
    """The hop histogram of all ordered pairs of endpoints. Raises Refused."""
    total: dict[int, int] = {}
    unreachable = 0
    budget = [CELL_LIMIT]
    shared: Expanders = {}
    ends = set(pl.network.endpoints)
    todo = destinations(pl)
    n = sum(like for _, like in todo)
    for k, (destination, like) in enumerate(todo):
        if k == 0:
            estimate(pl, len(todo), frame_of(pl, destination))
        seen = reach(pl, destination, budget, shared)
        _affordable(seen, len(todo) if k == 0 else 0)
        reached = 0
        for cell, d in seen.distance.items():
            if cell[0] in ends and d and talks(pl, *cell):
                size = seen.size(pl, cell)
                total[d] = total.get(d, 0) + size * like
                reached += size
        unreachable += (n - 1 - reached) * like
    return Hops(dict(sorted(total.items())), unreachable)


class Loads(Record):
    """ECMP loads when every ordered pair of endpoints exchanges 1: by class of directed links, `load` of one link and `links`.

    pairs  (block of the source, of the destination) -> hops -> ordered pairs of their vertices, a vertex and itself included
    cells  states visited
    """

    load: dict[Arc, Fraction]
    links: dict[Arc, int]
    pairs: dict[tuple[int, int], dict[int, int]]
    cells: int


def loads(pl: Plan, weight: Mapping[int, int] | None = None, connected: bool = True) -> Loads:
    """Exact loads of uniform all-to-all under equal split over all ports that lead nearer. Raises Refused.

    weight     by block: how many endpoints each of its vertices stands for (None: 1 for each endpoint of the network)
    connected  whether a network in several pieces is refused; otherwise only pairs with a path exchange anything
    """
    total: dict[Arc, Fraction] = {}
    links: dict[Arc, int] = {}
    pairs: dict[tuple[int, int], dict[int, int]] = {}
    weight = dict.fromkeys(pl.network.endpoints, 1) if weight is None else weight
    budget = [CELL_LIMIT]
    shared: Expanders = {}
    todo = destinations(pl)
    n = sum(like for _, like in todo)
    for k, (destination, like) in enumerate(todo):
        if k == 0:
            estimate(pl, len(todo), frame_of(pl, destination))
        seen = reach(pl, destination, budget, shared)
        _affordable(seen, len(todo) if k == 0 else 0)
        check_balance(pl, seen)
        sources = {c: seen.size(pl, c) for c in seen.distance if c[0] in weight and talks(pl, *c)}
        if connected and sum(sources.values()) != n:
            raise Refused("the network is not connected")
        for (block, _), size, d in ((c, size, seen.distance[c]) for c, size in sources.items()):
            at = pairs.setdefault((block, destination[0]), {})
            at[d] = at.get(d, 0) + size * like
        begin = {c: Fraction(weight[c[0]]) for c in sources if c != destination}
        for arc, flow in flows(pl, seen, destination, begin).items():
            total[arc] = total.get(arc, Fraction(0)) + flow * weight[destination[0]] * like
        if k == 0:
            links = census(pl, seen)
    if any(a not in links for a in total):
        raise Refused("one destination does not see every link")
    return Loads({a: f / links[a] for a, f in total.items()}, links, pairs, CELL_LIMIT - budget[0])


def flows(pl: Plan, seen: Reach, destination: Cell, begin: Mapping[Cell, Fraction]) -> dict[Arc, Fraction]:
    """Total flow over each class of arcs when every vertex of a cell sends `begin` of it to one destination."""
    total: dict[Arc, Fraction] = {}
    flow: dict[Cell, Fraction] = dict(begin)
    distance, blocks = seen.distance, pl.network.blocks
    for cell in sorted(distance, key=lambda c: -distance[c]):
        d = distance[cell]
        mine = flow.get(cell)
        if not d or not mine:
            continue
        nearer = [(far, w, arc) for far, w, arc in seen.links[cell] if distance.get(far, d) == d - 1
                  and (far == destination or blocks[far[0]].relay)]
        width = sum(w for _, w, _ in nearer)
        size = seen.size(pl, cell)
        for far, w, arc in nearer:
            part = mine * (w * size) / width
            total[arc] = total.get(arc, Fraction(0)) + part
            flow[far] = flow.get(far, Fraction(0)) + part / seen.size(pl, far)
    return total


def check_balance(pl: Plan, seen: Reach) -> None:
    """Between two cells each rule has as many links counted from one side as from the other: a folding mistake shows here.
    Raises Refused."""
    directed = {a.number for a in pl.network.arcs if a.directed}
    counted: dict[tuple[int, bool, Cell, Cell], int] = {}
    merged = {p.number for pair in pl.arcs for p in pair if p.merged}
    for cell, outward in seen.links.items():
        size = seen.size(pl, cell)
        for far, w, arc in outward:
            key = arc[0], arc[1], cell, far
            counted[key] = counted.get(key, 0) + w * size
    for (number, forward, cell, far), n in counted.items():
        back = number, forward ^ (number not in merged), far, cell
        if number not in directed and far in seen.links and n != counted.get(back):
            raise Refused(f"the symmetries of rule {number} do not balance")


def census(pl: Plan, seen: Reach) -> dict[Arc, int]:
    """Links of every class, out of reach or not. Raises Refused unless each rule has as many as it makes."""
    links: dict[Arc, int] = {}
    expander = Expander(pl, seen.frame)
    for block, coords in enumerate(pl.coordinates):
        for state in product(*states_of(coords, seen.frame)):
            size = cell_size(coords, state, seen.frame)
            outward = seen.links.get((block, state))
            for _, w, arc in (expander.expand((block, state))[0] if outward is None else outward) if size else ():
                links[arc] = links.get(arc, 0) + w * size
    counted: dict[tuple[int, bool], int] = {}
    for (number, forward, _), n in links.items():
        counted[number, forward] = counted.get((number, forward), 0) + n
    made: dict[tuple[int, bool], int] = {}
    for rule, prepared in zip(pl.network.arcs, pl.arcs):
        each = in_service(rule)
        for p in prepared:
            if p.sends:
                made[p.number, p.forward] = made.get((p.number, p.forward), 0) + (2 * each if p.mesh is not None else each)
    for key, n in made.items():
        if counted.get(key, 0) != n:
            raise Refused(f"the symmetries of rule {key[0]} do not balance")
    return links


def in_service(rule: ArcRule) -> int:
    """Links of a rule, less those out of service."""
    return rule.links - lost_links(rule.space, rule.constraints, rule.lost)

