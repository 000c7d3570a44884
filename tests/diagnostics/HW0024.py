"""`--check` finds an artefact that differs."""

from pathlib import Path

import acme
import pytest

TEXT = "differ"
OTHERS = True  # manifest.json is missing as well


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    (folder / "out").mkdir()
    (folder / "out" / "rows.csv").write_text("old\n")
    return ["compile", "rack.hw", "-o", "out", "--only", "rows", "--check"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
