"""Comments of a text: the side table that a formatter puts back."""

from __future__ import annotations

import re

from hwdsl.source.span import Span
from hwdsl.source.text import SourceText

_PIECE = re.compile(r'"(?:\\.|[^"\\\n])*"?|(//[^\n]*)')


def comments(source: SourceText) -> list[tuple[Span, str]]:
    """(place, text with its slashes) of every comment, `//`, `///` and `//!` alike, in text order."""
    found = []
    for match in _PIECE.finditer(source.text):
        if match[1] is not None:
            text = match[1].rstrip()
            found.append((Span(source.path, match.start(1), match.start(1) + len(text)), text))
    return found
