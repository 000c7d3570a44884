"""`place`: where things are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.elab.attributes import sources_of
from hwdsl.elab.connect import is_empty
from hwdsl.elab.paths import resolve
from hwdsl.elab.ranges import check_range
from hwdsl.elab.spaces import SubSpace, sub_spaces
from hwdsl.ir.digits import split_digits
from hwdsl.ir.index import Ix, ix_vars
from hwdsl.ir.index import evaluate as evaluate_ix
from hwdsl.ir.l0 import PartArray, Placement, PointTable, Template
from hwdsl.ir.space import Space, points
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import NeedsPoint, at_point, evaluate, symbolic_names
from hwdsl.sema.mistake import mistake
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator

PLACES = ("U", "slot", "xy", "edge", "side")
_POINT_LIMIT = 200_000


def add_place(el: Elaborator, t: Template, stmt: ast.Place, env: Env) -> None:
    """Add the placements of one statement. Raises Mistake."""
    for sub in sub_spaces(stmt.binders, stmt.guard, env):
        if is_empty(sub.space):
            continue
        what = resolve(t, stmt.what, sub.env, partial=stmt.how == "from")
        if not isinstance(what.target, PartArray):
            raise mistake("HW3304", "only parts are placed; this is a port", stmt.what.span)
        how, position = _position(stmt, sub)
        container = resolve(t, stmt.container, sub.env) if stmt.container is not None else None
        if container is not None and not isinstance(container.target, PartArray):
            raise mistake("HW3304", "things are placed in parts; this is a port",
                          stmt.container.span if stmt.container else stmt.span)
        loose = any(isinstance(c, range) for c in what.coords)
        if loose and stmt.how == "at":
            raise mistake("HW3008", "`at` places one thing; `from` stacks an array", stmt.what.span,
                          help="write `from U(n)`, or bind the index with `for`")
        fixed = [c if isinstance(c, Ix) else Ix(0) for c in what.coords]
        inside = list(container.coords) if container is not None else []
        integers = [p for p in position if isinstance(p, Ix)]
        maps = [*fixed, *inside, *integers]
        space = sub.space
        if not any(isinstance(p, PointTable) for p in position):  # its values are looked up by the undivided variables
            space, maps = split_digits(space, maps)
        coords = tuple(maps[: len(fixed)])
        inner = tuple(maps[len(fixed): len(fixed) + len(inside)])
        rest = iter(maps[len(fixed) + len(inside):])
        final = tuple(next(rest) if isinstance(p, Ix) else p for p in position)
        if not loose:
            check_range(t, what.path, coords, space, stmt.what.span, sub.statics)
        if container is not None:
            check_range(t, container.path, inner, space, stmt.container.span if stmt.container else stmt.span, sub.statics)
        box = tuple(c if isinstance(c, range) else range(0) for c in what.coords)
        stack = "" if stmt.how != "from" else ("down" if stmt.down else "up")
        t.placements.append(Placement(what.path, coords, box, container.path if container else None, inner, how, final, stack,
                                      space, sources_of(stmt.annots, sub.env), stmt.span))


def _position(stmt: ast.Place, sub: SubSpace) -> tuple[str, tuple[Any, ...]]:
    expr = stmt.position
    if expr is None:
        return "", ()
    if not isinstance(expr, ast.Call) or not isinstance(expr.fn, ast.Name) or expr.fn.name not in PLACES:
        raise mistake("HW3304", "this is not a place", expr.span,
                      help="a place is `U(n)`, `slot(n)`, `xy(a, b)`, `edge(side, offset = x)` or `side(n)`")
    how = expr.fn.name
    counts = {"U": (1,), "slot": (1,), "xy": (2,), "edge": (1, 2), "side": (1,)}[how]
    if len(expr.args) not in counts:
        raise mistake("HW3304", f"`{how}` takes {counts[0]} argument{'s' if counts[0] > 1 else ''}", expr.span)
    return how, tuple(_argument(a.value, sub.env) for a in expr.args)


def _argument(expr: ast.Expr, env: Env) -> Any:
    try:
        value = evaluate(expr, env)
    except NeedsPoint:
        bound = symbolic_names(expr, env)
        names = tuple(sorted(frozenset().union(*(ix_vars(v) for v in bound.values()))))
        sizes = tuple(env.sizes[n] for n in names)
        part = Space(tuple(zip(names, sizes)))
        if part.volume > _POINT_LIMIT:
            raise mistake("HW3010", f"this position has {part.volume:,} different values", expr.span) from None
        return PointTable(names, sizes, tuple(evaluate(expr, at_point(bound, p, env)) for p in points(part)))
    if isinstance(value, int) and not isinstance(value, bool):
        return Ix(value)
    return value


def position_at(argument: Any, point: dict[str, int]) -> Any:
    """Value of a position argument at one point of the placement's space."""
    if isinstance(argument, Ix):
        return evaluate_ix(argument, point)
    if isinstance(argument, PointTable):
        at = 0
        for name, size in zip(argument.vars, argument.sizes):
            at = at * size + point[name]
        return argument.data[at]
    return argument
