"""P7 and P9: max-min fair rates and flow-level simulation, on random flows over a two-level Clos with hashed paths."""

from __future__ import annotations

from functools import partial
from time import process_time
from typing import Any

import numpy as np

from benchmarks.network.measure import median, verdict
from hwdsl.perf.rates import completion_times, fair, fair_rates
from hwdsl.perf.rates import simulation as simulation_of


def clos_flows(flows: int, hosts: int, leaf: int, spines: int, seed: int) -> tuple[Any, Any, Any]:
    """(capacity, start, arc) of flows between random hosts, each hashed over one spine; 2:1 tapered."""
    rng = np.random.default_rng(seed)
    leaves = hosts // leaf
    a = rng.integers(0, hosts, flows)
    b = (a + rng.integers(1, hosts, flows)) % hosts
    spine = rng.integers(0, spines, flows)
    up = 2 * hosts + (a // leaf) * spines + spine
    down = 2 * hosts + leaves * spines + (b // leaf) * spines + spine
    arc = np.stack([a, up, down, hosts + b], axis=1)
    near = (a // leaf) == (b // leaf)
    arc[near, 1:3] = -1
    length = np.where(near, 2, 4)
    start = np.concatenate([[0], np.cumsum(length)])
    capacity = np.concatenate([np.full(2 * hosts, 50.0), np.full(2 * leaves * spines, 25.0 * leaf / spines)])
    return capacity, start, arc.reshape(-1)[arc.reshape(-1) >= 0]


def sweeps(quick: bool) -> None:
    """Print P7: one solve as a multiple of one pass over its path-links."""
    flows = 250_000 if quick else 2_500_000
    capacity, start, arc = clos_flows(flows, 16_384, 32, 64, seed=0)
    weights = np.ones(len(arc))
    fair_rates(*clos_flows(20_000, 1024, 32, 64, seed=1))
    sweep = median(lambda: np.bincount(arc, weights=weights, minlength=len(capacity)), 5)
    solve = median(lambda: fair_rates(capacity, start, arc), 3)
    full = fair_rates(capacity, start, arc).full
    print(f"P7  max-min fair rates of {flows:,} random flows, {len(arc):,} path-links, {full:,} bottlenecks: {solve:.2f} s, "
          f"{solve / sweep:.0f} sweeps (one bincount {sweep * 1e3:.0f} ms; target <= 10: {verdict(solve <= 10 * sweep)})")


def resolving_anew(capacity: Any, start: Any, arc: Any, size: Any, begin: Any) -> tuple[Any, float]:
    """Completion times with all rates solved anew at every event by the same compiled filling, over the links in use only; and
    the CPU seconds of the solutions alone, without the bookkeeping between them."""
    flows, spent = len(size), 0.0
    rest, finish = size.copy(), np.full(flows, np.inf)
    order = np.argsort(begin, kind="stable")
    coming, now = 0, 0.0
    running = np.zeros(0, dtype=np.int64)
    while coming < flows or len(running):
        rate = np.zeros(0)
        if len(running):
            lengths = start[running + 1] - start[running]
            links, over = np.unique(np.concatenate([arc[start[f]:start[f + 1]] for f in running.tolist()]), return_inverse=True)
            offsets, limits = np.concatenate([[0], np.cumsum(lengths)]), capacity[links]
            before = process_time()
            rate = fair_rates(limits, offsets, over).rate
            spent += process_time() - before
        end = float((now + rest[running] / rate).min()) if len(running) else np.inf
        following = float(begin[order[coming]]) if coming < flows else np.inf
        then = min(end, following)
        rest[running] -= rate * (then - now)
        now = then
        over_now = rest[running] <= 1e-12 * size[running]
        finish[running[over_now]] = now
        running = running[~over_now]
        while coming < flows and begin[order[coming]] <= now:
            running = np.append(running, order[coming])
            coming += 1
    return finish, spent


def simulation(quick: bool) -> None:
    """Print P9: incremental against full solutions, about a thousand flows active at a time."""
    flows = 3_000 if quick else 8_000
    rng = np.random.default_rng(7)
    fair.SMALL = simulation_of.SMALL = 0  # compiled on both sides, however small
    for label, hosts, at_once in (("a saturated Clos of 1,024 hosts", 1024, 380), ("a Clos of 16,384 hosts", 16_384, 1000)):
        capacity, start, arc = clos_flows(flows, hosts, 32, 32, seed=2)
        size = rng.uniform(10, 100, flows)
        alone = float(size.mean()) / 40
        begin = np.sort(rng.uniform(0, alone * flows / at_once, flows))
        completion_times(capacity, start, arc, size, begin)
        ours = median(partial(completion_times, capacity, start, arc, size, begin), 3)
        found = completion_times(capacity, start, arc, size, begin)
        anew, theirs = resolving_anew(capacity, start, arc, size, begin)
        active = float((anew - begin).sum() / (anew.max() - begin.min()))
        apart = float(np.max(np.abs(found.finish - anew) / anew))
        print(f"P9  {flows:,} flows on {label}, {active:.0f} active on average: {ours * 1e6 / found.events:.0f} us an event, "
              f"{theirs / ours:.0f}x a full solution at every event (target >= 50: {verdict(theirs >= 50 * ours)}); times agree "
              f"to {apart:.0e} (target 1e-12: {verdict(apart <= 1e-12)})")
