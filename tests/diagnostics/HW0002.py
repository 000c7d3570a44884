"""A directory where a file is needed."""

from pathlib import Path

TEXT = "`designs` is a directory"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "designs").mkdir()
    return ["check", "designs"]
