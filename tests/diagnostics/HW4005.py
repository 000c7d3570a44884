"""A test block that expects a refusal which does not come."""

from pathlib import Path

TEXT = 'the design of the test "too small a ring" should fail with HW2004; it does not'


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "ring.hw").write_text("""
system Ring(n: int where n >= 3) { note = "a ring"; }
design = Ring(n = 8);
test "too small a ring" { design = Ring(n = 3); assert fails(HW2004); }
""")
    return ["test", "ring.hw"]
