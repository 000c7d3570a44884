"""Every construct of the language, and the tree it must give (`show` in conftest renders trees without places)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.parser import parse


def cases(section: str) -> list[tuple[str, str]]:
    """(input, tree) of a section of `data/trees.txt`."""
    text = (Path(__file__).parent / "data" / "trees.txt").read_text(encoding="utf-8")
    lines = text.partition(f"[{section}]\n")[2].partition("\n\n")[0].splitlines()
    return [(given, tree.strip()) for given, tree in zip(lines[::2], lines[1::2])]


EXPRESSIONS, MEMBERS, ITEMS = cases("expressions"), cases("members"), cases("items")


def test_the_table_is_whole() -> None:
    assert (len(EXPRESSIONS), len(MEMBERS), len(ITEMS)) == (62, 43, 16)


@pytest.mark.parametrize(("text", "tree"), EXPRESSIONS, ids=[t for t, _ in EXPRESSIONS])
def test_expression(text: str, tree: str, expr: Callable[[str], ast.Expr], show: Callable[[Any], str]) -> None:
    assert show(expr(text)) == tree


@pytest.mark.parametrize(("text", "tree"), MEMBERS, ids=[t for t, _ in MEMBERS])
def test_member(text: str, tree: str, member: Callable[[str], ast.Item], show: Callable[[Any], str]) -> None:
    assert show(member(text)) == tree


@pytest.mark.parametrize(("text", "tree"), ITEMS, ids=[t for t, _ in ITEMS])
def test_item(text: str, tree: str, items: Callable[[str], tuple[ast.Item, ...]], show: Callable[[Any], str]) -> None:
    (item,) = items(text)
    assert show(item) == tree


@pytest.mark.parametrize("kind", ["chip", "memory", "switch", "engine", "ocs", "panel", "module", "board", "tray", "node", "rack",
                                  "row", "room", "power", "cooling", "system", "link", "cable", "fibre", "backplane", "trace",
                                  "connector", "pathway", "workload"])
def test_kind(kind: str, items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items(f"{kind} X {{ {kind} = 1; }}")
    assert isinstance(item, ast.Component)
    assert item.kind == kind
    assert [m.name for m in item.body if isinstance(m, ast.Attr)] == [kind]


def test_numbers_are_exact(expr: Callable[[str], ast.Expr]) -> None:
    value = expr("0.1 dB")
    assert isinstance(value, ast.Number)
    assert value.value == Fraction(1, 10)
    assert not value.is_int


def test_spans_cover_the_text_of_a_node(member: Callable[[str], ast.Item]) -> None:
    text = "power = (6 + 1) * 2 kW @source(\"x\");"
    source = f"tray T {{ {text} }}"
    item = member(text)
    assert isinstance(item, ast.Attr)
    assert isinstance(item.value, ast.Annotated)

    def cut(node: ast.Node) -> str:
        return source[node.span.start:node.span.end]

    assert cut(item) == text
    assert cut(item.value.value) == "(6 + 1) * 2 kW"
    assert cut(item.value.annots[0]) == '@source("x")'
    assert item.span.file == "t.hw"


def test_every_node_has_its_place_inside_its_parent(design: str, walk: Callable[[Any], Any]) -> None:
    file, found = parse(SourceText("d.hw", design))
    assert found == ()
    for node in walk(file):
        assert node.span.file == "d.hw"
        assert 0 <= node.span.start <= node.span.end <= len(design)
        for child in node._values():
            if isinstance(child, ast.Node):
                assert node.span.start <= child.span.start <= child.span.end <= node.span.end


def test_name_of_a_component_has_its_own_place(items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items("pub tray Compute { }")
    assert isinstance(item, ast.Component)
    assert (item.name_span.start, item.name_span.end) == (9, 16)
    assert item.span.start == 0


def test_doc_comments_belong_to_the_next_item(items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items("// plain\n/// First.\n/// Second.\n@source(\"x\")\npub tray T {\n  /// Of the part.\n  part a: B;\n"
                    "  x = 1; /// late\n  y = 2;\n  @note\n  /// Between.\n  z = 3;\n  /// Dangling.\n}\n/// At the end.\n")
    assert isinstance(item, ast.Component)
    assert item.doc == "First.\nSecond."
    assert [m.doc for m in item.body] == ["Of the part.", "", "", "Between."]


def test_doc_of_a_file() -> None:
    file, found = parse(SourceText("t.hw", "//! One.\n//!\n//!  Two.\n\n//// no doc\ntray T { }\n//! late\n"))
    assert found == ()
    assert file.doc == "One.\n\n Two."
    assert file.items[0].doc == ""


def test_empty_texts() -> None:
    for text in ("", "\n", "  \t\r\n", "// x", "\ufeff", "//! x"):
        file, found = parse(SourceText("t.hw", text))
        assert (file.items, found) == ((), ())


def test_designs_parse_without_reports(design: str) -> None:
    file, found = parse(SourceText("d.hw", design))
    assert found == ()
    assert file.items
