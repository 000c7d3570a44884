"""Makes the helpers beside it importable; compiles a text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Compile a text: `build(text, "bom", "cables")` gives the artefacts by name."""
    from small_pod import built, opened

    def compiled(text: str, *names: str) -> dict[str, str]:
        return built(opened(text), tmp_path / "out", *names)

    return compiled
