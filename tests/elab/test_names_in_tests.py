"""Names in a `test` block: members of its design, then what the file it stands in declares or uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Session

LIBRARY = """
pub const two = 2;
pub chip Gpu { power = 1 kW; }
pub system Pod(n: int = 2) { const three = 3; part gpu: Gpu[n]; }
"""
DESIGN = """
use lib.Pod;
const four = 4;
fn double(x: int) -> int = 2 * x;
design = Pod;
test "block" { design = Pod(n = 4); %s }
"""


@pytest.mark.parametrize(("statement", "outcome"), [
    ("assert count(gpu) == four;", "passed"),
    ("assert count(Gpu) == double(2) and n == four;", "passed"),
    ("assert three == 3;", "passed"),
    ("under failed gpu[k] for k in 0..four { assert count(gpu) == four - 1; }", "passed"),
    ("assert count(gpu) == two;", "failed"),  # not used from the library
])
def test_names(tmp_path: Path, statement: str, outcome: str) -> None:
    (tmp_path / "lib.hw").write_text(LIBRARY, encoding="utf-8")
    path = tmp_path / "pod.hw"
    path.write_text(DESIGN % statement, encoding="utf-8")
    session = Session()
    assert [r.outcome for r in session.test(str(path)) if r.name == "block"] == [outcome], session.report()
