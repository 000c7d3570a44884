"""Uniform loads of a hypercube that loses one link, in closed form and exact: what torus_fault does, by the number of set bits.

The link joins 0 and e_0. Towards t with m bits set, bit 0 among them, the flow F(m) at 0 is spread over the other m - 1 ports. A
walk is at every set x of the bits of t after as many hops with one probability, so the difference passes x in proportion to
    (bits of x other than 0) / (m (m - 1)) - (1 / m if x has bit 0)      over binomial(m - 1, bits of x - 1).
For t = e_0 the flow of 0 alone steps aside, and its neighbours cross beside the link.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from hwdsl.node import Record


class CubeLoads(Record):
    """Loads, one endpoint a vertex, by bits set among the dimensions 1..d - 1.

    along    of the links of dimension 0, whose ends have that many; 0 at the lost link
    outward  of the links of another dimension from so many bits to one more; inward: from one more
    """

    along: tuple[Fraction, ...]
    outward: tuple[Fraction, ...]
    inward: tuple[Fraction, ...]


def cube_loads(d: int) -> CubeLoads:
    """Loads of a hypercube of d >= 2 dimensions without one link of dimension 0."""
    flow = [Fraction(1)] * (d + 1)
    for m in range(d - 1, -1, -1):
        flow[m] = 1 + Fraction(d - m, m + 1) * flow[m + 1]
    base = Fraction(2 ** (d - 1))
    along = [base + _passing(d, flow, 0, w, True) for w in range(d)]
    outward = [base + _passing(d, flow, 0, w, False) + _passing(d, flow, 1, w, False) for w in range(d - 1)]
    inward = [base] * (d - 1)
    aside = Fraction(1, d - 1)
    along[0] -= flow[1]  # towards e_0 itself
    along[1] += flow[2] / 2 + aside
    outward[0] += aside
    inward[0] += aside
    return CubeLoads(tuple(along), tuple(outward), tuple(inward))


def _passing(d: int, flow: list[Fraction], first: int, w: int, along: bool) -> Fraction:
    """Change of load of a link out of a vertex with w bits set besides bit 0 (`first`), along dimension 0 or any other."""
    total = Fraction(0)
    for m in range(2, d + 1):
        bits = first + w
        fixed = w + (1 if along else 2)  # bits of a target that are known: 0, those of x, the one that is set next
        if m < fixed or bits >= m:
            continue
        targets = comb(d - fixed, m - fixed)
        if bits == 0:
            passing = Fraction(-1, m) if along else Fraction(1, m * (m - 1))
            total += passing * flow[m] * targets
        else:
            passing = Fraction(w, m * (m - 1)) - Fraction(first, m)
            total += passing / comb(m - 1, bits - 1) / (m - bits) * flow[m] * targets
    return total
