"""Paths of single flows under every routing model, and the loads of those models that decide flow by flow."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.perf.flat.dimension import dimension_order_paths
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.hashing import hashed_paths
from hwdsl.perf.flat.models import PLAIN, ROUTINGS, Options, Unroutable, shortest_path_graph
from hwdsl.perf.flat.paths import Paths, fluid_paths
from hwdsl.perf.flat.run import Progress
from hwdsl.perf.flat.static import static_paths
from hwdsl.perf.flat.sweep import Swept
from hwdsl.perf.flat.traffic import Traffic
from hwdsl.perf.flat.valiant import valiant_paths
from hwdsl.query.flat import Ints

CHUNK = 500_000
"""Flows whose paths are held at once when only their loads are asked for."""


def route(f: Fabric, src: Any, dst: Any, routing: str = "ecmp", seed: int = 0, *, number: Any = None,
          options: Options = PLAIN, budget: int = 2 * 1024**3, progress: Progress | None = None) -> Paths:
    """Path-links of flows between endpoints (their numbers 0 .. E).

    number  tells flows apart where a path is drawn ("hashed", "valiant"); None: their position in the list
    Raises Unroutable where the model does not apply ("adaptive" has no paths, only loads), OverBudget.
    """
    s, t = np.asarray(src, dtype=np.int64).reshape(-1), np.asarray(dst, dtype=np.int64).reshape(-1)
    Traffic(s, t).check(len(f.endpoints))
    numbers = np.arange(len(s)) if number is None else np.asarray(number, dtype=np.int64)
    return routed(f, s, t, numbers, routing, seed, options, budget, progress)


def routed(f: Fabric, s: Ints, t: Ints, number: Ints, routing: str, seed: int, options: Options, budget: int,
           progress: Progress | None) -> Paths:
    """`route` for checked arrays."""
    graph = shortest_path_graph(f, routing, options)
    src, dst = f.endpoints[s], f.endpoints[t]
    if graph is not None:
        return fluid_paths(f, graph, src, dst, budget, progress)
    if routing == "hashed":
        return hashed_paths(f, src, dst, number, seed, progress)
    if routing == "static":
        return static_paths(f, s, t, options)
    if routing == "dimension_order":
        return dimension_order_paths(f, src, dst, options, budget)
    if routing == "valiant":
        return valiant_paths(f, src, dst, number, seed, options, budget, progress)
    if routing == "adaptive":
        raise Unroutable("the fluid optimum is a bound on loads; it gives no paths of single flows")
    if routing == "local_global_local":
        raise Unroutable("the hierarchical routing of a dragonfly is answered symbolically alone, for uniform all-to-all")
    raise Unroutable(f"there is no routing model `{routing}`; there are {', '.join(ROUTINGS)}")


def loads_by_paths(f: Fabric, traffic: Traffic, routing: str, seed: int, options: Options, budget: int,
                   progress: Progress | None = None) -> tuple[Any, Swept]:
    """(load of every arc, what was counted) of models that decide flow by flow. Flow numbers: `source * E + destination` if
    uniform, else the position in the list."""
    e = len(f.endpoints)
    load, counted = np.zeros(f.arc_count), Swept(0)
    total = e * e if traffic.uniform else len(traffic.src)
    for first in range(0, total, CHUNK):
        last = min(total, first + CHUNK)
        number = np.arange(first, last)
        if traffic.uniform:  # by destination: a chunk has few of them
            t, s = np.divmod(number, e)
            number, weight = s * e + t, np.ones(last - first)
        else:
            s, t, weight = traffic.src[first:last], traffic.dst[first:last], traffic.weight[first:last]
        moves = (s != t) & (weight > 0)
        s, t, number, weight = s[moves], t[moves], number[moves], weight[moves]
        paths = routed(f, s, t, number, routing, seed, options, budget, progress)
        load += paths.load(f.arc_count, weight)
        counted.count(paths.hops, np.ones(len(s)))
        counted.carried += float(weight[paths.hops >= 0].sum())
        counted.visits += len(paths.arc)
        if progress is not None and last < total:
            progress(f"{last:,} of {total:,} flows")
    return load, counted
