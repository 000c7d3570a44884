"""Loads of the arcs of a fabric under a traffic and a routing model.

Method and cost are part of the result. Small fabrics are swept in plain numpy; large ones by compiled kernels, one destination
after the other ("brute force"), or one destination of each verified orbit ("orbits"). Models that decide flow by flow ("hashed",
"static", Valiant over one random intermediate) are followed flow by flow.
"""

from __future__ import annotations

from collections.abc import Iterable

from hwdsl.node import Record
from hwdsl.perf.flat.adaptive import adaptive_loads
from hwdsl.perf.flat.answer import FlatLoads, answer
from hwdsl.perf.flat.dimension import dimension_order_loads
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.graph import RoutedGraph
from hwdsl.perf.flat.models import PLAIN, Options, shortest_path_graph
from hwdsl.perf.flat.orbits import Orbits, orbits
from hwdsl.perf.flat.routes import loads_by_paths
from hwdsl.perf.flat.run import SMALL, Progress, run
from hwdsl.perf.flat.sweep import CELL_BYTES, CELLS, Swept
from hwdsl.perf.flat.traffic import Traffic, demand
from hwdsl.perf.flat.valiant import valiant_loads
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
    each = 60 if symmetric else 16
    needed = (CELL_BYTES * min(CELLS, destinations * f.bundles.count) + 40 * f.vertex_count + each * f.bundles.count
              + 8 * f.arc_count + 40 * len(traffic.src))
    method = "flow by flow" if routing in ("hashed", "static") else "orbits" if symmetric else "brute force"
    return Estimate(method, visits, needed)


def loads(f: Fabric, traffic: Traffic, routing: str = "ecmp", seed: int = 0, *, options: Options = PLAIN,
          generators: Iterable[Ints] = (), budget: int = 2 * 1024**3, progress: Progress | None = None) -> FlatLoads:
    """Loads of all arcs.

    seed        for the models that draw ("hashed", "valiant" over one random intermediate)
    generators  permutations of vertices that may be symmetries, beside those found from coordinates; each is verified
    Raises BadTraffic; Unroutable where the model does not apply; OverBudget before anything is allocated.
    """
    expected = estimate_loads(f, traffic, routing)
    if expected.bytes > budget:
        raise OverBudget(expected.bytes, budget)
    d = demand(f, traffic)
    graph = shortest_path_graph(f, routing, options)
    if graph is None:
        return _other(f, traffic, routing, seed, options, generators, budget, progress)
    if expected.method != "orbits":
        return answer(f, run(graph, d, f.bundles.count, progress), "brute force", routing)
    found = orbits(f, generators, progress, all_parts=False)
    if 2 * len(found.dest) > len(f.endpoints):
        reason = f"{found.held} of {found.tried} permutations tried are symmetries; {len(found.dest)} orbits of destinations"
        return answer(f, run(graph, d, f.bundles.count, progress), "brute force", routing, reason)
    return answer(f, by_orbits(f, graph, found, progress), "orbits", routing)


def _other(f: Fabric, traffic: Traffic, routing: str, seed: int, options: Options,
           generators: Iterable[Ints], budget: int, progress: Progress | None) -> FlatLoads:
    if routing == "dimension_order":
        return answer(f, dimension_order_loads(f, traffic, options, budget, progress), "brute force by dimension", routing)
    if routing == "valiant" and options.via == "every":
        symmetric = traffic.uniform and options.middle is None and 3 * len(f.endpoints) * f.bundles.count > SMALL
        found = orbits(f, generators, progress) if symmetric else None
        how = "brute force" if found is None else "orbits"
        return answer(f, valiant_loads(f, traffic, options, found, progress), f"{how} in two phases", routing)
    if routing == "adaptive":
        return answer(f, adaptive_loads(f, traffic, generators, progress), "linear program", routing)
    load, counted = loads_by_paths(f, traffic, routing, seed, options, budget, progress)
    histogram = {h: round(n) for h, n in sorted(counted.histogram.items())}
    return FlatLoads(load, "flow by flow", counted.visits, round(counted.unreachable), histogram, counted.carried, routing)


def by_orbits(f: Fabric, g: RoutedGraph, found: Orbits, progress: Progress | None = None) -> Swept:
    """Uniform traffic: one sweep per orbit of destinations."""
    swept = run(g, found.demand(f), f.bundles.count, progress)
    swept.flow = found.spread(swept.flow)
    swept.visits += found.visits
    return swept
