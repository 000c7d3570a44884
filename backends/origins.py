"""How artefacts name places in the source: paths relative to the design's folder, those of the library as `std/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.backend_api import portable_path

if TYPE_CHECKING:
    from hwdsl.ir.json_values import Positions


def positions(design: Any) -> Positions:
    """Positions in the sources of a `hwdsl.api.Design`, the same on every machine."""
    from hwdsl.ir.json_values import Positions

    main = design.module.path
    known = design.root.cached("positions", lambda _: {})
    return Positions(design.session.sources, lambda shown: portable_path(shown, main), known)
