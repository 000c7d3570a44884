"""Designs of 10,000 and 100,000 accelerators check and answer without being flattened."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl import Session

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize(("name", "setting", "question", "text"), [
    ("lightsphere_x", {"n": "10_000"}, "count(links(optics))", "40000"),
    ("lightsphere_x", {"n": "100_000"}, "count(links(optics))", "400000"),
    ("scalex_10k", {"racks": "16"}, "count(links(scale_fabric))", "30720"),
    ("scalex_10k", {"racks": "158"}, "count(links(scale_fabric))", "303360"),
    ("scalex_10k", {"racks": "158"}, "diameter(**.card, plane = scale_fabric)", "6"),
    ("scalex_10k", {"racks": "158"}, "bisection(**.card, plane = scale_fabric)", "2528 TB/s"),
])
def test_a_hundred_thousand_accelerators_stay_symbolic(name: str, setting: dict[str, str], question: str, text: str) -> None:
    session = Session(cache_dir=None, memory_budget=1024**2)
    path = str(EXAMPLES / f"{name}.hw")
    session.check(path, parameters=setting)
    assert not session.diagnostics.has_errors, session.report()
    design = session.open(path, parameters=setting)
    assert design is not None
    answer = design.query(question)
    assert answer is not None
    assert (answer.text, answer.level) == (text, "L0")
