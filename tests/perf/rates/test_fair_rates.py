"""Max-min fair rates: known cases, the definition itself, linear programs, and compiled against plain loops."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from hwdsl.perf.rates import class_rates, fair_rates
from hwdsl.perf.rates import fair as fair_module


def arrays(paths: list[list[int]]) -> tuple[Any, Any]:
    start = np.cumsum([0, *(len(p) for p in paths)])
    return start, np.array([a for p in paths for a in p], dtype=np.int64)


@st.composite
def problems(draw: Any) -> tuple[Any, ...]:
    links = draw(st.integers(1, 7))
    paths = draw(st.lists(st.lists(st.integers(0, links - 1), min_size=1, max_size=links, unique=True), min_size=1, max_size=12))
    capacity = draw(st.lists(st.integers(1, 30), min_size=links, max_size=links))
    shares = [draw(st.sampled_from([0.25, 0.5, 1.0])) for p in paths for _ in p]
    return np.array(capacity, dtype=float), paths, np.array(shares)


def by_linear_programs(capacity: Any, paths: list[list[int]], share: Any) -> Any:
    """Max-min by its definition: raise the least rate as far as it goes, fix whoever cannot get more, repeat."""
    flows = len(paths)
    use = np.zeros((len(capacity), flows))
    at = 0
    for f, p in enumerate(paths):
        for a in p:
            use[a, f] += share[at]
            at += 1
    fixed: dict[int, float] = {}
    while len(fixed) < flows:
        free = [f for f in range(flows) if f not in fixed]
        left = capacity - sum((use[:, f] * r for f, r in fixed.items()), np.zeros(len(capacity)))
        together = use[:, free].sum(axis=1, keepdims=True)
        level = float(-linprog([-1.0], A_ub=together, b_ub=left, bounds=[(0, None)]).fun)
        for f in free:
            goal = [-1.0 if g == f else 0.0 for g in free]
            most = -linprog(goal, A_ub=use[:, free], b_ub=left, bounds=[(level * (1 - 1e-12), None)] * len(free)).fun
            if most <= level * (1 + 1e-7) + 1e-9:
                fixed[f] = level
    return np.array([fixed[f] for f in range(flows)])


def is_max_min(capacity: Any, paths: list[list[int]], share: Any, rate: Any, tolerance: float = 1e-9) -> None:
    """Feasible, and every flow has a full link on which no flow is faster."""
    load = np.zeros(len(capacity))
    at = 0
    on: dict[int, list[int]] = {}
    for f, p in enumerate(paths):
        for a in p:
            load[a] += share[at] * rate[f]
            on.setdefault(a, []).append(f)
            at += 1
    assert (load <= capacity * (1 + tolerance)).all()
    for f, p in enumerate(paths):
        full = [a for a in p if load[a] >= capacity[a] * (1 - tolerance)]
        assert any(max(rate[g] for g in on[a]) <= rate[f] * (1 + tolerance) for a in full)


def test_the_textbook_line_of_links() -> None:
    start, arc = arrays([[0, 1, 2], [0], [1], [1], [2]])
    found = fair_rates(np.array([1.0, 1.0, 1.0]), start, arc)
    assert found.rate == pytest.approx([1 / 3, 2 / 3, 1 / 3, 1 / 3, 2 / 3], rel=1e-15)
    assert found.bottleneck.tolist() == [1, 0, 1, 1, 2]
    assert found.full == 3


def test_a_flow_without_links_has_no_limit_and_a_link_of_rate_zero_lets_nothing_pass() -> None:
    start, arc = arrays([[], [0, 1], [1]])
    found = fair_rates(np.array([0.0, 5.0]), start, arc)
    assert found.rate.tolist() == [np.inf, 0.0, 5.0]
    assert found.bottleneck.tolist() == [-1, 0, 1]


def test_a_split_flow_loads_each_path_with_its_share() -> None:
    start, arc = arrays([[0, 1], [0]])
    found = fair_rates(np.array([3.0, 10.0]), start, arc, share=np.array([0.5, 0.5, 1.0]))
    assert found.rate == pytest.approx([2.0, 2.0])


def test_multiplicity_is_so_many_flows() -> None:
    one = fair_rates(np.array([12.0, 6.0]), *arrays([[0], [0, 1]]), multiplicity=np.array([4, 2]))
    many = fair_rates(np.array([12.0, 6.0]), *arrays([[0]] * 4 + [[0, 1]] * 2))
    assert one.rate.tolist() == [many.rate[0], many.rate[-1]] == [2.0, 2.0]


@settings(max_examples=150, deadline=None)
@given(problems())
def test_rates_are_max_min_fair(problem: Any) -> None:
    capacity, paths, share = problem
    is_max_min(capacity, paths, share, fair_rates(capacity, *arrays(paths), share=share).rate)


@settings(max_examples=25, deadline=None)
@given(problems())
def test_rates_are_those_of_linear_programs(problem: Any) -> None:
    capacity, paths, share = problem
    found = fair_rates(capacity, *arrays(paths), share=share).rate
    assert found == pytest.approx(by_linear_programs(capacity, paths, share), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_classes_of_one_flow_each_are_the_flows(problem: Any) -> None:
    capacity, paths, share = problem
    use, at = [], 0
    for p in paths:
        use.append({a: Fraction(float(share[at + k])) for k, a in enumerate(p)})
        at += len(p)
    exact = class_rates([Fraction(c) for c in capacity], use)
    found = fair_rates(capacity, *arrays(paths), share=share).rate.tolist()
    assert None not in exact
    assert [float(r or 0) for r in exact] == pytest.approx(found, rel=1e-12)


def test_classes_answer_an_all_to_all_with_a_tapered_uplink() -> None:
    # 4 leaves of 8 hosts, host links of 10, uplinks of 20 in all: 7 near peers and 24 far ones to each host
    use = [{0: Fraction(7), 1: Fraction(0)}, {0: Fraction(24), 1: Fraction(8 * 24)}]
    near, far = class_rates([Fraction(10), Fraction(20)], use)
    assert near is not None
    assert far is not None
    assert far == Fraction(20, 192)
    assert near == (10 - 24 * far) / 7


def test_compiled_loops_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    paths = [sorted(rng.choice(60, size=rng.integers(1, 6), replace=False).tolist()) for _ in range(400)]
    capacity = rng.uniform(1, 9, 60)
    plain = fair_rates(capacity, *arrays(paths))
    monkeypatch.setattr(fair_module, "SMALL", 0)
    told: list[str] = []
    compiled = fair_rates(capacity, *arrays(paths), progress=told.append)
    assert (plain.rate == compiled.rate).all()
    assert (plain.bottleneck == compiled.bottleneck).all()
    assert told


@pytest.mark.parametrize("small", [0, 20_000])
@pytest.mark.parametrize("shares", [False, True])
def test_flows_put_together_get_the_same_bits(monkeypatch: pytest.MonkeyPatch, small: int, shares: bool) -> None:
    rng = np.random.default_rng(2)
    paths: list[list[int]] = [sorted(rng.choice(60, size=rng.integers(0, 6), replace=False).tolist()) for _ in range(400)]
    capacity = rng.uniform(1, 9, 60)
    capacity[7] = 0.0
    start, arc = arrays([[], *paths, []])
    share = rng.uniform(0.1, 1, len(arc)) if shares else None
    as_they_were = fair_rates(capacity, start, arc, share)
    monkeypatch.setattr(fair_module, "GROUPED", 0)
    monkeypatch.setattr(fair_module, "SMALL", small)
    together = fair_rates(capacity, start, arc, share)
    assert fair_module.transposed(start, arc, np.zeros(0), np.bincount(arc, minlength=60), capacity).position is not None
    assert (as_they_were.rate == together.rate).all()
    assert (as_they_were.bottleneck == together.bottleneck).all()


@pytest.mark.parametrize(("capacity", "start", "arc", "share"), [
    ([float("nan")], [0, 1], [0], None), ([-1.0], [0, 1], [0], None), ([1.0], [0, 1], [1], None), ([1.0], [0, 2], [0], None),
    ([1.0], [0, 1], [0], [0.0]), ([1.0], [0, 1], [0], [0.5, 0.5]),
])
def test_what_describes_no_flows_is_refused(capacity: Any, start: Any, arc: Any, share: Any) -> None:
    with pytest.raises(ValueError, match=r"not negative|rises|does not exist|positive"):
        fair_rates(np.array(capacity), np.array(start), np.array(arc, dtype=np.int64), None if share is None else np.array(share))
