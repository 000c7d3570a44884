"""Room for edges that begin and end at one box: layout programs draw them, and their labels, over the border of the cluster.

Each cluster grows until what belongs to a box in it lies inside, as far as nothing else stands in the way.
"""

from __future__ import annotations

from hwdsl.backends.diagram.layout import Geometry, Point, Rect
from hwdsl.backends.diagram.measure import edge_label_size
from hwdsl.backends.diagram.scene import Scene
from hwdsl.ir.l0 import Path
from hwdsl.node import replace

_AROUND, _BETWEEN = 8.0, 12.0
"""Space around a loop and its label, and between the borders of a cluster and of the one around it."""


def with_room(scene: Scene, at: Geometry) -> Geometry:
    """The geometry with clusters that hold the loops at their boxes."""
    home = {b.id: b.cluster for b in scene.boxes}
    clusters = dict(at.clusters)
    for e, curve, centre in zip(scene.edges, at.curves, at.labels):
        if e.a != e.b or not curve:
            continue
        size = edge_label_size(e)
        label = Rect(centre[0] - size.w / 2, centre[1] - size.h / 2, size.w, size.h)
        needed = around(extent(curve), label).grown(_AROUND)
        path = home[e.a]
        while path:
            grown = around(clusters[path], needed)
            if grown == clusters[path] or _in_the_way(scene, replace(at, clusters=clusters), path, grown):
                break
            clusters[path] = grown
            path, needed = path[:-1], grown.grown(_BETWEEN)
    return replace(at, clusters=clusters)


def _in_the_way(scene: Scene, at: Geometry, path: Path, rect: Rect) -> bool:
    """Whether a rectangle for the cluster at a path meets something that is neither in it nor around it."""
    boxes = [at.boxes[b.id] for b in scene.boxes if b.cluster[: len(path)] != path]
    others = [r for p, r in at.clusters.items() if p[: len(path)] != path and path[: len(p)] != p]
    return any(rect.grown(_AROUND / 2).meets(r) for r in (*boxes, *others))


def around(a: Rect, b: Rect) -> Rect:
    """The least rectangle that holds both."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    return Rect(x, y, max(a.x + a.w, b.x + b.w) - x, max(a.y + a.h, b.y + b.h) - y)


def extent(curve: tuple[Point, ...]) -> Rect:
    """The rectangle around a chain of cubics."""
    points = samples(curve)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def samples(curve: tuple[Point, ...]) -> list[Point]:
    """Points along a chain of cubics."""
    out = []
    for k in range(0, len(curve) - 3, 3):
        for n in range(25):
            t = n / 24
            u = 1 - t
            w = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            out.append((sum(f * p[0] for f, p in zip(w, curve[k : k + 4])), sum(f * p[1] for f, p in zip(w, curve[k : k + 4]))))
    return out
