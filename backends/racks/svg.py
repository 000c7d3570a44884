"""Rack elevations as an SVG document: front views, unit 1 at the bottom, unit numbers at the left, one colour a kind of part."""

from __future__ import annotations

from hwdsl.backends.drawing.palette import (
    CATEGORIES,
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
)
from hwdsl.backends.drawing.text import FONTS, escape, fitted, number, opening, width, wrapped
from hwdsl.backends.racks.elevation import Elevation, Floor, RowPlan, Thing

MARGIN, GAP = 28.0, 34.0
BODY, GUTTER, UNIT, SLOT, FRAME = 316.0, 30.0, 17.0, 28.0, 6.0
RACK = GUTTER + BODY + 2 * FRAME
PER_ROW = 4
LARGEST = 48
"""Distinct racks that are drawn; more are named."""


def svg_text(floor: Floor, *, heading: bool = True) -> str:
    """The drawing; without its title for a page that has one."""
    drawn = floor.racks[:LARGEST]
    tall = max((_natural(e) for e in drawn), default=0.0)
    columns = max(1, min(PER_ROW, len(drawn)))
    wide = max(columns * RACK + (columns - 1) * GAP, 440.0)
    if floor.rows:
        wide = max(wide, min(16, max(r.slots for r in floor.rows)) * 62.0)
    out: list[str] = []
    y = 8.0
    if heading:
        y = MARGIN + 16
        out = [_text(MARGIN, y, floor.title, 20, "b")]
        for line in wrapped(floor.subtitle, wide, 12, 2):
            y += 18
            out.append(_text(MARGIN, y, line, 12, "m"))
        y += 26
    for row in floor.rows:
        pieces, y = _row(row, y)
        out += pieces
    for k in range(0, len(drawn), columns):
        pieces, y = _rank(drawn[k : k + columns], y, tall)
        out += pieces
    pieces, y = _closing(floor, y, wide)
    out += pieces
    full = wide + 2 * MARGIN
    head = [
        opening("hwr", full, y + MARGIN - 12),
        f'<title id="hwr-title">Racks of {escape(floor.title)}</title>',
        f"<style>{_style(floor)}</style>",
        f'<rect class="ground" width="{full:.0f}" height="{y + MARGIN - 12:.0f}"/>',
    ]
    return "\n".join([*head, *out, "</svg>", ""])


def _style(floor: Floor) -> str:
    light = [
        f".hwr text{{font-family:{FONTS};fill:{INK}}}",
        f".hwr .ground{{fill:{GROUND}}}",
        f".hwr .m{{fill:{MUTED}}}",
        ".hwr .b{font-weight:600}",
        f".hwr .frame{{fill:{PANEL};stroke:{MUTED}}}",
        f".hwr .empty{{fill:{GROUND};stroke:{FAINT}}}",
    ]
    dark = [
        f".hwr text{{fill:{DARK_INK}}}",
        f".hwr .ground{{fill:{DARK_GROUND}}}",
        f".hwr .m{{fill:{DARK_MUTED}}}",
        f".hwr .frame{{fill:{DARK_PANEL};stroke:{DARK_MUTED}}}",
        f".hwr .empty{{fill:{DARK_GROUND};stroke:{DARK_FAINT}}}",
    ]
    for key in sorted(_shown(floor)):
        tint = CATEGORIES[key]
        light.append(f".hwr .k-{key}{{fill:{tint.fill};stroke:{tint.line}}}")
        dark.append(f".hwr .k-{key}{{fill:{tint.dark_fill};stroke:{tint.dark_line}}}")
    return "".join(light) + "@media screen and (prefers-color-scheme:dark){" + "".join(dark) + "}"


def _shown(floor: Floor) -> set[str]:
    return {x.category for e in floor.racks[:LARGEST] for x in e.things} | {c[2] for r in floor.rows for c in r.cells}


def _text(x: float, y: float, content: str, size: float, css: str = "", anchor: str = "") -> str:
    extra = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{extra}>{escape(content)}</text>'


def _rect(css: str, x: float, y: float, w: float, h: float, rx: float = 2) -> str:
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{rx:g}"/>'


