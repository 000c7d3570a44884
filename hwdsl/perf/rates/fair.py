"""Max-min fair rates of any flows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.node import Record
from hwdsl.perf.rates import filling

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SMALL = 20_000
"""Path-links below which plain Python is faster than starting numba (about 0.8 s from a warm cache)."""

GROUPED = 2_000_000
"""Path-links above which flows are put together by their lowest links first: the arrays no longer fit the caches."""

SHORT = 16
"""Path-links of a flow, on average, beyond which they lie together enough as they are."""


class Rates(Record):
    """`rate` of each flow; `bottleneck`: the link that limits it, -1 if none does (rate infinite); `full`: how many links do."""

    rate: Floats
    bottleneck: Ints
    full: int


def loops(path_links: int) -> Any:
    """The module of loops for this much work: plain for a little, compiled for much."""
    if path_links <= SMALL:
        return filling
    from hwdsl.perf.rates import kernels

    return kernels


def fair_rates(capacity: Floats, start: Ints, arc: Ints, share: Floats | None = None, multiplicity: Ints | None = None,
               progress: Callable[[str], None] | None = None) -> Rates:
    """Max-min fair rates of `F = len(start) - 1` flows over links of `capacity[A]`.

    share         part of its flow on each path-link (None: all of it)
    multiplicity  how many like flows an entry stands for (None: one)
    progress      told before loops are compiled

    A flow without links is unlimited (rate inf). Raises ValueError where a capacity is negative or not a number, a share is not
    positive, or an index is out of range.
    """
    check_paths(capacity, start, arc, share)
    flows, links = len(start) - 1, len(capacity)
    use: Any = np.zeros(0) if share is None else share.astype(np.float64)
    if multiplicity is not None:
        use = np.repeat(multiplicity, np.diff(start)) * (use if len(use) else 1.0)
    active = np.bincount(arc, minlength=links)
    weight = np.bincount(arc, weights=use, minlength=links) if len(use) else active.astype(np.float64)
    if progress is not None and len(arc) > SMALL:
        progress("loading compiled loops (the first run on a machine compiles them)")
    used = np.flatnonzero(active)
    key = np.full(links, np.inf)
    key[used] = capacity[used] / weight[used]
    ranked = used[np.argsort(key[used], kind="stable")]
    paths = transposed(start, arc, use, active, key)
    room = np.empty(2 * links)
    room[::2], room[1::2] = capacity, weight
    limit = np.full(flows, -1, dtype=np.int32)
    full = loops(len(arc)).fill(room, active, *paths.arrays, ranked, key[ranked], np.empty_like(ranked), np.empty(len(ranked)),
                                key, np.zeros(flows, dtype=np.uint8), limit)
    bottleneck = (limit if paths.position is None else limit[paths.position]).astype(np.int64)
    return Rates(np.append(key, np.inf)[bottleneck], bottleneck, int(full))  # where there is no bottleneck, -1: the last


class Transposed:
    """Paths and, for each link, the flows on it.

    arrays    (start, arc, use, offsets, flow_of): the flows on link a are `flow_of[offsets[a]:offsets[a + 1]]`
    position  where each flow went, None if they are as they were
    """

    def __init__(self, arrays: tuple[Any, ...], position: Any) -> None:
        self.arrays, self.position = arrays, position


def transposed(start: Ints, arc: Ints, use: Floats, active: Ints, key: Floats) -> Transposed:
    """Paths transposed; those of a large problem in the order of the links that are lowest on them."""
    flows, links, run = len(start) - 1, len(active), loops(len(arc))
    offsets = np.zeros(links + 1, dtype=np.int64)
    np.cumsum(active, out=offsets[1:])
    width = np.uint32 if len(arc) > SMALL else np.int64  # half the memory to go through
    flow_of = np.empty(len(arc), dtype=width)
    if len(arc) <= GROUPED or len(arc) > SHORT * flows:
        first, over = start.astype(width), arc.astype(width)
        run.flows_by_link(over, first, flow_of, offsets[:-1].copy())
        return Transposed((first, over, use, offsets, flow_of), None)
    lowest, position = np.empty(flows, dtype=np.int32), np.empty(flows, dtype=np.int32)
    count, length = np.zeros(links + 1, dtype=np.int64), np.zeros(links + 1, dtype=np.int64)
    run.lowest_links(arc, start, key, lowest, count, length)
    first, over, part = np.empty(flows + 1, dtype=width), np.empty(len(arc), dtype=width), np.empty_like(use)
    first[flows] = len(arc)
    run.grouped(arc, start, use, lowest, np.cumsum(count) - count, np.cumsum(length) - length, offsets[:-1].copy(), position,
                first, over, part, flow_of)
    return Transposed((first, over, part, offsets, flow_of), position)


def check_paths(capacity: Floats, start: Ints, arc: Ints, share: Floats | None) -> None:
    """Raise ValueError unless the arrays describe paths over links of known capacity."""
    if np.isnan(capacity).any() or (capacity < 0).any():
        raise ValueError("capacities are numbers that are not negative")
    if len(arc) >= 2**32:
        raise ValueError("at most 2**32 path-links")
    if len(start) == 0 or start[0] != 0 or start[-1] != len(arc) or (np.diff(start) < 0).any():
        raise ValueError("`start` rises from 0 to the number of path-links")
    if len(arc) and (arc.min() < 0 or arc.max() >= len(capacity)):
        raise ValueError("a path-link names a link that does not exist")
    if share is not None and (len(share) != len(arc) or not (share > 0).all()):
        raise ValueError("shares are positive, one for each path-link")
