"""Links between connectors: lane i to lane i, one link for each pair of carried ports that start at the same lane."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwdsl.ir import fill
from hwdsl.ir.index import Ix, variable
from hwdsl.ir.l0 import Path
from hwdsl.ir.layout import Layout
from hwdsl.ir.space import Space
from hwdsl.ir.wiring import Wire, placed

Numbers = npt.NDArray[np.int64]


def carried(layout: Layout, path: Path) -> tuple[Numbers, Numbers, Numbers]:
    """(connector instance, first lane, port) of every port carried by the connectors at a path, in ascending order."""
    found: list[list[Numbers]] = []
    for prefix, t in placed(layout.root):
        shape = layout.root.shape(prefix)
        outer = tuple(f"^{k}" for k in range(len(shape)))
        head = tuple(variable(n) for n in outer)
        for c in t.carries:
            if prefix + c.connector != path:
                continue
            space = Space((*zip(outer, shape), *c.space.vars), c.space.guard)
            found.append(fill.numbers(space, (layout.instances_at(path).map(head + c.coords), c.start,
                                              layout.ports_at(prefix + c.port.path).map(head + c.port.coords))))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    instance, start, port = (np.concatenate([f[k] for f in found]) for k in range(3))
    order = np.lexsort((start, instance))
    return instance[order], start[order], port[order]


def _lanes(layout: Layout, path: Path, number: Ix, space: Space) -> tuple[Numbers, Numbers, Numbers]:
    """(link, first lane, port) of every port at one side of the links of a rule; a plain port stands for lane 0 on."""
    at = fill.numbers(space, (number,))[0]
    owner = layout.root.at(path[:-1])
    if path[-1] in owner.ports and path[-1] not in owner.parts:
        return np.arange(len(at)), np.zeros(len(at), dtype=np.int64), at
    instance, start, port = carried(layout, path)
    low, high = np.searchsorted(instance, at, "left"), np.searchsorted(instance, at, "right")
    sizes = high - low
    link = np.repeat(np.arange(len(at)), sizes)
    within = np.arange(len(link)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = np.repeat(low, sizes) + within
    return link, start[rows], port[rows]


def joined(layout: Layout, wire: Wire) -> tuple[Numbers, Numbers]:
    """Both ends of the links that a rule between connectors makes."""
    left = _lanes(layout, wire.a_path, wire.a, wire.space)
    right = _lanes(layout, wire.b_path, wire.b, wire.space)
    span = int(max([0, *left[1].tolist(), *right[1].tolist()])) + 1
    a, b = left[0] * span + left[1], right[0] * span + right[1]
    _, i, j = np.intersect1d(a, b, assume_unique=True, return_indices=True)
    return left[2][i], right[2][j]
