"""Designs side by side as grouped bars: a bar for each figure and side, scaled to the greatest, with value and ratio."""

from __future__ import annotations

from hwdsl.backends.charts.sheet import HEAD, MARGIN, SMALL, Sheet, room
from hwdsl.perf.compare.result import Comparison, Row
from hwdsl.perf.compare.table import ratio_text, valued

_TRACK, _BAR = 300.0, 12.0
_LEFT_OUT = ("links", "assemblies")


def bars_svg(c: Comparison, heading: bool = True) -> str:
    """The picture; "" where no side has a number."""
    rows = [r for r in c.rows if any(a.value for a in r.amounts) and r.key not in _LEFT_OUT and not r.key.endswith("_gap")]
    if not rows:
        return ""
    label = room([r.label for r in rows], SMALL) + 14
    facts = room([f"{valued(r, a)}   {_ratio(r, k)}" for r in rows for k, a in enumerate(r.amounts)], SMALL) + 24
    column = label + _TRACK + facts
    sheet = Sheet("hwcb", "Figure by figure", 2 * MARGIN + 2 * column + 24)
    sheet.series = len(c.sides)
    top = sheet.heading(f"Ratios are to {c.sides[0].label}. Bars of a figure are scaled to the greatest of them.", heading)
    for k, s in enumerate(c.sides):
        sheet.rect(MARGIN, top - 4, 22, _BAR, f"f{k}", "", _LOOKS[k % len(_LOOKS)])
        sheet.text(MARGIN + 32, top + 6, f"{s.label}: {s.accelerators}", HEAD, f"b t{k}")
        top += 20
    groups = list(dict.fromkeys(r.group for r in rows))
    high = {g: 30 + sum(_row_high(r) for r in rows if r.group == g) for g in groups}
    first = min(range(1, len(groups) + 1), key=lambda k: max(sum(high[g] for g in part) for part in (groups[:k], groups[k:])))
    lowest = top
    for x, part in ((MARGIN, groups[:first]), (MARGIN + column + 24, groups[first:])):
        y = top + 10
        for g in part:
            y = _group(sheet, x, y, g, [r for r in rows if r.group == g], label)
        lowest = max(lowest, y)
    notes = ["Outlined: a bound, not the figure itself (≥: figures that nobody published are left out).",
             "*: rests on a figure whose source was not read, or on an assumption."]
    return sheet.svg(sheet.notes(lowest, notes) + MARGIN)


_LOOKS = ("", ' fill-opacity=".75"', ' fill-opacity=".55"', ' fill-opacity=".4"')


def _row_high(r: Row) -> float:
    return len(r.amounts) * (_BAR + 3) + 9


def _ratio(r: Row, k: int) -> str:
    return ratio_text(r.ratios[k]) if k else ""


def _group(sheet: Sheet, x: float, y: float, name: str, rows: list[Row], label: float) -> float:
    sheet.text(x, y + 12, name, HEAD, "b")
    y += 24
    for r in rows:
        most = max((v for a in r.amounts for v in (a.value, a.high) if v), default=1.0)
        sheet.text(x + label - 8, y + len(r.amounts) * (_BAR + 3) / 2 + 3, r.label, SMALL, "", "end")
        for k, a in enumerate(r.amounts):
            sheet.rect(x + label, y, _TRACK, _BAR, "panel")
            end = _TRACK * (a.value or 0.0) / most
            if a.value and a.known:
                sheet.rect(x + label, y, end, _BAR, f"f{k}", f"{r.label}: {valued(r, a)}", _LOOKS[k % len(_LOOKS)])
            elif a.value:
                far = _TRACK * (a.high if a.high is not None else a.value) / most
                sheet.rect(x + label + 1, y + 1, far - 2, _BAR - 2, f"hollow s{k}", f"{r.label}: {valued(r, a)}",
                           ' stroke-width="1.6" stroke-dasharray="4 3"')
            words = valued(r, a)
            sheet.text(x + label + _TRACK + 8, y + _BAR - 2, words, SMALL, "" if a.value is not None else "muted")
            times = _ratio(r, k)
            if times:
                sheet.text(x + label + _TRACK + 20 + room([words], SMALL), y + _BAR - 2, times, SMALL, f"b t{k}")
            y += _BAR + 3
        y += 9
    return y + 8
