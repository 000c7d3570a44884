"""Filling the flat tables: blocks of equal templates are made once and copied, rules are written as strided runs.

A table of a design is made depth first: the first element of a part array, then its copies (a copy differs by a constant), then
the rules of the body over them. What one instance of a template needs is thus computed once per declared path; the rest is
streaming, port-major. Rules that are affine in their variables write through strided views, each side in its own ascending order;
others are evaluated over their space and scattered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.arrays import evaluate_array, grid
from hwdsl.ir.index import Ix, bounds
from hwdsl.ir.space import Space, guard_mask

Table = npt.NDArray[Any]
_ROW = 16_384
"""Elements of a run that is copied at once: long enough for the loop overhead, short enough to stay in the cache."""


def replicate(segment: Table, copies: int, size: int, step: int) -> None:
    """Fill `segment` (`copies * size` elements) from its first `size`: copy k is the original plus `k * step`, and negative
    elements stay -1."""
    if copies <= 1 or size == 0:
        return
    many = min(copies, max(1, _ROW // size))
    if many > 1:
        _short_copies(segment[: many * size], many, size, step)
    full = copies // many
    row = segment[: many * size].copy()
    if step:
        negative = row < 0
        signed = bool(negative.any())
        row[negative] = np.iinfo(row.dtype).min
        for k in range(1, full):
            out = segment[k * many * size: (k + 1) * many * size]
            np.add(row, row.dtype.type(k * many * step), out=out)
            if signed:
                np.maximum(out, -1, out=out)
    else:
        segment[: full * many * size].reshape(full, many * size)[1:] = row
    rest = (copies - full * many) * size
    if rest:
        tail = segment[full * many * size:]
        np.add(row[:rest], row.dtype.type(full * many * step), out=tail)
        np.maximum(tail, -1, out=tail)


def _short_copies(segment: Table, copies: int, size: int, step: int) -> None:
    block = segment.reshape(copies, size)
    first = block[0].copy()
    if step:
        np.add(first, np.arange(copies, dtype=segment.dtype)[:, None] * segment.dtype.type(step), out=block)
        block[:, first < 0] = -1
    else:
        block[:] = first


def affine(ix: Ix) -> dict[str, int] | None:
    """Stride of each variable of a map that has no other atom; None if it has."""
    out: dict[str, int] = {}
    for c, atom in ix.terms:
        if not isinstance(atom, str):
            return None
        out[atom] = c
    return out


def loops(space: Space, order: Ix, other: Ix) -> list[tuple[int, int, int]] | None:
    """(size, stride of `order`, stride of `other`) of nested loops that run through `order` in ascending memory order; loops
    that run on into each other are joined. None where a map is not affine or the space has a guard."""
    first, second = affine(order), affine(other)
    if first is None or second is None or space.guard:
        return None
    dims = [(size, first.get(name, 0), second.get(name, 0)) for name, size in space.vars if size != 1]
    dims.sort(key=lambda d: -abs(d[1]))
    out: list[tuple[int, int, int]] = []
    for n, x, y in dims:
        if out and out[-1][1] == n * x and out[-1][2] == n * y:
            out[-1] = (out[-1][0] * n, x, y)
        else:
            out.append((n, x, y))
    return None if any(x == 0 for _, x, _ in out) else out


def write_affine(table: Table, start: int, value: int, dims: list[tuple[int, int, int]]) -> None:
    """`table[start + sum(i * stride)] = value + sum(i * other)` over all loop indices."""
    if not dims:
        table[start] = value
        return
    view = strided(table, start, dims)
    kind = table.dtype
    total: Any = np.asarray(value, dtype=kind)
    for k, (n, _, y) in enumerate(dims[:-1]):
        total = total + (np.arange(n, dtype=kind) * kind.type(y)).reshape(n, *(1,) * (len(dims) - 1 - k))
    n, _, y = dims[-1]
    np.add(total, np.arange(n, dtype=kind) * kind.type(y), out=view)


def strided(table: Table, start: int, dims: list[tuple[int, int, int]]) -> Table:
    """The elements that a nest of loops writes, as a view."""
    width = table.itemsize
    return np.lib.stride_tricks.as_strided(table[start:], tuple(n for n, _, _ in dims), tuple(x * width for _, x, _ in dims))


def numbers(space: Space, maps: tuple[Ix, ...]) -> list[npt.NDArray[np.int64]]:
    """Values of maps at every point of a space under its guard, as 1-D arrays of equal length, the last variable fastest."""
    shape = tuple(size for _, size in space.vars)
    env = grid([name for name, _ in space.vars], space.sizes)
    keep = np.broadcast_to(guard_mask(space), shape) if space.guard else None
    out = []
    for m in maps:
        full = np.broadcast_to(evaluate_array(m, env), shape)
        out.append(full[keep] if keep is not None else full.reshape(-1))
    return out


def within(ix: Ix, space: Space, size: int) -> bool:
    """Whether a map surely stays in `0..size`."""
    lo, hi = bounds(ix, space.sizes)
    return 0 <= lo and hi < size
