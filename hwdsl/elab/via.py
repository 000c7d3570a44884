"""Via chains: the media and modules of a connection, from the left end to the right end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.elab.paths import resolve
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import End, PortArray, Template, ViaStep
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import mistake
from hwdsl.sema.values import ComponentValue, Word, kind_name
from hwdsl.sema.words import CONNECTOR_KINDS, MEDIUM_KINDS
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


def via_chain(el: Elaborator, t: Template, steps: tuple[ast.Expr, ...], env: Env, link: Template | None) -> tuple[ViaStep, ...]:
    """Evaluate a via chain; `auto` is the first medium that the `link` lists. Raises Mistake."""
    return tuple(_automatic(el, e, link) if isinstance(e, ast.Name) and e.name == "auto" else _step(el, t, e, env) for e in steps)


def _automatic(el: Elaborator, expr: ast.Expr, link: Template | None) -> ViaStep:
    from hwdsl.elab.specialise import specialise

    listed = link.figure("media") if link is not None else None
    for value in listed if isinstance(listed, tuple) else ():
        if isinstance(value, ComponentValue) and getattr(value.definition.item, "kind", "") in MEDIUM_KINDS:
            return ViaStep(specialise(el, value, expr.span))
    name = link.name if link is not None else "the link"
    raise mistake("HW3101", f"`via auto` takes the first medium that the link lists, and `{name}` lists none", expr.span,
                  help="name the medium, or give the link `media = [Dac, Smf];` with the media it may run over")


def _step(el: Elaborator, t: Template, expr: ast.Expr, env: Env) -> ViaStep:
    from hwdsl.elab.specialise import specialise

    if _is_path(t, expr):
        found = resolve(t, expr, env)
        if not isinstance(found.target, PortArray) or not all(isinstance(c, Ix) for c in found.coords):
            raise mistake("HW3101", "a via chain runs through single ports of a panel", expr.span)
        return ViaStep(None, End(found.path, tuple(found.coords)))
    value = evaluate(expr, env)
    if not isinstance(value, ComponentValue):
        what = f"the word `{value.text}`" if isinstance(value, Word) else kind_name(value)
        raise mistake("HW3101", f"a link runs via media and modules; this is {what}", expr.span,
                      help="name a cable, fibre, backplane, trace or module, or write `via auto`")
    kind = getattr(value.definition.item, "kind", "")
    if kind not in MEDIUM_KINDS | CONNECTOR_KINDS:
        raise mistake("HW3101", f"a link runs via media and modules; this is a {kind}", expr.span,
                      help="name a cable, fibre, backplane, trace or module")
    return ViaStep(specialise(el, value, expr.span))


def _is_path(t: Template, expr: ast.Expr) -> bool:
    head = expr
    while isinstance(head, (ast.Member, ast.Index)):
        head = head.base
    return isinstance(head, ast.Name) and t.member(head.name) is not None
