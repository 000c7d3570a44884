"""The graph that a routing model sends traffic over: bundles of arcs between states, most often the vertices themselves.

A model differs from plain ECMP in which steps there are (up and down before down only: two states a vertex) and in what a step
costs (a hop, or its latency). Sweeps are the same for all: distances to the destination, then flow downhill, split equally over
all ports that lead down.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.perf.flat.fabric import Fabric, Flags, Floats
from hwdsl.query.flat import Ints

Small = npt.NDArray[np.int32] | npt.NDArray[np.int64]
"""Numbers of states, which fit 32 bits."""


class RoutedGraph:
    """States `0 .. copies * V` (state s stands for vertex s % V) and steps between them.

    start, head       int64[S + 1], int32[B]   steps out of each state
    width             float64[B]               parallel ports of a step
    bundle            int64[B]                 the bundle of arcs a step goes over
    back_start, back_tail, back_step, back_width  the same steps by head
    relay             bool[S]                  traffic may pass through
    length            int64[B] or None         cost of a step (None: 1); `through` int64[S] of passing a state on the way
    """

    def __init__(self, vertices: int, copies: int, tail: Small, head: Small, width: Floats, bundle: Ints, relay: Flags,
                 length: Ints | None = None, through: Ints | None = None) -> None:
        self.vertices, self.copies = vertices, copies
        states = vertices * copies
        order: Any = slice(None) if (np.diff(tail) >= 0).all() else np.argsort(tail, kind="stable")
        self.tail = tail[order].astype(np.int32)
        self.head = head[order].astype(np.int32)
        self.width, self.bundle = width[order], bundle[order]
        self.start = _starts(self.tail, states)
        self._backwards(states)
        self.relay = relay
        self.length = None if length is None else length[order].astype(np.int64)
        self.through = None if through is None else through.astype(np.int64)

    def _backwards(self, states: int) -> None:
        by_head = np.argsort(self.head, kind="stable")
        self.back_step = by_head.astype(np.int64)
        self.back_tail = self.tail[by_head]
        self.back_width = self.width[by_head]
        self.back_start = _starts(self.head, states)

    @property
    def states(self) -> int:
        """Number of states."""
        return self.vertices * self.copies

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.head)


def _starts(keys: Small, n: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=n))]).astype(np.int64)


def hop_graph(f: Fabric) -> RoutedGraph:
    """Every arc is a step of 1; made once a fabric."""
    if f.hops is None:
        b = f.bundles
        f.hops = RoutedGraph(f.vertex_count, 1, b.tail, b.head, b.width, np.arange(b.count, dtype=np.int64), f.relay)
    graph: RoutedGraph = f.hops
    return graph
