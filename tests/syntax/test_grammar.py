"""The grammar itself: free of conflicts and of the traps that Lark accepts in silence."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.parser import parse, parse_expr, shared_parser
from hwdsl.syntax.tables import build, from_data, grammar_text, lark_parser, spellings, to_data

DATA = sorted((Path(__file__).parent / "data").glob("*.hw"))
RESERVED = {"use", "pub", "as", "for", "in", "where", "via", "on", "along", "and", "or", "not", "if", "then", "else", "to",
            "typ", "each",
            "true", "false", "self"}


@cache
def lark() -> Any:
    """Lark's own parser: the reference for what the grammar accepts."""
    return lark_parser(strict=True)


def accepted_by_lark(text: str) -> bool:
    from lark.exceptions import UnexpectedInput

    try:
        lark().parse(text, start="file")
    except UnexpectedInput:
        return False
    return True


def test_no_conflicts_in_strict_mode() -> None:
    assert lark().options.strict
    assert set(lark().options.start) == {"file", "item", "expr"}


def test_every_literal_is_exactly_one_terminal() -> None:
    """A spelling written in a rule, or listed by a terminal, must not be matched by a second terminal but NAME."""
    terminals = [t for t in lark().terminals if t.name not in ("BLANK", "COMMENT")]
    found = set()
    for terminal in terminals:
        if terminal.name not in ("NAME", "NUMBER", "QUANTITY", "MONEY", "STRING"):
            of_terminal = [terminal.pattern.value] if terminal.pattern.type == "str" else spellings(terminal.pattern.value)
            found |= set(of_terminal)
    rules = re.sub(r"//[^\n]*", "", grammar_text().partition("?expr:")[2])
    for literal in set(re.findall(r'"([^"\n]+)"', rules)) | found:
        matching = [t.name for t in terminals if re.fullmatch(t.pattern.to_regexp(), literal) and t.name != "NAME"]
        assert len(matching) == 1, f"{literal!r} is matched by {matching}"
    assert len(found) > 70


def test_reserved_words_are_those_of_the_language() -> None:
    assert set(shared_parser().tables.reserved) == RESERVED
    name = shared_parser().tables.patterns["NAME"]
    for word in RESERVED:
        assert not re.fullmatch(name, word)
        assert re.fullmatch(name, word + "s")


def test_quantities_exclude_what_may_follow_a_number() -> None:
    pattern = shared_parser().tables.patterns["QUANTITY"]
    for word in RESERVED | {"at", "from", "down", "joins"}:
        assert not re.match(pattern, f"3 {word}")
        assert re.match(pattern, f"3 {word}x")


def test_spellings_of_a_terminal() -> None:
    assert spellings(r"(?:==|\<|a)") == ["==", "<", "a"]
    assert spellings("(at|from)(?![A-Za-z0-9_])") == ["at", "from"]
    with pytest.raises(ValueError, match="no list"):
        spellings("[a-z]+")


def test_tables_survive_as_plain_data() -> None:
    tables = build()
    assert from_data(to_data(tables)) == tables


@pytest.mark.parametrize("path", DATA, ids=lambda p: p.name)
def test_lark_agrees_on_the_designs(path: Path) -> None:
    assert accepted_by_lark(path.read_text(encoding="utf-8"))


def test_lark_agrees_on_mutated_designs() -> None:
    """What our machine takes without a report Lark takes, and the other way round."""
    rng = random.Random(3)
    pieces = ["(", ")", "[", "]", "{", "}", ";", ",", "..", "=", "<->", " in ", " for ", " where ", " each ", "@a ", " 3 ", " x ",
              "\"s\"", " part ", " at ", "- ", " not "]
    texts = [p.read_text(encoding="utf-8") for p in DATA]
    accepted = 0
    for _ in range(150):
        text = rng.choice(texts)
        words = [m.start() for m in re.finditer(r"\b", text)]
        at = rng.choice(words)
        text = text[:at] + rng.choice(pieces) + text[at if rng.random() < 0.6 else min(len(text), at + rng.randrange(6)):]
        _, reports = parse(SourceText("m.hw", text))
        from_form = [d for d in reports if d.code not in ("HW0107", "HW0110", "HW0114", "HW0121")]
        assert accepted_by_lark(text) == (not from_form), text[max(0, at - 60):at + 60]
        accepted += not from_form
    assert 0 < accepted < 150