# ---------------------------------------------------------------- rows of racks
def _row(row: RowPlan, top: float) -> tuple[list[str], float]:
    """A row from above: its places in order, sixteen to a line."""
    out = [
        _text(MARGIN, top + 10, f"{row.name}: {row.component}", 13, "b"),
        _text(
            MARGIN + width(f"{row.name}: {row.component}", 13, bold=True) + 10,
            top + 10,
            f"{row.slots} places in a row, from above; not to scale",
            11,
            "m",
        ),
    ]
    cells = {slot: (name, look) for slot, name, look in row.cells}
    y = top + 22
    for k in range(row.slots):
        if k and k % 16 == 0:
            y += 58
        x = MARGIN + (k % 16) * 62
        name, look = cells.get(k, ("", ""))
        out.append(f"<g><title>{escape(name or 'empty')} at slot {k} of {escape(row.name)}</title>")
        out.append(_rect(f"k-{look}" if look else "empty", x, y, 57, 32, 3))
        if name:
            out.append(_text(x + 28.5, y + 20, fitted(name, 54, 9.5), 9.5, "", "middle"))
        out.append(_text(x + 28.5, y + 43, str(k), 9, "m", "middle") + "</g>")
    return out, y + 76


# ---------------------------------------------------------------- racks
def _rank(racks: tuple[Elevation, ...], top: float, tall: float) -> tuple[list[str], float]:
    """Racks side by side, standing on one line."""
    heads = max(_head_height(e) for e in racks)
    each = [_each(e, tall) for e in racks]
    highs = [max(_grid(e)[2] * h, 60.0) + 2 * FRAME for e, h in zip(racks, each)]
    out: list[str] = []
    low = top + heads + max(highs)
    feet = 0.0
    for k, (e, unit, high) in enumerate(zip(racks, each, highs)):
        x = MARGIN + k * (RACK + GAP)
        out += _head(e, x, low - high - _head_height(e))
        out += _body(e, x, low - high, unit, high)
        foot = _foot(e, x, low + 16)
        out += foot
        feet = max(feet, 16.0 * len(foot))
    return out, low + 22 + feet + 12


def _head_lines(e: Elevation) -> list[str]:
    size = f"{e.units} U" if e.units is not None else f"{e.slots} slots" if e.slots is not None else ""
    first = [e.component] if e.name != e.component else []
    lines = [" · ".join([*first, *([size] if size else []), *([f"names of {e.first}"] if e.count > 1 else [])])]
    return [line for line in [*lines, " · ".join(e.facts)] if line]


def _head_height(e: Elevation) -> float:
    return 28.0 + 15 * len(_head_lines(e))


def _head(e: Elevation, x: float, top: float) -> list[str]:
    name = e.name + (f" × {number(e.count)}" if e.count > 1 else "")
    left = x + GUTTER
    out = [_text(left, top + 11, fitted(name, BODY, 14, bold=True), 14, "b")]
    for k, line in enumerate(_head_lines(e)):
        out.append(_text(left, top + 27 + 15 * k, fitted(line, BODY + 12, 11), 11, "m"))
    return out


def _grid(e: Elevation) -> tuple[str, int, int]:
    """What the rack is divided into: "U" or "slot", the first number, how many."""
    by_unit = [x for x in e.things if x.how == "U" and x.start is not None]
    by_slot = [x for x in e.things if x.how == "slot" and x.start is not None]
    if by_unit or (e.units is not None and not by_slot):
        return "U", 1, max([e.units or 0, *((x.start or 0) + x.size - 1 for x in by_unit)])
    return "slot", 0, max([e.slots or 0, *((x.start or 0) + x.size for x in by_slot)])


def _natural(e: Elevation) -> float:
    """Height of the divided part before racks are brought to one height."""
    how, _, count = _grid(e)
    return count * (UNIT if how == "U" or count > 20 else SLOT)


def _each(e: Elevation, tall: float) -> float:
    """Height of one unit or slot. The height of slots is not known: they fill the rack up to the tallest."""
    how, _, count = _grid(e)
    return UNIT if how == "U" or not count else min(max(tall / count, UNIT), 112.0)


