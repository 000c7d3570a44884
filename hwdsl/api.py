"""The Python API: a `Session` loads, checks, elaborates and queries designs; everything else is built on it.

>>> import hwdsl
>>> session = hwdsl.Session(cache_dir=None)
>>> design = session.open_text('''
...     link Lane { lanes = 4; raw = 53.125 Gb/s; net = 50 Gb/s; }
...     chip Gpu { port x: Lane[3]; }
...     switch Sw { port p: Lane[4]; }
...     system Pod {
...         part gpu: Gpu[4];
...         part sw: Sw[3];
...         plane fabric { connect gpu[g].x[s] <-> sw[s].p[g]  for g in 0..4, s in 0..3; }
...     }
...     design = Pod;
... ''')
>>> design.query("count(links(fabric))").text
'12'
>>> design.query("rate(gpu[0].x[*])").text
'600 Gb/s'
>>> session.diagnostics.has_errors
False

A session owns its caches and its diagnostics; two sessions live side by side. Nothing is raised for a mistake in a design: look
at `session.diagnostics`, or print `session.report()`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from hwdsl.diag import Diagnostic, Diagnostics
from hwdsl.elab.context import Elaborator
from hwdsl.elab.elaborate import design_component, elaborate, find_design
from hwdsl.elab.refinement import parameters_of
from hwdsl.ir.l0 import Template, multiplicities, templates
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record
from hwdsl.query.ask import ask, parse_query
from hwdsl.query.checks import CheckResult, run_checks, too_large
from hwdsl.query.functions import TABLE
from hwdsl.query.hooks import QueryHooks
from hwdsl.rules import run_rules
from hwdsl.sema.claims import Claim
from hwdsl.sema.evaluate import evaluate, of_definition
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.project import Module, Project
from hwdsl.sema.resolve import resolve_module
from hwdsl.sema.values import ComponentValue, Def, Value
from hwdsl.source import NO_SPAN, SourceText, Span
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.perf.study.result import StudyResult


class CheckSummary(Record):
    """What `check` went through: files read, asserts and requires evaluated, how many are undecided."""

    files: int
    asserts: int
    undecided: int


class TestResult(Record):
    """One test: an assert of the design or a `test` block.

    `checks` are the outcomes of the assert, or of the block's statements and of the asserts of the design it builds; `claims` the
    published claims that it is tagged with.
    """

    __test__ = False  # not a test case for pytest

    name: str
    file: str
    span: Span
    outcome: str
    diagnostics: tuple[Diagnostic, ...]
    seconds: float
    checks: tuple[CheckResult, ...] = ()
    claims: tuple[Claim, ...] = ()


class QueryResult(Record):
    """An answer: `text` with unit, `json`, the raw `value`, and the IR `level` it took."""

    text: str
    json: Any
    value: Any
    level: str


def default_cache_dir() -> str | None:
    """Where parsed files are kept between runs; None if there is no home for it. `HWC_CACHE_DIR` overrides, empty means none."""
    stated = os.environ.get("HWC_CACHE_DIR")
    if stated is not None:
        return stated or None
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "hwdsl")


def library_dir() -> str:
    """Folder of the standard library."""
    import hwdsl.stdlib

    return os.path.dirname(os.path.abspath(hwdsl.stdlib.__file__ or ""))


class Session:
    """Loads, checks, elaborates and queries designs.

    cache_dir      "auto", a folder, or None for no cache on disk
    memory_budget  bytes that a flat answer may take; more is refused before it allocates
    progress       called with a line of text when long work goes on
    """

    def __init__(self, *, cache_dir: str | None = "auto", memory_budget: int = 2 * 1024**3,
                 progress: Callable[[str], None] | None = None) -> None:
        self.diagnostics = Diagnostics()
        self.progress = progress
        self.pass_times: list[tuple[str, float]] = []
        self._cache_dir = default_cache_dir() if cache_dir == "auto" else cache_dir
        self._project = Project(self.diagnostics, self._cache_dir, library_dir())
        self._hooks = QueryHooks()
        self._hooks.memory_budget = memory_budget
        self._hooks.progress = progress
        self._elaborator = Elaborator(self._project, self.diagnostics, self._hooks)

    @property
    def sources(self) -> dict[str, SourceText]:
        """Every text read, by display path, for rendering diagnostics."""
        return self._project.sources

    @property
    def hooks(self) -> QueryHooks:
        """What queries need beside the design (memory budget, current mode)."""
        return self._hooks

    def report(self, color: bool = False) -> str:
        """All diagnostics as text."""
        from hwdsl.diag.render_text import render_text

        return render_text(self.diagnostics.items, self.sources, color)

    def open(self, path: str, *, parameters: Mapping[str, str] = {}, mode: str | None = None) -> Design | None:
        """Load, check and elaborate the design of a file and evaluate its asserts; None when there is no usable design.

        A file `*.json` is a design IR as `design.json` is: it is read back, without its asserts and modes.
        """
        if path.endswith(".json"):
            read: Design | None = self._timed("load", lambda: self._open_ir(path, parameters, mode))
            return read
        module = self._timed("load", lambda: self._project.load(path))
        return self._open(module, parameters, mode) if module is not None else None

    def _open_ir(self, path: str, parameters: Mapping[str, str], mode: str | None) -> Design | None:
        """The design of an IR that was written by the `json` backend."""
        from hwdsl.ir.json_io import loads
        from hwdsl.sema.env import Env

        text = self._project.read_text(path)
        if text is None:
            return None
        try:
            root = loads(text)
        except Mistake as error:
            self._elaborator.report(error)
            return None
        if parameters:
            self.diagnostics.error("HW2001", f"`-P {min(parameters)}=...`: the parameters of a design IR are fixed",
                                   help="compile the design's source with other parameters")
            return None
        module = self._project.load_text(path, "", path)
        root.env = Env(module, None, self._hooks)
        root.env.context = root
        design = Design(self, root, module, {}, mode)
        return None if mode is not None and not design.select_mode(mode) else design

    def open_text(self, text: str, path: str = "<text>", *, parameters: Mapping[str, str] = {},
                  mode: str | None = None) -> Design | None:
        """Like `open`, for a text; `use` looks beside `path`."""
        return self._open(self._project.load_text(path, text, path), parameters, mode)

    def _open(self, module: Module, parameters: Mapping[str, str], mode: str | None) -> Design | None:
        if self.diagnostics.has_errors and module.broken:
            self._check_components(module)
            return None
        design = find_design(self._elaborator, module)
        if design is None:
            self.diagnostics.error("HW2016", f"`{module.path}` declares no design", help="end the file with `design = Name;`")
            return None
        values = self._parameters(parameters, module)
        return None if values is None else self.build(module, design, values, dict(parameters), mode)

    def build(self, module: Module, design: ast.Design, values: Mapping[str, Value], given: dict[str, str],
              mode: str | None) -> Design | None:
        """Elaborate one `design = ...;` and evaluate its asserts."""
        before = self._errors()  # another file of the session may have errors of its own
        try:
            component, span = design_component(self._elaborator, module, design.value, values)
            root = self._timed("elaborate", lambda: elaborate(self._elaborator, component, span))
            out = Design(self, root, module, given, mode)
            if mode is not None and not out.select_mode(mode):
                return None
            self._timed("modes", lambda: self._check_modes(root))
            if self._errors() == before:
                self._timed("rules", lambda: run_rules(root, self.diagnostics))
            if self._errors() == before:  # an assert over a broken structure would only repeat what was reported
                out.checks = self._timed("asserts", lambda: run_checks(root, self.diagnostics))
        except Mistake as error:
            self._elaborator.report(error)
            return None
        except TooLarge as error:
            self._elaborator.report(too_large(error, design.span))
            return None
        return out

    def _check_modes(self, root: Template) -> None:
        if any(t.modes for t in templates(root)):
            from hwdsl.query.modes import check_modes

            for t in templates(root):
                check_modes(t, self.diagnostics)

    def _parameters(self, parameters: Mapping[str, str], module: Module) -> dict[str, Value] | None:
        out: dict[str, Value] = {}
        for name, text in parameters.items():
            expr = parse_query(text, f"-P {name}", self.diagnostics, self.sources, self._cache_dir)
            if expr is None:
                return None
            try:
                out[name] = evaluate(expr, self._elaborator.module_env(module))
            except Mistake as error:
                self._elaborator.report(error)
                return None
        return out

    def check(self, path: str, *, parameters: Mapping[str, str] = {}) -> CheckSummary:
        """Everything from parsing to asserts of one file, designs (with these parameters) and components alike."""
        module = self._project.load(path)
        return self._check(module, parameters) if module is not None else CheckSummary(0, 0, 0)

    def check_text(self, text: str, path: str = "<text>") -> CheckSummary:
        """Like `check`, for a text; `use` looks beside `path`."""
        return self._check(self._project.load_text(path, text), {})

    def _check(self, module: Module, parameters: Mapping[str, str]) -> CheckSummary:
        results: list[CheckResult] = []
        values = self._parameters(parameters, module)
        find_design(self._elaborator, module)
        self._check_constants(module)
        for item in module.file.items:
            if isinstance(item, ast.Design) and not module.broken and values is not None:
                design = self.build(module, item, values, dict(parameters), None)
                results += design.checks if design is not None else []
                if design is not None and not self.diagnostics.has_errors:
                    self._check_studies(design)
        module.imports()
        results += self._check_components(module)
        undecided = sum(1 for r in results if r.outcome == "undecided")
        return CheckSummary(1, len(results), undecided)

    def _check_studies(self, design: Design) -> None:
        """Names, arguments, planes, modes and failures of the studies beside a design; nothing is evaluated."""
        if any(isinstance(item, ast.Study) for item in design.module.file.items):
            from hwdsl.perf.study.checks import check_studies

            check_studies(design.root, design.module, self._hooks, self.diagnostics)

    def _errors(self) -> int:
        return sum(d.severity == "error" for d in self.diagnostics.items)

    def _check_constants(self, module: Module) -> None:
        """Evaluate every constant of a file, used or not, for the sake of its mistakes."""
        for definition in module.items.values():
            if isinstance(definition.item, ast.Const):
                with self._elaborator.reporting():
                    of_definition(definition, self._elaborator.module_env(module))

    def _stands_alone(self, definition: Def) -> bool:
        """Whether a component needs no arguments."""
        return all(p.default is not None for p in parameters_of(self._elaborator, definition))

    def _check_components(self, module: Module) -> list[CheckResult]:
        """Elaborate every component that no design has reached and that needs no arguments, and evaluate its asserts."""
        results: list[CheckResult] = []
        reached = {key[0].item for key in self._elaborator.memo}
        for name in sorted(module.items):
            item = module.items[name].item
            if isinstance(item, ast.Component) and item not in reached and self._stands_alone(module.items[name]):
                reached.add(item)
                before = self._errors()
                try:
                    root = elaborate(self._elaborator, ComponentValue(Def(item, module)), item.name_span)
                    if self._errors() == before and not module.broken:
                        results += run_checks(root, self.diagnostics)
                except Mistake as error:
                    self._elaborator.report(error)
                except TooLarge as error:
                    self._elaborator.report(too_large(error, item.name_span))
        resolve_module(module, self.diagnostics, reached, TABLE)
        return results

    def test(self, path: str) -> list[TestResult]:
        """The asserts of a file's design and its `test` blocks."""
        from hwdsl.testing import run_tests

        return run_tests(self, path)

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        start = perf_counter()
        try:
            return work()
        finally:
            self.pass_times.append((name, perf_counter() - start))

    @property
    def cache_dir(self) -> str | None:
        """Where parsed files and parse tables are kept between runs; None for nowhere."""
        return self._cache_dir

    @property
    def project(self) -> Project:
        """The loaded files."""
        return self._project

    @property
    def elaborator(self) -> Elaborator:
        """The templates made so far."""
        return self._elaborator


