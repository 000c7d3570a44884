"""Paths of flows: which arcs each flow uses and what share of it each arc carries, as one long list (path-links)."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import RoutedGraph
from hwdsl.perf.flat.run import LOADING, NARROW, SMALL, Progress
from hwdsl.perf.flat.sweep import CELLS, FAR, Downhill
from hwdsl.query.flat import Ints, OverBudget

LINK_BYTES = 64
"""Bytes that a path-link takes while paths are put together."""

FLOWS = 20_000
"""Flows above which their paths are worth a compiled kernel, however small the fabric."""


class Paths:
    """Path-links of flows.

    start  int64[F + 1]  the path-links of flow k are `start[k] .. start[k + 1]`, by arc number
    arc    int64[P]      the arc
    share  float64[P]    fraction of the flow on it
    hops   int64[F]      hops of its shortest path, 0 if it stays where it is, -1 if there is no path
    """

    def __init__(self, start: Ints, arc: Ints, share: Floats, hops: Ints) -> None:
        self.start, self.arc, self.share, self.hops = start, arc, share, hops

    @property
    def flow(self) -> Ints:
        """The flow of each path-link."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def load(self, arcs: int, weight: Floats) -> Floats:
        """Load of every arc when flow k sends `weight[k]`."""
        return np.bincount(self.arc, self.share * weight[self.flow], arcs).astype(np.float64)


def gathered(flows: int, flow: Ints, arc: Ints, share: Floats, hops: Ints, once: bool = False) -> Paths:
    """Path-links in any order, put by flow and arc; those of one flow and arc are added up (once: there are no such)."""
    arcs = int(arc.max()) + 1 if len(arc) else 1
    key = flow * arcs + arc
    order = np.argsort(key, kind=None if once else "stable")
    key, share = key[order], share[order]
    if not once:
        fresh = np.ones(len(key), dtype=bool)
        fresh[1:] = np.diff(key) != 0
        first = np.flatnonzero(fresh)
        if len(first) < len(key):
            key, share = key[first], np.add.reduceat(share, first)
    start = np.searchsorted(key, np.arange(flows + 1) * arcs).astype(np.int64)
    return Paths(start, key % arcs, share, hops)


def one_after_the_other(parts: list[Paths]) -> Paths:
    """Paths that follow each other; a flow with no way in one part has none at all."""
    flows = len(parts[0].hops)
    lost = np.zeros(flows, dtype=bool)
    for p in parts:
        lost |= p.hops < 0
    flow = np.concatenate([p.flow for p in parts])
    keep = ~lost[flow]
    hops = np.where(lost, -1, np.sum([p.hops for p in parts], axis=0))
    return gathered(flows, flow[keep], np.concatenate([p.arc for p in parts])[keep],
                    np.concatenate([p.share for p in parts])[keep], hops)


def fluid_paths(f: Fabric, g: RoutedGraph, src: Ints, dst: Ints, budget: int, progress: Progress | None = None) -> Paths:
    """Shares of flows between vertices under equal split over all cheapest paths. Raises OverBudget."""
    dest, row = np.unique(dst, return_inverse=True)
    if len(src) <= FLOWS and g.steps <= NARROW and len(dest) * (g.steps + g.states) <= SMALL:
        found = _fluid_numpy(g, src, dest, row, budget)
    else:
        found = _fluid_compiled(g, src, dest, row, budget, progress)
    flow, step, share, hops = found
    bundle = g.bundle[step]
    once = g.length is None and g.copies == 1  # every step is taken at one hop only
    if f.bundles.count == f.arc_count:
        return gathered(len(src), flow, bundle, share, hops, once)
    n = f.bundles.width[bundle].astype(np.int64)
    _afford(int(n.sum()), budget)
    offset = np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n)
    arc = np.repeat(f.bundles.first[bundle], n) + offset
    return gathered(len(src), np.repeat(flow, n), arc, np.repeat(share / n, n), hops, once)


def _afford(path_links: int, budget: int) -> None:
    if path_links * LINK_BYTES > budget:
        raise OverBudget(path_links * LINK_BYTES, budget)


def _fluid_numpy(g: RoutedGraph, src: Ints, dest: Ints, row: Ints, budget: int) -> tuple[Ints, Ints, Floats, Ints]:
    """(flow, step, share) of all path-links and the hops of every flow, many destinations at once."""
    hops = np.zeros(len(src), dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    links: list[tuple[Ints, Ints, Floats]] = [(none, none, np.zeros(0))]
    size, total = max(1, CELLS // max(1, g.steps + g.states)), 0
    by_dest = np.argsort(row, kind="stable")
    begin = np.searchsorted(row[by_dest], np.arange(len(dest) + 1))
    for first in range(0, len(dest), size):
        last = min(len(dest), first + size)
        flows = by_dest[begin[first]: begin[last]]
        downhill = Downhill(g, dest[first:last])
        share = downhill.share()
        at, where = row[flows] - first, src[flows]
        reached = downhill.distance[at, where] < FAR
        hops[flows] = np.where(reached, np.where(where == dest[row[flows]], 0, FAR), -1)
        flow, k, state, part = flows[reached], at[reached], where[reached], np.ones(int(reached.sum()))
        hop = 0
        while len(flow):
            n = g.start[state + 1] - g.start[state]
            step = np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n) + np.repeat(g.start[state], n)
            each = share[np.repeat(k, n), step]
            used = each > 0
            step, moved = step[used], (np.repeat(part, n) * each)[used]
            flow, k = np.repeat(flow, n)[used], np.repeat(k, n)[used]
            links.append((flow, step, moved))
            total += len(flow)
            _afford(total, budget)
            hop += 1
            state = g.head[step].astype(np.int64)
            arrived = state % g.vertices == dest[first + k]
            hops[flow[arrived]] = np.minimum(hops[flow[arrived]], hop)
            flow, k, state, part = _merged(g.states, flow[~arrived], k[~arrived], state[~arrived], moved[~arrived])
    flows, steps, shares = (np.concatenate(column) for column in zip(*links))
    return flows, steps, shares, hops


def _merged(states: int, flow: Ints, k: Ints, state: Ints, part: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """What of one flow is in one state, taken together."""
    _, first, same = np.unique(flow * states + state, return_index=True, return_inverse=True)
    return flow[first], k[first], state[first], np.bincount(same, part, len(first)).astype(np.float64)


def _fluid_compiled(g: RoutedGraph, src: Ints, dest: Ints, row: Ints, budget: int,
                    progress: Progress | None) -> tuple[Ints, Ints, Floats, Ints]:
    if progress is not None:
        progress(LOADING)
    from hwdsl.perf.flat.path_kernels import fluid

    order = np.argsort(row, kind="stable")
    begin = np.searchsorted(row[order], np.arange(len(dest) + 1)).astype(np.int64)
    none = np.zeros(0, dtype=np.int64)
    length: Any = none if g.length is None else g.length
    through = np.zeros(g.states, dtype=np.int64) if g.through is None else g.through
    limit = budget // LINK_BYTES
    count, step, share, reached = fluid(g.start, g.head, g.width, g.back_start, g.back_tail, g.back_step, g.back_width, g.relay,
                                        g.vertices, g.copies, length, through, dest, begin, src[order], limit)
    _afford(int(count.sum()), budget)
    hops = np.empty(len(src), dtype=np.int64)
    hops[order] = reached
    return np.repeat(order, count), step, share, hops
