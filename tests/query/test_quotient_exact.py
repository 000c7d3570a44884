"""Distances and loads of the symmetric quotient, against the network written out link by link: equal fractions, or refused."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
import small_networks as s
from small_networks import Expanded, net_of, opened

from hwdsl.query.quotient import Refused, hops, loads, plan

SYMBOLIC = {
    "clos2": s.clos2(3, 4, 2), "clos2 with parallel links": s.clos2(2, 3, 2, ways=2), "clos2 of one spine": s.clos2(4, 2, 1),
    "clos3 in planes": s.clos3_planes(), "rails": s.rails(3, 4), "rails of two": s.rails(2, 2),
    "ring": s.k_ring(7, 1), "ring of 2 hops": s.k_ring(9, 2), "ring of 3 hops": s.k_ring(12, 3), "even ring": s.k_ring(8, 1),
    "torus 2D": s.torus(4, 4), "torus 2D odd": s.torus(3, 5), "torus 3D": s.torus(2, 3, 4), "torus of 3": s.torus(3, 3, 3),
    "torus thin": s.torus(1, 4), "full mesh": s.full_mesh(6), "full mesh without relays": s.full_mesh(5, "false"),
    "full mesh of two": s.full_mesh(2),
    "hyperx": s.hyperx(3, 4), "ring of nodes": s.node_ring(5, 3), "crossed": s.crossed_rails(3),
}
ANY = {
    "hypercube": s.hypercube(4), "dragonfly": s.dragonfly(3), "swap": s.swap(4), "grid": s.mesh_lines(3, 4), "frucht": s.frucht(),
    "frucht by tables": s.frucht_tables(), "full mesh with an odd cable": s.circulant_extra(5), "mesh on ring": s.mesh_on_ring(6),
    "diagonal": s.diagonal(3), "twisted": s.twisted(4, 4, 2), "reflected": s.reflected(6), "uneven rings": s.uneven_rings(5),
    "one row meshed": s.one_row_meshed(4), "diagonal mesh": s.diagonal_mesh(4),
    "pairs and more": s.paired_and_all(4), "pairs and more, moved": s.paired_and_all(5, 2),
}
ALL = {**SYMBOLIC, **ANY}


@pytest.mark.parametrize("name", ALL)
def test_hops_are_those_of_the_expanded_graph(name: str) -> None:
    net = net_of(opened(ALL[name]))
    expected, missing = Expanded(net).histogram()
    try:
        found = hops(plan(net))
    except Refused:
        assert name not in SYMBOLIC
        return
    assert found.histogram == expected
    assert found.unreachable == missing


@pytest.mark.parametrize("name", ALL)
def test_loads_are_those_of_the_expanded_graph(name: str) -> None:
    net = net_of(opened(ALL[name]))
    full = Expanded(net)
    try:
        found = loads(plan(net))
    except Refused:
        assert name not in SYMBOLIC or full.histogram()[1]
        return
    classes: Counter[tuple[int, bool, Fraction]] = Counter()
    for arc, links in found.links.items():
        classes[arc[0], arc[1], found.load.get(arc, Fraction(0))] += links
    together = {rule for rule, _ in {(a[0], a[1]) for a in found.links}} - {a[0] for a in found.links if not a[1]}
    expected: Counter[tuple[int, bool, Fraction]] = Counter()
    for (rule, forward, load), links in full.loads().items():
        expected[rule, forward or rule in together, load] += links
    assert classes == expected


@pytest.mark.parametrize("name", sorted(SYMBOLIC))
def test_the_query_says_that_it_stayed_symbolic(name: str) -> None:
    design = opened(ALL[name])
    full = Expanded(net_of(design))
    histogram, missing = full.histogram()
    answer = design.query("hop_histogram(**.gpu)")
    assert answer is not None, design.session.report()
    assert answer.level == "L0"
    assert answer.json == [histogram.get(k, 0) for k in range(max(histogram, default=0) + 1)] or missing


@pytest.mark.parametrize("name", sorted(ANY))
def test_the_answer_is_right_at_whatever_level(name: str) -> None:
    design = opened(ALL[name])
    histogram, _ = Expanded(net_of(design)).histogram()
    selection = "[a, b]" if "part a:" in ALL[name] else "**.gpu"
    answer = design.query(f"hop_histogram({selection})")
    assert answer is not None, design.session.report()
    assert answer.json == [histogram.get(k, 0) for k in range(max(histogram) + 1)]


def test_a_ring_with_several_hops_costs_what_one_destination_costs() -> None:
    """Rotations are found although the distance is a variable: any number of nodes, one destination."""
    net = net_of(opened(s.k_ring(4096, 3)))
    found = loads(plan(net))
    assert hops(plan(net)).diameter == -(-2048 // 3)
    assert sum(found.links.values()) == 2 * 3 * 4096
    assert len(found.links) == 3  # one a distance: the reflection joins both directions


def test_a_guard_on_an_unrolled_distance() -> None:
    net = net_of(opened("""
chip Gpu { relay = true;  port p: L[3][3]; }
system S {
    part a: Gpu[3];
    part b: Gpu[3];
    connect a[i].p[i][j] <-> b[(j + 3 - i) % 3].p[i][j]  for i in 0..3, j in 0..3 where i < 2;
}
design = S;
"""))
    assert (hops(plan(net)).histogram, hops(plan(net)).unreachable) == Expanded(net).histogram()


def test_one_failed_cable_is_no_symmetry() -> None:
    """A Clos with one odd cable is answered flat, and differs from the whole one."""
    text = s.clos2(2, 3, 2)
    broken = text.replace("\n}\ndesign", "\n    override link leaf[0].up[0] { status = failed; }\n}\ndesign")
    whole, odd = opened(text), opened(broken)
    with pytest.raises(Refused):
        plan(net_of(odd))
    first, second = whole.query("hop_histogram(gpu)"), odd.query("hop_histogram(gpu)")
    assert first is not None
    assert second is not None
    assert first.level == "L0"
    assert second.level == "L2"
    cut = opened(text.replace("\n}\ndesign", "\n    override link leaf[0].up { status = failed; }\n}\ndesign"))
    parts = cut.query("components(gpu)")
    assert parts is not None
    assert parts.json == [4, 2]


def test_every_answer_names_its_level_even_the_second_time() -> None:
    design = opened(s.frucht())
    first, second = design.query("diameter(gpu)"), design.query("mean_hops(gpu)")
    assert first is not None
    assert second is not None
    assert first.level == second.level
