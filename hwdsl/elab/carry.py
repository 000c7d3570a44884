"""`carry`: which logical port uses which lanes of a connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.elab.connect import is_empty, link_lanes, slice_bounds
from hwdsl.elab.paths import Resolved, resolve
from hwdsl.elab.ranges import check_range
from hwdsl.elab.spaces import sub_spaces
from hwdsl.ir.digits import split_digits
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import CarryMap, End, PortArray, Template
from hwdsl.ir.space import Space, range_of
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


def add_carry(el: Elaborator, t: Template, stmt: ast.Carry, env: Env) -> None:
    """Add the maps of one carry statement. Raises Mistake."""
    for sub in sub_spaces(stmt.binders, stmt.guard, env):
        if is_empty(sub.space):
            continue
        port = resolve(t, stmt.port, sub.env)
        on = resolve(t, stmt.on, sub.env)
        if not isinstance(port.target, PortArray) or port.unit:
            raise mistake("HW3007", "`carry` takes a port to a connector; the left side is not a port", stmt.port.span)
        if not all(isinstance(c, Ix) for c in (*port.coords, *on.coords)):
            raise mistake("HW3008", "`carry` names single ports; bind the indices with `for`", stmt.span)
        lanes = link_lanes(port.target.link)
        unit, start, width = _lanes_on(on, lanes)
        space, maps = split_digits(sub.space, [*port.coords, *on.coords, start])
        n = len(port.coords)
        end = End(port.path, tuple(maps[:n]))
        coords = tuple(maps[n:-1])
        check_range(t, end.path, end.coords, space, stmt.port.span, sub.statics)
        check_range(t, on.path, coords, space, stmt.on.span, sub.statics)
        _check_lanes(on, unit, maps[-1], width, lanes, space)
        t.carries.append(CarryMap(end, on.path, coords, unit, maps[-1], width, space, stmt.span))


def _lanes_on(on: Resolved, lanes: int) -> tuple[str, Ix, int]:
    """(unit, start, width) of the connector's lanes; a whole connector or port takes all of the link's lanes from 0."""
    if not on.unit:
        return "", Ix(0), lanes
    start, width = slice_bounds(on.lane, on.span)
    return on.unit, start, width


def capacity(on: Resolved, unit: str) -> int | None:
    """How many lanes, pairs or halves a connector (or composite port) offers; None if it does not say."""
    if isinstance(on.target, PortArray):
        lanes = on.target.link.figure("lanes")
        fibres = None
    else:
        lanes, fibres = on.template.figure("lanes"), on.template.figure("fibres")
    pairs = None if isinstance(on.target, PortArray) else on.template.figure("pairs")
    if unit == "half":
        halves = None if isinstance(on.target, PortArray) else on.template.figure("halves")
        return halves if isinstance(halves, int) else None
    if unit == "pair":
        if isinstance(pairs, int):
            return pairs
        return 2 * lanes if isinstance(lanes, int) else None
    if unit == "fibre":
        return fibres if isinstance(fibres, int) else None
    if isinstance(lanes, int):
        return lanes
    return pairs // 2 if isinstance(pairs, int) else None


def _check_lanes(on: Resolved, unit: str, start: Ix, width: int, lanes: int, space: Space) -> None:
    """Width must carry the link; the lanes must exist. Raises Mistake (HW3102)."""
    name = on.template.name
    total = capacity(on, unit or "lane")
    if unit and total is None:
        raise mistake("HW3102", f"`{name}` does not say how many {_plural(unit)} it has", on.span,
                      help=f"give it `{unit}s = ..;`" if unit != "half" else "give it `halves = 2;`")
    if total is None:
        return
    need = {"pair": 2 * lanes, "lane": lanes, "": lanes, "half": 1, "fibre": width}[unit]
    if lanes and width != need:
        per = " (one lane is a transmit and a receive pair)" if unit == "pair" else ""
        raise mistake("HW3102", f"the link has {lanes} lanes and needs {need} {_plural(unit)}{per}; this slice has {width}",
                      on.span, label=f"{width} {_plural(unit)}")
    if unit == "" and lanes > total:
        raise mistake("HW3102", f"the link has {lanes} lanes, `{name}` only {total}", on.span)
    lo, hi = range_of(start, space)
    if lo < 0 or (hi + width > total and unit):
        raise mistake("HW3102", f"`{name}` has {total} {_plural(unit)}; this slice reaches {unit} {hi + width - 1}", on.span,
                      help=f"valid are 0 to {total - 1}")


def _plural(unit: str) -> str:
    return {"half": "halves", "": "lanes"}.get(unit, unit + "s")
