"""`bridge` and `state`: which port of a pass-through part continues as which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.diag import Label
from hwdsl.elab.attributes import evaluate_attributes
from hwdsl.elab.connect import is_empty, slice_bounds
from hwdsl.elab.paths import resolve
from hwdsl.elab.ranges import check_range
from hwdsl.elab.spaces import sub_spaces
from hwdsl.ir.digits import split_digits
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import BridgeMap, End, PortArray, StateDecl, Template
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


def add_bridge(el: Elaborator, t: Template, stmt: ast.Bridge, env: Env) -> list[BridgeMap]:
    """The maps of one bridge statement. Raises Mistake."""
    out = []
    for sub in sub_spaces(stmt.binders, stmt.guard, env):
        if is_empty(sub.space):
            continue
        left, right = resolve(t, stmt.left, sub.env), resolve(t, stmt.right, sub.env)
        for side in (left, right):
            if not isinstance(side.target, PortArray) or not all(isinstance(c, Ix) for c in side.coords):
                raise mistake("HW3007", "a bridge joins single ports of the part", side.span)
        lanes = [None if not s.unit else slice_bounds(s.lane, s.span) for s in (left, right)]
        starts = [x[0] for x in lanes if x is not None]
        space, maps = split_digits(sub.space, [*left.coords, *right.coords, *starts])
        n, m = len(left.coords), len(left.coords) + len(right.coords)
        rest = iter(maps[m:])
        slices = [None if x is None else (next(rest), x[1]) for x in lanes]
        a, b = End(left.path, tuple(maps[:n]), slices[0]), End(right.path, tuple(maps[n:m]), slices[1])
        check_range(t, a.path, a.coords, space, stmt.left.span, sub.statics)
        check_range(t, b.path, b.coords, space, stmt.right.span, sub.statics)
        out.append(BridgeMap(a, b, space, evaluate_attributes(el, stmt.body, sub.env), stmt.span))
    return out


def add_state(el: Elaborator, t: Template, item: ast.State, env: Env) -> None:
    """Add a state of a reconfigurable part. Raises Mistake."""
    old = t.states.get(item.name)
    if old is not None:
        raise mistake("HW1002", f"state `{item.name}` is declared twice", item.span,
                      related=(Label(old.span, "first declaration"),))
    other = next((s for s in t.states.values() if s.default), None)
    if item.default and other is not None:
        raise mistake("HW1002", "a part has one default state", item.span, related=(Label(other.span, "also default"),))
    bridges: list[BridgeMap] = []
    for inner in item.body:
        if isinstance(inner, ast.Bridge):
            with el.reporting():  # the state exists even so: what sets it says nothing more
                bridges += add_bridge(el, t, inner, env)
        elif not isinstance(inner, (ast.Attr, ast.ErrorItem)):
            raise mistake("HW2013", "a state holds bridges and attributes", inner.span)
    t.states[item.name] = StateDecl(item.name, item.default, tuple(bridges), item.span)


