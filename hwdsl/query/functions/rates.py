"""rate, raw, net, bidi, radix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.ir.l0 import PartArray, PortArray, volume
from hwdsl.query.arguments import need, owner_of, split
from hwdsl.query.counting import count_group
from hwdsl.query.endtoend import bundles
from hwdsl.query.functions.counts import keep
from hwdsl.query.lifted import exclusions
from hwdsl.query.rates import link_rate, sum_carried
from hwdsl.query.select import as_selection
from hwdsl.query.selection import AttributeOf, LinkSet, PlaneSelection, target
from hwdsl.query.throughpanels import current_mode, logical_between
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import mistake
from hwdsl.sema.show import described, is_number, show
from hwdsl.sema.values import UNKNOWN, Value, kind_name
from hwdsl.syntax import ast
from hwdsl.types import quantity as q


def rate(call: ast.Call, env: Env) -> Value:
    """rate(ports): one direction, each port once; rate(links(..)): each link once; rate(a -> b): direct links only"""
    plain, _ = split(call, (), 1)
    need(plain, call)
    owner = owner_of(env, call)
    expr = plain[0].value
    total: Any = None

    def add(value: Any, n: int) -> None:
        nonlocal total
        if n == 0:
            return
        piece = UNKNOWN if value is UNKNOWN else q.mul(value, n)
        total = piece if total is None else (UNKNOWN if UNKNOWN in (piece, total) else q.add(total, piece))

    if isinstance(expr, ast.FromTo):
        x = as_selection(evaluate(expr.left, env), owner, expr.left.span)
        y = as_selection(evaluate(expr.right, env), owner, expr.right.span)
        mode = current_mode(owner, env.hooks)
        if env.coding != "raw" and mode is not None:
            bits = logical_between(owner, x, y, mode)[1]
            return UNKNOWN if bits != bits else q.tagged(q.quantity(int(bits), "b/s"), direction="one", coding="net")
        value: Any = LinkSet(owner, "links", (x, y))
    else:
        value = evaluate(expr, env)
    if isinstance(value, (LinkSet, PlaneSelection)):
        links = value if isinstance(value, LinkSet) else LinkSet(owner, "links", (value,))
        for b in bundles(owner, links.operands, keep(links)):
            add(b.rate(env.coding), 1)
        return total if total is not None else zero_rate(env.coding)
    sel = as_selection(value, owner, expr.span)
    for g in sel.groups:
        found = target(owner, g.path)
        if isinstance(found, PortArray):
            add(link_rate(found.link, env.coding), count_group(owner, g, exclusions(owner)))
        elif isinstance(found, PartArray) and found.template.kind in ("connector", "module"):
            carried = sum_carried(owner, g, env.coding)
            if carried is not None:
                add(carried, 1)
        else:
            t = owner.at(g.path)
            ports = ", ".join(f"`.{n}`" for n in sorted(t.ports)) or "none"
            raise mistake("HW5001", f"`{t.name}` is a {t.kind}; which of its ports?", expr.span, notes=(f"its ports: {ports}",),
                          help="`rate(gpu[*].nvl[*])` adds ports up, `rate(a -> b)` the links between two parts")
    return total if total is not None else zero_rate(env.coding)


def zero_rate(coding: str = "") -> Value:
    """No links: 0 Gb/s, one direction."""
    return q.tagged(q.quantity(0, "Gb/s"), direction="one", coding=coding or "net")


def _coded(coding: str) -> Callable[[ast.Call, Env], Value]:
    def convert(call: ast.Call, env: Env) -> Value:
        plain, _ = split(call, (), 1)
        need(plain, call)
        inner = env.child()
        inner.coding = coding
        value = evaluate(plain[0].value, inner)
        if isinstance(value, AttributeOf):
            return AttributeOf(value.of, value.name, coding)
        if value is UNKNOWN:
            return UNKNOWN
        if not is_number(value):
            raise mistake("HW1201", f"`{coding}` takes a rate, not {kind_name(value)} ({show(value)})", plain[0].span)
        if getattr(value, "coding", "") != coding:
            raise mistake("HW5008", f"`{coding}` converts the rate of ports or links; this figure has no lanes to tell raw "
                          "from net", plain[0].span, notes=(f"it is {show(value)}",), help=f"write `{coding}(rate(...))`")
        return value

    return convert


def bidi(call: ast.Call, env: Env) -> Value:
    """bidi(x): both directions added up"""
    plain, _ = split(call, (), 1)
    need(plain, call)
    value = env.hooks.scalar(evaluate(plain[0].value, env), plain[0].span)
    if value is UNKNOWN:
        return UNKNOWN
    if not is_number(value):
        raise mistake("HW1201", f"`bidi` takes a rate, not {described(value)}", plain[0].span, help="write `bidi(rate(...))`")
    try:
        return q.bidi(value)
    except q.UnitError as error:
        raise mistake(error.code, error.message, plain[0].span, notes=error.notes, help=error.help) from None


def radix(call: ast.Call, env: Env) -> Value:
    """radix(switches): data ports of one of them"""
    plain, _ = split(call, (), 1)
    need(plain, call)
    owner = owner_of(env, call)
    sel = as_selection(evaluate(plain[0].value, env), owner, plain[0].span)
    found = {sum(volume(p.dims) for p in owner.at(g.path).ports.values() if isinstance(p.link.figure("lanes"), int))
             for g in sel.groups}
    if len(found) != 1:
        raise mistake("HW5005", f"these parts have {len(found)} different radices", plain[0].span,
                      help="select one kind of switch")
    return found.pop()


FUNCTIONS = {"rate": rate, "raw": _coded("raw"), "net": _coded("net"), "bidi": bidi, "radix": radix}
