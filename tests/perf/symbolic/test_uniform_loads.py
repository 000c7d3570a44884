"""Uniform loads and hops at L0 against the network written out, link by link: equal fractions."""

from __future__ import annotations

import pytest
import small_networks as small
from nested_networks import NESTED
from written_out import WrittenOut, failed, of_design, of_gallery, same

from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.quotient import Refused, plan

RINGS, MESHES = "fabrics_rings.hw", "fabrics_full_mesh.hw"
LOW, INDIRECT, RANDOM = "fabrics_low_diameter.hw", "fabrics_indirect.hw", "fabrics_random.hw"
GALLERY = [
    (RINGS, "KHopRing", "one source"), (RINGS, "KHopRing(n = 17, k = 3, hosts = 2)", "one source"),
    (RINGS, "KHopRing(n = 9, k = 1)", "closed form"), (RINGS, "KHopRing(n = 9, k = 4)", "closed form"),
    (RINGS, "Torus2", "product of factors"), (RINGS, "Torus2(x = 2, y = 3, hosts = 2)", "product of factors"),
    (RINGS, "Torus3(x = 4, y = 3, z = 2)", "product of factors"), (RINGS, "Torus3(x = 5, y = 4, z = 6)", "product of factors"),
    (RINGS, "TwistedTorus2", "one source of each checked orbit"),
    (RINGS, "TwistedTorus(n = 2)", "one source of each checked orbit"),
    (RINGS, "TwistedTorus(n = 3)", "one source of each checked orbit"),
    (RINGS, "TwistedTorusBcc(n = 2)", "one source of each checked orbit"),
    (MESHES, "HyperX(a = 3, b = 4)", "product of factors"),
    (MESHES, "HyperX(a = 3, b = 2, c = 2, hosts = 2)", "product of factors"),
    (MESHES, "Hypercube(dims = 1)", "closed form"), (MESHES, "Hypercube(dims = 5)", "product of factors"),
    (LOW, "Dragonfly", "one source of each checked orbit"), (LOW, "Dragonfly(a = 3, h = 1)", "one source of each checked orbit"),
    (LOW, "Dragonfly(a = 3, h = 3, p = 1)", "one source of each checked orbit"),
    (LOW, "Dragonfly(a = 2, h = 2, palmtree = false)", "all sources"), (LOW, "Dragonfly(palmtree = false, p = 1)", "all sources"),
    (LOW, "SlimFly(q = 3, hosts = 1)", "one source of each checked orbit"),
    (LOW, "SlimFly(q = 4, hosts = 1)", "common neighbours counted"),
    (LOW, "SlimFly(q = 5, hosts = 2)", "one source of each checked orbit"),
    (LOW, "SlimFly(q = 7, hosts = 1)", "common neighbours counted"),
    (LOW, "PolarFly(q = 3)", "common neighbours counted"), (LOW, "PolarFly(q = 4, hosts = 1)", "common neighbours counted"),
    (INDIRECT, "FatTree(k = 4)", "quotient"), (INDIRECT, "LeafSpine(leaves = 4, spines = 3, hosts = 5)", "quotient"),
    (INDIRECT, "LeafSpine(leaves = 4, spines = 3, hosts = 2, width = 2)", "quotient"),
    (INDIRECT, "RailOnly(nodes = 4)", "closed form"),
    (RANDOM, "Jellyfish(n = 16, degree = 4, hosts = 2)", "all sources"),
    (RANDOM, "JellyfishOf(n = 12, ports = 6, servers = 30)", "quotient"),
]
SMALL = {
    "clos2": small.clos2(3, 4, 2), "clos2 of two links": small.clos2(2, 3, 2, ways=2), "clos2 of one spine": small.clos2(4, 2, 1),
    "clos3 in planes": small.clos3_planes(), "rails": small.rails(3, 4), "ring": small.k_ring(7, 1),
    "two hops": small.k_ring(9, 2),
    "antipodal": small.k_ring(6, 3), "torus": small.torus(4, 4), "thin torus": small.torus(1, 4),
    "full mesh": small.full_mesh(6), "no relays": small.full_mesh(5, "false"), "hyperx": small.hyperx(3, 4),
    "ring of nodes": small.node_ring(5, 3), "crossed": small.crossed_rails(3), "hypercube": small.hypercube(4),
    "dragonfly": small.dragonfly(3), "swap": small.swap(4), "mesh": small.mesh_lines(3, 4), "square": small.mesh_lines(4, 4),
    "frucht": small.frucht(), "frucht by tables": small.frucht_tables(), "odd cable": small.circulant_extra(5),
    "mesh on ring": small.mesh_on_ring(6), "diagonal": small.diagonal(3), "twisted": small.twisted(4, 4, 2),
    "reflected": small.reflected(6), "uneven": small.uneven_rings(5), "one row": small.one_row_meshed(4),
    "diagonal mesh": small.diagonal_mesh(4), "pairs": small.paired_and_all(4), "moved pairs": small.paired_and_all(5, 2),
}


