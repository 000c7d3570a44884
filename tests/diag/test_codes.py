"""Titles and pages of codes, found without importing upward."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hwdsl.diag import codes, pages
from hwdsl.types.codes import CODES

SECTIONS = ["## What it means", "## Why it matters", "## Example", "## How to mend it"]


def test_titles_collect_the_tables_of_all_layers() -> None:
    found = codes.titles()
    assert list(found) == sorted(found)
    assert {code[:4] for code in found} >= {"HW00", "HW10", "HW11", "HW12", "HW20", "HW30"}
    assert found.items() >= CODES.items()
    assert pages.titles() == found


def test_title() -> None:
    assert codes.title("HW1103") == "unknown unit"
    assert codes.title("HW9999") is None


@pytest.mark.parametrize("code", sorted(CODES))
def test_page_has_its_sections_in_order(code: str) -> None:
    text = codes.page(code)
    assert text is not None
    assert text.startswith(f"# {code}: {CODES[code]}\n")
    assert [line for line in text.split("\n") if line.startswith("## ")] == SECTIONS
    assert "```hw\n" in text
    assert pages.page(code) == text


@pytest.mark.parametrize("code", ["HW9999", "", "../HW1101", "hw1101", "HW11011", "HW١٢٣٤"])
def test_no_page(code: str) -> None:
    assert codes.page(code) is None


def test_unwritten_page_of_a_declared_code_is_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "page", lambda code: None)
    assert pages.page("HW1103") == "# HW1103: unknown unit\n"
    with pytest.raises(KeyError):
        pages.page("HW9999")


def test_rendering_loads_no_other_layer() -> None:
    program = ("import sys; from hwdsl.diag import Diagnostic; from hwdsl.diag.render import render_text\n"
               "render_text([Diagnostic('HW0001', 'error', 'm')], {})\n"
               "print(sorted(m for m in sys.modules if m.startswith('hwdsl.')), 'json' in sys.modules)")
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.strip() == ("['hwdsl.diag', 'hwdsl.diag.diagnostic', 'hwdsl.diag.render', 'hwdsl.diag.render_json', "
                           "'hwdsl.diag.render_text', 'hwdsl.diag.snippet', 'hwdsl.node', 'hwdsl.source', 'hwdsl.source.span', "
                           "'hwdsl.source.text'] False")
