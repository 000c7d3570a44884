"""design.json: the symbolic IR of a design for other programs, in the format of `hwdsl.ir.json_io`."""

from __future__ import annotations

from typing import Any

from hwdsl.backend_api import API, Options, portable_path
from hwdsl.sink import Sink


class DesignJson:
    """Writes design.json; its size depends on the text of the design, not on the number of parts or links."""

    name = "json"
    summary = "the symbolic model, for other programs"
    api = API
    artefacts = ("design.json",)
    needs = "L0"

    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        """Write the IR below the design's root."""
        from hwdsl.ir.json_io import dump, dumps

        del options
        main = design.module.path
        data = dump(design.root, design.session.sources, lambda shown: portable_path(shown, main))
        sink.text("design.json", dumps(data))


BACKEND = DesignJson
