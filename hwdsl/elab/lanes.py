"""Lanes of connectors: each lane carries one port, each port is carried once per body."""

from __future__ import annotations

from hwdsl.diag import Label
from hwdsl.ir.index import Ix, evaluate
from hwdsl.ir.l0 import CarryMap, Template
from hwdsl.ir.space import TooLarge, count, determined, image_size, points
from hwdsl.sema.mistake import mistake

_LIMIT = 200_000


def check_lanes(t: Template) -> None:
    """Raise Mistake for a lane or a port carried twice by the `carry` statements of `t` (HW3103, HW3104)."""
    _check_ports(t)
    groups: dict[tuple[tuple[str, ...], str], list[CarryMap]] = {}
    for c in t.carries:
        groups.setdefault((c.connector, c.unit), []).append(c)
    for (path, unit), group in groups.items():
        if len(group) == 1 and _proven(group[0]):
            continue
        seen: dict[tuple[int, ...], CarryMap] = {}
        for c in group:
            if c.space.volume * max(c.width, 1) > _LIMIT:
                raise TooLarge(c.space.volume * c.width)
            for env in points(c.space):
                head = tuple(evaluate(i, env) for i in c.coords)
                start = evaluate(c.start, env)
                for lane in range(start, start + max(c.width, 1)):
                    if (*head, lane) in seen:
                        where = ", ".join(f"{k} = {v}" for k, v in env.items())
                        name = ".".join(path) + "".join(f"[{h}]" for h in head)
                        raise mistake("HW3103", f"{unit or 'lane'} {lane} of `{name}` is used twice",
                                      c.span, label=f"at {where}", related=(Label(seen[(*head, lane)].span, "first use"),))
                    seen[(*head, lane)] = c


def _proven(c: CarryMap) -> bool:
    """Distinct slices: the slice number (start / width) and the connector determine every variable, and slices are aligned."""
    width = max(c.width, 1)
    if c.start.const % width or any(k % width for k, _ in c.start.terms):
        return False
    number = Ix(c.start.const // width, tuple((k // width, a) for k, a in c.start.terms))
    return determined((*c.coords, number), c.space) >= {n for n, _ in c.space.vars}


def _check_ports(t: Template) -> None:
    seen: list[CarryMap] = []
    for c in t.carries:
        if not _each_once(c):
            raise mistake("HW3104", f"a port of `{'.'.join(c.port.path)}` is carried twice by this statement", c.span)
        for old in seen:
            if old.port.path == c.port.path and not _apart(old, c):
                raise mistake("HW3104", f"a port of `{'.'.join(c.port.path)}` is carried twice", c.span,
                              related=(Label(old.span, "also here"),))
        seen.append(c)


def _each_once(c: CarryMap) -> bool:
    """Whether no two points of a carry give the same port."""
    if determined(c.port.coords, c.space) >= {n for n, _ in c.space.vars}:
        return True
    return image_size(c.port.coords, c.space) == count(c.space)


def _apart(a: CarryMap, b: CarryMap) -> bool:
    from hwdsl.elab.uses import coordinates_apart

    if any(coordinates_apart(x, a.space, y, b.space) for x, y in zip(a.port.coords, b.port.coords)):
        return True
    if max(a.space.volume, b.space.volume) > _LIMIT:
        raise TooLarge(max(a.space.volume, b.space.volume))
    mine = {tuple(evaluate(i, env) for i in a.port.coords) for env in points(a.space)}
    return all(tuple(evaluate(i, env) for i in b.port.coords) not in mine for env in points(b.space))


