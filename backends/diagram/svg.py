"""Scene and geometry as an SVG document: crisp text in the reader's own fonts, tooltips, light and dark ground, scalable."""

from __future__ import annotations

from hwdsl.backends.diagram.dot import plane_colour
from hwdsl.backends.diagram.layout import Geometry, Point, Rect
from hwdsl.backends.diagram.loops import samples
from hwdsl.backends.diagram.measure import (
    BOX_PAD_Y,
    HEAD,
    LABEL,
    LEADING,
    SMALL,
    TITLE,
    box_lines,
    cluster_label_size,
    cluster_text,
    edge_label_size,
    line_width,
)
from hwdsl.backends.diagram.scene import Box, Cluster, Edge, Plane, Scene
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
from hwdsl.backends.drawing.text import FONTS, counted, escape, opening, width, wrapped
from hwdsl.node import Record

MARGIN = 28.0
_LEGEND_ROW, _SWATCH = 18.0, 30.0
Entry = tuple[str, str, float]
"""Of a legend: drawing at the origin, label, width with the gap after it."""


class Paint(Record):
    """Another look of the lines than that of their planes.

    css          class of the drawing, that two of them may stand on one page
    lines        (class, width) of each edge, in the order of the scene
    light, dark  style of those classes
    legend       entries instead of those of planes
    """

    css: str
    lines: tuple[tuple[str, float], ...]
    light: str
    dark: str
    legend: tuple[Entry, ...]


def svg_text(scene: Scene, at: Geometry, *, heading: bool = True, paint: Paint | None = None) -> str:
    """The drawing: title above (unless the page around it has one), legend below."""
    css = paint.css if paint is not None else "hwt"
    bounds = _bounds(scene, at)
    planes = {p.names: p for p in scene.planes}
    wide = max(bounds.w, min(620.0, width(scene.title, TITLE, bold=True) + 40), 420.0 if paint is None else 600.0)
    titles, top = _heading(scene, wide) if heading else ([], 8.0)
    rows = _flow(_plane_items(scene) if paint is None else list(paint.legend), wide) + _flow(_kind_items(scene), wide)
    legend_height = len(rows) * _LEGEND_ROW
    full_w, full_h = wide + 2 * MARGIN, top + bounds.h + 26 + legend_height + MARGIN
    dx, dy = MARGIN + (wide - bounds.w) / 2 - bounds.x, top - bounds.y
    out = [
        opening(css, full_w, full_h),
        f'<title id="{css}-title">{"Topology of " if paint is None else ""}{escape(scene.title)}</title>',
        f"<style>{_style(scene, paint)}</style>",
        f'<rect class="ground" width="{full_w:.0f}" height="{full_h:.0f}"/>',
        *titles,
        f'<g transform="translate({dx:.1f} {dy:.1f})">',
    ]
    nested = sorted(scene.clusters, key=lambda c: (len(c.path), c.path))
    for c in nested:
        out += _cluster(c, at.clusters[c.path])
    for k, (e, curve) in enumerate(zip(scene.edges, at.curves)):
        look = (f"p{_index(planes[e.plane])}", line_width(e.links)) if paint is None else paint.lines[k]
        out += _edge(e, planes[e.plane], curve, *look)
    traces = [p for curve in at.curves for p in samples(curve)]
    for c in nested:
        out += _cluster_label(c, at.clusters[c.path], traces)
    for b in scene.boxes:
        out += _box(b, at.boxes[b.id])
    for e, centre in zip(scene.edges, at.labels):
        out += _edge_label(e, centre)
    out.append("</g>")
    out += _legend(rows, top + bounds.h + 26)
    return "\n".join([*out, "</svg>", ""])


