"""Makes helpers importable as `tests.backends.small_pod`; compiles a text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Compile a text: `build(text, "bom", "cables")` gives the artefacts by name."""
    from tests.backends.small_pod import built, opened

    def compiled(text: str, *names: str) -> dict[str, str]:
        return built(opened(text), tmp_path / "out", *names)

    return compiled
