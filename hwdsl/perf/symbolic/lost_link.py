"""Uniform loads of a torus of which one link is out of service: by recurrence, of a hypercube and of one ring in closed form."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from hwdsl.node import replace
from hwdsl.perf.symbolic.hypercube_fault import cube_loads
from hwdsl.perf.symbolic.torus_fault import base_load, faulted_loads
from hwdsl.query.factored.answer import LoadClass, SymbolicLoads, arc_label, merged_classes, published
from hwdsl.query.factored.closed import line_counts, single_ring
from hwdsl.query.factored.contract import Contracted
from hwdsl.query.factored.explicit import lost_links
from hwdsl.query.factored.factors import Factor, factors
from hwdsl.query.factored.polynomial import Polynomial, plus, times
from hwdsl.query.factored.rings import hop_counts
from hwdsl.query.quotient import Hops
from hwdsl.query.refusal import Refused
from hwdsl.query.taken import lost_links as lost_of_rule

METHOD = "recurrence over offsets from the lost link, in double precision"
LINE = "closed form of the line that is left"

CUBE = "closed form of a hypercube without a link"

VERTEX_LIMIT = 1_000_000
"""Vertices of a torus: their loads are as many values as links, but for mirror images."""

STATE_LIMIT = 30_000_000
"""States of the recurrence."""

ACCURACY = 1e-9
"""Of the flow over the lost link, and of flows times hops, beside the loads and hops of the whole torus."""

GRAIN = 2.0 ** -44
"""Loads closer than this part of the load in the whole torus are one class: sums in another order differ by as much."""

Found = list[tuple[int, Fraction, int]]
"""(position of the dimension's factor, load, directed links)"""


def torus_without_a_link(c: Contracted, exact: bool = False) -> SymbolicLoads:
    """Loads of a torus of single links, one of them out of service; `exact`: by closed forms only. Raises Refused if it is
    anything else, or too large."""
    whole = replace(c.network, arcs=tuple(replace(a, lost=()) for a in c.network.arcs))
    parts = factors(whole)
    rules = [single_ring(f) for f in parts or ()]
    if parts is None or not parts or None in rules or len(c.weight) != 1:
        raise Refused("not a torus of single links")
    if sum(lost_of_rule(a.space, a.constraints, a.lost) for a in c.network.arcs) != 1 or any(a.constraints for a in whole.arcs):
        raise Refused("not one link of a torus is out of service")
    cut = _dimension(c, parts)
    order = [cut, *(k for k in range(len(parts)) if k != cut)]
    sizes = tuple(parts[k].size for k in order)
    states, vertices = 1, 1
    for n in sizes:
        states, vertices = states * (n // 2 + 1) * (3 if n % 2 == 0 and n > 2 else 2), vertices * n
    if set(sizes) == {2}:
        states = vertices = len(sizes)
    if vertices > VERTEX_LIMIT or states > STATE_LIMIT:
        raise Refused(f"one link out of service in a torus of {vertices:,} vertices takes {states:,} states")
    if sizes == (2,):
        raise Refused("the link out of service is the only one")
    cube = set(sizes) == {2}
    if exact and not cube and len(sizes) > 1:
        raise Refused("one link out of service in a torus is no closed form")
    found = _line(sizes[0]) if len(sizes) == 1 else _cube(len(sizes)) if cube else _loads(sizes)
    hops = _hops(sizes)
    total, expected = sum((float(load) * n for _, load, n in found), 0.0), sum(d * n for d, n in hops.items())
    if abs(total - expected) > ACCURACY * expected:
        raise Refused("flows times hops are not conserved")
    return _answer(c, parts, [(order[k], load, n) for k, load, n in found], hops,
                   LINE if len(sizes) == 1 else CUBE if cube else METHOD, states)


def _dimension(c: Contracted, parts: tuple[Factor, ...]) -> int:
    """The factor that the lost link belongs to. Raises Refused."""
    ends = lost_links(Factor(tuple(range(len(c.network.blocks[0].shape))), c.network))
    if len(ends) == 1:
        u, v = ends[0]
        differing = []
        for i, n in reversed(list(enumerate(c.network.blocks[0].shape))):
            (u, x), (v, y) = divmod(u, n), divmod(v, n)
            differing += [i] if x != y else []
        for k, f in enumerate(parts):
            if list(f.positions) == differing:
                return k
    raise Refused("the link out of service is not one of a torus dimension")


def _answer(c: Contracted, parts: tuple[Factor, ...], found: Found, hops: Polynomial, method: str, cost: int) -> SymbolicLoads:
    made = {a.number: a for a in c.network.arcs}
    classes = []
    for k, load, links in found:
        arc = made[parts[k].network.arcs[0].number]
        classes.append(LoadClass(arc.number, arc_label(c.network, arc, True), load * c.weight[0] ** 2, links, published(arc)))
    histogram = c.histogram({(0, 0): hops})
    bridges = c.bridge_classes(sum(histogram.values()), True)
    return SymbolicLoads(merged_classes([*bridges, *classes]), method, cost, c.endpoints, Hops(histogram, 0), "graph-minimal")


def _line(n: int) -> Found:
    return [(0, Fraction((i + 1) * (n - 1 - i)), 2) for i in range(n - 1)]


def _cube(d: int) -> Found:
    loads = cube_loads(d)
    found: Found = [(0, load, 2 * comb(d - 1, w)) for w, load in enumerate(loads.along) if w]
    for i in range(1, d):
        for w in range(d - 1):
            found += [(i, load, 2 * comb(d - 2, w)) for load in (loads.outward[w], loads.inward[w])]
    return found


def _loads(sizes: tuple[int, ...]) -> Found:
    import numpy as np

    change = faulted_loads(sizes)
    lost = (0,) * len(sizes)
    base = float(base_load(sizes, 0))
    if abs(base + float(change.along[lost])) > ACCURACY * base:
        raise Refused("the lost link is left with a load")
    images: Any = np.ones(change.along.shape, dtype=np.int64)
    at = np.indices(change.along.shape)
    for i, n in enumerate(sizes):
        if i and n > 2:
            images = images * np.where((at[i] > 0) & (2 * at[i] < n), 2, 1)
    count = 2 * images
    count[lost] = 0
    if sizes[0] == 2:
        count[1] = 0  # the mirror images of those at 0
    found = _classes(0, base_load(sizes, 0), change.along, count)
    for i in range(1, len(sizes)):
        n, inner = sizes[i], [slice(None)] * len(sizes)
        inner[i] = slice(0, n // 2)  # links from x_i to x_i + 1; their mirror images in the dimension are others
        first = [slice(None)] * len(sizes)
        first[i] = slice(0, 1)  # images in all other dimensions
        each = np.broadcast_to(images[tuple(first)] * (1 if n == 2 else 2), change.outward[i][tuple(inner)].shape)
        values = np.stack([change.outward[i][tuple(inner)], change.inward[i][tuple(inner)]])
        found += _classes(i, base_load(sizes, i), values, np.stack([each, each]))
        if n % 2:  # the links half a ring away are on no way about the lost one
            found.append((i, base_load(sizes, i), 2 * int(np.prod(sizes)) // n))
    return found


def _classes(i: int, base: Fraction, change: Any, count: Any) -> Found:
    import numpy as np

    grain = float(base) * GRAIN
    steps, where = np.unique(np.rint(change.reshape(-1) / grain), return_inverse=True)
    links = np.bincount(where.reshape(-1), weights=count.reshape(-1), minlength=len(steps))
    return [(i, base + Fraction(x * grain), int(n)) for x, n in zip(steps.tolist(), links.tolist()) if n]


def _hops(sizes: tuple[int, ...]) -> Polynomial:
    """Hops -> ordered pairs of vertices: those on the link's line, on both sides of it, step aside or go round."""
    n = sizes[0]
    if len(sizes) == 1:
        return line_counts(n)
    total: Polynomial = {0: 1}
    for m in sizes:
        total = times(total, hop_counts(m, 1))
    for hops in range(1, max(2, (n + 1) // 2)):  # as many pairs that far apart, as there are places for the link between them
        total = plus(total, {min(hops + 2, n - hops) if n > 2 else 3: 2 * hops, hops: -2 * hops})
    return total
