"""Time against message size, by algorithm, with the lower bounds: both axes logarithmic, one panel a collective.

The model of every algorithm is latency + size / rate, so a line follows from one prediction; where another algorithm becomes the
fastest, the size is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2, log10

from hwdsl.backends.charts.operations import Scene, several_routings
from hwdsl.backends.charts.sheet import HEAD, MARGIN, SMALL, Sheet, decades, room, spread
from hwdsl.node import Record
from hwdsl.perf.study.result import Prediction
from hwdsl.perf.study.table import seconds

LEAST, MOST = 2.0**13, 2.0**37
"""Sizes shown, in bits: 1 KiB to 16 GiB."""
_PANEL_W, _PANEL_H, _LEFT = 460.0, 280.0, 64.0


class Line(Record):
    """Time = `latency` + size * `per_bit`, of all algorithms of these names; `bound` for lower bounds."""

    names: tuple[str, ...]
    latency: float
    per_bit: float
    bound: bool = False

    def at(self, bits: float) -> float:
        """Seconds."""
        return self.latency + bits * self.per_bit


class Bend(Record):
    """Lower bound of some algorithms: the greater of a time for latency and one for the transfer, which `name` gives."""

    name: str
    least: float
    per_bit: float
    names: tuple[str, ...] = ()

    def at(self, bits: float) -> float:
        """Seconds."""
        return max(self.least, bits * self.per_bit)


def lines_of(predictions: Sequence[Prediction]) -> list[Line]:
    """One line an algorithm; algorithms that take the same time share one."""
    routing = several_routings(predictions)
    found: dict[str, Line] = {}
    for p in predictions:
        name = _names(p, routing)
        if p.size and name not in found:
            found[name] = Line((name,), p.latency, p.transfer / p.size)
    out: list[Line] = []
    for line in found.values():
        for k, other in enumerate(out):
            if _close(line.latency, other.latency) and _close(line.per_bit, other.per_bit):
                out[k] = Line((*other.names, *line.names), other.latency, other.per_bit)
                break
        else:
            out.append(line)
    return out


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-3 * max(abs(a), abs(b))


def bounds_of(predictions: Sequence[Prediction]) -> list[Bend]:
    """The tightest lower bounds, those alike once."""
    out: list[Bend] = []
    routing = several_routings(predictions)
    for p in predictions:
        if not p.size or not p.bounds:
            continue
        least = max((b.seconds for b in p.bounds if b.name == "latency"), default=0.0)
        top = max((b for b in p.bounds if b.name != "latency"), key=lambda b: b.seconds, default=None)
        if top is None or not top.seconds:
            continue
        per_bit = top.seconds / p.size
        names = _names(p, routing)
        for k, b in enumerate(out):
            if _close(per_bit, b.per_bit) and _close(least, b.least):
                out[k] = Bend(b.name, b.least, b.per_bit, tuple(dict.fromkeys((*b.names, names))))
                break
        else:
            out.append(Bend(top.name, least, per_bit, (names,)))
    return out


def _names(p: Prediction, routing: bool) -> str:
    name = p.algorithm.replace("_", " ") or p.collective.replace("_", " ")
    return f"{name}, {p.routing}" if routing else name


def crossovers(lines: Sequence[Line], low: float = LEAST, high: float = MOST) -> list[tuple[float, Line, Line]]:
    """(bits, the fastest before, the fastest after) of every size at which another algorithm becomes the fastest."""
    if not lines:
        return []
    out: list[tuple[float, Line, Line]] = []
    at, now = low, min(lines, key=lambda line: (line.at(low), line.per_bit, line.names))
    while True:
        meet = [((x.latency - now.latency) / (now.per_bit - x.per_bit), x) for x in lines
                if x.per_bit < now.per_bit and x.latency > now.latency]
        following = min(((bits, x) for bits, x in meet if at < bits < high), key=lambda m: (m[0], m[1].per_bit, m[1].names),
                        default=None)
        if following is None:
            return out
        out.append((following[0], now, following[1]))
        at, now = following


def size_words(bits: float) -> str:
    """ "1 MiB", "3.2 MiB"."""
    for unit, n in (("GiB", 2**33), ("MiB", 2**23), ("KiB", 2**13), ("B", 8)):
        if bits >= n:
            x = bits / n
            return f"{x:.0f} {unit}" if x >= 100 or abs(x - round(x)) < 0.005 else f"{x:.3g} {unit}"
    return "0 B"


def times_svg(scene: Scene, heading: bool = True, tag: str = "") -> str:
    """The picture, `tag` tells it from others on a page; "" where no operation has a size."""
    panels: dict[str, list[Prediction]] = {}
    for p in scene.predictions:
        if p.size and p.time and p.flows is None:  # flows that come and go have no one size
            panels.setdefault(p.collective, []).append(p)
    if not panels:
        return ""
    lines = {name: (lines_of(own), bounds_of(own)) for name, own in panels.items()}
    label = max(room([*(_label(c) for c in found), *(_label(b, len(bounds)) for b in bounds)], SMALL)
                for found, bounds in lines.values())
    cell = _LEFT + _PANEL_W + label + 34
    columns = 1 if len(panels) == 1 else 2
    sheet = Sheet(f"hwct{tag}", "Time against message size", 2 * MARGIN + columns * cell)
    sheet.series = max(len(found) for found, _ in lines.values())
    missing = any(p.missing for own in panels.values() for p in own)
    y = sheet.heading(scene.words, heading)
    for k, (name, (found, bounds)) in enumerate(lines.items()):
        x0, y0 = MARGIN + (k % columns) * cell, y + (k // columns) * (_PANEL_H + 84)
        _panel(sheet, x0, y0, panels[name], found, bounds)
    bottom = y + -(-len(panels) // columns) * (_PANEL_H + 84) - 22
    notes = ["Solid: predicted, latency + size / rate. Dashed: lower bounds, on the line where it reaches them."]
    notes += ["Latencies that nobody published are left out: the true times are longer, most so for small messages."] * missing
    bottom = sheet.notes(bottom, notes)
    return sheet.svg(bottom + MARGIN)


def _label(curve: Line | Bend, bounds: int = 1) -> str:
    """The name of a curve; that of a bound says whose it is where there are several."""
    names = ", ".join(curve.names)
    if isinstance(curve, Line):
        return names
    few = names if len(curve.names) < 3 else f"{curve.names[0]} and {len(curve.names) - 1} more"
    return f"bound: {curve.name}, of {few}" if bounds > 1 else f"bound: {curve.name}"


def _panel(sheet: Sheet, x0: float, y0: float, own: Sequence[Prediction], lines: Sequence[Line], bounds: Sequence[Bend]) -> None:
    curves: list[Line | Bend] = [*lines, *bounds]
    ticks = decades(min(c.at(LEAST) for c in curves), max(c.at(MOST) for c in curves))
    left, top = x0 + _LEFT, y0 + 26
    low, high = log10(ticks[0]), log10(ticks[-1])

    def px(bits: float) -> float:
        return left + _PANEL_W * (log2(bits) - log2(LEAST)) / (log2(MOST) - log2(LEAST))

    def py(t: float) -> float:
        return top + _PANEL_H * (high - log10(t)) / (high - low)

    first = own[0]
    sheet.text(left, y0 + 12, f"{first.collective.replace('_', '-')} of {first.ranks} ranks", HEAD, "b")
    _axes(sheet, left, top, ticks, px, py)
    for k, line in enumerate(lines):
        sheet.line([(px(2.0**n), py(line.at(2.0**n))) for n in range(13, 38)], f"s{k}", 2.4)
        for n in range(15, 38, 4):
            bits, time = 2.0**n, line.at(2.0**n)
            sheet.mark(px(bits), py(time), k, f"f{k}", f"{_label(line)}: {size_words(bits)} in {seconds(time)}")
    for b in bounds:
        corner = [b.least / b.per_bit] if LEAST < b.least / b.per_bit < MOST else []
        sheet.line([(px(s), py(b.at(s))) for s in (LEAST, *corner, MOST)], "ink", 1.2, "5 5")
    wanted = [py(c.at(MOST)) + 4 for c in curves]
    for k, (c, y) in enumerate(zip(curves, spread(wanted, 15, top + 8, top + _PANEL_H))):
        sheet.text(left + _PANEL_W + 10, y, _label(c, len(bounds)), SMALL, f"b t{k}" if isinstance(c, Line) else "muted")
    for bits, _, after in crossovers(lines):
        x, y = px(bits), py(after.at(bits))
        sheet.pieces.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5" stroke-width="2"/>')
        right = x < left + _PANEL_W * 0.6
        words = f"{_label(after)} faster from {size_words(bits)}"
        sheet.text(x + (10 if right else -10), y + 18 if right else y - 12, words, SMALL, "halo", "" if right else "end")


def _axes(sheet: Sheet, left: float, top: float, ticks: Sequence[float], px: object, py: object) -> None:
    assert callable(px)
    assert callable(py)
    step = -(-len(ticks) // 9)
    for k, t in enumerate(ticks):
        sheet.line([(left, py(t)), (left + _PANEL_W, py(t))], "grid")
        if k % step == 0:
            value, unit = seconds(t).split(" ")
            sheet.text(left - 7, py(t) + 4, f"{float(value):g} {unit}", SMALL, "muted", "end")
    for n in range(13, 38, 4):
        sheet.line([(px(2.0**n), top), (px(2.0**n), top + _PANEL_H)], "grid")
        sheet.text(px(2.0**n), top + _PANEL_H + 16, size_words(2.0**n), SMALL, "muted", "middle")
    sheet.line([(left, top), (left, top + _PANEL_H), (left + _PANEL_W, top + _PANEL_H)], "axis")
    sheet.text(left + _PANEL_W / 2, top + _PANEL_H + 33, "size of the larger buffer of a rank", SMALL, "muted", "middle")