@pytest.mark.parametrize(("file", "component", "method"), GALLERY)
def test_gallery(file: str, component: str, method: str) -> None:
    net = of_gallery(file, component)
    found = uniform_loads(net)
    assert same(found, WrittenOut(net))
    assert found.method == method


@pytest.mark.parametrize("name", SMALL)
def test_small_networks(name: str) -> None:
    net = of_design(small.opened(SMALL[name]))
    assert same(uniform_loads(net), WrittenOut(net))


@pytest.mark.parametrize("name", NESTED)
def test_networks_of_networks(name: str) -> None:
    net = of_design(small.opened(NESTED[name]))
    assert same(uniform_loads(net), WrittenOut(net))


@pytest.mark.parametrize(("smaller", "larger"), [
    ((INDIRECT, "FatTree(k = 4)"), (INDIRECT, "FatTree(k = 48)")),
    ((INDIRECT, "LeafSpine(leaves = 4, spines = 3, hosts = 2)"),
     (INDIRECT, "LeafSpine(leaves = 320, spines = 160, hosts = 300)")),
    ((MESHES, "HyperX(a = 3, b = 4, c = 3)"), (MESHES, "HyperX(a = 100, b = 100, c = 100)")),
    ((RINGS, "Torus3(x = 3, y = 4, z = 5)"), (RINGS, "Torus3(x = 30, y = 30, z = 30)")),
])
def test_the_cost_does_not_grow_with_the_endpoints(smaller: tuple[str, str], larger: tuple[str, str]) -> None:
    assert uniform_loads(of_gallery(*smaller)).cost == uniform_loads(of_gallery(*larger)).cost


def test_flows_times_hops_are_conserved_where_nothing_can_be_written_out() -> None:
    for file, component in ((INDIRECT, "FatTree(k = 128)"), (RINGS, "Torus3(x = 30, y = 31, z = 32)"),
                            (MESHES, "HyperX(a = 18, b = 17, c = 16, d = 15)"), (MESHES, "Hypercube(dims = 10)")):
        found = uniform_loads(of_gallery(file, component))
        assert found.total == sum(d * n for d, n in found.hops.histogram.items())
        assert sum(found.hops.histogram.values()) == found.endpoints * (found.endpoints - 1)


def test_a_long_ring_by_blocks_agrees_with_one_source_and_conserves_flow() -> None:
    from hwdsl.query.factored.rings import hop_ring, one_source

    for n, k in ((24, 3), (57, 3), (58, 3), (301, 4), (1000, 4)):
        exact, distances = one_source(n, dict.fromkeys([*range(1, k + 1), *range(n - k, n)], 1))
        found, counts = hop_ring(n, k)
        assert counts == distances
        assert all(0 <= found[o] / exact[o] - 1 < 1e-59 for o in exact)  # bounds of the bisection rest on it
    huge = uniform_loads(of_gallery(RINGS, "KHopRing(n = 20000, k = 4)"))
    assert huge.method == "closed form by blocks"
    assert abs(huge.total / sum(d * n for d, n in huge.hops.histogram.items()) - 1) < 1e-50


def test_too_much_is_refused_before_the_work_with_a_reason() -> None:
    with pytest.raises(Refused, match=r"classes of vertices|links without symmetries|classes of destinations"):
        uniform_loads(of_gallery(LOW, "Dragonfly(a = 16, h = 8, p = 8, palmtree = false)"))
    with pytest.raises(Refused):
        uniform_loads(of_gallery(RANDOM, "Jellyfish(n = 1000, degree = 8)"))


def test_links_from_a_vertex_to_itself_carry_nothing_and_are_left_out() -> None:
    net = of_design(small.opened(small.torus(1, 4)))
    assert {c.rule for c in uniform_loads(net).classes} == {1}
    assert len(plan(net).network.arcs) == 2


def test_answers_are_kept_by_the_question() -> None:
    design = small.opened(small.clos2(3, 4, 2))
    net = of_design(design)
    assert of_design(design) is net
    whole, gone = uniform_loads(net), (failed("leaf", 1),)
    assert uniform_loads(net) is whole
    assert uniform_loads(net, failed=gone) is not whole
    assert uniform_loads(net, failed=gone).endpoints == whole.endpoints
    assert uniform_loads(net, "valiant").model != whole.model
    design.root.failing = gone
    try:
        assert of_design(design) is not net
        assert same(uniform_loads(of_design(design)), WrittenOut(net, gone))
    finally:
        design.root.failing = ()
    assert uniform_loads(of_design(design)) is whole


def test_no_more_answers_are_kept_than_a_few() -> None:
    design = small.opened(small.clos2(3, 4, 2))
    net = of_design(design)
    loads = [uniform_loads(net, failed=(failed("gpu", k),)) for k in range(10)]
    assert len({id(x) for x in loads}) == 10
    assert uniform_loads(net, failed=(failed("gpu", 0),)) == loads[0]
    known = design.root.cached("uniform_loads", dict)
    assert all(len(answers) <= 8 for _, answers in known.values())
