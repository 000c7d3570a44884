"""Two distributions register one backend name."""

from pathlib import Path

import acme
import pytest

TEXT = "registers `bom`"
SEVERITY = "warning"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder, "rows", "bom")
