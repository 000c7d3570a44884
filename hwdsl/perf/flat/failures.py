"""What failures leave: fabrics without some links and vertices, pairs that still have a path, bandwidth left, the worst pair, and
what one of each kind of part or link takes with it.

Loads after failures are the loads of the fabric that is left; symmetries that survive are found and verified again.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import Any

import numpy as np

from hwdsl.node import Record
from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.orbits import orbits
from hwdsl.perf.flat.sweep import FAR, Downhill, batches
from hwdsl.perf.flat.traffic import Demand
from hwdsl.query.flat import Ints, LinkTable

WORK = 2_000_000_000
"""Arcs looked at, all cases together, beyond which a blast radius is refused."""

FLOWS = 500
"""Maximum flows computed in search of the worst pair."""


class TooMuchWork(Exception):
    """More cases than can be gone through; the reason is the message."""


def without(f: Fabric, links: Any = (), vertices: Any = ()) -> Fabric:
    """The fabric without some links (their numbers, `f.link`) and vertices; the numbers of the vertices stay, those of links and
    arcs do not."""
    gone = np.zeros(f.vertex_count, dtype=bool)
    gone[np.asarray(vertices, dtype=np.int64)] = True
    first = np.flatnonzero(f.forward)
    first = first[np.argsort(f.link[first])]
    dead = np.zeros(len(first), dtype=bool)
    dead[np.asarray(links, dtype=np.int64)] = True
    keep = first[~dead & ~gone[f.tail[first]] & ~gone[f.head[first]]]
    left = LinkTable(f.tail[keep], f.head[keep], f.capacity[keep], f.latency[keep], f.rule[keep], f.reverse[keep] < 0)
    return Fabric(f.vertices, left, f.relay, f.through, f.endpoints[~gone[f.endpoints]], f.origin)


def regions(f: Fabric) -> Ints:
    """A number for the set of vertices that relay and reach each other without leaving it; -1 for who does not relay. Links
    count as if they led both ways."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    inner = f.relay[f.tail] & f.relay[f.head]
    graph = coo_array((np.ones(int(inner.sum()), dtype=np.int8), (f.tail[inner], f.head[inner])), shape=(f.vertex_count,) * 2)
    label = connected_components(graph, directed=False)[1].astype(np.int64)
    out: Ints = np.where(f.relay, label, -1)
    return out


def peers(f: Fabric) -> Ints:
    """How many other endpoints each endpoint has a path to."""
    if f.bundles.back is None:
        return _peers_one_by_one(f)
    n, ends = f.vertex_count, f.endpoints
    region = regions(f)
    talks = np.zeros(n, dtype=bool)
    talks[ends] = True
    # endpoints of one signature (the regions they touch) have the same peers, but for direct links
    touch = talks[f.tail] & (region[f.head] >= 0) & ~f.relay[f.tail]
    pairs = np.unique(np.stack([f.tail[touch], region[f.head[touch]]]), axis=1)
    own = ends[f.relay[ends]]
    pairs = np.concatenate([pairs, np.stack([own, region[own]])], axis=1)
    signature: dict[int, list[int]] = {int(v): [] for v in ends.tolist()}
    for v, r in sorted(zip(pairs[0].tolist(), pairs[1].tolist())):
        signature[v].append(r)
    kinds: dict[tuple[int, ...], int] = {}
    of_end = np.array([kinds.setdefault(tuple(signature[v]), len(kinds)) for v in ends.tolist()], dtype=np.int64)
    names = list(kinds)
    size = np.bincount(of_end, minlength=len(names))
    meet = np.array([[bool(set(a) & set(b)) for b in names] for a in names], dtype=bool).reshape(len(names), len(names))
    count = (meet * size[None, :]).sum(axis=1)[of_end] - meet[of_end, of_end]
    kind = np.full(n, -1, dtype=np.int64)
    kind[ends] = of_end
    direct = talks[f.tail] & talks[f.head] & (f.tail != f.head)
    a, b = np.unique(np.stack([f.tail[direct], f.head[direct]]), axis=1)
    fresh = ~meet[kind[a], kind[b]]
    more = np.bincount(a[fresh], minlength=n)
    out: Ints = (count + more[ends]).astype(np.int64)
    return out


