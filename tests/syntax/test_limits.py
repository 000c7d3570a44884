"""Texts nobody writes: the parser answers them all, with few reports, without recursion."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.braces import missing_closers
from hwdsl.syntax.parser import parse_expr
from hwdsl.syntax.recovery import MAX_REPORTS

Broken = Callable[[str], tuple[ast.File, tuple[Diagnostic, ...]]]
N = 10_000


@pytest.mark.parametrize("deep", [
    "(" * N + "1" + ")" * N, "-" * N + "1", "not " * N + "a", "f(" * N + "a" + ")" * N, "a[" * N + "0" + "]" * N,
    "[" * N + "]" * N, "if a then b else " * N + "c", "1" + " + 1" * N, "a" + ".b" * N, "a" + "[0]" * N, "a" + " or b" * N,
            "f" + "()" * N,
], ids=lambda d: d[:12])
def test_deep_nesting_is_a_report(deep: str, broken: Broken) -> None:
    file, found = broken(f"tray A {{ x = {deep}; y = 1; }}\ntray B {{ }}")
    assert [d.code for d in found] == ["HW0110"]
    a, b = file.items
    assert isinstance(a, ast.Component)
    assert [type(m) for m in a.body] == [ast.ErrorItem, ast.Attr]
    assert isinstance(b, ast.Component)
    _, found = parse_expr(SourceText("q", deep))
    assert [d.code for d in found] == ["HW0110"]


def test_reasonable_nesting_is_none(broken: Broken) -> None:
    file, found = broken("tray A { x = " + "(" * 90 + "1" + ")" * 90 + "; y = f(" + "g(" * 30 + "1" + ")" * 31
                         + "; z = 1" + " + 1" * 80 + "; }")
    assert found == ()
    assert file.items


def test_deep_bodies(broken: Broken) -> None:
    file, found = broken("node a { " * N + "x = 1; " + "}" * N + "\ntray B { }")
    assert [d.code for d in found] == ["HW0110"]
    assert isinstance(file.items[-1], ast.Component)
    assert file.items[-1].name == "B"


def test_long_lists_are_no_nesting(broken: Broken) -> None:
    _, found = broken("tray A { x = [" + "1, " * N + "]; part y: B" + "[1]" * N + "; connect a <-> b via M" + ", M" * N + "; }")
    assert found == ()


@pytest.mark.parametrize("noise", ["{", "}", "(", ")", ";", "a ", "tray a {", '"', "x = 1;\n", "[", "/", "@a ", "/// x\n",
                                   "\x00", "?! ",
                                   "4t ", "a = ; ", "tray A { x }\n", "// x\n", "\u00e9", "\ud800", "tray A { x = 1;\n",
            "1_", "-> "])
def test_noise_gives_few_reports(noise: str, broken: Broken) -> None:
    file, found = broken(noise * N)
    assert len(found) <= MAX_REPORTS + 1
    assert isinstance(file, ast.File)
    if len(found) > MAX_REPORTS:
        assert "HW0119" in [d.code for d in found]


def test_after_too_many_mistakes_the_rest_is_not_read(broken: Broken) -> None:
    file, found = broken("tray A {\n" + "  x = ;\n" * 200 + "}\ntray B { }\n")
    assert len(found) == MAX_REPORTS + 1
    assert found[-1].code == "HW0119"
    assert "50 mistakes" in found[-1].message
    (a,) = file.items
    assert isinstance(a, ast.Component)
    assert len(a.body) == MAX_REPORTS


def test_many_bad_escapes_are_bounded(broken: Broken) -> None:
    _, found = broken('tray A { x = "' + "\\q" * N + '"; }')
    assert len(found) == MAX_REPORTS


@pytest.mark.parametrize("number", ["9" * 5000, "1e99999999", "1e-99999999", "0." + "1" * 5000])
def test_numbers_are_bounded(number: str) -> None:
    value, found = parse_expr(SourceText("q", number))
    assert [d.code for d in found] == ["HW0121"]
    assert isinstance(value, ast.ErrorExpr)


def test_missing_closers() -> None:
    assert missing_closers("a { }", 9) == []
    assert missing_closers("a { } }", 9) == []
    assert missing_closers("a {\n  b {\n  c;\n}\n", 9) == [(9, 8)]
    assert missing_closers("a {\n  x;\nb {\n}\n", 9) == [(8, 2)]
    assert missing_closers("{" * 20, 9) == []
    # where the indentation contradicts the count of braces, the end of the text is the place
    assert missing_closers("a {\nb {\nx;\n}\n", 9) == [(13, 2)]
