"""Small machines whose asserts are known answers: modes, patch panels, cage to cage, failing feeds. All their asserts hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Session

DATA = Path(__file__).resolve().parents[1] / "fuzz" / "data"
ASSERTS = {"cage_to_cage.hw": 4, "cubes.hw": 6, "feeds.hw": 9, "khop_ring.hw": 4, "patch_panels.hw": 9}
"""File -> checks evaluated at least."""


@pytest.mark.parametrize("name", sorted(ASSERTS))
def test_every_assert_holds(name: str) -> None:
    session = Session()
    design = session.open(str(DATA / name))
    assert not session.diagnostics.has_errors, session.report()
    assert design is not None
    assert [c.outcome for c in design.checks] == ["passed"] * len(design.checks)
    assert len(design.checks) >= ASSERTS[name]


def test_a_constant_declared_twice_in_a_mode_is_reported() -> None:
    session = Session()
    session.check_text("""
        ocs Switch { state up { } default state down { } }
        system Pod {
            part ocs: Switch[2];
            mode m { const n = 1; const n = 2; set ocs[0] = up; }
        }
        design = Pod;
    """)
    assert [d.code for d in session.diagnostics.items] == ["HW1002"]
