"""What routing models need to know of a study, and start-up latency along the ways they take."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from hwdsl.perf.flat import Fabric, Options, Paths, Unroutable, route
from hwdsl.perf.flat.models import TICK, latency_graph
from hwdsl.perf.flat.sweep import FAR, Downhill
from hwdsl.perf.study.flat_latency import startup
from hwdsl.perf.study.flow_latency import figures, flow_latency
from hwdsl.perf.study.latency import NONE, Assumed, Latency, by_hops
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.pattern import every_pair
from hwdsl.query.quotient import Refused

LISTED = 100_000
"""Flows whose ways are followed one by one for their latency."""
CELLS = 4_000_000
"""Destinations times links looked at together."""


def routing_options(view: View, routing: str, assumed: Assumed | None, table: str = "") -> Options:
    """Options of a routing model on the fabric of a view: the latencies that predictions count, and static routes.

    Raises OverBudget, Mistake.
    """
    if routing == "least_latency":
        latency, through = figures(view, view.fabric(), assumed or Assumed())
        return Options(latency=latency, through=through)
    if routing == "static":
        key = ("routes", table)
        if callable(view.memo[key]):
            view.memo[key] = view.memo[key]()
        found: Options = view.memo[key]
        return found
    return Options()


def routed_startup(view: View, f: Fabric, traffic: Any, routing: str, seed: int, options: Options, hops: int,
                   assumed: Assumed) -> Latency:
    """The latency of the slowest flow of some traffic, `hops` long at most, on the ways of a routing model."""
    if routing == "ecmp":
        return startup(view, f, traffic, hops, assumed)
    try:
        return by_hops(view, assumed, hops)
    except Refused:
        pass
    if routing == "least_latency":
        return _fastest(f, traffic, options)
    n = len(f.endpoints)
    count = n * (n - 1) if traffic.uniform else len(traffic.src)
    if count > LISTED:
        return startup(view, f, traffic, hops, assumed)
    flows = every_pair(n) if traffic.uniform else traffic
    try:
        paths = route(f, flows.src, flows.dst, routing, seed, options=options, budget=view.hooks.memory_budget)
    except Unroutable:  # loads alone
        return startup(view, f, traffic, hops, assumed)
    return slowest_way(view, f, paths, flows.dst, assumed)


def slowest_way(view: View, f: Fabric, paths: Paths, dst: Any, assumed: Assumed) -> Latency:
    """The latency of the slowest of some flows to the ranks `dst` along their paths."""
    lag, missing = flow_latency(view, f, paths, f.endpoints[dst], assumed)
    if not len(lag):
        return NONE
    k = int(np.argmax(lag + missing * 1e-18))
    return Latency(Fraction(float(lag[k])).limit_denominator(10**15), int(missing[k]))


def _fastest(f: Fabric, traffic: Any, options: Options) -> Latency:
    """The greatest of the least latencies of pairs that talk; every figure is known."""
    g = latency_graph(f, options)
    ends, best = f.endpoints, 0
    dest = ends if traffic.uniform else np.unique(ends[traffic.dst])
    size = max(1, CELLS // max(1, g.steps + g.states))
    for first in range(0, len(dest), size):
        some = dest[first: first + size]
        distance = Downhill(g, some).distance
        if traffic.uniform:
            own = distance[:, ends]
        else:
            place = np.searchsorted(some, ends[traffic.dst])
            mine = (place < len(some)) & (some[np.minimum(place, len(some) - 1)] == ends[traffic.dst])
            own = distance[place[mine], ends[traffic.src[mine]]]
        best = max(best, int(own[own < FAR].max(initial=0)))
    return Latency(Fraction(best) * Fraction(TICK).limit_denominator(10**15), 0)
