"""Progressive filling by a heap of link levels: the loops, in plain Python that numba compiles for large inputs.

The level of a link is the rate at which it would be full if all flows on it that are not yet frozen grew alike. Freezing a flow
at the lowest level never lowers the level of another link, so a stored level is a lower bound: it is renewed only when the link
comes up (lazy keys). Every path-link is visited twice, once for its link and once for its flow.
"""

from __future__ import annotations

from typing import Any


def flows_by_link(arc: Any, start: Any, flow_of: Any, cursor: Any) -> None:
    """Transpose paths: the flows on link a are written to `flow_of` from `cursor[a]` on, which moves to their end."""
    for f in range(len(start) - 1):
        for p in range(start[f], start[f + 1]):
            a = arc[p]
            flow_of[cursor[a]] = f
            cursor[a] += 1


def sift_down(heap: Any, key: Any, at: int, size: int) -> None:
    """Restore the heap order below position `at`."""
    item = heap[at]
    value = key[item]
    child = 2 * at + 1
    while child < size:
        if child + 1 < size and key[heap[child + 1]] < key[heap[child]]:
            child += 1
        if key[heap[child]] >= value:
            break
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item


def fill(left: Any, weight: Any, active: Any, start: Any, arc: Any, use: Any, offsets: Any, flow_of: Any, heap: Any, key: Any,
         frozen: Any, bottleneck: Any) -> int:
    """Freeze all flows, lowest level first; returns how many links became bottlenecks.

    left    capacity of each link, becomes what is unused    weight, active  sum of uses, and number, of flows not frozen on it
    use     of each path-link: how much of its link a flow takes at rate 1; empty: all of it
    heap    links with flows on them; key  their levels, for a bottleneck the rate of the flows frozen there at the end
    frozen[F], bottleneck[F]  results; all flows start unfrozen
    """
    size = len(heap)
    whole = len(use) == 0
    for at in range(size // 2 - 1, -1, -1):
        sift_down(heap, key, at, size)
    full = 0
    while size > 0:
        a = heap[0]
        if active[a] > 0:
            level = max(left[a] / weight[a], 0.0) if weight[a] > 0 else 0.0
            if level > key[a] * (1 + 1e-15):
                key[a] = level
                sift_down(heap, key, 0, size)
                continue
            key[a] = level
            full += 1
            for q in range(offsets[a], offsets[a + 1]):
                f = flow_of[q]
                if frozen[f]:
                    continue
                frozen[f] = 1
                bottleneck[f] = a
                for p in range(start[f], start[f + 1]):
                    b = arc[p]
                    active[b] -= 1
                    if whole:
                        left[b] -= level
                        weight[b] -= 1.0
                    else:
                        left[b] -= use[p] * level
                        weight[b] -= use[p]
        size -= 1
        heap[0] = heap[size]
        if size > 0:
            sift_down(heap, key, 0, size)
    return full
