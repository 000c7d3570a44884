"""One path a flow: at every hop a hash of (seed, flow, hop) picks a port among those that lead nearer.

The generator is counter-based (the mixing function of SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number
generators, OOPSLA 2014): what a flow does depends on nothing but its number and the seed, on every machine and in any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.graph import RoutedGraph, hop_graph
from hwdsl.perf.flat.paths import Paths, gathered
from hwdsl.perf.flat.run import LOADING, NARROW, SMALL, Progress
from hwdsl.perf.flat.sweep import CELLS, FAR, Downhill
from hwdsl.query.flat import Ints

Words = npt.NDArray[np.uint64]
GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def mixed(x: Words) -> Words:
    """The output function of SplitMix64."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: Words = x ^ (x >> np.uint64(31))
    return out


def keys(seed: int, number: Ints) -> Words:
    """A word for every flow number under a seed."""
    start = mixed(np.array([seed & MASK], dtype=np.uint64))
    return mixed(start + number.astype(np.uint64) * np.uint64(GOLDEN))


def draw(key: Words, hop: int, below: Ints) -> Ints:
    """A number in `0 .. below` for every key and this hop."""
    word = mixed(key + np.uint64((hop + 1) * GOLDEN & MASK))
    return (((word >> np.uint64(32)) * below.astype(np.uint64)) >> np.uint64(32)).astype(np.int64)


def hashed_paths(f: Fabric, src: Ints, dst: Ints, number: Ints, seed: int, progress: Progress | None = None) -> Paths:
    """The path of each flow between vertices; `number` tells flows apart."""
    g = hop_graph(f)
    dest, row = np.unique(dst, return_inverse=True)
    key = keys(seed, number)
    if g.steps <= NARROW and len(dest) * (g.steps + g.states) <= SMALL:
        return _numpy(f, g, src, dest, row, key)
    if progress is not None:
        progress(LOADING)
    from hwdsl.perf.flat.path_kernels import hashed

    order = np.argsort(row, kind="stable")
    begin = np.searchsorted(row[order], np.arange(len(dest) + 1)).astype(np.int64)
    arc, reached = hashed(g.start, g.head, g.width, g.back_start, g.back_tail, g.back_width, g.relay, g.vertices, dest, begin,
                          src[order], key[order], f.bundles.first[g.bundle], 8)
    hops = np.empty(len(src), dtype=np.int64)
    hops[order] = reached
    return gathered(len(src), np.repeat(order, np.maximum(reached, 0)), arc, np.ones(len(arc)), hops)


def _numpy(f: Fabric, g: RoutedGraph, src: Ints, dest: Ints, row: Ints, key: Words) -> Paths:
    hops = np.zeros(len(src), dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    flows_of, arcs = [none], [none]
    size = max(1, CELLS // max(1, g.steps + g.states))
    by_dest = np.argsort(row, kind="stable")
    begin = np.searchsorted(row[by_dest], np.arange(len(dest) + 1))
    for first in range(0, len(dest), size):
        last = min(len(dest), first + size)
        downhill = Downhill(g, dest[first:last])
        flow = by_dest[begin[first]: begin[last]]
        k, state = row[flow] - first, src[flow]
        reached = downhill.distance[k, state] < FAR
        hops[flow] = np.where(reached, downhill.distance[k, state], -1)
        ports = np.where(downhill.down, g.width[None, :], 0.0).reshape(-1)
        before: Any = np.concatenate([[0], np.cumsum(ports)]).astype(np.int64)
        going = reached & (hops[flow] > 0)
        flow, k, state, hop = flow[going], k[going], state[going], 0
        while len(flow):
            pick = draw(key[flow], hop, downhill.ports[k, state].astype(np.int64)) + before[k * g.steps + g.start[state]]
            at = np.searchsorted(before, pick, side="right") - 1
            step = at - k * g.steps
            flows_of.append(flow)
            arcs.append(f.bundles.first[g.bundle[step]] + pick - before[at])
            hop += 1
            state = g.head[step].astype(np.int64)
            going = state != dest[first + k]
            flow, k, state = flow[going], k[going], state[going]
    arc = np.concatenate(arcs)
    return gathered(len(src), np.concatenate(flows_of), arc, np.ones(len(arc)), hops)
