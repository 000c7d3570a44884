"""Closed forms of one-dimensional factors: rings with any steps, full meshes and open lines.

Loads are of one directed link when every ordered pair of vertices exchanges 1 and ties are split over all shortest ports.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from hwdsl.node import Record
from hwdsl.query.factored.factors import Factor, FactorClass, Solved
from hwdsl.query.factored.polynomial import Polynomial
from hwdsl.query.factored.rings import LIMIT, counts_of, distances, hop_counts, hop_ring, one_source
from hwdsl.query.network import ArcRule
from hwdsl.query.symmetry import mesh_pair, uses_of

RING_LIMIT = 2_000_000
"""Vertices of a ring times its steps, beyond which its hops are not counted one by one."""


class Step(Record):
    """A rule that joins each vertex to the one `step` further, modulo the size, by `parallel` links."""

    rule: int
    step: int
    parallel: int


def closed_form(f: Factor) -> Solved | None:
    """The factor solved, if it is a line, a ring with steps or a full mesh; else None."""
    shape = f.network.blocks[0].shape
    if not f.network.arcs:
        return Solved((), {0: f.size}, True, "closed form", 0)
    line = _line(f.network.arcs, shape[0]) if len(shape) == 1 else None
    if line is not None:
        return _solve_line(line, shape[0])
    steps = _ring(f)
    return None if steps is None else solve_ring(shape[0], steps)


def closed_distances(f: Factor) -> Polynomial | None:
    """Hops -> ordered pairs of vertices of such a factor, a vertex and itself included; else None."""
    n = f.size
    if not f.network.arcs:
        return {0: n}
    if len(f.network.blocks[0].shape) == 1 and _line(f.network.arcs, n) is not None:
        return line_counts(n)
    steps = _ring(f)
    width = None if steps is None else width_of(n, steps)
    if width is None:
        return None
    low = sorted(o for o in width if 2 * o <= n)
    if len(low) == 1 or low == list(range(1, len(low) + 1)):
        return hop_counts(n, len(low))
    return counts_of(n, distances(n, width)) if n * len(width) <= RING_LIMIT else None


def _ring(f: Factor) -> list[Step] | None:
    """The steps of a factor of one coordinate whose rules are all rotations or full meshes; else None."""
    if len(f.network.blocks[0].shape) != 1:
        return None
    steps: list[Step] = []
    for arc in f.network.arcs:
        found = _steps(arc, f)
        if found is None:
            return None
        steps += found
    return steps


def line_counts(n: int) -> Polynomial:
    """Hops -> ordered pairs of vertices of an open line."""
    return {0: n, **{d: 2 * (n - d) for d in range(1, n)}}


def single_ring(f: Factor) -> int | None:
    """Number of the rule of a factor that is one ring of single links (of two vertices, one link); else None."""
    if len(f.network.arcs) != 1 or len(f.network.blocks[0].shape) != 1:
        return None
    n, number = f.size, f.network.arcs[0].number
    line = _line(f.network.arcs, n)
    if line is not None:
        return number if n == 2 and line[1] == 1 else None
    steps = _ring(f)
    if steps is None or len(steps) != 1 or steps[0].parallel != 1:
        return None
    step = steps[0].step
    return number if (step == -1 if n == 2 else step > 0 and 2 * step != n and gcd(step, n) == 1) else None


def _parallel(arc: ArcRule, used: set[str]) -> int:
    n = 1
    for name, size in arc.space.vars:
        n *= 1 if name in used else size
    return n


def _line(arcs: tuple[ArcRule, ...], n: int) -> tuple[ArcRule, int] | None:
    """(the only rule, parallel links) if it joins i to i + 1 and is not closed."""
    if len(arcs) != 1 or arcs[0].space.guard or arcs[0].constraints:
        return None
    arc = arcs[0]
    sizes = arc.space.sizes
    for low, high in ((arc.a_maps[0], arc.b_maps[0]), (arc.b_maps[0], arc.a_maps[0])):
        if low.const == 0 and high.const == 1 and low.terms == high.terms and len(low.terms) == 1:
            c, name = low.terms[0]
            if c == 1 and isinstance(name, str) and sizes[name] == n - 1:
                return arc, _parallel(arc, {name})
    if n == 2 and {(arc.a_maps[0].const, arc.a_maps[0].terms), (arc.b_maps[0].const, arc.b_maps[0].terms)} == {(0, ()), (1, ())}:
        return arc, _parallel(arc, set())
    return None


def _solve_line(line: tuple[ArcRule, int], n: int) -> Solved:
    arc, parallel = line
    counts: dict[Fraction, int] = {}
    for i in range(n - 1):
        load = Fraction((i + 1) * (n - 1 - i), parallel)
        counts[load] = counts.get(load, 0) + parallel
    classes = tuple(FactorClass(arc.number, forward, load, k) for load, k in counts.items() for forward in (True, False))
    profiles = tuple((1, {0: 1, **{d: (d <= i) + (d < n - i) for d in range(1, max(i + 1, n - i))}}) for i in range(n))
    return Solved(classes, line_counts(n), n == 2, "closed form", n, parallel, profiles)


def _steps(arc: ArcRule, f: Factor) -> list[Step] | None:
    n = f.network.blocks[0].shape[0]
    a_uses, b_uses = uses_of(arc, f.network)
    x, y = a_uses[0], b_uses[0]
    if x.form != "var" or y.form != "var":
        return None
    if mesh_pair(arc, a_uses, b_uses) == 0:
        parallel = _parallel(arc, {x.name, y.name})
        return [Step(arc.number, s, parallel) for s in range(1, (n - 1) // 2 + 1)] + (
            [Step(arc.number, -(n // 2), parallel)] if n % 2 == 0 else [])
    if arc.space.guard or arc.constraints or x.name != y.name:
        return None
    return [Step(arc.number, (y.shift - x.shift) % n, _parallel(arc, {x.name}))]


def width_of(n: int, steps: list[Step]) -> dict[int, int] | None:
    """Links from a vertex by offset; None if the ring is in pieces. A step of -n/2 stands for half a rule: n/2 links, each seen
    from one of its ends only."""
    width: dict[int, int] = {}
    for s in steps:
        for offset in ((-s.step,) if s.step < 0 else (s.step, n - s.step)):
            if offset % n:
                width[offset % n] = width.get(offset % n, 0) + s.parallel
    return width if width and gcd(n, *width) == 1 else None


def solve_ring(n: int, steps: list[Step]) -> Solved | None:
    """A circulant graph."""
    width = width_of(n, steps)
    if width is None:
        return None
    found = _usage(n, width)
    if found is None:
        return None
    usage, distances, method, cost = found
    classes = []
    for s in steps:
        offset = abs(s.step)
        if offset == 0:  # links from vertices to themselves
            continue
        arcs = n // 2 * s.parallel if s.step < 0 else n * s.parallel
        load = usage[offset] / width[offset]
        classes += [FactorClass(s.rule, forward, load, arcs) for forward in (True, False)]
    return Solved(tuple(classes), distances, True, method, cost)


def _usage(n: int, width: dict[int, int]) -> tuple[dict[int, Fraction], dict[int, int], str, int] | None:
    """(flow over all parallel links of each offset from a vertex, distances, method, cost)."""
    if len(width) == n - 1 and len(set(width.values())) == 1:
        return dict.fromkeys(width, Fraction(1)), {0: n, 1: n * (n - 1)}, "closed form", 1
    low = sorted(o for o in width if 2 * o <= n)
    if len(low) == 1:  # one generator: a ring, whatever its step
        return dict.fromkeys(width, Fraction(n * n // 4, 2)), hop_counts(n, 1), "closed form", 1
    if low == list(range(1, len(low) + 1)) and len(set(width.values())) == 1 and n > LIMIT:
        return (*hop_ring(n, len(low)), "closed form by blocks", len(low) ** 3)
    if n > LIMIT:
        return None
    return (*one_source(n, width), "one source", n * len(width))

