"""Loads of the arcs of a fabric under a traffic and a routing model.

Method and cost are part of the result. Small fabrics are swept in plain numpy; large ones by compiled kernels, one destination
after the other ("brute force"), or one destination of each verified orbit ("orbits").
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import RoutedGraph, hop_graph
from hwdsl.perf.flat.sweep import Swept, sweep
from hwdsl.perf.flat.traffic import Demand, Traffic, demand

Progress = Callable[[str], None]

SMALL = 20_000_000
"""Destinations times steps below which no compiled kernel is used: numpy takes about as long as loading one."""

HOP_BINS = 4096
"""Longest path that the histogram of a compiled sweep tells apart."""


class FlatLoads:
    """Loads of a traffic on a fabric.

    load         float64[A]  flow on each directed arc
    method       "orbits", "brute force", ...: how they were found; `reason` why not more cleverly
    cost         steps visited
    unreachable  pairs with traffic but no path
    histogram    hops -> pairs
    routing      the routing model
    """

    def __init__(self, load: Floats, method: str, cost: int, unreachable: int, histogram: dict[int, int], routing: str,
                 reason: str = "") -> None:
        self.load = load
        self.method = method
        self.cost = cost
        self.unreachable = unreachable
        self.histogram = histogram
        self.routing = routing
        self.reason = reason

    @property
    def mean_hops(self) -> float:
        """Mean over reachable pairs, nan if there are none."""
        pairs = sum(self.histogram.values())
        return sum(h * n for h, n in self.histogram.items()) / pairs if pairs else float("nan")

    def slowest(self, f: Fabric) -> tuple[int, float]:
        """(arc, s per unit of traffic in bit) of the arc that takes longest; (-1, 0) if no arc carries anything.

        An arc of rate zero that carries something takes forever; one of unpublished rate makes the answer nan.
        """
        used = np.flatnonzero(self.load > 0)
        if not len(used):
            return -1, 0.0
        with np.errstate(divide="ignore"):
            seconds = self.load[used] / f.capacity[used]
        k = int(np.argmax(seconds)) if not np.isnan(seconds).any() else int(np.flatnonzero(np.isnan(seconds))[0])
        return int(used[k]), float(seconds[k])


def run(g: RoutedGraph, d: Demand, bundles: int, progress: Progress | None = None) -> Swept:
    """Sweep by whichever way is faster."""
    if len(d.dest) * (g.steps + g.states) <= SMALL:
        return sweep(g, d, bundles)
    return compiled_sweep(g, d, bundles, progress)


def compiled_sweep(g: RoutedGraph, d: Demand, bundles: int, progress: Progress | None = None) -> Swept:
    """Sweep by compiled kernels, in slices so that progress can be told."""
    if progress is not None:
        progress("loading the compiled sweep (the first use on a machine compiles it, some seconds)")
    from hwdsl.perf.flat import kernels

    out = Swept(bundles)
    histogram = np.zeros(HOP_BINS + 1)
    size = max(1, 200_000_000 // max(1, g.steps))
    for first in range(0, len(d.dest), size):
        p = d.part(first, min(len(d.dest), first + size))
        common = (g.start, g.head, g.width, g.bundle, g.back_start, g.back_tail, g.back_step, g.relay)
        traffic = (g.vertices, g.copies, p.dest, p.shared, p.start, p.src, p.weight, p.scale, out.flow, histogram)
        if g.length is None:
            out.visits += kernels.sweep_hops(*common, *traffic)
        else:
            through = np.zeros(g.states, dtype=np.int64) if g.through is None else g.through
            out.visits += kernels.sweep_by_cost(*common, g.length, through, *traffic)
        if progress is not None and first + size < len(d.dest):
            progress(f"{first + size:,} of {len(d.dest):,} destinations")
    out.unreachable = float(histogram[-1])
    out.histogram = {h: float(histogram[h]) for h in np.flatnonzero(histogram[:-1]).tolist()}
    return out


def result(f: Fabric, swept: Swept, method: str, routing: str, reason: str = "") -> FlatLoads:
    """Loads of arcs from flows of bundles."""
    histogram = {h: round(n) for h, n in sorted(swept.histogram.items())}
    return FlatLoads(f.bundles.spread(swept.flow), method, swept.visits, round(swept.unreachable), histogram, routing, reason)


def loads(f: Fabric, traffic: Traffic, routing: str = "ecmp", *, progress: Progress | None = None) -> FlatLoads:
    """Loads of all arcs. Raises BadTraffic."""
    return result(f, run(hop_graph(f), demand(f, traffic), f.bundles.count, progress), "brute force", routing)
