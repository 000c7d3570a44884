"""The statements of a body, in the order in which they build on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.elab.bridge import add_bridge, add_state
from hwdsl.elab.bus import add_bus
from hwdsl.elab.carry import add_carry
from hwdsl.elab.connect import Place, connect
from hwdsl.elab.override import add_override
from hwdsl.elab.place import add_place
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import NeedsPoint
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


class CheckStatement(Record):
    """An assert or require with the scope it stands in."""

    item: ast.Check
    env: Env


class UnderStatement(Record):
    """An `under` block with the scope it stands in."""

    item: ast.Under
    env: Env


class ModeDecl(Record):
    """A declared mode with the scope it stands in; evaluated when a mode is asked for."""

    item: ast.Mode
    env: Env
    owner: Template


class RouteStatement(Record):
    """A kept `route` statement with its scope."""

    item: ast.Route
    env: Env


def add_statements(el: Elaborator, t: Template, body: tuple[ast.Item, ...], env: Env) -> None:
    """Evaluate the statements of a body into `t`, reporting mistakes statement by statement."""
    for item in body:
        if isinstance(item, ast.Carry):
            _guarded(el, item, lambda i=item: add_carry(el, t, i, env))
        elif isinstance(item, ast.Bridge):
            _guarded(el, item, lambda i=item: t.bridges.extend(add_bridge(el, t, i, env)))
        elif isinstance(item, ast.State):
            _guarded(el, item, lambda i=item: add_state(el, t, i, env))
    _connections(el, t, body, env, Place())
    for item in body:
        if isinstance(item, ast.Place):
            _guarded(el, item, lambda i=item: add_place(el, t, i, env))
        elif isinstance(item, ast.Override):
            _guarded(el, item, lambda i=item: add_override(el, t, i, env))
        elif isinstance(item, ast.Check):
            t.checks.append(CheckStatement(item, env))
        elif isinstance(item, ast.Under):
            t.unders.append(UnderStatement(item, env))
        elif isinstance(item, ast.Mode):
            t.modes[item.name] = ModeDecl(item, env, t)
        elif isinstance(item, ast.Route):
            t.routes.append(RouteStatement(item, env))
        elif isinstance(item, (ast.Set, ast.Circuit)):
            el.diagnostics.error("HW2013", "`set` and `circuit` stand inside a `mode`", item.span)


def _connections(el: Elaborator, t: Template, body: tuple[ast.Item, ...], env: Env, place: Place) -> None:
    """Connections and buses, inside planes and outside."""
    for item in body:
        if isinstance(item, ast.Connect):
            here = Place(place.names, place.binders, place.family, place.outer, len({r.origin for r in t.rules}))
            _guarded(el, item, lambda i=item, h=here: connect(el, t, i, env, h))
        elif isinstance(item, ast.Bus):
            _guarded(el, item, lambda i=item: add_bus(el, t, i, env, place))
        elif isinstance(item, ast.Plane):
            family = item.binders[0].name if item.binders else None
            inner = Place((*place.names, item.name), (*place.binders, *item.binders), (*place.family, family), place.outer)
            for other in item.body:
                if not isinstance(other, (ast.Connect, ast.Bus, ast.Plane, ast.Attr, ast.ErrorItem)):
                    el.diagnostics.error("HW2013", "a plane holds connections, buses and planes", other.span,
                                         help="move the statement out of the plane")
            _connections(el, t, item.body, env, inner)


def _guarded(el: Elaborator, item: ast.Item, work) -> None:  # type: ignore[no-untyped-def]
    try:
        work()
    except Mistake as error:
        el.report(error)
    except NeedsPoint as error:
        el.report(mistake("HW1203", "an index is integer arithmetic; this mixes rule variables with other values",
                          error.expr.span))
    except TooLarge as error:
        el.report(mistake("HW3010", f"this statement can only be checked by going through {error.points:,} cases", item.span,
                          help="index maps of the form `a * i + b`, `i / c`, `i % c`, `(i + b) % n` are checked without"))
