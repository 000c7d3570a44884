"""In which rack, and where in it, is an instance: for many instances of one declared path at a time.

Containment and placement are different trees. An instance is in the nearest rack around it by containment; a part that no rack
contains is in the rack it is placed in, or in which something around it is placed (`place card[p][m] in comm[..] at slot(..)`).
The position is the place, in that rack, of whatever stands in it: for a chip, that of its tray.

Everything is evaluated over numpy arrays; the tables that invert `place` statements have the size of the placed array, not of the
number of questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.elab.places import rack_units
from hwdsl.ir.arrays import IntArray, evaluate_array, grid
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Path, Placement, PointTable, Template, volume
from hwdsl.ir.space import ENUMERATION_LIMIT, TooLarge, guard_mask
from hwdsl.node import Record
from hwdsl.query.lifted import declared_paths
from hwdsl.types import Quantity
from hwdsl.types.quantity import in_unit

HOW = ("", "U", "slot", "side", "xy", "edge")
"""Kinds of place; a `Located.how` is an index into it."""
_DEPTH = 8
"""How often a container may stand in another container by placement."""


class Located(Record):
    """Arrays of one length. `rack` numbers the racks of the design, -1 for none; `how` indexes HOW; `start` counts from what
    `how` counts."""

    rack: IntArray
    how: IntArray
    start: IntArray


class _Table(Record):
    """A `place` statement inverted: for each element of the placed array the point of the statement, -1 for none."""

    placement: Placement
    point: IntArray
    container_coords: tuple[IntArray, ...]
    start: IntArray
    known: npt.NDArray[np.bool_]


class Locator:
    """Answers for one design. Raises TooLarge for a placed array beyond the enumeration limit."""

    def __init__(self, root: Template) -> None:
        self.root = root
        self.racks = [p for p in declared_paths(root) if root.at(p).kind == "rack"]
        self._first: dict[Path, int] = {}
        self._tables: dict[int, _Table] = {}
        n = 0
        for path in self.racks:
            self._first[path] = n
            n += volume(root.shape(path))
        self.rack_count = n

    def locate(self, path: Path, coords: Sequence[IntArray], size: int) -> Located:
        """Where the `size` parts at `path` with these coordinates are."""
        return self._locate(path, coords, size, _DEPTH)

    def rack_path(self, number: int) -> tuple[Path, tuple[int, ...]]:
        """Declared path and coordinates of a rack."""
        path = next(p for p in reversed(self.racks) if self._first[p] <= number and volume(self.root.shape(p)))
        rest = number - self._first[path]
        coords = []
        for n in reversed(self.root.shape(path)):
            coords.append(rest % n)
            rest //= n
        return path, tuple(reversed(coords))

    def rack_units(self) -> npt.NDArray[np.float64]:
        """Height in metres of one unit of each rack: 44.45 mm, in an open rack (`rack_unit = OU`) 48 mm."""
        out = np.full(max(self.rack_count, 1), 0.04445)
        for path in self.racks:
            if getattr(self.root.at(path).figure("rack_unit"), "text", "U") == "OU":
                out[self._first[path]: self._first[path] + volume(self.root.shape(path))] = 0.048
        return out

    def rack_name(self, number: int) -> str:
        """`cabinet[3]`; the design's name where the design is the rack."""
        path, coords = self.rack_path(number)
        return instance_text(self.root, path, coords) or self.root.name

    def floor(self) -> tuple[IntArray, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """For every rack: the number of the floor plan that has its `xy` (-1 for none), x and y in metres."""
        plan = np.full(self.rack_count, -1, dtype=np.int64)
        x, y = np.zeros(self.rack_count), np.zeros(self.rack_count)
        plans: dict[Any, int] = {}
        for prefix in declared_paths(self.root):
            for p in self.root.at(prefix).placements:
                rack = prefix + p.what
                if p.how == "xy" and rack in self._first:
                    self._fill_floor(prefix, rack, p, plans, plan, x, y)
        return plan, x, y

    def _fill_floor(self, prefix: Path, rack: Path, p: Placement, plans: dict[Any, int], plan: IntArray, x: Any, y: Any) -> None:
        """Racks placed in one container of one instance of the body share a floor plan."""
        metres = [_metres(a, p) for a in p.position]
        if len(metres) != 2 or metres[0] is None or metres[1] is None or p.stack:
            return
        table = self._table(self.root.at(prefix), p)
        inner = len(table.point)
        hit = np.flatnonzero(table.point >= 0)
        points = table.point[hit]
        rooms = list(zip(*(c[points].tolist() for c in table.container_coords))) or [()] * len(hit)
        for outer in range(volume(self.root.shape(prefix))):
            at = self._first[rack] + outer * inner + hit
            plan[at] = [plans.setdefault((prefix, outer, p.container, room), len(plans)) for room in rooms]
            x[at] = metres[0][points]
            y[at] = metres[1][points]

    # ------------------------------------------------------------ the search
    def _locate(self, path: Path, coords: Sequence[IntArray], size: int, depth: int) -> Located:
        out = Located(np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64))
        for k in range(len(path), -1, -1):
            if path[:k] in self._first:
                rank = len(self.root.shape(path[:k]))
                out.rack[:] = self._number(path[:k], coords[:rank])
                self._positions(path, coords, k, out)
                return out
        for j in range(len(path), 0, -1):
            for d in range(j - 1, -1, -1):
                self._follow(path, coords, d, j, out, depth)
            if (out.rack >= 0).all():
                break
        return out

    def _number(self, rack: Path, coords: Sequence[IntArray]) -> IntArray:
        code: Any = np.int64(0)
        for c, n in zip(coords, self.root.shape(rack)):
            code = code * n + c
        return np.asarray(code + self._first[rack], dtype=np.int64)

    def _positions(self, path: Path, coords: Sequence[IntArray], k: int, out: Located) -> None:
        """Positions in the rack `path[:k]` that contains the parts."""
        for j in range(k + 1, len(path) + 1):
            for d in range(j - 1, -1, -1):
                for p in self.root.at(path[:d]).placements:
                    if p.what != path[d:j] or p.how not in HOW or path[:d] + (p.container or ()) != path[:k]:
                        continue
                    hit, at, table = self._look_up(path[:d], coords, len(out.rack), p)
                    open_ = hit & (out.how == 0)
                    out.how[open_] = np.where(table.known[at[open_]], HOW.index(p.how), 0)
                    out.start[open_] = table.start[at[open_]]

    def _follow(self, path: Path, coords: Sequence[IntArray], d: int, j: int, out: Located, depth: int) -> None:
        """Racks that `place` statements in the body at `path[:d]` put `path[d:j]` into."""
        rank = len(self.root.shape(path[:d]))
        for p in self.root.at(path[:d]).placements:
            if p.what != path[d:j] or p.container is None:
                continue
            hit, at, table = self._look_up(path[:d], coords, len(out.rack), p)
            rows = np.flatnonzero(hit & (out.rack < 0))
            if not len(rows):
                continue
            container = path[:d] + p.container
            inner = [c[at[rows]] for c in table.container_coords]
            outer = [c[rows] for c in coords[:rank]]
            if container in self._first:
                out.rack[rows] = self._number(container, [*outer, *inner])
                out.how[rows] = np.where(table.known[at[rows]], HOW.index(p.how), 0)
                out.start[rows] = table.start[at[rows]]
            elif depth:
                found = self._locate(container, [*outer, *inner], len(rows), depth - 1)
                out.rack[rows], out.how[rows], out.start[rows] = found.rack, found.how, found.start

    def _look_up(self, prefix: Path, coords: Sequence[IntArray], size: int, p: Placement) -> tuple[Any, IntArray, _Table]:
        """(whether placed by `p`, index into the table's points, the table) for each part."""
        body = self.root.at(prefix)
        table = self._table(body, p)
        first = len(self.root.shape(prefix))
        code: Any = np.int64(0)
        for c, n in zip(coords[first:], body.shape(p.what)):
            code = code * n + c
        at = np.broadcast_to(table.point[code], (size,))
        return at >= 0, at, table

    # ------------------------------------------------------------ tables
    def _table(self, body: Template, p: Placement) -> _Table:
        if id(p) not in self._tables:
            self._tables[id(p)] = _invert(body, p)
        return self._tables[id(p)]


