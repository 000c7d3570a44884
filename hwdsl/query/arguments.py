"""Arguments of query functions."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.distinct import plane_union
from hwdsl.query.select import any_depth_planes, as_selection, filter_group, filter_links
from hwdsl.query.selection import LinkSet, PlaneItem, PlaneSelection, Selection, is_port
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import did_you_mean, mistake
from hwdsl.sema.show import described, show
from hwdsl.sema.values import ComponentValue, Value, Word, kind_name
from hwdsl.source import Span
from hwdsl.syntax import ast


def owner_of(env: Env, call: ast.Call) -> Template:
    """The template a query is asked of. Raises Mistake outside a design."""
    if not isinstance(env.context, Template):
        raise mistake("HW5001", "this asks about a design; there is none here", call.span,
                      help="ask it in an assert, or with `hwc query FILE '...'`")
    return env.context


def split(call: ast.Call, allowed: tuple[str, ...], positional: int) -> tuple[list[ast.Arg], dict[str, ast.Arg]]:
    """(positional, named) arguments. Raises Mistake for others than `allowed` and for too many."""
    name = call.fn.name if isinstance(call.fn, ast.Name) else "this function"
    plain = [a for a in call.args if a.name is None]
    named = {a.name: a for a in call.args if a.name is not None}
    for key, a in named.items():
        if key not in allowed:
            raise mistake("HW5008", f"`{name}` has no argument `{key}`", a.span, help=did_you_mean(key, set(allowed)))
    if len(plain) > positional:
        raise mistake("HW5008", f"`{name}` takes {positional} argument{'s' if positional != 1 else ''}, not {len(plain)}",
                      call.span)
    return plain, named


def need(plain: list[ast.Arg], call: ast.Call, count: int = 1) -> None:
    """Raise Mistake for too few arguments."""
    if len(plain) < count:
        name = call.fn.name if isinstance(call.fn, ast.Name) else "this function"
        raise mistake("HW5008", f"`{name}` needs {count} argument{'s' if count != 1 else ''}", call.span,
                      help=f"for example `{name}(self)`")


def planes_of(expr: ast.Expr, owner: Template) -> PlaneSelection | None:
    """`**.ub` where a plane is meant: the planes of that name at any depth, None if there are none."""
    return any_depth_planes(owner, expr.name) if isinstance(expr, ast.AnyDepth) else None


def operand(arg: ast.Arg, env: Env, owner: Template) -> Any:
    """What links are counted of: a plane, parts or ports, or a set of links (with its filter). Raises Mistake."""
    value = planes_of(arg.value, owner) or evaluate(arg.value, env)
    if isinstance(value, LinkSet):
        return filter_links(value, arg.guard, env) if arg.guard is not None else value
    if isinstance(value, PlaneSelection):
        return value
    if isinstance(value, (Selection, ComponentValue, Word)) or (isinstance(value, tuple) and value):
        if isinstance(value, tuple) and all(isinstance(v, PlaneSelection) for v in value):
            return PlaneSelection(owner, tuple(i for v in value for i in v.items))
        return as_selection(value, owner, arg.span)
    raise mistake("HW5001", f"expected a plane, parts, ports or links, found {kind_name(value)} ({show(value)})", arg.span)


def selection(arg: ast.Arg, env: Env, owner: Template) -> Selection:
    """Parts or ports, the filter `where` applied by attribute. Raises Mistake."""
    value = as_selection(evaluate(arg.value, env), owner, arg.value.span)
    if arg.guard is None:
        return value
    groups = []
    for g in value.groups:
        keep, flags = filter_group(owner, g, arg.guard, env)
        if keep:
            groups.append(type(g)(g.path, g.box, g.last, g.fill, g.flags + flags))
    return Selection(value.owner, tuple(groups))


def parts(arg: ast.Arg, env: Env, owner: Template) -> Selection:
    """Parts; a question about a graph is not asked of ports. Raises Mistake."""
    return need_parts(selection(arg, env, owner), arg.span)


def need_parts(found: Selection, span: Span) -> Selection:
    """The parts of a selection (`**.gpu` may name ports as well). Raises Mistake if there are only ports."""
    kept = tuple(g for g in found.groups if not is_port(found.owner, g.path))
    if found.groups and not kept:
        path = found.groups[0].path
        raise mistake("HW5001", f"`{'.'.join(path)}` are ports; this is asked of the parts that have them", span,
                      help=f"leave `.{path[-1]}` out")
    return Selection(found.owner, kept)


def planes(named: dict[str, ast.Arg], env: Env, owner: Template) -> PlaneSelection | None:
    """The argument `plane = p` or `plane = [p, q]`; None if not given. Raises Mistake."""
    arg = named.get("plane")
    if arg is None:
        return None
    written = arg.value.items if isinstance(arg.value, ast.ListExpr) else (arg.value,)
    found: list[Value] = []
    for expr in written:
        value = planes_of(expr, owner) or evaluate(expr, env)
        found += value if isinstance(value, tuple) else [value]
    items: list[PlaneItem] = []
    for v in found:
        if not isinstance(v, PlaneSelection):
            known = {d.names[0] for d in owner.planes.values()}
            raise mistake("HW5010", f"expected a plane, found {described(v)}", arg.span,
                          help="planes here: " + ", ".join(f"`{n}`" for n in sorted(known)) if known else "")
        items += list(v.items)
    return plane_union(owner, items, arg.span)
