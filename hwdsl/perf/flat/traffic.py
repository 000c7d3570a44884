"""Traffic between endpoints: uniform, weighted pairs, or a dense matrix; kept by destination, because routing sweeps are."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.query.flat import Ints


class BadTraffic(ValueError):
    """Weights that are no traffic: negative, not a number, of the wrong shape, or of an endpoint that does not exist."""


class Traffic:
    """Flows `src[f] -> dst[f]` of `weight[f]` (endpoint numbers `0 .. E`); uniform: every ordered pair of distinct endpoints
    sends 1, and nothing is listed.

    What an endpoint sends to itself crosses no link.
    """

    def __init__(self, src: Any = None, dst: Any = None, weight: Any = None) -> None:
        self.uniform = src is None
        none = np.zeros(0, dtype=np.int64)
        self.src: Ints = none if src is None else np.asarray(src, dtype=np.int64).reshape(-1)
        self.dst: Ints = none if dst is None else np.asarray(dst, dtype=np.int64).reshape(-1)
        self.weight: Floats = np.ones(len(self.src)) if weight is None else np.asarray(weight, dtype=np.float64).reshape(-1)
        if not len(self.src) == len(self.dst) == len(self.weight):
            raise BadTraffic(f"{len(self.src)} sources, {len(self.dst)} destinations and {len(self.weight)} weights")
        bad = ~(np.isfinite(self.weight) & (self.weight >= 0))
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            raise BadTraffic(f"the weight from endpoint {int(self.src[k])} to {int(self.dst[k])} is {float(self.weight[k])!r}")

    def check(self, endpoints: int) -> None:
        """Raise BadTraffic if a flow names an endpoint that does not exist."""
        for name, ends in (("source", self.src), ("destination", self.dst)):
            wrong = np.flatnonzero((ends < 0) | (ends >= endpoints))
            if len(wrong):
                raise BadTraffic(f"{name} {int(ends[wrong[0]])} of flow {int(wrong[0])} is none of the {endpoints} endpoints")


def uniform() -> Traffic:
    """Every ordered pair of distinct endpoints sends 1."""
    return Traffic()


def matrix(weights: Any) -> Traffic:
    """A dense matrix: row sends to column. Raises BadTraffic unless square, finite and not negative."""
    m = np.asarray(weights, dtype=np.float64)
    if m.ndim != 2 or m.shape[0] != m.shape[1]:
        raise BadTraffic(f"a traffic matrix is square, this one is {' x '.join(map(str, m.shape))}")
    bad = np.argwhere(~(np.isfinite(m) & (m >= 0)))
    if len(bad):
        s, t = bad[0]
        raise BadTraffic(f"the weight from endpoint {int(s)} to {int(t)} is {float(m[s, t])!r}")
    src, dst = np.nonzero(m)
    return Traffic(src, dst, m[src, dst])


class Demand:
    """Traffic by destination vertex, ready for sweeps: `dest` vertices, `scale` (how many destinations each stands for), and the
    sources of destination k at `start[k] .. start[k + 1]` of `src` (vertices) with `weight`; `spread`: all k share one list of
    sources, the destination itself left out."""

    def __init__(self, dest: Ints, src: Ints, weight: Floats, start: Ints | None = None, scale: Floats | None = None) -> None:
        self.dest = dest.astype(np.int64)
        self.shared = start is None
        self.start = np.array([0, len(src)], dtype=np.int64) if start is None else start
        self.src = src.astype(np.int64)
        self.weight = weight
        self.scale = np.ones(len(dest)) if scale is None else scale

    def part(self, first: int, last: int) -> Demand:
        """The destinations `first .. last`."""
        if self.shared:
            return Demand(self.dest[first:last], self.src, self.weight, None, self.scale[first:last])
        a, b = int(self.start[first]), int(self.start[last])
        return Demand(self.dest[first:last], self.src[a:b], self.weight[a:b], self.start[first:last + 1] - a,
                      self.scale[first:last])


def demand(f: Fabric, traffic: Traffic) -> Demand:
    """The traffic of a fabric by destination. Raises BadTraffic."""
    traffic.check(len(f.endpoints))
    if traffic.uniform:
        return Demand(f.endpoints, f.endpoints, np.ones(len(f.endpoints)))
    return by_destination(f.endpoints[traffic.src], f.endpoints[traffic.dst], traffic.weight)


def by_destination(src: Ints, dst: Ints, weight: Floats) -> Demand:
    """Flows between vertices by destination, flows of one pair added up; what stays where it is and zero weights are left out."""
    moves = (src != dst) & (weight > 0)
    src, dst, weight = src[moves], dst[moves], weight[moves]
    order = np.lexsort((src, dst))
    src, dst, weight = src[order], dst[order], weight[order]
    fresh = np.ones(len(src), dtype=bool)
    fresh[1:] = (np.diff(src) != 0) | (np.diff(dst) != 0)
    first = np.flatnonzero(fresh)
    weight = np.add.reduceat(weight, first) if len(first) else weight
    src, dst = src[first], dst[first]
    dest, begin = np.unique(dst, return_index=True)
    return Demand(dest, src, weight, np.append(begin, len(dst)).astype(np.int64))
