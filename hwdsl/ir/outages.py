"""What overrides and failures take away: ports and parts as boxes of coordinates below a root, cables with all their links.

Shared by every level: counts at L0, partners at L1 and tables at L2 leave out the same ports.
"""

from __future__ import annotations

from hwdsl.ir.index import Ix, evaluate, variable
from hwdsl.ir.l0 import Box, CarryMap, Path, Template
from hwdsl.ir.space import Space, points
from hwdsl.node import Record

OUT_OF_SERVICE = ("failed", "planned", "absent")
"""Statuses that evaluation leaves out."""


class LiftedCarry(Record):
    """A carry map as seen from the owner."""

    prefix: Path
    carry: CarryMap
    space: Space
    port: Path
    port_coords: tuple[Ix, ...]
    connector: Path
    coords: tuple[Ix, ...]
    start: Ix


class Exclusion(Record):
    """Things an override takes away: the port ends or parts at `path` within `box`; `target` part, link, cable or port."""

    path: Path
    box: Box
    target: str
    status: str


def declared_paths(owner: Template) -> list[Path]:
    """Paths of all part arrays below a template, the empty path first, in a stable order."""
    def find(t: Template) -> list[Path]:
        out: list[Path] = [()]
        for name in sorted(t.parts):
            out += [(name, *p) for p in t.parts[name].template.cached("paths", find)]
        return out

    paths: list[Path] = owner.cached("paths", find)
    return paths


def lifted_carries(owner: Template) -> list[LiftedCarry]:
    """Every carry map below `owner`, once per declared path."""
    def lift(owner: Template) -> list[LiftedCarry]:
        out = []
        for prefix in declared_paths(owner):
            shape = owner.shape(prefix)
            outer = tuple(f"^{k}" for k in range(len(shape)))
            head = tuple(variable(n) for n in outer)
            for c in owner.at(prefix).carries:
                space = Space((*zip(outer, shape), *c.space.vars), c.space.guard)
                out.append(LiftedCarry(prefix, c, space, prefix + c.port.path, head + c.port.coords, prefix + c.connector,
                                       head + c.coords, c.start))
        return out

    carries: list[LiftedCarry] = owner.cached("lifted_carries", lift)
    return carries


def exclusions(owner: Template, statuses: tuple[str, ...] = ("absent",)) -> list[Exclusion]:
    """What overrides with these statuses take away below `owner`, and what an `under failed` block takes out at the moment.

    A cable takes all its links: every port on the connector of the port that the override names.
    """
    out: list[Exclusion] = list(owner.failing)
    for prefix in declared_paths(owner):
        shape = owner.shape(prefix)
        for o in owner.at(prefix).overrides:
            status = o.attributes.get("status")
            word = getattr(status.value, "text", "") if status is not None else ""
            if word in statuses:
                taken = Exclusion(prefix + o.path, tuple(range(n) for n in shape) + o.box, o.target, word)
                out += cable_mates(owner, taken) if o.target == "cable" else [taken]
    return out


def cable_mates(owner: Template, taken: Exclusion) -> list[Exclusion]:
    """The ports whose links run over the same cables as those of the ports taken: they share their connectors."""
    cache: dict[Exclusion, list[Exclusion]] = owner.cached("cable_mates", lambda _: {})
    if taken in cache:
        return cache[taken]
    out = [taken]
    carries = [c for c in lifted_carries(owner) if c.port == taken.path]
    if carries:
        plugs = {_plug(c, env) for c in carries for env in points(c.space)
                 if all(evaluate(m, env) in s for m, s in zip(c.port_coords, taken.box))}
        for c in lifted_carries(owner):
            if any(c.connector == connector for connector, _, _ in plugs):
                for env in points(c.space):
                    port = tuple(evaluate(m, env) for m in c.port_coords)
                    if _plug(c, env) in plugs and not (c.port == taken.path and all(p in s for p, s in zip(port, taken.box))):
                        out.append(Exclusion(c.port, tuple(range(p, p + 1) for p in port), "cable", taken.status))
    cache[taken] = out
    return out


def _plug(c: LiftedCarry, env: dict[str, int]) -> tuple[Path, tuple[int, ...], int]:
    """The connector, or half of one, that a carried port is on."""
    return c.connector, tuple(evaluate(i, env) for i in c.coords), evaluate(c.start, env) if c.carry.unit == "half" else -1


def covers(group_path: Path, path: Path) -> bool:
    """Whether things at `path` lie at or inside things at `group_path`."""
    return path[: len(group_path)] == group_path
