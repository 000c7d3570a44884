"""Studies: the statements of a `study` block, and the study that a design without one gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hwdsl.diag import Diagnostic, Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.study.build import operation
from hwdsl.perf.study.call import Call, plane_name, settle
from hwdsl.perf.study.checks import bind_study, settings
from hwdsl.perf.study.failures import Failed, outage
from hwdsl.perf.study.loading import ZeroRate
from hwdsl.perf.study.predict import predict
from hwdsl.perf.study.result import Prediction, Scenario
from hwdsl.perf.study.view import View, all_endpoints
from hwdsl.query.checks import check_statement, too_large
from hwdsl.query.hopcount import which_plane
from hwdsl.query.modes import mode_of
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate, iterate
from hwdsl.sema.mistake import Mistake, did_you_mean, mistake
from hwdsl.sema.values import Word
from hwdsl.source import NO_SPAN, Span
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.sema.project import Module
    from hwdsl.sema.values import Value

Answer = Prediction | Scenario


def studies(module: Module) -> dict[str, ast.Study]:
    """The studies of a file by name."""
    return {i.name: i for i in module.file.items if isinstance(i, ast.Study)}


def named_study(module: Module, name: str) -> ast.Study:
    """The study of that name. Raises Mistake."""
    found = studies(module)
    if name not in found:
        have = ", ".join(f"`{n}`" for n in sorted(found))
        raise mistake("HW6004", f"`{module.path}` has no study `{name}`", NO_SPAN,
                      notes=(f"its studies: {have}",) if have else ("it has no studies",), help=did_you_mean(name, set(found)))
    return found[name]


class Evaluation:
    """One run over the statements of a study: answers come one by one, mistakes are reported and the rest goes on.

    views are kept, so that calls over the same endpoints, planes, mode and failures share what was found out.
    """

    def __init__(self, root: Template, module: Module, hooks: Any, diagnostics: Diagnostics, failed: Failed) -> None:
        self.root, self.module, self.hooks, self.diagnostics = root, module, hooks, diagnostics
        self.failed = failed
        self._views: dict[Any, View] = {}

    def study(self, item: ast.Study, given: Mapping[str, Value]) -> Iterator[Answer]:
        """The answers of a study block with values for its parameters."""
        env = Env(self.module, None, self.hooks)
        env.context = self.root
        try:
            bind_study(item, dict(given), env)
        except Mistake as error:
            self._report(error)
            return
        yield from self._items(item.items, env, {}, self.failed)
        yield from self.scenarios()

    def _items(self, items: tuple[ast.Item, ...], env: Env, defaults: dict[str, ast.Expr], failed: Failed) -> Iterator[Answer]:
        defaults = settings(items, defaults, self.diagnostics)
        for i in items:
            if isinstance(i, ast.CallItem):
                yield from self._call(i.call, env, defaults, failed)
            elif isinstance(i, ast.Under):
                yield from self._under(i, env, defaults, failed)
            elif isinstance(i, ast.Check):
                check_statement(self.root, i, env, self.diagnostics, self.root.name, 1)

    def _call(self, expr: ast.Expr, env: Env, defaults: dict[str, ast.Expr], failed: Failed) -> Iterator[Answer]:
        try:
            calls = list(settle(expr, env, defaults))
        except Mistake as error:
            self._report(error)
            return
        for call in calls:
            try:
                yield from self._one(call, failed)
            except Mistake as error:
                self._report(error)
                return
            except ZeroRate as error:
                self._report(mistake("HW6007", f"the links {error} carry traffic and their rate is zero", call.span,
                                     help="state the `net` rate of the link, or leave the links out with `plane`"))
                return
            except TooLarge as error:
                self._report(too_large(error, call.span))
                return

    def _one(self, call: Call, failed: Failed) -> Iterator[Answer]:
        view = self.view(call, failed)
        if self.hooks.progress is not None:
            self.hooks.progress(f"evaluating {call.text}")
        found = predict(view, operation(call, view))
        if call.span != NO_SPAN and found.outcome in ("unreachable", "refused"):
            code, words = ("HW6008", "cannot be done: ") if found.outcome == "unreachable" else ("HW6009", "has no answer: ")
            name = f"{call.name} {found.algorithm}".rstrip()
            report = Diagnostic(code, "warning", f"{name} {words}{found.reason}", call.span, notes=self._scene(found))
            self.diagnostics.add(report)
        yield found

    def default(self) -> Iterator[Answer]:
        """The answers of the study that a design without one gets: a plane whose endpoints do not reach each other, or whose
        rates nobody published, says so once."""
        settled: set[Value] = set()
        for call in default_calls(self.root):
            if call.value("plane") in settled:
                continue
            try:
                for found in self._one(call, self.failed):
                    if isinstance(found, Prediction) and found.outcome != "time":
                        settled.add(call.value("plane"))
                    yield found
            except Mistake as error:  # nobody asked about this plane: what it lacks (a mode, say) is no error of the design
                settled.add(call.value("plane"))
                if error.diagnostic is not None:
                    where = f"plane {call.text.rpartition('= ')[2][:-1]}"
                    notes = (where, *error.diagnostic.notes)
                    self.diagnostics.add(replace(error.diagnostic, severity="warning", notes=notes))
            except ZeroRate as error:
                settled.add(call.value("plane"))
                self._report(mistake("HW6007", f"the links {error} carry traffic and their rate is zero", call.span))
        yield from self.scenarios()

    @staticmethod
    def _scene(p: Prediction) -> tuple[str, ...]:
        """Plane, mode and failures of a prediction, for a report."""
        words = [f"plane {p.plane}"] + [f"mode {p.mode}"] * bool(p.mode) + ["failed: " + ", ".join(p.failed)] * bool(p.failed)
        return (", ".join(words),)

    def scenarios(self) -> Iterator[Answer]:
        """What each network that was asked about has left and stands to lose."""
        from hwdsl.perf.study.scenario import scenario

        told = set()
        for view in self._views.values():
            key = (view.plane, view.mode_text, view.failed)
            if key in told:
                continue
            told.add(key)
            if self.hooks.progress is not None:
                self.hooks.progress(f"failures on plane {view.plane}")
            yield scenario(view)

    def view(self, call: Call, failed: Failed) -> View:
        """The network of a call. Raises Mistake."""
        over: Selection | None = call.value("over")
        planes: PlaneSelection | None = call.value("plane")
        if planes is None:
            planes = which_plane(self.root, None, call.span)
        if over is not None and not sum(len(g.box) >= 0 and all(len(s) for s in g.box) for g in over.groups):
            raise mistake("HW6003", f"`{call.name}` over nothing: the selection is empty", call.at("over"),
                          help="a selection such as `**.gpu` or `rack[0..2].gpu` names the endpoints")
        kept = failed.planes_left(self.root, planes)
        key = (over, planes, kept, self.hooks.mode, self.hooks.failed)
        if key not in self._views:
            who = over if over is not None or kept is planes else all_endpoints(self.root, planes)
            name = plane_name(planes) if planes is not None else next((n for n, _ in data_planes(self.root)), "links")
            view = View(self.root, name, kept, who, self.hooks, call.span, failed.plane_names)
            if not view.net.endpoint_count:
                raise mistake("HW6003", f"`{call.name}` over nothing: no endpoint is on {plane_name(planes)}", call.span,
                              help="name the parts that talk with `over = ...`, and their plane with `plane = ...`")
            self._views[key] = view
        return self._views[key]

    def _under(self, item: ast.Under, env: Env, defaults: dict[str, ast.Expr], failed: Failed) -> Iterator[Answer]:
        def points(k: int, scope: Env) -> Iterator[Env]:
            if k == len(item.binders):
                yield scope
                return
            b = item.binders[k]
            for value in iterate(evaluate(b.domain, scope), b.domain.span):
                deeper = scope.child()
                deeper.bind(b.name, value, binder=True)
                yield from points(k + 1, deeper)

        try:
            for scope in points(0, env):
                before = (self.hooks.mode, self.hooks.failed)
                now = failed
                try:
                    if item.what == "mode":
                        self.hooks.mode = mode_of(self.root, item.subject, scope)
                    else:
                        now = failed.plus(outage(self.root, item.subject, scope))
                        self.hooks.failed = now.in_all(self.root)
                    yield from self._items(item.body, scope, defaults, now)
                finally:
                    self.hooks.mode, self.hooks.failed = before
        except Mistake as error:
            self._report(error)
        except TooLarge as error:
            self._report(too_large(error, item.span))

    def _report(self, error: Mistake) -> None:
        if error.diagnostic is not None:
            self.diagnostics.add(error.diagnostic)


def data_planes(root: Template) -> list[tuple[str, PlaneSelection | None]]:
    """Data planes by outermost name on which at least two endpoints talk; "links" for a design without planes."""
    from hwdsl.query.lifted import lifted_rules
    from hwdsl.query.network import network
    from hwdsl.query.select import any_depth_planes

    names: set[str] = set()
    unnamed = False
    for r in lifted_rules(root):
        if r.rule.lanes:
            if r.rule.plane.names:
                names.add(r.rule.plane.names[0])
            else:
                unnamed = True
    out: list[tuple[str, PlaneSelection | None]] = [(n, any_depth_planes(root, n)) for n in sorted(names)]
    if not names and unnamed:
        out = [("links", None)]
    return [(n, p) for n, p in out if network(root, p, None).endpoint_count > 1]


def default_calls(root: Template, span: Span = NO_SPAN) -> list[Call]:
    """What a design without a study is asked: on each data plane, all-to-all and ring all-reduce of 1 MiB and 1 GiB."""
    from hwdsl.types.quantity import quantity

    out = []
    for name, planes in data_planes(root):
        for collective, words in (("all_to_all", {}), ("all_reduce", {"algorithm": Word("ring")})):
            for size, unit in ((1, "MiB"), (1, "GiB")):
                values: dict[str, Value] = {"size": quantity(size, unit), **words}
                if planes is not None:
                    values["plane"] = planes
                shown = ", ".join(["size = " + f"{size} {unit}", *(f"{k} = {v.text}" for k, v in words.items())])
                out.append(Call(collective, values, {}, span, f"{collective}({shown}, plane = {name})"))
    return out
