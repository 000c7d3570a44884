"""Small files, short functions, nothing half-done, no state that outlives a session."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES = 600, 60
PACKAGE = sorted(p for folder in ("hwdsl", "backends", "grammar", "stdlib") for p in (ROOT / folder).rglob("*.py"))
ALL = PACKAGE + sorted(p for folder in ("tests", "benchmarks") for p in (ROOT / folder).rglob("*.py"))
MARKS = ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error", "mark." + "skip", "mark." + "xfail")
UNFINISHED = re.compile("|".join(rf"\b{re.escape(mark)}\b" for mark in MARKS))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_file_is_one_room(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < FILE_LINES, f"{name(path)} has {lines} lines"


@pytest.mark.parametrize("path", ALL, ids=name)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [f"{f.name}: {f.end_lineno - f.lineno + 1} lines" for f in functions(tree)
            if f.end_lineno is not None and f.end_lineno - f.lineno + 1 > FUNCTION_LINES]
    assert long == []


@pytest.mark.parametrize("path", ALL, ids=name)
def test_nothing_is_left_half_done(path: Path) -> None:
    found = [f"line {i}: {line.strip()}" for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
             if UNFINISHED.search(line)]
    assert found == []


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_modules_say_what_they_are(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_no_function_changes_global_state(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [f"line {n.lineno}" for n in ast.walk(tree) if isinstance(n, ast.Global)] == []


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_no_exception_is_swallowed_unnamed(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = [f"line {n.lineno}" for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler) and n.type is None]
    assert bare == []
