"""Valiant routing: every flow goes to an intermediate vertex first, then on to its destination; both by equal-cost routing.

Over all intermediates alike, each phase depends only on what every endpoint sends and receives in all: the load is exact for any
traffic at the cost of two sweeps of the fabric.
"""

from __future__ import annotations

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.hashing import draw, keys
from hwdsl.perf.flat.models import Options, Unroutable
from hwdsl.perf.flat.orbits import Orbits
from hwdsl.perf.flat.paths import Paths, fluid_paths, one_after_the_other
from hwdsl.perf.flat.run import Progress, run
from hwdsl.perf.flat.sweep import Swept
from hwdsl.perf.flat.traffic import Demand, Traffic
from hwdsl.query.flat import Ints


def intermediates(f: Fabric, options: Options) -> Ints:
    """The vertices that serve: given, else the endpoints if all of them relay, else the vertices they hang on."""
    if options.middle is not None:
        return np.unique(np.asarray(options.middle, dtype=np.int64))
    if f.relay[f.endpoints].all():
        return np.unique(f.endpoints)
    talks = np.zeros(f.vertex_count, dtype=bool)
    talks[f.endpoints] = True
    around = np.unique(f.head[talks[f.tail]])
    near: Ints = around[f.relay[around]]
    if not len(near):
        raise Unroutable("no vertex can serve as intermediate: nothing that relays is next to an endpoint")
    return near


def valiant_loads(f: Fabric, traffic: Traffic, options: Options, found: Orbits | None = None,
                  progress: Progress | None = None) -> Swept:
    """Flow of every bundle, spread over all intermediates alike. Pairs are not told apart: the histogram stays empty.

    found  orbits of the fabric, for uniform traffic over intermediates that every symmetry keeps: one of each orbit is swept
    Raises Unroutable if an endpoint cannot reach every intermediate and back.
    """
    ends, middle, e = f.endpoints, intermediates(f, options), len(f.endpoints)
    if traffic.uniform:
        out_of = into = np.full(e, float(e - 1))
    else:
        moves = traffic.src != traffic.dst
        out_of = np.bincount(traffic.src[moves], traffic.weight[moves], e)
        into = np.bincount(traffic.dst[moves], traffic.weight[moves], e)
    g, total = hop_graph(f), Swept(f.bundles.count)
    if not e:
        return total
    first, many = _representatives(middle, found)
    there = Demand(first, ends, out_of / len(middle), None, many)
    last, like = _representatives(ends, found)
    back = Demand(last, middle, np.full(len(middle), 1.0 / len(middle)), None, into if found is None else like * (e - 1))
    for phase in (there, back):
        swept = run(g, phase, f.bundles.count, progress)
        if swept.unreachable:
            raise Unroutable("some endpoint cannot reach every intermediate vertex and be reached from it")
        total.flow += swept.flow if found is None else found.spread(swept.flow)
        total.visits += swept.visits
    total.carried = float(out_of.sum())
    return total


def _representatives(vertices: Ints, found: Orbits | None) -> tuple[Ints, Floats]:
    """(one vertex of each orbit, how many are like it)."""
    if found is None:
        return vertices, np.ones(len(vertices))
    which, count = np.unique(found.vertex[vertices], return_counts=True)
    return which, count.astype(np.float64)


def random_middle(f: Fabric, number: Ints, seed: int, options: Options) -> Ints:
    """The intermediate of every flow, by its number and the seed."""
    middle = intermediates(f, options)
    return middle[draw(keys(seed ^ 0x56414C49, number), 0, np.full(len(number), len(middle), dtype=np.int64))]


def valiant_paths(f: Fabric, src: Ints, dst: Ints, number: Ints, seed: int, options: Options, budget: int,
                  progress: Progress | None = None) -> Paths:
    """Path-links of flows between vertices, each over one intermediate. Raises Unroutable, OverBudget."""
    middle = np.where(src == dst, src, random_middle(f, number, seed, options))
    g = hop_graph(f)
    phases = ((src, middle), (middle, dst))
    return one_after_the_other([fluid_paths(f, g, a, b, budget, progress) for a, b in phases])
