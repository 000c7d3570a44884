"""Loads from common neighbours where every two vertices are at most two hops apart, against every shortest path walked."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from written_out import WrittenOut, of_gallery, same

from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.factored import explicit
from hwdsl.query.factored.two_hops import TwoHops, two_hops

LOW = "fabrics_low_diameter.hw"
PETERSEN = [*((i, (i + 1) % 5) for i in range(5)), *((i, i + 5) for i in range(5)), *((5 + i, 5 + (i + 2) % 5) for i in range(5))]


def arrays(edges: list[tuple[int, int]]) -> tuple[Any, Any]:
    """Tails and heads of both directions, sorted."""
    both = sorted({*edges, *((v, u) for u, v in edges)})
    return np.array([u for u, _ in both]), np.array([v for _, v in both])


def walked(n: int, edges: list[tuple[int, int]]) -> dict[tuple[int, int], Fraction]:
    """Load of every ordered joined pair, path by path."""
    near = {u: {v for e in edges for v in e if u in e and v != u} for u in range(n)}
    load = {(u, v): Fraction(1) for u in near for v in near[u]}
    for s in range(n):
        for t in set(range(n)) - near[s] - {s}:
            between = near[s] & near[t]
            for v in between:
                load[s, v] += Fraction(1, len(between))
                load[v, t] += Fraction(1, len(between))
    return load


def graphs() -> list[tuple[int, list[tuple[int, int]]]]:
    """Petersen, a star, and random graphs that are dense enough."""
    rng = Random(5)
    out = [(10, PETERSEN), (5, [(0, k) for k in range(1, 5)])]
    while len(out) < 20:
        n = rng.randrange(6, 14)
        out.append((n, [e for e in combinations(range(n), 2) if rng.random() < 0.6]))
    return out


@pytest.mark.parametrize("width", [1, 3])
def test_random_dense_graphs(width: int) -> None:
    answered = 0
    for n, edges in graphs():
        tail, head = arrays(edges)
        found = two_hops(n, tail, head, np.full(len(tail), width))
        near = {(u, v) for u, v in zip(tail.tolist(), head.tolist())}
        far = any((s, t) not in near and not any((s, v) in near and (v, t) in near for v in range(n))
                  for s, t in combinations(range(n), 2))
        assert (found is None) == far
        if isinstance(found, TwoHops):
            answered += 1
            expected = walked(n, edges)
            loads = [Fraction(x, found.scale) for x in found.numerators.tolist()]
            assert dict(zip(zip(tail.tolist(), head.tolist()), loads)) == expected
            assert sum(loads) == sum(d * k for d, k in found.distances.items())
    assert answered > 10


def test_unlike_bundles_and_what_is_further_apart_are_left_alone() -> None:
    tail, head = arrays(PETERSEN)
    assert two_hops(10, tail, head, np.arange(len(tail))) is None
    ring_tail, ring_head = arrays([(i, (i + 1) % 7) for i in range(7)])
    assert two_hops(7, ring_tail, ring_head, np.ones(14)) is None


@pytest.mark.parametrize("component", ["PolarFly(q = 5, hosts = 1)", "PolarFly(q = 8, hosts = 1)", "SlimFly(q = 7, hosts = 1)",
                                       "SlimFly(q = 8, hosts = 1)"])
def test_fields_of_any_kind_against_the_network_written_out(component: str) -> None:
    net = of_gallery(LOW, component)
    assert same(uniform_loads(net), WrittenOut(net))


@pytest.mark.parametrize("q", [3, 5, 7, 11, 13, 17])
def test_a_polarfly_of_odd_order_carries_2q_at_its_quadrics_and_2q_less_1_elsewhere(q: int) -> None:
    found = uniform_loads(of_gallery(LOW, f"PolarFly(q = {q}, hosts = 1)"))
    between = {c.load: c.arcs for c in found.classes if c.label == "router -> router"}
    assert between == {2 * q: 2 * q * (q + 1), 2 * q - 1: q * (q + 1) ** 2 - 2 * q * (q + 1)}


def test_generators_and_common_neighbours_agree_on_slim_flies(monkeypatch: pytest.MonkeyPatch) -> None:
    for q in (5, 13, 17):
        by_symmetry = uniform_loads(of_gallery(LOW, f"SlimFly(q = {q}, hosts = 1)"))
        with monkeypatch.context() as patch:
            patch.setattr(explicit, "LARGE", 0)
            counted = uniform_loads(of_gallery(LOW, f"SlimFly(q = {q}, hosts = 1)"))
        assert (by_symmetry.method, counted.method) == ("one source of each checked orbit", "common neighbours counted")
        assert (by_symmetry.classes, by_symmetry.hops) == (counted.classes, counted.hops)
