"""A library where a design is needed."""

from pathlib import Path

TEXT = "`parts.hw` declares no design"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "parts.hw").write_text("chip Gpu { power = 1 kW; }\n")
    return ["query", "parts.hw", "count(Gpu)"]