def _style(scene: Scene, paint: Paint | None) -> str:
    """CSS under the class of this drawing, so that it may stand in a page; dark ground where the reader asks for it."""
    light = [
        f".hwt text{{font-family:{FONTS};fill:{INK}}}",
        f".hwt .ground{{fill:{GROUND}}}",
        f".hwt .muted{{fill:{MUTED}}}",
        ".hwt .b{font-weight:600}",
        f".hwt .c0{{fill:{GROUND};stroke:{FAINT}}}",
        f".hwt .c1{{fill:{PANEL};stroke:{FAINT}}}",
        f".hwt .pin{{fill:{GROUND};stroke:{MUTED}}}",
        f".hwt .halo,.hwt .halo0{{stroke:{GROUND}}}",
        f".hwt .halo1{{stroke:{PANEL}}}",
        ".hwt .halo,.hwt .halo0,.hwt .halo1{stroke-width:4;stroke-linejoin:round;paint-order:stroke}",
    ]
    dark = [
        f".hwt text{{fill:{DARK_INK}}}",
        f".hwt .ground{{fill:{DARK_GROUND}}}",
        f".hwt .muted{{fill:{DARK_MUTED}}}",
        f".hwt .c0{{fill:{DARK_GROUND};stroke:{DARK_FAINT}}}",
        f".hwt .c1{{fill:{DARK_PANEL};stroke:{DARK_FAINT}}}",
        f".hwt .pin{{fill:{DARK_GROUND};stroke:{DARK_MUTED}}}",
        f".hwt .halo,.hwt .halo0{{stroke:{DARK_GROUND}}}",
        f".hwt .halo1{{stroke:{DARK_PANEL}}}",
    ]
    for key in sorted({b.category for b in scene.boxes}):
        tint = CATEGORIES[key]
        light.append(f".hwt .k-{key}{{fill:{tint.fill};stroke:{tint.line}}}")
        dark.append(f".hwt .k-{key}{{fill:{tint.dark_fill};stroke:{tint.dark_line}}}")
    for k, p in sorted({_index(p): p for p in scene.planes}.items()):
        light.append(f".hwt .p{k}{{fill:none;stroke:{plane_colour(p)}}}")
        dark.append(f".hwt .p{k}{{stroke:{plane_colour(p, True)}}}")
    if paint is not None:
        light, dark = ([rule.replace(".hwt ", f".{paint.css} ") for rule in rules] for rules in (light, dark))
        light.append(paint.light)
        dark.append(paint.dark)
    return "".join(light) + "@media screen and (prefers-color-scheme:dark){" + "".join(dark) + "}"


def _heading(scene: Scene, wide: float) -> tuple[list[str], float]:
    """Title, subtitle and parameters; and where the drawing may begin."""
    y = MARGIN + TITLE * 0.8
    out = [text(MARGIN, y, scene.title, TITLE, "b")]
    for line in [*wrapped(scene.subtitle, wide, 12, 2), *wrapped(scene.facts, wide, 12, 2)]:
        y += 18
        out.append(text(MARGIN, y, line, 12, "muted"))
    return out, y + 24


def text(x: float, y: float, content: str, size: float, css: str = "", anchor: str = "") -> str:
    """One line of text."""
    extra = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{extra}>{escape(content)}</text>'


def _bounds(scene: Scene, at: Geometry) -> Rect:
    """The rectangle around everything, edge labels included."""
    r = at.bounds()
    x0, y0, x1, y1 = r.x, r.y, r.x + r.w, r.y + r.h
    for e, (x, y) in zip(scene.edges, at.labels):
        size = edge_label_size(e)
        x0, x1 = min(x0, x - size.w / 2), max(x1, x + size.w / 2)
        y0, y1 = min(y0, y - size.h / 2), max(y1, y + size.h / 2)
    return Rect(x0, y0, x1 - x0, y1 - y0)


def _cluster(c: Cluster, r: Rect) -> list[str]:
    return [
        f"<g><title>{escape(c.tooltip)}</title>",
        f'<rect class="c{len(c.path) % 2}" x="{r.x:.1f}" y="{r.y:.1f}" width="{r.w:.1f}" height="{r.h:.1f}" rx="10"/></g>',
    ]


def _cluster_label(c: Cluster, r: Rect, traces: list[Point]) -> list[str]:
    """The heading of a cluster, as far left as no edge runs through it; at the left, on ground of its own, where every place is
    crossed: the edge passes behind it."""
    head, more = cluster_text(c)
    w = cluster_label_size(c).w
    left, room = r.x + 14, max(0.0, r.w - 28 - w)
    top = r.y + r.h - 30 if c.below else r.y + 8
    crossing = [x for x, y in traces if top - 2 <= y <= top + 24]
    spots = sorted([left + room * k / 12 for k in range(13)] + [t + 6 for t in crossing if left <= t + 6 <= left + room])
    free = next((s for s in spots if not any(s - 5 <= t <= s + w + 5 for t in crossing)), None)
    x = left if free is None else free
    ground = f'<rect class="c{len(c.path) % 2}" style="stroke:none" x="{x - 4:.1f}" y="{top - 1:.1f}" '
    ground += f'width="{min(w + 8, r.x + r.w - 1 - x + 4):.1f}" height="24"/>'
    label = f'<tspan class="b">{escape(head)}</tspan>' + (
        f'<tspan class="muted" font-size="{SMALL:g}" dx="8">{escape(more)}</tspan>' if more else ""
    )
    return [*([ground] if free is None else []),
            f'<text class="halo{len(c.path) % 2}" x="{x:.1f}" y="{top + 4 + HEAD * 0.8:.1f}" font-size="{HEAD:g}">{label}</text>']


