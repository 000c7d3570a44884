"""A sheet to draw on: SVG pieces under one CSS class, with a title, axes and labels that step aside for each other."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, floor, log10, pi, sin

from hwdsl.backends.drawing.palette import (
    DARK_FAINT,
    DARK_GROUND,
    DARK_INK,
    DARK_MUTED,
    DARK_PANEL,
    FAINT,
    GROUND,
    INK,
    MUTED,
    PANEL,
    PLANES,
)
from hwdsl.backends.drawing.text import FONTS, escape, opening, width, wrapped

MARGIN = 28.0
TITLE, HEAD, TEXT, SMALL = 18.0, 13.0, 12.0, 11.0
"""Font sizes."""


class Sheet:
    """Pieces of one picture. `css` is its class, so that several may stand on one page; `wide` its width in points."""

    def __init__(self, css: str, title: str, wide: float) -> None:
        self.css, self.title, self.wide = css, title, wide
        self.pieces: list[str] = []
        self.series = 0

    # ---------------------------------------------------------------- pieces
    def text(self, x: float, y: float, content: str, size: float = TEXT, css: str = "", anchor: str = "") -> None:
        """One line of text."""
        extra = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
        self.pieces.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{extra}>{escape(content)}</text>')

    def line(self, points: Sequence[tuple[float, float]], css: str, wide: float = 1.0, dash: str = "") -> None:
        """A chain of straight lines."""
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.pieces.append(f'<path class="{css}" d="{d}" stroke-width="{wide:g}" fill="none" stroke-linejoin="round"{dashed}/>')

    def area(self, points: Sequence[tuple[float, float]], css: str) -> None:
        """A filled polygon, see-through."""
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
        self.pieces.append(f'<path class="{css}" d="{d}" fill-opacity=".14" stroke="none"/>')

    def rect(self, x: float, y: float, w: float, h: float, css: str, tip: str = "", extra: str = "") -> None:
        """A box, with a tooltip."""
        body = f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{h:.1f}"{extra}'
        self.pieces.append(f"{body}><title>{escape(tip)}</title></rect>" if tip else f"{body}/>")

    def mark(self, x: float, y: float, kind: int, css: str, tip: str = "") -> None:
        """A mark of one of six shapes: what tells lines apart besides their colour."""
        r = 4.2
        title = f"<title>{escape(tip)}</title>" if tip else ""
        if kind % 6 == 0:
            self.pieces.append(f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{r:g}">{title}</circle>')
            return
        turns = {1: (4, 0.125), 2: (3, 0.25), 3: (4, 0.0), 4: (3, 0.75), 5: (6, 0.0)}
        n, start = turns[kind % 6]
        points = [(x + 1.2 * r * cos(2 * pi * (start + k / n)), y - 1.2 * r * sin(2 * pi * (start + k / n))) for k in range(n)]
        d = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points) + "Z"
        self.pieces.append(f'<path class="{css}" d="{d}">{title}</path>')

    # ---------------------------------------------------------------- heading, result
    def heading(self, subtitle: str, shown: bool = True) -> float:
        """Title and subtitle; where the picture may begin."""
        y = MARGIN
        if shown:
            y += TITLE * 0.8
            self.text(MARGIN, y, self.title, TITLE, "b")
            y += 4
        for line in wrapped(subtitle, self.wide - 2 * MARGIN, TEXT, 3):
            y += 17
            self.text(MARGIN, y, line, TEXT, "muted")
        return y + 18

    def notes(self, y: float, lines: Sequence[str]) -> float:
        """Remarks below the picture; where they end."""
        for note in lines:
            for line in wrapped(note, self.wide - 2 * MARGIN, SMALL, 3):
                y += 15
                self.text(MARGIN, y, line, SMALL, "muted")
        return y

    def svg(self, high: float, more_light: str = "", more_dark: str = "") -> str:
        """The document."""
        c = self.css
        light = (f".{c} text{{font-family:{FONTS};fill:{INK}}}.{c} .ground{{fill:{GROUND}}}.{c} .muted{{fill:{MUTED}}}"
                 f".{c} .b{{font-weight:600}}.{c} .axis{{stroke:{MUTED}}}.{c} .grid{{stroke:{FAINT}}}.{c} .panel{{fill:{PANEL}}}"
                 f".{c} .ink{{stroke:{INK}}}.{c} .dot{{fill:{INK};stroke:{GROUND}}}.{c} .halo{{stroke:{GROUND};stroke-width:4;"
                 "stroke-linejoin:round;paint-order:stroke}")
        dark = (f".{c} text{{fill:{DARK_INK}}}.{c} .ground{{fill:{DARK_GROUND}}}.{c} .muted{{fill:{DARK_MUTED}}}"
                f".{c} .axis{{stroke:{DARK_MUTED}}}.{c} .grid{{stroke:{DARK_FAINT}}}.{c} .panel{{fill:{DARK_PANEL}}}"
                f".{c} .ink{{stroke:{DARK_INK}}}.{c} .dot{{fill:{DARK_INK};stroke:{DARK_GROUND}}}"
                f".{c} .halo{{stroke:{DARK_GROUND}}}")
        light += f".{c} .hollow{{fill:{GROUND};stroke-width:2}}"
        dark += f".{c} .hollow{{fill:{DARK_GROUND}}}"
        for k in range(self.series):
            one, other = PLANES[k % len(PLANES)]
            light += f".{c} .s{k}{{stroke:{one}}}.{c} .f{k}{{fill:{one}}}.{c} text.t{k}{{fill:{one}}}"
            dark += f".{c} .s{k}{{stroke:{other}}}.{c} .f{k}{{fill:{other}}}.{c} text.t{k}{{fill:{other}}}"
        style = light + more_light + "@media screen and (prefers-color-scheme:dark){" + dark + more_dark + "}"
        return "\n".join([
            opening(c, self.wide, high), f'<title id="{c}-title">{escape(self.title)}</title>', f"<style>{style}</style>",
            f'<rect class="ground" width="{self.wide:.0f}" height="{high:.0f}"/>', *self.pieces, "</svg>", "",
        ])


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, at least `gap` apart and between `low` and `high` as far as they fit."""
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    out = [0.0] * len(wanted)
    last = low - gap
    for k in order:
        last = max(wanted[k], last + gap)
        out[k] = last
    limit = high
    for k in reversed(order):
        out[k] = min(out[k], limit)
        limit = out[k] - gap
    return out


def decades(low: float, high: float) -> list[float]:
    """Powers of ten from below `low` to above `high`, two at least."""
    first, last = floor(log10(low) + 1e-9), floor(log10(high) + 1 - 1e-9)
    return [10.0**k for k in range(first, max(first + 1, last) + 1)]


def room(words: Sequence[str], size: float) -> float:
    """Width of the widest of some lines."""
    return max((width(w, size) for w in words), default=0.0)
