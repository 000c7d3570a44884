"""Dimension-order routing: coordinates are corrected one after the other, each by shortest paths in its own line.

Traffic that corrects coordinate i goes from (destination's earlier coordinates, source's own, source's later ones) to the same
with the destination's own: every stage is equal-cost routing on the arcs of one dimension. Endpoints outside the array hang on
one of its vertices; their first and last hop come before and after.
"""

from __future__ import annotations

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import RoutedGraph
from hwdsl.perf.flat.models import Options, Unroutable
from hwdsl.perf.flat.paths import Paths, fluid_paths, one_after_the_other
from hwdsl.perf.flat.run import Progress, run
from hwdsl.perf.flat.sweep import Swept
from hwdsl.perf.flat.traffic import Traffic, by_destination
from hwdsl.query.flat import Ints, OverBudget


class Lattice:
    """An array of vertices with coordinates.

    at     int64[V, k]   coordinates, -1 outside
    size   values of each coordinate; `grid` the vertex at each point
    graph  one graph a dimension: its steps change that coordinate alone; `access` those that join the rest to the array
    home   int64[V]      the array's vertex that an endpoint is, or hangs on
    """

    def __init__(self, f: Fabric, options: Options) -> None:
        self.fabric = f
        self.at = coordinates(f) if options.coordinates is None else np.asarray(options.coordinates, dtype=np.int64)
        rank = self.at.shape[1]
        self.order = tuple(range(rank)) if options.order is None else options.order
        if sorted(self.order) != list(range(rank)):
            raise Unroutable(f"the order {self.order} does not name each of the {rank} coordinates once")
        inside = np.flatnonzero((self.at >= 0).all(axis=1))
        self.size = tuple(int(n) for n in self.at[inside].max(axis=0) + 1) if len(inside) else (0,) * rank
        self.grid = np.full(self.size, -1, dtype=np.int64)
        self.grid[tuple(self.at[inside].T)] = inside
        if not len(inside) or (self.grid < 0).any() or len(inside) != self.grid.size:
            raise Unroutable("the coordinates do not fill an array, one vertex at each point")
        self._split(f, inside)
        self.home = self._homes(f, inside)

    def _split(self, f: Fabric, inside: Ints) -> None:
        b = f.bundles
        tail, head = b.tail.astype(np.int64), b.head.astype(np.int64)
        within = np.zeros(f.vertex_count, dtype=bool)
        within[inside] = True
        both = within[tail] & within[head]
        differs = self.at[tail] != self.at[head]
        skew = np.flatnonzero(both & (differs.sum(axis=1) > 1))
        if len(skew):
            raise Unroutable(f"{len(skew)} bundles of links change several coordinates at once, the first is "
                             f"`{f.arc_name(int(b.first[skew[0]]))}`")
        self.graph = [_part(f, both & differs[:, d]) for d in range(len(self.size))]
        self.access = _part(f, within[tail] != within[head])
        self.within = within

    def _homes(self, f: Fabric, inside: Ints) -> Ints:
        home = np.full(f.vertex_count, -1, dtype=np.int64)
        home[inside] = inside
        for v in f.endpoints[~self.within[f.endpoints]].tolist():
            near = np.unique(f.head[f.start[v]: f.start[v + 1]])
            near = near[self.within[near]]
            if len(near) != 1:
                raise Unroutable(f"`{f.vertex_name(v)}` hangs on {len(near)} vertices of the array, not on one")
            home[v] = near[0]
        return home


def coordinates(f: Fabric) -> Ints:
    """Coordinates of the largest block of vertices that relay and are joined to each other. Raises Unroutable."""
    block, paths = f.vertices.block_of(np.arange(f.vertex_count))
    inner = np.unique(block[f.tail[(block[f.tail] == block[f.head]) & f.relay[f.tail]]])
    if not len(inner):
        raise Unroutable("no array of vertices that relay is joined within itself")
    largest = int(inner[np.argmax(np.bincount(block)[inner])])
    shape, base = f.vertices.shape[paths[largest]], f.vertices.base[paths[largest]]
    n = int(np.prod(shape))
    out = np.full((f.vertex_count, len(shape)), -1, dtype=np.int64)
    out[base: base + n] = np.stack(np.unravel_index(np.arange(n), shape), axis=1)
    return out


