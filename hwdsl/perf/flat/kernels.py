"""Compiled sweeps (numba, serial, without the interpreter lock): one destination after the other, for large fabrics.

Nothing is compiled at import; the first call of a kernel compiles it, or loads it from numba's cache. Distances by breadth-first
search, or by Dijkstra's algorithm where steps cost different amounts; then flow downhill in reverse order of reaching.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


def compiled(function: Any) -> Any:
    """Compile with a cache on disk, without one where its folder cannot be written (numba raises at decoration)."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


def _reach(back_start: Any, back_tail: Any, back_width: Any, relay: Any, vertices: Any, copies: Any, t: Any, distance: Any,
           ports: Any, queue: Any) -> Any:
    """Hops to t of every state (distance, -1 where there is no way), ports that lead nearer, and the order of reaching; returns
    how many states were reached."""
    n = 0
    for c in range(copies):
        distance[t + c * vertices] = 0
        queue[n] = t + c * vertices
        n += 1
    k = 0
    while k < n:
        v = queue[k]
        k += 1
        d = distance[v]
        if d > 0 and not relay[v]:
            continue
        for i in range(back_start[v], back_start[v + 1]):
            u = back_tail[i]
            if distance[u] < 0:
                distance[u] = d + 1
                queue[n] = u
                n += 1
            if distance[u] == d + 1:
                ports[u] += back_width[i]
    return n


reach = compiled(_reach)


def _reach_by_cost(back_start: Any, back_tail: Any, back_step: Any, width: Any, relay: Any, vertices: Any, copies: Any, t: Any,
                   length: Any, through: Any, distance: Any, ports: Any, queue: Any, heap_cost: Any, heap_state: Any,
                   settled: Any) -> Any:
    """The same with the cost of steps and of passing states: Dijkstra's algorithm with a binary heap."""
    n, size = 0, 0
    for c in range(copies):
        distance[t + c * vertices] = 0
        heap_cost[size], heap_state[size] = 0, t + c * vertices
        size += 1
    while size > 0:
        d, v = heap_cost[0], heap_state[0]
        size -= 1
        cost, state, hole = heap_cost[size], heap_state[size], 0
        while True:
            child = 2 * hole + 1
            if child >= size:
                break
            if child + 1 < size and heap_cost[child + 1] < heap_cost[child]:
                child += 1
            if heap_cost[child] >= cost:
                break
            heap_cost[hole], heap_state[hole] = heap_cost[child], heap_state[child]
            hole = child
        heap_cost[hole], heap_state[hole] = cost, state
        if settled[v]:
            continue
        settled[v] = True
        queue[n] = v
        n += 1
        if d > 0 and not relay[v]:
            continue
        base = d + (through[v] if d > 0 else 0)
        for i in range(back_start[v], back_start[v + 1]):
            u = back_tail[i]
            new = base + length[back_step[i]]
            if distance[u] < 0 or new < distance[u]:
                distance[u] = new
                ports[u] = width[back_step[i]]
                at = size
                size += 1
                while at > 0:
                    parent = (at - 1) // 2
                    if heap_cost[parent] <= new:
                        break
                    heap_cost[at], heap_state[at] = heap_cost[parent], heap_state[parent]
                    at = parent
                heap_cost[at], heap_state[at] = new, u
            elif new == distance[u]:
                ports[u] += width[back_step[i]]
    for i in range(n):
        settled[queue[i]] = False
    return n


reach_by_cost = compiled(_reach_by_cost)


def _downhill(start: Any, head: Any, width: Any, bundle: Any, relay: Any, distance: Any, ports: Any, queue: Any, n: Any,
              here: Any, scale: Any, flow: Any) -> Any:
    """Move what waits in `here` to the destination along steps of cost 1; returns steps seen."""
    seen = 0
    for k in range(n - 1, -1, -1):
        u = queue[k]
        if here[u] == 0.0 or distance[u] == 0:
            here[u] = 0.0
            continue
        each = here[u] / ports[u]
        here[u] = 0.0
        nearer = distance[u] - 1
        seen += start[u + 1] - start[u]
        for i in range(start[u], start[u + 1]):
            v = head[i]
            if distance[v] == nearer and (nearer == 0 or relay[v]):
                part = each * width[i]
                here[v] += part
                flow[bundle[i]] += part * scale
    return seen


downhill = compiled(_downhill)


