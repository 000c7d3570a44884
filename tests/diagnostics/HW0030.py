"""`hwc test` in a folder without designs."""

from pathlib import Path

TEXT = "there is no `.hw` file below this folder"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    return ["test"]
