"""Steps whose flows share links max-min fairly, against a simulation written out here."""

from __future__ import annotations

import numpy as np
import pytest
from studying import CLOS, STAR, TORUS, answers, star

from hwdsl.api import Session
from hwdsl.perf.study.default import data_planes
from hwdsl.perf.study.sharing import by_classes, flow_by_flow
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.pattern import UNIFORM
from hwdsl.source import NO_SPAN

RATE, START = 900e9, 500e-9


def finish(m: np.ndarray) -> float:
    """When the last of the flows of a matrix (bytes) ends on one switch: rates solved anew whenever a flow ends."""
    flows = [[i, j, float(m[i, j])] for i in range(len(m)) for j in range(len(m)) if i != j and m[i, j]]
    now = 0.0
    while flows:
        rates: dict[int, float] = {}
        room = {("out", k): RATE for k in range(len(m))} | {("in", k): RATE for k in range(len(m))}
        while len(rates) < len(flows):
            users = {p: [k for k, f in enumerate(flows) if k not in rates and f[0 if p[0] == "out" else 1] == p[1]] for p in room}
            fair, port = min((room[p] / len(u), p) for p, u in users.items() if u)
            for k in users[port]:
                rates[k] = fair
                room["out", int(flows[k][0])] -= fair
                room["in", int(flows[k][1])] -= fair
        step = min(f[2] / rates[k] for k, f in enumerate(flows))
        now += step
        flows = [[f[0], f[1], f[2] - rates[k] * step] for k, f in enumerate(flows) if f[2] - rates[k] * step > 1e-6 * f[2]]
    return now


@pytest.mark.parametrize("seed", range(8))
def test_matrices_against_a_simulation_written_out(seed: int) -> None:
    m = np.random.default_rng(seed).integers(0, 4, (5, 5)) * 10**6
    rows = [[int(x) for x in row] for row in m]
    fluid, shared = star(f"all_to_all_v(matrix = {rows}, sharing = each [fluid, max_min]);", 5)
    assert shared.time == pytest.approx(START + finish(m), rel=1e-9)
    assert fluid.time is not None
    assert shared.time is not None
    assert shared.time >= fluid.time * (1 - 1e-12)
    assert "max-min fairly" in shared.question.flows
    load = next(b for b in shared.bounds if b.name == "load")
    assert load.seconds == pytest.approx(fluid.transfer, rel=1e-12)


def test_fair_sharing_may_leave_a_link_idle() -> None:
    """Some of the matrices take longer than their busiest link: the gap shows it."""
    gaps = []
    for seed in range(8):
        m = np.random.default_rng(seed).integers(0, 4, (5, 5)) * 10**9
        [p] = star(f"all_to_all_v(matrix = {[[int(x) for x in row] for row in m]}, sharing = max_min);", 5)
        assert p.gap is not None
        gaps.append(p.gap)
    assert max(gaps) > 0.01


@pytest.mark.parametrize("algorithm", ["ring", "tree", "halving_doubling", "hierarchical", "direct"])
def test_collectives_of_like_flows_are_the_same_either_way(algorithm: str) -> None:
    fluid, shared = star(f"all_reduce(size = 1 MiB, algorithm = {algorithm}, sharing = each [fluid, max_min]);", 12)
    assert shared.time == pytest.approx(fluid.time, rel=1e-9)
    assert (fluid.level, shared.level) == ("L0", "L0" if algorithm == "direct" else "L2")


RINGS = STAR[: STAR.index("chip")] + """
chip Gpu { port x: Wire; port s: Wire; port t: Wire; relay = true; }
switch Sw { port p: Wire[8]; latency = 0 ns; }
system Pod {
    part gpu: Gpu[2][4];
    part sw: Sw;
    plane net {
        connect gpu[a][b].x <-> sw.p[4 * a + b]           for a in 0..2, b in 0..4;
        connect gpu[a][b].s <-> gpu[a][(b + 1) % 4].t     for a in 0..2, b in 0..4;
    }
}
design = Pod;
"""


@pytest.mark.parametrize("text", [
    STAR.replace("N]", "9]").replace("..N", "..9"), CLOS.replace("RATE", "100 Gb/s"), CLOS.replace("RATE", "1 Tb/s"),
    CLOS.replace("RATE", "30 Gb/s"), TORUS.replace("N", "3").replace("3ode", "Node"),
    TORUS.replace("N", "4").replace("4ode", "Node"), RINGS])
def test_classes_of_flows_end_when_the_flows_one_by_one_do(text: str) -> None:
    session = Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None, session.report()
    view = View(design.root, "net", next(p for _, p in data_planes(design.root)), None, session.hooks, NO_SPAN)
    flat = flow_by_flow(view, UNIFORM, "ecmp", 0, None, "", "")
    found = by_classes(view, UNIFORM, "ecmp", None)
    assert found.level == "L0"
    assert flat.slowest is not None
    assert float(found.slowest or 0) == pytest.approx(float(flat.slowest), rel=1e-9)


def test_a_network_with_far_and_near_pairs_takes_stages() -> None:
    """Flows within a leaf end first; what they leave does not help those that cross the thin links above."""
    [p] = answers(CLOS.replace("RATE", "30 Gb/s") + "study s { all_to_all(size = 1 GiB, sharing = max_min); }")
    assert (p.level, p.gap) == ("L0", pytest.approx(0.0, abs=1e-3))
    assert "2 stages" in p.method


def test_a_failure_is_followed_flow_by_flow() -> None:
    study = "study s { under failed spine[0] { all_to_all(size = 1 GiB, sharing = max_min); } }"
    [p] = answers(CLOS.replace("RATE", "100 Gb/s") + study)
    assert (p.level, p.reason) == ("L2", "flows are told apart by what is out of service or not chosen")
