"""A test block that builds a design outside its conditions."""

from pathlib import Path

TEXT = "test"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "ring.hw").write_text('''
system Ring(n: int) { const half = n / 2; }
design = Ring(n = 8);
test "no design" { assert 1 == 1; }
''')
    return ["test", "ring.hw"]
