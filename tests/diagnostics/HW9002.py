"""A design IR that was cut short by hand: the root it names is not there."""

from pathlib import Path

TEXT = "there is no template `Pod`"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "design.json").write_text('{"format": "hwdsl-ir", "version": 1, "root": "Pod", "templates": {}}\n')
    return ["query", "design.json", "count(links(self))"]
