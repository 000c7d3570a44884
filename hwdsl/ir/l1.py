"""L1, the implicit IR: the partner of a port is computed, there is no edge array.

`Implicit.peer` costs the depth of the design plus the rules that touch the port's array: the rule's index map is inverted
(hwdsl.ir.invert), the other side evaluated. Numbers are those of hwdsl.ir.layout and, for branches of breakouts,
hwdsl.ir.wiring; answers equal those of the flat tables (hwdsl.ir.l2) under the same exclusions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from hwdsl.ir.index import Ix, evaluate, variable
from hwdsl.ir.invert import Env, Inverse
from hwdsl.ir.l0 import Path, Template
from hwdsl.ir.layout import Layout, layout, unravel
from hwdsl.ir.outages import OUT_OF_SERVICE, exclusions
from hwdsl.ir.space import holds
from hwdsl.ir.wiring import LinkClass, Wire, wiring

KERNEL_DEVICES = 50_000
"""From so many devices on a traversal is worth compiled code."""


class _Touch:
    """One side of a wire: how a port finds its link, and the number at the other side."""

    __slots__ = ("_inverse", "left", "wire")

    def __init__(self, wire: Wire, left: bool) -> None:
        self.wire = wire
        self.left = left
        self._inverse: Inverse | None = None

    @property
    def lane(self) -> tuple[Ix, int] | None:
        """Slice of lanes at this side."""
        end = self.wire.rule.a if self.left else self.wire.rule.b
        return end.lane

    def point(self, values: tuple[int, ...]) -> Env | None:
        """The point of the wire's space whose end at this side has these coordinates (and first lane, for a slice)."""
        if self._inverse is None:
            rule = self.wire.rule
            end = rule.a if self.left else rule.b
            outer = len(self.wire.space.vars) - len(rule.space.vars)
            head = tuple(variable(n) for n, _ in self.wire.space.vars[:outer])
            maps = head + end.coords + (() if end.lane is None else (end.lane[0],))
            self._inverse = Inverse(maps, self.wire.space)
        return self._inverse.solve(values)


