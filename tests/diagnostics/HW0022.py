"""A directory stands where an artefact is to go."""

from pathlib import Path

import acme
import pytest

TEXT = "cannot write `rows.csv`: a directory of that name is in `out`"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    (folder / "out" / "rows.csv").mkdir(parents=True)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
