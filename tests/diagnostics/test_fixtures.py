"""One fixture per diagnostic code: the smallest input that triggers it gives exactly that report, at its line, and no other.

HWxxxx.hw            a design with `// error: HWxxxx "text"` at the end of the offending line, or alone on the line before
HWxxxx/HWxxxx.hw     the same with several files; the comment may stand in any of them
HWxxxx.py            a command line: `arguments(folder)` makes its files, TEXT is in the message, `prepare` changes the world;
                     or, for what no command reaches, a `call()` that raises the report
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hwdsl.api import Session
from hwdsl.cli.app import run
from hwdsl.diag.codes import titles
from hwdsl.node import Record
from hwdsl.sema.mistake import Mistake

HERE = Path(__file__).resolve().parent
MARK = re.compile(r'// (error|warning|note): (HW\d{4}) "(.*)"$')
DESIGNS = sorted(p for p in HERE.rglob("HW*.hw"))
COMMANDS = sorted(HERE.glob("HW*.py"))


class Expected(Record):
    """What a fixture announces."""

    severity: str
    code: str
    file: str
    line: int
    text: str


def expected(path: Path) -> Iterator[Expected]:
    """The reports announced in the files of a fixture."""
    for file in sorted(path.parent.glob("*.hw")) if path.parent != HERE else [path]:
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
            mark = MARK.search(line)
            if mark:
                alone = not line[: mark.start()].strip()
                yield Expected(mark[1], mark[2], file.name, number + alone, mark[3])


def found(session: Session) -> list[tuple[str, str, str, int]]:
    """(severity, code, file, line) of every report of a session."""
    out = []
    for d in session.diagnostics.items:
        source = session.sources.get(d.span.file)
        line = source.text.count("\n", 0, d.span.start) + 1 if source is not None else 0
        out.append((d.severity, d.code, Path(d.span.file).name, line))
    return out


@pytest.mark.parametrize("path", DESIGNS, ids=lambda p: p.stem)
def test_a_mistake_is_reported_once_and_in_its_place(path: Path) -> None:
    [wanted] = expected(path)
    assert wanted.code == path.stem
    session = Session(cache_dir=None)
    session.check(str(path))
    assert found(session) == [(wanted.severity, wanted.code, wanted.file, wanted.line)], session.report()
    [report] = session.diagnostics.items
    assert wanted.text in report.message
    assert "Traceback" not in session.report()


@pytest.mark.parametrize("path", DESIGNS, ids=lambda p: p.stem)
def test_a_second_session_says_the_same(path: Path) -> None:
    """Reports do not depend on what was looked at before."""
    sessions = [Session(cache_dir=None), Session(cache_dir=None)]
    for session in sessions:
        session.check(str(path))
    assert sessions[0].report() == sessions[1].report()


def load(path: Path) -> ModuleType:
    """A command-line case as a module."""
    spec = importlib.util.spec_from_file_location(f"fixture_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", COMMANDS, ids=lambda p: p.stem)
def test_a_command_line_is_answered_with_a_report(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    case = load(path)
    if hasattr(case, "call"):
        with pytest.raises(Mistake) as raised:
            case.call()
        report = raised.value.diagnostic
        assert report is not None
        assert report.code == path.stem
        assert case.TEXT in report.message
        return
    arguments = case.arguments(tmp_path)
    if hasattr(case, "prepare"):
        case.prepare(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HWC_CACHE_DIR", "")
    code = run([*arguments, "--format", "json"])
    out, err = capsys.readouterr()
    reports = json.loads(out)["diagnostics"]
    severity = getattr(case, "SEVERITY", "error")
    assert code == (1 if severity == "error" else 0), out + err
    assert "Traceback" not in out + err
    same = [r for r in reports if r["code"] == path.stem]
    assert same, out
    assert all(r["severity"] == severity for r in same)
    assert case.TEXT in same[-1]["message"]
    if not getattr(case, "OTHERS", False):
        assert len(reports) == 1, out


def test_every_code_has_a_fixture() -> None:
    assert sorted({p.stem for p in (*DESIGNS, *COMMANDS)} & set(titles())) == sorted(titles())


def test_fixtures_are_of_declared_codes() -> None:
    names = {p.stem for p in COMMANDS} | {p.stem for p in DESIGNS if p.parent == HERE} | {p.name for p in HERE.glob("HW*/")}
    assert {n for n in names if n not in titles()} == set()


def test_no_module_of_a_plug_in_is_left_behind() -> None:
    assert "acme_that_is_gone" not in sys.modules