def _peers_one_by_one(f: Fabric) -> Ints:
    """The same where links lead one way only: a sweep to every endpoint."""
    g, ends = hop_graph(f), f.endpoints
    out = np.zeros(len(ends), dtype=np.int64)
    for first, last in batches(g, Demand(ends, ends, np.ones(len(ends)))):
        out += (Downhill(g, ends[first:last]).distance[:, ends] < FAR).sum(axis=0)
    return out - 1


def injection(f: Fabric) -> Floats:
    """What the links of each endpoint carry together, bit/s one direction (nan if one is not published)."""
    return np.bincount(f.tail, f.capacity, f.vertex_count)[f.endpoints].astype(np.float64)


class Impact(Record):
    """What a failure takes: `lost` endpoints that fail themselves, `cut` others that reach nobody any more, `pairs` of surviving
    endpoints (ordered) that lose their path, `rate` of endpoint links gone in bit/s (nan if unpublished)."""

    lost: int
    cut: int
    pairs: int
    rate: float


def impact(f: Fabric, links: Any = (), vertices: Any = (), before: Ints | None = None) -> Impact:
    """What the failure of some links and vertices takes; `before` is `peers(f)`, if at hand."""
    left = without(f, links, vertices)
    had = peers(f) if before is None else before
    alive = np.isin(f.endpoints, left.endpoints)
    now = peers(left)
    # pairs of survivors that had a path: a path from one to the other needs both alive
    dead = np.flatnonzero(~alive)
    pairs_before = int(had[alive].sum()) - sum(_reached(f, int(f.endpoints[d]), alive) for d in dead.tolist())
    return Impact(len(dead), int(((now == 0) & (had[alive] > 0)).sum()), pairs_before - int(now.sum()),
                  float(injection(f).sum() - injection(left).sum()))


def _reached(f: Fabric, v: int, alive: Any) -> int:
    """Surviving endpoints that have a path to v."""
    distance = Downhill(hop_graph(f), np.array([v])).distance[0]
    return int((distance[f.endpoints[alive]] < FAR).sum())


class Blast(Record):
    """One kind of part or link: `name` of one of them, `path` of the part ("" for a link), how many are `alike` by verified
    symmetry, and what one takes."""

    name: str
    path: str
    alike: int
    impact: Impact


def blast_radius(f: Fabric, links: bool = False, progress: Callable[[str], None] | None = None) -> list[Blast]:
    """What one part (or link) of each kind takes with it when it fails alone, the worst first. Raises TooMuchWork."""
    found = orbits(f)
    if links:
        bundle = found.bundle
        label = bundle if f.bundles.back is None else np.minimum(bundle, bundle[f.bundles.back])
        of_link = label[f.bundles.of_arc[f.forward]]
        numbers = f.link[f.forward]
        _, at, alike = np.unique(of_link, return_index=True, return_counts=True)
        arcs = np.flatnonzero(f.forward)[at]
        cases = [(f.arc_name(int(a)), "", int(n), {"links": [int(numbers[k])]}) for a, k, n in zip(arcs, at, alike)]
    else:
        used = np.zeros(f.vertex_count, dtype=bool)
        used[f.tail] = used[f.head] = used[f.endpoints] = True
        _, at, alike = np.unique(found.vertex[used], return_index=True, return_counts=True)
        members = np.flatnonzero(used)[at]
        block, paths = f.vertices.block_of(members)
        cases = [(f.vertex_name(int(v)), ".".join(paths[int(p)]), int(n), {"vertices": [int(v)]})
                 for v, p, n in zip(members, block, alike)]
    if len(cases) * f.arc_count > WORK:
        kinds = f"{len(cases):,} kinds of {'links' if links else 'parts'}"
        raise TooMuchWork(f"{kinds}, each a look at {f.arc_count:,} directed links")
    before, out = peers(f), []
    for k, (name, path, n, gone) in enumerate(cases):
        out.append(Blast(name, path, n, impact(f, **gone, before=before)))
        if progress is not None and k % 100 == 99:
            progress(f"{k + 1:,} of {len(cases):,} kinds")
    return sorted(out, key=lambda b: (-b.impact.lost - b.impact.cut, -b.impact.pairs, -np.nan_to_num(b.impact.rate), b.name))


