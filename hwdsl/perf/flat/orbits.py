"""Loads of uniform traffic from verified orbits: one sweep per orbit of destinations, spread over the orbits of bundles.

Symmetries keep arcs, who talks, who relays and the traffic, so they keep loads: all arcs of an orbit carry the mean of the orbit.
The total over an orbit of what one destination attracts is the same for every destination of its own orbit, so one of each is
swept and counted as often as its orbit has members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from hwdsl.perf.flat.candidates import try_coordinates
from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.symmetry import Symmetry
from hwdsl.perf.flat.traffic import Demand
from hwdsl.query.flat import Ints


class Orbits:
    """`dest` one endpoint vertex of each orbit and `size` how many are like it; `vertex` the least vertex of each one's orbit;
    and the cost: `tried`, `held` candidates, `visits` arcs looked at."""

    def __init__(self, s: Symmetry) -> None:
        self.vertex = s.vertex_root()
        self.dest, count = np.unique(self.vertex[s.fabric.endpoints], return_counts=True)
        self.size = count.astype(np.float64)
        self._symmetry = s
        self.tried, self.held, self.visits = s.tried, s.held, s.visits

    def demand(self, f: Fabric) -> Demand:
        """Uniform traffic to one destination of each orbit."""
        return Demand(self.dest, f.endpoints, np.ones(len(f.endpoints)), None, self.size)

    @property
    def bundle(self) -> Ints:
        """The number of each bundle's orbit."""
        root = self._symmetry.bundle_root()
        return (np.cumsum(root == np.arange(len(root))) - 1)[root].astype(np.int64)

    def spread(self, flow: Floats) -> Floats:
        """Every bundle's part of the total of its orbit."""
        return self._symmetry.means(flow)


def orbits(f: Fabric, generators: Iterable[Ints] = (), progress: Callable[[str], None] | None = None,
           all_parts: bool = True) -> Orbits:
    """Orbits under the given permutations of vertices and those found from coordinates; each is verified, those that are no
    symmetry are left out.

    all_parts  False: only what makes destinations alike is looked for (fewer checks; what does not talk may stay in orbits of its
               own)
    """
    s = Symmetry(f)
    if s.compiled and progress is not None:
        progress("loading the compiled check of symmetries (the first use on a machine compiles it, some seconds)")
    for g in generators:
        s.offer(np.asarray(g, dtype=np.int64))
    try_coordinates(f, s, all_parts)
    return Orbits(s)
