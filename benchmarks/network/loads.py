"""P5: exact loads of every link under uniform all-to-all on pods of about 100,000 accelerators, against one breadth-first search.

The symbolic answer starts from the network at L0, before its symmetries are looked for; the searches start from finished numbers.

Two searches of the same network: over its rules without an edge array (`hwdsl.ir.traverse.hops`, whose nested loops read memory
in order), which the targets are taken against; and over the finished arrays of the fabric, a plain compiled search.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numba
import numpy as np

from benchmarks.network.measure import example, family, from_rules, median, of_planes, seconds, verdict
from hwdsl.ir.l0 import Template
from hwdsl.ir.layout import layout
from hwdsl.ir.traverse import hops
from hwdsl.perf.flat import Fabric, fabric, loads, uniform
from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.select import any_depth_planes

PODS: tuple[tuple[str, str, int, str | None, str], ...] = (
    ("nodes of 8 on two planes of rails", "Rails(pods = 391)", 0, None, "gpu"),
    ("nodes of 8 on 16 planes of rails", "Rails(pods = 391, planes = 16)", 0, None, "gpu"),
    ("three-tier fat tree of 74-port switches", "FatTree(k = 74)", 0, None, "host"),
    ("supernodes under a three-tier Clos in 128 planes (examples/scale.hw)", "scale.hw", 256, "scale_out",
     "supernode.node.npu.die"),
)
"""(words, example or component, supernodes, plane, path of the endpoints)."""


def _search(start: Any, head: Any, source: Any, distance: Any, queue: Any) -> Any:
    """Distances over arrays; how many vertices were reached."""
    distance[:] = -1
    distance[source] = 0
    queue[0] = source
    n, k = 1, 0
    while k < n:
        v = queue[k]
        k += 1
        for i in range(start[v], start[v + 1]):
            u = head[i]
            if distance[u] < 0:
                distance[u] = distance[v] + 1
                queue[n] = u
                n += 1
    return n


search = numba.njit(nogil=True)(_search)


def flat_search(f: Fabric) -> Any:
    """One search of a fabric from its first endpoint, as a call without arguments."""
    distance, queue = np.empty(f.vertex_count, dtype=np.int32), np.empty(f.vertex_count, dtype=np.int32)
    start, head, source = f.bundles.start, f.bundles.head, int(f.endpoints[0])
    return partial(search, start, head, source, distance, queue)


def implicit_search(root: Template, path: str, plane: str | None) -> Any:
    """One search over the rules from the first part at a path, as a call without arguments."""
    at = tuple(path.split("."))
    device = layout(root).device_id(at, (0,) * len(root.shape(at)))
    return partial(hops, root, device, () if plane is None else (plane,), ())


def load_loops() -> None:
    """Compile the loops of the flat level and of both searches, or load them from their cache, on a network that uses them."""
    root = family("FatTree(k = 64)")
    implicit_search(root, "host", None)()
    f = fabric(root, None, None)
    flat_search(f)()
    loads(f, uniform())


def pod_of(name: str, supernodes: int) -> Template:
    """A pod at L0."""
    return example(name, supernodes=supernodes) if supernodes else family(name)


def against_search(quick: bool) -> None:
    """Print P5."""
    rounds = 3 if quick else 7
    for words, name, supernodes, plane, path in PODS[:1] if quick else PODS:
        root = pod_of(name, supernodes)
        symbolic = from_rules(root, plane, uniform_loads, 10 * rounds + 1)
        net = of_planes(root, plane)
        answer = uniform_loads(net)
        again = median(partial(uniform_loads, net), rounds)
        assert not answer.hops.unreachable
        walk = implicit_search(root, path, plane)
        walk()
        implicit = median(walk, rounds)
        planes = None if plane is None else any_depth_planes(root, plane)
        f = fabric(root, planes, None, budget=4 * 1024**3)
        over_arrays = flat_search(f)
        assert over_arrays() == f.vertex_count
        bfs = median(over_arrays, rounds)
        found = loads(f, uniform())
        orbits = median(partial(loads, f, uniform()), rounds)
        apart = _apart(f, found.load, answer)
        whole = median(implicit_search(root, path, None), rounds) if plane else 0.0
        print(f"P5  {words}: {answer.endpoints:,} endpoints, {f.arc_count // 2:,} links; one BFS over "
              f"the rules {seconds(implicit)}, over arrays {seconds(bfs)}"
              + (f", over the rules of the whole design, as in P4, {seconds(whole)}" if plane else ""))
        print(f"    symbolic ({answer.method}, {len(answer.classes)} classes) {seconds(symbolic)}: {symbolic / implicit:.1%} "
              f"(target < 1 %: {verdict(symbolic < 0.01 * implicit)}), {symbolic / bfs:.1%} of the search over arrays; asked "
              f"again {seconds(again)}")
        print(f"    flat ({found.method}) {seconds(orbits)}: {orbits / implicit:.1f}x (target < 10x: "
              f"{verdict(orbits < 10 * implicit)}), {orbits / bfs:.1f}x the search over arrays; both levels agree "
              f"to {apart:.0e}", flush=True)


def _apart(f: Fabric, load: Any, answer: Any) -> float:
    """Greatest relative difference between the multisets of loads of both levels, rule by rule."""
    worst = 0.0
    expected: dict[int, list[tuple[float, int]]] = {}
    for c in answer.classes:
        expected.setdefault(c.rule, []).append((float(c.load), c.arcs))
    for rule, classes in expected.items():
        mine = np.sort(load[f.rule == rule])
        theirs = np.sort(np.repeat([x for x, _ in classes], [n for _, n in classes]))
        if len(mine) != len(theirs):
            return float("inf")
        worst = max(worst, float(np.max(np.abs(mine - theirs) / np.maximum(theirs, 1e-300), initial=0.0)))
    return worst
