"""A layout of our own, where Graphviz cannot be loaded or the drawing is too large for it.

Every cluster is laid out on its own, from the inside out: its children stand in tiers by their links (what is written first
above), a tier is a centred row that wraps when it gets too wide. Edges run down from box to box, loops at the right of their box;
labels are moved along their edge until they cover nothing.
"""

from __future__ import annotations

from hwdsl.backends.diagram.layout import Geometry, Point, Rect
from hwdsl.backends.diagram.measure import CLUSTER_PAD, Size, box_size, cluster_label_size, edge_label_size
from hwdsl.backends.diagram.scene import Scene
from hwdsl.ir.l0 import Path
from hwdsl.node import Record

_GAP_X, _GAP_Y, _WIDEST = 44.0, 74.0, 1500.0
_HEAD = 30.0
_LOOP = 34.0
_MOST_TIERS = 24
"""A longer chain is folded into so many tiers: a strip of hundreds could not be read."""


class _Item(Record):
    """A child of a cluster: a box id or a cluster path, and its size."""

    key: str | Path
    size: Size


def tier_layout(scene: Scene) -> Geometry:
    """Positions of everything in a scene."""
    return _Tiers(scene).geometry()


class _Tiers:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.home: dict[str, Path] = {b.id: b.cluster for b in scene.boxes}
        self.sizes: dict[str | Path, Size] = {b.id: box_size(b) for b in scene.boxes}
        self.loops: dict[str, list[int]] = {}
        for k, e in enumerate(scene.edges):
            if e.a == e.b:
                self.loops.setdefault(e.a, []).append(k)
        self.inner: dict[Path, list[tuple[str | Path, float, float]]] = {}

    def geometry(self) -> Geometry:
        """Sizes from the inside out, positions from the outside in."""
        self._arrange(())
        boxes: dict[str, Rect] = {}
        clusters: dict[Path, Rect] = {}
        todo: list[tuple[Path, float, float]] = [((), 0.0, 0.0)]
        while todo:
            path, left, top = todo.pop()
            for key, x, y in self.inner[path]:
                size = self.sizes[key]
                rect = Rect(left + x, top + y, size.w, size.h)
                if isinstance(key, str):
                    boxes[key] = rect
                else:
                    clusters[key] = rect
                    todo.append((key, rect.x, rect.y))
        curves = tuple(self._curves(boxes))
        return Geometry(boxes, clusters, curves, tuple(self._labels(curves, boxes, clusters)))

    # ---------------------------------------------------------------- rows
    def _arrange(self, path: Path) -> Size:
        """Place the children of a cluster relative to it; its size."""
        keys: list[str | Path] = [b.id for b in self.scene.boxes if b.cluster == path]
        nested = [c for c in self.scene.clusters if c.path[:-1] == path]
        for c in nested:
            inner = self._arrange(c.path)
            self.sizes[c.path] = Size(max(inner.w, cluster_label_size(c).w) + 2 * CLUSTER_PAD, inner.h + _HEAD + CLUSTER_PAD + 6)
            keys.append(c.path)
        tier = self._tier_of(path, keys)
        rows: list[list[_Item]] = []
        for level in sorted(set(tier.values())):
            rows += self._rows([_Item(k, self._room(k)) for k in keys if tier[k] == level])
        wide = max((_row_width(r) for r in rows), default=0.0)
        cluster = next((c for c in self.scene.clusters if c.path == path), None)
        head = cluster_label_size(cluster).w if cluster is not None else 0.0
        pad = CLUSTER_PAD if cluster is not None else 0.0
        start = 0.0 if cluster is None else CLUSTER_PAD if cluster.below else _HEAD + 6
        y = start
        out: list[tuple[str | Path, float, float]] = []
        for row in rows:
            x = pad + (max(wide, head) - _row_width(row)) / 2
            high = max(i.size.h for i in row)
            for item in row:
                out.append((item.key, x, y + (high - self.sizes[item.key].h) / 2))
                x += item.size.w + _GAP_X
            y += high + _GAP_Y
        self.inner[path] = out
        return Size(wide, max(0.0, y - _GAP_Y - start))

    def _room(self, key: str | Path) -> Size:
        """The size of a child with the loops at its right side and their labels."""
        size = self.sizes[key]
        found = self.loops.get(key, []) if isinstance(key, str) else []
        if not found:
            return size
        labels = [edge_label_size(self.scene.edges[k]) for k in found]
        return Size(size.w + _LOOP + max(label.w for label in labels), max(size.h, sum(label.h for label in labels)))

    def _rows(self, items: list[_Item]) -> list[list[_Item]]:
        rows: list[list[_Item]] = [[]]
        for item in items:
            if rows[-1] and _row_width([*rows[-1], item]) > _WIDEST:
                rows.append([])
            rows[-1].append(item)
        return rows

    def _tier_of(self, path: Path, keys: list[str | Path]) -> dict[str | Path, int]:
        """Tier of each child: one more than the highest of what stands above it; loops are cut where they close."""
        above: dict[str | Path, set[str | Path]] = {k: set() for k in keys}
        for e in self.scene.edges:
            a, b = self._child(path, e.a), self._child(path, e.b)
            if a is not None and b is not None and a != b:
                above[b].add(a)
        tier: dict[str | Path, int] = {}

        def settle(key: str | Path, stack: frozenset[str | Path]) -> int:
            if key not in tier:
                over = [settle(k, stack | {key}) for k in sorted(above[key], key=str) if k not in stack and k != key]
                tier[key] = max(over, default=-1) + 1
            return tier[key]

        for key in keys:
            settle(key, frozenset())
        most = max(tier.values(), default=0) + 1
        return tier if most <= _MOST_TIERS else {key: level * _MOST_TIERS // most for key, level in tier.items()}

    def _child(self, path: Path, box: str) -> str | Path | None:
        """The child of a cluster that a box is or lies in."""
        home = self.home[box]
        if home[: len(path)] != path:
            return None
        return box if home == path else home[: len(path) + 1]

    # ---------------------------------------------------------------- edges
    def _curves(self, boxes: dict[str, Rect]) -> list[tuple[Point, ...]]:
        """Each end has its own place on its side of the box, ordered by where the edge goes."""
        ends: dict[tuple[str, bool], list[tuple[float, int]]] = {}
        sides: list[tuple[bool, bool]] = []
        for k, e in enumerate(self.scene.edges):
            a, b = boxes[e.a], boxes[e.b]
            if e.a == e.b:
                sides.append((True, True))
                continue
            down = a.y + a.h <= b.y
            up = b.y + b.h <= a.y
            side = (not up, not up and not down) if not down else (True, False)
            sides.append(side)
            ends.setdefault((e.a, side[0]), []).append((b.x + b.w / 2, k))
            ends.setdefault((e.b, side[1] if not up else True), []).append((a.x + a.w / 2, k))
        spots: dict[tuple[str, bool, int], Point] = {}
        for (key, low), found in ends.items():
            r = boxes[key]
            for n, (_, k) in enumerate(sorted(found)):
                spots.setdefault((key, low, k), (r.x + r.w * (n + 1) / (len(found) + 1), r.y + (r.h if low else 0.0)))
        out = []
        for k, (e, side) in enumerate(zip(self.scene.edges, sides)):
            if e.a == e.b:
                out.append(self._loop(boxes[e.a], e.a, k))
                continue
            up = boxes[e.b].y + boxes[e.b].h <= boxes[e.a].y
            p, end = spots[(e.a, side[0], k)], spots[(e.b, side[1] if not up else True, k)]
            out.append(_bent(p, end) if side[1] else _straight(p, end))
        return out

    def _loop(self, box: Rect, key: str, edge: int) -> tuple[Point, ...]:
        """A loop at the right side of a box; several stand one below the other."""
        found = self.loops[key]
        heights = [edge_label_size(self.scene.edges[k]).h for k in found]
        at = found.index(edge)
        x, y = box.x + box.w, box.y + box.h / 2 - sum(heights) / 2 + sum(heights[:at]) + heights[at] / 2
        return (x, y - 5), (x + _LOOP, y - 10), (x + _LOOP, y + 10), (x, y + 5)

    def _labels(self, curves: tuple[tuple[Point, ...], ...], boxes: dict[str, Rect], clusters: dict[Path, Rect]) -> list[Point]:
        """Labels at the middle of their edges, moved along until they cover neither boxes nor headings nor each other."""
        below = {c.path for c in self.scene.clusters if c.below}
        taken = list(boxes.values()) + [
            Rect(r.x, r.y + (r.h - _HEAD if p in below else 0.0), r.w, _HEAD) for p, r in clusters.items()
        ]
        out = []
        for e, curve in zip(self.scene.edges, curves):
            size = edge_label_size(e)
            best = _at(curve, 0.5)
            if e.a == e.b:
                out.append((best[0] + 6 + size.w / 2, best[1]))
                taken.append(Rect(best[0] + 6, best[1] - size.h / 2, size.w, size.h))
                continue
            for t in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88):
                x, y = _at(curve, t)
                rect = Rect(x - size.w / 2, y - size.h / 2, size.w, size.h)
                if not any(rect.meets(other) for other in taken):
                    best = (x, y)
                    break
            taken.append(Rect(best[0] - size.w / 2, best[1] - size.h / 2, size.w, size.h))
            out.append(best)
        return out


def _row_width(row: list[_Item]) -> float:
    return sum(i.size.w for i in row) + _GAP_X * max(0, len(row) - 1)


def _straight(a: Point, b: Point) -> tuple[Point, ...]:
    """From one side to the facing one, leaving and arriving upright."""
    mid = (a[1] + b[1]) / 2
    return a, (a[0], mid), (b[0], mid), b


def _bent(a: Point, b: Point) -> tuple[Point, ...]:
    """A bow below two boxes of one row."""
    low = max(a[1], b[1]) + 40
    return a, (a[0], low), (b[0], low), b


def _at(curve: tuple[Point, ...], t: float) -> Point:
    """A point of the first cubic of a curve."""
    u = 1 - t
    w = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return sum(k * p[0] for k, p in zip(w, curve)), sum(k * p[1] for k, p in zip(w, curve))
