"""A plug-in with a bug."""

from pathlib import Path

import acme
import pytest

TEXT = "backend `rows` of `acme 1.2` crashed: LookupError"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
    monkeypatch.setattr(acme.Rows, "emit", crash)


def crash(self: object, design: object, sink: object, options: object) -> None:
    """An `emit` with a bug."""
    raise LookupError("no such row")
