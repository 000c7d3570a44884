"""Mistakes of form: each reported once, in the user's terms, where it is; everything around it kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.codes import CODES
from hwdsl.syntax.parser import parse_expr

Broken = Callable[[str], tuple[ast.File, tuple[Diagnostic, ...]]]


def outline(items: tuple[ast.Item, ...]) -> str:
    """Names of items, bodies in braces, `!` for an item that could not be read."""
    words = []
    for item in items:
        name = "!" if isinstance(item, ast.ErrorItem) else getattr(item, "name", None) or type(item).__name__.lower()
        inner = getattr(item, "body", None) or getattr(item, "items", ())
        body = outline(inner) if isinstance(inner, tuple) else ""
        words.append(f"{name}{{{body}}}" if body else name)
    return " ".join(words)


# Text with `^` where the report points, its code, words of its message or help, and what remains of the text.
CASES = (
    # a missing `;`
    ("tray A {\n  height = 1 U^\n  power = 2 kW;\n}", "HW0102", "expected `;` after the attribute", "A{height power}"),
    ("tray A {\n  power = 2 kW^\n}\ntray B { x = 1; }", "HW0102", "after the attribute", "A{power} B{x}"),
    ("tray A {\n  part gpu: B200[4]^\n  part cpu: Grace;\n}", "HW0102", "after the part", "A{gpu cpu}"),
    ("tray A { connect a <-> b for i in 0..3^\n  assert x; }", "HW0102", "after `connect`", "A{connect check}"),
    ("tray A { assert x == 1^\n  y = 1; }", "HW0102", "after the check", "A{check y}"),
    ("tray A { x = 8^ y = 9; }", "HW0102", "after the attribute", "A{x y}"),
    ("tray A { x = a^ y = 9; }", "HW0102", "after the attribute", "A{x y}"),
    ("use std.b^\ntray A { y = 1; }", "HW0102", "after `use`", "use A{y}"),
    ("tray A { y = 1; }\ndesign = A^", "HW0102", "after the design", "A{y} design"),
    # a missing expression
    ("tray A {\n  power =^ ;\n  x = 1;\n}", "HW0106", "expected an expression after `=`", "A{power x}"),
    ("tray A {\n  power =^\n  x = 1;\n}", "HW0106", "expected an expression after `=`", "A{power x}"),
    ("tray A {\n  power =^\n  part gpu: X;\n}", "HW0106", "expected an expression after `=`", "A{power gpu}"),
    ("tray A {\n  power = 5 W +^\n  x = 1;\n}", "HW0106", "expected an expression after `+`", "A{power x}"),
    ("tray A {\n  connect a <->^\n  part x: B;\n}", "HW0106", "expected an expression after `<->`", "A{connect x}"),
    ("tray A { x = 1 +^ * 2; y = 1; }", "HW0106", "after `+`", "A{x y}"),
    ("tray A { x = f(^, a); y = 1; }", "HW0106", "after `(`", "A{x y}"),
    ("tray A { x = a[^]; y = 1; }", "HW0106", "after `[`", "A{x y}"),
    ("tray A { place x at^; y = 1; }", "HW0106", "after `at`", "A{place y}"),
    ("tray A(n: int =^ ) { y = 1; }", "HW0106", "after `=`", "A{y}"),
    ("tray A { connect a <-> b for g in 0..^; y = 1; }", "HW0106", "only inside an index", "A{connect y}"),
    ("tray A { connect a <-> b for g in^ ..4; y = 1; }", "HW0106", "only inside an index", "A{connect y}"),
    # brackets and braces
    ("tray A { connect a[i^ <-> b[i] for i in 0..3; y = 1; }", "HW0103", "expected `]`", "A{connect y}"),
    ("tray A { assert f(a, b == 3^; y = 1; }", "HW0103", "expected `)`", "A{check y}"),
    ("tray A { x = [1, 2^; y = 1; }", "HW0103", "expected `]`", "A{x y}"),
    ("tray A { x = (1 + 2^; y = 1; }", "HW0103", "expected `)`", "A{x y}"),
    ("tray A { x = f(a^];  y = 1; }", "HW0116", "expected `)`, found `]`", "A{x y}"),
    ("tray A { x = 1^); y = 1; }", "HW0101", "found `)`", "A{x y}"),
    ("tray A^\n  part gpu: B200;\n}\ntray B { y = 1; }", "HW0104", "before the body of the component", "A{gpu} B{y}"),
    ("tray A ^{\n  part gpu: B200;\n\ntray B {\n y = 1;\n}\ndesign = A;", "HW0108", "`{` is never closed", "A{gpu} B{y} design"),
    ("tray A {\n  plane x ^{\n    connect a <-> b;\n  y = 1;\n}\ntray B { }", "HW0108", "never closed", "A{x{connect} y} B"),
    ("tray A {\n  connect a <-> b\n      for i in 0..3 ^{\n    length = 1 m;\n  y = 1;\n}\ntray B { }", "HW0108", "never closed",
     "A{connect{length} y} B"),
    ("tray A { x = 1; }\n^}\ntray B { y = 1; }", "HW0109", "`}` closes nothing", "A{x} B{y}"),
    ("tray A { x = 1; }^;\ntray B { y = 1; }", "HW0120", "no `;` after a body", "A{x} B{y}"),
    ("tray A { x = 1;^; y = 2; }", "HW0120", "superfluous", "A{x y}"),
    # one sign for another
    ("tray A { height^: 1 U; x = 1; }", "HW0116", "expected `=`, found `:`", "A{height x}"),
    ("tray A { part gpu ^= B200[4]; x = 1; }", "HW0116", "expected `:`, found `=`", "A{gpu x}"),
    ("tray A { assert count(x) ^= 3; x = 1; }", "HW0116", "expected `==`, found `=`", "A{check x}"),
    ("tray A { x ^== 3; y = 1; }", "HW0116", "expected `=`, found `==`", "A{x y}"),
    ("tray A { connect a[i^, j] <-> b[i] for i in r; y = 1; }", "HW0116", "`x[i][j]`", "A{connect y}"),
    ("fn f(x: int)^: int = 3;\ntray A { }", "HW0116", "expected `->`", "f A"),
    ("tray A { connect a <-> b for i ^= 0..4; y = 1; }", "HW0116", "expected `in`", "A{connect y}"),
    ("tray A { x = 1^,\n  y = 1; }", "HW0116", "expected `;`, found `,`", "A{x y}"),
    ("tray A { x = f(a^; b); y = 1; }", "HW0116", "expected `,`, found `;`", "A{x y}"),
    # something missing between two parts
    ("tray A { connect a^ b; y = 1; }", "HW0117", "expected `<->` before `b`", "A{connect y}"),
    ("tray A { assert f(a^ b) == 3; y = 1; }", "HW0117", "expected `,` before `b`", "A{check y}"),
    ("tray A(n^ int) { y = 1; }", "HW0117", "expected `:` before `int`", "A{y}"),
    ("tray A { power^ 3 kW; y = 1; }", "HW0117", "expected `=` before `3 kW`", "A{power y}"),
    ("tray A { connect a <-> b for i^ 0..4; y = 1; }", "HW0117", "expected `in`", "A{connect y}"),
    ("tray A { x = if a then b^; y = 1; }", "HW0117", "needs both branches", "A{x y}"),
    ("use std.a.{b^ c};\ntray A { }", "HW0117", "expected `,` before `c`", "use A"),
    # words
    ("^trai A { x = 1; }\ntray B { y = 1; }", "HW0118", "did you mean `tray`?", "A{x} B{y}"),
    ("tray A { ^conect a <-> b; y = 1; }", "HW0118", "did you mean `connect`?", "A{connect y}"),
    ("tray A { ^asert x == 1; y = 1; }", "HW0118", "did you mean `assert`?", "A{check y}"),
    ("tray A { part ^in: B200; x = 1; }", "HW0105", "`inlet`", "A{in x}"),
    ("tray A { part ^for: B200; x = 1; }", "HW0105", "`for` is a reserved word", "A{for x}"),
    ("tray A { width = 19 ^in; x = 1; }", "HW0101", "`inch`", "A{width x}"),
    # tokens that are none
    ("tray A { carry gpu[^4t] on b[1]; x = 1; }", "HW0113", "`t` touches the number `4`", "A{carry x}"),
    ("tray A { x = ^1.2.3; y = 1; }", "HW0113", "`1.2.3` is no number", "A{x y}"),
    ('tray A { x = ^"unclosed; \n y = 1; }', "HW0111", "not closed on its line", "A{x y}"),
    ('tray A { assert a == b ^"msg; \n y = 1; }', "HW0111", "not closed on its line", "A{check y}"),
    ("tray A { x = a ^&& b; y = 1; }", "HW0112", "write `and`", "A{x y}"),
    ("tray A { x = ^'z'; y = 1; }", "HW0112", 'write `"z"`', "A{x y}"),
    ("tray A { x = a^\u2212b; y = 1; }", "HW0112", "write `-`", "A{x y}"),
    ("tray A { x = a ^? b; y = 1; }", "HW0112", "character `?`", "A{x y}"),
    ("tray A { x = 1; ^# note; y\n y = 1; }", "HW0112", "a comment begins with `//`", "A{x y}"),
    ("tray A { x = ^1e999999; y = 1; }", "HW0121", "out of range", "A{x y}"),
    ('tray A { x = "a^\\q"; y = 1; }', "HW0107", "unknown escape `\\q`", "A{x y}"),
    ("tray A {\n connect a[p ^// 2] <-> b[p] for p in 0..3;\n x = 1; }", "HW0115", "integer division is `/`", "A{connect x}"),
    # what is legal elsewhere
    ("tray A { assert a < b ^< c; y = 1; }", "HW0101", "comparisons do not chain", "A{! y}"),
    ("tray A { set a = b where c ^for i in 0..3; y = 1; }", "HW0101", "the order is `via`, `for`, `where`", "A{! y}"),
    ("tray A { a^.b = 3; y = 1; }", "HW0101", "by its bare name", "A{! y}"),
    ("tray A { f^(x); y = 1; }", "HW0101", "`connect name(..);`", "A{! y}"),
    ("tray A { ^use std.b; y = 1; }", "HW0101", "stands at top level", "A{! y}"),
    ("^part x: B;\nconnect a <-> b;\ntray A { y = 1; }", "HW0101", "stands in the body of a component", "! ! A{y}"),
    ("tray A { ^for i in 0..3 { } y = 1; }", "HW0101", "stands behind the statement", "A{! y}"),
    ("tray A { power = 3 W; ^{ x = 1; } y = 1; }", "HW0101", "expected a statement", "A{power ! y}"),
    ("tray A { override ^links a { x = 1; } y = 1; }", "HW0101", "expected `cable`, `link`, `part` or `port`", "A{! y}"),
    ("study s { assert ^x == 1; f(); }", "HW0101", "a study asserts under a mode", "s{! callitem}"),
    ("design = N;\n\n^nonsense here and there\n\ntray A { }", "HW0101", "a file holds", "design ! A"),
    ("^pub design = X;\ntray A { }", "HW0114", "cannot be used from another file", "design A"),
    # a broken header keeps its body
    ("tray A { mode m(x: ^) { set a = b; } y = 1; }", "HW0101", "expected a type", "A{m{set} y}"),
    ("tray A(^3) { y = 1; }\ntray B { }", "HW0101", "expected a name", "A{y} B"),
    ("tray A { plane x for r in^ { connect a <-> b; } y = 1; }", "HW0106", "after `in`", "A{x{connect} y}"),
    ("tray ^{ x = 1; }\ntray B { }", "HW0101", "expected a name", "! B"),
    ("tray^", "HW0101", "expected a name, found the end of the text", "!"),
)


@pytest.mark.parametrize(("marked", "code", "words", "kept"), CASES, ids=[c[0] for c in CASES])
def test_one_mistake_is_one_report(marked: str, code: str, words: str, kept: str, broken: Broken) -> None:
    text = marked.replace("^", "")
    file, found = broken(text)
    assert [d.code for d in found] == [code], found
    (report,) = found
    assert words in report.message or words in report.help
    assert report.severity == "error"
    assert report.span.start == marked.index("^")
    assert outline(file.items) == kept


def test_several_mistakes_are_as_many_reports(broken: Broken) -> None:
    file, found = broken("use a.{b c};\ntray A {\n  height = 1 U\n  power: 2 kW;\n  conect a <-> b;\n  x = [1, 2;\n  y = 1;\n}\n"
                         "tray B { z = ; }\n")
    assert [d.code for d in found] == ["HW0117", "HW0102", "HW0116", "HW0118", "HW0103", "HW0106"]
    assert outline(file.items) == "use A{height power connect x y} B{z}"


def test_reports_stand_in_the_order_of_the_text(broken: Broken) -> None:
    _, found = broken('tray A { x = "\\q"; y = ; z = 1e9999; }')
    assert [d.code for d in found] == ["HW0107", "HW0106", "HW0121"]


def test_a_bracket_report_shows_what_was_opened(broken: Broken) -> None:
    text = "tray A { x = f(a, [1, 2); }"
    _, (report,) = broken(text)
    assert report.code == "HW0103"
    assert [(text[r.span.start], r.text) for r in report.related] == [("[", "`[` opened here")]


def test_a_brace_report_shows_where_it_should_close(broken: Broken) -> None:
    text = "tray A {\n  x = 1;\ntray B { }\n"
    _, (report,) = broken(text)
    assert [r.span.start for r in report.related] == [text.index("\ntray B")]


def test_missing_expression_is_marked_in_the_tree(broken: Broken, walk: Callable[[Any], Any]) -> None:
    file, _ = broken("tray A { x = 1 + ; y = 4t; }")
    assert sum(isinstance(n, ast.ErrorExpr) for n in walk(file)) == 2


def test_braces_in_strings_and_comments_do_not_count(broken: Broken) -> None:
    file, found = broken('tray A {\n  x = "}{{";  // }}}\n  y = 1\n}\ntray B { }')
    assert [d.code for d in found] == ["HW0102"]
    assert outline(file.items) == "A{x y} B"


def test_every_code_is_listed() -> None:
    assert {c for _, c, _, _ in CASES} | {"HW0110", "HW0119"} == set(CODES)


@pytest.mark.parametrize(("text", "codes"), [
    ("", ["HW0106"]), ("1 +", ["HW0106"]), ("count(**.gpu", ["HW0103"]), ("a b", ["HW0101"]), ("a; b", ["HW0101"]),
    ("]", ["HW0101"]), ("4t", ["HW0113"]), ("((", ["HW0106"]), ("x = 3", ["HW0116"]), ("tray A { }", ["HW0101"]), ("?",
    ["HW0112"]),
    ("a }", ["HW0101"]),
])
def test_expression(text: str, codes: list[str]) -> None:
    value, found = parse_expr(SourceText("q", text))
    assert [d.code for d in found] == codes
    assert isinstance(value, ast.Expr)
