"""Where a scale-up plane falls apart: how many islands of accelerators there are, how large, and one of the largest to ask about.

At L0 where one part holds a whole island (the NVLink of a server); otherwise on the flat graph of the plane.
"""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.node import Record
from hwdsl.query.hopcount import effective_mode, graph_of, hop_counts
from hwdsl.query.network import Network
from hwdsl.query.select import any_depth_planes
from hwdsl.query.selection import Group, PlaneSelection, Selection, group_size, whole
from hwdsl.source import NO_SPAN


class Islands(Record):
    """Sizes with how many islands have each, the largest first; no sizes where who reaches whom does not fall into islands.

    root, planes, over  of one of the largest: the part that holds it (or the design), the plane there, its accelerators;
                        `over` is None where they are no box of coordinates
    """

    sizes: tuple[tuple[int, int], ...]
    root: Template
    planes: PlaneSelection | None
    over: Selection | None


def islands(root: Template, name: str, planes: PlaneSelection | None, chips: Selection, net: Network, pairs: int,
            hooks: Any) -> Islands:
    """The islands of a plane on which only `pairs` ordered pairs of accelerators reach each other. Raises OverBudget, Mistake."""
    found = _within(root, name, chips, net, pairs, hooks)
    return found if found is not None else _flat(root, planes, chips, net, pairs, hooks)


def _within(root: Template, name: str, chips: Selection, net: Network, pairs: int, hooks: Any) -> Islands | None:
    """The accelerators of a part that holds a whole island and all of its network; None if there is no such part."""
    if len(chips.groups) != 1 or net.exceptions or net.physical or hooks.mode is not None:
        return None
    n, path = group_size(chips.groups[0]), chips.groups[0].path
    for k in range(len(path) - 1, 0, -1):
        owner = root.at(path[:k])
        box = whole(owner, path[k:])
        size, inner = group_size(box), any_depth_planes(owner, name)  # None for several planes at once
        found = Selection(owner, (box,))
        if inner is None or pairs != n * (size - 1):  # else links lead from one such part to another
            continue
        if not hop_counts(owner, inner, found, hooks, NO_SPAN).unreachable:
            return Islands(((size, n // size),), owner, inner, found)
    return None


def _flat(root: Template, planes: PlaneSelection | None, chips: Selection, net: Network, pairs: int,
          hooks: Any) -> Islands:
    """Raises OverBudget, Mistake."""
    import numpy as np

    graph = graph_of(root, planes, chips, effective_mode(net, hooks, NO_SPAN), hooks)
    label = np.arange(len(graph.relay))
    while True:  # the least number of the neighbourhood spreads; labels of labels halve the way
        before = label.copy()
        least = np.minimum(label[graph.tails], label[graph.heads])
        np.minimum.at(label, graph.tails, least)
        np.minimum.at(label, graph.heads, least)
        label = label[label]
        if np.array_equal(before, label):
            break
    own = label[graph.endpoints]
    names, sizes = np.unique(own, return_counts=True)
    counts = {int(s): int((sizes == s).sum()) for s in np.unique(sizes)}
    if sum(s * (s - 1) * k for s, k in counts.items()) != pairs:
        return Islands((), root, planes, None)
    largest = names[int(np.argmax(sizes))]
    members = graph.endpoints[own == largest]
    over = None
    if len(chips.groups) == 1:
        g = chips.groups[0]
        base, shape = graph.vertices.base[g.path], graph.vertices.shape[g.path]
        coords = np.unravel_index(members - base, shape) if shape else ()
        box = tuple(tuple(int(x) for x in np.unique(c)) for c in coords)
        chosen = Selection(root, (Group(g.path, box, g.last),))
        if group_size(chosen.groups[0]) == len(members) and not hop_counts(root, planes, chosen, hooks, NO_SPAN).unreachable:
            over = chosen
    return Islands(tuple(sorted(counts.items(), reverse=True)), root, planes, over)
