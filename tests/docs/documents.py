"""Runs the blocks of the documents: every fenced `hw` block is a design that gives exactly the reports it announces."""

from __future__ import annotations

import re
from pathlib import Path

from hwdsl.api import Session

BLOCK = re.compile(r"(?:^`([\w.]+\.hw)`:\n\n)?^```hw( main)?\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r'// (error|warning|note): (HW\d{4}) "(.*)"$')
ROOT = Path(__file__).resolve().parents[2]


def blocks(document: str) -> list[tuple[int, str, str]]:
    """(line, file name, text) of the `hw` blocks of a document."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return [(text.count("\n", 0, m.start(3)) + 1, m[1] or "", m[3]) for m in BLOCK.finditer(text)]


def announced(text: str) -> list[tuple[str, str, int, str]]:
    """(severity, code, line, words) of the marks in a block."""
    return [(m[1], m[2], n, m[3]) for n, line in enumerate(text.split("\n"), 1) if (m := MARK.search(line))]


def reported(path: Path) -> tuple[list[tuple[str, str, int, str]], str]:
    """(severity, code, line, message) of what `check` and `test` say about a file, and the report as text."""
    session = Session(cache_dir=None)
    session.check(str(path))
    session.test(str(path))
    out = []
    for d in session.diagnostics.items:
        source = session.sources.get(d.span.file)
        line = source.text.count("\n", 0, d.span.start) + 1 if source is not None else 0
        out.append((d.severity, d.code, line, d.message))
    return out, session.report()
