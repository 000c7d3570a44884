"""Range checks of index maps: symbolic, with an exact witness in the report."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.index import Ix, bounds, evaluate, ix_vars
from hwdsl.ir.l0 import Path, Template
from hwdsl.ir.space import Space, points, range_of
from hwdsl.sema.mistake import mistake
from hwdsl.source.span import Span

WITNESS_LIMIT = 200_000
"""Points enumerated to settle whether a loose bound is really exceeded."""


def check_range(t: Template, path: Path, coords: tuple[Ix, ...], space: Space, span: Span, statics: dict[str, Any]) -> None:
    """Raise Mistake if any coordinate leaves its array anywhere in the space (HW3001), or if that cannot be settled (HW3010)."""
    if any(size <= 0 for _, size in space.vars):
        return
    names = _names_of_coordinates(t, path)
    for coord, size, name in zip(coords, t.shape(path), names):
        lo, hi = range_of(coord, space)
        if lo >= 0 and hi < size:
            continue
        point = _witness(coord, size, space)
        if point is None:
            continue
        value = evaluate(coord, point)
        at = ", ".join(f"{k} = {v}" for k, v in [*statics.items(), *_readable(point, space)])
        raise mistake("HW3001", f"`{name}[{value}]` is out of range: `{name}` has {size} elements", span,
                      label=f"at {at}" if at else "",
                      help=f"valid indices are 0 to {size - 1}" if size else "the array is empty")


def _names_of_coordinates(t: Template, path: Path) -> list[str]:
    out: list[str] = []
    for k, name in enumerate(path):
        before = len(t.shape(path[:k])) if k else 0
        out += [name] * (len(t.shape(path[: k + 1])) - before)
    return out


def _witness(coord: Ix, size: int, space: Space) -> dict[str, int] | None:
    """A point at which the coordinate is outside `0..size`, None if there is none."""
    if not space.guard and all(isinstance(a, str) for _, a in coord.terms):
        low = bounds(coord, space.sizes)[0] < 0
        corner = {n: 0 for n, _ in space.vars}
        for factor, a in coord.terms:
            assert isinstance(a, str)
            corner[a] = space.sizes[a] - 1 if (factor < 0) == low else 0
        return corner
    used = ix_vars(coord)
    for c in space.guard:
        if ix_vars(c.ix) & used:
            used |= ix_vars(c.ix)
    part = Space(tuple(v for v in space.vars if v[0] in used), tuple(c for c in space.guard if ix_vars(c.ix) <= used))
    if part.volume > WITNESS_LIMIT:
        return _array_witness(coord, size, part)
    for env in points(part):
        if not 0 <= evaluate(coord, env) < size:
            return dict(env)
    return None


def _array_witness(coord: Ix, size: int, space: Space) -> dict[str, int] | None:
    import numpy as np

    from hwdsl.ir.arrays import evaluate_array, grid
    from hwdsl.ir.space import ENUMERATION_LIMIT, TooLarge, guard_mask

    if space.volume > ENUMERATION_LIMIT:
        raise TooLarge(space.volume)
    names = [n for n, _ in space.vars]
    shape = tuple(s for _, s in space.vars)
    value = evaluate_array(coord, grid(names, space.sizes))
    bad = np.broadcast_to(((value < 0) | (value >= size)) & guard_mask(space), shape)
    if not bad.any():
        return None
    first = np.unravel_index(int(np.argmax(bad)), shape)
    return {n: int(v) for n, v in zip(names, first)}


def _readable(point: dict[str, int], space: Space) -> list[tuple[str, int]]:
    """Digits `p.1`, `p.0` of a split variable put together again."""
    out: dict[str, int] = {}
    for name, size in space.vars:
        base = name.split(".")[0]
        if base.startswith("*") or name not in point:
            continue
        out[base] = out.get(base, 0) * size + point[name] if base in out else point[name]
    return list(out.items())
