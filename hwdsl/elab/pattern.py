"""Pattern calls: `connect full_mesh(board[*].npu[s].y[*]) for s in 0..8` becomes the rules of the pattern's body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.diag import Label
from hwdsl.elab.members import declare_names
from hwdsl.elab.parameters import check_type, first_broken
from hwdsl.elab.paths import PortArgument, resolve
from hwdsl.elab.spaces import SubSpace, sub_spaces
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import PortArray, Template
from hwdsl.ir.space import Space
from hwdsl.node import replace
from hwdsl.sema.algebra import because
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.sema.show import show
from hwdsl.sema.values import Def
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.connect import Place
    from hwdsl.elab.context import Elaborator


def expand_pattern(el: Elaborator, t: Template, stmt: ast.Connect, env: Env, place: Place) -> None:
    """Add the rules of a pattern call. Raises Mistake."""
    call = stmt.left
    if not isinstance(call, ast.Call) or not isinstance(call.fn, ast.Name):
        raise mistake("HW3012", "expected `a <-> b` or a pattern call such as `ring(gpu[*].link)`", call.span)
    definition = _pattern_of(call.fn, env)
    item = definition.item
    assert isinstance(item, ast.Pattern)
    if len(el.stack) > 60:
        raise mistake("HW2009", "patterns are nested too deep", stmt.span)
    for sub in sub_spaces((*place.binders, *stmt.binders), stmt.guard, env):
        scope = _bind(el, t, item, definition, call, sub)
        outer = Space((*place.outer.vars, *sub.space.vars), (*place.outer.guard, *sub.space.guard))
        el.stack.append((item, item.name))
        try:
            _run_body(el, t, item, stmt, scope, sub.env, replace(place, binders=(), outer=outer))
        except Mistake as error:
            raise _seen_from(error, item, call) from None
        finally:
            el.stack.pop()


def _seen_from(error: Mistake, item: ast.Pattern, call: ast.Call) -> Mistake:
    """A mistake in the body of a library's pattern also names the call that led to it."""
    d = error.diagnostic
    if d is None or d.span.file == call.span.file or any(label.span.file == call.span.file for label in d.related):
        return error
    return Mistake(replace(d, related=(*d.related, Label(call.span, f"in this call of `{item.name}`"))))


def _pattern_of(name: ast.Name, env: Env) -> Def:
    found = env.module.lookup(name.name) if env.module is not None else None
    if isinstance(found, Def) and isinstance(found.item, ast.Pattern):
        return found
    if found is None:
        from hwdsl.sema.mistake import already_reported, did_you_mean

        if env.module is not None and name.name in env.module.missing:
            raise already_reported()
        raise mistake("HW1001", f"unknown pattern `{name.name}`", name.span, help=did_you_mean(name.name, env.all_names()))
    raise mistake("HW3012", f"`{name.name}` is not a pattern", name.span)


