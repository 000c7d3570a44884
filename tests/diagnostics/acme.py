"""A plug-in distribution for the cases of the plug-in table and the artefact sink."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hwdsl.backend_api import API, GROUP


class Rows:
    """A sound backend."""

    name = "rows"
    summary = "rows"
    api = API
    artefacts: tuple[str, ...] = ("rows.csv",)
    needs = "L0"

    def emit(self, design: Any, sink: Any, options: Any) -> None:
        """Write one row."""
        sink.text("rows.csv", f"{design.name}\n")


def design(folder: Path) -> None:
    """A design to compile."""
    (folder / "rack.hw").write_text("rack Rack { units = 48; }\ndesign = Rack;\n")


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str, target: str = "acme:Rows") -> None:
    """Make Python find a distribution `acme 1.2` that registers backends."""
    info = folder / "site" / "acme-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n")
    rows = "\n".join(f"{name} = {target}" for name in names or ("rows",))
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{rows}\n")
    monkeypatch.syspath_prepend(str(folder / "site"))
