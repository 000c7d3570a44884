"""The fabric as arrays: one directed arc a direction of a logical link, sorted by tail, parallel links side by side.

`load`, routing and rates are arrays over these arcs. A link written `->` has one arc and no way back. Names of vertices and arcs
are made when asked for, never kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.l0 import Path, Template, volume
from hwdsl.query.flat import Ints, LinkTable, Numbering

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Fabric:
    """Directed arcs of a logical network, as arrays.

    start       int64[V + 1]   arcs `start[v] .. start[v + 1]` leave vertex v, sorted by head
    tail, head  int64[A]       vertices
    capacity    float64[A]     bit/s one direction, nan if unpublished
    latency     float64[A]     s of the link, nan if unpublished
    link        int64[A]       number of the undirected link
    reverse     int64[A]       the arc of the other direction, -1 if there is none
    forward     bool[A]        from the left end of its rule to the right one
    rule        int64[A]       ArcRule.number of the rule that made the link
    relay       bool[V]        traffic may pass through
    through     float64[V]     s a vertex takes to pass traffic on, nan if unpublished
    endpoints   int64[E]       vertices that talk
    origin      (owner, planes, over) of the network in the design, None if it has none
    """

    def __init__(self, vertices: Numbering, links: LinkTable, relay: Flags, through: Floats, endpoints: Ints,
                 origin: Any = None) -> None:
        n, both = len(relay), np.flatnonzero(~links.directed)
        tail = np.concatenate([links.tails, links.heads[both]])
        head = np.concatenate([links.heads, links.tails[both]])
        link = np.concatenate([np.arange(len(links.tails), dtype=np.int64), both])
        order = np.lexsort((link, links.capacity[link], head, tail))
        self.vertices = vertices
        self.origin = origin
        self.tail, self.head, self.link = tail[order], head[order], link[order]
        self.capacity, self.latency, self.rule = (x[self.link] for x in (links.capacity, links.latency, links.rule))
        self.start = np.concatenate([[0], np.cumsum(np.bincount(self.tail, minlength=n))]).astype(np.int64)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        other = np.full(len(order), -1, dtype=np.int64)
        other[both] = place[len(links.tails):]
        other[len(links.tails):] = place[both]
        self.reverse = other[order]
        self.forward = order < len(links.tails)
        self.relay, self.through, self.endpoints = relay, through, endpoints
        self.bundles = Bundles(self)
        self.hops: Any = None
        """The graph of hops over the bundles, once it was asked for."""

    @property
    def vertex_count(self) -> int:
        """Number of vertices."""
        return len(self.relay)

    @property
    def bundles_capacity(self) -> Floats:
        """Capacity of one arc of each bundle."""
        out: Floats = self.capacity[self.bundles.first]
        return out

    @property
    def arc_count(self) -> int:
        """Number of directed arcs."""
        return len(self.head)

    def vertex_name(self, v: int) -> str:
        """The instance path of a vertex, `pod[0].gpu[3]`."""
        block, paths = self.vertices.block_of(np.array([v], dtype=np.int64))
        path = paths[int(block[0])]
        rest, coords = v - self.vertices.base[path], []
        for n in reversed(self.vertices.shape[path]):
            coords.append(rest % n)
            rest //= n
        return instance_name(None if self.origin is None else self.origin[0], path, coords[::-1])

    def arc_name(self, a: int) -> str:
        """`tail -> head`, with the number among parallel links if there are several."""
        t, h = int(self.tail[a]), int(self.head[a])
        row = self.head[self.start[t]: self.start[t + 1]]
        first = int(np.searchsorted(row, h))
        name = f"{self.vertex_name(t)} -> {self.vertex_name(h)}"
        return name if int((row == h).sum()) == 1 else f"{name} #{a - int(self.start[t]) - first}"


class Bundles:
    """Parallel arcs of one capacity taken together: a bundle each, in the order of the arcs.

    start  int64[V + 1], head int32[B], tail int32[B], width float64[B] (arcs in it), rate float64[B] (capacity of one, -1 if
    unpublished), first int64[B] (arc), of_arc int64[A]
    back                                the bundle of the other direction; None if some link is one-way
    back_start, back_tail, back_bundle  the same bundles by head: where traffic to a vertex may come from
    """

    def __init__(self, f: Fabric) -> None:
        known = np.nan_to_num(f.capacity, nan=-1.0)
        fresh = np.ones(f.arc_count, dtype=bool)
        fresh[1:] = (np.diff(f.tail) != 0) | (np.diff(f.head) != 0) | (np.diff(known) != 0)
        first = np.flatnonzero(fresh)
        self.first = first
        self.rate: Floats = known[first]
        self.of_arc = np.cumsum(fresh) - 1
        self.tail = f.tail[first].astype(np.int32)
        self.head = f.head[first].astype(np.int32)
        self.width = np.diff(np.append(first, f.arc_count)).astype(np.float64)
        self.start = np.searchsorted(first, f.start).astype(np.int64)
        self.back: npt.NDArray[np.int32] | None = None
        if (f.reverse >= 0).all():
            self.back = self.of_arc[f.reverse[first]].astype(np.int32)
        by_head = np.argsort(self.head, kind="stable")
        self.back_bundle = by_head.astype(np.int64)
        self.back_tail = self.tail[by_head]
        self.back_start = np.concatenate([[0], np.cumsum(np.bincount(self.head, minlength=f.vertex_count))]).astype(np.int64)

    @property
    def count(self) -> int:
        """Number of bundles."""
        return len(self.head)

    def spread(self, of_bundle: Floats) -> Floats:
        """What one arc gets of a total of its bundle."""
        if len(self.of_arc) == self.count:
            return of_bundle
        out: Floats = (of_bundle / self.width)[self.of_arc]
        return out


def instance_name(owner: Template | None, path: Path, coords: list[int]) -> str:
    """`pod[0].gpu[3]` from a path and its coordinates; without the design the coordinates stand at the end."""
    if owner is None:
        return ".".join(path) + "".join(f"[{int(c)}]" for c in coords)
    out, used = [], 0
    for k in range(len(path)):
        rank = len(owner.shape(path[: k + 1]))
        out.append(path[k] + "".join(f"[{int(c)}]" for c in coords[used:rank]))
        used = rank
    return ".".join(out)


def from_links(tails: Any, heads: Any, vertices: int | tuple[int, ...], endpoints: Any = None, relay: Any = None,
               capacity: Any = None, latency: Any = None, through: Any = None, directed: Any = None) -> Fabric:
    """A fabric from lists of links between vertices `0 .. vertices` (a tuple: the sizes of an array of them); all talk and relay
    unless said, capacities are 1 bit/s."""
    shape = (vertices,) if isinstance(vertices, int) else vertices
    count = volume(shape)
    t = np.asarray(tails, dtype=np.int64).reshape(-1)
    h = np.asarray(heads, dtype=np.int64).reshape(-1)

    def column(given: Any, n: int, default: float) -> Floats:
        return np.full(n, default) if given is None else np.broadcast_to(np.asarray(given, dtype=np.float64), n).copy()

    one_way = np.zeros(len(t), dtype=bool) if directed is None else np.asarray(directed, dtype=bool)
    numbers = Numbering()
    numbers.add(("v",), shape)
    one_rule = np.zeros(len(t), dtype=np.int64)
    links = LinkTable(t, h, column(capacity, len(t), 1.0), column(latency, len(t), np.nan), one_rule, one_way)
    relays = np.ones(count, dtype=bool) if relay is None else np.asarray(relay, dtype=bool)
    ends = np.arange(count, dtype=np.int64) if endpoints is None else np.asarray(endpoints, dtype=np.int64)
    return Fabric(numbers, links, relays, column(through, count, np.nan), ends)
