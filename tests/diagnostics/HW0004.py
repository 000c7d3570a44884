"""A file saved in Latin-1."""

from pathlib import Path

TEXT = "`rack.hw` is not UTF-8 text: byte 0xe4 in line 2"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "rack.hw").write_bytes("// Rack\n// Stränge\nrack Rack { units = 48; }\n".encode("latin-1"))
    return ["check", "rack.hw"]
