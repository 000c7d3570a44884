"""Permutations of the vertices of a factor that may be symmetries. Nothing here is trusted: each is checked link by link.

Rotations of one coordinate, with a carry into another (wraps of a twisted torus), the reflection of all, exchanges of two
coordinates of one size, and for two halves of q x q vertices, q prime, the maps of points and lines of the plane over the
integers modulo q: shears, scalings and the exchange of points with lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hwdsl.ir.index import Mod
from hwdsl.query.factored.factors import Factor

Point = list[int]
Move = Callable[[Point], Point]
Plane = Callable[[int, int, int], tuple[int, int, int]]
CARRY_LIMIT = 6
"""Carries tried into one coordinate."""

PIVOT_LIMIT = 24
"""Reflections about lost links that are tried."""


def candidates(f: Factor, lost: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Permutations as lists: the number that vertex v goes to. With links out of service, those that may turn one round."""
    shape = f.network.blocks[0].shape
    for move in [*_moves(f, shape), *_about(lost, shape)]:
        permutation = [_number(move(_point(v, shape)), shape) for v in range(f.size)]
        if len(set(permutation)) == f.size:
            yield permutation


def _point(v: int, shape: tuple[int, ...]) -> Point:
    out = [0] * len(shape)
    for i in reversed(range(len(shape))):
        v, out[i] = divmod(v, shape[i])
    return out


def _number(p: Point, shape: tuple[int, ...]) -> int:
    v = 0
    for x, n in zip(p, shape):
        v = v * n + x % n
    return v


def _moves(f: Factor, shape: tuple[int, ...]) -> Iterator[Move]:
    rank = range(len(shape))
    for i in rank:
        yield _turn(i, shape[i], i, 0)
    for i in rank:
        for j in rank:
            for c in _shifts(f, j) if i != j else ():
                yield _turn(i, shape[i], j, c)
    yield lambda p: [-x for x in p]
    for i in rank:
        for j in range(i):
            if shape[i] == shape[j]:
                yield _exchange(i, j)
    if len(shape) == 3 and sorted(shape)[1] == sorted(shape)[2] and min(shape) == 2 < max(shape) and _prime(max(shape)):
        yield from _plane(shape.index(2), max(shape))


def _about(lost: list[tuple[int, int]], shape: tuple[int, ...]) -> Iterator[Move]:
    """Reflections of one coordinate that exchange the ends of a lost link."""
    found: dict[tuple[int, int], None] = {}
    for u, v in lost:
        for i, (x, y) in enumerate(zip(_point(u, shape), _point(v, shape))):
            if len(found) < PIVOT_LIMIT:
                found[i, (x + y) % shape[i]] = None
    for i, total in found:
        yield _reflection(i, total)


def _reflection(i: int, total: int) -> Move:
    """Coordinate i to `total` less itself."""
    def move(p: Point) -> Point:
        out = list(p)
        out[i] = total - p[i]
        return out
    return move


def _turn(i: int, size: int, j: int, carry: int) -> Move:
    """Coordinate i one further; where it wraps, coordinate j by `carry`."""
    def move(p: Point) -> Point:
        out = list(p)
        out[j] += carry if p[i] == size - 1 else 0
        out[i] += 1
        return out
    return move


def _exchange(i: int, j: int) -> Move:
    """Coordinates i and j trade places."""
    def move(p: Point) -> Point:
        out = list(p)
        out[i], out[j] = p[j], p[i]
        return out
    return move


def _shifts(f: Factor, position: int) -> list[int]:
    """Constants by which rules rotate a coordinate."""
    size = f.network.blocks[0].shape[position]
    found = set()
    for arc in f.network.arcs:
        for m in (arc.a_maps[position], arc.b_maps[position]):
            found |= {a.ix.const % size for _, a in m.terms if isinstance(a, Mod) and a.m == size}
    found |= {size - c for c in found}
    return sorted(found - {0, size})[:CARRY_LIMIT]


def _prime(q: int) -> bool:
    return all(q % d for d in range(2, int(q**0.5) + 1))


def _plane(side: int, q: int) -> Iterator[Move]:
    """Maps of points (x, y) and lines (m, c) with y = m x + c or y = c - m x, whichever coordinate stands first."""
    root = next((g for g in range(2, q) if len({pow(g, e, q) for e in range(q - 1)}) == q - 1), 1)
    inverse = pow(root, -1, q)
    maps: list[Plane] = [
        lambda s, x, y: (s, x, y + x) if s == 0 else (s, x + 1, y), lambda s, x, y: (s, x, y + x) if s == 0 else (s, x - 1, y),
        lambda s, x, y: (s, x + 1, y) if s == 0 else (s, x, y - x), lambda s, x, y: (s, x + 1, y) if s == 0 else (s, x, y + x),
        lambda s, x, y: (s, x * root, y) if s == 0 else (s, x * inverse, y),
        lambda s, x, y: (s, x, y * root * root) if s == 0 else (s, x * root * root, y * root * root),
        lambda s, x, y: (1, x, y * root) if s == 0 else (0, -root * x, y * root)]
    for first in (True, False):
        for plane in maps:
            yield _on(plane, side, q, first)


def _on(plane: Plane, side: int, q: int, first: bool) -> Move:
    """A map of the plane on the coordinates of a block, x before y or after it."""
    def move(p: Point) -> Point:
        rest = [x for k, x in enumerate(p) if k != side]
        u, v = rest if first else rest[::-1]
        s, x, y = plane(p[side], u, v)
        out = [x % q, y % q] if first else [y % q, x % q]
        return [*out[:side], s, *out[side:]]
    return move
