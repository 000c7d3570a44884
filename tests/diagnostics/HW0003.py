"""A file that the operating system does not open: a symbolic link that leads to itself."""

from pathlib import Path

TEXT = "cannot read `rack.hw`"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "rack.hw").symlink_to("rack.hw")
    return ["check", "rack.hw"]
