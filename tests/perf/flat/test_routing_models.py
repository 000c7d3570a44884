"""Routing models on fabrics: loads against the paths of single flows, plain numpy against kernels, and known values."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from exact_routing import exact_loads, torus
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.perf.flat import Fabric, Options, OverBudget, Paths, Traffic, Unroutable, from_links, loads, paths, route, run, uniform
from hwdsl.perf.flat import hashing as hashing_module
from hwdsl.perf.flat.graph import RoutedGraph
from hwdsl.perf.flat.models import latency_graph, up_down_graph
from hwdsl.perf.flat.run import compiled_sweep
from hwdsl.perf.flat.sweep import sweep
from hwdsl.perf.flat.traffic import demand

MODELS = ["ecmp", "hashed", "up_down", "least_latency"]


@st.composite
def fabrics(draw: st.DrawFn) -> Fabric:
    """Random multigraphs with latencies; the links of a pair are alike."""
    n = draw(st.integers(2, 8))
    ends = st.integers(0, n - 1)
    links = draw(st.lists(st.tuples(ends, ends).filter(lambda e: e[0] != e[1]), min_size=1, max_size=16))
    relay = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    slow = draw(st.lists(st.integers(1, 3), min_size=n * n, max_size=n * n))
    latency = [1e-9 * slow[min(a, b) * n + max(a, b)] for a, b in links]
    return from_links([a for a, _ in links], [b for _, b in links], n, None, relay, None, latency, 1e-9)


def all_flows(f: Fabric) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    e = len(f.endpoints)
    s, t = np.divmod(np.arange(e * e), e)
    return s[s != t], t[s != t]


def conserved(f: Fabric, p: Paths, src: np.ndarray[tuple[int], np.dtype[np.int64]],
              dst: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    """What a flow with a path sends leaves its source, arrives at its destination, and passes only what relays."""
    for k in range(len(src)):
        arcs, share = p.arc[p.start[k]: p.start[k + 1]], p.share[p.start[k]: p.start[k + 1]]
        net = np.bincount(f.tail[arcs], share, f.vertex_count) - np.bincount(f.head[arcs], share, f.vertex_count)
        wanted = np.zeros(f.vertex_count)
        if p.hops[k] >= 0 and src[k] != dst[k]:
            wanted[f.endpoints[src[k]]], wanted[f.endpoints[dst[k]]] = 1, -1
        if not np.allclose(net, wanted):
            return False
        inner = f.head[arcs][f.head[arcs] != f.endpoints[dst[k]]]
        if not f.relay[inner].all():
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(fabrics(), st.sampled_from(MODELS), st.integers(0, 5))
def test_loads_are_the_sum_of_paths(f: Fabric, model: str, seed: int) -> None:
    s, t = all_flows(f)
    number = s * len(f.endpoints) + t
    p = route(f, s, t, model, seed, number=number)
    got = loads(f, uniform(), model, seed)
    assert p.load(f.arc_count, np.ones(len(s))) == pytest.approx(got.load, abs=1e-9)
    assert got.unreachable == int((p.hops < 0).sum())
    hops = np.bincount(p.hops[p.hops >= 0])
    assert got.histogram == {int(h): int(hops[h]) for h in np.flatnonzero(hops)}
    assert conserved(f, p, s, t)


@settings(max_examples=40, deadline=None)
@given(fabrics(), st.sampled_from(MODELS), st.integers(0, 5))
def test_kernels_equal_plain_numpy(f: Fabric, model: str, seed: int) -> None:
    s, t = all_flows(f)
    plain = route(f, s, t, model, seed)
    with pytest.MonkeyPatch.context() as patch:
        for module in (paths, hashing_module, run):
            patch.setattr(module, "SMALL", -1)
        compiled = route(f, s, t, model, seed)
        swept = loads(f, uniform(), model, seed)
    assert np.array_equal(plain.start, compiled.start)
    assert np.array_equal(plain.arc, compiled.arc)
    assert plain.share == pytest.approx(compiled.share, rel=1e-12)
    assert np.array_equal(plain.hops, compiled.hops)
    assert swept.load == pytest.approx(loads(f, uniform(), model, seed).load, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(fabrics())
def test_equal_cost_paths_against_exact_fractions(f: Fabric) -> None:
    s, t = all_flows(f)
    p = route(f, s, t)
    for k in range(0, len(s), 3):
        pair = {(int(f.endpoints[s[k]]), int(f.endpoints[t[k]])): Fraction(1)}
        exact = exact_loads(f, pair)[0]
        used = [a for a, x in enumerate(exact) if x]
        assert p.arc[p.start[k]: p.start[k + 1]].tolist() == used
        assert p.share[p.start[k]: p.start[k + 1]] == pytest.approx([float(exact[a]) for a in used], rel=1e-12)


@pytest.mark.parametrize("make", [latency_graph, lambda f: up_down_graph(f, np.zeros(f.vertex_count, dtype=np.int64))])
def test_sweeps_of_other_graphs_agree(make: object) -> None:
    rng = np.random.default_rng(2)
    t, h = rng.integers(0, 30, (2, 90))
    keep = np.unique(np.stack([t, h])[:, t < h], axis=1)
    latency = rng.integers(1, 4, keep.shape[1]) * 1e-9
    f = from_links(keep[0], keep[1], 30, np.arange(0, 30, 2), rng.random(30) < 0.8, None, latency, 5e-10)
    assert callable(make)
    g: RoutedGraph = make(f)
    d = demand(f, uniform())
    a, b = sweep(g, d, f.bundles.count), compiled_sweep(g, d, f.bundles.count)
    assert a.flow == pytest.approx(b.flow, rel=1e-12)
    assert (a.histogram, a.unreachable, a.carried) == (b.histogram, b.unreachable, b.carried)


def test_hashed_paths_do_not_depend_on_the_order_of_flows() -> None:
    f = torus(4, 4, 4)
    s, t = all_flows(f)
    whole = route(f, s, t, "hashed", 7, number=np.arange(len(s)))
    shuffled = np.random.default_rng(0).permutation(len(s))
    part = route(f, s[shuffled[:50]], t[shuffled[:50]], "hashed", 7, number=shuffled[:50])
    for k, flow in enumerate(shuffled[:50].tolist()):
        assert part.arc[part.start[k]: part.start[k + 1]].tolist() == whole.arc[whole.start[flow]: whole.start[flow + 1]].tolist()
    assert not np.array_equal(whole.arc, route(f, s, t, "hashed", 8).arc)
    fluid = loads(f, uniform()).load
    mean = np.mean([loads(f, uniform(), "hashed", seed).load for seed in range(40)], axis=0)
    assert mean == pytest.approx(fluid, rel=0.15)
    assert loads(f, uniform(), "hashed", 3).load.max() > fluid.max() * 1.05


def test_what_the_hash_gives_is_fixed() -> None:
    """The published first output of SplitMix64 for seed 0; and draws cover their range evenly."""
    golden = np.array([hashing_module.GOLDEN], dtype=np.uint64)
    assert int(hashing_module.mixed(golden)[0]) == 0xE220A8397B1DCDAF
    drawn = hashing_module.draw(hashing_module.keys(1, np.arange(30_000)), 2, np.full(30_000, 3))
    assert np.bincount(drawn) == pytest.approx(np.full(3, 10_000), rel=0.03)


def test_up_and_down_in_a_damaged_tree() -> None:
    """Leaf 0 lost its way to spine 1, leaf 1 its way to spine 0: shortest paths bounce over leaf 2, up and down has none."""
    leaf, spine = [3, 4, 5, 5], [6, 7, 6, 7]
    f = from_links([0, 1, 2, *leaf], [3, 4, 5, *spine], 8, [0, 1, 2], np.arange(8) >= 3)
    assert loads(f, uniform()).histogram == {4: 4, 6: 2}
    got = loads(f, uniform(), "up_down")
    assert got.unreachable == 2
    assert got.histogram == {4: 4}


def test_least_latency_takes_the_longer_way() -> None:
    """Direct link of 10 ns, or two of 2 ns over a vertex of 3 ns; ties are split, to the femtosecond."""
    for direct, expected in ((10e-9, [0, 1]), (7e-9, [0.5, 0.5]), (6e-9, [1, 0])):
        f = from_links([0, 0, 1], [1, 2, 2], 3, [0, 2], None, None, [2e-9, direct, 2e-9], 3e-9)
        got = loads(f, Traffic([0], [1]), "least_latency")
        wanted = {(0, 2): expected[0], (0, 1): expected[1]}
        for (t, h), x in wanted.items():
            assert got.load[(f.tail == t) & (f.head == h)] == pytest.approx([x])
    with pytest.raises(Unroutable, match=r"latency of 8 directed links"):
        loads(torus(4), uniform(), "least_latency")


@pytest.mark.parametrize("sizes", [(4, 4, 8), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize("order", [None, "reversed"])
def test_dimension_order_equals_equal_cost_on_a_torus(sizes: tuple[int, ...], order: str | None) -> None:
    f = torus(*sizes)
    axes = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1)
    options = Options(coordinates=axes, order=None if order is None else tuple(reversed(range(len(sizes)))))
    got = loads(f, uniform(), "dimension_order", options=options)
    assert got.load == pytest.approx(loads(f, uniform()).load)
    s, t = all_flows(f)
    p = route(f, s, t, "dimension_order", options=options)
    assert p.load(f.arc_count, np.ones(len(s))) == pytest.approx(got.load)
    listed = loads(f, Traffic(s, t), "dimension_order", options=options)
    assert listed.load == pytest.approx(got.load)
    assert got.mean_hops == pytest.approx(p.hops.mean())


def test_dimension_order_on_a_mesh_with_hosts() -> None:
    """On a mesh equal cost is up to twice as bad; hosts hang on the routers, some on none."""
    ids = np.arange(16).reshape(4, 4)
    tails = np.concatenate([ids[:-1].ravel(), ids[:, :-1].ravel()])
    heads = np.concatenate([ids[1:].ravel(), ids[:, 1:].ravel()])
    hosts = 16 + np.arange(20)
    f = from_links(np.concatenate([tails, hosts]), np.concatenate([heads, np.arange(20) % 16]), 36, hosts, np.arange(36) < 16)
    at = np.full((36, 2), -1)
    at[:16] = np.stack(np.divmod(np.arange(16), 4), axis=1)
    options = Options(coordinates=at)
    got = loads(f, uniform(), "dimension_order", options=options)
    s, t = all_flows(f)
    p = route(f, s, t, "dimension_order", options=options)
    assert conserved(f, p, s, t)
    assert p.load(f.arc_count, np.ones(len(s))) == pytest.approx(got.load)
    assert (p.share == 1).all()
    with pytest.raises(Unroutable, match="change several coordinates at once"):
        loads(torus(4, 4, 8, twist=4), uniform(), "dimension_order",
              options=Options(coordinates=np.stack(np.unravel_index(np.arange(128), (4, 4, 8)), axis=1)))


def test_equal_cost_is_worse_on_a_mesh() -> None:
    ids = np.arange(64).reshape(8, 8)
    tails, heads = [ids[:-1].ravel(), ids[:, :-1].ravel()], [ids[1:].ravel(), ids[:, 1:].ravel()]
    f = from_links(np.concatenate(tails), np.concatenate(heads), 64)
    options = Options(coordinates=np.stack(np.divmod(np.arange(64), 8), axis=1))
    line = loads(f, uniform(), "dimension_order", options=options).load.max()
    assert line == pytest.approx(4 * 4 * 8)  # (i + 1)(n - 1 - i) of the path, times N / n
    assert loads(f, uniform()).load.max() > 1.1 * line


def test_valiant_doubles_the_uniform_load() -> None:
    """Each phase is uniform with R / N a pair: 2 (N - 1) / N of the load of uniform traffic, and the same for any permutation."""
    f = torus(4, 6)
    base = loads(f, uniform()).load
    assert loads(f, uniform(), "valiant").load == pytest.approx(2 * 23 / 24 * base)
    shifted = Traffic(np.arange(24), (np.arange(24) + 7) % 24, np.full(24, 5.0))
    assert loads(f, shifted, "valiant").load == pytest.approx(2 * 5 / 24 * base)
    drawn = loads(f, uniform(), "valiant", 3, options=Options(via="random"))
    assert drawn.load.sum() == pytest.approx(2 * 23 / 24 * base.sum(), rel=0.1)
    again = loads(f, uniform(), "valiant", 3, options=Options(via="random"))
    assert np.array_equal(drawn.load, again.load)


def test_valiant_over_the_switches_of_endpoints_that_do_not_relay() -> None:
    f = from_links([0, 1, 2, 3, 4, 4, 5], [4, 4, 5, 5, 5, 6, 6], 7, [0, 1, 2, 3], np.arange(7) >= 4)
    got = loads(f, uniform(), "valiant")
    s, t = all_flows(f)
    total = sum(route(f, s, t, "valiant", seed).load(f.arc_count, np.ones(len(s))) for seed in range(300)) / 300
    assert total == pytest.approx(got.load, rel=0.08)


def test_static_tables() -> None:
    """A ring that only ever turns right, one that runs in circles, and one that names an arc of somebody else."""
    f = torus(4)
    right = np.array([int(np.flatnonzero((f.tail == v) & (f.head == (v + 1) % 4))[0]) for v in range(4)])
    table = np.repeat(right[:, None], 4, axis=1)
    got = loads(f, uniform(), "static", options=Options(table=table))
    assert got.load[right] == pytest.approx(np.full(4, 6.0))
    assert got.histogram == {1: 4, 2: 4, 3: 4}
    back = table.copy()
    back[1, 3] = f.reverse[right[0]]  # towards endpoint 3, vertex 1 sends back to 0
    circles = loads(f, uniform(), "static", options=Options(table=back))
    assert circles.unreachable == 2
    back[1, 3] = right[0]
    with pytest.raises(Unroutable, match="does not leave it"):
        loads(f, uniform(), "static", options=Options(table=back))
    with pytest.raises(Unroutable, match="needs a table"):
        loads(f, uniform(), "static")
    with pytest.raises(Unroutable, match="4 vertices x 4 endpoints"):
        loads(f, uniform(), "static", options=Options(table=back[:2]))


def test_paths_beyond_the_budget_are_refused() -> None:
    s, t = all_flows(torus(4, 4))
    with pytest.raises(OverBudget):
        route(torus(4, 4), s, t, budget=10_000)


def test_unknown_model() -> None:
    with pytest.raises(Unroutable, match="no routing model `fastest`"):
        loads(torus(4), uniform(), "fastest")


BARE = {"no links": from_links([], [], 3), "nothing": from_links([], [], 0),
        "nobody talks": from_links([0], [1], 2, endpoints=[]), "one talks": from_links([0], [1], 2, endpoints=[0])}
REFUSED = {("no links", "valiant"), ("no links", "dimension_order"), ("nothing", "dimension_order")}


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("routing", ["ecmp", "hashed", "up_down", "static", "adaptive", "valiant", "dimension_order"])
def test_next_to_nothing(name: str, routing: str) -> None:
    """No traffic, or no way for it: loads of zero and every pair counted, or a reason."""
    f = BARE[name]
    e = len(f.endpoints)
    options = Options(table=np.full((f.vertex_count, e), -1))
    if (name, routing) in REFUSED:
        with pytest.raises(Unroutable):
            loads(f, uniform(), routing, options=options)
        return
    got = loads(f, uniform(), routing, options=options)
    assert not got.load.any()
    assert got.unreachable == e * (e - 1)
    assert got.slowest(f) == (-1, 0.0)


@settings(max_examples=30, deadline=None)
@given(fabrics())
def test_the_exact_reading_against_all_shortest_paths(f: Fabric) -> None:
    """What the other tests compare with, by networkx: every shortest path by itself, with the chance that its ports are
    picked."""
    load = [Fraction(0)] * f.arc_count
    lost = 0
    for s in range(f.vertex_count):
        for t in range(f.vertex_count):
            if s == t:
                continue
            g = nx.DiGraph()
            g.add_nodes_from([s, t])
            g.add_edges_from((u, v) for u, v in zip(f.tail.tolist(), f.head.tolist())
                             if (u == s or f.relay[u]) and (v == t or f.relay[v]))
            if not nx.has_path(g, s, t):
                lost += 1
                continue
            paths_found = list(nx.all_shortest_paths(g, s, t))
            after = {u: {p[p.index(u) + 1] for p in paths_found if u in p[:-1]} for p0 in paths_found for u in p0[:-1]}
            ports = {u: [a for a in range(int(f.start[u]), int(f.start[u + 1])) if int(f.head[a]) in after[u]] for u in after}
            for p in paths_found:
                chance = Fraction(1)
                for u, v in pairwise(p):
                    chance *= Fraction(sum(1 for a in ports[u] if f.head[a] == v), len(ports[u]))
                for u, v in pairwise(p):
                    between = [a for a in ports[u] if f.head[a] == v]
                    for a in between:
                        load[a] += chance / len(between)
    assert (load, lost) == (exact_loads(f)[0], exact_loads(f)[2])
