"""Text in drawings: how wide it is, how it is escaped, how numbers are printed.

Widths are those of Helvetica and Arial, a little enlarged, so that the fonts a viewer may have instead still fit.
"""

from __future__ import annotations

import re
import unicodedata

FONTS = (
    "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', 'Noto Sans', system-ui, 'PingFang SC', "
    "'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)
"""Font families for SVG and HTML: those of the system, then ones with Chinese, Japanese and Korean characters."""

_SAFETY = 1.14
_WIDTHS: dict[str, int] = {}
for _chars, _width in (
    ("ijl'|", 222),
    (" !,./:;I[]ft\\", 278),
    ("r-()`", 333),
    ('"', 355),
    ("*^", 430),
    ("ckvxyzsJ_", 510),
    ("abdeghnopqu0123456789L$?#", 556),
    ("FTZ+<=>~", 600),
    ("ABEKPSVXY&", 667),
    ("CDHNRUw", 722),
    ("GOQ", 778),
    ("Mm", 833),
    ("%W@", 970),
    ("×·…±≥≤–", 590),
):
    _WIDTHS.update(dict.fromkeys(_chars, _width))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line of text at a font size, in the unit of the size."""
    total = 0
    for c in text:
        known = _WIDTHS.get(c)
        if known is None:
            known = 1000 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 640
        total += known
    return total / 1000 * size * _SAFETY * (1.07 if bold else 1.0)


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `room`; "" where not even two characters fit."""
    if width(text, size, bold=bold) <= room:
        return text
    for n in range(len(text) - 1, 1, -1):
        cut = text[:n].rstrip() + "…"
        if width(cut, size, bold=bold) <= room:
            return cut
    return ""


def wrapped(text: str, room: float, size: float, lines: int = 2) -> list[str]:
    """The text broken at blanks into at most `lines` lines; the last is cut with an ellipsis when words are left over."""
    out: list[str] = []
    words = text.split()
    while words and len(out) < lines:
        taken = 1
        while taken < len(words) and width(" ".join(words[: taken + 1]), size) <= room:
            taken += 1
        if len(out) == lines - 1:
            taken = len(words)
        out.append(fitted(" ".join(words[:taken]), room, size))
        words = words[taken:]
    return out


def clean(text: str) -> str:
    """The text without the characters that XML does not allow."""
    return "".join(
        c
        if c in "\t\n\r" or (c >= " " and c != "\x7f" and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
        else "\ufffd"
        for c in text
    )


def escape(text: str) -> str:
    """For XML and HTML, in elements and in attributes with either kind of quote."""
    return (
        clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#39;")
    )


def opening(css: str, w: float, h: float) -> str:
    """The opening tag of an SVG document of class `css`, titled by the element `css`-title."""
    size = f'viewBox="0 0 {w:.0f} {h:.0f}" width="{w:.0f}" height="{h:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{css}-title" class="{css}">'


def number(n: int) -> str:
    """A count for readers: groups of three from five digits on ("5376", "32,017,536")."""
    return str(n) if abs(n) < 10_000 else f"{n:,}"


def grouped(text: str) -> str:
    """A printed value with its long whole numbers in groups of three: "3,000,000 USD"."""
    return re.sub(r"(?<![\w.,])\d{5,}(?![\d.]*\w)", lambda m: f"{int(m[0]):,}", text)


def counted(n: int, word: str) -> str:
    """ "1 link", "5376 links"."""
    return f"{number(n)} {word}{'' if n == 1 else 's'}"


def times(dims: tuple[int, ...]) -> str:
    """Sizes of an array as a factor: "× 18", "× 7 × 8"; "" for a single thing."""
    return " ".join(f"× {number(d)}" for d in dims)
