"""Cuts and flows of a flat graph."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from hwdsl.query.cuts import Bracket
from hwdsl.query.flat import FlatGraph, OverBudget
from hwdsl.query.selection import Selection

FLOW_LIMIT = 200_000
"""Links of a graph on which a maximum flow is computed."""


class SameEnds(Exception):
    """A flow from something to itself was asked for."""


def flat_bracket(g: FlatGraph) -> Bracket | None:
    """Proven bounds of the bisection of a flat graph: a cut in the order of the endpoints from above; None if a rate is
    unpublished.

    From below: 0 unless every endpoint has the same injection and the graph is one component, then one link.
    """
    if np.isnan(g.capacity).any() or not len(g.tails):
        return None if len(g.tails) else Bracket(Fraction(0), "no links", Fraction(0), "no links")
    n = len(g.endpoints)
    inject = np.zeros(len(g.relay))
    np.add.at(inject, g.tails, g.capacity)
    back = ~g.links.directed
    np.add.at(inject, g.heads[back], g.capacity[back])
    least = np.sort(inject[g.endpoints])[: n // 2].sum()
    upper: list[tuple[Fraction, str]] = [(Fraction(int(least)), "injection of the weakest half of the endpoints")]
    if len(g.tails) <= FLOW_LIMIT:
        half = g.endpoints[: n // 2]
        rest = g.endpoints[n // 2:]
        flow = _network_flow(g, half.tolist(), rest.tolist())
        upper.append((flow, "cut between the first and the second half of the endpoints"))
    high = min(upper)
    return Bracket(Fraction(0), "no bound known for this graph", high[0], high[1])


def max_flow(g: FlatGraph, x: Selection, y: Selection) -> Fraction | None:
    """Greatest flow between two selections in bit/s, one direction; None if a rate is unpublished. Raises OverBudget."""
    if np.isnan(g.capacity).any():
        return None
    if len(g.tails) > FLOW_LIMIT:
        raise OverBudget(len(g.tails) * 500, FLOW_LIMIT * 500)
    sides = []
    for sel in (x, y):
        ids: list[int] = []
        for group in sel.groups:
            axes = np.meshgrid(*[np.asarray(s, dtype=np.int64) for s in group.box], indexing="ij") if group.box else []
            ids += np.asarray(g.vertices.ids(group.path, [a.reshape(-1) for a in axes])).reshape(-1).tolist()
        sides.append(ids)
    if set(sides[0]) & set(sides[1]):
        raise SameEnds
    return _network_flow(g, sides[0], sides[1])


def _network_flow(g: FlatGraph, sources: list[int], sinks: list[int]) -> Fraction:
    """Maximum flow from a super-source to a super-sink; what does not relay is crossed by nobody."""
    import networkx as nx

    if not sources or not sinks:
        return Fraction(0)
    graph: Any = nx.DiGraph()
    inside = set(sources) | set(sinks)
    merged: dict[tuple[int, int], int] = {}
    for t, h, c, one_way in zip(g.tails.tolist(), g.heads.tolist(), g.capacity.tolist(), g.links.directed.tolist()):
        for a, b in ((t, h), (h, t))[: 1 if one_way else 2]:
            merged[a, b] = merged.get((a, b), 0) + int(c)
    for (a, b), c in merged.items():
        if (g.relay[a] or a in inside) and (g.relay[b] or b in inside):
            graph.add_edge(a, b, capacity=c)
    for s in sources:
        graph.add_edge("from", s)
    for t in sinks:
        graph.add_edge(t, "to")
    value = nx.maximum_flow_value(graph, "from", "to")
    return Fraction(int(value))
