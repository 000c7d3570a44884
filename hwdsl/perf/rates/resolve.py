"""Max-min fair rates after one flow came or went, by solving anew only for the flows that the change reaches.

A rate allocation is max-min fair exactly if it is feasible and every flow has a bottleneck: a full link on which no flow is
faster. So the flows outside a trial set keep their rates, the set is filled with what they leave, and the condition is checked
on every link whose flows changed: who fails it joins the set, and it is filled again. What passes is the solution for all flows.
Plain Python that numba compiles for large inputs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hwdsl.perf.rates.filling import sift_down

TOLERANCE = 1e-13
"""Relative difference below which two rates are the same: sums of a few thousand terms differ by less."""


class Shared(NamedTuple):
    """Flows, links and the lists that join them. `F` flows, `A` links, `P` path-links.

    start[F + 1], arc[P], use[P]   the paths; owner[P]: the flow of each path-link
    head[A], after[P], before[P]   doubly linked lists of the path-links in use on each link, -1 ends them
    capacity[A]                    rate[F], bottleneck[F]: of the flows in use
    in_set[F], flows[F]            the trial set, as marks and as a list       seen[A], links[A]: likewise its links
    left[A], weight[A], active[A], key[A], heap[A], trial[F], limit[F]         what filling needs; trial < 0: not frozen
    """

    start: Any
    arc: Any
    use: Any
    owner: Any
    head: Any
    after: Any
    before: Any
    capacity: Any
    rate: Any
    bottleneck: Any
    in_set: Any
    flows: Any
    seen: Any
    links: Any
    left: Any
    weight: Any
    active: Any
    key: Any
    heap: Any
    trial: Any
    limit: Any


def put_on_links(s: Shared, f: int) -> None:
    """Add a flow to the lists of its links."""
    for p in range(s.start[f], s.start[f + 1]):
        first = s.head[s.arc[p]]
        s.after[p] = first
        s.before[p] = -1
        if first >= 0:
            s.before[first] = p
        s.head[s.arc[p]] = p


def take_off_links(s: Shared, f: int) -> None:
    """Remove a flow from the lists of its links."""
    for p in range(s.start[f], s.start[f + 1]):
        a, b = s.before[p], s.after[p]
        if a >= 0:
            s.after[a] = b
        else:
            s.head[s.arc[p]] = b
        if b >= 0:
            s.before[b] = a


def join(s: Shared, f: int, flows: int, links: int) -> tuple[int, int]:
    """Add a flow to the trial set (`flows` and `links` long so far); returns the new lengths."""
    s.in_set[f] = True
    s.flows[flows] = f
    flows += 1
    for p in range(s.start[f], s.start[f + 1]):
        a = s.arc[p]
        if not s.seen[a]:
            s.seen[a] = True
            s.links[links] = a
            links += 1
    return flows, links


def fill_set(s: Shared, flows: int, links: int) -> None:
    """Max-min fair `trial` rates and `limit` links of the trial set, with what the others leave."""
    for k in range(flows):
        s.trial[s.flows[k]] = -1.0
    for k in range(links):
        a = s.links[k]
        left, weight, active = s.capacity[a], 0.0, 0
        p = s.head[a]
        while p >= 0:
            f = s.owner[p]
            if s.in_set[f]:
                weight += s.use[p]
                active += 1
            else:
                left -= s.use[p] * s.rate[f]
            p = s.after[p]
        s.left[a], s.weight[a], s.active[a] = max(left, 0.0), weight, active
        s.key[a] = s.left[a] / weight if weight > 0 else 0.0
        s.heap[k] = a
    size = links
    for at in range(size // 2 - 1, -1, -1):
        sift_down(s.heap, s.key, at, size)
    while size > 0:
        a = s.heap[0]
        if s.active[a] > 0:
            level = max(s.left[a] / s.weight[a], 0.0) if s.weight[a] > 0 else 0.0
            if level > s.key[a] * (1 + 1e-15):
                s.key[a] = level
                sift_down(s.heap, s.key, 0, size)
                continue
            freeze(s, a, level)
        size -= 1
        s.heap[0] = s.heap[size]
        if size > 0:
            sift_down(s.heap, s.key, 0, size)


def freeze(s: Shared, a: int, level: float) -> None:
    """Give every flow of the set on a full link its rate."""
    p = s.head[a]
    while p >= 0:
        f = s.owner[p]
        if s.in_set[f] and s.trial[f] < 0:
            s.trial[f] = level
            s.limit[f] = a
            for q in range(s.start[f], s.start[f + 1]):
                b = s.arc[q]
                s.left[b] -= s.use[q] * level
                s.weight[b] -= s.use[q]
                s.active[b] -= 1
        p = s.after[p]


def gather(s: Shared, flows: int, links: int) -> tuple[int, int]:
    """Add the flows outside the set that have no bottleneck any more, or are faster than the set is at one of its bottlenecks."""
    for k in range(links):
        a = s.links[k]
        top, used, level = 0.0, 0.0, -1.0
        p = s.head[a]
        while p >= 0:
            f = s.owner[p]
            r = s.trial[f] if s.in_set[f] and s.trial[f] >= 0 else s.rate[f]
            used += s.use[p] * r
            top = max(top, r)
            if s.in_set[f] and s.limit[f] == a:
                level = s.trial[f]
            p = s.after[p]
        loose = used < s.capacity[a] * (1 - TOLERANCE)
        p = s.head[a]
        while p >= 0:
            f = s.owner[p]
            if not s.in_set[f]:
                without = s.bottleneck[f] == a and (loose or s.rate[f] < top * (1 - TOLERANCE))
                if without or (level >= 0 and s.rate[f] > level * (1 + TOLERANCE)):
                    flows, links = join(s, f, flows, links)
            p = s.after[p]
    return flows, links


def settle(s: Shared, flows: int, links: int) -> tuple[int, int]:
    """Grow the trial set until what it gets is fair among all flows; `trial` and `limit` then hold its rates."""
    while True:
        fill_set(s, flows, links)
        more, reached = gather(s, flows, links)
        if more == flows:
            return flows, links
        flows, links = more, reached


def clear(s: Shared, flows: int, links: int) -> None:
    """Empty the trial set."""
    for k in range(flows):
        s.in_set[s.flows[k]] = False
        s.limit[s.flows[k]] = -1
        s.trial[s.flows[k]] = -1.0
    for k in range(links):
        s.seen[s.links[k]] = False