class Implicit:
    """The links of a design, computed on demand.

    exclude   statuses of overrides whose links are left out
    planes    dotted names of planes to keep (a plane contains its inner planes); all if empty
    """

    __slots__ = ("_gone", "_touches", "layout", "ports", "wiring")

    def __init__(self, root: Template, exclude: tuple[str, ...] = OUT_OF_SERVICE, planes: Sequence[str] = ()) -> None:
        self.layout: Layout = layout(root)
        self.wiring = wiring(self.layout)
        self.ports = self.layout.ports
        self._gone = exclusions(root, exclude)
        self._touches: dict[Path, list[_Touch]] = {}
        for w in self.wiring.wires:
            if not in_planes(self.wiring.classes[w.link_class], planes):
                continue
            self._touches.setdefault(w.a_path, []).append(_Touch(w, True))
            self._touches.setdefault(w.b_path, []).append(_Touch(w, False))

    def peer(self, number: int) -> int:
        """Partner of a port or branch; -1 if it has none."""
        return self.link(number)[0]

    def link(self, number: int) -> tuple[int, int]:
        """(partner, link class) of a port or branch; (-1, -1) if it is not connected."""
        found = self._branch_link(number) if number >= self.ports else self._port_link(number)
        if found[0] < 0 or not self._gone or not (self._excluded(number) or self._excluded(found[0])):
            return found
        return -1, -1

    def _port_link(self, number: int) -> tuple[int, int]:
        path, coords = self.layout.port_path(number)
        for touch in self._touches.get(path, ()):
            if touch.lane is None:
                env = touch.point(coords)
                if env is not None:
                    return self._other(touch.wire, touch.left, env), touch.wire.link_class
        return -1, -1

    def _other(self, w: Wire, left: bool, env: Env) -> int:
        _, ids, first = w.side(not left)
        return evaluate(ids, env) if first is None else self.ports + first + _rank(w, env)

    def _branch_link(self, number: int) -> tuple[int, int]:
        found = self.branch(number)
        if found is None:
            return -1, -1
        wire, left, env = found
        return self._other(wire, left, env), wire.link_class

    def branch(self, number: int) -> tuple[Wire, bool, Env] | None:
        """(wire, whether its left side, point) of a branch number; None where the guard leaves none."""
        k = number - self.ports
        for touches in self._touches.values():
            for touch in touches:
                first = touch.wire.side(touch.left)[2]
                if first is not None and first <= k < first + touch.wire.space.volume:
                    digits = unravel(k - first, tuple(n for _, n in touch.wire.space.vars))
                    env = dict(zip((n for n, _ in touch.wire.space.vars), digits))
                    return (touch.wire, touch.left, env) if all(holds(c, env) for c in touch.wire.space.guard) else None
        return None

    def branches_of(self, port: int) -> list[int]:
        """Branch numbers of a broken-out port, by first lane."""
        path, coords = self.layout.port_path(port)
        out: list[tuple[int, int]] = []
        for touch in self._touches.get(path, ()):
            first = touch.wire.side(touch.left)[2]
            if first is None or touch.lane is None:
                continue
            lanes = self.layout.root.port_at(path).link.figure("lanes")
            for start in range(lanes if isinstance(lanes, int) else 0):
                env = touch.point((*coords, start))
                if env is not None:
                    out.append((start, self.ports + first + _rank(touch.wire, env)))
        return [number for _, number in sorted(out)]

    def port_of(self, number: int) -> int:
        """The port of a port or branch number. KeyError for a branch that the guard leaves out."""
        if number < self.ports:
            return number
        found = self.branch(number)
        if found is None:
            raise KeyError(number)
        wire, left, env = found
        return evaluate(wire.side(left)[1], env)

    def _excluded(self, number: int) -> bool:
        path, coords = self.layout.port_path(self.port_of(number))
        return any(path[: len(e.path)] == e.path and all(c in s for c, s in zip(coords, e.box)) for e in self._gone)

    def end_name(self, number: int) -> str:
        """`gpu[2].nvl[5]`, or with the lanes of a branch `gpu[2].nvl[5].lane[0..4]`."""
        name = self.layout.port_name(self.port_of(number))
        if number < self.ports:
            return name
        found = self.branch(number)
        assert found is not None
        wire, left, env = found
        lane = (wire.rule.a if left else wire.rule.b).lane
        assert lane is not None
        start = evaluate(lane[0], env)
        return f"{name}.lane[{start}..{start + lane[1]}]"

    def links(self) -> Iterator[tuple[int, int, int]]:
        """(end, end, class) of every link once, in ascending order of the lower number."""
        for p in range(self.ports + self.wiring.branches):
            q, number = self.link(p)
            if q > p:
                yield p, q, number

    def link_names(self) -> Iterator[tuple[str, str]]:
        """Both ends of every link by name, in ascending order of the lower number."""
        for p, q, _ in self.links():
            yield self.end_name(p), self.end_name(q)

    def neighbours(self, device: int) -> Iterator[int]:
        """Devices at the other end of each link of a device, in port order."""
        broken = self.wiring.branches > 0
        for port in self.layout.device_ports(device):
            for end in (port, *self.branches_of(port)) if broken else (port,):
                other = self.peer(end)
                if other >= 0:
                    yield self.layout.owner(self.port_of(other))


def _rank(w: Wire, env: Env) -> int:
    out = 0
    for name, size in w.space.vars:
        out = out * size + env[name]
    return out


def in_planes(c: LinkClass, planes: Sequence[str]) -> bool:
    """Whether a link class stands in one of the planes; always for no planes."""
    return not planes or any(c.plane == p or c.plane.startswith(p + ".") for p in planes)


def bfs(root: Template, device: int, *, planes: Sequence[str] = (), exclude: tuple[str, ...] = OUT_OF_SERVICE) -> Sequence[int]:
    """Hops from a device to every device (-1: not reached), without an edge array. Every device passes traffic on."""
    if layout(root).devices >= KERNEL_DEVICES:
        from hwdsl.ir.traverse import hops

        return cast(Sequence[int], hops(root, device, planes, exclude))
    links = Implicit(root, exclude, planes)
    distance = [-1] * links.layout.devices
    distance[device] = 0
    frontier = [device]
    while frontier:
        reached = []
        for d in frontier:
            for n in links.neighbours(d):
                if distance[n] < 0:
                    distance[n] = distance[d] + 1
                    reached.append(n)
        frontier = reached
    return distance


def hop_histogram(distance: Sequence[int]) -> dict[int, int]:
    """Number of devices at each distance, in ascending order; unreached ones left out."""
    out: dict[int, int] = {}
    for d in distance:
        if d >= 0:
            out[d] = out.get(d, 0) + 1
    return dict(sorted(out.items()))