def _downhill_by_cost(start: Any, head: Any, width: Any, bundle: Any, relay: Any, length: Any, through: Any, distance: Any,
                      ports: Any, queue: Any, n: Any, here: Any, scale: Any, flow: Any, hops: Any) -> Any:
    """The same along steps of any cost; `hops` gets the fewest hops among the cheapest paths."""
    seen = 0
    for k in range(n):
        u = queue[k]
        if distance[u] == 0:
            hops[u] = 0
            continue
        fewest = np.int64(1) << 40
        for i in range(start[u], start[u + 1]):
            v = head[i]
            near = distance[v]
            if near >= 0 and (near == 0 or relay[v]) and distance[u] == near + length[i] + (through[v] if near > 0 else 0):
                fewest = min(fewest, hops[v] + 1)
        hops[u] = fewest
    for k in range(n - 1, -1, -1):
        u = queue[k]
        if here[u] == 0.0 or distance[u] == 0:
            here[u] = 0.0
            continue
        each = here[u] / ports[u]
        here[u] = 0.0
        seen += start[u + 1] - start[u]
        for i in range(start[u], start[u + 1]):
            v = head[i]
            near = distance[v]
            if near >= 0 and (near == 0 or relay[v]) and distance[u] == near + length[i] + (through[v] if near > 0 else 0):
                part = each * width[i]
                here[v] += part
                flow[bundle[i]] += part * scale
    return seen


downhill_by_cost = compiled(_downhill_by_cost)


def _sweep(start: Any, head: Any, width: Any, bundle: Any, back_start: Any, back_tail: Any, back_width: Any, relay: Any,
           vertices: Any, copies: Any, dest: Any, shared: Any, begin: Any, src: Any, weight: Any, scale: Any, flow: Any,
           histogram: Any, carried: Any) -> Any:
    """All destinations by hops. `histogram[h]` pairs at h hops, its last entry the unreachable ones. Returns steps seen."""
    states = vertices * copies
    distance = np.full(states, -1, dtype=np.int32)
    ports = np.zeros(states)
    here = np.zeros(states)
    queue = np.empty(states, dtype=np.int32)
    seen = 0
    last = len(histogram) - 1
    for k in range(len(dest)):
        t = dest[k]
        n = reach(back_start, back_tail, back_width, relay, vertices, copies, t, distance, ports, queue)
        first, stop = (begin[0], begin[1]) if shared else (begin[k], begin[k + 1])
        for i in range(first, stop):
            s = src[i]
            if s == t:
                continue
            d = distance[s]
            if d < 0:
                histogram[last] += scale[k]
            else:
                histogram[min(d, last - 1)] += scale[k]
                carried[0] += scale[k] * weight[i]
                here[s] += weight[i]
        seen += len(head) + downhill(start, head, width, bundle, relay, distance, ports, queue, n, here, scale[k], flow)
        for i in range(n):
            distance[queue[i]] = -1
            ports[queue[i]] = 0.0
    return seen


sweep_hops = compiled(_sweep)


def _sweep_by_cost(start: Any, head: Any, width: Any, bundle: Any, back_start: Any, back_tail: Any, back_step: Any, relay: Any,
                   length: Any, through: Any, vertices: Any, copies: Any, dest: Any, shared: Any, begin: Any, src: Any,
                   weight: Any, scale: Any, flow: Any, histogram: Any, carried: Any) -> Any:
    """All destinations by cost."""
    states = vertices * copies
    distance = np.full(states, -1, dtype=np.int64)
    ports = np.zeros(states)
    here = np.zeros(states)
    queue = np.empty(states, dtype=np.int32)
    hops = np.zeros(states, dtype=np.int64)
    settled = np.zeros(states, dtype=np.bool_)
    heap_cost = np.empty(len(head) + copies + 1, dtype=np.int64)
    heap_state = np.empty(len(head) + copies + 1, dtype=np.int32)
    unreached = np.empty(0, dtype=np.int64)
    seen = 0
    last = len(histogram) - 1
    for k in range(len(dest)):
        t = dest[k]
        n = reach_by_cost(back_start, back_tail, back_step, width, relay, vertices, copies, t, length, through, distance, ports,
                          queue, heap_cost, heap_state, settled)
        first, stop = (begin[0], begin[1]) if shared else (begin[k], begin[k + 1])
        unreached = src[first:stop]
        for i in range(len(unreached)):
            s = unreached[i]
            if s != t and distance[s] >= 0:
                here[s] += weight[first + i]
        seen += len(head) + downhill_by_cost(start, head, width, bundle, relay, length, through, distance, ports, queue, n, here,
                                             scale[k], flow, hops)
        for i in range(len(unreached)):
            s = unreached[i]
            if s == t:
                continue
            if distance[s] < 0:
                histogram[last] += scale[k]
            else:
                histogram[min(hops[s], last - 1)] += scale[k]
                carried[0] += scale[k] * weight[first + i]
        for i in range(n):
            distance[queue[i]] = -1
            ports[queue[i]] = 0.0
    return seen


sweep_by_cost = compiled(_sweep_by_cost)
