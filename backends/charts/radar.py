"""Designs side by side as a radar: one axis a figure, each scaled to the best of the sides, with the values printed.

Outward is better on every axis: where less is better, the axis is of what is had for it (accelerators a kilowatt, not watts an
accelerator), that is, the inverse. A side without a figure has a gap there, no zero; a bound is drawn hollow.
"""

from __future__ import annotations

from math import cos, pi, sin

from hwdsl.backends.charts.sheet import HEAD, MARGIN, SMALL, Sheet
from hwdsl.backends.drawing.text import width
from hwdsl.perf.compare.result import Amount, Comparison, Row
from hwdsl.perf.compare.table import valued

_LEAST_R, _MORE_R = 210.0, 24.0
"""Radius for up to three sides, and how much each further side adds: its values stand at every axis."""
_AXES = (
    "accelerators", "domain", "memory", "memory_bandwidth", "injection", "injection_each", "bisection", "all_to_all_each",
    "scale_out", "mean_hops", "power_per_{format}", "modules_each",
)
_FEWEST, _MOST = 3, 12


def axes(c: Comparison) -> list[Row]:
    """The rows that become axes: those for which two sides or more have a value above zero (and, where less is better, none has
    zero: nothing can be scaled to that)."""
    ops = next((r for r in c.rows if r.group == "compute" and "_" not in r.key and r.unit
                and sum(a.value is not None for a in r.amounts) == len(c.sides)), None)
    wanted = ["accelerators", *([ops.key] if ops is not None else []),
              *(k.format(format=ops.key if ops is not None else "bf16") for k in _AXES[1:])]
    rows = {r.key: r for r in c.rows}
    usable = [rows[k] for k in wanted if k in rows and sum(bool(a.value) for a in rows[k].amounts) > 1]
    return [r for r in usable if r.better != "less" or all(a.value != 0 for a in r.amounts)][:_MOST]


def share(row: Row, a: Amount) -> float | None:
    """How far out an amount lies, 0 to 1 for the best of the row; None where it has no value, or no finite one."""
    values = [x.value for x in row.amounts if x.value]
    if not a.value or not values:
        return None
    return min(values) / a.value if row.better == "less" else a.value / max(values)


def radar_svg(c: Comparison, heading: bool = True) -> str:
    """The picture; "" where fewer than three figures are had by two sides."""
    rows = axes(c)
    if len(rows) < _FEWEST:
        return ""
    side = max(_label_room(c, r) for r in rows) + 26
    radius = _LEAST_R + _MORE_R * max(0, len(c.sides) - 3)
    sheet = Sheet("hwcr", "Side by side", max(2 * (MARGIN + side + radius), 720.0))
    sheet.series = len(c.sides)
    subtitle = "Each axis is scaled to the best of the sides; outward is better (where less is better, the axis is inverted)."
    top = sheet.heading(subtitle, heading)
    for k, s in enumerate(c.sides):
        sheet.line([(MARGIN, top + 6), (MARGIN + 26, top + 6)], f"s{k}", 2.4, _DASHES[k % len(_DASHES)])
        sheet.mark(MARGIN + 13, top + 6, k, f"f{k}")
        sheet.text(MARGIN + 36, top + 10, f"{s.label}: {s.accelerators}", HEAD, f"b t{k}")
        top += 20
    cx, cy = sheet.wide / 2, top + 66 + 14 * len(c.sides) + radius
    _grid(sheet, cx, cy, len(rows), radius)
    for k in range(len(c.sides)):
        _side(sheet, cx, cy, rows, k, radius)
    for ring in (0.25, 0.5, 0.75):
        sheet.text(cx + 5, cy - radius * ring - 3, f"{ring * 100:.0f} %", 10, "muted halo")
    lowest = cy + radius
    for n, r in enumerate(rows):
        lowest = max(lowest, _label(sheet, cx, cy, c, r, n, len(rows), radius))
    notes = ["A gap: the figure is not published, or the side has no such thing. Hollow mark: a bound, not the figure itself."]
    return sheet.svg(sheet.notes(lowest + 12, notes) + MARGIN)


_DASHES = ("", "8 4", "2 4", "10 3 2 3")


def _point(cx: float, cy: float, n: int, count: int, r: float) -> tuple[float, float]:
    angle = 2 * pi * n / count
    return cx + r * sin(angle), cy - r * cos(angle)


def _grid(sheet: Sheet, cx: float, cy: float, count: int, radius: float) -> None:
    for ring in (0.25, 0.5, 0.75, 1.0):
        corners = [_point(cx, cy, n, count, radius * ring) for n in range(count)]
        sheet.line([*corners, corners[0]], "grid", 1.0)
    for n in range(count):
        sheet.line([(cx, cy), _point(cx, cy, n, count, radius)], "grid")


def _side(sheet: Sheet, cx: float, cy: float, rows: list[Row], k: int, radius: float) -> None:
    found = [share(r, r.amounts[k]) for r in rows]
    points = [None if s is None else _point(cx, cy, n, len(rows), radius * s) for n, s in enumerate(found)]
    if all(p is not None for p in points):
        sheet.area([p for p in points if p is not None], f"f{k}")
    dash = _DASHES[k % len(_DASHES)]
    for n, p in enumerate(points):
        following = points[(n + 1) % len(points)]
        if p is not None and following is not None:
            sheet.line([p, following], f"s{k}", 2.4, dash)
    for r, p in zip(rows, points):
        if p is not None:
            css = f"f{k}" if r.amounts[k].known else f"hollow s{k}"
            sheet.mark(p[0], p[1], k, css, f"{r.label}: {valued(r, r.amounts[k])}")


def _label_room(c: Comparison, r: Row) -> float:
    return max(width(r.label, SMALL, bold=True), *(width(valued(r, a), SMALL) for a in r.amounts[:len(c.sides)]))


def _label(sheet: Sheet, cx: float, cy: float, c: Comparison, r: Row, n: int, count: int, radius: float) -> float:
    """The name of an axis and the value of each side, outside its end; how far down they reach."""
    x, y = _point(cx, cy, n, count, radius + 18)
    lines = 1 + len(c.sides)
    middle = abs(x - cx) < 1
    anchor = "middle" if middle else "" if x > cx else "end"
    high = 14.0 * lines
    down = (y - cy) / radius  # labels at the top end above the web, those at the bottom begin below it
    start = y - high * (1 - down) / 2 + 10 if abs(down) < 1 else y - high + 10 if down < 0 else y + 10
    sheet.text(x, start, r.label + (" (less is better)" if r.better == "less" else ""), SMALL, "b halo", anchor)
    for k, a in enumerate(r.amounts):
        sheet.text(x, start + 14 * (k + 1), valued(r, a), SMALL, f"t{k} halo", anchor)
    return start + 14 * lines
