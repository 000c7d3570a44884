"""The fluid optimum: known values, below every routing model, and the same with and without symmetry."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from exact_routing import torus
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.perf.flat import Fabric, Traffic, Unroutable, adaptive, from_links, loads, uniform


def utilisation(f: Fabric, traffic: Traffic, routing: str) -> float:
    """Greatest load per capacity."""
    return loads(f, traffic, routing).slowest(f)[1]


def complete(n: int) -> Fabric:
    tails, heads = zip(*combinations(range(n), 2))
    return from_links(tails, heads, n)


@pytest.mark.parametrize(("f", "value"), [
    (complete(6), 1), (torus(5), 3), (torus(6), 4.5), (torus(4, 4), 8), (torus(4, 4, 8), 128),
    (from_links([0, 0], [1, 1], 2, capacity=[1, 3]), 0.25)],
    ids=["K6", "ring 5", "ring 6", "torus 4x4", "torus 4x4x8", "unequal links"])
def test_known_optima(f: Fabric, value: float) -> None:
    got = loads(f, uniform(), "adaptive")
    assert got.slowest(f)[1] == pytest.approx(value)
    assert got.method == "linear program"


def test_longer_ways_help_one_pair() -> None:
    f = torus(4)
    assert utilisation(f, Traffic([0], [1]), "ecmp") == 1
    assert utilisation(f, Traffic([0], [1]), "adaptive") == pytest.approx(0.5)


def test_who_does_not_relay_is_no_way() -> None:
    f = from_links([0, 1, 2, 3], [1, 2, 3, 0], 4, relay=[True, True, False, True])
    assert utilisation(f, Traffic([0], [1]), "adaptive") == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_below_equal_cost_and_symmetry_changes_nothing(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 7))
    ends = st.integers(0, n - 1)
    links = data.draw(st.lists(st.tuples(ends, ends).filter(lambda e: e[0] != e[1]), min_size=1, max_size=12))
    rates = data.draw(st.lists(st.sampled_from([1.0, 2.0, 4.0]), min_size=len(links), max_size=len(links)))
    relay = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    f = from_links([a for a, _ in links], [b for _, b in links], n, None, relay, rates)
    s, t = np.divmod(np.arange(n * n), n)
    listed, whole = loads(f, Traffic(s, t), "adaptive"), loads(f, uniform(), "adaptive")
    plain = loads(f, uniform())
    best = whole.slowest(f)[1]
    assert best <= plain.slowest(f)[1] * (1 + 1e-9)
    assert listed.slowest(f)[1] == pytest.approx(best)
    assert whole.unreachable == listed.unreachable == plain.unreachable
    into = np.bincount(f.head, whole.load, n)
    out = np.bincount(f.tail, whole.load, n)
    received = np.zeros(n)
    for v in range(n):
        one = loads(f, Traffic([v] * n, list(range(n))))
        received[v] = one.carried
    sent_back = np.array([loads(f, Traffic(list(range(n)), [v] * n)).carried for v in range(n)])
    assert out - into == pytest.approx(received - sent_back, abs=1e-7)


def test_symmetry_shrinks_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptive, "VARIABLES", 1000)
    f = torus(6, 6)
    assert utilisation(f, uniform(), "adaptive") == pytest.approx(27)
    s, t = np.divmod(np.arange(36 * 36), 36)
    with pytest.raises(Unroutable, match=r"36 destinations x 144 bundles of links; 1,000 variables"):
        loads(f, Traffic(s, t), "adaptive")


def test_no_finite_optimum() -> None:
    with pytest.raises(Unroutable, match="no way but over links of rate zero"):
        loads(from_links([0, 1], [1, 2], 3, capacity=[1, 0]), uniform(), "adaptive")
    with pytest.raises(Unroutable, match=r"that of `v\[0\] -> v\[1\]` is not published"):
        loads(from_links([0], [1], 2, capacity=[np.nan]), uniform(), "adaptive")
