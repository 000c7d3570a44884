"""Names, parts, ports and planes of a body."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from hwdsl.diag import Diagnostics, Label
from hwdsl.elab.attributes import evaluate_attributes
from hwdsl.elab.context import ARRAY_LIMIT
from hwdsl.ir.l0 import PartArray, PlaneDecl, PortArray, Template, volume
from hwdsl.sema.env import Env, Thunk
from hwdsl.sema.evaluate import evaluate, iterate
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.sema.operations import integer
from hwdsl.sema.show import show
from hwdsl.sema.values import ComponentValue, Def, FnValue, Value
from hwdsl.sema.words import COMPONENT_KINDS, CONNECTOR_KINDS
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


class Reports(Protocol):
    """Where the declaration of names reports to: the elaborator, or the instance of a mode."""

    @property
    def diagnostics(self) -> Diagnostics:
        """Takes the reports."""

    def reporting(self) -> AbstractContextManager[None]:
        """What becomes of a mistake raised inside."""


def declare_names(el: Reports, body: tuple[ast.Item, ...], env: Env) -> None:
    """Bind the constants, functions, enums and nested components of a body; values are computed when asked for."""
    for item in body:
        if isinstance(item, ast.Const):
            bind_new(el, env, item.name, Thunk(_const(item, env), item.span), item)
        elif isinstance(item, ast.Fn):
            bind_new(el, env, item.name, FnValue(item.name, item, env), item)
        elif isinstance(item, ast.Component):
            assert env.module is not None
            bind_new(el, env, item.name, ComponentValue(Def(item, env.module)), item)
    for item in body:
        if isinstance(item, ast.Const):
            with el.reporting():
                env.values[item.name].force(item.name)


def _const(item: ast.Const, env: Env) -> Callable[[], Value]:
    return lambda: evaluate(item.value, env)


def bind_new(el: Reports, env: Env, name: str, value: object, item: ast.Item) -> None:
    """Bind a name of a body, reporting a second declaration."""
    if name in env.values:
        el.diagnostics.error("HW1002", f"`{name}` is declared twice in this component", item.span, label="second declaration",
                             help="parameters, constants, parts, ports and planes of a component share one space of names")
        return
    env.bind(name, value)


def dimensions(dims: tuple[ast.Expr, ...], env: Env, what: str) -> tuple[int, ...]:
    """Evaluated array sizes. Raises Mistake: not an integer, negative, absurd."""
    out = []
    for d in dims:
        n = integer(evaluate(d, env), d.span, "an array size")
        if not isinstance(n, int):
            raise mistake("HW1208", "an array size cannot depend on a `for` variable", d.span)
        if n < 0:
            raise mistake("HW2011", f"the size of `{what}` is {n}", d.span, help="an array has zero or more elements")
        out.append(n)
    if volume(tuple(out)) > ARRAY_LIMIT:
        size = " x ".join(f"{n:,}" for n in out)
        raise mistake("HW2008", f"`{what}` would have {size} elements; an array may have {ARRAY_LIMIT:,}", dims[0].span,
                      help="is there a digit too many, or a total where the size of one array was meant?")
    return tuple(out)


def declare_members(el: Elaborator, t: Template, body: tuple[ast.Item, ...], env: Env) -> None:
    """Evaluate part, port and plane declarations of a body into `t`."""
    for item in body:
        if isinstance(item, (ast.Part, ast.Port)):
            try:
                if _is_new(el, t, env, item.name, item):
                    if isinstance(item, ast.Part):
                        t.parts[item.name] = _part(el, item, env)
                    else:
                        t.ports[item.name] = _port(el, item, env)
            except Mistake as error:
                el.report(error)
                t.unusable.add(item.name)
        elif isinstance(item, ast.Plane):
            _plane(el, t, item, env, (), ())


def _is_new(el: Elaborator, t: Template, env: Env, name: str, item: ast.Item) -> bool:
    old = t.member(name)
    if old is None and name not in env.values:
        return True
    related = (Label(old.span, "first declaration"),) if old is not None else ()
    el.diagnostics.error("HW1002", f"`{name}` is declared twice in this component", item.span, label="second declaration",
                         related=related,
                         help="parameters, constants, parts, ports and planes of a component share one space of names")
    return False


def _part(el: Elaborator, item: ast.Part, env: Env) -> PartArray:
    from hwdsl.elab.specialise import component_type, specialise

    component = component_type(el, item.type, env)
    kind = getattr(component.definition.item, "kind", "")
    if kind not in COMPONENT_KINDS | CONNECTOR_KINDS:
        raise mistake("HW2010", f"a part is a physical component; `{show(component)}` is a {kind}", item.type.span,
                      help="a port is typed by a link, a medium stands in `via`" if kind else "")
    dims = dimensions(item.type.dims, env, item.name)
    changes = evaluate_attributes(el, item.body, env)
    template = specialise(el, component, item.type.span, changes)
    return PartArray(item.name, dims, template, item.span, item.doc)


def _port(el: Elaborator, item: ast.Port, env: Env) -> PortArray:
    from hwdsl.elab.specialise import component_type, specialise

    component = component_type(el, item.type, env)
    kind = getattr(component.definition.item, "kind", "")
    if kind not in ("link", *CONNECTOR_KINDS):
        raise mistake("HW2010", f"a port is typed by a link; `{show(component)}` is a {kind}", item.type.span)
    dims = dimensions(item.type.dims, env, item.name)
    link = specialise(el, component, item.type.span)
    attrs = evaluate_attributes(el, item.body, env, of_port=True)
    return PortArray(item.name, dims, link, item.modifier, attrs, item.span)


def _plane(el: Elaborator, t: Template, item: ast.Plane, env: Env, names: tuple[str, ...], sizes: tuple[int | None, ...]) -> None:
    """Declare a plane and those nested in it; a family `for r in 0..8` has one size a binder (one binder a plane)."""
    with el.reporting():
        if not names:
            _is_new(el, t, env, item.name, item)
        size: int | None = None
        if len(item.binders) > 1:
            raise mistake("HW2013", "a plane family has one `for` variable", item.binders[1].span,
                          help="nest a second plane in the first")
        scope = env
        if item.binders:
            values = list(iterate(evaluate(item.binders[0].domain, env), item.binders[0].domain.span))
            if values != list(range(len(values))):
                raise mistake("HW2013", "a plane family runs over `0..n`", item.binders[0].span)
            size = len(values)
        path = (*names, item.name)
        old = t.planes.get(path)
        if old is not None and old.span != item.span:
            el.diagnostics.error("HW1002", f"plane `{'.'.join(path)}` is declared twice", item.span, label="second declaration",
                                 related=(Label(old.span, "first declaration"),), help="put the connections of both into one")
        t.planes[path] = PlaneDecl(path, (*sizes, size), item.span, item.doc)
        for inner in item.body:
            if isinstance(inner, ast.Plane):
                _plane(el, t, inner, scope, path, (*sizes, size))


