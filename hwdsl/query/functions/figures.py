"""Figures of things: attributes, and sum, min, max, avg over a selection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.ir.l0 import PartArray, Path, PortArray, Template
from hwdsl.query.arguments import need, owner_of
from hwdsl.query.counting import count_group, count_sets, operand_sets
from hwdsl.query.lifted import exclusions, lifted_rules
from hwdsl.query.rates import link_rate, sum_carried
from hwdsl.query.selection import AttributeOf, Group, LinkSet, Selection, group_size, intersect_boxes, target
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import mistake
from hwdsl.sema.show import is_number, show
from hwdsl.sema.values import UNKNOWN, Value, Word, kind_name
from hwdsl.source.span import Span
from hwdsl.syntax import ast
from hwdsl.types import quantity as q


def known_attribute(owner: Template, path: Path, name: str) -> bool:
    """Whether things at a path can have this attribute."""
    found = target(owner, path)
    if isinstance(found, PortArray):
        return name in found.attributes or name in found.link.attributes or name in ("rate", "lanes", "kind", "link")
    t = owner.at(path)
    return name in t.attributes or name in t.parameters or name in ("kind", "component", "relay") or (
        name == "rate" and t.kind in ("connector", "module"))


def figure_of(owner: Template, path: Path, name: str, coding: str, span: Span) -> Value:
    """`.name` of the things at a path, without overrides. Raises Mistake if they have no such attribute."""
    found = target(owner, path)
    if isinstance(found, PortArray):
        if name == "rate":
            return link_rate(found.link, coding)
        if name == "kind":
            return Word("port")
        if name == "link":
            return Word(found.link.name)
        attr = found.attributes.get(name) or found.link.attributes.get(name)
        if attr is not None:
            return attr.value
        raise mistake("HW5007", f"the port `{found.name}` states no `{name}`", span,
                      help="a port has `rate`, `lanes` and what its link states")
    t = owner.at(path)
    if name == "kind":
        return Word(t.kind)
    if name == "component":
        return t.name
    if name == "relay":
        return t.relay
    attr = t.attributes.get(name)
    if attr is not None:
        return attr.value
    if name in t.parameters:
        return t.parameters[name]
    raise mistake("HW5007", f"`{t.name}` does not state `{name}`", span,
                  help=f"give it `{name} = ...;`, or `{name} = unknown;` if nobody published it")


def figures(attr: AttributeOf, span: Span) -> list[tuple[Value, int]]:
    """(figure, how many things have it) over a selection or a set of links; overrides of the attribute apply. Raises Mistake."""
    if isinstance(attr.of, LinkSet):
        return _link_figures(attr, span)
    sel: Selection = attr.of
    out: list[tuple[Value, int]] = []
    gone = exclusions(sel.owner)
    for g in sel.groups:
        found = target(sel.owner, g.path)
        if attr.name == "rate" and isinstance(found, PartArray):
            out.append((_connector_rate(sel.owner, g, attr.coding, span), 1))
            continue
        n = count_group(sel.owner, g, gone)
        for value, count in _overridden(sel.owner, g, attr.name):
            out.append((value, count))
            n -= count
        if n:
            out.append((figure_of(sel.owner, g.path, attr.name, attr.coding, span), n))
    return out


def _connector_rate(owner: Template, g: Group, coding: str, span: Span) -> Value:
    """The rate of connectors is that of the ports they carry."""
    value = sum_carried(owner, g, coding)
    if value is None:
        raise mistake("HW5007", f"`{owner.at(g.path).name}` carries no port, so it has no rate", span,
                      help="ask for the rate of its ports: `gpu[*].nvl[*].rate`")
    return value


def _overridden(owner: Template, g: Group, name: str) -> list[tuple[Value, int]]:
    """Parts of a group whose attribute an override changes."""
    from hwdsl.query.lifted import declared_paths

    out: list[tuple[Value, int]] = []
    for prefix in declared_paths(owner):
        shape = owner.shape(prefix)
        for o in owner.at(prefix).overrides:
            if name in o.attributes and prefix + o.path == g.path:
                box = intersect_boxes(tuple(range(n) for n in shape) + o.box, g.box)
                if box is not None:
                    out.append((o.attributes[name].value, group_size(Group(g.path, box))))
    return out


def _link_figures(attr: AttributeOf, span: Span) -> list[tuple[Value, int]]:
    links: LinkSet = attr.of
    if attr.name != "rate":
        raise mistake("HW5007", f"links have no `{attr.name}`", span, help="links have `rate`")
    gone = exclusions(links.owner)
    return [(link_rate(r.rule.link, attr.coding, r.rule.lanes), n) for r in lifted_rules(links.owner)
            if (n := count_sets(links.owner, r, operand_sets(r, links.operands), gone))]


def scalar(value: Any, span: Span) -> Value:
    """The figure of an attribute selection when it is one and the same for one thing; else the value itself. Raises Mistake."""
    if not isinstance(value, AttributeOf):
        return value
    found = figures(value, span)
    count = sum(n for _, n in found)
    if count == 1 or (count and isinstance(found[0][0], (Word, bool, str)) and len({show(v) for v, _ in found}) == 1):
        return found[0][0]
    raise mistake("HW5005", f"`.{value.name}` of {count} things is {count} figures", span,
                  help="use `sum`, `min`, `max` or `avg`, or select one thing")


def _fold(call: ast.Call, env: Env, name: str) -> Value:
    from hwdsl.sema.builtins import BUILTINS

    plain = list(call.args)
    need(plain, call)
    first = evaluate(plain[0].value, env)
    if len(plain) != 1 or not isinstance(first, AttributeOf):
        if name == "avg":
            raise mistake("HW5008", "`avg` takes figures: `avg(gpu[*].power)`", call.span)
        if isinstance(first, Selection):
            raise mistake("HW5008", f"`{name}` takes figures; which attribute of these parts?", plain[0].span,
                          help=f"name it: `{name}(gpu[*].power)`; `count` counts parts")
        args = [first, *(evaluate(a.value, env) for a in plain[1:])]
        args = [env.hooks.scalar(a, call.span) for a in args]
        return BUILTINS[name](args, call, env)
    owner_of(env, call)
    found = figures(first, plain[0].span)
    if name == "sum":
        return _sum(found, call)
    if not found:
        raise mistake("HW5008", f"`{name}` of nothing: the selection is empty", plain[0].span)
    if any(v is UNKNOWN for v, _ in found):
        return UNKNOWN
    if name == "avg":
        total = _sum(found, call)
        return q.div(total, sum(n for _, n in found))
    out = found[0][0]
    for v, _ in found[1:]:
        out = q.minimum(out, v) if name == "min" else q.maximum(out, v)
    return out


def _sum(found: list[tuple[Value, int]], call: ast.Call) -> Value:
    total: Any = None
    missing = 0
    for v, n in found:
        if v is UNKNOWN:
            missing += n
            continue
        if not is_number(v):
            raise mistake("HW1201", f"cannot add up {kind_name(v)} ({show(v)})", call.span)
        piece = q.mul(v, n)
        total = piece if total is None else q.add(total, piece)
    if missing:
        return q.add(total, q.mul(unknown_like(total), missing)) if total is not None else UNKNOWN
    return 0 if total is None else total


def unknown_like(value: Any) -> Any:
    """One unknown part of the dimension of `value`."""
    from hwdsl.types import Quantity
    from hwdsl.types.dimension import NONE

    dim = value.dim if isinstance(value, Quantity) else NONE
    return Quantity(0, 0, 0, dim, value.unit if isinstance(value, Quantity) else "", missing=1)


def _function(name: str) -> Callable[[ast.Call, Env], Value]:
    return lambda call, env: _fold(call, env, name)


FUNCTIONS = {name: _function(name) for name in ("sum", "min", "max", "avg")}

