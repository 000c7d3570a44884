"""A network written out link by link, and routing on it the plain way: no symmetry, no quotient, exact fractions."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path

from hwdsl.api import Design, Session
from hwdsl.ir.index import evaluate
from hwdsl.ir.outages import Exclusion
from hwdsl.ir.space import points
from hwdsl.perf.symbolic import SymbolicLoads
from hwdsl.query.lifted import covers
from hwdsl.query.network import Network, network
from hwdsl.query.selection import Selection

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
Vertex = tuple[int, tuple[int, ...]]
Edge = tuple[int, bool, int]
"""(rule, from its end a to its end b?, number of the link)"""


def of_gallery(file: str, component: str) -> Network:
    """The network of a component of an example file."""
    session = Session(cache_dir=None)
    path = EXAMPLES / file
    text = path.read_text(encoding="utf-8").split("\ndesign =")[0]
    design = session.open_text(f"{text}\ndesign = {component};\n", str(path))
    assert design is not None, session.report()
    return of_design(design)


def of_design(design: Design) -> Network:
    """The network of all planes of a design; all but the switches talk."""
    return network(design.root, None, None)


def failed(path: str, *box: int | range, target: str = "part") -> Exclusion:
    """A part, or with target "port" the link at a port, that is out of service."""
    return Exclusion(tuple(path.split(".")), tuple(range(x, x + 1) if isinstance(x, int) else x for x in box), target, "failed")


def chosen(design: Design, selection: str) -> Network:
    """The network of a design with some parts as endpoints."""
    found = design.query(selection)
    assert found is not None, design.session.report()
    assert isinstance(found.value, Selection)
    return network(design.root, None, found.value)


class WrittenOut:
    """Every vertex and every link in service."""

    def __init__(self, net: Network, gone: tuple[Exclusion, ...] = ()) -> None:
        self.net = net
        self.out: dict[Vertex, list[tuple[Edge, Vertex]]] = defaultdict(list)
        self.into: dict[Vertex, list[Vertex]] = defaultdict(list)
        self.edges: list[Edge] = []
        number = 0
        for arc in net.arcs:
            for p in points(arc.space):
                if not all(evaluate(m, p) in allowed for m, allowed in arc.constraints):
                    continue
                ends = ((arc.lifted.a, arc.lifted.a_coords), (arc.lifted.b, arc.lifted.b_coords))
                if any(covers(e.path, path) and all(evaluate(m, p) in side for m, side in zip(coords, e.box))
                       for e in gone for path, coords in ends):
                    continue
                a = arc.a, tuple(evaluate(m, p) for m in arc.a_maps)
                b = arc.b, tuple(evaluate(m, p) for m in arc.b_maps)
                if a == b:
                    continue
                number += 1
                for forward, tail, head in ((True, a, b), (False, b, a))[: 1 if arc.directed else 2]:
                    self.edges.append((arc.number, forward, number))
                    self.out[tail].append(((arc.number, forward, number), head))
                    self.into[head].append(tail)
        self.ends: list[Vertex] = []
        for k in net.endpoints:
            block = net.blocks[k]
            for at in product(*map(range, block.shape)):
                off = any(e.target == "part" and covers(e.path, block.path) and all(x in side for x, side in zip(at, e.box))
                          for e in gone)
                chosen = block.only is None or any(all(evaluate(m, dict(zip((f"@{i}" for i in range(len(at))), at))) in side
                                                       for m, side in region) for region in block.only)
                if chosen and not off:
                    self.ends.append((k, at))

    def relays(self, v: Vertex) -> bool:
        """Whether traffic may pass through."""
        return self.net.blocks[v[0]].relay

    def distances(self, destination: Vertex) -> dict[Vertex, int]:
        """Hops to a destination."""
        found = {destination: 0}
        queue = deque([destination])
        while queue:
            v = queue.popleft()
            if v == destination or self.relays(v):
                for u in self.into[v]:
                    if u not in found:
                        found[u] = found[v] + 1
                        queue.append(u)
        return found

    def routed(self, traffic: Callable[[Vertex, Vertex], Fraction | int],
               ends: list[Vertex] | None = None) -> dict[Edge, Fraction]:
        """Load of every directed link: each vertex splits equally over all links one hop nearer."""
        load: dict[Edge, Fraction] = dict.fromkeys(self.edges, Fraction(0))
        ends = self.ends if ends is None else ends
        for t in ends:
            away = self.distances(t)
            flow: dict[Vertex, Fraction] = defaultdict(Fraction)
            for s in ends:
                if s != t and s in away:
                    flow[s] += traffic(s, t)
            for v in sorted(away, key=lambda v: -away[v])[:-1]:
                nearer = [(e, u) for e, u in self.out[v] if away.get(u) == away[v] - 1 and (u == t or self.relays(u))]
                for e, u in nearer if flow[v] else ():
                    load[e] += flow[v] / len(nearer)
                    flow[u] += flow[v] / len(nearer)
        return load

    def uniform(self) -> Counter[tuple[int, Fraction]]:
        """(rule, load) -> directed links, when every ordered pair of endpoints exchanges 1."""
        return counted(self.routed(lambda s, t: 1))

    def histogram(self) -> tuple[dict[int, int], int]:
        """(hops -> ordered pairs of distinct endpoints, pairs without a path)."""
        total: Counter[int] = Counter()
        missing = 0
        for t in self.ends:
            away = self.distances(t)
            total.update(away[s] for s in self.ends if s != t and s in away)
            missing += sum(s not in away for s in self.ends)
        return dict(sorted(total.items())), missing


def counted(load: dict[Edge, Fraction]) -> Counter[tuple[int, Fraction]]:
    """(rule, load) -> directed links."""
    return Counter((rule, x) for (rule, _, _), x in load.items())


def classes(found: SymbolicLoads) -> Counter[tuple[int, Fraction]]:
    """The same of a symbolic answer."""
    out: Counter[tuple[int, Fraction]] = Counter()
    for c in found.classes:
        out[c.rule, c.load] += c.arcs
    return out


def same(found: SymbolicLoads, full: WrittenOut) -> bool:
    """Whether loads, hops and unreachable pairs are equal fractions and numbers."""
    return (classes(found) == full.uniform() and (found.hops.histogram, found.hops.unreachable) == full.histogram()
            and found.endpoints == len(full.ends))
