"""One source line on a terminal: display columns, tabs, wide characters, windows over long lines.

Source text is shown, never obeyed by the terminal: control characters, bidirectional overrides and lone surrogates become U+FFFD.
"""

from __future__ import annotations

from hwdsl.node import Record

TAB = 4
_GAP = "..."
_LEAST, _MOST = 8, 32
"""Columns of context to keep left of a mark when a line is cut."""
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\n"


class Shown(Record):
    """A line as glyphs; `starts[i]` is the display column of character i, `starts[-1]` the width of the line."""

    glyphs: tuple[str, ...]
    starts: tuple[int, ...]


class View(Record):
    """What fits of a line: its text, and the display column (of the whole line) at which the cut begins and ends.

    `shift` is what to add to a column of the line to get a column of `text`.
    """

    text: str
    left: int
    right: int
    shift: int


def clean(text: str) -> str:
    """`text` without characters that would steer a terminal; tabs and line ends stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _BLANKS else "\ufffd" for c in text)


def width_of(char: str) -> int:
    """Terminal columns of one printable character: 0 (combining), 1 or 2 (wide)."""
    if char < "\u0300":
        return 1
    from unicodedata import category, east_asian_width

    return 0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "WF" else 1


def show(line: str) -> Shown:
    """Lay a source line out: tabs to stops of `TAB` columns, wide characters on two."""
    if line.isascii() and line.isprintable():
        return Shown(tuple(line), tuple(range(len(line) + 1)))
    glyphs, starts, at = [], [], 0
    for char in line:
        starts.append(at)
        glyph = " " * (TAB - at % TAB) if char == "\t" else clean(char)
        width = len(glyph) if char == "\t" else width_of(glyph)
        glyphs.append(glyph)
        at += width
    starts.append(at)
    return Shown(tuple(glyphs), tuple(starts))


def column(shown: Shown, index: int) -> int:
    """Display column of the character at `index`; one past the end of the line and beyond is its width."""
    return shown.starts[min(index, len(shown.starts) - 1)]


def view(shown: Shown, start: int, end: int, room: int) -> View:
    """The part of a line that fits in `room` columns and shows display columns `start..end` with context on both sides."""
    total = shown.starts[-1]
    if total <= room:
        return View("".join(shown.glyphs), 0, total + 1, 0)
    gap = len(_GAP)
    inner = max(room - 2 * gap, 8)
    spare = max(inner - (end - start), 0)
    left = start - min(max(spare // 2, _LEAST), _MOST)
    right = left + inner
    if left <= gap:
        left, right = 0, inner + gap
    elif right >= total - gap:
        left, right = total - inner - gap, total
    # Whole characters only: a cut never splits a wide one.
    kept = [i for i in range(len(shown.glyphs)) if shown.starts[i] >= left and shown.starts[i + 1] <= right]
    if not kept:
        return View(_GAP, left, right, -left)
    left, right = shown.starts[kept[0]], shown.starts[kept[-1] + 1]
    before = _GAP if left > 0 else ""
    after = _GAP if right < total else ""
    text = "".join(shown.glyphs[kept[0]:kept[-1] + 1])
    return View(before + text + after, left, right if after else right + 1, len(before) - left)
