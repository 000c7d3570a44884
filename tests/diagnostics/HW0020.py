"""An output directory in which nothing can be made; the system call refuses, since permissions would not stop root."""

import errno
import tempfile
from pathlib import Path

import acme
import pytest

TEXT = "output directory `out` cannot be written"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "rows"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    acme.install(monkeypatch, folder)

    def refuse(**where: str) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", where["dir"])

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