def _body(e: Elevation, x: float, top: float, each: float, high: float) -> list[str]:
    how, first, count = _grid(e)
    left, low = x + GUTTER, top + high - FRAME
    out = [_rect("frame", left, top, BODY + 2 * FRAME, high, 4)]
    held = [t for t in e.things if t.how == how and t.start is not None]
    used = {u for t in held for u in range(t.start or 0, (t.start or 0) + t.size)}
    if count:
        out.append(_text(left - 5, top - 3, how, 9, "m", "end"))
    for k in range(count):
        y = low - (k + 1) * each
        if k + first not in used:
            out.append(_rect("empty", left + FRAME, y + 1, BODY, each - 2))
        out.append(_text(left - 5, y + each / 2 + 3, str(k + first), 9, "m", "end"))
    if not held:
        out.append(_text(left + FRAME + BODY / 2, low - high / 2 + FRAME + 4, "nothing is placed here", 12, "m", "middle"))
    for t in held:
        out += _thing(t, left + FRAME, low - ((t.start or 0) - first + t.size) * each, t.size * each)
    return out


def _thing(t: Thing, x: float, y: float, high: float) -> list[str]:
    size, parts = 10.5, t.contents.split(" · ") if t.contents else []
    name = fitted(t.name, BODY - 16, size, bold=True)
    out = [f"<g><title>{escape(t.tooltip)}</title>", _rect(f"k-{t.category}", x, y + 1, BODY, high - 2)]
    room = BODY - 30 - width(name, size, bold=True)
    below = wrapped(t.contents, BODY - 16, size, int((high - 24) // 15)) if high >= 40 and parts else []
    base = y + (high - 15 * len(below)) / 2 + 3.7
    beside = fitted(t.component, room, size) if below else _most([t.component, *parts], room, size)
    out += [_text(x + 8, base, name, size, "b"), *([_text(x + BODY - 8, base, beside, size, "m", "end")] if beside else [])]
    return [*out, *(_text(x + 8, base + 15 * (k + 1), line, size, "m") for k, line in enumerate(below)), "</g>"]


def _most(parts: list[str], room: float, size: float) -> str:
    """As many parts as fit, whole; at least the first, cut if it must be."""
    for n in range(len(parts), 0, -1):
        line = " · ".join(parts[:n]) + (" · …" if n < len(parts) else "")
        if width(line, size) <= room:
            return line
    return fitted(parts[0], room, size)


def _foot(e: Elevation, x: float, top: float) -> list[str]:
    """What else is in the rack, and what is not placed."""
    how = _grid(e)[0]
    loose = [t for t in e.things if t.how != how or t.start is None]
    lines = (
        [f"also here: {', '.join(f'{t.name} ({t.how} {t.start})' if t.start is not None else t.name for t in loose)}"]
        if loose
        else []
    )
    lines += [f"not placed: {', '.join(e.missing)}"] if e.missing else []
    broken = [piece for line in lines for piece in wrapped(line, BODY + 12, 11, 3)]
    return [_text(x + GUTTER, top + 4 + 16 * k, line, 11, "m") for k, line in enumerate(broken)]


# ---------------------------------------------------------------- below
def _closing(floor: Floor, top: float, wide: float) -> tuple[list[str], float]:
    """Legend, what is not placed, notes."""
    out: list[str] = []
    y = top
    kinds = [k for k in CATEGORIES if k in _shown(floor)]
    x = MARGIN
    for key in kinds:
        label = CATEGORIES[key].label
        out += [_rect(f"k-{key}", x, y - 2, 16, 12, 3), _text(x + 24, y + 8, label, 11)]
        x += 24 + width(label, 11) + 22
    y += 28 if kinds else 0
    notes = list(floor.notes)
    if len(floor.racks) > LARGEST:
        notes.append(f"{len(floor.racks) - LARGEST} more different racks are not drawn.")
    for note in notes:
        for line in wrapped(note, wide, 13, 3):
            out.append(_text(MARGIN, y + 8, line, 13))
            y += 20
    if floor.missing:
        for line in wrapped("Not placed: " + ", ".join(floor.missing) + ".", wide, 12, 6):
            out.append(_text(MARGIN, y + 8, line, 12, "m"))
            y += 18
    return out, y
