"""The language reference says what the compiler does: its blocks run, its tables are the compiler's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import announced, blocks, reported
from tables import REFERENCE, SLOT, TABLES, filled

from hwdsl.query.functions import TABLE
from hwdsl.sema.builtins import BUILTINS
from hwdsl.sema.words import ATTRIBUTES, COMPONENT_KINDS, CONNECTOR_KINDS, MEDIUM_KINDS, OTHER_KINDS, TYPE_NAMES, WORDS
from hwdsl.types.unit import PLAIN, PREFIXED

DOCUMENTS = ("reference.md", "guide.md", "performance.md")
CASES = [(document, *block) for document in DOCUMENTS for block in blocks(document)]


@pytest.mark.parametrize(("document", "line", "name", "text"), CASES, ids=[f"{d}:{n}" for d, n, _, _ in CASES])
def test_a_block_is_a_design_and_says_what_it_announces(document: str, line: int, name: str, text: str, tmp_path: Path) -> None:
    for _, other, content in blocks(document):
        if other:
            (tmp_path / other).write_text(content, encoding="utf-8")
    main = tmp_path / (name or "design.hw")
    main.write_text(text, encoding="utf-8")
    wanted = announced(text)
    got, report = reported(main)
    assert [g[:3] for g in got] == [w[:3] for w in wanted], f"{document}:{line}\n{report}"
    assert all(w[3] in g[3] for w, g in zip(wanted, got, strict=True)), report


def test_the_tables_are_the_compilers() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert {m[1] for m in SLOT.finditer(text)} == set(TABLES)
    assert filled(text) == text, "run `python tests/docs/tables.py`"


@pytest.mark.parametrize(("what", "names"), [
    ("attributes", ATTRIBUTES), ("words", WORDS), ("functions", BUILTINS), ("queries", TABLE), ("units", PREFIXED),
    ("plain units", PLAIN),
    ("kinds", COMPONENT_KINDS | MEDIUM_KINDS | CONNECTOR_KINDS | OTHER_KINDS),
])
def test_every_name_of_the_language_is_in_the_reference(what: str, names: object) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert [n for n in names if f"`{n}`" not in text] == []  # type: ignore[attr-defined]


def test_types_of_parameters_are_listed() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    section = text[text.index("### Parameters"):text.index("### Refinement")]
    assert [n for n in sorted(TYPE_NAMES - {"port"}) if f"`{n}`" not in section] == []


def test_reserved_words_are_those_of_the_grammar() -> None:
    grammar = (REFERENCE.parents[1] / "grammar" / "tokens.lark").read_text(encoding="utf-8")
    found = re.search(r"NAME: /\(\?!\(([a-z|]+)\)", grammar)
    assert found is not None
    text = REFERENCE.read_text(encoding="utf-8")
    section = text[text.index("### Reserved words"):text.index("## 13.")]
    assert re.findall(r"`([a-z]+)`", section) == found[1].split("|")


def test_links_between_headings_lead_somewhere() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)}
    assert [t for t in re.findall(r"\]\(#([^)]+)\)", text) if t not in headings] == []
