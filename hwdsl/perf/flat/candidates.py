"""Permutations of vertices that are worth checking: rotations, swaps and reflections of coordinates, and walks along a rule.

Coordinates of different blocks that one variable of a rule moves are moved together. Nothing found here is trusted: each
permutation is offered to a `Symmetry`, which checks it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.ir.index import Mod, ix_vars
from hwdsl.ir.l0 import Path
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.symmetry import Symmetry
from hwdsl.query.flat import Ints

CLASSES = 4
"""Classes of interchangeable values of one coordinate that swaps look for, before they give up."""

POWERS = 3
"""Walks of 1, 2, 4, ... steps that are tried."""

Place = tuple[Path, int]
"""A coordinate: the path of its block and its position among the block's digits."""


class Digits:
    """The coordinates of every block, split into the digits that rules use, in groups that move together."""

    def __init__(self, shape: dict[Path, tuple[int, ...]], groups: list[list[Place]]) -> None:
        self.shape = shape
        self.groups = groups

    def size(self, group: list[Place]) -> int:
        """Values of the coordinates of a group."""
        path, at = group[0]
        return self.shape[path][at]


def digits(f: Fabric) -> Digits:
    """Read off the rules of the design; of a fabric without one, every coordinate by itself."""
    if f.origin is None:
        shape = dict(f.vertices.shape)
        return Digits(shape, [[(p, k)] for p, s in shape.items() for k in range(len(s)) if s[k] > 1])
    from hwdsl.query.network import network
    from hwdsl.query.refine import refine

    net = refine(network(*f.origin))
    shape = {b.path: b.shape for b in net.blocks if b.path in f.vertices.base}
    parent: dict[Place, Place] = {(p, k): (p, k) for p, s in shape.items() for k in range(len(s))}

    def find(x: Place) -> Place:
        while parent[x] != x:
            x = parent[x]
        return x

    for arc in net.arcs:
        by_variable: dict[str, list[Place]] = {}
        for block, maps in ((arc.a, arc.a_maps), (arc.b, arc.b_maps)):
            path = net.blocks[block].path
            for k, m in enumerate(maps):
                for name in _moved_by(m):
                    if path in shape and arc.space.sizes[name] == shape[path][k]:
                        by_variable.setdefault(name, []).append((path, k))
        for places in by_variable.values():
            for other in places[1:]:
                x, y = sorted((find(places[0]), find(other)))
                if shape[x[0]][x[1]] == shape[y[0]][y[1]]:
                    parent[y] = x
    groups: dict[Place, list[Place]] = {}
    for place in parent:
        groups.setdefault(find(place), []).append(place)
    return Digits(shape, [g for g in groups.values() if shape[g[0][0]][g[0][1]] > 1])


def _moved_by(m: Any) -> set[str]:
    """Variables that a map follows one to one: alone, or shifted modulo the size."""
    out: set[str] = set()
    if len(m.terms) == 1 and m.terms[0][0] == 1:
        atom = m.terms[0][1]
        if isinstance(atom, str):
            out.add(atom)
        elif isinstance(atom, Mod):
            out |= {a for c, a in atom.ix.terms if c == 1 and isinstance(a, str)}
        else:
            out |= set(ix_vars(m))
    return out


def moved(f: Fabric, d: Digits, group: list[Place], to: Ints, span: int = 1) -> Ints:
    """The permutation of vertices that takes value k of the coordinates of a group to `to[k]`; with `span` coordinates from each
    place on, they count as one number."""
    g = np.arange(f.vertex_count, dtype=np.int64)
    for path, at in group:
        base, shape = f.vertices.base[path], d.shape[path]
        shape = (*shape[:at], len(to), *shape[at + span:])
        n = int(np.prod(shape))
        part = g[base: base + n].reshape(shape)
        g[base: base + n] = np.take(part, to, axis=at).reshape(-1)
    return g


def runs(d: Digits) -> list[list[list[Place]]]:
    """Groups whose coordinates stand next to each other in the same blocks, together: they may turn as one number."""
    out: list[list[list[Place]]] = []
    left = sorted(sorted(g) for g in d.groups)
    while left:
        run = [left.pop(0)]
        while [(p, k + 1) for p, k in run[-1]] in left:
            run.append([(p, k + 1) for p, k in run[-1]])
            left.remove(run[-1])
        out.append(run)
    return out


def try_coordinates(f: Fabric, s: Symmetry, all_parts: bool = True) -> None:
    """Offer rotations of every group of coordinates; where one is no symmetry, reflections and swaps.

    all_parts  False: only coordinates that endpoints have (others make no two destinations alike)
    """
    d = digits(f)
    failed = []
    talking = {path for path, base in f.vertices.base.items() if s.talks[base: base + int(np.prod(f.vertices.shape[path]))].any()}
    for run in runs(d):
        if not all_parts and not any(path in talking for path, _ in run[0]):
            continue
        whole = np.arange(int(np.prod([d.size(group) for group in run])))
        if s.offer(moved(f, d, run[0], np.roll(whole, -1), len(run))):
            continue
        single = len(run) == 1
        failed += [group for group in run if single or not s.offer(moved(f, d, group, np.roll(np.arange(d.size(group)), -1)))]
    if failed and f.origin is not None:
        walks(f, s)
    for group in failed:
        k = np.arange(d.size(group))
        s.offer(moved(f, d, group, k[::-1]))
        _swaps(f, d, s, group)


