"""The design that is measured: `examples/scale.hw` with a number of supernodes of 384 accelerators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hwdsl

ROOT = Path(__file__).resolve().parents[2]
SCALE = ROOT / "examples" / "scale.hw"
ACCELERATORS = 384


def scale(supernodes: int) -> Any:
    """The elaborated design (L0), in a session of its own, so that nothing derived is left from an earlier measurement."""
    session = hwdsl.Session()
    design = session.open(str(SCALE), parameters={"supernodes": str(supernodes)})
    if design is None or session.diagnostics.has_errors:
        raise SystemExit(session.report())
    return design


def warm() -> None:
    """Fill the parse cache and import what a session imports."""
    scale(1)
