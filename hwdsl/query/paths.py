"""Latency of a path of fewest hops: links and the relays between them, added up; what is unpublished makes it a lower bound.

Which parts are asked about matters (below one switch, or across the machine), so the path is found in the flat graph. Figures are
added exactly; only a link traced through the circuits of a mode, whose pieces are summed as floats, is exact to a femtosecond.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from hwdsl.ir.l0 import Template
from hwdsl.query.flat import FlatGraph, Ints, OverBudget
from hwdsl.query.hopcount import effective_mode, graph_of, too_big
from hwdsl.query.network import Network, network
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.sema.mistake import mistake
from hwdsl.sema.values import UNKNOWN, Value
from hwdsl.source.span import Span
from hwdsl.types import Quantity
from hwdsl.types import quantity as q
from hwdsl.types.dimension import TIME

FEMTOSECOND = Fraction(1, 10**15)
UNPUBLISHED = 1e-21
"""Seconds that stand for a missing figure, so that of two equal sums the one with fewer missing is the lesser."""


def least_latency(owner: Template, chosen: PlaneSelection | None, x: Selection, y: Selection, hooks: Any, span: Span) -> Value:
    """The least latency over the paths of fewest hops from a vertex of `x` to one of `y`. Raises Mistake."""
    both = Selection(owner, (*x.groups, *(g for g in y.groups if g.path not in {h.path for h in x.groups})))
    net = network(owner, chosen, both)
    mode = effective_mode(net, hooks, span)
    try:
        g = graph_of(owner, chosen, both, mode, hooks)
    except OverBudget as error:
        raise too_big(error, "a path between single parts is found flat", span) from None
    sources, targets = _ids(g, x), _ids(g, y)
    if set(sources.tolist()) & set(targets.tolist()):
        raise mistake("HW5008", "the two ends of this path overlap", span,
                      help="`latency(a -> b)` takes two different groups of parts")
    view = _Arcs(g, owner)
    hops, cost = view.downhill(sources, targets)
    reached = sources[hops[sources] >= 0]
    if not len(reached):
        raise mistake("HW5011", "there is no path between them", span)
    nearest = reached[hops[reached] == hops[reached].min()]
    path = view.walk(int(nearest[np.argmin(cost[nearest])]), hops, cost)
    return _sum(view, path, net, traced=mode is not None)


def _ids(g: FlatGraph, sel: Selection) -> Ints:
    """Vertex numbers of a selection, without what is out of service."""
    found = [np.zeros(0, dtype=np.int64)]
    for group in sel.groups:
        axes = np.meshgrid(*[np.asarray(s, dtype=np.int64) for s in group.box], indexing="ij") if group.box else []
        found.append(np.asarray(g.vertices.ids(group.path, [a.reshape(-1) for a in axes])).reshape(-1))
    return np.concatenate(found)


class _Arcs:
    """Directed arcs of a flat graph, with the seconds that each link and each vertex takes (`UNPUBLISHED` where not known)."""

    def __init__(self, g: FlatGraph, owner: Template) -> None:
        self.graph = g
        self.owner = owner
        links = g.links
        back = np.flatnonzero(~links.directed)
        self.tail = np.concatenate([links.tails, links.heads[back]])
        self.head = np.concatenate([links.heads, links.tails[back]])
        self.link = np.concatenate([np.arange(len(links.tails)), back])
        self.seconds = np.nan_to_num(links.latency, nan=UNPUBLISHED)[self.link]
        self.through = np.full(len(g.relay), UNPUBLISHED)
        for path, base in g.vertices.base.items():
            figure = owner.at(path).figure("latency")
            if figure is not None and figure is not UNKNOWN:
                n = int(np.prod(g.vertices.shape[path], dtype=np.int64))
                self.through[base: base + n] = float(figure.nom)

    def downhill(self, sources: Ints, targets: Ints) -> tuple[Ints, Any]:
        """(hops to the nearest target, -1 if unknown; least seconds on the way), searched from the targets up to the sources."""
        n = len(self.graph.relay)
        hops, cost = np.full(n, -1, dtype=np.int64), np.full(n, np.inf)
        hops[targets], cost[targets] = 0, 0.0
        passable = self.graph.relay.copy()
        passable[targets] = True
        level = 0
        while not (hops[sources] >= 0).any():
            front = (hops[self.head] == level) & passable[self.head] & (hops[self.tail] < 0)
            if not front.any():
                break
            level += 1
            np.minimum.at(cost, self.tail[front], self._toll(np.flatnonzero(front), hops, cost))
            hops[self.tail[front]] = level
        return hops, cost

    def _toll(self, arcs: Ints, hops: Ints, cost: Any) -> Any:
        """Seconds from the tail of each arc to the target: the link, what it leads to, and the rest."""
        head = self.head[arcs]
        return self.seconds[arcs] + np.where(hops[head] > 0, self.through[head], 0.0) + cost[head]

    def walk(self, vertex: int, hops: Ints, cost: Any) -> list[int]:
        """The arcs of one cheapest path downhill."""
        out = []
        while hops[vertex]:
            mine = np.flatnonzero((self.tail == vertex) & (hops[self.head] == hops[vertex] - 1))
            mine = mine[self.graph.relay[self.head[mine]] | (hops[self.head[mine]] == 0)]
            best = int(mine[np.argmin(self._toll(mine, hops, cost))])
            out.append(best)
            vertex = int(self.head[best])
        return out


def _sum(view: _Arcs, path: list[int], net: Network, *, traced: bool) -> Value:
    """The figures along a path: of every link, and of every vertex between two of them."""
    exact = {arc.number: arc.latency for arc in net.arcs}
    links = view.graph.links
    blocks, paths = view.graph.vertices.block_of(view.head[path])
    total: Any = Quantity(0, 0, 0, TIME, "ns")
    missing = 0
    for at, arc in enumerate(path):
        link = int(view.link[arc])
        figures = [_seconds(float(links.latency[link])) if traced else exact[int(links.rule[link])]]
        if at + 1 < len(path):
            figures.append(view.owner.at(paths[int(blocks[at])]).figure("latency"))
        for figure in figures:
            if figure is None or figure is UNKNOWN:
                missing += 1
            else:
                total = q.add(total, figure)
    return q.add(total, Quantity(0, 0, 0, TIME, "ns", missing=missing)) if missing else total


def _seconds(value: float) -> Any:
    """A traced latency as a quantity, UNKNOWN for nan."""
    if np.isnan(value):
        return UNKNOWN
    exact = round(Fraction(value) / FEMTOSECOND) * FEMTOSECOND
    return Quantity(exact, exact, exact, TIME, "ns")
