"""Sweeps in plain numpy, many destinations at once: for small fabrics, where compiled loops would take longer to load.

One row a destination. Distances settle by rounds over all steps; flows move downhill one hop a round until all have arrived.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hwdsl.perf.flat.fabric import Floats
from hwdsl.perf.flat.graph import RoutedGraph
from hwdsl.perf.flat.traffic import Demand
from hwdsl.query.flat import Ints

CELLS = 500_000
"""Destinations times steps that one batch holds, in some ten arrays at once."""

CELL_BYTES = 100

FAR = np.int64(1) << 60


class Swept:
    """What sweeps add up: `flow` of each bundle, `histogram` hops -> pairs (weighted by scale), `unreachable` pairs,
    `carried` weight of the others, and `visits` of steps."""

    def __init__(self, bundles: int) -> None:
        self.flow = np.zeros(bundles)
        self.histogram: dict[int, float] = {}
        self.unreachable = 0.0
        self.carried = 0.0
        self.visits = 0

    def count(self, hops: Ints, scale: Floats) -> None:
        """Note pairs by hops (-1: unreachable)."""
        lost = hops < 0
        self.unreachable += float(scale[lost].sum())
        if (~lost).any():
            totals = np.bincount(hops[~lost], scale[~lost])
            for h in np.flatnonzero(totals).tolist():
                self.histogram[h] = self.histogram.get(h, 0.0) + float(totals[h])


class Downhill:
    """Distances and shares for a batch of destinations: `distance[k, state]` (FAR if unreachable), `down[k, step]` whether a step
    leads nearer, `ports[k, state]` how many ports do."""

    def __init__(self, g: RoutedGraph, dest: Ints) -> None:
        k = np.arange(len(dest))
        self.g, self.dest = g, dest
        vertex = g.head.astype(np.int64) % g.vertices
        arrives = vertex[None, :] == dest[:, None]
        may_enter = arrives | g.relay[g.head][None, :]
        cost = np.ones(g.steps, dtype=np.int64) if g.length is None else g.length
        step_cost = np.broadcast_to(cost, arrives.shape)
        if g.through is not None:
            step_cost = np.where(arrives, cost[None, :], (cost + g.through[g.head])[None, :])
        distance = np.full((len(dest), g.states), FAR)
        for c in range(g.copies):
            distance[k, dest + c * g.vertices] = 0
        rows = np.flatnonzero(np.diff(g.start))
        begins = g.start[rows]
        while g.steps:
            via = np.where(may_enter, distance[:, g.head] + step_cost, FAR)
            best = np.minimum(distance[:, rows], np.minimum.reduceat(via, begins, axis=1))
            if (best == distance[:, rows]).all():
                break
            distance[:, rows] = best
        self.distance = np.minimum(distance, FAR)
        near = self.distance[:, g.head]
        self.down = may_enter & (near < FAR) & (self.distance[:, g.tail] == near + step_cost)
        self.ports = np.zeros((len(dest), g.states))
        if g.steps:
            self.ports[:, rows] = np.add.reduceat(np.where(self.down, g.width[None, :], 0.0), begins, axis=1)

    def share(self) -> Floats:
        """The part of what is in a state that each step takes."""
        ports = self.ports[:, self.g.tail]
        out: Floats = np.where(self.down, self.g.width[None, :] / np.where(ports > 0, ports, 1.0), 0.0)
        return out


def batches(g: RoutedGraph, d: Demand) -> Iterator[tuple[int, int]]:
    """Ranges of destinations that fit one batch."""
    size = max(1, CELLS // max(1, g.steps + g.states))
    for first in range(0, len(d.dest), size):
        yield first, min(len(d.dest), first + size)


def sources(g: RoutedGraph, part: Demand) -> tuple[Floats, Ints, Ints]:
    """(weight waiting in every state by destination, row and state of each pair with weight)."""
    waiting = np.zeros((len(part.dest), g.states))
    if part.shared:
        waiting[:, part.src] = part.weight[None, :]
        waiting[np.arange(len(part.dest)), part.dest] = 0.0
        row, state = np.nonzero(waiting)
    else:
        row = np.repeat(np.arange(len(part.dest)), np.diff(part.start))
        state = part.src
        waiting[row, state] = part.weight
    return waiting, row, state


def sweep(g: RoutedGraph, d: Demand, bundles: int) -> Swept:
    """Flow of every bundle when all demand is routed."""
    out = Swept(bundles)
    heads, order = np.flatnonzero(np.diff(g.back_start)), g.back_step
    for first, last in batches(g, d):
        part = d.part(first, last)
        downhill = Downhill(g, part.dest)
        waiting, row, state = sources(g, part)
        reached = downhill.distance[row, state] < FAR
        share = downhill.share()
        waiting = np.where(downhill.distance < FAR, waiting, 0.0)
        flow = np.zeros((len(part.dest), g.steps))
        hops, hop = np.where(reached, 0, -1), 0
        here = waiting
        while here.any():
            moved = here[:, g.tail] * share
            flow += moved
            here = np.zeros_like(here)
            if g.steps:
                here[:, heads] = np.add.reduceat(moved[:, order], g.back_start[heads], axis=1)
            hop += 1
            out.visits += flow.size
        if g.length is None:
            hops[reached] = downhill.distance[row, state][reached]
        else:
            hops[reached] = _fewest(downhill, row, state)[reached]
        out.count(hops, part.scale[row])
        out.carried += float((waiting * part.scale[:, None]).sum())
        out.flow += np.bincount(g.bundle, (flow * part.scale[:, None]).sum(axis=0), bundles)
    return out


def _fewest(downhill: Downhill, row: Ints, state: Ints) -> Ints:
    """Hops of the path of fewest hops among the cheapest paths."""
    g = downhill.g
    hops = np.where(downhill.distance == 0, 0, FAR)
    rows = np.flatnonzero(np.diff(g.start))
    while True:
        via = np.where(downhill.down, hops[:, g.head] + 1, FAR)
        best = np.minimum(hops[:, rows], np.minimum.reduceat(via, g.start[rows], axis=1))
        if (best == hops[:, rows]).all():
            return np.where(hops < FAR, hops, -1)[row, state]
        hops[:, rows] = best
