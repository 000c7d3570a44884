"""Which parameters a refinement has, and how they reach what it refines.

A refinement with parameters of its own passes on what it names: `rack A(n: int): B(gpus = n)`. One without has those of its base
that it does not fix: `rack A: B` takes what `B` takes, `rack A: B(gpus = 8)` the rest. Its `where` sees its own and the base's.
"""

from __future__ import annotations

from hwdsl.elab.context import Elaborator
from hwdsl.elab.parameters import bind_parameters, bind_values, check_condition, check_names
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.values import ComponentValue, Def, Value
from hwdsl.source.span import Span
from hwdsl.syntax import ast


def parameters_of(el: Elaborator, definition: Def) -> tuple[ast.Param, ...]:
    """The parameters that a component takes, also inherited ones. What is wrong with its base is reported where it is built."""
    out: tuple[ast.Param, ...] = ()
    fixed: set[str] = set()
    seen: set[int] = set()
    at: Def | None = definition
    while at is not None and id(at.item) not in seen:
        item = at.item
        assert isinstance(item, ast.Component)
        seen.add(id(item))
        out = tuple(p for p in item.params if p.name not in fixed)
        if item.params or item.base is None:
            return out
        try:
            base = _base(el, item.base, el.module_env(at.module))
        except Mistake:
            return ()
        fixed |= {name for name, _ in base.args or ()}
        at = base.definition
    return ()


def bind(el: Elaborator, component: ComponentValue, args: dict[str, Value], env: Env, span: Span,
         seen: frozenset[int] = frozenset()) -> tuple[list[tuple[str, Value]], ComponentValue | None]:
    """Bind the parameters of a component and of all that it refines, and check their conditions.

    Returns the arguments given, in the order of the parameters, and the base with its arguments. A circle of refinements (`seen`)
    is reported where it is built. Raises Mistake.
    """
    item = component.definition.item
    assert isinstance(item, ast.Component)
    if item.base is None:
        return bind_parameters(item, args, env, span), None
    passed: tuple[tuple[str, Value], ...] = ()
    if item.params:
        params, given = item.params, bind_values(item, args, env, span)
        base = _base(el, item.base, env)
    else:
        base = _base(el, item.base, env)
        params = parameters_of(el, component.definition)
        check_names(item, params, args, span)
        given = [(p.name, args[p.name]) for p in params if p.name in args]
        passed = tuple(given)
    base = ComponentValue(base.definition, (*(base.args or ()), *passed), base.span)
    if id(item) not in seen:
        below = el.module_env(base.definition.module)
        bind(el, base, dict(base.args or ()), below, span if passed else item.base.span, seen | {id(item)})
        env.parent = below
    check_condition(item, params, env, span)
    return given, base


def _base(el: Elaborator, ref: ast.TypeRef, env: Env) -> ComponentValue:
    from hwdsl.elab.specialise import component_type

    return component_type(el, ref, env)
