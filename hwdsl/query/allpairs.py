"""Hop counts between all endpoints of a flat graph: breadth-first search from all of them at once, 64 to a machine word."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.query.flat import FlatGraph, Ints, OverBudget
from hwdsl.query.quotient import Hops


def adjacency(g: FlatGraph) -> tuple[Ints, Ints]:
    """(indptr, indices) over vertices of those that send to each, parallel links merged."""
    n = len(g.relay)
    back = ~g.links.directed
    both_t = np.concatenate([g.heads, g.tails[back]])
    both_h = np.concatenate([g.tails, g.heads[back]])
    code = np.unique(both_t * n + both_h)
    t, h = code // n, code % n
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.add.at(indptr, t + 1, 1)
    return np.cumsum(indptr), h


def all_pairs(g: FlatGraph, budget: int) -> Hops:
    """The hop histogram over ordered pairs of endpoints. Raises OverBudget."""
    n, ends = len(g.relay), g.endpoints
    words = (len(ends) + 63) // 64
    if 3 * 8 * n * max(words, 1) > budget:
        raise OverBudget(3 * 8 * n * words, budget)
    found = histogram(*adjacency(g), g.relay, ends)
    total = len(ends) * (len(ends) - 1)
    return Hops(found, total - sum(found.values()))


def histogram(indptr: Ints, indices: Ints, relay: Any, ends: Ints) -> dict[int, int]:
    """Hops -> ordered pairs of distinct ends, from those that send to each vertex and who relays."""
    n, words = len(relay), (len(ends) + 63) // 64
    seen = np.zeros((n, words), dtype=np.uint64)
    rows = np.arange(len(ends))
    np.bitwise_or.at(seen, (ends, rows // 64), np.uint64(1) << (rows % 64).astype(np.uint64))
    frontier = seen.copy()
    found: dict[int, int] = {}
    degree = np.diff(indptr)
    nonempty = np.flatnonzero(degree)
    starts = indptr[nonempty]
    hop = 0
    while frontier.any():
        hop += 1
        reached = np.zeros_like(seen)
        if len(indices):
            reached[nonempty] = np.bitwise_or.reduceat(frontier[indices], starts, axis=0)
        new = reached & ~seen
        seen |= new
        count = int(np.bitwise_count(new[ends]).sum())
        if count:
            found[hop] = count
        frontier = new
        frontier[~relay] = 0
    return found


def components(g: FlatGraph) -> list[int]:
    """Endpoints in each connected component, largest first."""
    n = len(g.relay)
    parent = np.arange(n)

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = int(parent[x])
        return x

    order: Any = np.unique(g.tails * n + g.heads)
    for code in order.tolist():
        a, b = find(code // n), find(code % n)
        if a != b:
            parent[b] = a
    sizes: dict[int, int] = {}
    for e in g.endpoints.tolist():
        root = find(e)
        sizes[root] = sizes.get(root, 0) + 1
    return sorted(sizes.values(), reverse=True)
