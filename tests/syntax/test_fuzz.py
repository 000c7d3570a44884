"""Truncated and mutated designs: an answer to each, and the declarations that were not touched are still there."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.parser import parse, parse_expr
from hwdsl.syntax.recovery import MAX_REPORTS

POD = (Path(__file__).parent / "data" / "pod.hw").read_text(encoding="utf-8")
TOKENS = ("(", ")", "[", "]", "{", "}", ";", ",", "..", "=", "==", "<->", "->", ":", ".", "@", "*", "/", "//", "///", '"',
          "'", "4t", "0",
          "x", "in", "for", "where", "via", "each", "tray", "part", "connect", "assert", "use", "pub", "?", "\u00e9", "\n",
          " ", "\\",
          "\x00", "$", "1 U", "2 kW", "**", "+-", "to", "if", "then", "else")


def check(text: str) -> tuple[ast.File, int]:
    """Parse; the tree lies inside the text, reports are few and have places in it."""
    file, found = parse(SourceText("f.hw", text))
    assert len(found) <= 2 * MAX_REPORTS + 1
    for report in found:
        assert 0 <= report.span.start <= report.span.end <= len(text)
        assert report.message
        assert report.code.startswith("HW01")
    for before, after in zip(file.items, file.items[1:]):
        assert before.span.end <= after.span.start
    return file, len(found)


def names(items: tuple[ast.Item, ...]) -> list[str]:
    named = (ast.Component, ast.Pattern, ast.Fn, ast.Const, ast.Enum, ast.Study, ast.Test)
    return [i.name for i in items if isinstance(i, named)]


def test_every_truncation(design: str) -> None:
    file, _ = parse(SourceText("f.hw", design))
    whole = [(i.span.end, i) for i in file.items]
    for end in range(0, len(design), 7):
        cut, reports = check(design[:end])
        before = [i for stop, i in whole if stop <= end]
        assert list(cut.items[:len(before)]) == before
        assert reports <= 4


@pytest.mark.parametrize("seed", range(8))
def test_one_token_more_or_less_hides_no_other_declaration(seed: int) -> None:
    """A mutation inside one declaration leaves those before it as they were, and most of those behind it."""
    rng = random.Random(seed)
    file, _ = parse(SourceText("f.hw", POD))
    expected = names(file.items)
    lost = 0
    for _ in range(60):
        at = rng.randrange(len(POD))
        cut = rng.choice((0, 1, 3))
        text = POD[:at] + rng.choice(TOKENS) + POD[at + cut:]
        mutated, _ = check(text)
        before = names(tuple(i for i in file.items if i.span.end < at))
        assert names(mutated.items)[:len(before)] == before
        lost += len(set(expected) - set(names(mutated.items)))
    assert lost <= 60


@pytest.mark.parametrize("seed", range(6))
def test_heavy_mutation(seed: int, design: str) -> None:
    rng = random.Random(seed)
    for _ in range(40):
        text = design
        for _ in range(rng.choice((2, 10, 40))):
            at = rng.randrange(len(text) + 1)
            end = min(len(text), at + rng.choice((0, 1, 4, 30)))
            copy = text[at:end] if rng.random() < 0.3 else ""
            text = text[:at] + rng.choice(TOKENS) + copy + text[end:] + copy
        check(text)
        at = rng.randrange(len(text) + 1)
        value, _ = parse_expr(SourceText("q", text[at:at + rng.randrange(60)]))
        assert isinstance(value, ast.Expr)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_any_sequence_of_tokens(tokens: list[str]) -> None:
    check(" ".join(tokens))
    check("tray A { " + "".join(tokens) + " }")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    check(text)
    value, _ = parse_expr(SourceText("q", text))
    assert isinstance(value, ast.Expr)


def test_work_grows_with_the_text(monkeypatch: pytest.MonkeyPatch, walk: Callable[[Any], Any]) -> None:
    """Steps of recovery over a broken text of double length: no more than double, up to the cap."""
    from hwdsl.syntax import recovery

    steps: list[int] = []
    original = recovery.Recovery.settle

    def counted(self: recovery.Recovery) -> None:
        steps.append(1)
        original(self)

    monkeypatch.setattr(recovery.Recovery, "settle", counted)
    counts = []
    for size in (5, 10, 20, 2000):
        steps.clear()
        parse(SourceText("f.hw", "tray A {\n" + "  x = ;\n  connect a b;\n" * size + "}\n"))
        counts.append(len(steps))
    assert counts[:3] == [10, 20, 40]
    assert counts[3] <= MAX_REPORTS + 5
