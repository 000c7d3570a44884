"""Hop counts as polynomials: the coefficient of x^d is the number of (ordered) pairs d hops apart.

Distances of a product of networks add, so its polynomial is the product; hanging one network below another shifts by the hops
between. Products are taken by packing coefficients into one integer each (exact).
"""

from __future__ import annotations

Polynomial = dict[int, int]


def plus(p: Polynomial, q: Polynomial, factor: int = 1, shift: int = 0) -> Polynomial:
    """p + factor * x^shift * q."""
    out = dict(p)
    for d, n in q.items():
        out[d + shift] = out.get(d + shift, 0) + factor * n
    return {d: n for d, n in out.items() if n}


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """p * q, for coefficients >= 0."""
    if min(len(p), len(q)) <= 4:
        out: Polynomial = {}
        for d, n in p.items():
            for e, m in q.items():
                out[d + e] = out.get(d + e, 0) + n * m
        return out
    width = (sum(p.values()) * sum(q.values())).bit_length() // 8 + 1
    packed = _packed(p, width) * _packed(q, width)
    size = max(p) + max(q) + 1
    data = packed.to_bytes(size * width, "little")
    found = {d: int.from_bytes(data[d * width: (d + 1) * width], "little") for d in range(size)}
    return {d: n for d, n in found.items() if n}


def _packed(p: Polynomial, width: int) -> int:
    data = bytearray((max(p) + 1) * width)
    for d, n in p.items():
        data[d * width: (d + 1) * width] = n.to_bytes(width, "little")
    return int.from_bytes(data, "little")
