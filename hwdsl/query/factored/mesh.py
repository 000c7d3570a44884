"""Equal-cost loads of a mesh, a product of open lines: towards a destination, what flows through a vertex depends only on the
vertex and on which side of it the destination lies in each dimension.

With s the signs of u - t, every vertex sending 1 to t:
  flow(s, u) = 1 + sum over i with s_i != 0 of flow(s, u + s_i e_i) / |s|
                 + sum over i with s_i = 0 and both signs of flow(s +- e_i, u +- e_i) / (|s| + 1)
where terms outside the mesh vanish; the arc from u to u - s_i e_i carries flow(s, u) / |s| for each t of those signs.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product

from hwdsl.query.refusal import Refused

STATE_LIMIT = 150_000
"""Sign patterns times vertices."""

Signs = tuple[int, ...]
Vertex = tuple[int, ...]


def mesh_loads(sizes: tuple[int, ...]) -> dict[tuple[int, int], dict[Fraction, int]]:
    """(dimension, sign of the move) -> load -> arcs, one link between neighbours, every ordered pair of vertices exchanging 1.

    Raises Refused above the budget.
    """
    states = 1
    for n in sizes:
        states *= 3 * n
    if states > STATE_LIMIT:
        raise Refused(f"equal-cost paths of a mesh of {states // 3 ** len(sizes):,} vertices take {states:,} states")
    flow: dict[tuple[Signs, Vertex], Fraction] = {}
    load: dict[tuple[int, int, Vertex], Fraction] = defaultdict(Fraction)
    rank = range(len(sizes))
    for signs in sorted(product((-1, 0, 1), repeat=len(sizes)), key=lambda s: -sum(map(abs, s))):
        moves = sum(map(abs, signs))
        for u in product(*[range(n)[::-1] if s > 0 else range(n) for s, n in zip(signs, sizes)]):
            here = Fraction(1)
            for i in rank:
                for step in ((signs[i],) if signs[i] else (-1, 1)):
                    v = (*u[:i], u[i] + step, *u[i + 1:])
                    further = flow.get(((*signs[:i], step, *signs[i + 1:]), v))
                    if further is not None:
                        here += further / (moves if signs[i] else moves + 1)
            flow[signs, u] = here
            towards = 1
            for s, x, n in zip(signs, u, sizes):
                towards *= x if s > 0 else n - 1 - x if s < 0 else 1
            for i in rank if towards else ():
                if signs[i]:
                    load[i, -signs[i], u] += here * towards / moves
    out: dict[tuple[int, int], dict[Fraction, int]] = defaultdict(lambda: defaultdict(int))
    for (i, step, _), value in load.items():
        out[i, step][value] += 1
    return out
