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
from hwdsl.ir.index import Ix
from hwdsl.ir.space import Space, guard_mask

Table = npt.NDArray[Any]
_JOINED = 65_536
"""Turns up to which loops are joined into one with a table of values."""
_ROW = 16_384
"""Elements of a run that is copied at once: long enough for the loop overhead, short enough to stay in the cache."""


def replicate(segment: Table, copies: int, size: int, step: int) -> None:
    """Fill `segment` (`copies * size` elements) from its first `size`: copy k is the original plus `k * step`, and negative
    elements stay as they are."""
    if copies <= 1 or size == 0:
        return
    if segment[:size].max() < 0:
        segment[:] = -1
        return
    many = min(copies, max(1, _ROW // size))
    if many > 1:
        _short_copies(segment[: many * size], many, size, step)
    width, full = many * size, copies // many
    rows = segment[: full * width].reshape(full, width)
    rest = segment[full * width:]
    if step == 0:
        rows[1:] = rows[0]
        rest[:] = rows[0][: len(rest)]
        return
    more: Any = segment.dtype.type(width // size * step)
    if rows[0].min() < 0:
        more = np.where(rows[0] < 0, segment.dtype.type(0), more)
    before = rows[0]
    for row in rows[1:]:  # from the one before, which is still in the cache
        np.add(before, more, row)
        before = row
    if len(rest):
        np.add(rows[-1][: len(rest)], more if np.ndim(more) == 0 else more[: len(rest)], out=rest)


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


class Loop:
    """One loop of a nest: turn k moves the written element by `k * stride` and the value by `values[k]`."""

    __slots__ = ("stride", "turns", "values")

    def __init__(self, turns: int, stride: int, values: npt.NDArray[np.int64]) -> None:
        self.turns = turns
        self.stride = stride
        self.values = values


def is_affine(space: Space, a: Ix, b: Ix) -> bool:
    """Whether a rule runs as nested loops on both sides: no guard, no atom but variables, every variable moves both ends."""
    first, second = affine(a), affine(b)
    if first is None or second is None or space.guard:
        return False
    return all(first.get(v, 0) and second.get(v, 0) for v, n in space.vars if n != 1)


def loops(space: Space, order: Ix, other: Ix) -> list[Loop]:
    """The nest that goes through `order` in ascending memory order with `other` as the value, for a rule that is affine; loops
    that run on into each other in memory are joined."""
    first, second = affine(order) or {}, affine(other) or {}
    dims = [(size, first.get(name, 0), second.get(name, 0)) for name, size in space.vars if size != 1]
    dims.sort(key=lambda d: -abs(d[1]))
    out: list[Loop] = []
    for n, x, y in reversed(dims):
        values = np.arange(n, dtype=np.int64) * y
        inner = out[-1] if out else None
        if inner is not None and x == inner.turns * inner.stride and n * inner.turns <= _JOINED:
            out[-1] = Loop(n * inner.turns, inner.stride, (values[:, None] + inner.values).reshape(-1))
        else:
            out.append(Loop(n, x, values))
    out.reverse()
    return out


def write_affine(table: Table, start: int, value: int, nest: list[Loop]) -> None:
    """Write `value` plus the values of the loops to `table[start + strides]`, over all turns of the nest."""
    if not nest:
        table[start] = value
        return
    view = strided(table, start, nest)
    total: Any = np.asarray(value, dtype=table.dtype)
    for k, loop in enumerate(nest[:-1]):
        total = total + loop.values.astype(table.dtype).reshape(-1, *(1,) * (len(nest) - 1 - k))
    np.add(total, nest[-1].values.astype(table.dtype), out=view)


def strided(table: Table, start: int, nest: list[Loop]) -> Table:
    """The elements that a nest writes, as a view."""
    width = table.itemsize
    return np.lib.stride_tricks.as_strided(table[start:], tuple(d.turns for d in nest), tuple(d.stride * width for d in nest))


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
