"""P8: max-min fair rates of the 384-way all-to-all of CloudMatrix384, by classes of flows and flow by flow.

Every ordered pair of NPUs has one flow, split over all shortest paths of the seven sub-planes. Flat, each of its path-links is
looked at; by classes, one flow and one link stand for all that a symmetry makes alike.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from time import process_time
from typing import Any

import numpy as np

from benchmarks.network.measure import example, median, seconds, verdict
from hwdsl.ir.l0 import Template
from hwdsl.perf.flat import Fabric, fabric, route
from hwdsl.perf.flat.paths import FLOWS
from hwdsl.perf.rates import class_rates, fair_rates
from hwdsl.perf.rates import classes as filling
from hwdsl.perf.symbolic import uniform_max_min
from hwdsl.query.network import Network, network
from hwdsl.query.select import any_depth_planes, of_component
from hwdsl.query.selection import Selection

CHUNK = 96
"""Destinations whose paths are made at once."""


def problem(quick: bool) -> tuple[Template, Any, Selection, str]:
    """(design, planes, endpoints, words)."""
    if quick:
        root = example("nvl72.hw")
        return root, None, of_component(root, "B200"), "NVL72"
    root = example("cloudmatrix384.hw")
    return root, any_depth_planes(root, "ub"), of_component(root, "Ascend910C"), "CloudMatrix384, plane ub"


def all_paths(f: Fabric) -> tuple[Any, Any, Any]:
    """(start, arc, share) of the flows between all ordered pairs, by destination; made in chunks to keep memory low."""
    n = len(f.endpoints)
    lengths, arcs, shares = [], [], []
    for first in range(0, n, CHUNK):
        t, s = (x.reshape(-1) for x in np.meshgrid(np.arange(first, min(n, first + CHUNK)), np.arange(n), indexing="ij"))
        found = route(f, s[s != t], t[s != t])
        lengths.append(np.diff(found.start))
        arcs.append(found.arc.astype(np.int32))
        shares.append(found.share)
    return np.concatenate([[0], np.cumsum(np.concatenate(lengths))]), np.concatenate(arcs), np.concatenate(shares)


def classes_of(net: Network) -> tuple[Any, Any]:
    """(capacity, use) of the problem in classes that the symbolic solution of a network fills."""
    seen: list[tuple[Any, Any]] = []

    def noting(capacity: Any, use: Any) -> list[Fraction | None]:
        seen.append((capacity, use))
        return class_rates(capacity, use)

    original, filling.class_rates = filling.class_rates, noting
    try:
        uniform_max_min(net)
    finally:
        filling.class_rates = original
    return seen[-1]


def by_classes(quick: bool) -> None:
    """Print P8."""
    root, planes, over, words = problem(quick)
    net = network(root, planes, over)
    answer = uniform_max_min(net)
    whole = median(partial(uniform_max_min, net), 21)
    f = fabric(root, planes, over)
    nowhere = np.zeros(FLOWS + 1, dtype=np.int64)
    route(f, nowhere, nowhere)  # compiled
    before = process_time()
    start, arc, share = all_paths(f)
    making = process_time() - before
    fair_rates(np.ones(2), np.array([0, 30_000]), np.zeros(30_000, dtype=np.int64), np.ones(30_000))  # compiled
    before = process_time()
    rates = fair_rates(f.capacity, start, arc, share).rate
    flat = process_time() - before
    expected = np.sort(np.repeat([float(c.rate) for c in answer], [c.flows for c in answer]))
    apart = float(np.max(np.abs(np.sort(rates) - expected) / expected)) if len(rates) == len(expected) else float("inf")
    capacity, use = classes_of(net)
    alone = median(lambda: [class_rates(capacity, use) for _ in range(100)], 5) / 100
    target = "" if quick else f" (target >= 1e5x: {verdict(flat >= 1e5 * alone)})"
    print(f"P8  max-min fair rates of the all-to-all of {words}: {len(rates):,} flows, {len(arc):,} path-links; flow by flow "
          f"{seconds(flat)}, after {seconds(making)} for the paths; equal to {apart:.0e} (target 1e-9: {verdict(apart <= 1e-9)})")
    print(f"    {len(use)} classes of flows on {len(capacity)} of links {seconds(alone)}: {flat / alone:.1e}x{target}")
    print(f"    from the network at L0, symmetries and classes included, {seconds(whole)}: {flat / whole:.1e}x, and "
          f"{(flat + making) / whole:.1e}x the flat answer with its paths", flush=True)
