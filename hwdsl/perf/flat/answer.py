"""What a computation of loads answers."""

from __future__ import annotations

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.sweep import Swept


class FlatLoads:
    """Loads of a traffic on a fabric.

    load         float64[A]  flow on each directed arc
    method       "orbits", "brute force", ...: how they were found; `reason` why not more cleverly
    cost         steps visited
    unreachable  pairs with traffic but no path
    histogram    hops -> pairs; empty where a model does not tell pairs apart
    carried      weight of the traffic that has a path
    routing      the routing model
    """

    def __init__(self, load: Floats, method: str, cost: int, unreachable: int, histogram: dict[int, int], carried: float,
                 routing: str, reason: str = "") -> None:
        self.load = load
        self.method = method
        self.cost = cost
        self.unreachable = unreachable
        self.histogram = histogram
        self.carried = carried
        self.routing = routing
        self.reason = reason

    @property
    def mean_hops(self) -> float:
        """Hops of a unit of traffic, on average over what has a path; nan if nothing has."""
        return float(self.load.sum()) / self.carried if self.carried else float("nan")

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


def answer(f: Fabric, swept: Swept, method: str, routing: str, reason: str = "") -> FlatLoads:
    """Loads of arcs from flows of bundles."""
    histogram = {h: round(n) for h, n in sorted(swept.histogram.items())}
    return FlatLoads(f.bundles.spread(swept.flow), method, swept.visits, round(swept.unreachable), histogram, swept.carried,
                     routing, reason)
