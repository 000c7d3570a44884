"""Loads with something out of service, and of some endpoints only, against the network written out: equal fractions."""

from __future__ import annotations

import pytest
import small_networks as small
from written_out import WrittenOut, chosen, failed, of_design, of_gallery, same

from hwdsl.ir.outages import Exclusion
from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.quotient import Refused


def port(path: str, *at: int | range) -> Exclusion:
    """The link at a port."""
    found: Exclusion = failed(path, *at, target="port")
    return found


NETWORKS = {
    "clos": small.clos2(3, 4, 2), "two links": small.clos2(2, 3, 2, ways=2), "rails": small.rails(3, 4),
    "planes": small.clos3_planes(), "hyperx": small.hyperx(3, 4), "full mesh": small.full_mesh(6), "torus": small.torus(3, 3),
    "ring": small.k_ring(9, 2), "nodes": small.node_ring(5, 3),
    "large torus": small.torus(4, 5), "cube": small.torus(2, 3, 4), "mesh": small.mesh_lines(3, 4),
}
CASES: list[tuple[str, tuple[Exclusion, ...]]] = [
    ("clos", (port("leaf.up", 1, 0),)), ("clos", (port("leaf.up", 1, 0), port("leaf.up", 2, 1))),
    ("clos", (port("leaf.up", 1, 0), port("leaf.up", 1, 1))), ("clos", (failed("spine", 1),)), ("clos", (failed("leaf", 1),)),
    ("clos", (failed("gpu", 4),)), ("clos", (failed("gpu", 4), port("leaf.up", 0, 1))), ("clos", (failed("gpu", range(1, 5)),)),
    ("two links", (port("leaf.up", 1, 0),)), ("two links", (port("leaf.up", 1, 0), port("leaf.up", 2, 3))),
    ("two links", (port("leaf.up", 1, 0), port("spine.p", 0, 2))),
    ("rails", (failed("node", 1),)), ("rails", (failed("rail", 1),)), ("rails", (failed("node.chip", 1),)),
    ("rails", (failed("node", 1), failed("rail", 0))), ("rails", (port("node.gpu.nic", 1, 2),)),
    ("planes", (failed("leaf", 1),)), ("planes", (failed("agg", 1, 0, 1),)), ("planes", (port("gpu.x", 1, 0, 1, 1),)),
    ("planes", (failed("gpu", 1),)),
    ("hyperx", (port("gpu.p", 1, 2, 0),)), ("hyperx", (port("gpu.p", 1, 2, 0), port("gpu.q", 0, 1, 2))),
    ("hyperx", (failed("gpu", 1, 2),)), ("hyperx", (failed("gpu", 1),)),
    ("full mesh", (port("gpu.p", 4, 2),)), ("full mesh", (failed("gpu", 4),)), ("full mesh", (port("gpu.p", 4, range(5)),)),
    ("full mesh", (port("gpu.p", 2, range(2)), port("gpu.p", 4, range(2, 5)))),
    ("torus", (port("gpu.plus", 1, 1, 0),)), ("ring", (port("gpu.up", 1, 1),)), ("ring", (failed("gpu", 1),)),
    ("large torus", (port("gpu.plus", 1, 2, 0),)), ("large torus", (port("gpu.plus", 1, 2, 1), port("gpu.plus", 3, 3, 0))),
    ("large torus", (failed("gpu", 2, 2),)), ("cube", (port("gpu.plus", 1, 2, 3, 0),)), ("mesh", (port("gpu.plus", 1, 2, 0),)),
    ("nodes", (failed("node.gpu", 1, 1),)), ("nodes", (failed("node.chip", 1),)), ("nodes", (port("node.chip.next", 1),)),
]
GALLERY = [
    ("fabrics_indirect.hw", "FatTree(k = 4)", (failed("core", 1, 0),)),
    ("fabrics_indirect.hw", "FatTree(k = 4)", (failed("core", 1, 0), port("agg.up", 2, 1, 0))),
    ("fabrics_indirect.hw", "FatTree(k = 4)", (failed("edge", 1, 0),)),
    ("fabrics_indirect.hw", "LeafSpine(leaves = 4, spines = 3, hosts = 2, width = 2)", (port("leaf.up", 1, 3),)),
    ("fabrics_indirect.hw", "RailOnly(nodes = 4)", (failed("rail", 2),)),
    ("fabrics_full_mesh.hw", "HyperX(a = 3, b = 2, c = 2, hosts = 2)", (failed("router", 1, 0, 0, 0),)),
    ("fabrics_full_mesh.hw", "HyperX(a = 3, b = 2, c = 2, hosts = 2)",
     (port("router.net", 1, 0, 1, 0, 1), failed("host", 0, 0, 0, 0, 1))),
    ("fabrics_full_mesh.hw", "Hypercube(dims = 3)", (failed("router", 3),)),
    ("fabrics_full_mesh.hw", "Hypercube(dims = 3)", (port("router.net", 3, 1), port("router.net", 6, 2))),
    ("fabrics_low_diameter.hw", "SlimFly(q = 3, hosts = 1)", (port("router.net", 0, 1, 1, 0),)),
    ("fabrics_low_diameter.hw", "Dragonfly(a = 3, h = 1)", (failed("router", 1, 1),)),
    ("fabrics_rings.hw", "TwistedTorus(n = 2)", (port("router.net", 1, 1, 2, 0),)),
]


