"""What failures take, against loads and paths of the fabric that is left; and the path of least latency."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from exact_routing import exact_loads, gallery, torus
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.perf.flat import (
    Case,
    Fabric,
    TooMuchWork,
    Unroutable,
    blast_radius,
    drawn_links,
    fabric,
    failure_sweep,
    failures,
    from_links,
    impact,
    least_path,
    loads,
    max_flow,
    uniform,
    without,
    worst_pair,
)
from hwdsl.perf.flat.failures import peers
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.loads import by_orbits
from hwdsl.perf.flat.orbits import orbits


@st.composite
def fabrics(draw: st.DrawFn) -> Fabric:
    n = draw(st.integers(2, 8))
    ends = st.integers(0, n - 1)
    links = draw(st.lists(st.tuples(ends, ends).filter(lambda e: e[0] != e[1]), min_size=1, max_size=14))
    relay = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    talk = draw(st.lists(ends, min_size=2, max_size=n, unique=True))
    rates = draw(st.lists(st.sampled_from([2.0, 4.0, 6.0]), min_size=len(links), max_size=len(links)))
    one_way = draw(st.booleans())
    tails, heads = zip(*links)
    return from_links(tails, heads, n, sorted(talk), relay, rates, directed=[one_way] * len(links))


def fat_tree(k: int) -> Fabric:
    return fabric(gallery(f"FatTree(k = {k})").root, None, None)


@settings(max_examples=60, deadline=None)
@given(fabrics(), st.data())
def test_impact_is_what_sweeps_say(f: Fabric, data: st.DataObject) -> None:
    assert int(peers(f).sum()) == sum(loads(f, uniform()).histogram.values())
    link = data.draw(st.integers(0, int(f.link.max())))
    part = data.draw(st.integers(0, f.vertex_count - 1))
    cases: list[tuple[list[int], list[int]]] = [([link], []), ([], [part]), ([link], [part])]
    for links, parts in cases:
        left = without(f, links, parts)
        found = impact(f, links, parts)
        assert found.lost == len(f.endpoints) - len(left.endpoints)
        survivors = set(left.endpoints.tolist())
        had = {(s, t) for t in survivors for s in survivors if s != t and reaches(f, s, t)}
        has = {(s, t) for s, t in had if reaches(left, s, t)}
        assert found.pairs == len(had) - len(has)
        gone = [a for a in range(f.arc_count) if f.link[a] in links or f.tail[a] in parts or f.head[a] in parts]
        assert left.arc_count == f.arc_count - len(gone)


def reaches(f: Fabric, s: int, t: int) -> bool:
    return least_path(f, s, t) is not None


@settings(max_examples=40, deadline=None)
@given(fabrics())
def test_worst_pair_against_every_maximum_flow(f: Fabric) -> None:
    worst = worst_pair(f)
    flows = []
    for s in f.endpoints.tolist():
        for t in f.endpoints.tolist():
            if s == t:
                continue
            g = nx.DiGraph()
            g.add_nodes_from([s, t])
            for a, (u, v) in enumerate(zip(f.tail.tolist(), f.head.tolist())):
                if (f.relay[u] or u == s) and (f.relay[v] or v == t):
                    old = g.get_edge_data(u, v, {"capacity": 0})["capacity"]
                    g.add_edge(u, v, capacity=old + f.capacity[a])
            flows.append(nx.maximum_flow_value(g, s, t))
            assert max_flow(f, s, t) == pytest.approx(flows[-1])
    assert worst is not None
    assert worst.proven
    assert worst.rate == pytest.approx(min(flows))


def test_blast_radius_of_a_clos() -> None:
    """8 accelerators on 4 leaves, 2 spines: a leaf cuts 2 off, a spine nobody."""
    gpu = np.arange(8)
    leaf, spine = np.divmod(np.arange(8), 2)
    f = from_links(np.concatenate([gpu, 8 + leaf]), np.concatenate([8 + gpu // 2, 12 + spine]), 14, gpu, np.arange(14) >= 8,
                   capacity=4.0)
    table = {b.name: b for b in blast_radius(f)}
    worst = blast_radius(f)[0]
    assert worst.name in {f"v[{k}]" for k in range(8, 12)}
    assert (worst.impact.lost, worst.impact.cut, worst.impact.pairs, worst.impact.rate) == (0, 2, 26, 8)
    assert table["v[12]"].impact.pairs == 0
    assert sum(b.alike for b in table.values()) == 14
    by_link = blast_radius(f, links=True)
    assert (by_link[0].impact.cut, by_link[0].impact.pairs) == (1, 14)
    assert sum(b.alike for b in by_link) == 16


def test_kinds_of_parts_are_found_by_symmetry(monkeypatch: pytest.MonkeyPatch) -> None:
    f = fat_tree(4)
    table = blast_radius(f)
    assert sorted((b.path, b.alike) for b in table) == [("agg", 8), ("core", 4), ("edge", 8), ("host", 16)]
    assert [(b.path, b.impact.lost + b.impact.cut) for b in table] == [("edge", 2), ("host", 1), ("agg", 0), ("core", 0)]
    monkeypatch.setattr(failures, "WORK", 100)
    with pytest.raises(TooMuchWork, match="4 kinds of parts"):
        blast_radius(f)


def test_symmetry_that_survives_a_failed_link() -> None:
    """One link of a fat-tree fails: swaps of what it does not touch still hold, and loads are exact."""
    whole = fat_tree(6)
    up = int(np.flatnonzero((whole.tail == int(whole.head[int(whole.start[whole.endpoints[0]])])) & whole.relay[whole.head])[0])
    f = without(whole, links=[int(whole.link[up])])
    found = orbits(f)
    assert len(found.dest) <= len(f.endpoints) // 4
    exact = [float(x) for x in exact_loads(f)[0]]
    assert f.bundles.spread(by_orbits(f, hop_graph(f), found).flow) == pytest.approx(exact)


def test_least_path_tells_its_hops() -> None:
    f = from_links([0, 0, 1, 2], [1, 2, 3, 3], 4, [0, 3], None, None, [1e-9, 4e-9, 2e-9, 5e-9], [0, 3e-9, 1e-9, 0])
    path = least_path(f, 0, 3)
    assert path is not None
    assert [(p.name, p.kind, p.latency) for p in path.pieces] == [
        ("v[0] -> v[1]", "link", 1e-9), ("v[1]", "vertex", 3e-9), ("v[1] -> v[3]", "link", 2e-9)]
    assert (path.hops, path.missing) == (2, 0)
    assert path.latency == pytest.approx(6e-9)
    bare = least_path(torus(6), 0, 3)
    assert bare is not None
    assert (bare.hops, bare.missing, bare.latency) == (3, 5, 0.0)
    assert least_path(from_links([0], [1], 3), 0, 2) is None
    with pytest.raises(Unroutable):
        least_path(torus(6), 0, 3, "least_latency")
    with pytest.raises(Unroutable):
        least_path(torus(6), 0, 3, "valiant")


def test_a_sweep_over_failures() -> None:
    """A torus: with a link fewer the fullest one is fuller; with a corner cut off, its pairs are gone and the others go on."""
    f = torus(4, 4)
    around = sorted({int(f.link[a]) for a in range(int(f.start[5]), int(f.start[6]))})
    whole_case, one, corner, part = list(failure_sweep(f, [Case(), Case((0,)), Case(tuple(around)), Case((), (5,))]))
    assert whole_case.rate == pytest.approx(15 / 8)
    assert one.rate < whole_case.rate
    assert (one.impact.pairs, one.slowest != "") == (0, True)
    assert (corner.impact.cut, corner.impact.pairs) == (1, 30)
    assert (part.impact.lost, part.impact.pairs) == (1, 0)
    exact = max(exact_loads(without(f, [0]))[0])
    assert one.rate == pytest.approx(15 / float(exact))


def test_drawn_links_are_even_and_repeatable() -> None:
    f = torus(3, 4)
    draws = [drawn_links(f, 3, 9, trial).links for trial in range(2000)]
    assert all(len(set(d)) == 3 for d in draws)
    assert draws[7] == drawn_links(torus(3, 4), 3, 9, 7).links
    assert np.bincount(np.array(draws).ravel(), minlength=24) == pytest.approx(np.full(24, 250), rel=0.25)
    with pytest.raises(ValueError, match="25 links of 24"):
        drawn_links(f, 25, 0, 0)


def test_a_sweep_over_failures_can_be_interrupted() -> None:
    sweep = failure_sweep(torus(3, 3), (drawn_links(torus(3, 3), 1, 0, k) for k in range(10**9)))
    assert [next(sweep).impact.lost for _ in range(3)] == [0, 0, 0]
