"""`hwc test`: assertions and test blocks."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from hwdsl.cli.console import Console, plural
from hwdsl.cli.options import FILE, memory_option, output_options
from hwdsl.node import Record

if TYPE_CHECKING:
    from hwdsl.api import Session, TestResult
    from hwdsl.diag import Diagnostic

_SIGN = {"passed": "pass", "failed": "FAIL", "undecided": "open"}


class FileResults(Record):
    """Outcomes of the tests of one file, and what kept it from being tested as a whole."""

    path: str
    results: tuple[TestResult, ...]
    trouble: tuple[Diagnostic, ...]


@click.command(name="test", epilog="Example: hwc test examples/nvl72.hw --junit report.xml")
@click.argument("files", type=FILE, nargs=-1, metavar="[FILE...]")
@click.option("--junit", "junit", metavar="PATH", type=click.Path(), help="Also write the outcomes as JUnit XML.")
@memory_option
@output_options
def command(files: tuple[str, ...], junit: str | None, memory: int, form: str, color: str) -> int:
    """Run the assertions of the design in each FILE, and its `test` blocks. A folder stands for all `.hw` files below it; without
    FILE it is this folder.

    A test passes, fails, or stays open when the figures it needs are not published (`unknown`) or known only as an interval;
    an open one is shown and does not count as failed.
    """
    from hwdsl.api import Session
    console = Console(form, color)
    session = Session(progress=console.progress, memory_budget=memory)
    named = [p for f in files for p in (below(f) if os.path.isdir(f) else [f])]
    paths = list(dict.fromkeys(named)) if files else below(".")
    if not paths:
        session.diagnostics.error("HW0030", "there is no `.hw` file below this folder", help="name the files to test")
    own = list(session.diagnostics.items)
    start = time.perf_counter()
    tested = [_test(session, console, path) for path in paths]
    elapsed = time.perf_counter() - start
    _report(console, tested, elapsed)
    before = len(session.diagnostics.items)
    if junit is not None:
        _write_junit(junit, tested, session)
    own += session.diagnostics.items[before:]
    found = [d for t in tested for d in (*t.trouble, *(d for r in t.results if r.outcome != "passed" for d in r.diagnostics))]
    everything = list(dict.fromkeys([*found, *own]))
    console.findings(everything, session.sources)
    results = [r for t in tested for r in t.results]
    outcomes = [r.outcome for r in results]
    failed = "failed" in outcomes or any(d.severity == "error" for d in everything)
    console.document({
        "command": "test", "ok": not failed, **{k: outcomes.count(k) for k in _SIGN},
        "tests": [{"name": r.name, "file": r.file, "outcome": r.outcome, "seconds": r.seconds} for r in results],
    }, everything, session.sources)
    return 1 if failed else 0


def below(folder: str) -> list[str]:
    """All `.hw` files below `folder`, sorted, hidden folders left out."""
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [os.path.normpath(os.path.join(base, n)) for n in names if n.endswith(".hw")]
    return sorted(found)


def _test(session: Session, console: Console, path: str) -> FileResults:
    """Test one file; diagnostics that belong to none of its tests are its trouble."""
    console.progress(f"testing {path}")
    before = len(session.diagnostics.items)
    results = tuple(session.test(path))
    of_tests = {d for r in results for d in r.diagnostics}
    trouble = tuple(d for d in session.diagnostics.items[before:] if d not in of_tests)
    return FileResults(path, results, trouble)


def _report(console: Console, tested: list[FileResults], elapsed: float) -> None:
    for one in tested:
        for r in one.results:
            console.say(f"{_SIGN[r.outcome]}  {r.file}: {r.name}")
    outcomes = [r.outcome for t in tested for r in t.results]
    broken = sum(any(d.severity == "error" for d in t.trouble) for t in tested)
    words = [f"{outcomes.count('passed')} passed"]
    words += [f"{outcomes.count('failed')} failed"] * ("failed" in outcomes)
    words += [f"{outcomes.count('undecided')} open"] * ("undecided" in outcomes)
    words += [f"{plural(broken, 'file')} with errors"] * (broken > 0)
    console.say(f"{', '.join(words)} in {elapsed:.2f} s")


# ---------------------------------------------------------------- JUnit
def _write_junit(path: str, tested: list[FileResults], session: Session) -> None:
    from hwdsl.sink import Refused, Sink
    folder, name = os.path.split(path)
    if not name or os.path.isdir(path):
        session.diagnostics.error("HW0022", f"cannot write the JUnit report `{path}`: it is a directory", help="name a file")
        return
    try:
        with Sink(folder or ".", session.diagnostics) as sink:
            sink.text(name, junit_xml(tested))
            sink.commit()
    except Refused:
        return


def junit_xml(tested: list[FileResults]) -> str:
    """The outcomes as a JUnit document: a suite per file; an open test is `skipped`, a file that does not load an `error`."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for one in tested:
        cases = [_case(r) for r in one.results]
        broken = [d for d in one.trouble if d.severity == "error"]
        if broken:
            text = "\n".join(f"{d.code}: {d.message}" for d in broken)
            cases.append(f'    <testcase classname={_q(one.path)} name="loads" time="0">\n'
                         f"      <error message={_q(broken[0].message)}>{_x(text)}</error>\n    </testcase>")
        outcomes = [r.outcome for r in one.results]
        seconds = sum(r.seconds for r in one.results)
        lines.append(f'  <testsuite name={_q(one.path)} tests="{len(cases)}" failures="{outcomes.count("failed")}" '
                     f'errors="{int(bool(broken))}" skipped="{outcomes.count("undecided")}" time="{seconds:.3f}">')
        lines += [*cases, "  </testsuite>"]
    return "\n".join([*lines, "</testsuites>", ""])


def _case(r: TestResult) -> str:
    head = f'    <testcase classname={_q(r.file)} name={_q(r.name)} time="{r.seconds:.3f}"'
    if r.outcome == "passed":
        return head + "/>"
    tag = "failure" if r.outcome == "failed" else "skipped"
    first = r.diagnostics[0].message if r.diagnostics else r.outcome
    text = "\n".join("\n".join([f"{d.code}: {d.message}", *d.notes]) for d in r.diagnostics)
    return f"{head}>\n      <{tag} message={_q(first)}>{_x(text)}</{tag}>\n    </testcase>"


def _x(text: str) -> str:
    """Text as XML character data; characters that XML 1.0 does not have become `?`."""
    text = "".join(c if c >= " " or c in "\t\n" else "?" for c in text)
    text = "".join("?" if "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff" else c for c in text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _q(text: str) -> str:
    return '"' + _x(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") + '"'
