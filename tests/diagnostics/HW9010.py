"""A machine without a usable pygraphviz."""

import sys
from pathlib import Path

import acme
import pytest

TEXT = "the topology is drawn with a simple layout: pygraphviz cannot be loaded"
SEVERITY = "note"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    acme.design(folder)
    return ["compile", "rack.hw", "-o", "out", "--only", "diagram"]


def prepare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Change the world for the time of the run."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
