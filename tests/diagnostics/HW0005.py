"""A file too large to be a design."""

from pathlib import Path

TEXT = "a design file may have"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    with (folder / "rack.hw").open("wb") as stream:
        stream.truncate(100_000_000)
    return ["check", "rack.hw"]
