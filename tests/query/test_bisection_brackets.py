"""The bracket of a bisection contains the true one, found by trying every balanced partition of the endpoints."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import networkx as nx
import pytest
import small_networks as s
from hypothesis import HealthCheck, given, settings
from random_networks import texts
from small_networks import Expanded, chips, net_of, opened

from hwdsl.query.cuts import Bracket, bracket, capacity
from hwdsl.query.factored.bounds import contracted_bracket, quick
from hwdsl.query.factored.product import solve
from hwdsl.query.flat import flat_graph
from hwdsl.query.flatcuts import flat_bracket
from hwdsl.query.quotient import Refused, loads, plan

RATE = 100 * 10**9
DESIGNS = {
    "clos2": s.clos2(2, 3, 2), "clos2 tapered": s.clos2(3, 2, 1), "clos2 parallel": s.clos2(2, 2, 1, ways=2),
    "clos3": s.clos3_planes(1),
    "rails": s.rails(2, 4), "rails of three": s.rails(3, 3), "ring": s.k_ring(8, 1), "odd ring": s.k_ring(7, 1),
    "ring of 2": s.k_ring(8, 2), "torus": s.torus(2, 4), "torus 3x3": s.torus(3, 3),
    "mesh": s.full_mesh(6), "odd mesh": s.full_mesh(5),
    "hyperx": s.hyperx(2, 4), "hypercube": s.hypercube(3), "ring of nodes": s.node_ring(4, 2), "grid": s.mesh_lines(2, 4),
    "swap": s.swap(3), "mesh on ring": s.mesh_on_ring(6), "odd cable": s.circulant_extra(5), "twisted": s.twisted(2, 4, 2),
    "reflected": s.reflected(4), "crossed": s.crossed_rails(3), "one row": s.one_row_meshed(3), "pairs": s.paired_and_all(4),
}


def true_bisection(full: Expanded) -> int:
    """Least capacity, bit/s, between two halves of the endpoints; what relays stands where it is best."""
    g = nx.Graph()
    for _, a, b in full.links:
        if a != b:
            g.add_edge(a, b, capacity=g.get_edge_data(a, b, {"capacity": 0})["capacity"] + 1)
    ends = full.ends
    found = []
    for half in combinations(ends[1:], len(ends) // 2 - (len(ends) % 2 == 0)):
        side = {ends[0], *half} if len(ends) % 2 == 0 else set(half)
        h = nx.Graph(g)
        for e in ends:
            h.add_edge("source" if e in side else "sink", e)
        found.append(nx.maximum_flow_value(h, "source", "sink", flow_func=nx.algorithms.flow.dinitz))
    if len(ends) % 2:  # the partitions with the first endpoint on the smaller side
        for half in combinations(ends[1:], len(ends) // 2 - 1):
            h = nx.Graph(g)
            for e in ends:
                h.add_edge("source" if e in {ends[0], *half} else "sink", e)
            found.append(nx.maximum_flow_value(h, "source", "sink", flow_func=nx.algorithms.flow.dinitz))
    return int(min(found)) * RATE


def brackets(text: str) -> list[Bracket]:
    """The brackets from the network taken apart and from its quotient as it is, where there are any, and from the flat graph."""
    design = opened(text)
    net = net_of(design)
    out = []
    for solver in (solve, quick, None):
        try:
            pl = plan(net)
            rate = {a.number: capacity(a) for a in net.arcs}
            out.append(contracted_bracket(pl, net, solver) if solver is not None
                       else bracket(pl, [(rate[arc[0]], load) for arc, load in loads(pl).load.items()]))
        except Refused:
            pass
    flat = flat_bracket(flat_graph(design.root, None, chips(design), None, (), 1 << 30))
    assert flat is not None
    return [*out, flat]


@pytest.mark.parametrize("name", DESIGNS)
def test_the_bracket_contains_the_bisection(name: str) -> None:
    text = DESIGNS[name]
    full = Expanded(net_of(opened(text)))
    assert len(full.ends) <= 10
    exact = true_bisection(full)
    found = brackets(text)
    for b in found:
        assert b.lower <= exact <= b.upper, (b, exact)
        assert not b.exact or b.lower == exact


@pytest.mark.parametrize(("name", "links"), [
    ("clos2", 3), ("clos3", 4), ("hyperx", 4), ("ring", 2), ("torus", 4), ("mesh", 9), ("hypercube", 4)])
def test_families_with_a_closed_form_are_exact(name: str, links: int) -> None:
    """The bounds meet where the textbook has a formula."""
    found = brackets(DESIGNS[name])[0]
    assert (found.lower, found.upper) == (Fraction(links * RATE), Fraction(links * RATE)), found


HOSTS = """
chip Gpu {{ port x: L; }}
switch Router {{ port down: L[{p}];  port net: L[4]; }}
system S {{
    part router: Router[{n}];
    part gpu: Gpu[{n}][{p}];
    connect gpu[i][h].x <-> router[i].down[h]  for i in 0..{n}, h in 0..{p};
    {fabric}
}}
design = S;
"""
HUNG = {
    "two on each of a ring": (HOSTS.format(
        n=4, p=2, fabric="connect router[i].net[0] <-> router[(i + 1) % 4].net[1] for i in 0..4;"), 2),
    "three on each of a pair": (HOSTS.format(n=2, p=3, fabric="connect router[0].net[k] <-> router[1].net[k] for k in 0..4;"), 3),
    "one on each of a mesh": (HOSTS.format(
        n=5, p=1, fabric="connect router[i].net[j - 1] <-> router[j].net[i] for i in 0..5, j in 0..5 where i < j;"), 2),
    "all on one": (HOSTS.format(n=1, p=6, fabric=""), 3),
}


@pytest.mark.parametrize("name", HUNG)
def test_endpoints_that_hang_on_routers_leave_the_bound_to_the_routers_links(name: str) -> None:
    """A router's side is free: what counts is the cut between routers, or endpoints cut off their own."""
    text, links = HUNG[name]
    exact = true_bisection(Expanded(net_of(opened(text))))
    assert exact == links * RATE
    found = brackets(text)
    assert found[0].exact, found[0]
    for b in found:
        assert b.lower <= exact <= b.upper, b


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(texts(((2, 1), (3, 1), (2, 2))))
def test_brackets_of_random_networks(text: str) -> None:
    """Connected or not."""
    exact = true_bisection(Expanded(net_of(opened(text))))
    for b in brackets(text):
        assert b.lower <= exact <= b.upper, b