def _bind(el: Elaborator, t: Template, item: ast.Pattern, definition: Def, call: ast.Call, sub: SubSpace) -> Env:
    """The scope of the pattern's body: port arrays bound to paths, dimension names to sizes."""
    if len(call.args) > len(item.params):
        raise mistake("HW3012", f"`{item.name}` takes {len(item.params)} arguments, not {len(call.args)}", call.span)
    scope = Env(definition.module, None, el.hooks)
    scope.sizes = sub.env.sizes
    scope.budget = sub.env.budget
    by_name = {p.name: p for p in item.params}
    given: dict[str, ast.Arg] = {}
    for k, a in enumerate(call.args):
        name = a.name or item.params[k].name
        if name not in by_name:
            raise mistake("HW3012", f"`{item.name}` has no argument `{name}`", a.span)
        given[name] = a
    for p in item.params:
        if p.type.path[-1] != "port":
            value: Any = evaluate(given[p.name].value, sub.env) if p.name in given else None
            if value is None and p.default is not None:
                value = evaluate(p.default, scope)
            if value is None:
                raise mistake("HW3012", f"`{item.name}` needs an argument `{p.name}`", call.span)
            if not isinstance(value, Ix):
                check_type(p, value, scope, call.span)
            scope.bind(p.name, value, binder=isinstance(value, Ix))
    for p in item.params:
        if p.type.path[-1] == "port":
            if p.name not in given:
                raise mistake("HW3012", f"`{item.name}` needs an argument `{p.name}`", call.span)
            scope.bind(p.name, _port_argument(t, given[p.name], sub.env))
    for p in item.params:
        if p.type.path[-1] == "port":
            _match_dimensions(item, p, scope, given[p.name])
    declare_names(el, item.body, scope)
    for guard in (item.guard, *(p.guard for p in item.params)):
        broken = first_broken(guard, scope) if guard is not None else None
        if broken is not None:
            shown = ", ".join(f"{n} = {show(v)}" for n, v in scope.values.items() if isinstance(v, int))
            raise mistake("HW2004", f"`{item.name}` is not defined for these arguments: {shown}", call.span, label="used here",
                          related=(Label(broken.span, "this condition does not hold"),), notes=because(broken, scope))
    return scope


def _port_argument(t: Template, arg: ast.Arg, env: Env) -> PortArgument:
    found = resolve(t, arg.value, env, partial=True)
    if not isinstance(found.target, PortArray):
        raise mistake("HW3007", "a pattern joins ports; this path does not end at a port", arg.span)
    free = tuple(k for k, c in enumerate(found.coords) if not isinstance(c, Ix))
    if any(not isinstance(found.coords[k], range) for k in free):
        raise mistake("HW3008", "a slice given to a pattern has constant bounds", arg.span)
    return PortArgument(found.path, found.coords, free, found.target, found.template)


def _match_dimensions(item: ast.Pattern, p: ast.Param, scope: Env, arg: ast.Arg) -> None:
    """A dimension that is a bare new name binds from the argument; every other is checked."""
    bound = scope.values[p.name]
    sizes = bound.sizes()
    if len(sizes) != len(p.type.dims):
        raise mistake("HW3012", f"`{item.name}` takes ports in {len(p.type.dims)} dimensions; this slice has {len(sizes)}",
                      arg.span, related=(Label(p.span, "declared here"),),
                      help="`*` or slices give the dimensions, the rest is indexed and bound by `for`")
    for expr, size in zip(p.type.dims, sizes):
        if isinstance(expr, ast.Name) and expr.name not in scope.values:
            scope.bind(expr.name, size)
            continue
        wanted = evaluate(expr, scope)
        if wanted != size:
            raise mistake("HW3012", f"`{item.name}` needs {show(wanted)} ports here; this slice has {size}", arg.span,
                          label=f"{size} elements",
                          related=(Label(expr.span, f"this is {show(wanted)}"),))


def _run_body(el: Elaborator, t: Template, item: ast.Pattern, call: ast.Connect, scope: Env, caller: Env, place: Place) -> None:
    from hwdsl.elab.connect import add_rule, check_binders, connect

    given = replace(place, via_env=place.via_env or caller, calls=((call.body, call.annots, caller), *place.calls))
    for stmt in item.body:
        if isinstance(stmt, ast.Connect):
            here = replace(given, via_env=None) if stmt.via else given
            if stmt.right is None:
                connect(el, t, replace(stmt, via=stmt.via or call.via), scope, here)
                continue
            check_binders(stmt, stmt.binders)
            for sub in sub_spaces(stmt.binders, stmt.guard, scope):
                add_rule(el, t, replace(stmt, via=stmt.via or call.via), sub, here)
        elif not isinstance(stmt, (ast.Const, ast.Fn, ast.ErrorItem)):
            raise mistake("HW2013", "a pattern holds connections, constants and functions", stmt.span)
