"""The side table of comments."""

from __future__ import annotations

from hwdsl.source.text import SourceText
from hwdsl.syntax.trivia import comments


def test_comments_with_their_places() -> None:
    text = '//! file\ntray A { x = "a // b"; // one  \n  /// doc\n  y = 1; //// four\n}\n//'
    found = comments(SourceText("t.hw", text))
    assert [t for _, t in found] == ["//! file", "// one", "/// doc", "//// four", "//"]
    assert all(text[s.start:s.end] == t and s.file == "t.hw" for s, t in found)


def test_comments_of_a_text_with_an_open_string() -> None:
    assert [t for _, t in comments(SourceText("t.hw", 'x = "a // b\n// c'))] == ["// c"]


def test_no_comments() -> None:
    assert comments(SourceText("t.hw", "x = a / b;")) == []
