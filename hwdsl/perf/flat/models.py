"""Routing models that are shortest paths on some graph: by latency, and up before down."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.node import Record
from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import RoutedGraph, hop_graph
from hwdsl.query.flat import Ints

TICK = 1e-15
"""Seconds of the unit in which latencies are compared: ties are exact in whole femtoseconds."""

ROUTINGS = ("ecmp", "hashed", "dimension_order", "valiant", "up_down", "least_latency", "static", "adaptive")


class Unroutable(Exception):
    """The routing model does not apply to this fabric; the reason is the message."""


class Options(Record):
    """What some routing models need to know.

    table        static: int64[V, E], the arc to take at a vertex towards an endpoint (its number 0 .. E), -1 none
    spread       static: what takes an arc of the table is split alike over it and those parallel to it
    tiers        up_down: int64[V], greater is further up; None: hops from the nearest endpoint
    coordinates  dimension_order: int64[V, k], -1 for vertices outside the array; None: those of the largest array that relays
    order        dimension_order: positions of the coordinates in the order they are corrected; None: from the first to the last
    via          valiant: "every" (fluid, over all intermediates) or "random" (one for each flow, by the seed)
    middle       valiant: vertices that serve as intermediates; None: the endpoints if they relay, else what they hang on
    latency      least_latency: float64[A] s of each arc, nan where unknown; None: that of the fabric. `through`: float64[V], the
                 same for passing a vertex
    """

    table: Any = None
    spread: bool = False
    tiers: Any = None
    coordinates: Any = None
    order: tuple[int, ...] | None = None
    via: str = "every"
    middle: Any = None
    latency: Any = None
    through: Any = None


PLAIN = Options()


def shortest_path_graph(f: Fabric, routing: str, options: Options) -> RoutedGraph | None:
    """The graph of a model that sends equally over all cheapest paths, None if the model is no such one. Raises Unroutable."""
    if routing == "ecmp":
        return hop_graph(f)
    if routing == "least_latency":
        return latency_graph(f, options)
    if routing == "up_down":
        return up_down_graph(f, tiers(f) if options.tiers is None else np.asarray(options.tiers, dtype=np.int64))
    return None


def latency_graph(f: Fabric, options: Options = PLAIN) -> RoutedGraph:
    """Steps cost the latency of their link, passing a vertex its own. Raises Unroutable if one is not published."""
    latency = f.latency if options.latency is None else options.latency
    through = f.through if options.through is None else options.through
    unknown = np.flatnonzero(np.isnan(latency))
    if len(unknown):
        raise Unroutable(f"the latency of {len(unknown)} directed links is not stated or not published, the first is "
                         f"`{f.arc_name(int(unknown[0]))}`")
    inner = np.flatnonzero(f.relay & np.isnan(through))
    if len(inner):
        raise Unroutable(f"the latency of {len(inner)} vertices that pass traffic on is not stated or not published, the first "
                         f"is `{f.vertex_name(int(inner[0]))}`")
    cost = np.maximum(1, ticks(latency))
    # parallel arcs of one bundle may differ in latency: bundles are told apart by it
    key = np.lexsort((cost, f.bundles.of_arc))
    fresh = np.ones(f.arc_count, dtype=bool)
    fresh[1:] = (np.diff(f.bundles.of_arc[key]) != 0) | (np.diff(cost[key]) != 0)
    first = np.flatnonzero(fresh)
    if len(first) != f.bundles.count:
        raise Unroutable("parallel links of one rate differ in latency")
    at = f.bundles.first
    b = f.bundles
    return RoutedGraph(f.vertex_count, 1, b.tail, b.head, b.width, np.arange(b.count, dtype=np.int64), f.relay, cost[at],
                       ticks(np.where(f.relay, through, 0.0)))


def ticks(seconds: Floats) -> Ints:
    """Whole femtoseconds."""
    return np.rint(seconds / TICK).astype(np.int64)


def tiers(f: Fabric) -> Ints:
    """Hops of every vertex from the nearest endpoint, -1 if it has none."""
    level = np.full(f.vertex_count, -1, dtype=np.int64)
    level[f.endpoints] = 0
    k = 0
    while True:
        fresh = np.unique(f.head[(level[f.tail] == k) & (level[f.head] < 0)])
        if not len(fresh):
            return level
        k += 1
        level[fresh] = k


def up_down_graph(f: Fabric, tier: Ints) -> RoutedGraph:
    """Two states a vertex: still going up, and going down. A path goes up (or nowhere), then down; within a tier the vertex of
    the lower number counts as the upper one."""
    b, n = f.bundles, f.vertex_count
    tail, head = b.tail.astype(np.int64), b.head.astype(np.int64)
    up = (tier[head] > tier[tail]) | ((tier[head] == tier[tail]) & (head < tail))
    number = np.arange(b.count, dtype=np.int64)
    down = ~up
    tails = np.concatenate([tail[up], tail[down], tail[down] + n])
    heads = np.concatenate([head[up], head[down] + n, head[down] + n])
    which = np.concatenate([number[up], number[down], number[down]])
    return RoutedGraph(n, 2, tails, heads, b.width[which], which, np.concatenate([f.relay, f.relay]))
