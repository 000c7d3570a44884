"""A comparison for a terminal: one aligned table, grouped, with the ratios to the first side, and notes below it."""

from __future__ import annotations

from collections.abc import Sequence

from hwdsl.perf.compare.result import Amount, Comparison, Row

_PREFIXES = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"),
             (1e-9, "n"))
_PREFIXED = ("FLOPS", "OPS", "B", "B/s", "s", "W")


def scale(row: Row) -> tuple[float, str]:
    """(size, name) of the unit a row is shown in: the one that fits its smallest value, or the next where the largest has
    outgrown that."""
    values = [abs(v) for a in row.amounts for v in (a.value, a.high) if v]
    if row.unit not in _PREFIXED or not values:
        return 1.0, row.unit
    most = max(values)
    least = min(values)
    ladder = [p for p in _PREFIXES if p[0] >= 1 or row.unit == "s"]
    k = next((k for k, p in enumerate(ladder) if least >= p[0] * (1 - 1e-9)), len(ladder) - 1)
    while k and most >= 3000 * ladder[k][0]:
        k -= 1
    return ladder[k][0], ladder[k][1] + row.unit


def number(x: float) -> str:
    """Four significant digits, whole numbers in full, thousands in groups."""
    if x == round(x) and abs(x) < 1e15:
        return f"{x:,.0f}"
    digits = 4
    magnitude = abs(x)
    places = digits - 1
    while magnitude >= 10 and places > 0:
        magnitude /= 10
        places -= 1
    while 0 < magnitude < 1 and places < 9:
        magnitude *= 10
        places += 1
    text = f"{x:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(a: Amount, size: float = 1.0) -> str:
    """An amount in a unit of that size: "350", ">= 5.976", "1 to 2", "unknown", "-" for none."""
    if a.bound == "none":
        return "-"
    if a.value is None:
        return "unknown"
    value = number(a.value / size)
    if a.bound == "in" and a.high is not None:
        return f"{value} to {number(a.high / size)}"
    return f"{a.bound} {value}" if a.bound else value


def valued(row: Row, a: Amount) -> str:
    """An amount of a row with its unit and marks, for pictures: "≥ 5.976 us*"."""
    size, unit = scale(row)
    if a.value is None:
        return shown(a)
    return f"{shown(a, size).replace('>=', '≥').replace('<=', '≤')}{f' {unit}' if unit else ''}{'*' if a.unverified else ''}"


def ratio_text(x: float | None) -> str:
    """ "2.57 x", "1/5.33", "=" where both are the same; "" where there is none."""
    if x is None or x == 0:
        return ""
    if abs(x - 1) < 5e-4:
        return "="
    return f"{_short(x)} x" if x > 1 else f"1/{_short(1 / x)}"


def _short(x: float) -> str:
    return f"{x:.2f}" if x < 100 else f"{x:,.0f}"


def comparison_lines(c: Comparison) -> list[str]:
    """Everything a terminal shows."""
    head = ["", "", *_headed([s.label for s in c.sides], "ratio")]
    rows: list[list[str]] = [head, ["", "", *_headed([s.accelerators for s in c.sides], "")]]
    group = ""
    for r in c.rows:
        if r.group != group:
            group = r.group
            rows.append([group])
        size, unit = scale(r)
        cells = [shown(a, size) + ("*" if a.unverified and a.value is not None else " ") for a in r.amounts]
        rows.append([f"  {r.label}", unit, *_interleaved(cells, [ratio_text(x) for x in r.ratios[1:]])])
    return [*_aligned(rows), "", *_notes(c)]


def _headed(words: Sequence[str], label: str) -> list[str]:
    return _interleaved([w + " " for w in words], [label] * (len(words) - 1))


def _interleaved(cells: Sequence[str], ratios: Sequence[str]) -> list[str]:
    """The first cell, then each with its ratio."""
    out = [cells[0]]
    for cell, r in zip(cells[1:], ratios):
        out += [cell, r]
    return out


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    whole = [r for r in rows if len(r) > 1]
    widths = [max(len(r[k]) for r in whole) for k in range(len(whole[0]))]
    return ["  ".join(c.ljust(w) if k < 2 else c.rjust(w) for k, (c, w) in enumerate(zip(r, widths))).rstrip() for r in rows]


def _notes(c: Comparison) -> list[str]:
    amounts = [a for r in c.rows for a in r.amounts]
    out = [f"ratio: to {c.sides[0].label}, where both are known exactly; rates are net, one direction"]
    if any(a.unverified and a.value is not None for a in amounts):
        out.append("*: rests on a figure whose source was not read, or on an assumption")
    if any(a.bound == "unknown" for a in amounts):
        out.append("unknown: not published, or not evaluated (the reason stands below)")
    if any(r.group.startswith("collectives") and a.missing for r in c.rows for a in r.amounts):
        out.append(">=, <= of collectives: latencies that nobody published are left out")
    if any(a.bound in (">=", "<=") and a.missing for r in c.rows if not r.group.startswith("collectives") for a in r.amounts):
        out.append(">=, <= elsewhere: figures that nobody published are left out")
    out += _costs(c)
    said: set[str] = set()
    for s in c.sides:
        alone = [r for r in s.remarks if sum(r in other.remarks for other in c.sides) == 1]
        out += [f"{s.label}: {r}" for r in alone]
        said |= set(alone)
    out += [r for r in dict.fromkeys(r for s in c.sides for r in s.remarks) if r not in said]
    return out + [f"not alike: {r}" for r in c.remarks]


def _costs(c: Comparison) -> list[str]:
    """What the figures of power and price cover."""
    out = []
    for r in c.rows:
        if r.key != "power" and not r.key.startswith("price."):
            continue
        for s, a in zip(c.sides, r.amounts):
            if a.bound == "none":
                continue
            words = [*(f"boundary {b}" for b in a.boundary), *a.figure, *([a.note] if a.note else [])]
            words += [f"{a.missing} part{'s' if a.missing > 1 else ''} without a figure"] if a.missing else []
            out.append(f"{r.key.partition('.')[0]} of {s.label}: {', '.join(words)}")
    return out
