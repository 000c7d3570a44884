"""Rings with several steps: one source by itself, and the k-hop ring by blocks of k offsets, whatever its length.

In the ring with steps 1..k a vertex at offset (d - 1) k + r, r in 1..k, is d hops away; it sends on by the steps r..k alike, to
block d - 1 with residue uniform over r..k. So the flows of a block are those of the one above under one matrix, and sums over all
blocks take powers of it, by doubling. Only the block around the antipode, where both ways are shortest, is written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from hwdsl.query.factored.polynomial import Polynomial

LIMIT = 1500
"""Vertices beyond which a ring is not walked through one by one; its exact fractions have as many digits."""

BITS = 256
"""Fixed-point digits of long rings: exact fractions would have a digit a block; the error is below 2^-200 of a load."""

Matrix = list[list[int]]


def distances(n: int, offsets: Iterable[int]) -> dict[int, int]:
    """Hops to 0 from every vertex of the ring in which each vertex is joined to those at the given offsets, nearest first."""
    steps = tuple(offsets)
    distance = {0: 0}
    level = [0]
    while level:
        following = []
        for v in level:
            for o in steps:
                u = (v - o) % n
                if u not in distance:
                    distance[u] = distance[v] + 1
                    following.append(u)
        level = following
    return distance


def counts_of(n: int, distance: Mapping[int, int]) -> Polynomial:
    """Hops -> ordered pairs of the n vertices of a ring, from the hops to one of them."""
    counts: Polynomial = {}
    for d in distance.values():
        counts[d] = counts.get(d, 0) + n
    return counts


def one_source(n: int, width: dict[int, int]) -> tuple[dict[int, Fraction], Polynomial]:
    """(flow from each vertex over each offset, all its parallel links together; distances) of the ring with `width` links from a
    vertex to the one at each offset."""
    distance = distances(n, width)
    flow = [Fraction(1)] * n
    usage = dict.fromkeys(width, Fraction(0))
    for v in sorted(distance, key=lambda v: -distance[v])[:-1]:
        nearer = [(o, w) for o, w in width.items() if distance[(v + o) % n] == distance[v] - 1]
        total = sum(w for _, w in nearer)
        for o, w in nearer:
            part = flow[v] * w / total
            usage[o] += part
            flow[(v + o) % n] += part
    return usage, counts_of(n, distance)


def hop_counts(n: int, k: int) -> Polynomial:
    """Hops -> ordered pairs of vertices of the ring with steps 1..k."""
    blocks = -(-(n // 2) // k)
    return {0: n, **dict.fromkeys(range(1, blocks), 2 * k * n), blocks: n * (n - 1 - 2 * (blocks - 1) * k)}


def hop_ring(n: int, k: int) -> tuple[dict[int, Fraction], Polynomial]:
    """The same for the ring with steps 1..k, n > 4 k, to `BITS` binary digits; flows are never below the exact ones."""
    blocks = -(-(n // 2) // k)
    below = (blocks - 1) * k
    one = 1 << BITS
    usage = [0] * (k + 1)
    begin = [one] * (k + 1)  # by residue; 0 unused
    for o in range(below + 1, n - below):
        down = range(o - below, k + 1)
        ways = len(down) + max(0, k + 1 - (n - below - o))
        for s in down:
            usage[s] += one // ways
            begin[k - (below - (o - s))] += one // ways
    power, total = _sums(_step(k), blocks - 2)
    between = _apply(total, [*begin[1:], one])
    last = _apply(power, [*begin[1:], one])
    for r in range(1, k + 1):
        for s in range(r, k + 1):
            usage[s] += between[r - 1] // (k - r + 1)
        usage[r] += last[r - 1]
    flow = {s: Fraction(usage[s] + (usage[s] >> 200) + 1, one) for s in range(1, k + 1)}  # all was rounded down
    return flow | {n - s: f for s, f in flow.items()}, hop_counts(n, k)


def _step(k: int) -> Matrix:
    """Flows of block d - 1 from those of block d: residue r sends to r..k alike, and every vertex sends 1 of its own."""
    one = 1 << BITS
    out = [[0] * (k + 1) for _ in range(k + 1)]
    for r in range(1, k + 1):
        for to in range(r, k + 1):
            out[to - 1][r - 1] = one // (k - r + 1)
    for row in out[:k]:
        row[k] = one
    out[k][k] = one
    return out


def _sums(m: Matrix, count: int) -> tuple[Matrix, Matrix]:
    """(m^count, sum of m^j for j in 0..count)."""
    size = len(m)
    one = 1 << BITS
    power = [[one if i == j else 0 for j in range(size)] for i in range(size)]
    total = [[0] * size for _ in range(size)]
    for bit in bin(count)[2:]:
        total = _plus(total, _times(power, total))
        power = _times(power, power)
        if bit == "1":
            total = _plus(total, power)
            power = _times(power, m)
    return power, total


def _times(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) >> BITS for column in columns] for row in a]


def _plus(a: Matrix, b: Matrix) -> Matrix:
    return [[x + y for x, y in zip(p, q)] for p, q in zip(a, b)]


def _apply(m: Matrix, v: list[int]) -> list[int]:
    return [sum(x * y for x, y in zip(row, v)) >> BITS for row in m]