def _part(f: Fabric, which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> RoutedGraph:
    b, k = f.bundles, np.flatnonzero(which)
    return RoutedGraph(f.vertex_count, 1, b.tail[k], b.head[k], b.width[k], k, f.relay)


def dimension_order_paths(f: Fabric, src: Ints, dst: Ints, options: Options, budget: int) -> Paths:
    """Path-links of flows between vertices. Raises Unroutable, OverBudget."""
    lattice = Lattice(f, options)
    here, there = lattice.home[src], lattice.home[dst]
    parts = [fluid_paths(f, lattice.access, src, here, budget)]
    for d in lattice.order:
        point = lattice.at[here].copy()
        point[:, d] = lattice.at[there, d]
        after = lattice.grid[tuple(point.T)]
        parts.append(fluid_paths(f, lattice.graph[d], here, after, budget))
        here = after
    parts.append(fluid_paths(f, lattice.access, there, dst, budget))
    whole = one_after_the_other(parts)
    return whole if not (src == dst).any() else _stay(whole, src == dst)


def _stay(p: Paths, stays: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Paths:
    """Flows to their own source cross nothing."""
    keep = ~stays[p.flow]
    start = np.concatenate([[0], np.cumsum(np.bincount(p.flow[keep], minlength=len(p.hops)))]).astype(np.int64)
    return Paths(start, p.arc[keep], p.share[keep], np.where(stays, 0, p.hops))


def dimension_order_loads(f: Fabric, traffic: Traffic, options: Options, budget: int, progress: Progress | None = None) -> Swept:
    """Flow of every bundle. Pairs are not told apart: the histogram stays empty. Raises Unroutable, OverBudget."""
    lattice, bundles = Lattice(f, options), f.bundles.count
    out = Swept(bundles)
    for g, src, dst, weight in _stages(lattice, traffic, budget):
        swept = run(g, by_destination(src, dst, weight), bundles, progress)
        if swept.unreachable:
            raise Unroutable("a line of the array is not connected, so coordinates cannot be corrected one by one")
        out.flow += swept.flow
        out.visits += swept.visits
    ends = len(f.endpoints)
    out.carried = float(ends * (ends - 1)) if traffic.uniform else float(traffic.weight[traffic.src != traffic.dst].sum())
    return out


def _stages(lattice: Lattice, traffic: Traffic, budget: int) -> list[tuple[RoutedGraph, Ints, Ints, Floats]]:
    """(graph, sources, destinations, weights) of each stage."""
    f = lattice.fabric
    if not traffic.uniform:
        src, dst, weight = f.endpoints[traffic.src], f.endpoints[traffic.dst], traffic.weight
        moves = src != dst
        return _listed_stages(lattice, src[moves], dst[moves], weight[moves])
    n = lattice.grid.size
    needed = 80 * n * max(lattice.size)
    if needed > budget:
        raise OverBudget(needed, budget)
    outside = f.endpoints[~lattice.within[f.endpoints]]
    home, others = lattice.home[outside], np.full(len(outside), float(len(f.endpoints) - 1))
    out = [(lattice.access, outside, home, others)]
    count = np.zeros(lattice.size)
    np.add.at(count, tuple(lattice.at[lattice.home[f.endpoints]].T), 1.0)
    done: list[int] = []
    for d in lattice.order:
        later = [k for k in lattice.order if k not in done and k != d]
        out.append((lattice.graph[d], *_uniform_stage(lattice, count, tuple(done), d, tuple(later))))
        done.append(d)
    return [*out, (lattice.access, home, outside, others)]


def _uniform_stage(lattice: Lattice, count: Floats, done: tuple[int, ...], d: int,
                   later: tuple[int, ...]) -> tuple[Ints, Ints, Floats]:
    """Flows that correct coordinate d when every endpoint sends 1 to every other; `count` endpoints at each point."""
    axes = np.meshgrid(*[np.arange(n) for n in lattice.size], np.arange(lattice.size[d]), indexing="ij")
    point, target = [a.reshape(-1) for a in axes[:-1]], axes[-1].reshape(-1)
    after = list(point)
    after[d] = target
    senders = np.broadcast_to(count.sum(axis=done, keepdims=True), count.shape)[tuple(point)]
    receivers = np.broadcast_to(count.sum(axis=later, keepdims=True), count.shape)[tuple(after)]
    return lattice.grid[tuple(point)], lattice.grid[tuple(after)], senders * receivers


def _listed_stages(lattice: Lattice, src: Ints, dst: Ints, weight: Floats) -> list[tuple[RoutedGraph, Ints, Ints, Floats]]:
    here, there = lattice.home[src], lattice.home[dst]
    out = [(lattice.access, src, here, weight)]
    for d in lattice.order:
        point = lattice.at[here].copy()
        point[:, d] = lattice.at[there, d]
        after = lattice.grid[tuple(point.T)]
        out.append((lattice.graph[d], here, after, weight))
        here = after
    return [*out, (lattice.access, there, dst, weight)]
