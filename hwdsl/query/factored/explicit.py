"""A factor written out: candidate symmetries are checked link by link, and one destination of each orbit is searched.

For factors whose symmetry is not one of single coordinates (Slim Fly, twisted tori), and irregular ones. Links stand in arrays;
flows are exact fractions, one vector of the vertices for each destination that is searched.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cached_property
from typing import Any

from hwdsl.query.factored.factors import Factor, FactorClass, Solved
from hwdsl.query.factored.generators import candidates
from hwdsl.query.factored.polynomial import Polynomial, plus
from hwdsl.query.factored.two_hops import TwoHops, two_hops
from hwdsl.query.refusal import Refused

LINK_LIMIT = 250_000
"""Links of a factor that is written out."""

STEP_LIMIT = 1_500_000
"""Destinations that are searched, times directed links."""


LARGE = 100_000
"""Joined ordered pairs beyond which common neighbours are counted before symmetries are looked for."""


class Written:
    """A factor's links as arrays over ordered pairs of joined vertices, sorted by `key` = tail * size + head.

    width  links of a pair; made: (rule, forward?, pair of each link)
    """

    def __init__(self, f: Factor) -> None:
        import numpy as np

        links = sum(a.space.volume for a in f.network.arcs)
        if links > LINK_LIMIT:
            raise Refused(f"a factor of {f.size:,} vertices and about {links:,} links without symmetries of its coordinates")
        self.size = f.size
        pieces = [(arc.number, *_ends(f, k)) for k, arc in enumerate(f.network.arcs)]
        keys = [u * self.size + v for _, u, v in pieces] + [v * self.size + u for _, u, v in pieces]
        self.key, where, self.width = np.unique(np.concatenate(keys), return_inverse=True, return_counts=True)
        self.tail, self.head = self.key // self.size, self.key % self.size
        split = np.split(where.reshape(-1), np.cumsum([len(k) for k in keys])[:-1])
        self.made = [(rule, forward, pairs) for forward, half in ((True, split[: len(pieces)]), (False, split[len(pieces):]))
                     for (rule, _, _), pairs in zip(pieces, half)]

    @cached_property
    def out(self) -> list[list[tuple[int, int, int]]]:
        """By vertex, (number of the pair, head, width)."""
        out: list[list[tuple[int, int, int]]] = [[] for _ in range(self.size)]
        for k, (u, v, n) in enumerate(zip(self.tail.tolist(), self.head.tolist(), self.width.tolist())):
            out[u].append((k, v, n))
        return out

    def image(self, g: list[int]) -> Any:
        """For each pair the number of the one it is mapped to (of another pair, if to none)."""
        import numpy as np

        at = np.asarray(g, dtype=np.int64)
        found = np.searchsorted(self.key, at[self.tail] * self.size + at[self.head])
        return np.minimum(found, len(self.key) - 1)


def _ends(f: Factor, number: int, gone: bool = False) -> tuple[Any, Any]:
    """Tails and heads of the links of a rule in service, or of those that are `gone`; without those from a vertex to itself."""
    import numpy as np

    from hwdsl.query.flat import expand

    arc = f.network.arcs[number]
    shape = f.network.blocks[0].shape
    named = [m for region in arc.lost for m, _ in region]
    values = [np.asarray(v) for v in expand(arc.space, list(arc.constraints), [*arc.a_maps, *arc.b_maps, *named])]
    rest = iter(values[2 * len(shape):])
    lost: Any = np.zeros(1, dtype=bool)
    for region in arc.lost:
        inside: Any = np.ones(1, dtype=bool)
        for _, allowed in region:
            inside = inside & np.isin(next(rest), np.asarray(allowed))
        lost = lost | inside
    u: Any = np.int64(0)
    v: Any = np.int64(0)
    for a, b, n in zip(values, values[len(shape):], shape):
        u, v = u * n + a, v * n + b
    u, v, lost = np.broadcast_arrays(u, v, lost)
    kept = (u != v) & (lost == gone)
    return u[kept], v[kept]


def lost_links(f: Factor) -> list[tuple[int, int]]:
    """Both ends of every link out of service."""
    out: list[tuple[int, int]] = []
    for number, arc in enumerate(f.network.arcs):
        if arc.lost:
            u, v = _ends(f, number, True)
            out += zip(u.tolist(), v.tolist())
    return out


def is_symmetry(w: Written, g: list[int]) -> bool:
    """Whether a permutation of the vertices maps as many links to every pair as there are."""
    import numpy as np

    at = np.asarray(g, dtype=np.int64)
    image = w.image(g)
    return bool((w.key[image] == at[w.tail] * w.size + at[w.head]).all() and (w.width[image] == w.width).all())


def orbits(size: int, permutations: list[Any]) -> Any:
    """For each of `size` things the least one that the permutations take it to."""
    import numpy as np

    label = np.arange(size, dtype=np.int64)
    while True:
        before = label.copy()
        for p in permutations:
            least = np.minimum(label, label[p])
            np.minimum.at(least, p, label)
            label = least[least]
        if (label == before).all():
            return label


def explicit(f: Factor) -> Solved:
    """Loads of a factor from one destination of each orbit of its checked symmetries. Raises Refused."""
    import numpy as np

    w = Written(f)
    short = two_hops(w.size, w.tail, w.head, w.width) if len(w.key) > LARGE else None
    if short is not None:
        return _counted(w, short)
    generators = [g for g in candidates(f, lost_links(f)) if is_symmetry(w, g)]
    vertex = orbits(w.size, [np.asarray(g, dtype=np.int64) for g in generators])
    destinations, like = np.unique(vertex, return_counts=True)
    cost = len(destinations) * len(w.key)
    short = two_hops(w.size, w.tail, w.head, w.width) if len(destinations) > 1 and len(w.key) <= LARGE else None
    if short is not None:
        return _counted(w, short)
    if cost > STEP_LIMIT:
        raise Refused(f"{len(destinations):,} classes of vertices with {len(w.key):,} directed links each")
    pair = orbits(len(w.key), [w.image(g) for g in generators])
    orbit: list[int] = pair.tolist()
    total: dict[int, Fraction] = defaultdict(Fraction)
    distances: Polynomial = {}
    profiles = []
    for destination, n in zip(destinations.tolist(), like.tolist()):
        profiles.append((n, _towards(w, destination, n, total, orbit)))
        distances = plus(distances, profiles[-1][1], n)
    method = "one source of each checked orbit" if generators else "all sources"
    return Solved(_classes(w, total, pair), distances, len(destinations) == 1, method, cost, 0, tuple(profiles))


def _counted(w: Written, found: TwoHops) -> Solved:
    """The answer from common neighbours."""
    import numpy as np

    counts: dict[tuple[int, bool, Fraction], int] = defaultdict(int)
    scale = found.scale * int(w.width[0])
    for rule, forward, pairs in w.made:
        for load, n in zip(*(x.tolist() for x in np.unique(found.numerators[pairs], return_counts=True))):
            counts[rule, forward, Fraction(load, scale)] += n
    classes = tuple(FactorClass(rule, forward, load, n) for (rule, forward, load), n in sorted(counts.items()))
    distances = {d: n for d, n in found.distances.items() if n}
    return Solved(classes, distances, False, "common neighbours counted", found.cost, 0, found.profiles)


def _towards(w: Written, destination: int, like: int, total: dict[int, Fraction], orbit: list[int]) -> dict[int, int]:
    """Add the flows towards one destination, `like` times, to the orbits of links; count the vertices by distance."""
    distance = {destination: 0}
    order = [destination]
    for v in order:
        for _, u, _ in w.out[v]:
            if u not in distance:
                distance[u] = distance[v] + 1
                order.append(u)
    flow = [Fraction(1)] * w.size
    for u in reversed(order[1:]):
        nearer = [x for x in w.out[u] if distance[x[1]] == distance[u] - 1]
        each = flow[u] / sum(n for _, _, n in nearer)
        for pair, v, n in nearer:
            part = each * n
            flow[v] += part
            total[orbit[pair]] += part * like
    counts: dict[int, int] = {}
    for d in distance.values():
        counts[d] = counts.get(d, 0) + 1
    return counts


def _classes(w: Written, total: dict[int, Fraction], pair: Any) -> tuple[FactorClass, ...]:
    import numpy as np

    links = np.bincount(pair, weights=w.width, minlength=len(pair)).astype(np.int64)
    counts: dict[tuple[int, bool, Fraction], int] = defaultdict(int)
    for rule, forward, pairs in w.made:
        for orbit, n in zip(*(x.tolist() for x in np.unique(pair[pairs], return_counts=True))):
            counts[rule, forward, total.get(orbit, Fraction(0)) / int(links[orbit])] += n
    return tuple(FactorClass(rule, forward, load, n) for (rule, forward, load), n in sorted(counts.items()))
