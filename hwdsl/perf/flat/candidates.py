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


def moved(f: Fabric, d: Digits, group: list[Place], to: Ints) -> Ints:
    """The permutation of vertices that takes value k of the coordinates of a group to `to[k]`."""
    g = np.arange(f.vertex_count, dtype=np.int64)
    for path, at in group:
        base, shape = f.vertices.base[path], d.shape[path]
        n = int(np.prod(shape))
        part = g[base: base + n].reshape(shape)
        g[base: base + n] = np.take(part, to, axis=at).reshape(-1)
    return g


def try_coordinates(f: Fabric, s: Symmetry) -> None:
    """Offer rotations of every group of coordinates; where one is no symmetry, reflections and swaps."""
    d = digits(f)
    failed = []
    for group in d.groups:
        k = np.arange(d.size(group))
        if not s.offer(moved(f, d, group, np.roll(k, -1))):
            failed.append(group)
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
    """Offer "go one link along this statement" where the links of a statement, or others that complete them, take every vertex
    of a block to another one of it (and two and four such steps); what hangs on a vertex goes with it."""
    from hwdsl.query.network import network

    assert f.origin is not None
    net = network(*f.origin)
    statement = {arc.number: (arc.lifted.prefix, arc.lifted.rule.origin, arc.a) for arc in net.arcs if arc.a == arc.b}
    names = sorted(set(statement.values()))
    index = {name: k for k, name in enumerate(names)}
    of_rule = np.full(max((a.number for a in net.arcs), default=0) + 1, -1, dtype=np.int64)
    for number, name in statement.items():
        of_rule[number] = index[name]
    for k, (_, _, block) in enumerate(names):
        path = net.blocks[block].path
        if path not in f.vertices.base:
            continue
        base, n = f.vertices.base[path], net.blocks[block].size
        step = _completed(f, np.flatnonzero(f.forward & (of_rule[f.rule] == k)), base, n)
        for _ in range(POWERS if step is not None else 0):
            assert step is not None
            g = np.arange(f.vertex_count, dtype=np.int64)
            g[base: base + n] = step
            if _carry_along(f, g, base, base + n) and s.offer(g):
                break
            step = step[step - base]


def _completed(f: Fabric, arcs: Ints, base: int, n: int) -> Ints | None:
    """Where each vertex of a block goes along some arcs; where none leaves, along the only other arc that leads to a vertex where
    none arrives. None if that is no permutation of the block."""
    if not len(arcs) or len(np.unique(f.tail[arcs])) != len(arcs) or len(np.unique(f.head[arcs])) != len(arcs):
        return None
    leaves, arrives = np.ones(f.vertex_count, dtype=bool), np.ones(f.vertex_count, dtype=bool)
    leaves[base: base + n] = arrives[base: base + n] = False
    leaves[f.tail[arcs]] = True
    arrives[f.head[arcs]] = True
    b = f.bundles
    more = ~leaves[b.tail] & ~arrives[b.head]
    tail, head = np.concatenate([f.tail[arcs], b.tail[more]]), np.concatenate([f.head[arcs], b.head[more]])
    if len(tail) != n or len(np.unique(tail)) != n or len(np.unique(head)) != n:
        return None
    out = np.empty(n, dtype=np.int64)
    out[tail - base] = head
    return out


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
