"""Where the missing `}` of a text belong.

The grammar notices a missing `}` only at the end of the text, when everything that follows has been swallowed by the open body.
The writer's indentation tells much more: a body ends before the first line that is indented no deeper than the line that
opened it.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r'"(?:\\.|[^"\\\n])*"?|//[^\n]*|[{};]|\n[ \t]*+(?=[^\s/])')


def missing_closers(text: str, limit: int) -> list[tuple[int, int]]:
    """(offset where a `}` is missing, offset of the `{` it would close), in text order.

    Empty if as many close as open, or if more than `limit` are missing.

    Linear in the text. If the indentation contradicts the count of braces, the missing ones are put at the end of the text.
    """
    by_count, unmatched = _by_count(text)
    if not by_count or unmatched or len(by_count) > limit:
        return []
    guessed = _by_indentation(text)
    if len(guessed) == len(by_count):
        return guessed
    return [(len(text), opener) for opener in reversed(by_count)]


def _by_count(text: str) -> tuple[list[int], int]:
    """(offsets of the `{` left open at the end, number of `}` that close nothing)."""
    opened: list[int] = []
    unmatched = 0
    for match in _PIECE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}":
            if opened:
                opened.pop()
            else:
                unmatched += 1
    return opened, unmatched


def _by_indentation(text: str) -> list[tuple[int, int]]:
    """Closers so placed that no line stands left of, or level with, the line that opened the body it is in."""
    found: list[tuple[int, int]] = []
    opened: list[tuple[int, int]] = []
    indent = 0  # of the line on which the present statement began
    end = 0  # of the last sign that ends a statement
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece[0] == "\n":
            if text[end:match.start()].strip():
                continue  # the statement goes on
            indent = len(piece) - 1
            closes = text[match.end()] == "}"
            while opened and (opened[-1][1] > indent or (opened[-1][1] == indent and not closes)):
                found.append((match.start(), opened.pop()[0]))
        elif piece[0] == "/":
            if not text[end:match.start()].strip():
                end = match.end()
            continue
        elif piece == "{":
            opened.append((match.start(), indent))
        elif piece == "}" and opened:
            opened.pop()
        if piece[0] in "\n{};":
            end = match.end()
    found += [(len(text), opener) for opener, _ in reversed(opened)]
    return found
