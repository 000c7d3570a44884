"""Studies: the statements of a `study` block, and the study that a design without one gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hwdsl.diag import Diagnostic, Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.ir.outages import Exclusion
from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.study.build import operation
from hwdsl.perf.study.call import Call, plane_name, settle
from hwdsl.perf.study.checks import bind_study, settings
from hwdsl.perf.study.default import data_planes, default_calls, islands, networks
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
from hwdsl.source import NO_SPAN
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
        """The answers of the study that a design without one gets, plane by plane: a plane whose rates nobody published, or whose
        endpoints do not all reach each other, says so once, and is then asked of one of its islands."""
        for name, planes in networks(self.root):
            calls = default_calls(name, planes)
            found = self._tried(calls[0])
            if found is None:
                continue
            yield found
            if found.outcome == "unreachable":
                for over in islands(self.view(calls[0], self.failed)):
                    calls = default_calls(name, planes, over)
                    within = self._tried(calls[0])
                    if within is not None and within.outcome == "time":
                        found = within
                        yield within
                        break
            if found.outcome == "time":
                yield from (p for p in map(self._tried, calls[1:]) if p is not None)
        yield from self.scenarios()

    def _tried(self, call: Call) -> Prediction | None:
        """The answer to a call nobody wrote: what its plane lacks (a mode, say) is a warning, no error of the design."""
        try:
            return next(p for p in self._one(call, self.failed) if isinstance(p, Prediction))
        except Mistake as error:
            if error.diagnostic is not None and not any(d.code == error.diagnostic.code for d in self.diagnostics.items):
                notes = (f"plane {plane_name(call.value('plane'))}", *error.diagnostic.notes)
                self.diagnostics.add(replace(error.diagnostic, severity="warning", notes=notes))
        except ZeroRate as error:
            self._report(mistake("HW6007", f"the links {error} carry traffic and their rate is zero", call.span))
        return None

    @staticmethod
    def _scene(p: Prediction) -> tuple[str, ...]:
        """Plane, mode and failures of a prediction, for a report."""
        words = [f"plane {p.plane}"] + [f"mode {p.mode}"] * bool(p.mode) + ["failed: " + ", ".join(p.failed)] * bool(p.failed)
        return (", ".join(words),)

    def scenarios(self) -> Iterator[Answer]:
        """What each network that was asked about has left and stands to lose; of several selections on one, the largest."""
        from hwdsl.perf.study.scenario import scenario

        largest: dict[tuple[str, str, tuple[Exclusion, ...], tuple[str, ...]], View] = {}
        for view in self._views.values():
            key = (view.plane, view.mode_text, view.failed, view.lost_planes)
            if key not in largest or view.selected > largest[key].selected:
                largest[key] = view
        for view in largest.values():
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
                nobody = "no part has a link" if planes is None else f"no endpoint is on {plane_name(planes)}"
                raise mistake("HW6003", f"`{call.name}` over nothing: {nobody}", call.span,
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
