"""injection(sel) is what the parts named can send, not all of their kind."""

from __future__ import annotations

import pytest

from hwdsl.api import Session

DESIGN = """
link L { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: L[2]; }
switch Sw { port p: L[32]; }
system S {
    part gpu: Gpu[4][4];
    part sw: Sw;
    connect gpu[a][b].x[k] <-> sw.p[8 * a + 2 * b + k]  for a in 0..4, b in 0..4, k in 0..2;
}
design = S;
"""


@pytest.mark.parametrize(("selection", "answer"), [
    ("gpu", "400 GB/s"), ("gpu[0]", "100 GB/s"), ("gpu[0][0]", "25 GB/s"), ("[gpu[0][0], gpu[1][2..4]]", "75 GB/s")])
def test_injection_is_that_of_the_parts_named(selection: str, answer: str) -> None:
    design = Session(cache_dir=None).open_text(DESIGN)
    assert design is not None
    found = design.query(f"injection({selection})")
    assert found is not None
    assert (found.text, found.level) == (answer, "L0")
