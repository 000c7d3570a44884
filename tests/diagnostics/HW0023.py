"""The disk is full."""

import errno
import os
from pathlib import Path

import acme
import pytest

TEXT = "no space left to write"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)
    monkeypatch.setattr(acme.Rows, "emit", full)


def full(self: object, design: object, sink: object, options: object) -> None:
    """An `emit` that meets a full disk."""
    raise sink.failed("rows.csv", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))  # type: ignore[attr-defined]
