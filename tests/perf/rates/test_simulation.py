"""Completion times: by hand, against solving every event anew, and under reordering and scaling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.perf.rates import completion_times, fair_rates
from hwdsl.perf.rates import resolve as resolve_module
from hwdsl.perf.rates import simulation as simulation_module


def arrays(paths: list[list[int]]) -> tuple[Any, Any]:
    start = np.cumsum([0, *(len(p) for p in paths)])
    return start, np.array([a for p in paths for a in p], dtype=np.int64)


def solving_anew(capacity: Any, paths: list[list[int]], size: Any, begin: Any, share: Any = None) -> Any:
    """The same by definition: all rates anew at every beginning and end."""
    flows = len(paths)
    offsets = np.cumsum([0, *(len(p) for p in paths)])
    rest, finish = np.array(size, dtype=float), np.full(flows, np.inf)
    now = 0.0
    running: set[int] = set()
    waiting = sorted(range(flows), key=lambda f: begin[f])
    while waiting or running:
        order = sorted(running)
        rate = {}
        if order:
            part = None if share is None else np.concatenate([share[offsets[f]:offsets[f + 1]] for f in order])
            rate = dict(zip(order, fair_rates(capacity, *arrays([paths[f] for f in order]), share=part).rate))
        ends = min((now + rest[f] / rate[f] for f in order if rate[f] > 0), default=np.inf)
        following = begin[waiting[0]] if waiting else np.inf
        then = min(ends, following)
        if then == np.inf:
            break
        for f in order:
            rest[f] -= rate[f] * (then - now)
        now = then
        for f in order:
            if rest[f] <= 1e-12 * size[f]:
                finish[f] = now
                running.discard(f)
        while waiting and begin[waiting[0]] <= now:
            running.add(waiting.pop(0))
    return finish


@st.composite
def problems(draw: Any) -> tuple[Any, ...]:
    links = draw(st.integers(1, 8))
    paths = draw(st.lists(st.lists(st.integers(0, links - 1), min_size=1, max_size=4, unique=True), min_size=1, max_size=16))
    capacity = np.array(draw(st.lists(st.integers(1, 20), min_size=links, max_size=links)), dtype=float)
    size = np.array([draw(st.integers(1, 50)) for _ in paths], dtype=float)
    begin = np.array([draw(st.sampled_from([0.0, 0.0, 1.0, 2.5, 7.0])) for _ in paths])
    share = np.array([draw(st.sampled_from([0.5, 1.0])) for p in paths for _ in p])
    return capacity, paths, size, begin, share


def test_two_flows_share_until_the_short_one_ends() -> None:
    found = completion_times(np.array([10.0]), *arrays([[0], [0]]), np.array([100.0, 20.0]))
    assert found.finish.tolist() == [12.0, 4.0]
    assert found.events == 4


def test_a_late_flow_takes_its_share_from_its_beginning_on() -> None:
    found = completion_times(np.array([10.0]), *arrays([[0], [0]]), np.array([100.0, 20.0]), begin=np.array([0.0, 5.0]))
    assert found.finish.tolist() == [12.0, 9.0]


def test_latency_passes_before_the_first_bit() -> None:
    found = completion_times(np.array([10.0]), *arrays([[0]]), np.array([100.0]), begin=np.array([1.0]), latency=np.array([0.5]))
    assert found.finish.tolist() == [11.5]


def test_nothing_to_send_and_nowhere_to_go_are_instant_and_a_dead_link_never_ends() -> None:
    size, begin = np.array([0.0, 5.0, 1.0]), np.array([3.0, 4.0, 0.0])
    found = completion_times(np.array([0.0, 1.0]), *arrays([[1], [], [0]]), size, begin=begin)
    assert found.finish.tolist() == [3.0, 4.0, np.inf]


@settings(max_examples=200, deadline=None)
@given(problems())
def test_every_event_solved_anew_gives_the_same_times(problem: Any) -> None:
    capacity, paths, size, begin, share = problem
    found = completion_times(capacity, *arrays(paths), size, begin=begin, share=share).finish
    assert found == pytest.approx(solving_anew(capacity, paths, size, begin, share), rel=1e-9)


def test_a_thousand_flows_on_a_clos_give_the_same_times(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    hosts, leaves, spines = 128, 16, 8
    paths = []
    for _ in range(400):
        a, b = rng.choice(hosts, size=2, replace=False)
        la, lb, s = a // 8, b // 8, rng.integers(spines)
        up = [2 * hosts + la * spines + s, 2 * hosts + leaves * spines + lb * spines + s] if la != lb else []
        paths.append([int(a), *map(int, up), int(hosts + b)])
    capacity = np.concatenate([np.full(2 * hosts, 10.0), np.full(2 * leaves * spines, 8.0)])
    size, begin = rng.uniform(1, 50, 400), rng.uniform(0, 20, 400)
    anew = solving_anew(capacity, paths, size, begin)
    plain = completion_times(capacity, *arrays(paths), size, begin=begin).finish
    assert plain == pytest.approx(anew, rel=1e-12)
    monkeypatch.setattr(simulation_module, "SMALL", 0)
    assert (completion_times(capacity, *arrays(paths), size, begin=begin).finish == plain).all()


def test_without_the_check_of_bottlenecks_the_times_would_be_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    capacity, paths = np.array([10.0, 10.0]), [[0], [0, 1], [1]]
    size, begin = np.array([100.0, 10.0, 100.0]), np.array([0.0, 1.0, 2.0])
    right = solving_anew(capacity, paths, size, begin)
    assert completion_times(capacity, *arrays(paths), size, begin=begin).finish == pytest.approx(right, rel=1e-12)
    monkeypatch.setattr(resolve_module, "gather", lambda s, flows, links: (flows, links))
    assert completion_times(capacity, *arrays(paths), size, begin=begin).finish != pytest.approx(right, rel=1e-3)


@pytest.mark.parametrize(("size", "begin"), [([-1.0], [0.0]), ([float("nan")], [0.0]), ([1.0], [-2.0]), ([1.0, 1.0], [0.0])])
def test_sizes_and_times_that_are_none_are_refused(size: Any, begin: Any) -> None:
    with pytest.raises(ValueError, match="not negative"):
        completion_times(np.array([1.0]), *arrays([[0]]), np.array(size), begin=np.array(begin))


def test_slices_change_nothing_and_let_an_interruption_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few events a slice has, times and events are the same; whoever raises between two slices ends the simulation."""
    import hwdsl.perf.rates.simulation as simulation

    rng = np.random.default_rng(5)
    flows = 60
    arc = np.stack([rng.integers(0, 8, flows), 8 + rng.integers(0, 8, flows)], axis=1).reshape(-1)
    start = np.arange(0, 2 * flows + 1, 2)
    given = (np.ones(16), start, arc, rng.random(flows) + 0.1, np.sort(rng.random(flows) * 5))
    whole = simulation.completion_times(*given)
    monkeypatch.setattr(simulation, "SLICE", 1)
    sliced = simulation.completion_times(*given)
    assert sliced.finish.tolist() == whole.finish.tolist()
    assert sliced.events == whole.events == 2 * flows

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulation, "SMALL", len(arc) - 1)
    with pytest.raises(KeyboardInterrupt):
        simulation.completion_times(*given, progress=stop)
