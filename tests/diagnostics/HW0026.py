"""A plug-in made for another version of the interface."""

from pathlib import Path

import acme
import pytest

TEXT = "hwdsl needs"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
    monkeypatch.setattr(acme.Rows, "api", 99)
