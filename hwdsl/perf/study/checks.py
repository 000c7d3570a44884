"""What `hwc check` sees of studies: names, arguments, planes, modes and failures; nothing is evaluated."""

from __future__ import annotations

from typing import Any

from hwdsl.diag import Diagnostics
from hwdsl.elab.parameters import bind_parameters
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.perf.study.call import COMMON, TAKES, settle
from hwdsl.perf.study.failures import outage
from hwdsl.query.checks import too_large
from hwdsl.query.modes import mode_of
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate, iterate
from hwdsl.sema.mistake import Mistake, did_you_mean, mistake
from hwdsl.sema.project import Module
from hwdsl.syntax import ast

SETTINGS = frozenset((*COMMON, *(a for takes in TAKES.values() for a in takes)))
"""What a study may set for all its calls."""


def check_studies(root: Template, module: Module, hooks: Any, diagnostics: Diagnostics) -> None:
    """Report mistakes in the studies of a file whose parameters all have defaults."""
    for item in module.file.items:
        if isinstance(item, ast.Study) and all(p.default is not None for p in item.params):
            env = Env(module, None, hooks)
            env.context = root
            try:
                bind_study(item, {}, env)
            except Mistake as error:
                _report(error, diagnostics)
                continue
            _items(root, item.items, env, {}, diagnostics)


def bind_study(item: ast.Study, given: dict[str, Any], env: Env) -> None:
    """Bind the parameters of a study that asks something. Raises Mistake."""
    if not any(isinstance(i, (ast.CallItem, ast.Under, ast.Check)) for i in item.items):
        raise mistake("HW6003", f"study `{item.name}` asks nothing", item.span,
                      help="it holds calls such as `all_to_all(over = **.gpu, size = 1 GiB);`")
    bind_parameters(ast.Mode(item.span, (), "", item.name, False, item.params, None, ()), given, env, item.span)


def settings(items: tuple[ast.Item, ...], defaults: dict[str, ast.Expr], diagnostics: Diagnostics) -> dict[str, ast.Expr]:
    """The settings that hold for the statements of a block; unknown ones are reported."""
    out = dict(defaults)
    for i in items:
        if isinstance(i, ast.Attr):
            if i.name not in SETTINGS:
                _report(mistake("HW6002", f"a study has no setting `{i.name}`", i.span, help=did_you_mean(i.name, SETTINGS)),
                        diagnostics)
            out[i.name] = i.value
    return out


def _items(root: Template, items: tuple[ast.Item, ...], env: Env, defaults: dict[str, ast.Expr],
           diagnostics: Diagnostics) -> None:
    held = settings(items, defaults, diagnostics)
    for i in items:
        try:
            if isinstance(i, ast.CallItem):
                for _ in settle(i.call, env, held):
                    pass
            elif isinstance(i, ast.Under):
                scope = env.child()
                for b in i.binders:  # the first point stands for all
                    for value in iterate(evaluate(b.domain, scope), b.domain.span):
                        scope.bind(b.name, value, binder=True)
                        break
                if i.what == "mode":
                    mode_of(root, i.subject, scope)
                else:
                    outage(root, i.subject, scope)
                _items(root, i.body, scope, held, diagnostics)
        except Mistake as error:
            _report(error, diagnostics)
        except TooLarge as error:
            _report(too_large(error, i.span), diagnostics)


def _report(error: Mistake, diagnostics: Diagnostics) -> None:
    if error.diagnostic is not None:
        diagnostics.add(error.diagnostic)
