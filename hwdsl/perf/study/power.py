"""What loses its supply when supplies fail: parts all of whose feeds are gone, and what they feed in turn.

Power and cooling are the connections without data lanes. The side whose port is an `output` (or that a `->` leaves) feeds the
side whose port is an `input`. A part that is fed at all stays in service while one of its feeds does; a bus while one of the
outputs on it does: whether what is left of them suffices is a question of ratings, which asserts answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.l0 import Box, Path, Template, volume
from hwdsl.ir.outages import Exclusion, covers, declared_paths
from hwdsl.query.flat import expand
from hwdsl.query.lifted import lifted_rules

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Node = tuple[Path, str]
"""A part array, or a bus of each part of an array (path, name of the bus)."""


class Supply:
    """Who feeds whom: edges between instances of part arrays and buses."""

    def __init__(self, root: Template) -> None:
        self.root = root
        self.size: dict[Node, int] = {}
        self.edges: list[tuple[Node, Ints, Node, Ints]] = []
        self._rules()
        for path in declared_paths(root):
            for bus in root.at(path).buses:
                self._bus(path, bus.name, bus.joins)

    def _node(self, path: Path, bus: str = "") -> Node:
        self.size.setdefault((path, bus), volume(self.root.shape(path)))
        return path, bus

    def _rules(self) -> None:
        for r in lifted_rules(self.root):
            if r.rule.lanes:
                continue
            a, b = self.root.port_at(r.a).modifier, self.root.port_at(r.b).modifier
            if "output" not in (a, b) and "input" not in (a, b) and not r.rule.directed:
                continue
            values = expand(r.space, [], [*r.a_coords, *r.b_coords])
            ends = []
            for path, coords in ((r.a, values[: len(r.a_coords)]), (r.b, values[len(r.a_coords):])):
                shape = self.root.shape(path[:-1])
                ends.append((self._node(path[:-1]), _index(coords[: len(shape)], shape, len(values[0]) if values else 1)))
            first = a == "output" or b == "input" or (r.rule.directed and a != "input")
            (source, i), (load, j) = ends if first else ends[::-1]
            self.edges.append((source, i, load, j))

    def _bus(self, path: Path, name: str, joins: tuple[tuple[Path, Box], ...]) -> None:
        here = self._node(path, name)
        own = self.root.shape(path)
        for inner, box in joins:
            port = path + inner
            modifier = self.root.port_at(port).modifier
            shape = self.root.shape(port[:-1])
            sides = [np.arange(n) for n in own] + [np.asarray(s, dtype=np.int64) for s in box[: len(shape) - len(own)]]
            axes = [x.reshape(-1) for x in np.meshgrid(*sides, indexing="ij")] if sides else []
            count = len(axes[0]) if axes else 1
            part, bus = _index(axes, shape, count), _index(axes[: len(own)], own, count)
            if modifier == "input":
                self.edges.append((here, bus, self._node(port[:-1]), part))
            else:
                self.edges.append((self._node(port[:-1]), part, here, bus))

    def dead(self, failed: tuple[Exclusion, ...]) -> dict[Node, Flags]:
        """By node, the instances that are failed or without supply."""
        out = {node: self._failed(node, failed) for node in self.size}
        while True:
            before = sum(int(d.sum()) for d in out.values())
            fed = {node: np.zeros(n, dtype=bool) for node, n in self.size.items()}
            live = {node: np.zeros(n, dtype=bool) for node, n in self.size.items()}
            for source, i, load, j in self.edges:
                fed[load][j] = True
                live[load][j[~out[source][i]]] = True
            for node in out:
                out[node] |= fed[node] & ~live[node]
            for outer in out:
                for node in out:
                    if not outer[1] and covers(outer[0], node[0]) and self.size[node]:
                        ratio = self.size[node] // max(1, self.size[outer])
                        out[node] |= np.repeat(out[outer], max(1, ratio))[: self.size[node]]
            if sum(int(d.sum()) for d in out.values()) == before:
                return out

    def _failed(self, node: Node, failed: tuple[Exclusion, ...]) -> Flags:
        path, bus = node
        out = np.zeros(self.size[node], dtype=bool)
        shape = self.root.shape(path)
        for e in failed:
            if e.target == "part" and not bus and covers(e.path, path):
                inside = np.ones(shape, dtype=bool)
                for axis, side in enumerate(e.box):
                    allowed = np.isin(np.arange(shape[axis]), np.asarray(side))
                    inside &= allowed.reshape([-1 if k == axis else 1 for k in range(len(shape))])
                out |= inside.reshape(-1)
        return out


def _index(coords: list[Any], shape: tuple[int, ...], count: int) -> Ints:
    at: Any = np.zeros(count, dtype=np.int64)
    for c, n in zip(coords, shape):
        at = at * n + np.broadcast_to(c, count)
    return np.asarray(at, dtype=np.int64)


def sources(root: Template) -> list[Path]:
    """Part arrays that feed something."""
    supply: Supply = root.cached("supply", Supply)
    return sorted({source[0] for source, _, _, _ in supply.edges if not source[1]})


def unpowered(root: Template, failed: tuple[Exclusion, ...]) -> tuple[Exclusion, ...]:
    """Parts without any supply because of what has failed, those that are failed themselves left out."""
    supply: Supply = root.cached("supply", Supply)
    if not supply.edges or not failed:
        return ()
    found: list[Exclusion] = []
    without = supply.dead(())
    for (path, bus), dead in sorted(supply.dead(failed).items()):
        fresh = dead & ~without[path, bus] & ~supply._failed((path, bus), (*failed, *found))
        if bus or not fresh.any():
            continue
        shape = root.shape(path)
        if fresh.all():
            found.append(Exclusion(path, tuple(range(n) for n in shape), "part", "unpowered"))
            continue
        for i in np.flatnonzero(fresh).tolist():
            place = np.unravel_index(i, shape)
            found.append(Exclusion(path, tuple(range(int(x), int(x) + 1) for x in place), "part", "unpowered"))
    return tuple(found)
