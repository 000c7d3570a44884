"""performance.json: what each data plane of a design delivers, in closed forms. Needs L0; goes flat only within the memory
budget."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hwdsl.backends.perf.planes import compute

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.backend_api import Options
    from hwdsl.sink import Sink


class Perf:
    """Writes performance.json."""

    name = "perf"
    summary = "bandwidth, bisection, hops and collective times of each data plane"
    api = 1
    artefacts = ("performance.json",)
    needs = "L0"

    def emit(self, design: Design, sink: Sink, options: Options) -> None:
        """Evaluate every data plane and write the result."""
        data: dict[str, Any] = compute(design, options.progress)
        sink.text("performance.json", json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


BACKEND = Perf()

__all__ = ["BACKEND", "Perf", "compute"]
