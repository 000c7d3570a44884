"""The scene as DOT text: the artefact that any Graphviz draws, and the input of our own layout.

Canonical: boxes, clusters and edges in the order of the scene, two decimals, no font or engine of the machine in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hwdsl.backends.diagram.measure import (
    HEAD,
    LABEL,
    SMALL,
    TITLE,
    Size,
    box_lines,
    box_size,
    cluster_label_size,
    cluster_text,
    edge_label_size,
    line_width,
)
from hwdsl.backends.diagram.scene import Box, Cluster, Edge, Plane, Scene
from hwdsl.backends.drawing.palette import CATEGORIES, COOLANT_LINE, FAINT, INK, MUTED, PANEL, PLANES, POWER_LINE
from hwdsl.backends.drawing.text import clean, counted, escape
from hwdsl.ir.l0 import Path


def dot_text(scene: Scene) -> str:
    """The whole graph, with title and legend."""
    planes = {p.names: p for p in scene.planes}
    out = [
        f"digraph {quoted(scene.title)} {{",
        "  graph [rankdir=TB, compound=true, nodesep=0.42, ranksep=0.62, splines=true,",
        '         fontname="Helvetica", labelloc=t, labeljust=l,',
        f"         label=<{_heading(scene)}>];",
        f'  node [shape=box, style="rounded,filled", fontname="Helvetica", fontcolor="{INK}", margin="0"];',
        f'  edge [dir=none, fontname="Helvetica", fontsize={LABEL:g}, fontcolor="{INK}"];',
    ]
    children: dict[Path, list[Cluster]] = {}
    for c in scene.clusters:
        children.setdefault(c.path[:-1], []).append(c)
    boxes: dict[Path, list[Box]] = {}
    for b in scene.boxes:
        boxes.setdefault(b.cluster, []).append(b)
    _body((), children, boxes, out, "  ")
    out += [_edge(e, planes[e.plane], side) for e, side in zip(scene.edges, _loop_sides(scene.edges))]
    return "\n".join([*out, "}", ""])


def _heading(scene: Scene) -> str:
    """Title, subtitle and legend as one table."""
    rows = [f'<font point-size="{TITLE:g}"><b>{escape(scene.title)}</b></font>']
    said = [text for text in (scene.subtitle, scene.facts) if text]
    rows += [f'<font color="{MUTED}" point-size="{SMALL:g}">{escape(text)}</font>' for text in said]
    for p in scene.planes:
        mark = "━━" if p.nature == "data" else "╍╍"
        count = counted(p.links, "link") if p.links else "bus"
        label = f'<font point-size="{SMALL:g}">{escape(p.label)}: {count}</font>'
        rows.append(f'<font color="{plane_colour(p)}">{mark}</font>  {label}')
    cells = "".join(f'<tr><td align="left">{row}</td></tr>' for row in rows)
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="2">{cells}</table>'


def _body(path: Path, children: dict[Path, list[Cluster]], boxes: dict[Path, list[Box]], out: list[str], pad: str) -> None:
    out += [pad + _node(b) for b in boxes.get(path, [])]
    for c in children.get(path, []):
        head, more = cluster_text(c)
        size = cluster_label_size(c)
        text = f'<font point-size="{HEAD:g}"><b>{escape(head)}</b></font>'
        if more:
            text += f'<font point-size="{SMALL:g}" color="{MUTED}">  {escape(more)}</font>'
        out.append(f"{pad}subgraph {quoted('cluster_' + '.'.join(c.path))} {{")
        out.append(
            f'{pad}  graph [style="rounded,filled", color="{FAINT}", fillcolor="{_ground(len(c.path))}", margin=14, '
            f"labelloc={'b' if c.below else 't'}, labeljust=l, tooltip={quoted(c.tooltip)}, label=<{_cell(text, size)}>];"
        )
        _body(c.path, children, boxes, out, pad + "  ")
        out.append(pad + "}")


def _ground(depth: int) -> str:
    return PANEL if depth % 2 else "#ffffff"


def _cell(text: str, size: Size) -> str:
    """A cell of at least that size around a text, so that layout does not depend on the fonts of the machine."""
    cell = f'<td width="{size.w:.0f}" height="{size.h:.0f}">{text}</td>'
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr>{cell}</tr></table>'


def _node(b: Box) -> str:
    size = box_size(b)
    tint = CATEGORIES[b.category]
    lines = [
        f'<font point-size="{HEAD:g}"><b>{escape(t)}</b></font>' if head else f'<font point-size="{SMALL:g}">{escape(t)}</font>'
        for t, head in box_lines(b)
    ]
    look = f'fillcolor="{tint.fill}", color="{tint.line}"'
    if b.role == "pin":
        look = f'fillcolor="#ffffff", color="{MUTED}"'
    if b.role == "bus":
        look += ", penwidth=2"
    box = f"width={size.w / 72:.2f}, height={size.h / 72:.2f}"
    return f"{quoted(b.id)} [{box}, {look}, tooltip={quoted(b.tooltip)}, label=<{'<br/>'.join(lines)}>];"


def _loop_sides(edges: Sequence[Edge]) -> list[str]:
    """Side of the box for each edge that begins and ends there: a second loop stands on the other side of the first, whose
    label it would run through; "" leaves the side to Graphviz."""
    seen: dict[str, int] = {}
    out = []
    for e in edges:
        n = seen.get(e.a, 0) if e.a == e.b else 0
        if e.a == e.b:
            seen[e.a] = n + 1
        out.append("w" if n % 2 else "")
    return out


def _edge(e: Edge, plane: Plane, side: str) -> str:
    colour = plane_colour(plane)
    style = "" if plane.nature == "data" else ", style=dashed"
    text = "<br/>".join(escape(line) for line in e.lines)
    look = f'color="{colour}", penwidth={line_width(e.links):g}{style}, tooltip={quoted(e.tooltip)}'
    look += f", tailport={side}, headport={side}" if side else ""
    return f"  {quoted(e.a)} -> {quoted(e.b)} [{look}, label=<{_cell(text, edge_label_size(e))}>];"


def plane_colour(plane: Plane, dark: bool = False) -> str:
    """Line colour of a plane."""
    pair = (
        POWER_LINE
        if plane.nature == "power"
        else COOLANT_LINE
        if plane.nature == "coolant"
        else PLANES[plane.order % len(PLANES)]
    )
    return pair[dark]


def quoted(text: str) -> str:
    """A DOT string: quotes and backslashes escaped, line ends as the two characters that Graphviz reads as one."""
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
