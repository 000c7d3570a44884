"""Running studies of a design: which ones, in which scenario, and what is kept when somebody interrupts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hwdsl.diag import Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.perf.study.evaluate import Answer, Evaluation, named_study, studies
from hwdsl.perf.study.failures import Failed, outage
from hwdsl.perf.study.result import Prediction, Scenario, StudyResult
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import Mistake
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.sema.project import Module


def run_studies(root: Template, module: Module, hooks: Any, diagnostics: Diagnostics, *, study: str | None = None,
                parameters: Mapping[str, ast.Expr] = {}, fail: Sequence[ast.Expr] = ()) -> tuple[list[StudyResult], bool]:
    """(results, whether all of it was done). An interruption (KeyboardInterrupt) keeps what is finished.

    study       only this one; else all studies of the file, or the default one where it has none
    parameters  values for parameters of the studies, by name
    fail        paths of what is out of service throughout
    Mistakes are reported in `diagnostics`.
    """
    failed = Failed()
    env = Env(module, None, hooks)
    env.context = root
    try:
        for expr in fail:
            failed = failed.plus(outage(root, expr, env))
        values = {k: evaluate(expr, env) for k, expr in parameters.items()}
        chosen = [named_study(module, study)] if study is not None else list(studies(module).values())
    except Mistake as error:
        if error.diagnostic is not None:
            diagnostics.add(error.diagnostic)
        return [], False
    before = hooks.failed
    hooks.failed = (*before, *failed.in_all(root))
    out: list[StudyResult] = []
    try:
        if not chosen:
            result, whole = _collect("default", Evaluation(root, module, hooks, diagnostics, failed).default())
            return [result], whole
        for item in chosen:
            run = Evaluation(root, module, hooks, diagnostics, failed)
            given = {p.name: values[p.name] for p in item.params if p.name in values}
            result, whole = _collect(item.name, run.study(item, given))
            out.append(result)
            if not whole:
                return out, False
    finally:
        hooks.failed = before
    return out, True


def _collect(name: str, answers: Iterator[Answer]) -> tuple[StudyResult, bool]:
    predictions: list[Prediction] = []
    scenarios: list[Scenario] = []
    stopped = ""
    try:
        for answer in answers:
            if isinstance(answer, Prediction):
                predictions.append(answer)
            else:
                scenarios.append(answer)
    except KeyboardInterrupt:
        stopped = "interrupted"
    return StudyResult(name, tuple(predictions), tuple(scenarios), stopped), not stopped
