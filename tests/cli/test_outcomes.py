"""Exit codes and what is printed where: answers on stdout, the rest on stderr."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hwdsl.diag import Diagnostic
from hwdsl.source import Span

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
FAULT = Diagnostic("HW4001", "error", "assertion failed: 3 == 4")
REMARK = Diagnostic("HW1112", "warning", "suspicious unit")


def outcome(name: str, result: str, *diagnostics: Diagnostic) -> Any:
    from types import SimpleNamespace
    return SimpleNamespace(name=name, file="a.hw", span=Span("a.hw", 0, 1), outcome=result, diagnostics=diagnostics, seconds=0.25)


def reporting(*diagnostics: Diagnostic) -> Callable[[Any, str], None]:
    """An `on_open` that reports and finds no design."""
    def report(session: Any, path: str) -> None:
        session.diagnostics.extend(diagnostics)
    return report


# ---------------------------------------------------------------- query
def test_one_question_prints_its_value_alone(hwc: Run, fake: Any) -> None:
    done = hwc("query", "a.hw", "count(x)")
    assert (done.code, done.out, done.err) == (0, "<count(x)>\n", "")


def test_several_questions_print_a_line_each(hwc: Run, fake: Any) -> None:
    assert hwc("query", "a.hw", "a", "b").out == "a = <a>\nb = <b>\n"


def test_query_json_is_one_document(hwc: Run, fake: Any) -> None:
    document = json.loads(hwc("query", "a.hw", "a", "--json").out)
    assert document["results"] == [{"query": "a", "text": "<a>", "value": "a", "level": "L0"}]
    assert (document["version"], document["ok"], document["design"], document["diagnostics"]) == (1, True, "Fake", [])
    assert json.loads(hwc("query", "a.hw", "a", "--format", "json").out) == document


def test_a_design_with_errors_is_exit_code_1(hwc: Run, fake: Any) -> None:
    fake.on_open = reporting(FAULT)
    done = hwc("query", "a.hw", "a")
    assert (done.code, done.out) == (1, "")
    assert "HW4001" in done.err
    document = json.loads(hwc("query", "a.hw", "a", "--json").out)
    assert document["ok"] is False
    assert [d["code"] for d in document["diagnostics"]] == ["HW4001"]


# ---------------------------------------------------------------- check
def test_check_counts_what_it_found(hwc: Run, fake: Any) -> None:
    from types import SimpleNamespace
    fake.on_check = lambda session, path: SimpleNamespace(files=2, asserts=5, undecided=1)
    done = hwc("check", "a.hw", "a.hw", "b.hw")
    assert (done.code, done.out) == (0, "ok: 4 files, 8 assertions hold, 2 undecided\n")


def test_check_warnings_are_shown_and_do_not_fail(hwc: Run, fake: Any) -> None:
    from types import SimpleNamespace

    def check(session: Any, path: str, **_given: Any) -> Any:
        session.diagnostics.add(REMARK)
        return SimpleNamespace(files=1, asserts=1, undecided=0)

    fake.on_check = check
    done = hwc("check", "a.hw")
    assert (done.code, done.out) == (0, "ok: 1 file, 1 assertion holds, 1 warning\n")
    assert "HW1112" in done.err


# ---------------------------------------------------------------- test
def test_failed_and_open_tests(hwc: Run, fake: Any, tmp_path: Path) -> None:
    results = [outcome("good", "passed"), outcome("bad <&>", "failed", FAULT), outcome("open", "undecided")]
    fake.on_test = lambda session, path: results
    report = tmp_path / "report.xml"
    done = hwc("test", "a.hw", "--junit", str(report))
    assert done.code == 1
    assert done.out.splitlines()[:3] == ["pass  a.hw: good", "FAIL  a.hw: bad <&>", "open  a.hw: open"]
    assert done.out.splitlines()[3].startswith("1 passed, 1 failed, 1 open in ")
    assert "HW4001" in done.err
    suite = ET.parse(report).getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("3", "1", "1", "0")
    failure = suite.findall("testcase")[1].find("failure")
    assert failure is not None
    assert failure.get("message") == FAULT.message
    assert suite.findall("testcase")[1].get("name") == "bad <&>"


def test_open_tests_alone_do_not_fail(hwc: Run, fake: Any) -> None:
    fake.on_test = lambda session, path: [outcome("open", "undecided")]
    assert hwc("test", "a.hw").code == 0


def test_a_file_that_does_not_load_is_an_error_in_the_report(hwc: Run, fake: Any, tmp_path: Path) -> None:
    def broken(session: Any, path: str) -> list[Any]:
        session.diagnostics.error("HW0001", f"there is no file `{path}`\x01")
        return []

    fake.on_test = broken
    report = tmp_path / "report.xml"
    done = hwc("test", "a.hw", "--junit", str(report))
    assert done.code == 1
    assert done.err.count("HW0001") >= 1
    suite = ET.parse(report).getroot()[0]
    assert suite.get("errors") == "1"
    assert suite[0][0].get("message") == "there is no file `a.hw`?"


def test_without_files_all_designs_below_are_tested(hwc: Run, fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.hw", "deep/er/a.hw", ".hidden/c.hw", "d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    seen: list[str] = []

    def note(session: Any, path: str) -> list[Any]:
        seen.append(path)
        return []

    fake.on_test = note
    assert hwc("test").code == 0
    assert seen == ["b.hw", os.path.join("deep", "er", "a.hw")]


def test_nothing_to_test_is_a_finding(hwc: Run, fake: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = hwc("test")
    assert done.code == 1
    assert "HW0030" in done.err


def test_a_report_that_cannot_be_written_is_a_finding(hwc: Run, fake: Any, tmp_path: Path) -> None:
    fake.on_test = lambda session, path: [outcome("good", "passed")]
    (tmp_path / "file").write_text("kept")
    done = hwc("test", "a.hw", "--junit", str(tmp_path / "file" / "report.xml"))
    assert done.code == 1
    assert "HW0021" in done.err
    assert hwc("test", "a.hw", "--junit", str(tmp_path)).code == 1
    assert (tmp_path / "file").read_text() == "kept"


# ---------------------------------------------------------------- internal errors, interrupts, pipes
def crash(session: Any, path: str) -> None:
    try:
        raise ZeroDivisionError("division by zero\nsecond line")
    except ZeroDivisionError as e:
        e.add_note("instance: pod[0].rack[3]")
        e.add_note("pass: connect")
        raise


def test_an_internal_error_names_pass_and_instance(hwc: Run, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HWC_TRACEBACK", raising=False)
    fake.on_open = crash
    done = hwc("query", "a b.hw", "1")
    assert done.code == 3
    assert done.err.splitlines()[:3] == [
        "hwc: internal error: ZeroDivisionError: division by zero", "  pass: connect", "  instance: pod[0].rack[3]"]
    assert "HWC_TRACEBACK=1 hwc query 'a b.hw' 1" in done.err
    assert "Traceback" not in done.err


def test_the_trace_is_printed_when_asked_for(hwc: Run, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWC_TRACEBACK", "1")
    fake.on_open = crash
    assert "Traceback (most recent call last)" in hwc("query", "a.hw", "1").err


def test_an_unmarked_internal_error_names_the_deepest_module(hwc: Run, fake: Any) -> None:
    fake.on_open = lambda session, path: session.diagnostics.add(7)
    done = hwc("query", "a.hw", "1")
    assert done.code == 3
    assert "  pass: hwdsl.diag.diagnostic.add, line " in done.err


def test_an_interrupt_is_one_line_and_130(hwc: Run, fake: Any) -> None:
    def interrupted(session: Any, path: str) -> None:
        raise KeyboardInterrupt
    fake.on_open = interrupted
    done = hwc("query", "a.hw", "1")
    assert done.code == 130
    assert done.err.strip() == "hwc: interrupted"


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([sys.executable, "-m", "hwdsl", "--help"], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


# ---------------------------------------------------------------- progress and colour
STALLING = """
import sys, time
from types import ModuleType, SimpleNamespace
from hwdsl.diag import Diagnostics
from hwdsl.cli import console
console._PATIENCE = 0.0