class Pair(Record):
    """Two endpoints (their vertices), the most that flows between them in bit/s, and whether no pair is proven to have less."""

    a: int
    b: int
    rate: float
    proven: bool


def worst_pair(f: Fabric) -> Pair | None:
    """The pair of endpoints with the least maximum flow from `a` to `b`; None if there are no two, or a capacity is unpublished.

    One source of each verified orbit is tried with one destination of each kind that has the same links, those with the least
    bandwidth first; after FLOWS flows the least one found is returned, unproven.
    """
    if len(f.endpoints) < 2 or np.isnan(f.capacity).any():
        return None
    room = np.minimum(injection(f), np.bincount(f.head, f.capacity, f.vertex_count)[f.endpoints])
    order = f.endpoints[np.argsort(room, kind="stable")].tolist()
    kind = _twins(f)
    one_way = f.bundles.back is None
    first = set(orbits(f).dest.tolist())
    best: Pair | None = None
    tried = 0
    for a in (v for v in order if v in first):
        seen: set[int] = set()
        for b in order:
            if b == a or kind[b] in seen:
                continue
            seen.add(kind[b])
            for s, t in ((a, b), (b, a)) if one_way else ((a, b),):
                if tried == FLOWS and best is not None:
                    return best
                tried += 1
                rate = max_flow(f, s, t)
                if best is None or rate < best.rate:
                    best = Pair(s, t, rate, rate <= 0)
            if best is not None and best.rate <= 0:
                return best
    return None if best is None else Pair(best.a, best.b, best.rate, True)


def _twins(f: Fabric) -> dict[int, int]:
    """A number for each endpoint, equal for those that do not relay and have the same links to the same vertices."""
    b, rate = f.bundles, f.bundles_capacity
    names: dict[tuple[Any, ...], int] = {}
    out: dict[int, int] = {}
    for v in f.endpoints.tolist():
        row, back = slice(b.start[v], b.start[v + 1]), slice(b.back_start[v], b.back_start[v + 1])
        into = b.back_bundle[back]
        key: tuple[Any, ...] = (v,) if f.relay[v] else (
            b.head[row].tobytes(), rate[row].tobytes(), b.width[row].tobytes(),
            b.back_tail[back].tobytes(), rate[into].tobytes(), b.width[into].tobytes())
        out[v] = names.setdefault(key, len(names))
    return out


def max_flow(f: Fabric, s: int, t: int) -> float:
    """The most that flows from one vertex to another over vertices that relay, bit/s."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    may = (f.relay[f.tail] | (f.tail == s)) & (f.relay[f.head] | (f.head == t)) & (f.head != s) & (f.tail != t)
    rates = np.rint(f.capacity[may]).astype(np.int64)
    unit = 0
    for r in np.unique(rates).tolist():
        unit = gcd(unit, r)
    if unit == 0:
        return 0.0
    graph = csr_array((rates // unit, (f.tail[may], f.head[may])), shape=(f.vertex_count, f.vertex_count))
    graph.sum_duplicates()
    if graph.data.sum() > np.iinfo(np.int32).max:
        raise TooMuchWork("rates without a common measure: their flow does not fit 32 bits")
    return float(maximum_flow(graph.astype(np.int32), s, t).flow_value) * unit