def test_an_isolated_endpoint_leaves_no_lower_bound() -> None:
    text = s.clos2(2, 2, 2).replace("part spine", "part lone: Gpu[2];\n    part spine")
    exact = true_bisection(Expanded(net_of(opened(text))))
    assert exact < true_bisection(Expanded(net_of(opened(s.clos2(2, 2, 2)))))
    for b in brackets(text):
        assert b.lower <= exact <= b.upper


UNEVEN = """
chip Gpu {{ port x: L[3]; }}
switch Leaf {{ port down: L[3];  port up: L[3]; }}
switch Spine {{ port p: L[6]; }}
system S {{
    part gpu: Gpu[4];
    part leaf: Leaf[{leaves}];
    part spine: Spine[2];
    {below}
    connect {low}[m] <-> spine[m].p[i]            for i in 0..4, m in 0..2;
    connect {low}[2] <-> spine[i % 2].p[4 + i / 2]  for i in 0..4;
}}
design = S;
"""
ONE_TIER = UNEVEN.format(leaves=0, below="", low="gpu[i].x")
TWO_TIERS = UNEVEN.format(
    leaves=4, below="connect gpu[g].x[k] <-> leaf[g].down[k] for g in 0..4, k in 0..3;", low="leaf[i].up"
)


@pytest.mark.parametrize("text", [ONE_TIER, TWO_TIERS], ids=["one tier", "two tiers"])
def test_alike_vertices_with_double_links_to_different_switches_do_not_spread_evenly(text: str) -> None:
    exact = true_bisection(Expanded(net_of(opened(text))))
    assert exact == 4 * RATE, "two of each kind on both sides are 6 apart, kinds together 4"
    for b in brackets(text):
        assert b.lower <= exact <= b.upper, b
