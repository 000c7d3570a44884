"""The path of least latency between two endpoints, hop by hop. What is not published makes the sum a lower bound."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np

from hwdsl.node import Record
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.models import PLAIN, Unroutable, shortest_path_graph
from hwdsl.perf.flat.sweep import FAR, Downhill


class Piece(Record):
    """A link (`tail -> head`) or a vertex passed on the way, and its latency in s, None if it is not published."""

    name: str
    kind: str
    latency: float | None


class LeastPath(Record):
    """The pieces of a path in order; `latency` the sum in s of those known, `missing` how many are not."""

    pieces: tuple[Piece, ...]
    hops: int
    latency: float
    missing: int


def least_path(f: Fabric, s: int, t: int, routing: str = "ecmp") -> LeastPath | None:
    """Of the paths between two vertices that a shortest-path model uses ("ecmp", "least_latency", "up_down"), the one with the
    least published latency; of equal ones that with the fewest unpublished pieces, then the first by arc numbers. None: no path.

    Raises Unroutable ("least_latency" where a latency is unpublished; any model that has no shortest paths).
    """
    g = hop_graph(f) if routing == "ecmp" else shortest_path_graph(f, routing, PLAIN)
    if g is None:
        raise Unroutable(f"`{routing}` is no model of shortest paths")
    downhill = Downhill(g, np.array([t]))
    if downhill.distance[0, s] >= FAR:
        return None
    down = downhill.down[0]
    heap: list[tuple[float, int, tuple[int, ...], int]] = [(0.0, 0, (), s)]
    done: set[int] = set()
    while heap:
        cost, missing, arcs, state = heappop(heap)
        v = state % g.vertices
        if v == t:
            return _told(f, arcs, cost, missing)
        if state in done:
            continue
        done.add(state)
        inside = float(f.through[v]) if arcs else 0.0
        for step in range(int(g.start[state]), int(g.start[state + 1])):
            if not down[step]:
                continue
            b = int(g.bundle[step])
            first = int(f.bundles.first[b])
            row = f.latency[first: first + int(f.bundles.width[b])]
            a = first + (0 if np.isnan(row).all() else int(np.nanargmin(row)))
            known = [x for x in (inside, float(f.latency[a])) if not np.isnan(x)]
            heappush(heap, (cost + sum(known), missing + 2 - len(known), (*arcs, a), int(g.head[step])))
    return None


def _told(f: Fabric, arcs: tuple[int, ...], cost: float, missing: int) -> LeastPath:
    pieces: list[Piece] = []
    for k, a in enumerate(arcs):
        if k:
            v = int(f.tail[a])
            pieces.append(Piece(f.vertex_name(v), "vertex", _figure(float(f.through[v]))))
        pieces.append(Piece(f.arc_name(a), "link", _figure(float(f.latency[a]))))
    return LeastPath(tuple(pieces), len(arcs), cost, missing)


def _figure(seconds: float) -> float | None:
    return None if np.isnan(seconds) else seconds
