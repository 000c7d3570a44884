"""Utilisation by tier: for each operation, how busy the links of each tier are while it runs."""

from __future__ import annotations

from hwdsl.backends.charts.operations import Scene, largest, named, percent, rate_words, several_routings
from hwdsl.backends.charts.sheet import HEAD, MARGIN, SMALL, Sheet, room
from hwdsl.backends.drawing.text import counted
from hwdsl.perf.study.result import Prediction, TierUse
from hwdsl.perf.study.table import seconds

_BAR, _ROW = 14.0, 24.0
_TRACK = 340.0
_MOST_TIERS = 12


def tiers_svg(scene: Scene, heading: bool = True, tag: str = "") -> str:
    """The picture, `tag` tells it from others on a page; "" where no operation says what its tiers do."""
    own = [p for p in largest(scene.predictions) if any(t.utilisation is not None for t in p.tiers)]
    if not own:
        return ""
    routing = several_routings(own)
    shown = [[t for t in p.tiers if t.utilisation is not None][:_MOST_TIERS] for p in own]
    label = room([t.label for tiers in shown for t in tiers], SMALL) + 12
    facts = room([_facts(t) for tiers in shown for t in tiers], SMALL) + 70
    sheet = Sheet(f"hwcu{tag}", "Utilisation by tier", 2 * MARGIN + label + _TRACK + facts)
    sheet.series = 2
    y = sheet.heading(scene.words, heading)
    for p, tiers in zip(own, shown):
        y = _operation(sheet, y, p, tiers, label, routing)
    limited = any(len(p.tiers) > _MOST_TIERS for p in own)
    notes = ["Bar: time that the busiest link of the tier is busy, over the time of the operation. The line across: its mean."]
    notes += ["≤ and a dashed end: an upper bound, the tier does not limit."] * any(t.at_most for tiers in shown for t in tiers)
    notes += [f"The {_MOST_TIERS} busiest tiers of each operation are shown."] * limited
    return sheet.svg(sheet.notes(y - 4, notes) + MARGIN)


def _facts(t: TierUse) -> str:
    each = f", {rate_words(t.capacity)} each" if t.capacity is not None else ""
    return f"{'≤ ' if t.at_most else ''}100.0 %  {counted(t.links, 'link')}{each}"


def _operation(sheet: Sheet, y: float, p: Prediction, tiers: list[TierUse], label: float, routing: bool) -> float:
    time = "" if p.time is None else f" in {'≥ ' if p.missing else ''}{seconds(p.time)}"
    sheet.text(MARGIN, y + 12, f"{named(p, routing)}, {p.size_text}{time}", HEAD, "b")
    y += 22
    left = MARGIN + label
    for k, t in enumerate(tiers):
        used = t.utilisation or 0.0
        mean = used * t.mean / t.busiest if t.busiest else 0.0
        sheet.rect(left, y, _TRACK, _BAR, "panel")
        tip = f"{t.label}: busy {seconds(t.busiest)}, mean {seconds(t.mean)}"
        sheet.rect(left, y, _TRACK * used, _BAR, "f0", tip, "" if k == 0 else ' fill-opacity=".55"')
        if t.at_most:
            sheet.line([(left + _TRACK * used, y), (left + _TRACK * used, y + _BAR)], "s1", 3, "3 2")
        sheet.line([(left + _TRACK * mean, y - 3), (left + _TRACK * mean, y + _BAR + 3)], "ink", 1.6)
        sheet.text(left - 8, y + _BAR - 3, t.label, SMALL, "", "end")
        each = f", {rate_words(t.capacity)} each" if t.capacity is not None else ""
        sheet.text(left + _TRACK + 8, y + _BAR - 3, f"{'≤ ' if t.at_most else ''}{percent(used)}", SMALL, "b")
        sheet.text(left + _TRACK + 66, y + _BAR - 3, f"{counted(t.links, 'link')}{each}", SMALL, "muted")
        y += _ROW
    return y + 14
