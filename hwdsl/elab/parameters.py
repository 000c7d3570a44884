"""Parameters: binding arguments, their types and their conditions."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.diag import Label
from hwdsl.sema.algebra import because
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import did_you_mean, mistake
from hwdsl.sema.project import component_of
from hwdsl.sema.show import show
from hwdsl.sema.values import ComponentValue, RangeVal, Value, Word, kind_name
from hwdsl.sema.words import COMPONENT_KINDS, MEDIUM_KINDS, OTHER_KINDS, TYPE_NAMES
from hwdsl.source.span import Span
from hwdsl.syntax import ast
from hwdsl.types import Quantity

_KINDS = COMPONENT_KINDS | MEDIUM_KINDS | OTHER_KINDS


def bind_parameters(item: ast.Component | ast.Mode, args: dict[str, Value], env: Env,
                    span: Span) -> list[tuple[str, Value]]:
    """Bind the parameters of `item` in `env`; returns those given explicitly, in order. Raises Mistake."""
    given = bind_values(item, args, env, span)
    check_condition(item, item.params, env, span)
    return given


def check_names(item: ast.Component | ast.Mode, params: tuple[ast.Param, ...], args: dict[str, Value], span: Span) -> None:
    """Raise Mistake for an argument that is none of the parameters, and for a parameter that needs one."""
    order = [p.name for p in params]
    for name in args:
        if name not in order:
            takes = f"it takes {', '.join(f'`{n}`' for n in order)}" if order else "it takes none"
            raise mistake("HW2001", f"`{item.name}` has no parameter `{name}`", span, notes=(takes,),
                          help=did_you_mean(name, order))
    for p in params:
        if p.name not in args and p.default is None:
            raise mistake("HW2002", f"`{item.name}` needs a value for its parameter `{p.name}`", span,
                          related=(Label(p.span, "declared without a default"),), help=f"write `{item.name}({p.name} = ...)`")


def bind_values(item: ast.Component | ast.Mode, args: dict[str, Value], env: Env, span: Span) -> list[tuple[str, Value]]:
    """`bind_parameters` without the condition over all of them. Raises Mistake."""
    check_names(item, item.params, args, span)
    given = []
    for p in item.params:
        if p.name in args:
            value = args[p.name]
            check_type(p, value, env, span)
            given.append((p.name, value))
        else:
            assert p.default is not None
            value = evaluate(p.default, env)
            check_type(p, value, env, p.default.span)
        env.bind(p.name, value)
    for p in item.params:
        if p.guard is not None:
            _condition(item, p.guard, env, span, f"parameter `{p.name}` is {show(env.values[p.name])}")
    return given


def check_condition(item: ast.Component | ast.Mode, params: tuple[ast.Param, ...], env: Env, span: Span) -> None:
    """Raise Mistake unless the condition over all parameters holds; `params` are those that it may name."""
    if item.guard is not None:
        shown = ", ".join(f"{p.name} = {show(env.find(p.name)[1])}" for p in params)
        _condition(item, item.guard, env, span, shown)


def _condition(item: ast.Component | ast.Mode, guard: ast.Expr, env: Env, span: Span, shown: str) -> None:
    broken = first_broken(guard, env)
    if broken is not None:
        raise mistake("HW2004", f"`{item.name}` is not defined for these parameters: {shown}", span, label="used here",
                      related=(Label(broken.span, "this condition does not hold"),), notes=because(broken, env))


def first_broken(guard: ast.Expr, env: Env) -> ast.Expr | None:
    """The first condition of a conjunction that does not hold, None if all do. Raises Mistake."""
    if isinstance(guard, ast.Logic) and guard.op == "and":
        return first_broken(guard.left, env) or first_broken(guard.right, env)
    return None if evaluate(guard, env) is True else guard


def check_type(p: ast.Param, value: Value, env: Env, span: Span) -> None:
    """Raise Mistake unless `value` fits the declared type of a parameter."""
    name = p.type.path[-1]
    fits: bool | None = None
    if name == "int":
        fits = isinstance(value, int) and not isinstance(value, bool)
    elif name == "bool":
        fits = isinstance(value, bool)
    elif name == "str":
        fits = isinstance(value, str)
    elif name in ("list", "set"):
        fits = isinstance(value, (tuple, RangeVal))
    elif name == "quantity":
        fits = isinstance(value, (int, Fraction, Quantity)) and not isinstance(value, bool)
    elif name == "any":
        fits = True
    elif name in ("length", "rate", "time", "money", "mass") or (name == "power" and not isinstance(value, ComponentValue)):
        wanted = {"rate": "information/time"}.get(name, name)
        fits = isinstance(value, Quantity) and (value.dim.name == wanted or value.dim.name.startswith(wanted))
    elif name in _KINDS:
        item = value.definition.item if isinstance(value, ComponentValue) else None
        fits = isinstance(item, ast.Component) and item.kind == name
    else:
        declared = env.module.lookup(name) if env.module is not None else None
        definition = getattr(declared, "item", None)
        if isinstance(definition, ast.Enum):
            words = [m.name for m in definition.members]
            fits = isinstance(value, Word) and value.text in words
        elif component_of(declared) is not None:
            fits = isinstance(value, ComponentValue)
        else:
            raise mistake("HW1008", f"`{name}` is not a type", p.type.span, help=did_you_mean(name, TYPE_NAMES | _KINDS))
    if not fits:
        raise mistake("HW2003", f"parameter `{p.name}` takes {_article(name)}, not {kind_name(value)} ({show(value)})", span,
                      related=(Label(p.span, "declared here"),))


def _article(name: str) -> str:
    return {"int": "an integer", "bool": "true or false", "str": "a text", "list": "a list", "quantity": "a number or quantity",
            }.get(
        name, f"a {name}")
