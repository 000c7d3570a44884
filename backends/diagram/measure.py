"""Sizes of the pieces of a topology drawing, in points. Both layouts and both writers (DOT, SVG) keep to them."""

from __future__ import annotations

from math import log10

from hwdsl.backends.diagram.scene import Box, Cluster, Edge
from hwdsl.backends.drawing.text import number, times, width
from hwdsl.node import Record

HEAD, SMALL, LABEL, TITLE = 13.0, 10.5, 10.5, 20.0
"""Font sizes: names of components, second lines, edge labels, the title."""
LEADING = 1.32
BOX_PAD_X, BOX_PAD_Y = 14.0, 9.0
CLUSTER_PAD = 16.0


class Size(Record):
    """Width and height in points."""

    w: float
    h: float


def box_lines(box: Box) -> list[tuple[str, bool]]:
    """Lines of a box as (text, is the heading)."""
    if box.role == "pin":
        return [(f"{box.name} {times(box.dims)}".rstrip(), False)]
    if box.role == "bus":
        return [(f"{box.name}: {box.component}", False)]
    head = f"{box.component} {times(box.dims)}".rstrip()
    own = 1
    for d in box.dims:
        own *= d
    second = box.name + (f" · {number(box.total)} in all" if box.total != own or len(box.dims) > 1 else "")
    return [(head, True), (second, False), *((note, False) for note in box.notes)]


def box_size(box: Box) -> Size:
    """Room a box takes."""
    lines = box_lines(box)
    w = max(width(text, HEAD if head else SMALL, bold=head) for text, head in lines)
    h = sum((HEAD if head else SMALL) * LEADING for _, head in lines)
    if box.role != "part":
        return Size(round(w + 18, 1), round(h + 8, 1))
    return Size(round(max(w + 2 * BOX_PAD_X, 84), 1), round(h + 2 * BOX_PAD_Y, 1))


def cluster_text(cluster: Cluster) -> tuple[str, str]:
    """Heading and second part of a cluster's label."""
    own = 1
    for d in cluster.dims:
        own *= d
    more = [f"{number(cluster.total)} in all"] if cluster.total != own or len(cluster.dims) > 1 else []
    more += [cluster.note] if cluster.note else []
    return f"{cluster.name}: {cluster.component} {times(cluster.dims)}".rstrip(), " · ".join(more)


def cluster_label_size(cluster: Cluster) -> Size:
    """Room of a cluster's label: one line."""
    head, more = cluster_text(cluster)
    w = width(head, HEAD, bold=True) + (width("  " + more, SMALL) if more else 0)
    return Size(round(w + 4, 1), round(HEAD * LEADING + 2, 1))


def edge_label_size(edge: Edge) -> Size:
    """Room of an edge's label."""
    return Size(round(max(width(line, LABEL) for line in edge.lines) + 10, 1), round(len(edge.lines) * LABEL * LEADING + 4, 1))


def line_width(links: int) -> float:
    """Thickness of an edge: slowly growing with the number of links."""
    return round(min(3.6, 1.3 + 0.4 * log10(max(links, 1))), 2)
