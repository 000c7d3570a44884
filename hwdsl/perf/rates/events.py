"""Flow-level simulation from event to event: flows begin, share fairly, finish. Plain Python, compiled for large inputs.

Between events rates do not change, so a flow's end is known when its rate is set. A heap of ends, indexed by flow, holds them; a
change moves only the flows whose rate it changed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hwdsl.perf.rates.resolve import Shared, clear, join, put_on_links, settle, take_off_links

SAME = 1e-14
"""Relative difference below which two ends are one event."""


class Ends(NamedTuple):
    """The heap of ends. heap[n]: flows by rising `finish`; place[F]: where a flow stands in it, -1 if it does not.

    rest[F]  what is left to send at time `since[F]`
    """

    heap: Any
    place: Any
    finish: Any
    rest: Any
    since: Any


def up(e: Ends, at: int) -> None:
    """Move an entry towards the top of the heap."""
    f = e.heap[at]
    while at > 0:
        parent = (at - 1) // 2
        g = e.heap[parent]
        if e.finish[g] <= e.finish[f]:
            break
        e.heap[at] = g
        e.place[g] = at
        at = parent
    e.heap[at] = f
    e.place[f] = at


def down(e: Ends, at: int, size: int) -> None:
    """Move an entry away from the top of the heap."""
    f = e.heap[at]
    child = 2 * at + 1
    while child < size:
        if child + 1 < size and e.finish[e.heap[child + 1]] < e.finish[e.heap[child]]:
            child += 1
        g = e.heap[child]
        if e.finish[g] >= e.finish[f]:
            break
        e.heap[at] = g
        e.place[g] = at
        at = child
        child = 2 * at + 1
    e.heap[at] = f
    e.place[f] = at


def apply_rates(s: Shared, e: Ends, flows: int, now: float, size: int) -> None:
    """Take over the trial rates; ends of flows whose rate changed move in the heap."""
    for k in range(flows):
        f = s.flows[k]
        s.bottleneck[f] = s.limit[f]
        new = s.trial[f]
        if new == s.rate[f]:
            continue
        e.rest[f] = max(e.rest[f] - s.rate[f] * (now - e.since[f]), 0.0)
        e.since[f] = now
        s.rate[f] = new
        e.finish[f] = now + e.rest[f] / new if new > 0 else float("inf")
        up(e, e.place[f])
        down(e, e.place[f], size)


def run_events(s: Shared, e: Ends, order: Any, begin: Any, done: Any, at: Any, most: int) -> int:
    """Run flows in `order` of `begin`; `done[f]` becomes the time its last bit is sent (inf: never). Returns the events.

    Stops after `most` events or a few more; `at` (int64[2], zeros at first) keeps how many flows are on their way and how many
    have begun, and the next call goes on from there. 0 events: all is done.
    """
    size, coming, count = at[0], at[1], 0
    now = 0.0
    while (coming < len(order) or size > 0) and count < most:
        arriving = coming < len(order) and (size == 0 or begin[order[coming]] <= e.finish[e.heap[0]])
        flows, links = 0, 0
        if arriving:
            now = begin[order[coming]]
            while coming < len(order) and begin[order[coming]] == now:
                f = order[coming]
                coming += 1
                count += 1
                put_on_links(s, f)
                s.rate[f] = 0.0
                e.since[f] = now
                e.finish[f] = float("inf")
                e.heap[size] = f
                e.place[f] = size
                size += 1
                up(e, size - 1)
                flows, links = join(s, f, flows, links)
        else:
            now = e.finish[e.heap[0]]
            if now == float("inf"):
                break
            while size > 0 and e.finish[e.heap[0]] <= now * (1 + SAME):
                f = e.heap[0]
                done[f] = e.finish[f]
                count += 1
                take_off_links(s, f)
                size -= 1
                last = e.heap[size]
                e.heap[0] = last
                e.place[last] = 0
                e.place[f] = -1
                if size > 0:
                    down(e, 0, size)
                s.limit[f] = -1
                s.rate[f] = 0.0
                for p in range(s.start[f], s.start[f + 1]):
                    a = s.arc[p]
                    q = s.head[a]
                    while q >= 0:
                        g = s.owner[q]
                        if s.bottleneck[g] == a and not s.in_set[g]:
                            flows, links = join(s, g, flows, links)
                        q = s.after[q]
            flows, links = without_gone(s, e, flows, links)
        if flows:
            flows, links = settle(s, flows, links)
            apply_rates(s, e, flows, now, size)
        clear(s, flows, links)
    at[0], at[1] = size, coming
    return count


def without_gone(s: Shared, e: Ends, flows: int, links: int) -> tuple[int, int]:
    """The trial set without flows that ended in this very event."""
    kept = 0
    for k in range(flows):
        f = s.flows[k]
        if e.place[f] >= 0:
            s.flows[kept] = f
            kept += 1
        else:
            s.in_set[f] = False
    return kept, links
