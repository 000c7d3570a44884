"""`assert fails(CODE)` in a test block: what counts as refused, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Session

RINGS = """
link Fibre { lanes = 1; raw = 106.25 Gb/s; net = 100 Gb/s; }
chip Xpu { port x: Fibre[2]; relay = true; }
ocs Ocs { port p: Fibre[2 * n_max]; }
const n_max = 8;
system Pod(n: int = 8 where n <= n_max) {
    part xpu: Xpu[n];
    part ocs: Ocs;
    plane up { connect xpu[i].x[k] <-> ocs.p[2 * i + k]  for i in 0..n, k in 0..2; }
    mode rings(size: int where n % size == 0) {
        circuit ocs.p[2 * i] <-> ocs.p[2 * (size * (i / size) + (i + 1) % size) + 1]  for i in 0..n;
    }
    assert n > 1  "a pod";
}
"""


@pytest.mark.parametrize(("body", "outcome"), [
    ("design = Pod(n = 9); assert fails(HW2004);", "passed"),
    ("design = Pod; under mode rings(size = 3) { } assert fails(HW2004);", "passed"),
    ("design = Pod; under mode rings(size = 4) { } assert fails(HW2004);", "failed"),
    ("design = Pod; under mode chain { } assert fails(HW3201);", "passed"),
    ("design = Pod(n = 1); assert fails(HW4001);", "passed"),
    ("design = Pod; assert components(xpu) == [8]; assert fails(HW5003);", "passed"),
    ("design = Pod; under mode rings(size = 3) { } assert count(Xpu) == 9; assert fails(HW2004);", "failed"),
    ("design = Pod; assert fails(HW2004);", "failed"),
])
def test_what_a_test_may_expect(tmp_path: Path, body: str, outcome: str) -> None:
    file = tmp_path / "rings.hw"
    file.write_text(RINGS + f'test "refused" {{ {body} }}\n', encoding="utf-8")
    results = Session().test(str(file))
    assert [r.outcome for r in results if r.name == "refused"] == [outcome]
