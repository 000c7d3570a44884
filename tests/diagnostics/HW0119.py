"""A file that is no design: after many mistakes the rest is not read."""

from pathlib import Path

TEXT = "mistakes of form: the rest of the file is not read"
OTHERS = True


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "list.hw").write_text("part gpu = ] 4;\n" * 1_000)
    return ["check", "list.hw"]
