"""Flows that come and go: against a simulation written out, against their bounds, and what a list of them may get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studying import CLOS, STAR, asked

from hwdsl.api import Session
from hwdsl.perf.rates import completion_times
from hwdsl.perf.study.result import FlowStats, Prediction
from hwdsl.perf.study.run import run_studies
from hwdsl.perf.traffic.arrivals import arrivals, uniform_numbers

RATE, START = 7.2e12, 500e-9
POD = STAR.replace("N]", "6]").replace("..N", "..6")
TAPER = CLOS.replace("RATE", "100 Gb/s")


def stats(p: Prediction) -> FlowStats:
    """What became of the flows of a prediction."""
    assert p.flows is not None, p.reason
    return p.flows


def ends_of(flows: list[tuple[int, int, float, float]]) -> list[float]:
    """When the last bits of (src, dst, bits, begin) arrive on one switch: rates filled anew at every beginning and end."""
    left = {k: f[2] for k, f in enumerate(flows)}
    ready = {k: f[3] + START for k, f in enumerate(flows)}
    done: dict[int, float] = {}
    now = min(ready.values())
    while len(done) < len(flows):
        on = [k for k in left if k not in done and ready[k] <= now + 1e-15]
        rates: dict[int, float] = {}
        room = {(e, r): RATE for e in (0, 1) for r in range(6)}
        while len(rates) < len(on):
            users = {p: [k for k in on if k not in rates and flows[k][:2][p[0]] == p[1]] for p in room}
            fair, port = min((room[p] / len(u), p) for p, u in users.items() if u)
            for k in users[port]:
                rates[k] = fair
                for e in (0, 1):
                    room[e, flows[k][:2][e]] -= fair
        ahead = [left[k] / rates[k] for k in on] + [r - now for k, r in ready.items() if r > now + 1e-15]
        step = min(ahead)
        for k in on:
            left[k] -= rates[k] * step
            if left[k] <= 1e-7 * flows[k][2]:
                done[k] = now + step
        now += step
    return [done[k] for k in range(len(flows))]


@pytest.mark.parametrize("seed", range(4))
def test_a_list_against_a_simulation_written_out(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    flows = []
    for _ in range(15):
        s, t = (int(x) for x in rng.choice(6, 2, replace=False))
        flows.append((s, t, float(rng.integers(1, 9)) * 8e6, float(rng.integers(0, 20)) * 1e-6))
    lines = [f"gpu[{s}],{t},{int(b / 8e6)} MB,{round(w * 1e6)}" for s, t, b, w in flows]
    session, [p] = asked(tmp_path, POD, 'flows(trace = "t.csv");', t="\n".join(["src,dst,size,begin [us]", *lines]))
    assert not session.diagnostics.items, session.report()
    took = np.array(ends_of(flows)) - [f[3] for f in flows]
    assert p.flows is not None
    found = p.flows.completion
    assert (found.mean, found.max) == pytest.approx((took.mean(), took.max()), rel=1e-6)
    assert (found.p50, found.p95, found.p99) == pytest.approx(np.percentile(took, [50, 95, 99]), rel=1e-6)
    assert p.time is not None
    assert p.time == pytest.approx(max(ends_of(flows)) - min(f[3] for f in flows), rel=1e-6)
    alone = np.array([START + f[2] / RATE for f in flows])
    assert p.flows.alone.max == pytest.approx(alone.max(), rel=1e-12)
    assert p.flows.slowdown.mean == pytest.approx((took / alone).mean(), rel=1e-6)
    assert all(p.time >= b.seconds * (1 - 1e-9) for b in p.bounds)


def test_one_flow_and_two_that_meet(tmp_path: Path) -> None:
    _, [p] = asked(tmp_path, POD, 'flows(trace = "t.csv");', t="size [GB],begin [s],dst,src\n9,0,1,0\n9,5 ms,1,2\n")
    assert p.flows is not None
    first, second = 15e-3 + START, 20e-3 + START - 5e-3  # alone for 5 ms, then half the receiver each, then alone again
    assert p.flows.completion.max == pytest.approx(first, rel=1e-9)
    assert p.time == pytest.approx(5e-3 + second, rel=1e-9)
    assert {b.name: b.seconds for b in p.bounds}["load"] == pytest.approx(20e-3 + START, rel=1e-9)
    assert p.gap == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("pattern", ["uniform", "permutation", "incast"])
@pytest.mark.parametrize("routing", ["ecmp", "hashed", "up_down", "least_latency", "valiant"])
def test_arrivals_stay_above_their_bounds(tmp_path: Path, pattern: str, routing: str) -> None:
    session, found = asked(tmp_path, TAPER, f"arrivals(load = each [0.1, 0.7], size = 1 MiB, count = 300, pattern = {pattern}, "
                                            f"routing = {routing}, distribution = exponential, seed = 3);")
    assert not session.diagnostics.items, session.report()
    for p in found:
        assert p.time is not None
        assert stats(p).slowdown.p50 >= 1
        assert all(p.time >= b.seconds * (1 - 1e-9) for b in p.bounds)
        assert all(0 <= (t.utilisation or 0) <= 1 for t in p.tiers)
    assert stats(found[0]).slowdown.mean < stats(found[1]).slowdown.mean


def test_a_light_load_is_carried_and_a_heavy_one_is_not(tmp_path: Path) -> None:
    _, [light, heavy] = asked(tmp_path, TAPER, "arrivals(load = each [0.2, 2], size = 64 KiB, count = 1000);")
    assert stats(light).offered == pytest.approx(0.2 * 200e9)
    assert stats(light).throughput == pytest.approx(stats(light).offered, rel=0.1)
    assert (stats(heavy).throughput or 0) < 0.5 * (stats(heavy).offered or 0)


def word(seed: int, number: int, stream: int) -> int:
    """53 bits of SplitMix64, in whole numbers."""
    def mixed(x: int) -> int:
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ x >> 27) * 0x94D049BB133111EB % 2**64
        return x ^ x >> 31

    golden = 0x9E3779B97F4A7C15
    key = mixed((mixed(seed) + number * golden) % 2**64)
    return mixed((key + (stream + 1) * golden) % 2**64) >> 11


def test_numbers_depend_on_the_seed_and_their_place_alone() -> None:
    assert uniform_numbers(7, 3, 0).tolist() == uniform_numbers(7, 1000, 0)[:3].tolist()
    assert uniform_numbers(7, 40, 1).tolist() == [word(7 ^ 0x41525256, k, 1) * 2.0**-53 for k in range(40)]
    assert abs(uniform_numbers(1, 100_000, 2).mean() - 0.5) < 5e-3
    x = [uniform_numbers(1, 20_000, k) for k in range(4)]
    assert abs(np.corrcoef(x) - np.eye(4)).max() < 0.03


def test_arrivals_are_poisson_at_the_load_asked_for() -> None:
    rates = np.array([1e9, 1e9, 2e9, 4e9])
    got = arrivals(rates, rates, 0.5, 1e6, 40_000, 5, "uniform", "exponential")
    gaps = np.diff(got.begin)
    assert gaps.mean() == pytest.approx(1e6 / 4e9, rel=0.02)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.03)
    assert got.size.mean() == pytest.approx(1e6, rel=0.02)
    assert np.bincount(got.src) / 40_000 == pytest.approx(rates / 8e9, abs=0.01)
    assert (got.src != got.dst).all()
    assert (np.unique(got.dst, return_counts=True)[1] > 5000).all()
    to_one = arrivals(rates, rates, 0.5, 1e6, 1000, 5, "incast", "fixed", 2)
    assert set(to_one.dst) == {2}
    assert 2 not in to_one.src
    same = arrivals(rates, rates, 0.5, 1e6, 1000, 5, "permutation")
    assert len({(int(s), int(t)) for s, t in zip(same.src, same.dst)}) == 4


@pytest.mark.parametrize(("csv", "words"), [
    ("", "the file is empty"),
    ("src,dst,size\n", "line 1: the column `begin` is missing"),
    ("src,dst,size,begin,begin\n", "line 1, column 5: the column `begin` is there twice"),
    ("src,dst,size [s],start\n", "line 1, column 4: `start` is no column"),
    ("src,dst,size [foo],begin\n", "line 1, column 3: `foo` is no unit of `size`"),
    ("src,dst,size,begin\n", "the file lists no flow"),
    ("src,dst,size,begin\n0,1,1 MB\n", "line 2: the line has 3 cells, the first has 4"),
    ("src,dst,size,begin\n0,9,1 MB,0 s\n", "line 2, column 2: there is no rank 9; there are 6, from 0 to 5"),
    ("src,dst,size,begin\n0,gpu[7],1 MB,0 s\n", "line 2, column 2: index 7 of `gpu[7]` is outside 0 to 5"),
    ("src,dst,size,begin\n0,gpu,1 MB,0 s\n", "line 2, column 2: `gpu` has 0 indices; one `gpu` has 1"),
    ("src,dst,size,begin\ncpu[1],0,1 MB,0 s\n", "line 2, column 1: `cpu[1]` is no part on this network"),
    ("src,dst,size,begin\nsw,0,1 MB,0 s\n", "line 2, column 1: `sw` is not among the endpoints"),
    ("src,dst,size,begin\n-1,0,1 MB,0 s\n", "line 2, column 1: `-1` is neither a rank nor a path"),
    ("src,dst,size,begin\n1,gpu[1],1 MB,0 s\n", "line 2, column 2: the flow ends where it begins"),
    ("src,dst,size,begin\n\n1,0,5,0 s\n", "line 3, column 3: `5` has no unit: write `1 MiB`"),
    ("src,dst,size,begin\n1,0,5 s,0 s\n", "line 2, column 3: `s` is no unit of information"),
    ("src,dst,size,begin\n1,0,nan,0 s\n", "line 2, column 3: `nan` is no amount"),
    ("src,dst,size,begin\n1,0,0 B,0 s\n", "line 2, column 3: a flow has a size above zero"),
    ("src,dst,size,begin\n1,0,1 B,-1 s\n", "line 2, column 4: `-1 s` is before the beginning of time"),
    ("src,dst,size,begin\n1,0,1 B,\n", "line 2, column 4: `` is no amount"),
])
def test_mistakes_in_a_list_of_flows(tmp_path: Path, csv: str, words: str) -> None:
    session, found = asked(tmp_path, POD, 'flows(trace = "t.csv");', t=csv)
    assert found == ()
    assert [d.code for d in session.diagnostics.items] == ["HW6014"]
    assert words in session.diagnostics.items[0].message


@pytest.mark.parametrize(("call", "code", "words"), [
    ('flows(trace = "nowhere.csv");', "HW6014", "`nowhere.csv` cannot be read"),
    ("flows();", "HW6002", "`trace` is the name of a CSV file"),
    ("flows(trace = 3);", "HW6002", "is the name of a CSV file beside the design, such as `trace = \"flows.csv\"`, not 3"),
    ("arrivals(size = 1 MiB);", "HW6002", "`load` is the part of their rate"),
    ("arrivals(load = 0, size = 1 MiB);", "HW6002", "`load` is the part of their rate"),
    ("arrivals(load = 0.5);", "HW6002", "`arrivals` needs `size`"),
    ("arrivals(load = 0.5, size = 0 B);", "HW6002", "`size` of arriving flows is above zero"),
    ("arrivals(load = 0.5, size = 1 B, count = 0);", "HW6002", "`count` is a whole number of at least 1"),
    ("arrivals(load = 0.5, size = 1 B, pattern = unform);", "HW6002", "has no pattern `unform`"),
    ("arrivals(load = 0.5, size = 1 B, pattern = incast, root = 6);", "HW6002", "`root` is a rank from 0 to 5, not 6"),
    ("arrivals(load = 0.5, size = 1 B, sharing = fluid);", "HW6002", "has no argument `sharing`"),
])
def test_mistakes_in_the_calls(tmp_path: Path, call: str, code: str, words: str) -> None:
    session, found = asked(tmp_path, POD, call)
    assert found == ()
    assert [d.code for d in session.diagnostics.items] == [code]
    assert words in session.diagnostics.items[0].message


def test_what_cannot_be_simulated_is_an_outcome(tmp_path: Path) -> None:
    call = "arrivals(load = 0.5, size = 1 MiB, count = 10);"
    session, [p] = asked(tmp_path, POD.replace("net = 900 GB/s", "net = unknown"), call)
    assert (p.outcome, session.diagnostics.items[0].code) == ("refused", "HW6009")
    session, [p] = asked(tmp_path, POD, "arrivals(load = 0.5, size = 1 MiB, count = 400000);")
    assert p.outcome == "refused"
    list_ = 'flows(trace = "t.csv");'
    apart = POD.replace("for i in 0..6", "for i in 0..5")
    session, [p] = asked(tmp_path, apart, list_, t="src,dst,size,begin\ngpu[0],gpu[5],1 MB,0 s\ngpu[0],gpu[1],1 MB,0 s\n")
    assert (p.outcome, p.unreachable, session.diagnostics.items[0].code) == ("unreachable", 1, "HW6008")
    session, [p] = asked(tmp_path, POD.replace("net = 900 GB/s", "net = unknown"), list_)
    assert p.outcome == "unknown"


def test_start_up_latency_is_that_of_each_way(tmp_path: Path) -> None:
    lines = "src,dst,size,begin\ngpu[0][0],gpu[0][1],1 B,0 s\ngpu[0][0],gpu[1][0],1 B,1 s\n"
    for routing in ("ecmp", "hashed", "least_latency"):
        _, [p] = asked(tmp_path, TAPER, f'flows(trace = "t.csv", routing = {routing});', t=lines)
        assert p.flows is not None
        near, far = 100e-9 * 2 + 300e-9, 100e-9 * 2 + 700e-9 * 2 + 300e-9 * 2 + 500e-9
        bit = 8 / (100e9 if routing == "hashed" else 200e9)
        assert p.flows.completion.p50 * 2 == pytest.approx(near + far + 2 * bit, rel=1e-9)
        assert p.latency == pytest.approx(far, rel=1e-9)


def test_an_interruption_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hwdsl.perf.study.simulate as simulate

    done = completion_times
    calls = []

    def second_time(*args: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return done(*args)

    monkeypatch.setattr(simulate, "completion_times", second_time)
    (tmp_path / "d.hw").write_text(POD + "study s { arrivals(load = each [0.1, 0.2], size = 1 MiB, count = 20); }")
    session = Session(cache_dir=None)
    design = session.open(str(tmp_path / "d.hw"))
    assert design is not None
    [result], whole = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert (whole, result.stopped, len(result.predictions)) == (False, "interrupted", 1)


def test_no_line_of_time_against_size() -> None:
    """The whole of the flows is no message whose time could be read off for other sizes."""
    from hwdsl.backends.charts.study import study_pictures

    names = []
    for call in ("arrivals(load = 0.5, size = 1 MiB, count = 20);", "incast(size = 1 MiB);"):
        session = Session(cache_dir=None)
        design = session.open_text(POD + f"study s {{ {call} }}")
        assert design is not None, session.report()
        results, _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
        names.append({name.split("-")[0] for name in study_pictures(design, results, session.diagnostics)})
    assert "times" not in names[0]
    assert "tiers" in names[0]
    assert "times" in names[1]