class Session:
    def __init__(self, *, progress, memory_budget):
        self.diagnostics, self.sources, self.pass_times, self.progress = Diagnostics(), {}, [], progress

    def check(self, path, **given):
        self.progress("connecting 1,296 links")
        self.diagnostics.warning("HW1112", "suspicious unit")
        return SimpleNamespace(files=1, asserts=0, undecided=0)

api = ModuleType("hwdsl.api")
api.Session = Session
sys.modules["hwdsl.api"] = api
from hwdsl.cli import main
sys.exit(main(sys.argv[1:]))
"""


def on_terminal(*arguments: str, **environment: str) -> str:
    """What the stalling session prints to stderr when that is a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", STALLING, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=slave,
                               env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **environment})
    os.close(slave)
    said = b""
    while True:
        try:
            block = os.read(master, 4096)
        except OSError:
            break
        if not block:
            break
        said += block
    os.close(master)
    assert process.wait() == 0
    return said.decode()


def test_progress_is_shown_on_a_terminal_and_taken_away() -> None:
    said = on_terminal("check", "a.hw")
    assert "connecting 1,296 links" in said
    assert said.index("connecting") < said.rindex("\r\x1b[2K") < said.index("suspicious")


def test_progress_is_silent_in_a_pipe_and_with_json() -> None:
    done = subprocess.run([sys.executable, "-c", STALLING, "check", "a.hw"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "connecting" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert on_terminal("check", "a.hw", "--format", "json") == ""


def test_colours_follow_the_terminal_no_color_and_the_option() -> None:
    colour = re.compile(r"\x1b\[[0-9;]*m")
    assert colour.search(on_terminal("check", "a.hw"))
    assert not colour.search(on_terminal("check", "a.hw", NO_COLOR="1"))
    assert not colour.search(on_terminal("check", "a.hw", "--color", "never"))
    forced = subprocess.run([sys.executable, "-c", STALLING, "check", "a.hw", "--color", "always"], cwd=ROOT, capture_output=True,
                            text=True, check=True)
    assert colour.search(forced.stderr)
