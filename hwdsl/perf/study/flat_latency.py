"""Start-up latency on the flat arrays, where links or relays differ in latency."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.perf.study.latency import NONE, Assumed, Latency, by_hops, link_latency, relay_latency, storing
from hwdsl.perf.study.view import View
from hwdsl.query.quotient import Refused

MISSING = 1e-18
"""Added for a missing figure, so that of two equal sums the one with more missing is the greater; far below any latency."""


def startup(view: View, f: Any, flows: Any, hops: int, assumed: Assumed) -> Latency:
    """The latency of the slowest flow, of at most `hops` hops. `flows` has `src` and `dst` (and may be `uniform`)."""
    try:
        return by_hops(view, assumed, hops)
    except Refused:
        return worst(view, f, flows, assumed)


def worst(view: View, f: Any, traffic: Any, assumed: Assumed) -> Latency:
    """The greatest latency over the minimal paths of some traffic; missing figures are those of the path found."""
    link, missing = arc_figures(view, f, assumed)
    stored = stored_figures(view, f, assumed)
    relays, without = vertex_figures(view, f, assumed)
    n = f.vertex_count
    ends = f.endpoints
    best, best_missing = 0.0, 0
    uniform = getattr(traffic, "uniform", False)
    for t in range(len(ends)) if uniform else np.unique(traffic.dst).tolist():
        hop, cost, lacking = _towards(f, int(ends[t]), link, missing, stored, relays, without, n)
        sources = ends if uniform else ends[traffic.src[traffic.dst == t]]
        sources = sources[hop[sources] > 0]
        if len(sources):
            k = sources[int(np.argmax(cost[sources]))]
            if cost[k] > best:
                best, best_missing = float(cost[k]), int(lacking[k])
    if not best:
        return NONE
    return Latency(Fraction(best - best_missing * MISSING).limit_denominator(10**15), best_missing)


def _towards(f: Any, t: int, link: Any, missing: Any, stored: Any, relays: Any, without: Any, n: int) -> tuple[Any, Any, Any]:
    """(hops, greatest cost over minimal paths, missing figures of that path) of every vertex towards t; hops -1: no path."""
    hop = np.full(n, -1, dtype=np.int64)
    cost, lacking = np.zeros(n), np.zeros(n, dtype=np.int64)
    hop[t] = 0
    level = 0
    while True:
        into = (hop[f.head] == level) & (f.relay[f.head] | (f.head == t)) & ((hop[f.tail] < 0) | (hop[f.tail] == level + 1))
        arcs = np.flatnonzero(into)
        if not len(arcs):
            return hop, cost, lacking
        head, tail = f.head[arcs], f.tail[arcs]
        passing = head != t
        way = cost[head] + link[arcs] + np.where(passing, relays[head] + stored[arcs], 0.0)
        lack = lacking[head] + missing[arcs] + np.where(passing, without[head], 0)
        order = np.lexsort((way, tail))
        last = np.append(np.flatnonzero(np.diff(tail[order])), len(order) - 1)
        chosen = order[last]
        hop[tail[chosen]] = level + 1
        cost[tail[chosen]], lacking[tail[chosen]] = way[chosen], lack[chosen]
        level += 1


def arc_figures(view: View, f: Any, assumed: Assumed) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """(s, figures missing) of every directed link; a missing figure counts MISSING."""
    found = {a.number: link_latency(a, assumed) for a in view.net.arcs}
    size = max(found, default=0) + 1
    link, missing = np.zeros(size), np.zeros(size, dtype=np.int64)
    for number, way in found.items():
        link[number], missing[number] = float(way.seconds) + way.missing * MISSING, way.missing
    return link[f.rule], missing[f.rule]


def stored_figures(view: View, f: Any, assumed: Assumed) -> npt.NDArray[np.float64]:
    """s that a relay waits for a whole packet over every directed link."""
    found = {a.number: float(storing(a, assumed).seconds) for a in view.net.arcs}
    stored = np.zeros(max(found, default=0) + 1)
    for number, waits in found.items():
        stored[number] = waits
    out: npt.NDArray[np.float64] = stored[f.rule]
    return out


def vertex_figures(view: View, f: Any, assumed: Assumed) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """(s, figures missing) of passing every vertex."""
    through, without = np.zeros(f.vertex_count), np.zeros(f.vertex_count, dtype=np.int64)
    for path, base in f.vertices.base.items():
        way = relay_latency(view.root.at(path), assumed)
        count = int(np.prod(f.vertices.shape[path], dtype=np.int64))
        through[base: base + count] = float(way.seconds) + way.missing * MISSING
        without[base: base + count] = way.missing
    return through, without
