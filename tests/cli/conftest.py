"""A stand-in for the compiler behind the command line, for what a sound compiler never does: crash, stall, contradict itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, ClassVar

import pytest

from hwdsl.diag import Diagnostic, Diagnostics
from hwdsl.node import Record
from hwdsl.source import SourceText, Span


class Answer(Record):
    text: str
    json: object
    level: str = "L0"


class Outcome(Record):
    name: str
    file: str
    span: Span
    outcome: str
    diagnostics: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0


class Summary(Record):
    files: int = 1
    asserts: int = 0
    undecided: int = 0


class FakeDesign:
    name = "Fake"
    parameters: ClassVar[Mapping[str, str]] = {"n": "4"}
    mode: str | None = None

    def counts(self) -> dict[str, int]:
        return {"links": 6}

    def query(self, text: str) -> Answer | None:
        return Answer(f"<{text}>", text)


class FakeSession:
    """Does what the class attributes say; tests change them through the `fake` fixture."""

    on_open: Callable[[FakeSession, str], FakeDesign | None] = lambda session, path: FakeDesign()
    on_check: Callable[[FakeSession, str], Summary] = lambda session, path: Summary()
    on_test: Callable[[FakeSession, str], list[Outcome]] = lambda session, path: []
    opened: ClassVar[list[dict[str, Any]]] = []

    def __init__(self, *, progress: Callable[[str], None], memory_budget: int) -> None:
        self.diagnostics = Diagnostics()
        self.sources: dict[str, SourceText] = {}
        self.pass_times: list[tuple[str, float]] = [("parse", 0.001), ("connect", 0.002)]
        self.progress = progress
        self.memory_budget = memory_budget

    def open(self, path: str, *, parameters: Mapping[str, str], mode: str | None) -> FakeDesign | None:
        type(self).opened.append({"path": path, "parameters": dict(parameters), "mode": mode, "memory": self.memory_budget})
        return type(self).on_open(self, path)

    def check(self, path: str, *, parameters: Mapping[str, str]) -> Summary:
        return type(self).on_check(self, path)

    def test(self, path: str) -> list[Outcome]:
        return type(self).on_test(self, path)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeSession]:
    """A fresh FakeSession class behind `hwdsl.api.Session`."""
    session = type("Session", (FakeSession,), {"opened": []})
    module = ModuleType("hwdsl.api")
    module.Session = session  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hwdsl.api", module)
    return session


class Hwc(Record):
    code: int
    out: str
    err: str


@pytest.fixture
def hwc(capsys: pytest.CaptureFixture[str]) -> Callable[..., Hwc]:
    """Run a command line in this process."""
    from hwdsl.cli import main

    def run(*arguments: str) -> Hwc:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Hwc(code, out, err)

    return run
