"""Which sweep: plain numpy for small fabrics, compiled kernels for large ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hwdsl.perf.flat.graph import RoutedGraph
from hwdsl.perf.flat.sweep import Swept, sweep
from hwdsl.perf.flat.traffic import Demand

Progress = Callable[[str], None]

SMALL = 4_000_000
"""Destinations times steps below which no compiled kernel is used: numpy takes about as long as loading one."""

NARROW = 100_000
"""Steps above which kernels are used however few the destinations."""

HOP_BINS = 4096
"""Longest path that the histogram of a compiled sweep tells apart."""

SLICE = 200_000_000
"""Destinations times steps of a compiled sweep between two reports of progress."""

LOADING = "loading compiled kernels (the first use on a machine compiles them, some seconds)"


def run(g: RoutedGraph, d: Demand, bundles: int, progress: Progress | None = None) -> Swept:
    """Sweep by whichever way is faster."""
    if g.steps <= NARROW and len(d.dest) * (g.steps + g.states) <= SMALL:
        return sweep(g, d, bundles)
    return compiled_sweep(g, d, bundles, progress)


def compiled_sweep(g: RoutedGraph, d: Demand, bundles: int, progress: Progress | None = None) -> Swept:
    """Sweep by compiled kernels, in slices so that progress can be told."""
    if progress is not None:
        progress(LOADING)
    from hwdsl.perf.flat import kernels

    out = Swept(bundles)
    histogram, carried = np.zeros(HOP_BINS + 1), np.zeros(1)
    size = max(1, SLICE // max(1, g.steps))
    for first in range(0, len(d.dest), size):
        p = d.part(first, min(len(d.dest), first + size))
        common = (g.start, g.head, g.width, g.bundle, g.back_start, g.back_tail)
        traffic = (g.vertices, g.copies, p.dest, p.shared, p.start, p.src, p.weight, p.scale, out.flow, histogram, carried)
        if g.length is None:
            out.visits += int(kernels.sweep_hops(*common, g.back_width, g.relay, *traffic))
        else:
            through = np.zeros(g.states, dtype=np.int64) if g.through is None else g.through
            out.visits += int(kernels.sweep_by_cost(*common, g.back_step, g.relay, g.length, through, *traffic))
        if progress is not None and first + size < len(d.dest):
            progress(f"{first + size:,} of {len(d.dest):,} destinations")
    out.unreachable, out.carried = float(histogram[-1]), float(carried[0])
    out.histogram = {h: float(histogram[h]) for h in np.flatnonzero(histogram[:-1]).tolist()}
    return out
