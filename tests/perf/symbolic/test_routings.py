"""Dimension order, Valiant, up/down, least latency and hierarchical routing against the plain way, in exact fractions."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise

import pytest
import small_networks as small
from nested_networks import NESTED
from written_out import Edge, Vertex, WrittenOut, classes, counted, of_design, of_gallery, same

from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused


def by_dimension(net: Network, order: list[int]) -> Counter[tuple[int, Fraction]]:
    """Dimension order written out: the walk corrects one coordinate after the other, equal-cost within it."""
    full = WrittenOut(net)
    load: dict[Edge, Fraction] = dict.fromkeys(full.edges, Fraction(0))
    for s in full.ends:
        for t in full.ends:
            here = s
            for i in order:
                step = (here[0], (*here[1][:i], t[1][i], *here[1][i + 1:]))
                if step != here:
                    _along(full, here, step, i, load)
                here = step
    found: Counter[tuple[int, Fraction]] = counted(load)
    return found


def _along(full: WrittenOut, s: Vertex, t: Vertex, i: int, load: dict[Edge, Fraction]) -> None:
    """One unit from s to t over links that change coordinate i only."""
    def line(v: Vertex) -> list[tuple[Edge, Vertex]]:
        return [(e, u) for e, u in full.out[v] if all(x == y for k, (x, y) in enumerate(zip(u[1], v[1])) if k != i)]

    away = {t: 0}
    order = [t]
    for v in order:
        for _, u in line(v):
            if u not in away:
                away[u] = away[v] + 1
                order.append(u)
    flow: dict[Vertex, Fraction] = defaultdict(Fraction)
    flow[s] = Fraction(1)
    for v in reversed(order[1:]):
        nearer = [(e, u) for e, u in line(v) if away[u] == away[v] - 1]
        for e, u in nearer if flow[v] else ():
            load[e] += flow[v] / len(nearer)
            flow[u] += flow[v] / len(nearer)


@pytest.mark.parametrize("text", [
    small.torus(4, 3), small.torus(2, 3, 4), small.mesh_lines(3, 4), small.hyperx(3, 4), small.k_ring(9, 2),
    NESTED["line times ring times full mesh"], NESTED["two k-hop rings"],
])
def test_dimension_order_whatever_the_order(text: str) -> None:
    net = of_design(small.opened(text))
    found = uniform_loads(net, "dimension_order")
    dimensions = list(range(len(net.blocks[0].shape)))
    assert classes(found) == by_dimension(net, dimensions) == by_dimension(net, dimensions[::-1])
    assert (found.hops.histogram, 0) == WrittenOut(net).histogram()


def over_a_vertex_between(net: Network, middle: int) -> tuple[Counter[tuple[int, Fraction]], Counter[int]]:
    """(loads, hops) where each pair's flow is spread over all vertices of one block as intermediates."""
    full = WrittenOut(net)
    between = [v for v in full.ends if v[0] == middle] or [
        (middle, at) for at in {v[1] for v in list(full.out) if v[0] == middle}]
    n, m = len(full.ends), len(between)
    load: dict[Edge, Fraction] = dict.fromkeys(full.edges, Fraction(0))
    for pairs in ([(s, v) for s in full.ends for v in between], [(v, s) for s in full.ends for v in between]):
        wanted = Counter(pairs)
        every = sorted(set(full.ends) | set(between))
        for e, x in full.routed(lambda s, t, wanted=wanted: Fraction(wanted[s, t] * (n - 1), m), every).items():
            load[e] += x
    hops: Counter[int] = Counter()
    away = {v: full.distances(v) for v in between}
    for v in between:
        hops.update(away[v][s] + away[v][t] for s in full.ends for t in full.ends if s != t)
    return counted(load), Counter({d: round(Fraction(k, m)) for d, k in hops.items()})


@pytest.mark.parametrize(("text", "between"), [
    (small.torus(4, 3), "gpu"), (small.hyperx(3, 4), "gpu"), (small.k_ring(9, 2), "gpu"), (small.clos2(3, 4, 2), "leaf"),
    (small.node_ring(5, 3), "chip"), (small.mesh_lines(3, 4), "gpu"), (small.frucht(), "gpu"), (small.dragonfly(3), "router"),
    (NESTED["line times ring times full mesh"], "gpu"),
])
def test_valiant(text: str, between: str) -> None:
    net = of_design(small.opened(text))
    found = uniform_loads(net, "valiant")
    middle = next(k for k, b in enumerate(net.blocks) if b.path[-1] == between)
    loads, hops = over_a_vertex_between(net, middle)
    assert classes(found) == loads
    assert found.hops.histogram == dict(sorted((d, k) for d, k in hops.items() if k))


