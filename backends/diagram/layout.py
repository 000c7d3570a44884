"""Where everything stands: `Geometry`, from Graphviz' `dot` where it can be loaded.

Coordinates are in points, x to the right and y downward. A `Geometry` says nothing of colours or texts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hwdsl.backends.diagram.scene import Scene
from hwdsl.ir.l0 import Path
from hwdsl.node import Record

Point = tuple[float, float]


class Rect(Record):
    """Left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    def grown(self, by: float) -> Rect:
        """The rectangle with a margin."""
        return Rect(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def meets(self, other: Rect) -> bool:
        """Whether the two overlap."""
        return (
            self.x < other.x + other.w and other.x < self.x + self.w and self.y < other.y + other.h and other.y < self.y + self.h
        )


class Geometry(Record):
    """Rectangles by box id and by cluster path; per edge of the scene, in its order, the points of a chain of cubic Bézier curves
    (1 + 3 n points) and the centre of its label."""

    boxes: dict[str, Rect]
    clusters: dict[Path, Rect]
    curves: tuple[tuple[Point, ...], ...]
    labels: tuple[Point, ...]

    def bounds(self) -> Rect:
        """The rectangle around all boxes, clusters and curves."""
        xs, ys = [0.0], [0.0]
        rects = [*self.boxes.values(), *self.clusters.values()]
        points = [p for c in self.curves for p in c]
        xs = [r.x for r in rects] + [r.x + r.w for r in rects] + [p[0] for p in points] or [0.0]
        ys = [r.y for r in rects] + [r.y + r.h for r in rects] + [p[1] for p in points] or [0.0]
        return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


class LayoutUnavailable(Exception):
    """Graphviz cannot be used here; the text says why."""


def graphviz_layout(scene: Scene, dot: str) -> Geometry:
    """Positions by Graphviz' `dot`. Raises LayoutUnavailable where pygraphviz or Graphviz cannot be loaded or gives up."""
    try:
        import pygraphviz
    except Exception as e:  # a wheel for another system fails in ways of its own
        raise LayoutUnavailable(f"pygraphviz cannot be loaded: {type(e).__name__}: {e}") from e
    try:
        with _quiet():
            graph = pygraphviz.AGraph(string=dot)
            data = graph.draw(format="json0", prog="dot")
            graph.close()
        return _read(scene, json.loads(data.decode("utf-8") if isinstance(data, bytes) else data))
    except Exception as e:
        raise LayoutUnavailable(f"Graphviz cannot lay the drawing out: {type(e).__name__}: {str(e).strip()[:200]}") from e


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the C libraries print (missing fonts and the like) from the user's terminal."""
    try:
        saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


def _read(scene: Scene, data: dict[str, Any]) -> Geometry:
    """Graphviz' JSON to our coordinates."""
    top = float(data["bb"].split(",")[3])
    boxes: dict[str, Rect] = {}
    clusters: dict[Path, Rect] = {}
    names: dict[int, str] = {}
    paths = {"cluster_" + ".".join(c.path): c.path for c in scene.clusters}
    for item in data.get("objects", []):
        if item["name"] in paths and "bb" in item:
            x0, y0, x1, y1 = (float(v) for v in item["bb"].split(","))
            clusters[paths[item["name"]]] = Rect(x0, top - y1, x1 - x0, y1 - y0)
        elif "pos" in item:
            x, y = (float(v) for v in item["pos"].split(","))
            w, h = float(item["width"]) * 72, float(item["height"]) * 72
            boxes[item["name"]] = Rect(x - w / 2, top - y - h / 2, w, h)
            names[item["_gvid"]] = item["name"]
    curves: list[tuple[Point, ...]] = [()] * len(scene.edges)
    labels: list[Point] = [(0.0, 0.0)] * len(scene.edges)
    waiting: dict[tuple[str, str, str], list[int]] = {}
    for k, e in enumerate(scene.edges):
        waiting.setdefault((e.a, e.b, e.tooltip), []).append(k)
    for edge in data.get("edges", []):
        tip = edge.get("tooltip", "").replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        key = (names[edge["tail"]], names[edge["head"]], tip)
        candidates = waiting.get(key) or next(v for t, v in sorted(waiting.items()) if t[:2] == key[:2] and v)
        k = candidates.pop(0)
        points = [tuple(float(v) for v in p.split(",")) for p in edge["pos"].split(" ") if p[0] not in "es"]
        curves[k] = tuple((p[0], top - p[1]) for p in points)
        x, y = (float(v) for v in edge["lp"].split(","))
        labels[k] = (x, top - y)
    return Geometry(boxes, clusters, tuple(curves), tuple(labels))