@pytest.mark.parametrize(("name", "gone"), CASES)
def test_small_networks(name: str, gone: tuple[Exclusion, ...]) -> None:
    net = of_design(small.opened(NETWORKS[name]))
    assert same(uniform_loads(net, failed=gone), WrittenOut(net, gone))


@pytest.mark.parametrize(("file", "component", "gone"), GALLERY)
def test_gallery(file: str, component: str, gone: tuple[Exclusion, ...]) -> None:
    net = of_gallery(file, component)
    assert same(uniform_loads(net, failed=gone), WrittenOut(net, gone))


@pytest.mark.parametrize(("text", "selection"), [
    (small.clos2(3, 4, 2), "gpu[0..5]"), (small.clos2(3, 4, 2), "gpu[3..6]"), (small.hyperx(3, 4), "gpu[0..2][1..3]"),
    (small.rails(3, 4), "node[0..2]"), (small.torus(4, 3), "gpu[1..3][*]"), (small.clos3_planes(), "gpu[0][*][*]"),
    (small.node_ring(5, 3), "node[1..4].gpu[0..2]"),
])
def test_some_endpoints_only(text: str, selection: str) -> None:
    net = chosen(small.opened(text), selection)
    assert net.partial
    assert same(uniform_loads(net), WrittenOut(net))


def test_a_failure_in_a_torus_leaves_the_reflections_about_it() -> None:
    net = of_design(small.opened(small.torus(7, 6)))
    found = uniform_loads(net, failed=(port("gpu.plus", 1, 2, 0),))
    assert found.method == "one source of each checked orbit"
    assert found.cost == 16 * (4 * 42 - 2)  # 16 classes of the 42 destinations
    assert same(found, WrittenOut(net, (port("gpu.plus", 1, 2, 0),)))


def test_an_override_counts_as_a_failure() -> None:
    text = small.clos2(2, 3, 2).replace("\n}\ndesign", "\n    override link leaf[0].up[0] { status = failed; }\n}\ndesign")
    net = of_design(small.opened(text))
    assert net.exceptions
    assert same(uniform_loads(net), WrittenOut(net, (port("leaf.up", 0, 0),)))


def test_the_cost_of_two_faults_does_not_grow_with_the_endpoints() -> None:
    def cost(file: str, component: str, *gone: Exclusion) -> int:
        return uniform_loads(of_gallery(file, component), failed=gone).cost

    fat = [cost("fabrics_indirect.hw", f"FatTree(k = {k})", port("agg.up", 0, 1, 1), port("edge.up", 2, 0, 1)) for k in (8, 48)]
    flat = [cost("fabrics_full_mesh.hw", f"HyperX(a = {n}, b = {n}, c = {n})", port("router.net", 1, 2, 0, 0, 3),
                 port("router.net", 2, 2, 1, 0, 4)) for n in (6, 40)]
    assert fat[0] == fat[1]
    assert flat[0] == flat[1]


def test_what_symmetry_cannot_name_is_refused() -> None:
    net = of_design(small.opened(small.clos2(3, 4, 2)))
    with pytest.raises(Refused, match="only equal-cost routing"):
        uniform_loads(net, "valiant", (port("leaf.up", 1, 0),))
    wide = of_gallery("fabrics_indirect.hw", "LeafSpine(leaves = 200, spines = 100, hosts = 4)")
    many = tuple(port("leaf.up", k, k) for k in range(70))
    with pytest.raises(Refused, match="more than 64 groups"):
        uniform_loads(wide, failed=many)


def test_whole_networks_are_not_touched_by_failures_elsewhere() -> None:
    net = of_design(small.opened(small.clos2(3, 4, 2)))
    assert uniform_loads(net, failed=(failed("elsewhere", 3),)).greatest == uniform_loads(net).greatest
