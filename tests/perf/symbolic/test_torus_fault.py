"""One link of a torus out of service, by recurrence, against the torus written out: every load, every hop, sides odd and even."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
import small_networks as small
from written_out import WrittenOut, classes, failed, of_design, of_gallery, same

from hwdsl.ir.outages import Exclusion
from hwdsl.node import replace
from hwdsl.perf.symbolic import SymbolicLoads, torus_fault, uniform, uniform_loads
from hwdsl.perf.symbolic.lost_link import CUBE, LINE, METHOD, torus_without_a_link
from hwdsl.query.factored.contract import contract
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused
from hwdsl.query.taken import taken

RINGS = "fabrics_rings.hw"
SIZES = [(3, 3), (4, 3), (3, 4), (5, 4), (4, 4), (6, 5), (6, 6), (8, 3), (3, 3, 3), (4, 3, 5), (4, 4, 3), (4, 4, 4)]


def port(path: str, *at: int) -> Exclusion:
    """The link at a port."""
    found: Exclusion = failed(path, *at, target="port")
    return found


def by_recurrence(net: Network, gone: Exclusion) -> SymbolicLoads:
    """The answer whatever the size."""
    return torus_without_a_link(contract(replace(taken(net, (gone,)), exceptions=False, partial=False)))


def close(found: SymbolicLoads, full: WrittenOut) -> bool:
    """Whether loads agree to 1e-12, hops exactly."""
    def near(x: Counter[tuple[int, Fraction]]) -> list[tuple[int, float]]:
        return sorted((rule, float(load)) for (rule, load), links in x.items() for _ in range(links))

    a, b = near(classes(found)), near(full.uniform())
    return (len(a) == len(b) and all(r == s and x == pytest.approx(y, rel=1e-12) for (r, x), (s, y) in zip(a, b))
            and (found.hops.histogram, found.hops.unreachable) == full.histogram() and found.endpoints == len(full.ends))


@pytest.mark.parametrize("sizes", SIZES)
def test_every_load_of_a_torus_without_a_link(sizes: tuple[int, ...]) -> None:
    net = of_design(small.opened(small.torus(*sizes)))
    for dimension in {0, len(sizes) - 1}:
        gone = port("gpu.plus", *(1 for _ in sizes), dimension)
        found = by_recurrence(net, gone)
        assert found.method == METHOD
        assert close(found, WrittenOut(net, (gone,)))


@pytest.mark.parametrize(("component", "gone"), [
    ("Torus2(x = 5, y = 4, hosts = 2)", port("router.net", 4, 3, 0)),
    ("Torus3(x = 5, y = 3, z = 4)", port("router.net", 1, 2, 0, 4)),
])
def test_hosts_hang_on_the_routers(component: str, gone: Exclusion) -> None:
    net = of_gallery(RINGS, component)
    assert close(by_recurrence(net, gone), WrittenOut(net, (gone,)))


@pytest.mark.parametrize("n", [3, 4, 9, 10])
def test_a_ring_without_a_link_is_a_line(n: int) -> None:
    net = of_design(small.opened(small.k_ring(n, 1)))
    gone = port("gpu.up", 1, 0)
    found = by_recurrence(net, gone)
    assert found.method == LINE
    assert classes(found) == WrittenOut(net, (gone,)).uniform()


@pytest.mark.parametrize("d", [2, 3, 4, 5, 6])
def test_a_hypercube_without_a_link_is_exact(d: int) -> None:
    net = of_gallery("fabrics_full_mesh.hw", f"Hypercube(dims = {d})")
    for gone in (port("router.net", 1, 0), port("router.net", 1, d - 1)):
        found = by_recurrence(net, gone)
        assert found.method == CUBE
        assert same(found, WrittenOut(net, (gone,)))


def test_a_large_hypercube_without_a_link_takes_no_time() -> None:
    found = uniform_loads(of_gallery("fabrics_full_mesh.hw", "Hypercube(dims = 16)"), failed=(port("router.net", 5, 3),))
    assert found.method == CUBE
    assert found.total == sum(d * n for d, n in found.hops.histogram.items())


@pytest.mark.parametrize(("sizes", "dimension"), [((2, 3, 5), 0), ((2, 4, 3), 0), ((2, 3, 5), 2), ((2, 2, 5), 1), ((3, 2, 2), 0)])
def test_a_side_of_two_is_one_link(sizes: tuple[int, ...], dimension: int) -> None:
    net = of_design(small.opened(torus_of_single_links(*sizes)))
    gone = port("gpu.p", *(1 for _ in sizes), 2 * dimension + 1)
    found = by_recurrence(net, gone)
    assert found.method == METHOD
    assert close(found, WrittenOut(net, (gone,)))


def torus_of_single_links(*sizes: int) -> str:
    """A torus whose sides of two are joined once."""
    extents = "".join(f"[{n}]" for n in sizes)
    names = [f"x{i}" for i in range(len(sizes))]
    rules = []
    for i, n in enumerate(sizes):
        here = "".join(f"[{x}]" for x in names)
        there = "".join(f"[({x} + 1) % {n}]" if x == names[i] else f"[{x}]" for x in names)
        if n == 2:
            here, there = here.replace(f"[x{i}]", "[0]"), here.replace(f"[x{i}]", "[1]")
        ranges = ", ".join(f"{x} in 0..{m}" for x, m, j in zip(names, sizes, range(len(sizes))) if n > 2 or j != i)
        rules.append(f"    connect gpu{here}.p[{2 * i}] <-> gpu{there}.p[{2 * i + 1}]  for {ranges};")
    return "\n".join([f"chip Gpu {{ relay = true;  port p: L[{2 * len(sizes)}]; }}", "system S {", f"    part gpu: Gpu{extents};",
                      *rules, "}", "design = S;"])


def test_what_is_no_torus_without_a_link_is_refused() -> None:
    for text, gone in ((small.hyperx(3, 4), port("gpu.p", 1, 2, 0)), (small.k_ring(9, 2), port("gpu.up", 1, 1)),
                       (small.mesh_lines(3, 4), port("gpu.plus", 1, 2, 0)), (small.torus(4, 4), failed("gpu", 1, 1)),
                       (small.twisted(4, 4, 2), port("gpu.plus", 1, 1, 0)), (small.torus(2, 5), port("gpu.plus", 1, 1, 1))):
        with pytest.raises(Refused):
            by_recurrence(of_design(small.opened(text)), gone)


def test_large_tori_are_not_refused() -> None:
    for component in ("Torus3(x = 46, y = 47, z = 45)", "Torus2(x = 200, y = 101)"):
        net = of_gallery(RINGS, component)
        gone = port("router.net", *(0 for _ in range(component.count("="))), 0)
        found = uniform_loads(net, failed=(gone,))
        assert found.method == METHOD
        assert found.hops.unreachable == 0
        assert float(found.total) == pytest.approx(sum(d * n for d, n in found.hops.histogram.items()), rel=1e-12)
        whole = uniform_loads(net)
        assert sum(c.arcs for c in found.classes) == sum(c.arcs for c in whole.classes) - 2
        assert found.greatest > whole.greatest


def test_small_tori_keep_exact_fractions() -> None:
    net = of_design(small.opened(small.torus(5, 4)))
    gone = port("gpu.plus", 1, 2, 0)
    exact, found = uniform_loads(net, failed=(gone,)), by_recurrence(net, gone)
    assert exact.method == "one source of each checked orbit"
    assert classes(exact) == WrittenOut(net, (gone,)).uniform()
    assert float(found.greatest) == pytest.approx(float(exact.greatest), rel=1e-13)


def test_a_forgotten_way_is_seen_by_flows_times_hops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a ring away there are two ways; without what goes the other one the flows do not add up."""
    walks = torus_fault._walks
    monkeypatch.setattr(torus_fault, "_walks", lambda o, flow, ahead: {i: x * ahead for i, x in walks(o, flow, ahead).items()})
    with pytest.raises(Refused, match="conserved"):
        by_recurrence(of_design(small.opened(small.torus(4, 4))), port("gpu.plus", 1, 1, 0))


def test_two_links_are_left_to_the_network_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uniform, "WRITTEN_LIMIT", 1)
    net = of_design(small.opened(small.torus(4, 3)))
    both = port("gpu.plus", 1, 1, 0), port("gpu.plus", 2, 2, 1)
    assert classes(uniform_loads(net, failed=both)) == WrittenOut(net, both).uniform()
