"""A factor written out: candidate symmetries are checked link by link, and one destination of each orbit is searched.

For factors whose symmetry is not one of single coordinates (Slim Fly, twisted tori), and small irregular ones.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from hwdsl.ir.index import evaluate
from hwdsl.ir.space import points
from hwdsl.perf.symbolic.factors import Factor, FactorClass, Solved
from hwdsl.perf.symbolic.generators import candidates
from hwdsl.perf.symbolic.polynomial import Polynomial
from hwdsl.query.quotient import STEP_LIMIT, Refused

LINK_LIMIT = 100_000
"""Links of a factor that is written out."""

Pair = tuple[int, int]


class Written:
    """A factor's links: `width[u, v]` links from u to v, `made[rule, forward, u, v]` of them by each rule."""

    def __init__(self, f: Factor) -> None:
        links = sum(a.space.volume for a in f.network.arcs)
        if links > LINK_LIMIT:
            raise Refused(f"a factor of {f.size:,} vertices and about {links:,} links without symmetries of its coordinates")
        self.size = f.size
        self.width: dict[Pair, int] = defaultdict(int)
        self.made: dict[tuple[int, bool, int, int], int] = defaultdict(int)
        shape = f.network.blocks[0].shape
        for arc in f.network.arcs:
            for p in points(arc.space):
                if not all(evaluate(m, p) in allowed for m, allowed in arc.constraints):
                    continue
                u = v = 0
                for a, b, n in zip(arc.a_maps, arc.b_maps, shape):
                    u, v = u * n + evaluate(a, p), v * n + evaluate(b, p)
                if u != v:
                    self.width[u, v] += 1
                    self.width[v, u] += 1
                    self.made[arc.number, True, u, v] += 1
                    self.made[arc.number, False, v, u] += 1
        self.out: list[list[tuple[int, int]]] = [[] for _ in range(f.size)]
        for (u, v), w in sorted(self.width.items()):
            self.out[u].append((v, w))


def is_symmetry(w: Written, g: list[int]) -> bool:
    """Whether a permutation of the vertices maps as many links to every pair as there are."""
    width = w.width
    return all(width.get((g[u], g[v]), 0) == n for (u, v), n in width.items())


class _Orbits:
    """Union-find."""

    def __init__(self) -> None:
        self.parent: dict[object, object] = {}

    def find(self, x: object) -> object:
        root = x
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        while self.parent.get(x, x) != root:
            self.parent[x], x = root, self.parent[x]
        return root

    def join(self, x: object, y: object) -> None:
        x, y = self.find(x), self.find(y)
        if x != y:
            self.parent[x] = y


def explicit(f: Factor) -> Solved:
    """Loads of a factor from one destination of each orbit of its checked symmetries. Raises Refused."""
    w = Written(f)
    generators: list[list[int]] = []
    vertices, pairs = _Orbits(), _Orbits()
    for g in candidates(f):
        if not is_symmetry(w, g):
            continue
        generators.append(g)
        for v in range(w.size):
            vertices.join(v, g[v])
        for u, v in w.width:
            pairs.join((u, v), (g[u], g[v]))
    like: dict[object, list[int]] = defaultdict(list)
    for v in range(w.size):
        like[vertices.find(v)].append(v)
    if len(like) * len(w.width) > STEP_LIMIT:
        raise Refused(f"{len(like):,} classes of vertices with {len(w.width):,} directed links each")
    total: dict[object, Fraction] = defaultdict(Fraction)
    distances: Polynomial = {}
    for members in like.values():
        counts = _towards(w, members[0], len(members), total, pairs)
        for d, n in counts.items():
            distances[d] = distances.get(d, 0) + n * len(members)
    classes = _classes(w, total, pairs)
    method = "one source of each checked orbit" if generators else "all sources"
    return Solved(classes, distances, len(like) == 1, method, len(like) * len(w.width))


def _towards(w: Written, destination: int, like: int, total: dict[object, Fraction], pairs: _Orbits) -> dict[int, int]:
    """Add the flows towards one destination, `like` times, to the orbits of links; count the vertices by distance."""
    distance = {destination: 0}
    level = [destination]
    order = [destination]
    while level:
        following = []
        for v in level:
            for u, _ in w.out[v]:
                if u not in distance:
                    distance[u] = distance[v] + 1
                    following.append(u)
        order += following
        level = following
    flow = [Fraction(1)] * w.size
    for u in reversed(order[1:]):
        nearer = [(v, n) for v, n in w.out[u] if distance[v] == distance[u] - 1]
        each = flow[u] / sum(n for _, n in nearer)
        for v, n in nearer:
            flow[v] += each * n
            total[pairs.find((u, v))] += each * n * like
    counts: dict[int, int] = {}
    for d in distance.values():
        counts[d] = counts.get(d, 0) + 1
    return counts


def _classes(w: Written, total: dict[object, Fraction], pairs: _Orbits) -> tuple[FactorClass, ...]:
    members: dict[object, int] = defaultdict(int)
    for (u, v), n in w.width.items():
        members[pairs.find((u, v))] += n
    counts: dict[tuple[int, bool, Fraction], int] = defaultdict(int)
    for (rule, forward, u, v), n in w.made.items():
        root = pairs.find((u, v))
        counts[rule, forward, total.get(root, Fraction(0)) / members[root]] += n
    return tuple(FactorClass(rule, forward, load, n) for (rule, forward, load), n in sorted(counts.items()))
