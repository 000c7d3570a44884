"""`hwc test`: the asserts of a file's designs, and its `test` blocks.

A `test` block builds a design of its own and asserts on it; `assert fails(HW2004);` holds when building it, its checks
or the `under` blocks of the test report that code, and no other error.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from hwdsl.diag import Diagnostic, Diagnostics
from hwdsl.elab.context import Elaborator
from hwdsl.elab.elaborate import design_component, elaborate
from hwdsl.elab.statements import UnderStatement
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.query.checks import CheckResult, check_statement, run_checks, too_large
from hwdsl.query.under import run_under
from hwdsl.rules import run_rules
from hwdsl.sema.claims import claims_of
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.project import Module
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.api import Session, TestResult


def run_tests(session: Session, path: str) -> list[TestResult]:
    """One result per assert or require of the file's designs and one per `test` block, in the order of the file."""
    from hwdsl.api import TestResult

    module = session.project.load(path)
    if module is None:
        return []
    out: list[TestResult] = []
    for item in module.file.items:
        start = perf_counter()
        if isinstance(item, ast.Design):
            out += _design(session, module, item, path, start)
        elif isinstance(item, ast.Test):
            outcome, found, checks = _test(session, module, item)
            session.diagnostics.extend([d for d in found if d.severity != "note"])
            out.append(TestResult(item.name, path, item.span, outcome, tuple(found), perf_counter() - start, tuple(checks),
                                  claims_of(item.annots)))
    return out


def _design(session: Session, module: Module, item: ast.Design, path: str, start: float) -> list[TestResult]:
    from hwdsl.api import TestResult

    before = len(session.diagnostics.items)
    design = session.build(module, item, {}, {}, None) if not module.broken else None
    found = session.diagnostics.items[before:]
    seconds = perf_counter() - start
    name = item.name or "design"
    if design is None or (any(d.severity == "error" for d in found) and not any(c.outcome == "failed" for c in design.checks)):
        return [TestResult(f"{name} elaborates", path, item.span, "failed", found, seconds)]
    out = [TestResult(f"{name} elaborates", path, item.span, "passed", (), seconds)]
    for c in design.checks:
        mine = tuple(d for d in found if d.span.file == c.span.file and c.span.start <= d.span.start <= c.span.end)
        out.append(TestResult(_title(session, c), c.span.file, c.span, _outcome(c), mine, 0.0, (c,), c.claims))
    return out


def _outcome(c: CheckResult) -> str:
    if c.outcome == "broken" or (c.outcome == "failed" and c.kind == "assert"):
        return "failed"
    return "undecided" if c.outcome == "undecided" else "passed"


def _title(session: Session, c: CheckResult) -> str:
    source = session.sources.get(c.span.file)
    text = " ".join(source.text[c.span.start:c.span.end].split()) if source is not None else c.kind
    return text if len(text) <= 120 else text[:117] + "..."


def _test(session: Session, module: Module, item: ast.Test) -> tuple[str, list[Diagnostic], list[CheckResult]]:
    """("passed", "failed" or "undecided", reports, outcomes of its statements and of the asserts of its design) of one block."""
    diagnostics = Diagnostics()
    el = Elaborator(session.project, diagnostics, session.hooks)
    designs = [i for i in item.body if isinstance(i, ast.Design)]
    if len(designs) != 1:
        diagnostics.error("HW4005", f"the test \"{item.name}\" builds {len(designs)} designs", item.span,
                          help="write one `design = ...;` in it")
        return "failed", list(diagnostics.items), []
    root = _build(el, module, designs[0])
    expected, refusals, rest = _expected(item)
    inside: list[CheckResult] = []
    results: list[CheckResult] = []
    sound = root if not diagnostics.has_errors else None
    if sound is not None:
        inside = run_checks(sound, diagnostics)
        scope = sound.env.child(module)  # members of the design, then names of the file that the test stands in
        for stmt in rest:
            if isinstance(stmt, ast.Check):
                results += check_statement(sound, stmt, scope, diagnostics, f"test \"{item.name}\"", 1)
            else:
                results += run_under(sound, sound, UnderStatement(stmt, scope), diagnostics, f"test \"{item.name}\"", 1)
    if expected:
        if not _refused(item, expected, diagnostics):
            return "failed", list(diagnostics.items), []
        return "passed", [], [CheckResult("passed", s.kind, s.span, s.message, f"refused with {', '.join(expected)}", "", (),
                                          s.cond.span, claims_of(s.annots)) for s in refusals]
    if sound is None:
        return "failed", list(diagnostics.items), []
    outcomes = {_outcome(r) for r in (*inside, *results)}
    if "failed" in outcomes or diagnostics.has_errors:
        return "failed", list(diagnostics.items), [*inside, *results]
    return "undecided" if "undecided" in outcomes else "passed", list(diagnostics.items), [*inside, *results]


def _refused(item: ast.Test, expected: list[str], diagnostics: Diagnostics) -> bool:
    """Whether the errors of the design, its checks and the test are just those of `assert fails(..)`; reports what is missing."""
    reported = {d.code for d in diagnostics.items if d.severity == "error"}
    missing = [c for c in expected if c not in reported]
    for code in missing:
        diagnostics.error("HW4005", f"the design of the test \"{item.name}\" should fail with {code}; it does not", item.span)
    return not missing and reported <= set(expected)


def _build(el: Elaborator, module: Module, design: ast.Design) -> Template | None:
    try:
        component, span = design_component(el, module, design.value, {})
        root = elaborate(el, component, span)
        if not el.diagnostics.has_errors:
            run_rules(root, el.diagnostics)
        return root
    except Mistake as error:
        el.report(error)
    except TooLarge as error:
        el.report(too_large(error, design.span))
    return None


def _expected(item: ast.Test) -> tuple[list[str], list[ast.Check], list[ast.Check | ast.Under]]:
    """(codes of `assert fails(CODE)`, those statements, the other ones)."""
    codes: list[str] = []
    refusals: list[ast.Check] = []
    rest: list[ast.Check | ast.Under] = []
    for stmt in item.body:
        call = stmt.cond if isinstance(stmt, ast.Check) and isinstance(stmt.cond, ast.Call) else None
        if isinstance(stmt, ast.Check) and call is not None and isinstance(call.fn, ast.Name) and call.fn.name == "fails":
            refusals.append(stmt)
            codes += [a.value.name for a in call.args if isinstance(a.value, ast.Name)]
        elif isinstance(stmt, (ast.Check, ast.Under)):
            rest.append(stmt)
    return codes, refusals, rest
