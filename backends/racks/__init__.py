"""racks.svg: front views of the racks, from the `place` statements; identical racks are drawn once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.backend_api import API, Options

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.sink import Sink


class Racks:
    """The backend `racks`."""

    name = "racks"
    summary = "what stands where"
    api = API
    artefacts = ("racks.svg",)
    needs = "L0"

    def emit(self, design: Design, sink: Sink, options: Options) -> None:
        """Write the elevations; a design without racks or placement gets a picture that says so."""
        from hwdsl.backends.racks.elevation import floor
        from hwdsl.backends.racks.svg import svg_text

        sink.text("racks.svg", svg_text(floor(design)))


BACKEND = Racks()
