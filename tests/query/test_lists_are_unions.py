"""What a list names twice is there once: parts, ports, planes and members of families of planes."""

from __future__ import annotations

import pytest

from hwdsl.api import Session

RAILS = """
link L { lanes = 1; raw = 10 Gb/s; net = 10 Gb/s; }
chip Gpu { port x: L[4]; }
switch Sw { port p: L[4]; }
system Pod {
    part gpu: Gpu[2][2];
    part sw: Sw[4];
    plane rail for r in 0..4 { connect gpu[i][j].x[r] <-> sw[r].p[2 * i + j]  for i in 0..2, j in 0..2; }
}
design = Pod;
"""


@pytest.mark.parametrize(("question", "expected"), [
    ("count([gpu, gpu[0]])", 4), ("count([gpu[0], gpu[*][1]])", 3), ("count([gpu[1][1], gpu[0][0], gpu])", 4),
    ("count([gpu[*][*].x[0..3], gpu[0][*].x[2..4]])", 14), ("sum(components([gpu, gpu[0]], plane = rail))", 4),
    ("injection(gpu, plane = [rail, rail[1]]) == injection(gpu, plane = rail)", True),
    ("injection(gpu, plane = [rail[0..2], rail[1..3]]) == injection(gpu, plane = rail[0..3])", True),
    ("injection(gpu, plane = [rail[3], rail[0]]) == injection(gpu, plane = rail[0..2])", True)])
def test_lists(question: str, expected: object) -> None:
    session = Session(cache_dir=None)
    design = session.open_text(RAILS)
    assert design is not None, session.report()
    found = design.query(question)
    assert found is not None, session.report()
    assert found.value == expected
