"""Rendered diagnostics, letter by letter."""

from __future__ import annotations

import re
from textwrap import dedent
from unicodedata import category, east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwdsl.diag import Diagnostic, Label
from hwdsl.diag.render import render_text, summary
from hwdsl.source import NO_SPAN, SourceText, Span

POD = """\
/// One pod.
rack Pod {
    part fabric: SwitchTray[9];
    connect mgmt.p[0] <-> fabric[3].chip[1].port[17];
\tconnect a[i] <-> b[i]  for i in 0..4;
    power = 6.3 kW + 1 U;
    assert count(links) == 1
        and diameter(fabric) == 2
        and power <= 132 kW;
}
"""
SOURCES = {
    "pod.hw": SourceText("pod.hw", POD),
    "lib/parts.hw": SourceText("lib/parts.hw", "chip Xpu {\n    port p: Nvl[18];\n}\n"),
}


def at(words: str, file: str = "pod.hw", nth: int = 0) -> Span:
    """The span of the `nth` occurrence of `words`."""
    text, start = SOURCES[file].text, -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(file, start, start + len(words))


def rendered(*items: Diagnostic, width: int = 120, color: bool = False, sources: dict[str, SourceText] = SOURCES) -> str:
    return render_text(items, sources, color=color, width=width)


def golden(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_primary_and_secondary_place() -> None:
    d = Diagnostic("HW3002", "error", "port `fabric[3].chip[1].port[17]` is connected twice", at("b[i]"),
                   "second use, at i = 1", (Label(at("fabric[3].chip[1].port[17]"), "first use"),), ("rule of `Pod`", "1 more"),
                   "connect it once", "pod[0]")
    assert rendered(d) == golden("""
        error[HW3002]: port `fabric[3].chip[1].port[17]` is connected twice
         --> pod.hw:5:19
          |
        5 |     connect a[i] <-> b[i]  for i in 0..4;
          |                      ^^^^ second use, at i = 1
        4 |     connect mgmt.p[0] <-> fabric[3].chip[1].port[17];
          |                           -------------------------- first use
          = note: in `pod[0]`
          = note: rule of `Pod`
          = note: 1 more
          = help: connect it once

        1 error
    """)


def test_two_places_in_one_line_share_it() -> None:
    d = Diagnostic("HW1101", "error", "cannot add power (6.3 kW) and length (1 U)", at("6.3 kW + 1 U"), "",
                   (Label(at("6.3 kW"), "power"), Label(at("1 U"), "length")))
    assert rendered(d) == golden("""
        error[HW1101]: cannot add power (6.3 kW) and length (1 U)
         --> pod.hw:6:13
          |
        6 |     power = 6.3 kW + 1 U;
          |             ^^^^^^^^^^^^
          |             ------ power
          |                      --- length
          = help: `hwc explain HW1101`

        1 error
    """)


def test_several_files_and_several_reports() -> None:
    first = Diagnostic("HW3006", "error", "links do not fit", at("b[i]"), help="carry 18 lanes",
                       related=(Label(at("Nvl", "lib/parts.hw"), "declared here"),))
    second = Diagnostic("HW2007", "warning", "`powr` is no attribute", at("power"), "did you mean `power`?")
    third = Diagnostic("HW0001", "note", "nothing to do")
    assert rendered(first, second, third) == golden("""
        error[HW3006]: links do not fit
         --> pod.hw:5:19
          |
        5 |     connect a[i] <-> b[i]  for i in 0..4;
          |                      ^^^^
         ::: lib/parts.hw:2:13
          |
        2 |     port p: Nvl[18];
          |             --- declared here
          = help: carry 18 lanes

        warning[HW2007]: `powr` is no attribute
         --> pod.hw:6:5
          |
        6 |     power = 6.3 kW + 1 U;
          |     ^^^^^ did you mean `power`?
          = help: `hwc explain HW2007`

        note[HW0001]: nothing to do
          = help: `hwc explain HW0001`

        1 error, 1 warning, 1 note
    """)


def test_span_over_lines_is_shortened() -> None:
    start = POD.index("assert")
    three = Diagnostic("HW4001", "error", "assertion failed", Span("pod.hw", start, POD.index(";\n}")), "false", help="h")
    assert rendered(three) == golden("""
        error[HW4001]: assertion failed
         --> pod.hw:7:5
          |
        7 |     assert count(links) == 1
          |     ^^^^^^^^^^^^^^^^^^^^^^^^
        ...
        9 |         and power <= 132 kW;
          |         ^^^^^^^^^^^^^^^^^^^ false
          = help: h

        1 error
    """)
    two = Diagnostic("HW4001", "error", "assertion failed", Span("pod.hw", start, POD.index(" == 2")), "false", help="h")
    assert "..." not in rendered(two)
    assert "\n8 |         and diameter(fabric) == 2\n  |         ^^^^^^^^^^^^^^^^^^^^ false\n" in rendered(two)


def test_span_that_ends_with_the_line_end_is_one_line() -> None:
    start = POD.index("power =")
    d = Diagnostic("HW0100", "error", "m", Span("pod.hw", start, POD.index("\n", start) + 1), "here", help="h")
    assert "  |     ^^^^^^^^^^^^^^^^^^^^^ here\n" in rendered(d)
    assert "7 |" not in rendered(d)


def test_empty_span_and_end_of_file() -> None:
    end = Diagnostic("HW0101", "error", "`}` missing", Span("pod.hw", len(POD), len(POD)), "expected `}`", help="h")
    assert rendered(end) == golden("""
        error[HW0101]: `}` missing
          --> pod.hw:11:1
           |
        11 |
           | ^ expected `}`
           = help: h

        1 error
    """)
    beyond = Diagnostic("HW0101", "error", "m", Span("pod.hw", 10**6, 10**6 + 5), help="h")
    assert "pod.hw:11:1" in rendered(beyond)


def test_file_without_its_text() -> None:
    d = Diagnostic("HW0003", "error", "cannot be read", Span("gone.hw", 3, 5), "used here",
                   (Label(at("b[i]"), "by this"),), help="h")
    assert rendered(d) == golden("""
        error[HW0003]: cannot be read
         --> gone.hw (used here)
         ::: pod.hw:5:19
          |
        5 |     connect a[i] <-> b[i]  for i in 0..4;
          |                      ---- by this
          = help: h

        1 error
    """)


def test_no_place_at_all() -> None:
    d = Diagnostic("HW0001", "error", "no file `x.hw`", NO_SPAN, "", (Label(NO_SPAN, "looked in `lib`"),), ("two\nlines",))
    assert rendered(d) == golden("""
        error[HW0001]: no file `x.hw`
          = note: looked in `lib`
          = note: two
                  lines
          = help: `hwc explain HW0001`

        1 error
    """)
    assert rendered() == ""


def underlined(line: str, words: str, width: int = 120) -> tuple[str, str]:
    """What stands above the carets (by display column), and the source line as shown, for a mark under `words`."""
    start = line.index(words)
    d = Diagnostic("HW0100", "error", "m", Span("f.hw", start, start + len(words)))
    shown = rendered(d, width=width, sources={"f.hw": SourceText("f.hw", line)}).split("\n")
    return above(shown[3], shown[4]), shown[3][4:]


def above(code: str, marks: str) -> str:
    cells: list[str] = []
    for char in code:
        wide = 0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "WF" else 1
        if wide:
            cells += [char] + [""] * (wide - 1)
        else:
            cells[-1] += char
    return "".join(cells[marks.index("^"):marks.rindex("^") + 1])


@pytest.mark.parametrize(("line", "words"), [
    ("part gpu: B200[4];", "B200"), ("超节点 = 机柜[4];  power = 3;", "power"),
    ("超节点 = 机柜[4];", "机柜"), ('x = "é";', '"é"'),
    ("x = \"e\u0301\"; y = 1;", "y"), ("\u3000x = 1;", "x"), ("🚀 x = 1;", "x"),
])
def test_marks_stand_under_their_words(line: str, words: str) -> None:
    assert underlined(line, words)[0] == words


def test_tabs_expand_to_stops_of_four() -> None:
    marked, shown = underlined("\tab\tx = 1;", "x")
    assert marked == "x"
    assert shown == "    ab  x = 1;"


def test_terminal_is_not_steered() -> None:
    hostile = "x = \x1b[31m\u202e\x07\r1; y = \ud800;"
    marked, shown = underlined(hostile, "y")
    assert marked == "y"
    assert shown == "x = \ufffd[31m\ufffd\ufffd\ufffd1; y = \ufffd;"
    d = Diagnostic("HW0001", "error", "no file `\x1b[2J`", notes=("\x9b",))
    assert "\x1b" not in rendered(d)
    assert "\x9b" not in rendered(d)


@pytest.mark.parametrize("at_", [0, 5, 300, 980])
def test_long_lines_are_shown_in_part(at_: int) -> None:
    line = "a " * 500
    line = line[:at_] + "TARGET" + line[at_:]
    marked, shown = underlined(line, "TARGET", width=60)
    assert marked == "TARGET"
    assert len(shown) <= 60
    assert shown.startswith("...") == (at_ > 8)
    assert shown.endswith("...") == (at_ < 980)


def test_mark_wider_than_the_window_is_cut() -> None:
    line = "x = [" + "1, " * 300 + "1];"
    d = Diagnostic("HW0100", "error", "m", Span("f.hw", 4, len(line) - 1), "too long", help="h")
    shown = rendered(d, width=50, sources={"f.hw": SourceText("f.hw", line)})
    assert shown == golden("""
        error[HW0100]: m
         --> f.hw:1:5
          |
        1 | x = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,...
          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ too long
          = help: h

        1 error
    """)


def test_second_place_far_along_a_long_line_gets_its_own_window() -> None:
    line = "first" + " a" * 300 + " second;"
    d = Diagnostic("HW0100", "error", "m", Span("f.hw", 0, 5), "one", (Label(Span("f.hw", 606, 612), "two"),), help="h")
    lines = rendered(d, width=50, sources={"f.hw": SourceText("f.hw", line)}).split("\n")
    assert above(lines[3], lines[4]) == "first"
    assert above(lines[5], lines[6].replace("-", "^")) == "second"


def test_colour_only_adds_escapes() -> None:
    d = Diagnostic("HW3002", "warning", "twice", at("b[i]"), "second", (Label(at("mgmt"), "first"),), ("n",), "h", "pod")
    painted = rendered(d, color=True)
    assert painted.startswith("\x1b[1;33mwarning[HW3002]\x1b[0m\x1b[1m: twice\x1b[0m\n")
    assert "\x1b[1;33m^^^^ second\x1b[0m" in painted
    assert "\x1b[1;34m---- first\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == rendered(d)


def test_summary_counts_by_severity() -> None:
    kinds = ["warning", "error", "note", "error", "warning"]
    assert summary(Diagnostic("HW0001", kind, "m") for kind in kinds) == "2 errors, 2 warnings, 1 note"
    assert summary([]) == ""


@given(st.text(max_size=80), st.integers(0, 90), st.integers(0, 90), st.integers(1, 100))
def test_any_text_and_span_render(text: str, start: int, length: int, width: int) -> None:
    d = Diagnostic("HW0100", "error", text, Span("f.hw", start, start + length), text,
                   (Label(Span("f.hw", length, start), text),))
    shown = rendered(d, width=width, sources={"f.hw": SourceText("f.hw", text)})
    assert shown.endswith("1 error\n")
    assert "^" in shown
    shown.encode()
