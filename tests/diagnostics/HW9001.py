"""A design IR that a later release wrote."""

from pathlib import Path

TEXT = "has version 2; this compiler reads versions up to 1"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "design.json").write_text('{"format": "hwdsl-ir", "version": 2, "root": "Pod", "templates": {}}\n')
    return ["query", "design.json", "count(links(self))"]
