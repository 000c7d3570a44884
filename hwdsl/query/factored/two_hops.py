"""Loads of a network in which every two vertices are at most two hops apart, from the numbers of their common neighbours.

Adjacent vertices use their link; two others, with m common neighbours, send 1 / m over each. So the link from u to v carries
    1 + sum of 1 / m(u, t) over t joined to v, not to u  +  sum of 1 / m(s, v) over s joined to u, not to v.
With m = 1 throughout that is deg u + deg v - 1 - 2 c, c the common neighbours of u and v: 2q and 2q - 1 on a PolarFly, 2d - 1 on
a Moore graph. Nothing is assumed: common neighbours are counted, which takes the sum of the squared degrees.
"""

from __future__ import annotations

from math import lcm
from typing import Any

from hwdsl.node import Record
from hwdsl.query.factored.polynomial import Polynomial

SIZE_LIMIT = 6000
"""Vertices: two bytes for every ordered pair of them."""

PATH_LIMIT = 60_000_000
"""Paths of two links."""

SCALE_LIMIT = 1 << 50
"""Common denominator of the loads."""


class TwoHops(Record):
    """Loads of ordered joined pairs as `numerators` / scale (int64, all parallel links together), the hops of all ordered pairs
    and from each of so many alike vertices, and the paths counted."""

    numerators: Any
    scale: int
    distances: Polynomial
    profiles: tuple[tuple[int, Polynomial], ...]
    cost: int


def two_hops(size: int, tail: Any, head: Any, width: Any) -> TwoHops | None:
    """The loads, of links sorted by tail and head, as many parallel ones between all joined vertices; None if some vertices are
    further apart, or they are too many."""
    import numpy as np

    degree = np.bincount(tail, minlength=size)
    paths = int((degree * degree).sum())
    if size > SIZE_LIMIT or paths > PATH_LIMIT or paths < size * (size - 1) - len(tail) or len(np.unique(width)) != 1:
        return None
    common = np.zeros((size, size), dtype=np.int16)
    near = np.split(head, np.cumsum(degree)[:-1])
    for around in near:
        common[around[:, None], around] += 1
    joined = np.zeros((size, size), dtype=bool)
    joined[tail, head] = True
    common[joined] = 0
    np.fill_diagonal(common, 0)
    apart = size * (size - 1) - len(tail)
    if int(np.count_nonzero(common)) != apart:
        return None
    counts = [int(m) for m in np.unique(common) if m]
    scale = lcm(*counts) if counts else 1
    if scale > SCALE_LIMIT // size:
        return None
    share = np.zeros(max(counts, default=0) + 1, dtype=np.int64)
    share[counts] = [scale // m for m in counts]
    passing = np.concatenate([share[common[around[:, None], around]].sum(axis=1) for around in near])
    reverse = np.searchsorted(tail * size + head, head * size + tail)
    profiles = tuple((int(n), {0: 1, 1: int(d), 2: size - 1 - int(d)}) for d, n in zip(*np.unique(degree, return_counts=True)))
    return TwoHops(scale + passing + passing[reverse], scale, {0: size, 1: len(tail), 2: apart}, profiles, paths)
