"""Rendering of trees without places, so that a test can state a tree in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.node import Record
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.parser import parse, parse_expr

DATA = Path(__file__).parent / "data"


def render(node: Any) -> str:
    """`Class(field=value, ..)` without places and without fields that have their usual empty value."""
    if isinstance(node, ast.Name):
        return node.name
    if isinstance(node, ast.Number):
        return f"{node.value}{'' if node.is_int else '.'}{' ' + node.unit if node.unit else ''}"
    if isinstance(node, Record):
        fields = [(f, getattr(node, f)) for f in type(node)._fields if f not in ("span", "name_span")]
        shown = [f"{f}={render(v)}" for f, v in fields if v is not None and v != () and v != "" and v is not False]
        return f"{type(node).__name__}({', '.join(shown)})"
    if isinstance(node, tuple):
        return f"[{', '.join(render(v) for v in node)}]"
    return node.replace("\n", "\\n") if isinstance(node, str) else repr(node)


def nodes(root: Any) -> Iterator[ast.Node]:
    """All nodes below `root`, itself included."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Node):
            yield node
        if isinstance(node, Record):
            stack += [getattr(node, f) for f in type(node)._fields]
        elif type(node) is tuple:
            stack += node


@pytest.fixture
def show() -> Callable[[Any], str]:
    return render


@pytest.fixture
def walk() -> Callable[[Any], Iterator[ast.Node]]:
    return nodes


@pytest.fixture
def items() -> Callable[[str], tuple[ast.Item, ...]]:
    """Items of a text without mistakes."""
    def read(text: str) -> tuple[ast.Item, ...]:
        file, found = parse(SourceText("t.hw", text))
        assert found == ()
        return file.items
    return read


@pytest.fixture
def member(items: Callable[[str], tuple[ast.Item, ...]]) -> Callable[[str], ast.Item]:
    """The one member of a body."""
    def read(text: str) -> ast.Item:
        (component,) = items(f"tray T {{ {text} }}")
        assert isinstance(component, ast.Component)
        (only,) = component.body
        return only
    return read


@pytest.fixture
def expr() -> Callable[[str], ast.Expr]:
    """An expression without mistakes."""
    def read(text: str) -> ast.Expr:
        value, found = parse_expr(SourceText("q", text))
        assert found == ()
        return value
    return read


@pytest.fixture
def broken() -> Callable[[str], tuple[ast.File, tuple[Diagnostic, ...]]]:
    """Tree and reports of a text, whatever it holds."""
    return lambda text: parse(SourceText("t.hw", text))


@pytest.fixture(params=sorted(p.name for p in DATA.glob("*.hw")))
def design(request: pytest.FixtureRequest) -> str:
    """Text of each design in `data`."""
    return (DATA / str(request.param)).read_text(encoding="utf-8")
