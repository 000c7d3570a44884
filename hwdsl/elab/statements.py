"""The statements of a body, in the order in which they build on each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hwdsl.elab.attributes import sources_of
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
from hwdsl.sema.values import Source
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
    sources: tuple[Source, ...]


class RouteStatement(Record):
    """A kept `route` statement with its scope."""

    item: ast.Route
    env: Env


def add_statements(el: Elaborator, t: Template, body: tuple[ast.Item, ...], env: Env) -> None:
    """Evaluate the statements of a body into `t`, reporting mistakes statement by statement."""
    for item in body:
        if isinstance(item, ast.Carry):
            with _guarded(el, item):
                add_carry(el, t, item, env)
        elif isinstance(item, ast.Bridge):
            with _guarded(el, item):
                t.bridges.extend(add_bridge(el, t, item, env))
        elif isinstance(item, ast.State):
            with _guarded(el, item):
                add_state(el, t, item, env)
    _connections(el, t, body, env, Place())
    for item in body:
        if isinstance(item, ast.Place):
            with _guarded(el, item):
                add_place(el, t, item, env)
        elif isinstance(item, ast.Override):
            with _guarded(el, item):
                add_override(el, t, item, env)
        elif isinstance(item, ast.Check):
            t.checks.append(CheckStatement(item, env))
        elif isinstance(item, ast.Under):
            t.unders.append(UnderStatement(item, env))
        elif isinstance(item, ast.Mode):
            with _guarded(el, item):
                t.modes[item.name] = ModeDecl(item, env, t, sources_of(item.annots, env))
        elif isinstance(item, ast.Route):
            t.routes.append(RouteStatement(item, env))
        elif isinstance(item, (ast.Set, ast.Circuit)):
            el.diagnostics.error("HW2013", "`set` and `circuit` stand inside a `mode`", item.span)


def _connections(el: Elaborator, t: Template, body: tuple[ast.Item, ...], env: Env, place: Place) -> None:
    """Connections and buses, inside planes and outside."""
    for item in body:
        if isinstance(item, ast.Connect):
            here = Place(place.names, place.binders, place.family, place.outer, len({r.origin for r in t.rules}))
            with _guarded(el, item):
                connect(el, t, item, env, here)
        elif isinstance(item, ast.Bus):
            with _guarded(el, item):
                add_bus(el, t, item, env, place)
        elif isinstance(item, ast.Plane):
            family = item.binders[0].name if item.binders else None
            inner = Place((*place.names, item.name), (*place.binders, *item.binders), (*place.family, family), place.outer)
            for other in item.body:
                if not isinstance(other, (ast.Connect, ast.Bus, ast.Plane, ast.Attr, ast.ErrorItem)):
                    el.diagnostics.error("HW2013", "a plane holds connections, buses and planes", other.span,
                                         help="move the statement out of the plane")
            _connections(el, t, item.body, env, inner)


@contextmanager
def _guarded(el: Elaborator, item: ast.Item) -> Iterator[None]:
    """Turn a mistake in one statement into its report, and go on with the next."""
    try:
        yield
    except Mistake as error:
        el.report(error)
    except NeedsPoint as error:
        el.report(mistake("HW1203", "an index is integer arithmetic; this mixes rule variables with other values",
                          error.expr.span))
    except TooLarge as error:
        el.report(mistake("HW3010", f"this statement can only be checked by going through {error.points:,} cases", item.span,
                          help="index maps of the form `a * i + b`, `i / c`, `i % c`, `(i + b) % n` are checked without"))
