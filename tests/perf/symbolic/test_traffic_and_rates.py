"""Translation-invariant traffic, max-min fair rates and bisection brackets at L0 against the plain way."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations

import pytest
import small_networks as small
from nested_networks import NESTED
from written_out import Edge, Vertex, WrittenOut, classes, counted, of_design, of_gallery

from hwdsl.perf.symbolic import bisection_bracket, invariant_loads, uniform_loads, uniform_max_min
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused

Tau = dict[tuple[int, ...], Fraction | int]


def written_invariant(net: Network, tau: Tau) -> Counter[tuple[int, Fraction]]:
    """Every pair written out; offsets in the coordinates of the vertices that endpoints hang on."""
    full = WrittenOut(net)
    width = len(next(iter(tau)))
    sizes = net.blocks[net.endpoints[0]].shape[:width]

    def traffic(s: Vertex, t: Vertex) -> Fraction | int:
        return tau.get(tuple((y - x) % n for x, y, n in zip(s[1], t[1], sizes)), 0)

    found: Counter[tuple[int, Fraction]] = counted(full.routed(traffic))
    return found


@pytest.mark.parametrize(("text", "tau"), [
    (small.torus(4, 3), {(1, 0): 1}), (small.torus(4, 3), {(2, 1): 1, (1, 2): Fraction(1, 3)}),
    (small.torus(5), {(2,): 1, (4,): 2}),
    (small.torus(4, 4), {(0, 2): 1, (2, 0): 1, (2, 2): 1}), (small.hyperx(3, 4), {(1, 2): 1, (0, 3): 5}),
    (small.k_ring(9, 2), {(3,): 1, (7,): 1}), (small.full_mesh(5), {(2,): 1}),
    (NESTED["two k-hop rings"], {(2, 5): 1, (0, 3): 2}),
    (small.node_ring(5, 3), {(1,): 1, (0,): 2}), (small.torus(2, 3), {(1, 1): 1}),
])
def test_translation_invariant_traffic(text: str, tau: Tau) -> None:
    net = of_design(small.opened(text))
    assert classes(invariant_loads(net, tau)) == written_invariant(net, tau)


def test_all_offsets_alike_are_uniform_traffic() -> None:
    net = of_design(small.opened(small.torus(4, 3)))
    tau: Tau = {(x, y): 1 for x in range(4) for y in range(3)}
    assert classes(invariant_loads(net, tau)) == classes(uniform_loads(net))


@pytest.mark.parametrize("text", [small.mesh_lines(3, 4), small.frucht(), small.clos3_planes(), small.dragonfly(3)])
def test_what_does_not_rotate_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        invariant_loads(of_design(small.opened(text)), {(1, 0): 1})


def filled(net: Network) -> Counter[Fraction]:
    """Max-min fair rates by progressive filling over all flows and links, in exact fractions."""
    full = WrittenOut(net)
    rate_of = {a.number: Fraction(a.capacity.nom) for a in net.arcs}
    flows: list[dict[Edge, Fraction]] = []
    for s in full.ends:
        for t in full.ends:
            if s != t:
                load = full.routed(lambda x, y, s=s, t=t: int(x == s and y == t), [s, t])
                flows.append({e: x for e, x in load.items() if x})
    left = {e: rate_of[e[0]] for e in full.edges}
    rates: list[Fraction | None] = [None] * len(flows)
    while None in rates:
        weight: dict[Edge, Fraction] = defaultdict(Fraction)
        for f, use in enumerate(flows):
            if rates[f] is None:
                for e, x in use.items():
                    weight[e] += x
        level = min(left[e] / w for e, w in weight.items())
        full_links = {e for e, w in weight.items() if left[e] / w == level}
        for f, use in enumerate(flows):
            if rates[f] is None and full_links & set(use):
                rates[f] = level
                for e, x in use.items():
                    left[e] -= x * level
    return Counter(r for r in rates if r is not None)


@pytest.mark.parametrize("text", [
    small.torus(4, 3), small.torus(2, 3), small.hyperx(3, 4), small.k_ring(7, 2), small.full_mesh(4), small.clos2(3, 2, 2),
    small.clos2(2, 3, 2, ways=2), small.clos3_planes(), small.node_ring(4, 2), small.hypercube(3),
    small.twisted(4, 4, 2), NESTED["Clos of tori"],
])
def test_max_min_fair_rates(text: str) -> None:
    net = of_design(small.opened(text))
    found: Counter[Fraction] = Counter()
    for f in uniform_max_min(net):
        found[f.rate] += f.flows
    assert found == filled(net)


LINE_OF_ROUTERS = """
chip Gpu { port x: L; }
switch Router { port down: L[2];  port net: L[2]; }
system S {
    part router: Router[4];
    part gpu: Gpu[4][2];
    connect gpu[i][h].x <-> router[i].down[h]  for i in 0..4, h in 0..2;
    connect router[i].net[0] <-> router[i + 1].net[1]  for i in 0..3;
}
design = S;
"""
RELAYING = LINE_OF_ROUTERS.replace("switch Router {", "chip Router { relay = true; ")


@pytest.mark.parametrize("component", ["Dragonfly(a = 2, h = 1, p = 2)", "Dragonfly(a = 3, h = 1, p = 1)",
                                       "Dragonfly(a = 2, h = 2, p = 1, palmtree = false)"])
def test_max_min_of_hosts_on_unlike_routers(component: str) -> None:
    net = of_gallery("fabrics_low_diameter.hw", component)
    found: Counter[Fraction] = Counter()
    for f in uniform_max_min(net):
        found[f.rate] += f.flows
    assert found == filled(net)


def test_max_min_of_hosts_on_the_routers_of_a_line() -> None:
    net = of_design(small.opened(LINE_OF_ROUTERS))
    found: Counter[Fraction] = Counter()
    for f in uniform_max_min(net):
        found[f.rate] += f.flows
    assert found == filled(net)
    assert len(found) > 1


def test_endpoints_below_endpoints_are_refused() -> None:
    with pytest.raises(Refused, match="hang on others"):
        uniform_max_min(of_design(small.opened(RELAYING)))


def test_max_min_of_a_large_product_has_a_class_for_each_set_of_dimensions() -> None:
    found = uniform_max_min(of_gallery("fabrics_full_mesh.hw", "HyperX(a = 30, b = 20, c = 10)"))
    assert len(found) == 7  # one endpoint a router: no flows within one
    assert sum(f.flows for f in found) == 6000 * 5999


def test_bisection_brackets_hold_the_best_cut_and_close_where_they_should() -> None:
    for text in (small.torus(4, 2), small.torus(6), small.hyperx(2, 4), small.k_ring(8, 2), small.full_mesh(6),
                 small.hypercube(3)):
        net = of_design(small.opened(text))
        bracket = bisection_bracket(net)
        best = 100 * 10**9 * best_cut(WrittenOut(net))
        assert bracket.lower <= best <= bracket.upper
    for text in (small.torus(4, 3), small.torus(6, 4), small.hyperx(4, 4), small.hypercube(4), small.mesh_lines(4, 4)):
        assert bisection_bracket(of_design(small.opened(text))).exact
    for text in (small.k_ring(64, 4), small.torus(5, 3)):
        assert not bisection_bracket(of_design(small.opened(text))).exact


def best_cut(full: WrittenOut) -> int:
    """Fewest links between two halves of the vertices, which are all endpoints."""
    links = [(v, u) for v in full.ends for (_, forward, _), u in full.out[v] if forward]
    first, *rest = full.ends
    return min(sum((v in half) != (u in half) for v, u in links)
               for chosen in combinations(rest, len(full.ends) // 2 - 1) for half in [{first, *chosen}])
