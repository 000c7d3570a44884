"""topology.dot and topology.svg: the design drawn from L0, repeated structure collapsed.

`scene` says what is drawn, `dot` and `svg` write it, `layout` (Graphviz) or `tiers` (our own) says where it stands, and `loops`
grows clusters around the loops at their boxes. The DOT text is the same on every machine; the bytes of the SVG depend on the
version of Graphviz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.backend_api import API, Options

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.backends.diagram.scene import Scene
    from hwdsl.backends.diagram.svg import Paint
    from hwdsl.diag import Diagnostics
    from hwdsl.sink import Sink

_LARGEST = 400
"""Boxes that Graphviz is asked to lay out; more take it minutes, and get our own layout."""


class Diagram:
    """The backend `diagram`."""

    name = "diagram"
    summary = "the logical topology, repeated structure collapsed"
    api = API
    artefacts = ("topology.dot", "topology.svg")
    needs = "L0"

    def emit(self, design: Design, sink: Sink, options: Options) -> None:
        """Write both files; where Graphviz cannot be used, say so and draw with the layout of our own."""
        from hwdsl.backends.diagram.dot import dot_text
        from hwdsl.backends.diagram.scene import scene

        drawn = scene(design)
        dot = dot_text(drawn)
        sink.text("topology.dot", dot)
        sink.text("topology.svg", draw(drawn, dot, sink.diagnostics))


def draw(drawn: Scene, dot: str, diagnostics: Diagnostics, *, heading: bool = True, paint: Paint | None = None) -> str:
    """The SVG of a scene; without its heading for a page that has one; its lines as `paint` says."""
    from hwdsl.backends.diagram.layout import LayoutUnavailable, graphviz_layout
    from hwdsl.backends.diagram.loops import with_room
    from hwdsl.backends.diagram.svg import svg_text
    from hwdsl.backends.diagram.tiers import tier_layout
    from hwdsl.diag import Diagnostic

    if len(drawn.boxes) <= _LARGEST:
        try:
            return svg_text(drawn, with_room(drawn, graphviz_layout(drawn, dot)), heading=heading, paint=paint)
        except LayoutUnavailable as e:
            diagnostics.add(
                Diagnostic(
                    "HW9010",
                    "note",
                    f"the topology is drawn with a simple layout: {e}",
                    help="topology.dot is complete; a working pygraphviz gives a better drawing",
                )
            )
    return svg_text(drawn, with_room(drawn, tier_layout(drawn)), heading=heading, paint=paint)


BACKEND = Diagram()
