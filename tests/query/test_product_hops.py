"""Hops from the factors of a product: equal to those of the network written out, without a quotient, and whatever the size."""

from __future__ import annotations

import pytest
import small_networks as s
from small_networks import Expanded, net_of, opened

from hwdsl.query.allpairs import all_pairs
from hwdsl.query.factored.closed import RING_LIMIT
from hwdsl.query.factored.distances import product_hops
from hwdsl.query.factored.rings import counts_of, distances, hop_counts
from hwdsl.query.flat import flat_graph
from hwdsl.query.hopcount import symbolic_hops
from hwdsl.query.network import network
from hwdsl.query.quotient import Refused

PETERSEN_AND_RING = """
chip Gpu { relay = true;  port a: L[2];  port b: L[2];  port c: L[2];  port s: L;  port r: L[2]; }
system S {
    part gpu: Gpu[2][5][3];
    connect gpu[0][i][k].a[0] <-> gpu[0][(i + 1) % 5][k].a[1]  for i in 0..5, k in 0..3;
    connect gpu[1][i][k].b[0] <-> gpu[1][(i + 2) % 5][k].b[1]  for i in 0..5, k in 0..3;
    connect gpu[0][i][k].s <-> gpu[1][i][k].s  for i in 0..5, k in 0..3;
    connect gpu[j][i][k].r[0] <-> gpu[j][i][(k + 1) % 3].r[1]  for j in 0..2, i in 0..5, k in 0..3;
}
design = S;
"""
PRODUCTS = {
    "ring": s.k_ring(7, 1), "ring of 2 hops": s.k_ring(9, 2), "ring of 3 hops": s.k_ring(12, 3), "antipodal": s.k_ring(6, 3),
    "torus": s.torus(4, 4), "unequal": s.torus(3, 5), "cube": s.torus(2, 3, 4), "thin": s.torus(1, 4),
    "full mesh": s.full_mesh(6), "hyperx": s.hyperx(3, 4), "hypercube": s.hypercube(4), "grid": s.mesh_lines(3, 4),
    "twisted": s.twisted(4, 4, 2), "Petersen and a ring": PETERSEN_AND_RING,
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_hops_of_products_are_those_of_the_expanded_graph(name: str) -> None:
    net = net_of(opened(PRODUCTS[name]))
    try:
        found = product_hops(net)
    except Refused:
        assert name == "twisted"
        found = symbolic_hops(net)
    assert (found.histogram, found.unreachable) == Expanded(net).histogram()


@pytest.mark.parametrize("text", [s.clos2(3, 4, 2), s.rails(3, 4), s.full_mesh(5, "false")])
def test_what_is_no_product_is_left_to_the_quotient(text: str) -> None:
    with pytest.raises(Refused):
        product_hops(net_of(opened(text)))


def test_hops_of_every_ring_in_closed_form() -> None:
    for n in range(2, 40):
        for k in range(1, n // 2 + 1):
            steps = [*range(1, k + 1), *range(n - k, n)]
            assert hop_counts(n, k) == counts_of(n, distances(n, steps))


@pytest.mark.parametrize(("file", "component"), [
    ("fabrics_full_mesh.hw", "Hypercube(dims = 6, hosts = 2)"),
    ("fabrics_full_mesh.hw", "HyperX(a = 3, b = 4, c = 2, hosts = 3)"),
    ("fabrics_rings.hw", "Torus3(x = 5, y = 4, z = 3, hosts = 2)"), ("fabrics_rings.hw", "KHopRing(n = 30, k = 4, hosts = 2)"),
])
def test_hosts_on_products_against_the_flat_graph(file: str, component: str) -> None:
    root = s.of_example(file, component).root
    found = product_hops(network(root, None, None))
    flat = all_pairs(flat_graph(root, None, None, None, (), 1 << 30), 1 << 30)
    assert (found.histogram, found.unreachable) == (flat.histogram, flat.unreachable)


@pytest.mark.parametrize(("file", "component", "diameter"), [
    ("fabrics_full_mesh.hw", "Hypercube(dims = 14)", 16), ("fabrics_full_mesh.hw", "HyperX(a = 20, b = 19, c = 18, d = 17)", 6),
    ("fabrics_rings.hw", "Torus3(x = 48, y = 46, z = 45)", 71), ("fabrics_rings.hw", "KHopRing(n = 100001, k = 4)", 12502),
])
def test_large_products_stay_symbolic(file: str, component: str, diameter: int) -> None:
    answer = s.of_example(file, component).query("diameter(host, plane = [fabric, access])")
    assert answer is not None
    assert (answer.value, answer.level) == (diameter, "L0")


def test_a_ring_of_odd_steps_beyond_the_limit_is_refused() -> None:
    n = RING_LIMIT // 4 + 1
    text = s.k_ring(n, 1).replace("i + h + 1", "i + h + 7")
    assert product_hops(net_of(opened(text))).diameter == n // 2
    skipped = s.k_ring(n, 2).replace("i + h + 1", "i + 4 * h + 1")
    with pytest.raises(Refused):
        product_hops(net_of(opened(skipped)))
