"""The pages of `hwc explain`: one per code, in fixed sections, with examples that do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hwdsl.api import Session
from hwdsl.diag.codes import page, titles
from hwdsl.perf.study.run import run_studies

SECTIONS = ["What it means", "Why it matters", "Example", "How to mend it"]
BLOCK = re.compile(r"(?:^`([\w.]+\.hw)`:\n\n)?^```hw\n(.*?)^```$", re.M | re.S)
TITLES = titles()


def examples(code: str) -> list[tuple[str, str]]:
    """(file name, text) of the `hw` blocks of a page, the main file first."""
    return [(name or "design.hw", text) for name, text in BLOCK.findall(page(code) or "")]


@pytest.mark.parametrize("code", TITLES)
def test_a_page_has_its_sections(code: str) -> None:
    text = page(code)
    assert text is not None
    assert text.startswith(f"# {code}: {TITLES[code]}\n")
    assert re.findall(r"^## (.*)$", text, re.M) == SECTIONS
    assert all(len(part.split()) >= 3 for part in re.split(r"^## .*$", text, flags=re.M)[1:])


@pytest.mark.parametrize("code", [c for c in TITLES if examples(c) and c < "HW90"])  # those of backends need their circumstances
def test_the_example_gives_the_code(code: str, tmp_path: Path) -> None:
    files = examples(code)
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    session = Session(cache_dir=None)
    main = str(tmp_path / files[0][0])
    session.check(main)
    if not session.diagnostics.items:
        session.test(main)
    if not session.diagnostics.items:
        design = session.open(main)
        assert design is not None
        run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert {d.code for d in session.diagnostics.items} == {code}, session.report()


def test_lines_fit_a_terminal() -> None:
    prose = {code: re.sub(r"^```.*?^```$", "", page(code) or "", flags=re.M | re.S) for code in TITLES}
    assert [(code, line) for code, text in prose.items() for line in text.split("\n")[1:] if len(line) > 80] == []
