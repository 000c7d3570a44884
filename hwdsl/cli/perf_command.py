"""`hwc perf`: what a design's networks deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hwdsl.cli.console import Console
from hwdsl.cli.options import FILE, design_options, output_options

if TYPE_CHECKING:
    from hwdsl.api import Design, Session
    from hwdsl.perf.study.result import StudyResult


@click.command(name="perf", epilog="Example: hwc perf examples/nvl72.hw --study collectives --fail 'fabric[0].chip[1]'")
@click.argument("file", type=FILE)
@click.option("--study", "study", metavar="NAME", help="Only this study of FILE; without it all of them.")
@click.option("--fail", "fail", metavar="PATH", multiple=True,
              help="Take a part, a port or a plane out of service: `rack[0].leaf[2]`. Repeatable.")
@click.option("-o", "directory", metavar="DIR", type=click.Path(), help="Also write performance.json and pictures into DIR.")
@click.option("--json", "as_json", is_flag=True, help="The same as `--format json`.")
@design_options
@output_options
def command(file: str, study: str | None, fail: tuple[str, ...], directory: str | None, as_json: bool, memory: int,
            mode: str | None, parameters: dict[str, str], form: str, color: str) -> int:
    """Predict how long collectives and other traffic take on the networks of the design in FILE.

    What is asked stands in the `study` blocks of FILE; a file without one is asked for uniform all-to-all and ring all-reduce on
    every data plane. Every prediction says which question it answers and how far it lies above the tightest lower bound. `-P`
    sets parameters of the design, or of a study. Interrupted by Ctrl-C, the command still prints what is finished.
    """
    from hwdsl.api import Session
    console = Console("json" if as_json else form, color)
    session = Session(progress=console.progress, memory_budget=memory)
    theirs = _of_studies(session, file, parameters)
    design = session.open(file, parameters={k: v for k, v in parameters.items() if k not in theirs}, mode=mode)
    results: list[StudyResult] = []
    if design is not None and not session.diagnostics.has_errors:
        results = design.studies(study, fail=fail, parameters=theirs)
        _show(console, results)
        if directory is not None:
            _write(session, design, results, directory, mode)
    items = [d for d in session.diagnostics.items if d.severity != "note"]
    console.findings(items, session.sources)
    failed = session.diagnostics.has_errors or design is None
    stopped = any(r.stopped for r in results)
    content: dict[str, object] = {"command": "perf", "ok": not failed and not stopped, "interrupted": stopped}
    if design is not None:
        from hwdsl.perf.study.document import document
        found = document(design.name, design.parameters, mode, results)
        content |= {k: found[k] for k in ("design", "parameters", "mode", "conventions", "studies")}
    console.document(content, items, session.sources)
    return 130 if stopped else 1 if failed else 0


def _of_studies(session: Session, file: str, parameters: dict[str, str]) -> dict[str, str]:
    """Those `-P` that set a parameter of a study, not one of the design."""
    module = session.project.load(file) if parameters and not file.endswith(".json") else None
    if module is None:
        return {}
    from hwdsl.syntax import ast
    known = {p.name for i in module.file.items if isinstance(i, ast.Study) for p in i.params}
    return {k: v for k, v in parameters.items() if k in known}


def _show(console: Console, results: list[StudyResult]) -> None:
    from hwdsl.perf.study.table import study_lines
    for k, result in enumerate(results):
        for line in [*([""] if k else []), *study_lines(result)]:
            console.say(line)


def _write(session: Session, design: Design, results: list[StudyResult], directory: str, mode: str | None) -> None:
    import json

    from hwdsl.backends.charts.study import study_pictures
    from hwdsl.backends.perf import compute
    from hwdsl.perf.study.document import document
    from hwdsl.sink import Refused, Sink
    planes, found = compute(design), document(design.name, design.parameters, mode, results)
    whole = {**planes, **found, "conventions": {**planes["conventions"], **found["conventions"]}}
    text = json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False)
    try:
        with Sink(directory, session.diagnostics) as sink:
            sink.text("performance.json", text + "\n")
            for name, svg in study_pictures(design, results, session.diagnostics).items():
                sink.text(name, svg)
            sink.commit()
    except Refused:
        return
