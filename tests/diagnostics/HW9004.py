"""A check of a claim that no file states."""

from pathlib import Path

TEXT = "claim 5 is checked here and stated nowhere"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "rack.hw").write_text("rack Rack {\n    units = 48;\n    assert self.units == 48  @claim(5);\n}\ndesign = Rack;\n")
    return ["doc", "claims", "rack.hw"]
