"""A plug-in whose module cannot be imported."""

from pathlib import Path

import acme
import pytest

TEXT = "cannot be loaded"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder, target="acme_that_is_gone:Rows")
