"""Adaptive routing at its best: the fluid optimum, as a linear program (HiGHS by way of scipy).

Whatever a routing algorithm does, the fullest link cannot be less full than here: the multi-commodity flow that minimises the
greatest load per capacity, over all paths, shortest or not. One commodity a destination. For uniform traffic destinations of one
verified orbit are alike, and so are the bundles of an orbit: by convexity some optimum is symmetric, so one destination of each
orbit and one capacity row of each orbit of bundles is enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.models import Unroutable
from hwdsl.perf.flat.orbits import orbits
from hwdsl.perf.flat.run import Progress
from hwdsl.perf.flat.sweep import FAR, Downhill, Swept, batches, sources
from hwdsl.perf.flat.traffic import Demand, Traffic, demand
from hwdsl.query.flat import Ints

VARIABLES = 60_000
"""Flow variables (destinations times bundles) of the largest program that is solved."""


ENDS = {1: "iteration limit", 2: "reported infeasible", 3: "reported unbounded", 4: "numerical difficulties"}
"""Why scipy's `linprog` returned without an optimum, by status."""


class Program:
    """The program in the form scipy takes: variables are the flows of each destination on each of its bundles, then the greatest
    load per capacity.

    commodity, bundle  of each flow variable; weight how often the destination counts
    """

    def __init__(self, f: Fabric, d: Demand, orbit: Ints) -> None:
        g, b = hop_graph(f), f.bundles
        self.unreachable, self.carried = 0.0, 0.0
        pieces: list[tuple[Ints, Ints, Floats, Floats]] = []
        for first, last in batches(g, d):
            part = d.part(first, last)
            downhill = Downhill(g, part.dest)
            waiting, row, state = sources(g, part)
            reached = downhill.distance < FAR
            self.unreachable += float(part.scale[row[~reached[row, state]]].sum())
            waiting = np.where(reached, waiting, 0.0)
            self.carried += float((waiting * part.scale[:, None]).sum())
            usable = reached[:, b.head] & ((b.head[None, :] == part.dest[:, None]) | f.relay[b.head][None, :])
            usable &= b.tail[None, :] != part.dest[:, None]
            usable &= f.relay[b.tail][None, :] | (waiting[:, b.tail] > 0)
            k, which = np.nonzero(usable)
            pieces.append((k + first, which, waiting, part.scale))
        self.commodity = np.concatenate([p[0] for p in pieces])
        self.bundle = np.concatenate([p[1] for p in pieces])
        self.waiting = np.concatenate([p[2] for p in pieces])
        self.weight = np.concatenate([p[3] for p in pieces])[self.commodity]
        self.dest, self.orbit, self.fabric = d.dest, orbit, f

    def solve(self) -> tuple[float, Floats]:
        """(greatest load per capacity, flow of every bundle). Raises Unroutable if no finite optimum exists."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        f, b, n = self.fabric, self.fabric.bundles, len(self.bundle)
        column, v = np.arange(n), f.vertex_count
        out_of = self.commodity * v + b.tail[self.bundle]
        into = self.commodity * v + b.head[self.bundle]
        ends = np.flatnonzero(b.head[self.bundle] != self.dest[self.commodity])
        rows = np.concatenate([out_of, into[ends]])
        values = np.concatenate([np.ones(n), -np.ones(len(ends))])
        used, compact = np.unique(rows, return_inverse=True)
        conserve = csr_array((values, (compact, np.concatenate([column, column[ends]]))), shape=(len(used), n + 1))
        some = f.capacity[f.capacity > 0]
        if not len(some):
            raise Unroutable("every link has a rate of zero")
        scale = float(np.sqrt(some.min() * some.max()))  # coefficients around 1, on whichever side
        members = np.bincount(self.orbit)
        first = np.unique(self.orbit, return_index=True)[1]
        room = f.bundles_capacity[first] * b.width[first] * members / scale
        rows = np.concatenate([self.orbit[self.bundle], np.arange(len(members))])
        limit = csr_array((np.concatenate([self.weight, -room]), (rows, np.concatenate([column, np.full(len(members), n)]))),
                          shape=(len(members), n + 1))
        cost = np.zeros(n + 1)
        cost[n] = 1.0
        done: Any = linprog(cost, limit, np.zeros(len(members)), conserve, self.waiting.reshape(-1)[used], method="highs")
        if done.status != 0:
            if done.status in (2, 4) and len(some) < f.arc_count:
                raise Unroutable("some flow has no way but over links of rate zero")
            raise Unroutable(f"HiGHS finds no solution of the linear program of the fluid optimum ({ENDS[done.status]})")
        total = np.bincount(self.orbit[self.bundle], self.weight * done.x[:n], len(members)) / members
        return float(done.x[n]) / scale, total[self.orbit]


def adaptive_loads(f: Fabric, traffic: Traffic, generators: Iterable[Ints] = (), progress: Progress | None = None) -> Swept:
    """Flow of every bundle in one optimum (there may be many; the greatest load per capacity is the same in all).

    Raises Unroutable if a capacity is not published, if a link of rate zero must be crossed, or above VARIABLES.
    """
    if np.isnan(f.capacity).any():
        first = int(np.flatnonzero(np.isnan(f.capacity))[0])
        raise Unroutable(f"the fluid optimum needs the rate of every link; that of `{f.arc_name(first)}` is not published")
    d, out = demand(f, traffic), Swept(f.bundles.count)
    orbit = np.arange(f.bundles.count)
    if traffic.uniform and len(d.dest):
        found = orbits(f, generators, progress)
        d, orbit = found.demand(f), found.bundle
    size = len(d.dest) * f.bundles.count
    if size > VARIABLES:
        raise Unroutable(f"the fluid optimum would be a linear program of {len(d.dest):,} destinations x {f.bundles.count:,} "
                         f"bundles of links; {VARIABLES:,} variables are the limit")
    if not len(d.dest):
        return out
    if progress is not None:
        progress(f"solving a linear program of {size:,} variables")
    program = Program(f, d, orbit)
    out.unreachable, out.carried, out.visits = program.unreachable, program.carried, size
    if len(program.bundle):
        _, out.flow = program.solve()
    return out