class Design:
    """An elaborated design: its symbolic IR (`root`), and questions to it."""

    def __init__(self, session: Session, root: Template, module: Module, parameters: dict[str, str], mode: str | None) -> None:
        self.session = session
        self.root = root
        self.module = module
        self.parameters = parameters
        self.mode = mode
        self.checks: list[CheckResult] = []
        self.mode_instance: Any = None

    @property
    def name(self) -> str:
        """Name of the design's component."""
        return self.root.name

    def select_mode(self, text: str) -> bool:
        """Make a mode the current one; reports what is wrong with it."""
        from hwdsl.query.modes import parse_mode

        self.mode_instance = parse_mode(self.root, text, self.session.diagnostics, self.session.sources, self.session.cache_dir)
        self.session.hooks.mode = self.mode_instance
        return self.mode_instance is not None

    def query(self, text: str) -> QueryResult | None:
        """The answer to an expression; reports a diagnostic and returns None on a mistake."""
        name = next(f"<query {n}>" for n in range(1, 10**9) if f"<query {n}>" not in self.session.sources)
        expr = parse_query(text, name, self.session.diagnostics, self.session.sources, self.session.cache_dir)
        if expr is None:
            return None
        self.session.hooks.level = "L0"
        found = ask(self.root, expr, self.session.diagnostics)
        return None if found is None else QueryResult(found.text, found.json, found.value, self.session.hooks.level)

    def studies(self, name: str | None = None, *, fail: Sequence[str] = (),
                parameters: Mapping[str, str] = {}) -> list[StudyResult]:
        """The predictions of the file's studies (of one of them), or of the default study where there is none.

        fail        paths of parts, ports or planes that are out of service throughout
        parameters  values of the studies' parameters, as expression texts
        Mistakes are reported. An interruption (KeyboardInterrupt) keeps what is finished: `stopped` then says so.
        """
        from hwdsl.perf.study.run import run_studies

        session = self.session

        def read(text: str, where: str) -> ast.Expr | None:
            return parse_query(text, where, session.diagnostics, session.sources, session.cache_dir)

        gone = [read(text, f"--fail {text}") for text in fail]
        values = {k: read(text, f"-P {k}") for k, text in parameters.items()}
        known = {k: v for k, v in values.items() if v is not None}
        paths = [p for p in gone if p is not None]
        if len(paths) < len(gone) or len(known) < len(values):
            return []
        found, _ = run_studies(self.root, self.module, session.hooks, session.diagnostics, study=name, parameters=known,
                               fail=paths)
        return found

    def counts(self) -> dict[str, int]:
        """Headline counts: templates, parts, and links, of the whole design."""
        from hwdsl.query.media import total

        n = multiplicities(self.root)
        chips = sum(n[t.uid] for t in templates(self.root) if t.kind == "chip")
        switches = sum(n[t.uid] for t in templates(self.root) if t.kind == "switch")
        return {"templates": len(n), "parts": sum(n.values()) - 1, "chips": chips, "switches": switches,
                "links": total(self.root, "links", ()), "cables": total(self.root, "cables", ())}

    def flat(self) -> Any:
        """The flat IR (L2); refused with a diagnostic (None) beyond the memory budget."""
        from hwdsl.ir.l2 import OverBudget, flatten
        from hwdsl.query.flat import OverBudget as TooBig
        from hwdsl.query.hopcount import too_big

        budget = self.session.hooks.memory_budget
        try:
            return flatten(self.root, budget)
        except OverBudget as error:
            found = too_big(TooBig(error.bytes, budget), "flat tables were asked for", NO_SPAN).diagnostic
            if found is not None:
                self.session.diagnostics.add(found)
            return None
