"""power, price, mass, flops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.diag import Label
from hwdsl.ir.l0 import volume
from hwdsl.query.arguments import need, owner_of, selection, split
from hwdsl.query.counting import count_group
from hwdsl.query.lifted import exclusions
from hwdsl.query.rollup import QUANTITIES, Roll, roll_group
from hwdsl.query.selection import Selection, is_port
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.sema.values import UNKNOWN, Value
from hwdsl.syntax import ast
from hwdsl.types import quantity as q

_FORMATS = ("fp4", "fp6", "fp8", "fp16", "bf16", "tf32", "fp32", "fp64", "int4", "int8")


def _rollup(what: str) -> Callable[[ast.Call, Env], Value]:
    def figure(call: ast.Call, env: Env) -> Value:
        plain, _ = split(call, (), 1)
        need(plain, call)
        owner = owner_of(env, call)
        sel = selection(plain[0], env, owner)
        _no_overlap(sel, plain[0], what)
        total = Roll()
        gone = exclusions(owner)
        for g in sel.groups:
            if is_port(owner, g.path):
                raise mistake("HW5001", f"ports have no {what}", plain[0].span,
                              help=f"ask for the {what} of the parts that hold them")
            total = total.plus(roll_group(owner, g, what, gone))
        if not sel.groups:
            return q.quantity(0, QUANTITIES[what])
        if len(total.figures) > 1:
            raise mistake("HW5014", f"this adds up figures of different kinds: {', '.join(total.figures)}", call.span,
                          notes=("`@source(.., figure = ..)` says which kind a figure is",),
                          help="select parts whose figures are of one kind, or state the missing kind where it is known")
        try:
            return total.result(QUANTITIES[what])
        except q.UnitError as error:
            raise mistake(error.code, error.message, call.span, notes=error.notes, help=error.help) from None

    return figure


def _no_overlap(sel: Selection, arg: ast.Arg, what: str) -> None:
    """Raise Mistake if the selection holds a thing and something inside it: the figure would count twice (HW5006)."""
    paths = [g.path for g in sel.groups]
    for p in paths:
        for other in paths:
            if p != other and other[: len(p)] == p:
                inner = sel.owner.at(other)
                outer = sel.owner.at(p)
                raise mistake("HW5006", f"the {what} of `{inner.name}` is part of the {what} of `{outer.name}`: "
                              "it would count twice", arg.span,
                              related=(Label(outer.span, f"`{outer.name}` holds it"),) if outer.span.file else (),
                              help="select one of the two")


def flops(call: ast.Call, env: Env) -> Value:
    """flops(selection, format): operations per second at a number format (fp8, bf16, ...)"""
    plain, _ = split(call, (), 2)
    need(plain, call, 2)
    owner = owner_of(env, call)
    word = plain[1].value.name if isinstance(plain[1].value, ast.Name) else ""
    if word not in _FORMATS:
        raise mistake("HW5008", "the second argument of `flops` is a number format", plain[1].span,
                      help="one of " + ", ".join(_FORMATS))
    sel = selection(plain[0], env, owner)
    _no_overlap(sel, plain[0], "compute")
    total = Roll()
    gone = exclusions(owner)
    for g in sel.groups:
        total = total.plus(_flops_of(owner.at(g.path), word), count_group(owner, g, gone))
    return total.result("TFLOPS")


def _flops_of(t: Any, word: str) -> Roll:
    stated = t.attributes.get(word)
    if stated is not None:
        return Roll(None, 1) if stated.value is UNKNOWN else Roll(stated.value)
    total = Roll()
    for part in t.parts.values():
        total = total.plus(_flops_of(part.template, word), volume(part.dims))
    return total


FUNCTIONS = {**{w: _rollup(w) for w in QUANTITIES}, "flops": flops}
