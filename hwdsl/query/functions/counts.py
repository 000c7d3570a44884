"""count, and the things links are made of: links, lanes, pairs, fibres, cables, assemblies, modules, plugs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.arguments import need, operand, owner_of, selection, split
from hwdsl.query.counting import count_selection
from hwdsl.query.endtoend import Whole
from hwdsl.query.media import total
from hwdsl.query.rates import link_rate
from hwdsl.query.select import of_kind
from hwdsl.query.selection import LinkSet, PlaneSelection, Selection
from hwdsl.query.throughpanels import current_mode, logical_between
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import mistake
from hwdsl.sema.values import Value, Word, kind_name
from hwdsl.syntax import ast


def count(call: ast.Call, env: Env) -> Value:
    """count(x): parts or ports of a selection, links of `links(..)`, cables of `cables(..)`, entries of a list"""
    plain, _ = split(call, (), 1)
    need(plain, call)
    owner = owner_of(env, call)
    value = evaluate(plain[0].value, env)
    if isinstance(value, LinkSet):
        value = value if plain[0].guard is None else _with_filter(value, plain[0].guard, env)
        between = value.operands if value.what == "links" and not value.filters and len(value.operands) == 2 else ()
        mode = current_mode(owner, env.hooks)
        if mode is not None and between and all(isinstance(o, Selection) for o in between):
            return logical_between(owner, between[0], between[1], mode)[0]  # in a mode, circuits make links too
        return count_things(value)
    if isinstance(value, PlaneSelection):
        raise mistake("HW5008", "a plane has links, cables, modules ...: which are to be counted?", plain[0].span,
                      help="write `count(links(plane))`")
    if isinstance(value, tuple) and not any(isinstance(v, (Selection, Word)) for v in value):
        return len(value)
    return count_selection(selection(plain[0], env, owner))


def _with_filter(value: LinkSet, guard: ast.Expr, env: Env) -> LinkSet:
    return LinkSet(value.owner, value.what, value.operands, (*value.filters, (guard, env)))


def count_things(links: LinkSet) -> int:
    """Number of links, lanes, cables, ... of a set, under its filters. Raises Mistake."""
    return total(links.owner, links.what, links.operands, keep(links))


def keep(links: LinkSet) -> Callable[[Any], bool] | None:
    """Which rules pass the filters (`.rate`, `.part`, `.medium`, `.plane` of the link); None for all."""
    def passes(r: Any) -> bool:
        for guard, env in links.filters:
            scope = env.child()
            scope.subject = _LinkElement(r)
            scope.hooks = _LinkHooks(env.hooks)
            value = evaluate(guard, scope)
            if value is not True:
                return False
        return True

    return passes if links.filters else None


class _LinkElement:
    """A rule under a filter."""

    def __init__(self, lifted: Any) -> None:
        self.lifted = lifted

    def describe(self) -> str:
        """For messages."""
        return "a link"


class _LinkHooks:
    """The hooks of the design, with members of a link."""

    def __init__(self, outer: Any) -> None:
        self._outer = outer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outer, name)

    def member(self, value: Any, name: str, env: Env, span: Any) -> Value:
        """`.rate`, `.link`, `.medium`, `.lanes` of a link."""
        if not isinstance(value, _LinkElement):
            return self._outer.member(value, name, env, span)
        rule = value.lifted.rule
        if name == "rate":
            return link_rate(rule.link, env.coding, rule.lanes)
        if name == "lanes":
            return rule.lanes
        if name == "link":
            return Word(rule.link.name)
        if name in ("medium", "part"):
            return tuple(Word(s.template.name) for s in rule.via if s.template is not None)
        raise mistake("HW5009", f"a link has no `{name}`", span, help="links have `rate`, `lanes`, `link` and `medium`")


_END_TO_END = ("links", "lanes")
"""What is counted once a link, whatever the number of its pieces."""


def _things(what: str) -> Callable[[ast.Call, Env], LinkSet]:
    def things(call: ast.Call, env: Env) -> LinkSet:
        plain, _ = split(call, (), 2)
        need(plain, call)
        owner: Template = owner_of(env, call)
        operands = tuple(operand(a, env, owner) for a in plain)
        guards: tuple[Any, ...] = ()
        flat: list[Any] = []
        for o in operands:
            if isinstance(o, LinkSet):  # of links end to end, every piece
                whole = len(plain) == 1 and o.what in _END_TO_END and what not in _END_TO_END
                flat += [Whole(o.operands)] if whole else o.operands
                guards += o.filters
            else:
                flat.append(o)
        return LinkSet(owner, "modules" if what == "optics" else what, tuple(flat), guards)

    return things


def kind(call: ast.Call, env: Env) -> Value:
    """kind(rack): all instances of a kind, where a part bears the kind's name"""
    plain, _ = split(call, (), 1)
    need(plain, call)
    expr = plain[0].value
    word = expr.name if isinstance(expr, ast.Name) else None
    if word is None:
        value = evaluate(expr, env)
        raise mistake("HW5008", f"`kind` takes the word of a kind, not {kind_name(value)}", expr.span)
    return of_kind(owner_of(env, call), word)


FUNCTIONS = {
    "count": count, "kind": kind,
    **{w: _things(w) for w in ("links", "lanes", "pairs", "fibres", "cables", "assemblies", "modules", "optics", "plugs")},
}

