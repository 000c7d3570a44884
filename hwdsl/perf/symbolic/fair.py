"""Max-min fair rates of uniform all-to-all at L0: every ordered pair of distinct endpoints has one flow, split over equal costs.

The max-min point is unique, so like flows have like rates, and flows that use the same classes of links freeze together. On a
product of factors a class of flows is, for each factor, a set of link classes used; on a quotient, the arcs a cell's flow takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from hwdsl.node import Record
from hwdsl.perf.symbolic.invariant import moves_of, towards_origin
from hwdsl.query.cuts import capacity
from hwdsl.query.factored.answer import arc_label
from hwdsl.query.factored.contract import Contracted, contract
from hwdsl.query.factored.factors import Factor, factors
from hwdsl.query.network import Network
from hwdsl.query.quotient import CELL_LIMIT, STEP_LIMIT, Arc, Cell, Plan, Refused, census, destinations, flows, plan, reach, talks

PATTERN_LIMIT = 4096
"""Classes of flows."""
STAGE_LIMIT = 128
"""Classes of flows followed to their ends."""


_Kind = tuple[int, tuple[int, ...]]
"""(block, values and parts that tell its vertices apart)"""

_Pairs = tuple[frozenset[Arc], tuple[_Kind, _Kind] | None]
"""What a class of flows crosses, and the kinds of vertices their ends hang on."""


class FlowRate(Record):
    """Flows that cross the same classes of links: `flows` ordered pairs, each at `rate` bit/s."""

    rate: Fraction
    flows: int
    crosses: tuple[str, ...]


class _Uses:
    """What each class of flows puts on one link of each class when each of its flows runs at rate 1."""

    def __init__(self) -> None:
        self.capacity: list[Fraction] = []
        self.labels: list[str] = []
        self.number: dict[object, int] = {}
        self.use: list[dict[int, Fraction]] = []
        self.flows: list[int] = []

    def link(self, key: object, rate: Fraction, label: str) -> int:
        """The number of a link class."""
        if key not in self.number:
            self.number[key] = len(self.capacity)
            self.capacity.append(rate)
            self.labels.append(label)
        return self.number[key]

    def rates(self) -> tuple[FlowRate, ...]:
        """The solution, slowest first."""
        from hwdsl.perf.rates.classes import class_rates

        out = []
        for rate, count, use in zip(class_rates(self.capacity, self.use), self.flows, self.use):
            if rate is None:
                raise Refused("some flows cross no link")
            out.append(FlowRate(rate, count, tuple(sorted({self.labels[k] for k in use}))))
        return tuple(sorted(out, key=lambda f: (f.rate, f.crosses)))

    def completion(self) -> FairEnd:
        """When the last of flows of one bit each ends. Raises Refused."""
        from hwdsl.perf.rates.classes import class_rates

        if len(self.use) > STAGE_LIMIT:
            raise Refused(f"{len(self.use):,} classes of flows, one of which may end after the other")
        left = dict.fromkeys(range(len(self.use)), Fraction(1))
        now, stages = Fraction(0), 0
        while left:
            rates = dict(zip(left, class_rates(self.capacity, [self.use[k] for k in left])))
            if not all(rates.values()):
                raise Refused("some flows cross no link, or one of rate zero")
            step = min(left[k] / (rates[k] or 1) for k in left)
            left = {k: rest for k, bit in left.items() if (rest := bit - step * (rates[k] or 1))}
            now, stages = now + step, stages + 1
        return FairEnd(now, stages)


class FairEnd(Record):
    """Flows of one bit each that begin together: the last ends after `last` s, in `stages` of constant rates."""

    last: Fraction
    stages: int


def uniform_max_min(net: Network) -> tuple[FlowRate, ...]:
    """The max-min fair rates, by class of flows. Raises Refused."""
    return _classes(net).rates()


def uniform_completion(net: Network) -> FairEnd:
    """When the last flow ends if every ordered pair sends one bit: like flows end together, and when they do, the others share
    what they leave. Raises Refused."""
    return _classes(net).completion()


def _classes(net: Network) -> _Uses:
    """Raises Refused."""
    c = contract(net)
    if any(b.below != 1 for b in c.bridges) or (c.bridges and any(set(depth) != {1} for depth in c.depth.values())):
        raise Refused("endpoints hang on others")
    fs = factors(c.network) if len(c.weight) == 1 else None
    if fs is not None:
        try:
            return _by_product(c, fs)
        except Refused as reason:
            try:
                return _by_quotient(c)
            except Refused:
                raise reason from None
    return _by_quotient(c)


def _bridges(c: Contracted, uses: _Uses, use: dict[int, Fraction], count: int, ends: tuple[_Kind, _Kind] | None = None,
             like: Mapping[_Kind, int] | None = None) -> dict[int, Fraction]:
    """Add the links of endpoints that hang on a vertex, crossed by `count` flows spread over all of them alike.

    ends  the kinds of vertices that these flows come from and go to, where they are not all alike; like: endpoints of each kind
    """
    if len({b.arc.number for b in c.bridges}) > 1 or (c.bridges and len(c.weight) > 1):
        raise Refused("endpoints of several kinds hang on vertices")
    for b in c.bridges:
        up = c.original.endpoints.count(b.arc.a) > 0  # from its end a: the endpoint's, where that is an endpoint
        for forward in (True, False):
            kind = None if ends is None else ends[0] if forward == up else ends[1]
            k = uses.link((b.arc.number, forward, kind), capacity(b.arc), arc_label(c.original, b.arc, forward))
            use[k] = Fraction(count, (like[kind] if like is not None and kind is not None else c.endpoints) * b.parallel)
    return use


class _Walks(Record):
    """Offsets of a factor whose flows use one set of directions: how many, and what they put on one link of each."""

    offsets: int
    use: dict[tuple[int, bool, int], Fraction]


def _walks(f: Factor) -> list[_Walks]:
    """The classes of flows of a factor by itself. Directions that mirror each other are one class of links."""
    moves = moves_of(f)
    sizes = f.network.blocks[0].shape
    total = f.size
    if total * total * max(1, len(moves)) > STEP_LIMIT and len(sizes) > 1:
        raise Refused(f"the flows of a factor of {total:,} vertices one by one")
    plain = _one_class(f)
    if plain is not None:
        return plain
    if total * total * len(moves) > STEP_LIMIT:
        raise Refused(f"the flows of a factor of {total:,} vertices one by one")
    found: dict[frozenset[tuple[int, bool, int]], _Walks] = {}
    for o in product(*map(range, sizes)):
        _, usage = towards_origin(sizes, moves, {o: Fraction(1)})
        use: dict[tuple[int, bool, int], Fraction] = {}
        for k, m in enumerate(moves):
            if usage[m.offset]:
                use[m.rule, m.forward, k] = usage[m.offset]
        key = frozenset(use)
        before = found.get(key)
        merged = {k: use[k] + (before.use[k] if before else 0) for k in use}
        found[key] = _Walks(1 + (before.offsets if before else 0), merged)
    return list(found.values())


def _one_class(f: Factor) -> list[_Walks] | None:
    """A factor whose links are all alike, by a closed form: every flow that moves in it uses that class."""
    from hwdsl.query.factored.closed import closed_form

    if len(f.network.arcs) != 1:
        return None
    found = closed_form(f)
    if found is None or not found.transitive or len({x.load for x in found.classes}) != 1 or found.method != "closed form":
        return None
    return [_Walks(1, {}), _Walks(f.size - 1, {(f.network.arcs[0].number, True, 0): found.classes[0].load})]


def _by_product(c: Contracted, fs: tuple[Factor, ...]) -> _Uses:
    made = {a.number: a for a in c.network.arcs}
    walks = [_walks(f) for f in fs]
    patterns = 1
    for w in walks:
        patterns *= len(w)
    if patterns > PATTERN_LIMIT:
        raise Refused(f"{patterns:,} classes of flows")
    p, uses = c.weight[0], _Uses()
    for choice in product(*walks):
        pairs = p * p
        for walk in choice:
            pairs *= walk.offsets
        count = pairs * c.network.blocks[0].size
        use: dict[int, Fraction] = {}
        for walk in choice:
            for (rule, forward, k), load in walk.use.items():
                link = uses.link((rule, forward, k), capacity(made[rule]), arc_label(c.network, made[rule], forward))
                use[link] = load * pairs / walk.offsets
        if not use:
            count -= c.endpoints  # an endpoint has no flow to itself
        if count:
            uses.use.append(_bridges(c, uses, use, count))
            uses.flows.append(count)
    return uses


def _kind(pl: Plan, cell: Cell) -> _Kind:
    """What tells the vertices of a block apart, whatever the destination."""
    coords = pl.coordinates[cell[0]]
    return cell[0], tuple(x >> 1 if q.symmetry == "S" else x if q.symmetry == "N" else 0 for q, x in zip(coords, cell[1]))


def _by_quotient(c: Contracted) -> _Uses:
    pl = plan(c.network)
    made = {a.number: a for a in pl.network.arcs}
    uses = _Uses()
    budget = [CELL_LIMIT]
    links: dict[Arc, int] = {}
    totals: dict[_Pairs, dict[Arc, Fraction]] = {}
    counts: dict[_Pairs, int] = defaultdict(int)
    todo = destinations(pl)
    kinds = {_kind(pl, d): like * c.weight[d[0]] for d, like in todo}
    for n, (destination, like) in enumerate(todo):
        seen = reach(pl, destination, budget)
        if len(seen.distance) * sum(map(len, seen.links.values())) * len(todo) > STEP_LIMIT:
            raise Refused(f"the flows of {len(seen.distance):,} cells one by one, for {len(todo):,} classes of destinations")
        if n == 0:
            links = dict(census(pl, seen))
        for cell in seen.distance:
            if cell[0] not in c.weight or not talks(pl, *cell):
                continue
            many = c.weight[cell[0]] * c.weight[destination[0]]
            found = {} if cell == destination else flows(pl, seen, destination, {cell: Fraction(many)})
            ends = (_kind(pl, cell), _kind(pl, destination)) if c.bridges else None
            key: _Pairs = frozenset(found), ends
            at = totals.setdefault(key, defaultdict(Fraction))
            for arc, flow in found.items():
                at[arc] += flow * like
            counts[key] += (seen.size(pl, cell) * many - (c.weight[cell[0]] if cell == destination else 0)) * like
    for key, at in totals.items():
        use: dict[int, Fraction] = {}
        for arc, flow in at.items():
            rule = made[arc[0]]
            use[uses.link(arc, capacity(rule), arc_label(pl.network, rule, arc[1]))] = flow / links[arc]
        if counts[key]:
            uses.use.append(_bridges(c, uses, use, counts[key], key[1], kinds))
            uses.flows.append(counts[key])
    if sum(uses.flows) != c.endpoints * (c.endpoints - 1):
        raise Refused("the network is not connected")
    return uses
