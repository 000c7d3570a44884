"""Asserts, requires and `under` blocks: evaluated once per distinct template, reported with operands and instance path."""

from __future__ import annotations

from typing import Any

from hwdsl.diag import Diagnostics
from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.elab.attributes import severity_of, sources_of
from hwdsl.ir.l0 import Path, Template, multiplicities, templates
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record, replace
from hwdsl.query.lifted import declared_paths
from hwdsl.sema.claims import Claim, claims_of
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate, iterate, scalar
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.sema.operations import compare
from hwdsl.sema.show import is_number, show
from hwdsl.sema.values import UNKNOWN, kind_name
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.syntax import ast
from hwdsl.types import Quantity
from hwdsl.types import quantity as q


class CheckResult(Record):
    """Outcome of one assert or require at one point of its `for`: "passed", "failed", "undecided" or "broken"."""

    outcome: str
    kind: str
    span: Span
    message: str
    operands: str
    path: str
    sources: tuple[Any, ...] = ()
    condition: Span = NO_SPAN
    claims: tuple[Claim, ...] = ()


def run_checks(root: Template, diagnostics: Diagnostics) -> list[CheckResult]:
    """All asserts and requires of a design; failures are reported."""
    out: list[CheckResult] = []
    counts = multiplicities(root)
    first = _first_paths(root)
    for t in templates(root):
        where = _instance_text(root, first[t.uid])
        for statement in t.checks:
            out += check_statement(t, statement.item, statement.env, diagnostics, where, counts[t.uid])
        for under in t.unders:
            from hwdsl.query.under import run_under

            out += run_under(root, t, under, diagnostics, where, counts[t.uid])
    return out


def _first_paths(root: Template) -> dict[str, Path]:
    out: dict[str, Path] = {}
    for path in declared_paths(root):
        out.setdefault(root.at(path).uid, path)
    return out


def _instance_text(root: Template, path: Path) -> str:
    """`superpod.pod[0].rack[0]`: the first instance."""
    parts = [root.name]
    for k, name in enumerate(path):
        n = len(root.shape(path[: k + 1])) - (len(root.shape(path[:k])) if k else 0)
        parts.append(name + "[0]" * n)
    return ".".join(parts)


def check_statement(t: Template, item: ast.Check, env: Env, diagnostics: Diagnostics, where: str,
                    instances: int) -> list[CheckResult]:
    """Evaluate one statement at every point of its `for`. Mistakes in it are reported."""
    out: list[CheckResult] = []
    scope = env.child()
    scope.context = t

    def run(k: int, inner: Env, point: tuple[str, ...]) -> None:
        if k < len(item.binders):
            b = item.binders[k]
            for value in iterate(evaluate(b.domain, inner), b.domain.span):
                deeper = inner.child()
                deeper.bind(b.name, value, binder=True)
                run(k + 1, deeper, (*point, f"{b.name} = {show(value)}"))
            return
        if item.guard is not None and evaluate(item.guard, inner) is not True:
            return
        out.append(_one(item, inner, diagnostics, where, instances, point))

    try:
        run(0, scope, ())
    except Mistake as error:
        _report(error, diagnostics, where)
        out.append(_broken(item, where))
    except TooLarge as error:
        _report(too_large(error, item.span), diagnostics, where)
        out.append(_broken(item, where))
    return out


def _broken(item: ast.Check, where: str) -> CheckResult:
    return CheckResult("broken", item.kind, item.span, item.message, "", where, (), item.cond.span, claims_of(item.annots))


def too_large(error: TooLarge, span: Span) -> Mistake:
    """The Mistake for an exact count that would have to enumerate."""
    return mistake("HW5004", f"an exact answer would go through {error.points:,} cases", span,
                   help="ask for less (a slice), or write the rule so that its index maps stay affine")


def _report(error: Mistake, diagnostics: Diagnostics, where: str) -> None:
    if error.diagnostic is not None:
        d = error.diagnostic
        diagnostics.add(d if d.path else replace(d, path=where))