def _box(b: Box, r: Rect) -> list[str]:
    css = "pin" if b.role == "pin" else f"k-{b.category}"
    rx = 7 if b.role == "part" else r.h / 2
    thick = ' stroke-width="2"' if b.role == "bus" else ""
    out = [
        f"<g><title>{escape(b.tooltip)}</title>",
        f'<rect class="{css}" x="{r.x:.1f}" y="{r.y:.1f}" width="{r.w:.1f}" height="{r.h:.1f}" rx="{rx:.1f}"{thick}/>',
    ]
    lines = box_lines(b)
    y = r.y + (BOX_PAD_Y if b.role == "part" else 4)
    x = r.x + r.w / 2
    for content, head in lines:
        size = HEAD if head else SMALL
        y += size * LEADING
        out.append(
            text(x, y - size * (LEADING - 1) - 0.8, content, size, "b" if head else "muted" if b.role == "part" else "", "middle")
        )
    return [*out, "</g>"]


def _edge(e: Edge, plane: Plane, curve: tuple[Point, ...], css: str, wide: float) -> list[str]:
    path = f"M{curve[0][0]:.1f} {curve[0][1]:.1f}" + "".join(
        "C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in curve[k : k + 3]) for k in range(1, len(curve) - 2, 3)
    )
    dash = "" if plane.nature == "data" else ' stroke-dasharray="6 4"'
    return [
        f"<g><title>{escape(e.tooltip)}</title>",
        f'<path class="{css}" d="{path}" stroke-width="{wide:g}" stroke-linecap="round"{dash}/></g>',
    ]


def _edge_label(e: Edge, centre: Point) -> list[str]:
    size = edge_label_size(e)
    y = centre[1] - size.h / 2 + 2
    out = [f"<g><title>{escape(e.tooltip)}</title>"]
    for k, line in enumerate(e.lines):
        y += LABEL * LEADING
        out.append(text(centre[0], y - 3, line, LABEL, "halo" if k == 0 else "halo muted", "middle"))
    return [*out, "</g>"]


# ---------------------------------------------------------------- legend
def _plane_items(scene: Scene) -> list[Entry]:
    out = []
    for p in scene.planes:
        dash = "" if p.nature == "data" else ' stroke-dasharray="6 4"'
        mark = f'<path class="p{_index(p)}" d="M0 -4H22" stroke-width="3"{dash}/>'
        out.append(entry(mark, f"{p.label}: " + (counted(p.links, "link") if p.links else "bus")))
    return out


def _kind_items(scene: Scene) -> list[Entry]:
    shown = {b.category for b in scene.boxes if b.role != "pin"}
    return [
        entry(f'<rect class="k-{key}" x="3" y="-10" width="16" height="12" rx="3"/>', tint.label)
        for key, tint in CATEGORIES.items()
        if key in shown
    ]


def entry(mark: str, label: str) -> Entry:
    """An entry of the legend: `mark` is drawn at the origin, 22 wide."""
    return mark, label, _SWATCH + width(label, 11) + 22


def _flow(items: list[Entry], wide: float) -> list[list[Entry]]:
    """Entries broken into rows."""
    rows: list[list[Entry]] = []
    used = wide + 1
    for item in items:
        if used + item[2] - 22 > wide:
            rows.append([])
            used = 0.0
        rows[-1].append(item)
        used += item[2]
    return rows


def _legend(rows: list[list[Entry]], top: float) -> list[str]:
    out = []
    for k, row in enumerate(rows):
        x, y = MARGIN, top + k * _LEGEND_ROW + 12
        for mark, label, w in row:
            out.append(f'<g transform="translate({x:.1f} {y:.1f})">{mark}{text(_SWATCH, 0, label, 11)}</g>')
            x += w
    return out


def _index(plane: Plane) -> int:
    return plane.order if plane.nature == "data" else 100 + (plane.nature == "coolant")
