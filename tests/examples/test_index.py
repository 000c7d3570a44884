"""The index of the examples names every one of them, and no other."""

from __future__ import annotations

import re
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_index_names_every_example() -> None:
    named = re.findall(r"\]\(([\w.]+\.hw)\)", (EXAMPLES / "README.md").read_text())
    assert sorted(named) == sorted(p.name for p in EXAMPLES.glob("*.hw"))


def test_no_example_is_longer_than_a_reader_wants() -> None:
    lengths = {p.name: len(p.read_text().splitlines()) for p in EXAMPLES.glob("*.hw")}
    assert {name: n for name, n in lengths.items() if n > 150} == {}