# ---------------------------------------------------------------- the traps, each with its smallest input
GOOD = (
    ("1 parameters in parentheses, dimensions in brackets", "tray T { x: T; }", False),
    ("1", "tray T { part x: T(k = a > b)[n]; }", True),
    ("2", "design = T(n = 8);", True),
    ("3 guard behind for", "tray T { connect a <-> b for i in s where c; }", True),
    ("3 filter in an index", "tray T { assert count(gpu[* where .kind == chip]) == 1; }", True),
    ("3 filter at the end of an argument", "tray T { assert count(gpu where .kind == chip) == 1; }", True),
    ("5 annotation on a value", "tray T { x = 1 W @source(a); }", True),
    ("5 annotation on an operand", "tray T { x = 1 W @source(a) + 2 W; }", False),
    ("5 annotation before a declaration", "@source(a) tray T { }", True),
    ("6 call as a statement of a body", "tray T { count(x); }", False),
    ("6 call as a statement of a study", "study s { count(x); }", True),
    ("6 calls and checks under a mode or failure of a study",
     ("study s { under failed x[i] for i in 0..2 { count(x); a = 1; "
      "under mode m(n = 2) { f(); assert x == 1; } } }"), True),
    ("6 call under a mode of a body", "tray T { under mode m { count(x); } }", False),
    ("6 path as an attribute", "tray T { a.b = c; }", False),
    ("7 open range outside brackets", "tray T { assert x == 0..; }", False),
    ("8 each before a list", "study s { f(x = each [1, 2]); }", True),
    ("9 use with a list", "use a.b.{c};", True),
    ("10 in behind a name", "tray T { plane r for i in 0..4 { } }", True),
    ("10 modifiers stand in front", "tray T { input port a: B; output port b: B; spare port c: B; }", True),
    ("11 arrows", "tray T { connect a <-> b; connect a -> b; }", True),
    ("11 one arrow in a function", "fn f() -> int = 1;", True),
    ("11 the other arrow in a function", "fn f() <-> int = 1;", False),
    ("17 a unit on the next line", "tray T { x = 3\n W; }", False),
    ("18 U is a unit and a name", "tray T { const U = 3; height = 1 U; }", True),
    ("18 a reserved word as a unit", "tray T { x = 19 in; }", False),
    ("21 doc comment at the end of a line", "tray T { height = 1 U; /// note\n}", True),
    ("21 doc comment inside a rule", "tray T { connect a <->\n /// note\n b; }", True),
    ("21 four slashes", "//// x\ntray T { }", True),
    ("22 kinds as names", "tray T { part chip: ocs; x = a.fibre + chip[0].port[1]; }", True),
    ("22 kinds as types of parameters", "tray T(xpu: chip, faulty: set) { }", True),
    ("25 via, for, where", "tray T { connect a <-> b via M, N for i in r, j in s where c; }", True),
    ("25 another order", "tray T { connect a <-> b for i in r via M; }", False),
    ("26 where in a parameter and before a body", "tray T(n: int where n >= 8, k: int) where n > k { }", True),
)


@pytest.mark.parametrize(("text", "good"), [(t, g) for _, t, g in GOOD], ids=[f"{i}-{n}" for i, (n, _, _) in enumerate(GOOD)])
def test_trap(text: str, good: bool) -> None:
    _, found = parse(SourceText("t.hw", text))
    assert (found == ()) == good
    assert accepted_by_lark(text) == good


def test_trap_message_is_no_bound() -> None:
    _, (report,) = parse(SourceText("t.hw", 'tray T { assert x == 0.. "m"; }'))
    assert (report.code, report.span.start) == ("HW0106", 25)


def tree(text: str, show: Callable[[Any], str]) -> str:
    value, found = parse_expr(SourceText("q", text))
    assert found == ()
    return show(value)


@pytest.mark.parametrize(("text", "expected"), [
    ("gpu[* where .rate == rate]",  # 4
     "Index(base=gpu, index=Star(guard=Compare(op===, left=SubjectAttr(name=rate), right=rate)))"),
    ("7 % n", "Binary(op=%, left=7, right=n)"),  # 12
    ("2048-12-16", "Binary(op=-, left=Binary(op=-, left=2048, right=12), right=16)"),  # 13
    ("0..4", "Range(lo=0, hi=4)"),  # 14
    ("0.5..1.5", "Range(lo=1/2., hi=3/2.)"),
    ("x[2..]", "Index(base=x, index=Range(lo=2))"),
    ("x[..4]", "Index(base=x, index=Range(hi=4))"),
    ("0 .. 4", "Range(lo=0, hi=4)"),  # 15
    ("0 to 4", "Interval(lo=0, hi=4)"),
    ("10 GB/s", "10 GB/s"),  # 17
    ("10 GB / s", "Binary(op=/, left=10 GB, right=s)"),
    ("10 GB/gpu_count", "10 GB/gpu_count"),
    ("-5 degC", "-5 degC"),  # 19
    ("-2.9 dBm", "-29/10. dBm"),
    ("a +-b", "Tolerance(mid=a, tol=b)"),  # 23
    ("a + -b", "Binary(op=+, left=a, right=Neg(operand=b))"),
    ("formula", "formula"),
    ("at + from", "Binary(op=+, left=at, right=from)"),
])
def test_trap_meaning(text: str, expected: str, show: Callable[[Any], str]) -> None:
    assert tree(text, show) == expected


@pytest.mark.parametrize("text", ["0.", ".4", "0. .4", "4t", "42t", "1U", "4t + g", "1.5.2", "1e", "5_x", "$5k", "1.5e", "x[4t]"])
def test_trap_numbers_that_are_none(text: str) -> None:
    _, found = parse_expr(SourceText("q", text))
    assert len(found) == 1


def test_trap_date_is_a_string(member: Callable[[str], ast.Item], show: Callable[[Any], str]) -> None:
    item = member('x = 1 @source("a", date = "2024-07-17");')
    assert "name=date, value=String(value=2024-07-17)" in show(item)


def test_a_soft_word_may_touch_longer_words(items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items("tray partition { portal = setting; kinds = chipset; asserted = atlas; }")
    assert isinstance(item, ast.Component)
    assert [m.name for m in item.body if isinstance(m, ast.Attr)] == ["portal", "kinds", "asserted"]
