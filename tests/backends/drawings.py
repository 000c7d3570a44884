"""What the tests of the drawings and the report share: the designs, and reading SVG back."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from hwdsl.api import Design, Session

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).resolve().parent / "data"
EXAMPLES = ("nvl72", "cloudmatrix384", "dgx_h100", "scale")
EVERY = (*EXAMPLES, "pod", "plant", "ring")


@cache
def design(name: str, mode: str | None = None, **parameters: str) -> Design:
    """An example or a design of the test data, opened."""
    path = (ROOT / "examples" if name in EXAMPLES else DATA) / f"{name}.hw"
    session = Session(cache_dir=None)
    opened = session.open(str(path), parameters=parameters, mode=mode)
    assert opened is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return opened


def of_text(text: str) -> Design:
    """A design given as text."""
    session = Session(cache_dir=None)
    opened = session.open_text(text, "design.hw")
    assert opened is not None, session.report()
    return opened


def texts(svg: str) -> list[str]:
    """All texts of an SVG document, in order."""
    root = ElementTree.fromstring(svg)
    return ["".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text")]


def box_of(svg: str) -> tuple[float, float]:
    """Width and height of the view box."""
    values = ElementTree.fromstring(svg).attrib["viewBox"].split()
    return float(values[2]), float(values[3])
