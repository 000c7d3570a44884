"""`override`: sparse exceptions to what a body says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.diag import Label
from hwdsl.elab.attributes import evaluate_attributes
from hwdsl.elab.bus import box_side
from hwdsl.elab.paths import resolve
from hwdsl.elab.spaces import sub_spaces
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import OverrideDecl, PartArray, PortArray, Template
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.source.span import NO_SPAN
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator

_STATUS = ("failed", "planned", "absent", "spare", "active")


def add_override(el: Elaborator, t: Template, stmt: ast.Override, env: Env) -> None:
    """Add one override, once per value of its `for` variables. Raises Mistake."""
    if isinstance(stmt.selection, ast.SelfRef):
        t.attributes.update(evaluate_attributes(el, stmt.body, env))
        return
    static = frozenset(b.name for b in stmt.binders)
    for sub in sub_spaces(stmt.binders, stmt.guard, env, static):
        found = resolve(t, stmt.selection, sub.env, partial=True)
        wanted = PartArray if stmt.target == "part" else PortArray
        if not isinstance(found.target, wanted):
            what = "a part" if stmt.target == "part" else "one of its two ports"
            raise mistake("HW3402", f"`override {stmt.target}` names {what}; this is something else", stmt.selection.span)
        if not all(isinstance(c, (Ix, range)) for c in found.coords):
            raise mistake("HW3008", "a slice here has constant bounds", stmt.selection.span)
        attrs = evaluate_attributes(el, stmt.body, sub.env)
        status = attrs.get("status")
        word = getattr(status.value, "text", None) if status is not None else None
        if status is not None and status.span != NO_SPAN and word not in _STATUS:
            raise mistake("HW1201", f"`status` is one of {', '.join(_STATUS)}", status.span)
        new = OverrideDecl(stmt.target, found.path, tuple(box_side(c) for c in found.coords), attrs, stmt.span)
        if any(len(r) == 0 for r in new.box):
            raise mistake("HW3402", "this override selects nothing", stmt.selection.span)
        _check_twice(t, new)
        t.overrides.append(new)


def _check_twice(t: Template, new: OverrideDecl) -> None:
    for old in t.overrides:
        if old.target == new.target and old.path == new.path and set(old.attributes) & set(new.attributes):
            if all(set(x) & set(y) for x, y in zip(old.box, new.box)):
                name = sorted(set(old.attributes) & set(new.attributes))[0]
                raise mistake("HW3401", f"`{name}` is overridden twice for the same {new.target}", new.span, label="second",
                              related=(Label(old.span, "first"),))
