"""Diagnostics for programs: every key, every case."""

from __future__ import annotations

import json

from hwdsl.diag import Diagnostic, Label
from hwdsl.diag.render import render_json, to_json
from hwdsl.source import SourceText, Span

SOURCES = {"a.hw": SourceText("a.hw", "one\ntwo 超 three\n")}
PLACE = {"file": "a.hw", "line": 2, "column": 5, "end_line": 2, "end_column": 6}
NOWHERE = {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}


def test_full_object() -> None:
    d = Diagnostic("HW3002", "error", "m", Span("a.hw", 8, 9), "label", (Label(Span("a.hw", 0, 5), "first"),),
                   ("n1", "n2"), "h", "pod[0]")
    assert to_json(d, SOURCES) == {
        "code": "HW3002", "severity": "error", "message": "m", **PLACE, "label": "label",
        "related": [{"file": "a.hw", "line": 1, "column": 1, "end_line": 2, "end_column": 2, "text": "first"}],
        "notes": ["n1", "n2"], "help": "h", "path": "pod[0]",
    }


def test_keys_do_not_depend_on_the_report() -> None:
    full = to_json(Diagnostic("HW3002", "error", "m", Span("a.hw", 8, 9)), SOURCES)
    bare = to_json(Diagnostic("HW0001", "note", "m"), {})
    assert list(full) == list(bare)
    assert {key: bare[key] for key in NOWHERE} == NOWHERE


def test_file_without_its_text_keeps_its_name() -> None:
    found = to_json(Diagnostic("HW0001", "error", "m", Span("gone.hw", 3, 4)), SOURCES)
    assert {key: found[key] for key in NOWHERE} == {**NOWHERE, "file": "gone.hw"}


def test_document_is_a_list_in_order() -> None:
    items = [Diagnostic("HW0002", "error", "超"), Diagnostic("HW0001", "error", "b")]
    text = render_json(items, SOURCES)
    assert text.endswith("]\n")
    assert "超" in text
    assert [found["code"] for found in json.loads(text)] == ["HW0002", "HW0001"]
    assert json.loads(render_json([], {})) == []
