"""P6: exact loads with up to two failed links at a million accelerators, against one breadth-first search over the rules."""

from __future__ import annotations

from functools import partial
from time import process_time

from benchmarks.network.loads import implicit_search, pod_of
from benchmarks.network.measure import from_rules, median, of_planes, seconds, verdict
from hwdsl.ir.outages import Exclusion
from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.quotient import Refused

Ports = tuple[tuple[str, tuple[int, ...]], ...]
MILLION: tuple[tuple[str, str, int, str | None, str, Ports], ...] = (
    ("nodes of 8 on two planes of rails", "Rails(pods = 3906)", 0, None, "gpu",
     (("leaf.net", (0, 0, 0, 0)), ("leaf.net", (7, 3, 1, 5)))),
    ("nodes of 8 on 16 planes of rails", "Rails(pods = 3906, planes = 16)", 0, None, "gpu",
     (("leaf.net", (0, 0, 0, 0)), ("leaf.net", (7, 3, 1, 5)))),
    ("three-tier fat tree of 158-port switches", "FatTree(k = 158)", 0, None, "host",
     (("agg.net", (0, 0, 0)), ("edge.net", (5, 4, 3)))),
    ("supernodes under a three-tier Clos in 128 planes (examples/scale.hw)", "scale.hw", 2592, "scale_out",
     "supernode.node.npu.die", (("supernode.leaf.up", (0, 0, 0, 0)), ("agg.port", (5, 4, 100)))),
    ("HyperX of 99 x 100 x 101", "HyperX(a = 99, b = 100, c = 101)", 0, None, "node",
     (("node.net", (0, 0, 0, 0)), ("node.net", (5, 6, 7, 120)))),
    ("cubes of 8 x 8 x 8 under a Clos", "ClosOfCubes(cubes = 1953)", 0, None, "node",
     (("tor.net", (0, 0, 0)), ("tor.net", (9, 1, 3)))),
)
"""(words, example or component, supernodes, plane, path of the endpoints, ports at one end of the links that fail)."""


def with_faults(quick: bool) -> None:
    """Print P6."""
    print("P6  exact loads with failed links at about a million accelerators, symbolic, against one BFS over the rules (target "
          "< 10 %)")
    for words, name, supernodes, plane, path, ports in MILLION:
        if quick and name.startswith(("scale", "Clos", "HyperX")):
            continue
        root = pod_of(name, supernodes)
        walk = implicit_search(root, path, plane)  # compiled before: P5 comes first
        before = process_time()
        walk()
        once = process_time() - before
        search = once if once > 1 else median(walk, 5)
        net = of_planes(root, plane)
        gone = tuple(Exclusion(tuple(p.split(".")), tuple(range(x, x + 1) for x in box), "port", "failed") for p, box in ports)
        said = []
        for n in (0, 1, 2):
            try:
                found = uniform_loads(net, "ecmp", gone[:n])
            except Refused as reason:
                said.append(f"{n} failed: refused, {reason}")
                continue
            spent = from_rules(root, plane, partial(uniform_loads, routing="ecmp", failed=gone[:n]), 3)
            said.append(f"{n} failed: {len(found.classes)} classes in {seconds(spent)}, {spent / search:.1%} "
                        f"({verdict(spent < 0.1 * search)})")
        all_planes = median(implicit_search(root, path, None), 3) if plane else 0.0
        endpoints = sum(net.blocks[k].size for k in net.endpoints)
        print(f"    {words}: {endpoints:,} endpoints, {sum(a.links for a in net.arcs):,} links, BFS {seconds(search)}"
              + (f"; of the whole design, as in P4, {seconds(all_planes)}" if plane else ""))
        print("\n".join(f"        {line}" for line in said), flush=True)
