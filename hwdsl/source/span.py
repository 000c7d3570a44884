"""A place in a source text."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Half-open character range `start..end` of the file named `file` (the display path, as given by the user)."""

    file: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The range from the start of this span to the end of `other`."""
        return Span(self.file, self.start, max(self.end, other.end))


NO_SPAN = Span("", 0, 0)
"""For things that stand in no file (a command-line argument, a builtin)."""