def _swaps(f: Fabric, d: Digits, s: Symmetry, group: list[Place]) -> None:
    """Find classes of interchangeable values: each is swapped with one of each class."""
    size, firsts = d.size(group), [0]
    for i in range(1, size):
        for r in reversed(firsts):
            to = np.arange(size)
            to[i], to[r] = r, i
            if s.offer(moved(f, d, group, to)):
                break
        else:
            firsts.append(i)
            if len(firsts) > CLASSES:
                return


def walks(f: Fabric, s: Symmetry) -> None:
    """Offer "go one link along this statement" and "go one up in this coordinate" where such links, completed by others (wraps,
    circuits), take vertices of a block round; also two and four such steps. What hangs on a vertex goes with it."""
    from hwdsl.query.network import network

    assert f.origin is not None
    net = network(*f.origin)
    inner = [arc for arc in net.arcs if arc.a == arc.b and net.blocks[arc.a].path in f.vertices.base]
    for origin in sorted({(arc.a, arc.lifted.prefix, arc.lifted.rule.origin) for arc in inner}):
        rules = [arc.number for arc in inner if (arc.a, arc.lifted.prefix, arc.lifted.rule.origin) == origin]
        _walk(f, s, net.blocks[origin[0]].path, np.flatnonzero(f.forward & np.isin(f.rule, rules)))
    for block in sorted({arc.a for arc in inner}):
        path, b = net.blocks[block].path, f.bundles
        base, shape = f.vertices.base[path], f.vertices.shape[path]
        last = base + int(np.prod(shape))
        within = (b.tail >= base) & (b.tail < last) & (b.head >= base) & (b.head < last)
        for at in range(len(shape)):
            stride = int(np.prod(shape[at + 1:]))
            up = within & (b.head - b.tail == stride) & ((b.tail - base) // stride % shape[at] < shape[at] - 1)
            _walk(f, s, path, b.first[up])


def _walk(f: Fabric, s: Symmetry, path: Path, arcs: Ints) -> None:
    """Offer one step along some arcs of a block, completed; else two, else four."""
    base, n = f.vertices.base[path], int(np.prod(f.vertices.shape[path]))
    step = _completed(f, arcs, base, n)
    if step is None:
        return
    for _ in range(POWERS):
        g = np.arange(f.vertex_count, dtype=np.int64)
        g[base: base + n] = step
        if _carry_along(f, g, base, base + n) and s.offer(g):
            return
        step = step[step - base]


def _completed(f: Fabric, arcs: Ints, base: int, n: int) -> Ints | None:
    """Where each vertex of a block goes along some arcs; where none leaves, along the only other arc that leads to a vertex where
    none arrives. Vertices that do not come round stay. None if some arcs share an end, or all vertices stay."""
    if not len(arcs) or len(np.unique(f.tail[arcs])) != len(arcs) or len(np.unique(f.head[arcs])) != len(arcs):
        return None
    leaves, arrives = np.ones(f.vertex_count, dtype=bool), np.ones(f.vertex_count, dtype=bool)
    leaves[base: base + n] = arrives[base: base + n] = False
    leaves[f.tail[arcs]] = True
    arrives[f.head[arcs]] = True
    b = f.bundles
    more = np.flatnonzero(~leaves[b.tail] & ~arrives[b.head])
    ends = np.bincount(np.concatenate([b.tail[more], b.head[more] + f.vertex_count]), minlength=2 * f.vertex_count)
    more = more[(ends[b.tail[more]] == 1) & (ends[b.head[more] + f.vertex_count] == 1)]
    tail, head = np.concatenate([f.tail[arcs], b.tail[more]]) - base, np.concatenate([f.head[arcs], b.head[more]]) - base
    out, into = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    out[tail], into[head] = head, tail
    round_trip = (out >= 0) & (into >= 0)
    while True:  # a chain that ends takes all its vertices with it
        fewer = round_trip & round_trip[out] & round_trip[into]
        if np.array_equal(fewer, round_trip):
            break
        round_trip = fewer
    return base + np.where(round_trip, out, np.arange(n)) if round_trip.any() else None


def _carry_along(f: Fabric, g: Ints, first: int, last: int) -> bool:
    """Let the vertices that hang on vertices of a block move with them, in their order; False if they cannot."""
    b = f.bundles
    inside = (b.tail >= first) & (b.tail < last) & ((b.head < first) | (b.head >= last))
    hub, leaf = b.tail[inside].astype(np.int64), b.head[inside].astype(np.int64)
    if not len(hub):
        return True
    hub, leaf = np.unique(np.stack([hub, leaf]), axis=1)
    count = np.bincount(hub - first, minlength=last - first)
    begin = np.concatenate([[0], np.cumsum(count)])
    to = g[hub] - first
    rank = np.arange(len(hub)) - begin[hub - first]
    if (rank >= count[to]).any():
        return False
    image = leaf[begin[to] + rank]
    g[leaf] = image
    return bool((g[leaf] == image).all())  # all that it hangs on agree