def _one(item: ast.Check, env: Env, diagnostics: Diagnostics, where: str, instances: int, point: tuple[str, ...]) -> CheckResult:
    truth, operands, notes = condition(item.cond, env)
    outcome = "passed" if truth is True else "failed" if truth is False else "undecided"
    sources = sources_of(item.annots, env)
    result = CheckResult(outcome, item.kind, item.span, item.message, operands, where, sources, item.cond.span,
                         claims_of(item.annots))
    if outcome == "passed":
        return result
    facts = [*notes]
    if point:
        facts.insert(0, "at " + ", ".join(point))
    if item.message:
        facts.append(item.message)
    facts += [f"source: {s.text}" + (" (unverified)" if s.status == "unverified" else "") for s in sources if s.text]
    if instances > 1:
        facts.append(f"the same in {instances - 1:,} more instance{'s' if instances > 2 else ''}")
    failed = outcome == "failed"
    code = "HW4003" if not failed else "HW4001" if item.kind == "assert" else "HW4002"
    verb = "does not hold" if failed else "is undecided"
    chosen = severity_of(item.annots) if item.kind == "require" else "error"
    severity = (chosen or "warning") if failed else "note"
    label = operands
    diagnostics.add(Diagnostic(code, severity, f"{item.kind} {verb}: {operands}" if operands else f"{item.kind} {verb}",
                               item.cond.span,
                               label=label or "", notes=tuple(facts), path=where,
                               help="" if failed
                               else "a figure in it is unknown or an interval; it is neither passed nor failed"))
    return result


def condition(expr: ast.Expr, env: Env) -> tuple[bool | None, str, list[str]]:
    """(truth, operands as text, notes) of a condition. Raises Mistake."""
    if isinstance(expr, ast.Compare):
        a = scalar(evaluate(expr.left, env), env, expr.left.span)
        b = scalar(evaluate(expr.right, env), env, expr.right.span)
        truth = compare(expr, a, b)
        notes = []
        if truth is False and is_number(a) and is_number(b):
            hint = q.mismatch_hint(a, b)
            if hint:
                notes.append(hint)
        left, right = _both(a, b)
        return truth, f"{left} {expr.op} {right}", notes
    if isinstance(expr, ast.Logic):
        return _joined(expr, env)
    if isinstance(expr, ast.Not):
        inner, operands, notes = condition(expr.operand, env)
        return None if inner is None else not inner, f"not ({operands})" if operands else "", []
    value = scalar(evaluate(expr, env), env, expr.span)
    if value is None or value is UNKNOWN:
        return None, "", []
    if isinstance(value, bool):
        return value, "", []
    raise mistake("HW4004", f"expected a condition (true or false), found {kind_name(value)} ({show(value)})", expr.span,
                  help="compare it: `== ...`, `<= ...`")


def _joined(expr: ast.Logic, env: Env) -> tuple[bool | None, str, list[str]]:
    """A conjunction shows the operands of what decided it, a disjunction those of all its members. The right side is evaluated
    only where the left one leaves the outcome open."""
    left = condition(expr.left, env)
    if left[0] is (expr.op == "or"):
        return left
    right = condition(expr.right, env)
    if expr.op == "and":
        if right[0] is False or left[0] is True:
            return right
        return None, " and ".join(t for t in (left[1], right[1] if right[0] is None else "") if t), [*left[2], *right[2]]
    truth = True if right[0] is True else None if None in (left[0], right[0]) else False
    return truth, " or ".join(t for t in (left[1], right[1]) if t), [*left[2], *right[2]]


def _both(a: Any, b: Any) -> tuple[str, str]:
    from hwdsl.types.format import both, text

    if isinstance(a, Quantity) and isinstance(b, Quantity) and a.dim == b.dim:
        if a.missing == 0 and b.unit:
            try:
                return text(a, b.unit), text(b)
            except (q.UnitError, ValueError, KeyError):
                return both(a, b)
        return both(a, b)
    return show(a), show(b)