def _invert(body: Template, p: Placement) -> _Table:
    shape = body.shape(p.what)
    loose = [(k, b) for k, b in enumerate(p.box) if len(b)] if p.stack else []
    stacked = volume(tuple(len(b) for _, b in loose))
    total = p.space.volume * stacked
    if max(total, volume(shape)) > ENUMERATION_LIMIT:
        raise TooLarge(max(total, volume(shape)))
    names = [n for n, _ in p.space.vars]
    box = tuple(s for _, s in p.space.vars)
    env = grid(names, p.space.sizes)

    def spread(values: Any) -> IntArray:
        return np.repeat(np.broadcast_to(values, box).reshape(-1), stacked)

    allowed = spread(guard_mask(p.space)) if p.space.guard else np.ones(total, dtype=bool)
    order = np.tile(np.arange(stacked, dtype=np.int64), p.space.volume)
    code: Any = np.zeros(total, dtype=np.int64)
    step = stacked
    choice: dict[int, IntArray] = {}
    for k, b in loose:
        step //= len(b)
        choice[k] = np.asarray(list(b), dtype=np.int64)[(order // step) % len(b)]
    for k, (c, n) in enumerate(zip(p.coords, shape)):
        code = code * n + (choice[k] if k in choice else spread(evaluate_array(c, env)))
    start, known = _starts(p, env, box)
    size = (rack_units(body.at(p.what)) or 1) if p.how == "U" else 1
    moved = order * size if p.stack != "down" else -order * size - (size - 1)
    point = np.full(volume(shape), -1, dtype=np.int64)
    point[code[allowed]] = np.flatnonzero(allowed)
    return _Table(p, point, tuple(spread(evaluate_array(c, env)) for c in p.container_coords),
                  spread(start) + (moved if p.stack else 0),
                  spread(known).astype(bool))


def _starts(p: Placement, env: dict[str, IntArray], box: tuple[int, ...]) -> tuple[IntArray, Any]:
    """(first unit or slot, whether it is known) over the box of the statement's variables."""
    argument = p.position[0] if p.position and p.how in ("U", "slot", "side") else None
    if isinstance(argument, Ix):
        return evaluate_array(argument, env), np.ones((1,) * len(box), dtype=bool)
    if isinstance(argument, PointTable):
        values = [v if isinstance(v, int) and not isinstance(v, bool) else None for v in argument.data]
        at = _table_index(argument, env)
        return (np.asarray([v or 0 for v in values], dtype=np.int64)[at], np.asarray([v is not None for v in values])[at])
    return np.zeros((1,) * len(box), dtype=np.int64), np.zeros((1,) * len(box), dtype=bool)


def _table_index(table: PointTable, env: dict[str, IntArray]) -> Any:
    at: Any = np.int64(0)
    for name, size in zip(table.vars, table.sizes):
        at = at * size + env[name]
    return at


def _metres(argument: Any, p: Placement) -> npt.NDArray[np.float64] | None:
    """A position argument in metres over the points of a statement; None where it is no length."""
    box = tuple(s for _, s in p.space.vars)
    data = argument.data if isinstance(argument, PointTable) else (argument,)
    if not all(isinstance(v, Quantity) and v.dim.name == "length" and v.is_exact for v in data):
        return None
    values = np.asarray([float(in_unit(v, "m")) for v in data])
    at = np.int64(0)
    if isinstance(argument, PointTable):
        at = _table_index(argument, grid([n for n, _ in p.space.vars], p.space.sizes))
    out: npt.NDArray[np.float64] = np.broadcast_to(values[at], box).reshape(-1)
    return out


def instance_text(root: Template, path: Path, coords: Sequence[int]) -> str:
    """`compute[3].gpu[1]`; "" for the design itself."""
    here, words, at = root, [], 0
    for name in path:
        item = here.member(name)
        rank = len(item.dims) if item is not None else 0
        words.append(name + "".join(f"[{c}]" for c in coords[at: at + rank]))
        at += rank
        if name in here.parts:
            here = here.parts[name].template
    return ".".join(words)