def test_up_down_is_equal_cost_in_a_fat_tree_and_refused_on_a_torus() -> None:
    net = of_gallery("fabrics_indirect.hw", "FatTree(k = 4)")
    assert classes(uniform_loads(net, "up_down")) == WrittenOut(net).uniform()
    with pytest.raises(Refused, match="tiers"):
        uniform_loads(of_design(small.opened(small.torus(4, 3))), "up_down")


ZIGZAG = """
chip Gpu { port x: L; }
switch Leaf { port d: L[2];  port u: L[2]; }
switch Top { port d: L[2]; }
system S {
    part gpu: Gpu[4][2];  part leaf: Leaf[4];  part top: Top[4];
    connect gpu[l][g].x <-> leaf[l].d[g]  for l in 0..4, g in 0..2;
    connect leaf[l].u[0] <-> top[l].d[0]  for l in 0..4;
    connect leaf[l].u[1] <-> top[(l + 1) % 4].d[1]  for l in 0..4;
}
design = S;
"""


def test_up_down_is_refused_where_shortest_paths_turn_up_again() -> None:
    net = of_design(small.opened(ZIGZAG))
    assert same(uniform_loads(net), WrittenOut(net))
    with pytest.raises(Refused, match="turn up again"):
        uniform_loads(net, "up_down")


def test_least_latency_is_equal_cost_where_all_take_as_long() -> None:
    text = small.torus(4, 3)
    with pytest.raises(Refused, match="not all published"):
        uniform_loads(of_design(small.opened(text)), "least_latency")
    timed = text.replace("chip Gpu {", "link T { lanes = 1; raw = 106.25 Gb/s; net = 100 Gb/s; latency = 5 ns; }\n"
                                       "chip Gpu { latency = 100 ns;").replace(": L[", ": T[")
    net = of_design(small.opened(timed))
    assert classes(uniform_loads(net, "least_latency")) == WrittenOut(net).uniform()
    mixed = small.opened(timed.replace("port minus: T[2]; }", "port minus: T[2]; port far: L[1]; }").replace(
        "\n}\ndesign", "\n    connect gpu[0][0].far[0] <-> gpu[2][1].far[0];\n}\ndesign"))
    with pytest.raises(Refused):
        uniform_loads(of_design(mixed), "least_latency")


@pytest.mark.parametrize("palmtree", ["true", "false"])
@pytest.mark.parametrize(("a", "h", "p"), [(4, 2, 2), (3, 2, 1), (2, 2, 3)])
def test_hierarchical_dragonfly(a: int, h: int, p: int, palmtree: str) -> None:
    net = of_gallery("fabrics_low_diameter.hw", f"Dragonfly(a = {a}, h = {h}, p = {p}, palmtree = {palmtree})")
    found = uniform_loads(net, "local_global_local")
    full = WrittenOut(net)
    names = {".".join(b.path): k for k, b in enumerate(net.blocks)}
    router, host = names["router"], names["host"]
    load: dict[Edge, Fraction] = dict.fromkeys(full.edges, Fraction(0))
    ways = {(v, u): e for v in list(full.out) for e, u in full.out[v]}
    exits = {(v[1][0], u[1][0]): (v, u) for v, u in ways if v[0] == u[0] == router and v[1][0] != u[1][0]}
    hops: Counter[int] = Counter()
    for s in full.ends:
        for t in full.ends:
            if s == t:
                continue
            path = [s, (router, s[1][:2])]
            if s[1][0] != t[1][0]:
                path += exits[s[1][0], t[1][0]]
            path += [(router, t[1][:2]), t]
            path = [v for k, v in enumerate(path) if k == 0 or v != path[k - 1]]
            for step in pairwise(path):
                load[ways[step]] += 1
            hops[len(path) - 1] += 1
    assert host in net.endpoints
    assert classes(found) == counted(load)
    assert found.hops.histogram == dict(sorted(hops.items()))


def test_hierarchical_routing_is_refused_elsewhere() -> None:
    for text in (small.torus(4, 3), small.clos2(3, 4, 2), small.hyperx(3, 4)):
        with pytest.raises(Refused):
            uniform_loads(of_design(small.opened(text)), "local_global_local")


@pytest.mark.parametrize("routing", ["hashed", "static", "adaptive", "by moonlight"])
def test_other_routings_are_refused_with_a_reason(routing: str) -> None:
    with pytest.raises(Refused, match=r"symmetry|linear program|moonlight"):
        uniform_loads(of_design(small.opened(small.torus(4, 3))), routing)
