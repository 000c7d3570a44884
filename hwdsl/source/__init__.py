"""Source texts and places in them. Bottom layer: imports nothing of the project."""

from hwdsl.source.span import NO_SPAN, Span
from hwdsl.source.text import SourceText

__all__ = ["NO_SPAN", "SourceText", "Span"]
