"""Progressive filling by levels of links: the loops, in plain Python that numba compiles for large inputs.

The level of a link is the rate at which it would be full if all flows on it that are not yet frozen grew alike. Freezing a flow
at the lowest level never lowers the level of another link, so a stored level is a lower bound: it is renewed only when the link
comes up (lazy keys). Links come up from the list of their first levels, sorted once, or from a heap of the renewed ones. Every
path-link is visited twice, once for its link and once for its flow.

What these loops cost is memory out of order. What a link has left and the sum of its uses lie side by side (`room`), and the
flows of a large problem are put together by the link that is lowest at first, most often the one that freezes them.
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


def lowest_links(arc: Any, start: Any, key: Any, lowest: Any, flows: Any, length: Any) -> None:
    """The link of the lowest key on each flow's path (the number of links if it has none), and for each link how many flows, and
    how many path-links in all, have it lowest."""
    for f in range(len(lowest)):
        best = len(key)
        for p in range(start[f], start[f + 1]):
            if best == len(key) or key[arc[p]] < key[best]:
                best = arc[p]
        lowest[f] = best
        flows[best] += 1
        length[best] += start[f + 1] - start[f]


def grouped(arc: Any, start: Any, use: Any, lowest: Any, place: Any, begin: Any, cursor: Any, position: Any, first: Any,
            over: Any, part: Any, flow_of: Any) -> None:
    """Copy paths in the order of the flows' lowest links, and transpose them in the same turn.

    place, begin, cursor  where the flows, and their path-links, of the next link begin, and its list in `flow_of`; all move on
    position[F]           where each flow went; its path there: `over` and `part` (as `arc` and `use`) from `first` on
    """
    whole = len(use) == 0
    for f in range(len(lowest)):
        low = lowest[f]
        i, at = place[low], begin[low]
        place[low] = i + 1
        position[f] = i
        first[i] = at
        for p in range(start[f], start[f + 1]):
            a = arc[p]
            over[at] = a
            if not whole:
                part[at] = use[p]
            at += 1
            flow_of[cursor[a]] = i
            cursor[a] += 1
        begin[low] = at


def sink(heap: Any, level: Any, size: int) -> None:
    """Restore the order of a heap whose levels lie beside it, below its top."""
    at, item, value = 0, heap[0], level[0]
    child = 1
    while child < size:
        if child + 1 < size and level[child + 1] < level[child]:
            child += 1
        if level[child] >= value:
            break
        heap[at], level[at] = heap[child], level[child]
        at = child
        child = 2 * at + 1
    heap[at], level[at] = item, value


def rise(heap: Any, level: Any, at: int) -> None:
    """The same above position `at`."""
    item, value = heap[at], level[at]
    while at > 0 and level[(at - 1) // 2] > value:
        parent = (at - 1) // 2
        heap[at], level[at] = heap[parent], level[parent]
        at = parent
    heap[at], level[at] = item, value


def fill(room: Any, active: Any, start: Any, arc: Any, use: Any, offsets: Any, flow_of: Any, ranked: Any, first_level: Any,
         heap: Any, heap_level: Any, key: Any, frozen: Any, bottleneck: Any) -> int:
    """Freeze all flows, lowest level first; returns how many links became bottlenecks.

    room    capacity of link a at 2 a, becomes what is unused, and the sum of uses of its flows not frozen at 2 a + 1
    active  how many flows not frozen each link has, where `use` is given
    use     of each path-link: how much of its link a flow takes at rate 1; empty: all of it
    ranked, first_level  links with flows on them by rising level, and these levels; heap, heap_level  as long, for their own use
    key     gets the rate of the flows frozen at a bottleneck
    frozen[F], bottleneck[F]  results; all flows start unfrozen
    """
    whole = len(use) == 0
    at = size = full = 0
    while at < len(ranked) or size > 0:
        renewed = size > 0 and (at == len(ranked) or heap_level[0] <= first_level[at])
        if renewed:
            a, stored = heap[0], heap_level[0]
        else:
            a, stored = ranked[at], first_level[at]
            at += 1
        weight = room[2 * a + 1]
        if (weight > 0) if whole else (active[a] > 0):
            level = max(room[2 * a] / weight, 0.0) if weight > 0 else 0.0
            if level > stored * (1 + 1e-15):
                if renewed:
                    heap_level[0] = level
                    sink(heap, heap_level, size)
                else:
                    heap[size], heap_level[size] = a, level
                    size += 1
                    rise(heap, heap_level, size - 1)
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
                    b = 2 * arc[p]
                    if whole:
                        room[b] -= level
                        room[b + 1] -= 1.0
                    else:
                        room[b] -= use[p] * level
                        room[b + 1] -= use[p]
                        active[arc[p]] -= 1
        if renewed:
            size -= 1
            heap[0], heap_level[0] = heap[size], heap_level[size]
            if size > 0:
                sink(heap, heap_level, size)
    return full
