"""Steps whose flows share links max-min fairly, against a simulation written out here."""

from __future__ import annotations

import numpy as np
import pytest
from studying import star

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
    assert (fluid.level, shared.level) == ("L0", "L2")
