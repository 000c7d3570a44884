"""Traversal of large designs at L1: level by level along the rules, without an edge array.

Each level goes through the spaces of the rules that can lead on. Affine rules run as nested loops over device numbers (parallel
links once); rules with other maps are expanded one at a time, in slices. Links that overrides take out
of service are left out: rules that they touch are expanded and filtered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir import fill
from hwdsl.ir.index import Ix, substitute
from hwdsl.ir.l0 import Path, Template
from hwdsl.ir.layout import Affine, Layout, layout
from hwdsl.ir.outages import Exclusion, exclusions
from hwdsl.ir.space import Cmp, Space, holds
from hwdsl.ir.wiring import Wire, wiring

SLICE = 4_000_000
"""Points of a rule that are expanded at once."""
Hops = npt.NDArray[np.int32]


class _Lane:
    """One rule between two device arrays: as nested loops where it is affine, else as slices."""

    __slots__ = ("ends", "gone", "layout", "loops", "wire")

    def __init__(self, lay: Layout, wire: Wire, gone: list[Exclusion]) -> None:
        self.layout = lay
        self.wire = wire
        self.gone = [e for e in gone if wire.a_path[: len(e.path)] == e.path or wire.b_path[: len(e.path)] == e.path]
        outer = wire.space.vars[: len(wire.space.vars) - len(wire.rule.space.vars)]
        head = tuple(Ix(0, ((1, n),)) for n, _ in outer)
        self.ends = tuple((path, head + end.coords) for path, end in ((wire.a_path, wire.rule.a), (wire.b_path, wire.rule.b)))
        a, b = (self._devices(path).map(coords[: len(self._devices(path).shape)]) for path, coords in self.ends)
        nest = None if self.gone else device_loops(wire.space, a, b)
        self.loops = None if nest is None else (*nest, a.const, b.const)

    def _devices(self, path: Path) -> Affine:
        return self.layout.devices_at(path[:-1])

    def pairs(self) -> Iterator[tuple[Any, Any]]:
        """(device, device) arrays of the links in service."""
        for space, values in slices(self.wire.space):
            keep: Any = None
            numbers = []
            for path, coords in self.ends:
                maps = tuple(substitute(c, values, space.sizes) for c in coords)
                columns = fill.numbers(space, maps)
                for e in self.gone:
                    if path[: len(e.path)] == e.path:
                        inside = np.ones(len(columns[0]) if columns else 1, dtype=bool)
                        for column, allowed in zip(columns, e.box):
                            inside &= np.isin(column, np.asarray(allowed))
                        keep = ~inside if keep is None else keep & ~inside
                at = self._devices(path)
                total = np.full(columns[0].shape if columns else (1,), at.offset, dtype=np.int64)
                for stride, column in zip(at.strides, columns):
                    total += stride * column
                numbers.append(total)
            yield (numbers[0], numbers[1]) if keep is None else (numbers[0][keep], numbers[1][keep])


def device_loops(space: Space, a: Ix, b: Ix) -> tuple[Any, Any, Any] | None:
    """(turns, steps of a, steps of b) of the nest over device pairs, parallel links once; None if it is not affine."""
    from hwdsl.ir.kernels import LOOPS

    first, second = fill.affine(a), fill.affine(b)
    if first is None or second is None or space.guard:
        return None
    dims = [(n, first.get(v, 0), second.get(v, 0)) for v, n in space.vars if n != 1 and (v in first or v in second)]
    if len(dims) > LOOPS:
        return None
    dims.sort(key=lambda d: -max(abs(d[1]), abs(d[2])))
    padded = [(1, 0, 0)] * (LOOPS - len(dims)) + dims
    turns, x, y = (np.array([d[k] for d in padded], dtype=np.int64) for k in range(3))
    return turns, x, y


def slices(space: Space, limit: int = SLICE) -> Iterator[tuple[Space, dict[str, Ix]]]:
    """Parts of a space of at most `limit` points, in order: the free variables of each part, and what stands for the variables of
    the whole that differ (a constant, or a shifted variable)."""
    if space.volume <= limit or not space.vars:
        yield space, {}
        return
    (name, size), rest = space.vars[0], space.vars[1:]
    turns = max(1, limit // Space(rest).volume)
    for low in range(0, size, turns):
        n = min(turns, size - low)
        variables = ((name, n), *rest) if turns > 1 else rest
        value = {name: Ix(low, ((1, name),)) if turns > 1 else Ix(low)}
        guard = tuple(Cmp(c.op, substitute(c.ix, value, dict(variables))) for c in space.guard)
        if any(not c.ix.terms and not holds(c, {}) for c in guard):
            continue
        for found, values in slices(Space(variables, tuple(c for c in guard if c.ix.terms)), limit):
            yield found, {**value, **values}


def hops(root: Template, device: int, planes: Sequence[str], exclude: tuple[str, ...]) -> Hops:
    """Hops from a device to every device, -1 where not reached; int32 by device number."""
    from hwdsl.ir.l1 import in_planes

    lay = layout(root)
    wires = wiring(lay)
    gone = exclusions(root, exclude)
    lanes = [_Lane(lay, w, gone) for w in wires.wires if in_planes(wires.classes[w.link_class], planes)]
    distance = np.full(lay.devices, -1, dtype=np.int32)
    distance[device] = 0
    level = 0
    while _advance(lanes, distance, level):
        level += 1
    return distance


def _advance(lanes: list[_Lane], distance: Hops, level: int) -> int:
    """Reach what lies one hop beyond `level`; how many devices that are."""
    from hwdsl.ir.kernels import relax, relax_pairs

    reached = 0
    for lane in lanes:
        if lane.loops is not None:
            reached += relax(distance, level, *lane.loops)
        else:
            for a, b in lane.pairs():
                reached += relax_pairs(distance, level, a, b)
    return reached
