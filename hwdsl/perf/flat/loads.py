"""Loads of the arcs of a fabric under a traffic and a routing model.

Method and cost are part of the result. Small fabrics are swept in plain numpy; large ones by compiled kernels, one destination
after the other ("brute force"), or one destination of each verified orbit ("orbits").
"""

from __future__ import annotations

from collections.abc import Iterable

from hwdsl.node import Record
from hwdsl.perf.flat.answer import FlatLoads, answer
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.graph import RoutedGraph, hop_graph
from hwdsl.perf.flat.orbits import Orbits, orbits
from hwdsl.perf.flat.run import SMALL, Progress, run
from hwdsl.perf.flat.sweep import Swept
from hwdsl.perf.flat.traffic import Traffic, demand
from hwdsl.query.flat import Ints, OverBudget

TRIALS = 24
"""Checks of symmetries that are expected, each as much work as a sweep: fewer destinations are swept at once."""


class Estimate(Record):
    """What loads will take, before they are computed: the method that will be tried first, steps visited at most by brute force,
    and bytes allocated beside the fabric."""

    method: str
    visits: int
    bytes: int


def estimate_loads(f: Fabric, traffic: Traffic, routing: str = "ecmp") -> Estimate:
    """The cost of `loads`."""
    destinations = len(f.endpoints) if traffic.uniform else len(set(traffic.dst.tolist()))
    visits = 3 * destinations * f.bundles.count
    symmetric = traffic.uniform and routing == "ecmp" and visits > SMALL and destinations > TRIALS
    needed = 40 * f.vertex_count + (60 if symmetric else 16) * f.bundles.count + 8 * f.arc_count + 40 * len(traffic.src)
    return Estimate("orbits" if symmetric else "brute force", visits, needed)


def loads(f: Fabric, traffic: Traffic, routing: str = "ecmp", seed: int = 0, *, generators: Iterable[Ints] = (),
          budget: int = 2 * 1024**3, progress: Progress | None = None) -> FlatLoads:
    """Loads of all arcs.

    generators  permutations of vertices that may be symmetries, beside those found from coordinates; each is verified
    Raises BadTraffic; OverBudget before anything is allocated.
    """
    expected = estimate_loads(f, traffic, routing)
    if expected.bytes > budget:
        raise OverBudget(expected.bytes, budget)
    g = hop_graph(f)
    if expected.method != "orbits":
        return answer(f, run(g, demand(f, traffic), f.bundles.count, progress), "brute force", routing)
    found = orbits(f, generators, progress)
    if 2 * len(found.dest) > len(f.endpoints):
        reason = f"{found.held} of {found.tried} permutations tried are symmetries; {len(found.dest)} orbits of destinations"
        return answer(f, run(g, demand(f, traffic), f.bundles.count, progress), "brute force", routing, reason)
    return answer(f, by_orbits(f, g, found, progress), "orbits", routing)


def by_orbits(f: Fabric, g: RoutedGraph, found: Orbits, progress: Progress | None = None) -> Swept:
    """Uniform traffic: one sweep per orbit of destinations."""
    swept = run(g, found.demand(f), f.bundles.count, progress)
    swept.flow = found.spread(swept.flow)
    swept.visits += found.visits
    return swept
