"""An expression nested deeper than anybody reads."""

from pathlib import Path

TEXT = "nested"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "deep.hw").write_text("const n = " + "(" * 5_000 + "1" + ")" * 5_000 + ";\n")
    return ["check", "deep.hw"]
