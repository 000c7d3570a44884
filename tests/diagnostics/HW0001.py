"""A file name with a slip in it."""

from pathlib import Path

TEXT = "there is no file `rak.hw`"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "rack.hw").write_text("rack Rack { units = 48; }\ndesign = Rack;\n")
    return ["check", "rak.hw"]
