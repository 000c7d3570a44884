"""Loads of fabrics against all shortest paths in exact fractions; numpy and compiled sweeps alike."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from exact_routing import exact_loads, torus
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.perf.flat import BadTraffic, Fabric, Traffic, from_links, loads, matrix, uniform
from hwdsl.perf.flat.answer import answer
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.run import compiled_sweep
from hwdsl.perf.flat.sweep import sweep
from hwdsl.perf.flat.traffic import demand


@st.composite
def fabrics(draw: st.DrawFn) -> Fabric:
    """Random multigraphs: parallel links of two rates, vertices that do not relay, parts that hang together with nobody."""
    n = draw(st.integers(2, 9))
    ends = st.integers(0, n - 1)
    links = draw(st.lists(st.tuples(ends, ends).filter(lambda e: e[0] != e[1]), max_size=20))
    relay = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    talk = draw(st.lists(ends, min_size=1, max_size=n, unique=True))
    rates = draw(st.lists(st.sampled_from([1.0, 2.0]), min_size=len(links), max_size=len(links)))
    one_way = draw(st.lists(st.booleans(), min_size=len(links), max_size=len(links)))
    return from_links([a for a, _ in links], [b for _, b in links], n, sorted(talk), relay, rates, directed=one_way)


@settings(max_examples=80, deadline=None)
@given(fabrics(), st.data())
def test_any_multigraph_any_traffic(f: Fabric, data: st.DataObject) -> None:
    e = len(f.endpoints)
    which = st.integers(0, e - 1)
    flows = data.draw(st.lists(st.tuples(which, which, st.integers(0, 5)), max_size=12))
    traffic = Traffic([s for s, _, _ in flows], [t for _, t, _ in flows], [w for _, _, w in flows])
    pairs: dict[tuple[int, int], Fraction] = {}
    for s, t, w in flows:
        if s != t and w:
            key = int(f.endpoints[s]), int(f.endpoints[t])
            pairs[key] = pairs.get(key, Fraction(0)) + w
    for given_traffic, wanted in ((uniform(), None), (traffic, pairs)):
        load, histogram, lost = exact_loads(f, wanted)
        d = demand(f, given_traffic)
        for swept in (sweep(hop_graph(f), d, f.bundles.count), compiled_sweep(hop_graph(f), d, f.bundles.count)):
            got = answer(f, swept, "", "ecmp")
            assert got.load == pytest.approx([float(x) for x in load], rel=1e-12, abs=1e-12)
            assert got.histogram == dict(histogram)
            assert got.unreachable == lost


def test_published_torus() -> None:
    """4 x 4 x 8: 128 at the fullest link straight, 73.333 twisted."""
    straight, twisted = loads(torus(4, 4, 8), uniform()), loads(torus(4, 4, 8, twist=4), uniform())
    assert straight.load.max() == pytest.approx(128)
    assert twisted.load.max() == pytest.approx(73.333, rel=1e-5)
    assert twisted.mean_hops < straight.mean_hops


def test_endpoints_that_relay_make_other_ties() -> None:
    """3 nodes of 4 accelerators with an inner switch, 4 rails, 4 spines.

    Accelerators that relay offer ways over a neighbour: 6 of 11 others are in another node and rail; half of their traffic leaves
    by the inner switch (3), and of the half by rail one port in 5 leads to an accelerator of their node (0.6).
    """
    gpu = np.arange(12)
    inner, rail = 12 + gpu // 4, 15 + gpu % 4
    rails, spines = np.divmod(np.arange(16), 4)
    tails, heads = np.concatenate([gpu, gpu, 15 + rails]), np.concatenate([inner, rail, 19 + spines])
    closed = np.arange(23) >= 12
    for relay, wanted in ((closed, 3.0), (np.ones(23, dtype=bool), 6.6)):
        f = from_links(tails, heads, 23, gpu, relay)
        got = loads(f, uniform()).load
        up = (f.tail < 12) & (f.head >= 12) & (f.head < 15)
        assert got[up] == pytest.approx(np.full(12, wanted))


def test_half_way_ties_go_both_ways() -> None:
    ring = torus(6)
    assert loads(ring, uniform()).load == pytest.approx(np.full(12, 4.5))


def test_unreachable_pairs_are_counted_and_a_dead_link_takes_for_ever() -> None:
    f = from_links([0, 2], [1, 3], 4, capacity=[1.0, 0.0])
    got = loads(f, uniform())
    assert got.unreachable == 8
    arc, seconds = got.slowest(f)
    assert f.link[arc] == 1
    assert seconds == np.inf


@pytest.mark.parametrize(("weights", "said"), [
    ([[0, 1, 2]], "1 x 3"), ([[0, -1], [0, 0]], "from endpoint 0 to 1 is -1.0"), ([[0, float("nan")], [0, 0]], "nan")])
def test_no_traffic(weights: list[list[float]], said: str) -> None:
    with pytest.raises(BadTraffic, match=said):
        matrix(weights)


def test_traffic_of_nobody() -> None:
    with pytest.raises(BadTraffic, match="source 7 of flow 0 is none of the 4 endpoints"):
        loads(torus(4), Traffic([7], [0]))
