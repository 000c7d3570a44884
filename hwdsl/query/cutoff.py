"""Which parts cut others off when they fail alone: pairs of endpoints that are left and had a path lose it.

Endpoints that do not relay hang on the regions of vertices that do (connected sets of them), and reach who hangs on the same
region or is linked to them directly. Links count as if they led both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.l0 import volume
from hwdsl.query.flat import FlatGraph, Ints
from hwdsl.query.selection import Selection


def cutting_parts(g: FlatGraph, sel: Selection) -> int:
    """How many of the selected parts each cut others off when they fail alone."""
    cuts = _Cuts(g)
    return sum(cuts.any_lost(vertices) for vertices in parts_of(g, sel))


def parts_of(g: FlatGraph, sel: Selection) -> Iterator[Ints]:
    """The vertices in each selected part that has some."""
    for group in sel.groups:
        rank = len(group.box)
        pieces = [(base, g.vertices.shape[path]) for path, base in g.vertices.base.items()
                  if path[: len(group.path)] == group.path]
        if not pieces:
            continue
        axes = np.meshgrid(*[np.asarray(s, dtype=np.int64) for s in group.box], indexing="ij") if group.box else []
        number = np.zeros(1, dtype=np.int64)
        for axis, extent in zip(axes, pieces[0][1]):
            number = number * extent + axis.reshape(-1)
        for k in number.tolist():
            inside = [(base, volume(shape[rank:])) for base, shape in pieces]
            yield np.concatenate([np.arange(base + k * n, base + (k + 1) * n) for base, n in inside])


class _Cuts:
    """The regions of a graph, and whose failure is sure to cut nobody off, or somebody."""

    def __init__(self, g: FlatGraph) -> None:
        self.g = g
        n = len(g.relay)
        self.talks = np.zeros(n, dtype=bool)
        self.talks[g.endpoints] = True
        self.a, self.b = np.concatenate([g.tails, g.heads]), np.concatenate([g.heads, g.tails])
        self.region = self._regions(np.zeros(n, dtype=bool))
        self.sure, self.open = self._candidates()

    def any_lost(self, vertices: Ints) -> bool:
        """Whether the failure of these vertices takes a path from a pair of the others."""
        if len(vertices) == 1:
            v = int(vertices[0])
            if v in self.sure or v not in self.open:
                return v in self.sure
        gone = np.zeros(len(self.g.relay), dtype=bool)
        gone[vertices] = True
        return self._lost(gone)

    def _regions(self, gone: npt.NDArray[np.bool_]) -> Ints:
        """A number for the region of every vertex that relays and is left, -1 for the others."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        stays = self.g.relay & ~gone
        inner = stays[self.a] & stays[self.b]
        n = len(stays)
        graph = coo_array((np.ones(int(inner.sum()), dtype=np.int8), (self.a[inner], self.b[inner])), shape=(n, n))
        label: Any = connected_components(graph, directed=False)[1]
        out: Ints = np.where(stays, label, -1).astype(np.int64)
        return out

    def _candidates(self) -> tuple[set[int], set[int]]:
        """(vertices that are sure to cut somebody off, others that may). A region stays in one piece unless an articulation point
        fails; then only those lose it who hang on it by the failed vertex alone."""
        import networkx as nx

        relay = self.g.relay
        inner = relay[self.a] & relay[self.b]
        graph: Any = nx.Graph()
        graph.add_edges_from(zip(self.a[inner].tolist(), self.b[inner].tolist()))
        maybe = set(nx.articulation_points(graph))
        hangs = self.talks[self.a] & ~relay[self.a] & relay[self.b]
        if not hangs.any():
            return set(), maybe
        by = np.unique(np.stack([self.a[hangs], self.region[self.b[hangs]], self.b[hangs]]), axis=1)
        fresh = np.ones(by.shape[1], dtype=bool)
        fresh[1:] = (np.diff(by[0]) != 0) | (np.diff(by[1]) != 0)
        first = np.flatnonzero(fresh)
        alone = np.diff(np.append(first, by.shape[1])) == 1
        maybe |= set(by[2][first[alone]].tolist())
        # whose only neighbour is one vertex, in a region on which two others hang or are endpoints themselves
        neighbours = np.unique(np.stack([self.a, self.b]), axis=1)
        count = np.bincount(neighbours[0], minlength=len(relay))
        size = np.bincount(by[1][first], minlength=len(relay))
        own = np.flatnonzero(relay & self.talks)
        size = size + np.bincount(self.region[own], minlength=len(relay))
        leaf = (count == 1) & self.talks & ~relay
        only = neighbours[:, leaf[neighbours[0]] & relay[neighbours[1]]]
        others = size[self.region[only[1]]] - 1 - self.talks[only[1]]
        return set(only[1][others > 0].tolist()), maybe

    def _lost(self, gone: npt.NDArray[np.bool_]) -> bool:
        left = np.flatnonzero(self.talks & ~gone)
        if not len(left):
            return False
        before, old = self._touched(self.region, gone, left)
        after, new = self._touched(self._regions(gone), gone, left)
        code, kind = np.unique(before * len(new) + after, return_inverse=True)
        kind = kind.reshape(-1)
        kinds = [(old[c // len(new)], new[c % len(new)]) for c in code.tolist()]
        size = np.bincount(kind)
        lost = np.array([[not x[0].isdisjoint(y[0]) and x[1].isdisjoint(y[1]) for y in kinds] for x in kinds], dtype=bool)
        pairs = int((lost * size[:, None] * size[None, :]).sum()) - int(size[lost.diagonal()].sum())
        if not pairs:
            return False
        of_vertex = np.full(len(gone), -1, dtype=np.int64)
        of_vertex[left] = kind
        direct = (of_vertex[self.a] >= 0) & (of_vertex[self.b] >= 0) & (self.a != self.b)
        ends = np.unique(np.stack([self.a[direct], self.b[direct]]), axis=1)
        return pairs > int(lost[of_vertex[ends[0]], of_vertex[ends[1]]].sum())

    def _touched(self, region: Ints, gone: npt.NDArray[np.bool_], left: Ints) -> tuple[Ints, list[frozenset[int]]]:
        """The regions that each endpoint left hangs on or is in: the number of its set, and the sets."""
        hangs = self.talks[self.a] & ~gone[self.a] & ~self.g.relay[self.a] & (region[self.b] >= 0)
        inside = left[region[left] >= 0]
        n = len(gone)
        pair = np.unique(np.concatenate([self.a[hangs] * n + region[self.b[hangs]], inside * n + region[inside]]))
        row = np.searchsorted(left, pair // n)
        count = np.bincount(row, minlength=len(left))
        first = np.cumsum(count) - count
        table = np.full((len(left), max(1, int(count.max(initial=0)))), -1, dtype=np.int64)
        table[row, np.arange(len(pair)) - first[row]] = pair % n
        sets, number = np.unique(table, axis=0, return_inverse=True)
        return number.reshape(-1), [frozenset(r for r in found if r >= 0) for found in sets.tolist()]
