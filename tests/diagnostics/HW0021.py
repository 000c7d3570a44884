"""The output directory is a file."""

from pathlib import Path

import acme
import pytest

TEXT = "output directory `out` is a file"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    (folder / "out").write_text("mine\n")
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
