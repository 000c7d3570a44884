"""Placement collisions: in one body, no thing is placed twice and no two things share a place."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from hwdsl.diag import Label
from hwdsl.elab.place import position_at
from hwdsl.ir.index import evaluate
from hwdsl.ir.l0 import Placement, Template
from hwdsl.ir.space import determined, points, range_of
from hwdsl.node import Record
from hwdsl.sema.mistake import mistake
from hwdsl.types import Quantity
from hwdsl.types.format import text
from hwdsl.types.quantity import quantity

EXPANSION_LIMIT = 200_000
"""Placed things of one body that are gone through one by one; more are proven apart or refused."""


class Placed(Record):
    """One thing in its place. `start`, `size` in rack units (U), slots or sides; None where unknown."""

    what: tuple[str, ...]
    coords: tuple[int, ...]
    container: tuple[str, ...]
    container_coords: tuple[int, ...]
    how: str
    position: tuple[Any, ...]
    start: int | None
    size: int
    by: Placement


def rack_units(t: Template) -> int | None:
    """Height of a component in rack units (rounded up), None if unknown."""
    height = t.figure("height")
    if not isinstance(height, Quantity):
        return None
    unit = quantity(1, height.unit if height.unit in ("U", "OU") else "U")
    assert isinstance(unit, Quantity)
    units = Fraction(height.nom) / Fraction(unit.nom)
    return -(-units.numerator // units.denominator)


def placed(t: Template) -> list[Placed]:
    """Everything a body places, one by one (at most EXPANSION_LIMIT)."""
    out: list[Placed] = []
    for p in t.placements:
        child = t.at(p.what)
        size = (rack_units(child) or 1) if p.how == "U" else 1
        for env in points(p.space):
            inside = tuple(evaluate(c, env) for c in p.container_coords)
            position = tuple(position_at(a, env) for a in p.position)
            start = position[0] if p.how in ("U", "slot", "side") and isinstance(position[0], int) else None
            fixed = [evaluate(c, env) for c in p.coords]
            if not p.stack:
                out.append(Placed(p.what, tuple(fixed), p.container or (), inside, p.how, position, start, size, p))
                continue
            choices = [tuple(b) if len(b) else (f,) for b, f in zip(p.box, fixed)]
            for n, coords in enumerate(product(*choices)):
                step = n * size
                at = None if start is None else start + (step if p.stack == "up" else -step - size + 1)
                out.append(Placed(p.what, coords, p.container or (), inside, p.how, (at, *position[1:]), at, size, p))
    return out


def check_places(t: Template) -> None:
    """Raise Mistake for things placed twice or in one place (HW3301, HW3302, HW3303)."""
    total = sum(p.space.volume * _volume(p) for p in t.placements)
    if total > EXPANSION_LIMIT:
        for p in t.placements:
            _check_large(t, p)
        return
    things: dict[Any, Placed] = {}
    cells: dict[Any, Placed] = {}
    for item in t.cached("placed", placed):
        key = (item.what, item.coords)
        if key in things:
            raise mistake("HW3303", f"`{_name(t, item)}` is placed twice", item.by.span,
                          related=(Label(things[key].by.span, "first place"),))
        things[key] = item
        if item.start is None:
            continue
        _check_fit(t, item)
        for unit in range(item.start, item.start + item.size):
            cell = (item.container, item.container_coords, item.how, unit)
            if cell in cells:
                other = cells[cell]
                raise mistake("HW3301", f"`{_name(t, item)}` and `{_name(t, other)}` overlap at {item.how}({unit})", item.by.span,
                              label=_span_text(item), related=(Label(other.by.span, _span_text(other)),))
            cells[cell] = item


def _volume(p: Placement) -> int:
    n = 1
    for b in p.box:
        n *= len(b) or 1
    return n


def _check_large(t: Template, p: Placement) -> None:
    """Too many to go through: the place must determine the thing, and lie in its container."""
    from hwdsl.ir.index import Ix

    names = {n for n, _ in p.space.vars}
    place = [*p.container_coords, *(a for a in p.position if isinstance(a, Ix))]
    if p.how in ("U", "slot") and not p.stack and determined(place, p.space) < names:
        raise mistake("HW3301", "this statement puts several things in one place, or cannot be shown not to", p.span)
    if p.how == "slot" and p.position and isinstance(p.position[0], Ix):
        slots = _container(t, p.container or ()).figure("slots")
        if isinstance(slots, int) and range_of(p.position[0], p.space)[1] >= slots:
            raise mistake("HW3302", f"slot {range_of(p.position[0], p.space)[1]} does not exist: there are {slots} slots", p.span)


def _container(t: Template, path: tuple[str, ...]) -> Template:
    return t.at(path) if path else t


def _check_fit(t: Template, item: Placed) -> None:
    holder = _container(t, item.container)
    assert item.start is not None
    if item.how == "U":
        units = holder.figure("units")
        first, last = 1, units if isinstance(units, int) else None
        height = t.at(item.what).figure("height")
        ruler = getattr(holder.figure("rack_unit"), "text", "U")
        if isinstance(height, Quantity) and height.unit in ("U", "OU") and height.unit != ruler:
            raise mistake("HW3302", f"`{_name(t, item)}` is {text(height)} high, but `{holder.name}` is divided into {ruler}",
                          item.by.span, help="a rack of open units says `rack_unit = OU;` (1 U is 44.45 mm, 1 OU is 48 mm)")
    elif item.how == "slot":
        slots = holder.figure("slots")
        first, last = 0, slots - 1 if isinstance(slots, int) else None
    else:
        return
    if item.start < first or (last is not None and item.start + item.size - 1 > last):
        bound = f"{item.how}({first}) to {item.how}({last})" if last is not None else f"{item.how}({first}) upward"
        raise mistake("HW3302", f"`{_name(t, item)}` does not fit: it takes {_span_text(item)}", item.by.span,
                      notes=(f"`{holder.name}` has {bound}",))


def _span_text(item: Placed) -> str:
    if item.size == 1:
        return f"{item.how}({item.start})"
    return f"{item.how}({item.start}) to {item.how}({(item.start or 0) + item.size - 1})"


def _name(t: Template, item: Placed) -> str:
    from hwdsl.elab.uses import port_text

    return port_text(item.what, item.coords, t)
