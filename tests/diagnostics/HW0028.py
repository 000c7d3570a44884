"""A plug-in that writes another file than it announces."""

from pathlib import Path

import acme
import pytest

TEXT = "backend `rows` of `acme 1.2`"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
    monkeypatch.setattr(acme.Rows, "artefacts", ("columns.csv",))
