"""Compiled kernels that write out the paths of flows, destination by destination."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.perf.flat.kernels import compiled, reach, reach_by_cost


def _leads_down(distance: Any, relay: Any, length: Any, through: Any, u: Any, e: Any, v: Any) -> Any:
    """Whether step e from u to v lies on a cheapest path (empty length: every step costs 1)."""
    near = distance[v]
    if near < 0 or (near > 0 and not relay[v]):
        return False
    if len(length) == 0:
        return distance[u] == near + 1
    return distance[u] == near + length[e] + (through[v] if near > 0 else 0)


leads_down = compiled(_leads_down)


def _downhill(start: Any, head: Any, relay: Any, length: Any, through: Any, distance: Any, queue: Any, n: Any, first: Any,
              last: Any, down: Any) -> None:
    """For each of the n states reached, the steps that lead nearer: `down[first[u]:last[u]]`, looked for once a destination."""
    m = 0
    for i in range(n):
        u = queue[i]
        first[u] = m
        if distance[u] > 0:
            for e in range(start[u], start[u + 1]):
                if leads_down(distance, relay, length, through, u, e, head[e]):
                    down[m] = e
                    m += 1
        last[u] = m


downhill = compiled(_downhill)


def _below(head: Any, first: Any, last: Any, down: Any, queue: Any, order: Any, s: Any, listed: Any, found: Any) -> Any:
    """Ranks (in the order of reaching) of all states that cheapest paths from s go through, ascending."""
    m, i = 1, 0
    found[0] = order[s]
    listed[s] = True
    while i < m:
        u = queue[found[i]]
        i += 1
        for k in range(first[u], last[u]):
            v = head[down[k]]
            if not listed[v]:
                listed[v] = True
                found[m] = order[v]
                m += 1
    for i in range(m):
        listed[queue[found[i]]] = False
    return np.sort(found[:m])


below = compiled(_below)


def _pour(head: Any, width: Any, first: Any, last: Any, down: Any, ports: Any, queue: Any, ranks: Any, here: Any, fewest: Any,
          step: Any, share: Any, written: Any) -> Any:
    """Write the steps of one flow and their shares from `written` on, as far as there is room; returns (path-links, hops)."""
    for r in range(len(ranks)):
        u = queue[ranks[r]]
        fewest[u] = 0 if first[u] == last[u] else np.int64(1) << 40
        for k in range(first[u], last[u]):
            fewest[u] = min(fewest[u], fewest[head[down[k]]] + 1)
    count = 0
    here[queue[ranks[-1]]] = 1.0
    for r in range(len(ranks) - 1, -1, -1):
        u = queue[ranks[r]]
        part = here[u]
        here[u] = 0.0
        for k in range(first[u], last[u]):
            e = down[k]
            moved = part / ports[u] * width[e]
            here[head[e]] += moved
            if written + count < len(step):
                step[written + count], share[written + count] = e, moved
            count += 1
    return count, fewest[queue[ranks[-1]]]


pour = compiled(_pour)


def _fluid(start: Any, head: Any, width: Any, back_start: Any, back_tail: Any, back_step: Any, back_width: Any, relay: Any,
           vertices: Any, copies: Any, length: Any, through: Any, dest: Any, begin: Any, src: Any, limit: Any) -> Any:
    """(path-links of each flow, their steps, their shares, hops of each flow). At `limit` path-links writing stops, counting goes
    on.

    Flows `begin[k] .. begin[k + 1]` go to `dest[k]`. Steps that lead nearer are listed once for all of them. The states below a
    source are collected, put in the order they were reached from the destination, and gone through from the far end.
    """
    states, by_cost = vertices * copies, len(length) > 0
    distance, ports = np.full(states, -1, dtype=np.int64), np.zeros(states)
    queue, order = np.empty(states, dtype=np.int64), np.empty(states, dtype=np.int64)
    heap = len(head) + copies + 1 if by_cost else 1
    heap_cost, heap_state = np.empty(heap, dtype=np.int64), np.empty(heap, dtype=np.int64)
    settled, listed = np.zeros(states, dtype=np.bool_), np.zeros(states, dtype=np.bool_)
    here, fewest, found = np.zeros(states), np.zeros(states, dtype=np.int64), np.empty(states, dtype=np.int64)
    count, hops = np.zeros(len(src), dtype=np.int64), np.zeros(len(src), dtype=np.int64)
    first, last = np.empty(states, dtype=np.int64), np.empty(states, dtype=np.int64)
    down = np.empty(len(head), dtype=np.int64)
    step, share = np.empty(1024, dtype=np.int64), np.empty(1024)
    written = 0
    for k in range(len(dest)):
        if by_cost:
            n = reach_by_cost(back_start, back_tail, back_step, width, relay, vertices, copies, dest[k], length, through,
                              distance, ports, queue, heap_cost, heap_state, settled)
        else:
            n = reach(back_start, back_tail, back_width, relay, vertices, copies, dest[k], distance, ports, queue)
        for i in range(n):
            order[queue[i]] = i
        downhill(start, head, relay, length, through, distance, queue, n, first, last, down)
        for j in range(begin[k], begin[k + 1]):
            if distance[src[j]] < 0:
                hops[j] = -1
                continue
            ranks = below(head, first, last, down, queue, order, src[j], listed, found)
            count[j], hops[j] = pour(head, width, first, last, down, ports, queue, ranks, here, fewest, step, share, written)
            if written + count[j] > len(step) and len(step) < limit:
                size = min(limit, 2 * (written + count[j]))
                longer, more = np.empty(size, dtype=np.int64), np.empty(size)
                longer[:written], more[:written] = step[:written], share[:written]
                step, share = longer, more
                pour(head, width, first, last, down, ports, queue, ranks, here, fewest, step, share, written)
            written = min(len(step), written + count[j])
        for i in range(n):
            distance[queue[i]] = -1
            ports[queue[i]] = 0.0
    return count, step[:written], share[:written], hops


fluid = compiled(_fluid)


def _hashed(start: Any, head: Any, width: Any, back_start: Any, back_tail: Any, back_width: Any, relay: Any, vertices: Any,
            dest: Any, begin: Any, src: Any, key: Any, first: Any, longest: Any) -> Any:
    """(arcs of each flow one after the other, hops of each flow): at every hop the port that the hash of key and hop picks.

    first  the first arc of each step; longest  room for that many arcs a flow
    """
    distance, ports = np.full(vertices, -1, dtype=np.int64), np.zeros(vertices)
    queue = np.empty(vertices, dtype=np.int64)
    hops = np.zeros(len(src), dtype=np.int64)
    arcs = np.empty(max(1, len(src) * longest), dtype=np.int64)
    written = 0
    for k in range(len(dest)):
        n = reach(back_start, back_tail, back_width, relay, vertices, 1, dest[k], distance, ports, queue)
        for j in range(begin[k], begin[k + 1]):
            u = src[j]
            hops[j] = distance[u]
            if distance[u] < 0:
                continue
            if written + distance[u] > len(arcs):
                longer = np.empty(2 * len(arcs) + distance[u], dtype=np.int64)
                longer[:written] = arcs[:written]
                arcs = longer
            for hop in range(distance[u]):
                x = key[j] + np.uint64(hop + 1) * np.uint64(0x9E3779B97F4A7C15)
                x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                x = x ^ (x >> np.uint64(31))
                pick = np.int64(((x >> np.uint64(32)) * np.uint64(ports[u])) >> np.uint64(32))
                for e in range(start[u], start[u + 1]):
                    v = head[e]
                    if distance[v] == distance[u] - 1 and (distance[v] == 0 or relay[v]):
                        if pick < width[e]:
                            arcs[written] = first[e] + pick
                            written += 1
                            u = v
                            break
                        pick -= np.int64(width[e])
        for i in range(n):
            distance[queue[i]] = -1
            ports[queue[i]] = 0.0
    return arcs[:written], hops


hashed = compiled(_hashed)
