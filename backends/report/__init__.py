"""report.html: the whole design on one page that needs nothing else: no network, no script; for screen, paper and ear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.backend_api import API, Options

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.diag import Diagnostics
    from hwdsl.sink import Sink


class Report:
    """The backend `report`."""

    name = "report"
    summary = "all of it on one page that works offline"
    api = API
    artefacts = ("report.html",)
    needs = "L0"

    def emit(self, design: Design, sink: Sink, options: Options) -> None:
        """Write the page, with the drawings in it."""
        sink.text("report.html", page(design, sink.diagnostics, options.progress))


def page(design: Design, diagnostics: Diagnostics, progress: Any = None) -> str:
    """The HTML of the page."""
    from hwdsl import __version__
    from hwdsl.backends.diagram import draw
    from hwdsl.backends.diagram.dot import dot_text
    from hwdsl.backends.diagram.scene import scene
    from hwdsl.backends.racks.elevation import floor
    from hwdsl.backends.racks.svg import svg_text
    from hwdsl.backends.report.content import content
    from hwdsl.backends.report.pictures import plane_pictures
    from hwdsl.backends.report.planes import performance

    drawn = scene(design)
    planes, why_none = performance(design, progress)
    template = environment("hwdsl.backends.report").get_template("report.html.j2")
    html: str = template.render(
        page=content(design),
        topology=draw(drawn, dot_text(drawn), diagnostics, heading=False),
        racks=svg_text(floor(design), heading=False),
        performance=planes,
        pictures=plane_pictures(design, diagnostics, progress),
        why_none=why_none,
        version=__version__,
    )
    return html


def environment(package: str) -> Any:
    """Jinja for the templates of a package, and beside them the style and the filter of the report.

    Undefined names are errors; everything is escaped but what a template marks safe.
    """
    import re
    from importlib.resources import files

    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup, escape

    from hwdsl.backends.drawing.text import FONTS, clean

    own, shared = files(package), files("hwdsl.backends.report")

    def load(name: str) -> str:
        place = own.joinpath(name)
        return (place if place.is_file() else shared.joinpath(name)).read_text(encoding="utf-8")

    env = Environment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    env.globals["fonts"] = FONTS
    env.filters["breakable"] = lambda value: Markup(re.sub(r"(?<=[\])\w])([.(,])(?!\.)", r"\1<wbr>", str(escape(clean(value)))))
    env.filters["ticked"] = lambda value: Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(clean(value)))))
    return env


BACKEND = Report()
