"""Whether a template that was read back holds together: paths lead somewhere, coordinates fit, index maps know their variables.

Elaboration guarantees this for templates it makes; a file may say anything. Every failure is `Damaged`, in words.
"""

from __future__ import annotations

from collections.abc import Iterable

from hwdsl.ir.index import Ix, Table, bounds, ix_vars
from hwdsl.ir.json_values import Damaged
from hwdsl.ir.l0 import Box, End, Path, Placement, PointTable, Template
from hwdsl.ir.space import Space

_HOW = ("", "U", "slot", "xy", "edge", "side")
_SIZE_LIMIT = 10**9
"""Elements of one array, values of one variable: no design that is elaborated has more."""


def verify(t: Template) -> None:
    """Raise Damaged for the first thing that does not hold together in the body of `t`."""
    arrays = {**{p.name: p.dims for p in t.parts.values()}, **{p.name: p.dims for p in t.ports.values()}}
    for name, dims in arrays.items():
        if any(n > _SIZE_LIMIT for n in dims):
            raise Damaged(f"the array `{name}` is too large")
    for k, r in enumerate(t.rules):
        if r.number != k:
            raise Damaged(f"rule {k} bears the number {r.number}")
        _space(r.space)
        _end(t, r.a, r.space)
        _end(t, r.b, r.space)
        _maps((i for i in r.plane.indices if i is not None), r.space)
        if len(r.plane.indices) not in (0, len(r.plane.names)):
            raise Damaged(f"the plane of rule {k} has another number of indices than of names")
        for step in r.via:
            if step.through is not None:
                _end(t, step.through, r.space)
    for c in t.carries:
        _space(c.space)
        _end(t, c.port, c.space)
        _coords(t, c.connector, c.coords, c.space)
        _maps((c.start,), c.space)
    for b in [*t.bridges, *(b for s in t.states.values() for b in s.bridges)]:
        _space(b.space)
        _end(t, b.left, b.space)
        _end(t, b.right, b.space)
    for bus in t.buses:
        for path, box in bus.joins:
            _box(t, path, box)
    for o in t.overrides:
        _box(t, o.path, o.box)
    for p in t.placements:
        _placement(t, p)


def _placement(t: Template, p: Placement) -> None:
    _space(p.space)
    _coords(t, p.what, p.coords, p.space)
    if len(p.box) != len(p.coords):
        raise Damaged("a placement has one index set for each coordinate")
    _coords(t, p.container or (), p.container_coords, p.space)
    if p.how not in _HOW or p.stack not in ("", "up", "down"):
        raise Damaged("a placement says neither how nor in which direction")
    for argument in p.position:
        if isinstance(argument, Ix):
            _maps((argument,), p.space)
        elif isinstance(argument, PointTable):
            size = 1
            for n in argument.sizes:
                size *= n
            if size != len(argument.data) or any(p.space.sizes.get(v) != n for v, n in zip(argument.vars, argument.sizes)):
                raise Damaged("the positions of a placement do not match its variables")


def _space(space: Space) -> None:
    if len(space.sizes) != len(space.vars):
        raise Damaged("a variable is bound twice")
    for name, size in space.vars:
        if not 0 <= size <= _SIZE_LIMIT:
            raise Damaged(f"the variable `{name}` cannot have {size} values")
    _maps((c.ix for c in space.guard), space)


def _maps(maps: Iterable[Ix], space: Space) -> None:
    for ix in maps:
        strange = ix_vars(ix) - set(space.sizes)
        if strange:
            raise Damaged(f"the variable `{min(strange)}` is not bound")
        for _, atom in ix.terms:
            if isinstance(atom, Table) and any(space.sizes[v] > n for v, n in zip(atom.vars, atom.sizes)):
                raise Damaged("a table is shorter than the range of its variables")


def _shape(t: Template, path: Path) -> tuple[int, ...]:
    try:
        return t.shape(path)
    except KeyError:
        raise Damaged(f"`{'.'.join(path)}` leads nowhere") from None


def _coords(t: Template, path: Path, coords: tuple[Ix, ...], space: Space) -> None:
    shape = _shape(t, path)
    if len(shape) != len(coords):
        raise Damaged(f"`{'.'.join(path)}` has {len(shape)} indices; {len(coords)} are given")
    _maps(coords, space)
    if all(size > 0 for _, size in space.vars):
        for ix, size in zip(coords, shape):
            if not space.guard and not _nested(ix) and (bounds(ix, space.sizes)[0] < 0 or bounds(ix, space.sizes)[1] >= size):
                raise Damaged(f"an index of `{'.'.join(path)}` leaves 0 to {size - 1}")


def _nested(ix: Ix) -> bool:
    """Whether the bounds of a map may be wider than the truth."""
    return any(not isinstance(atom, str) for _, atom in ix.terms)


def _end(t: Template, end: End, space: Space) -> None:
    _coords(t, end.path, end.coords, space)
    if end.lane is not None:
        _maps((end.lane[0],), space)


def _box(t: Template, path: Path, box: Box) -> None:
    if len(_shape(t, path)) != len(box):
        raise Damaged(f"`{'.'.join(path)}` has {len(_shape(t, path))} indices; {len(box)} are given")
