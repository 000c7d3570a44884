"""`under mode` and `under failed`: checks that hold in a mode, or with one part out of service at a time."""

from __future__ import annotations

from typing import Any

from hwdsl.diag import Diagnostics
from hwdsl.elab.bus import box_side
from hwdsl.elab.paths import resolve
from hwdsl.elab.statements import UnderStatement
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.query.checks import CheckResult, check_statement, too_large
from hwdsl.query.lifted import Exclusion
from hwdsl.query.modes import mode_of
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate, iterate
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.sema.show import show
from hwdsl.syntax import ast


def run_under(root: Template, t: Template, under: UnderStatement, diagnostics: Diagnostics, where: str,
              instances: int) -> list[CheckResult]:
    """Evaluate the checks of an `under` block at every point of its `for`."""
    out: list[CheckResult] = []
    item = under.item
    env = under.env.child()
    env.context = t
    hooks: Any = env.hooks

    def run(k: int, scope: Env, point: tuple[str, ...]) -> None:
        if k < len(item.binders):
            b = item.binders[k]
            for value in iterate(evaluate(b.domain, scope), b.domain.span):
                deeper = scope.child()
                deeper.bind(b.name, value, binder=True)
                run(k + 1, deeper, (*point, f"{b.name} = {show(value)}"))
            return
        before = (hooks.mode, hooks.failed)
        try:
            if item.what == "mode":
                hooks.mode = mode_of(t, item.subject, scope)
                text = hooks.mode.text
            else:
                hooks.failed = (*hooks.failed, failure(t, item.subject, scope))
                t.failing = hooks.failed
                text = ".".join(hooks.failed[-1].path) + (", " + ", ".join(point) if point else "")
            for inner in item.body:
                if isinstance(inner, ast.Check):
                    out.extend(check_statement(t, inner, scope, diagnostics, f"{where} under {item.what} {text}", instances))
                elif isinstance(inner, ast.Under):
                    out.extend(run_under(root, t, UnderStatement(inner, scope), diagnostics, where, instances))
        finally:
            hooks.mode, hooks.failed = before
            t.failing = hooks.failed

    try:
        run(0, env, ())
    except Mistake as error:
        if error.diagnostic is not None:
            diagnostics.add(error.diagnostic if error.diagnostic.path else replace(error.diagnostic, path=where))
        out.append(CheckResult("broken", "assert", item.span, "", "", where))
    except TooLarge as error:
        found = too_large(error, item.span).diagnostic
        if found is not None:
            diagnostics.add(found)
    return out


def failure(t: Template, expr: ast.Expr, env: Env) -> Exclusion:
    """What an `under failed X` takes out of service. Raises Mistake."""
    found = resolve(t, expr, env, partial=True)
    if not all(isinstance(c, (Ix, range)) for c in found.coords) or any(isinstance(c, Ix) and c.terms for c in found.coords):
        raise mistake("HW3008", "a failure names parts with constant indices", expr.span)
    from hwdsl.ir.l0 import PortArray

    target = "port" if isinstance(found.target, PortArray) else "part"
    return Exclusion(found.path, tuple(box_side(c) for c in found.coords), target, "failed")
