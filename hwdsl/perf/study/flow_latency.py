"""Start-up latency of single flows along the paths they take."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.perf.flat import Fabric, Paths
from hwdsl.perf.study.flat_latency import MISSING, arc_figures, stored_figures, vertex_figures
from hwdsl.perf.study.latency import Assumed, by_hops
from hwdsl.perf.study.view import View
from hwdsl.query.quotient import Refused

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def flow_latency(view: View, f: Fabric, paths: Paths, dst: Ints, assumed: Assumed) -> tuple[Floats, Ints]:
    """(float64[F] s, int64[F] figures missing in it) of flows towards the vertices `dst`: the links and relays on the way, on the
    slowest of its ways where a flow is split."""
    try:
        return _by_hops(view, paths, assumed)
    except Refused:
        pass
    link, missing = arc_figures(view, f, assumed)
    relay, without = vertex_figures(view, f, assumed)
    flow = paths.flow
    passing = f.head[paths.arc] != dst[flow]
    cost = link[paths.arc] + np.where(passing, relay[f.head[paths.arc]] + stored_figures(view, f, assumed)[paths.arc], 0.0)
    lacking = missing[paths.arc] + np.where(passing, without[f.head[paths.arc]], 0)
    if bool((paths.share == 1).all()):
        count = len(dst)
        gone = np.bincount(flow, lacking, count).astype(np.int64)
        return np.maximum(np.bincount(flow, cost, count) - gone * MISSING, 0.0), gone
    cost, gone = _slowest_ways(f, paths, cost), _slowest_ways(f, paths, lacking.astype(np.float64)).astype(np.int64)
    return np.maximum(cost - gone * MISSING, 0.0), gone


def _by_hops(view: View, paths: Paths, assumed: Assumed) -> tuple[Floats, Ints]:
    """Raises Refused where links or relays are unlike."""
    kinds, of_flow = np.unique(paths.hops, return_inverse=True)
    found = [by_hops(view, assumed, max(0, h)) for h in kinds.tolist()]
    seconds = np.array([float(x.seconds) for x in found])[of_flow.reshape(-1)]
    return seconds, np.array([x.missing for x in found], dtype=np.int64)[of_flow.reshape(-1)]


def _slowest_ways(f: Fabric, paths: Paths, cost: Floats) -> Floats:
    """float64[F]: the greatest sum of costs along the path-links of each flow, none longer than the links it has."""
    flow, n = paths.flow, f.vertex_count
    places, at = np.unique(np.concatenate([flow * n + f.tail[paths.arc], flow * n + f.head[paths.arc]]), return_inverse=True)
    tail, head = at[: len(flow)], at[len(flow):]
    way = np.zeros(len(places))
    for _ in range(int(paths.hops.max(initial=0))):
        longer = way.copy()
        np.maximum.at(longer, head, way[tail] + cost)
        if np.array_equal(longer, way):
            break
        way = longer
    out = np.zeros(len(paths.hops))
    np.maximum.at(out, places // n, way)
    return out


def figures(view: View, f: Fabric, assumed: Assumed) -> tuple[Any, Any]:
    """(float64[A], float64[V]) s of every directed link and of passing every vertex, nan where no figure is known."""
    link, missing = arc_figures(view, f, assumed)
    relay, without = vertex_figures(view, f, assumed)
    return np.where(missing > 0, np.nan, link), np.where(without > 0, np.nan, relay)
