"""The study that a design without one gets: on each network, all-to-all and ring all-reduce of 1 MiB and 1 GiB.

A network is a data plane on which endpoints talk, together with the planes that lead on from its switches to other switches: an
access plane alone reaches nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from hwdsl.ir.l0 import Template
from hwdsl.perf.study.call import Call
from hwdsl.perf.study.view import View
from hwdsl.query.lifted import lifted_rules
from hwdsl.query.network import network
from hwdsl.query.select import any_depth_planes
from hwdsl.query.selection import Group, PlaneSelection, Selection
from hwdsl.sema.values import Word
from hwdsl.source import NO_SPAN
from hwdsl.types.quantity import quantity

if TYPE_CHECKING:
    from hwdsl.sema.values import Value

SIZES = ((1, "MiB"), (1, "GiB"))


def data_planes(root: Template) -> list[tuple[str, PlaneSelection | None]]:
    """Data planes by outermost name on which at least two endpoints talk; "links" for a design without planes."""
    names: set[str] = set()
    unnamed = False
    for r in lifted_rules(root):
        if r.rule.lanes:
            if r.rule.plane.names:
                names.add(r.rule.plane.names[0])
            else:
                unnamed = True
    out: list[tuple[str, PlaneSelection | None]] = [(n, any_depth_planes(root, n)) for n in sorted(names)]
    if not names and unnamed:
        out = [("links", None)]
    return [(n, p) for n, p in out if network(root, p, None).endpoint_count > 1]


def wired_planes(root: Template) -> list[tuple[str, PlaneSelection | None]]:
    """Data planes by outermost name, those between switches alone among them."""
    names = {r.rule.plane.names[0] for r in lifted_rules(root) if r.rule.lanes and r.rule.plane.names}
    return [(n, any_depth_planes(root, n)) for n in sorted(names)]


def planes_behind(root: Template, name: str, chips: Selection | None, known: Iterable[str]) -> tuple[str, ...]:
    """Planes that lead on from the switches of the plane `name` to other switches; those `known` to reach endpoints themselves
    are none of them. `chips` are the endpoints (None: everything but switches)."""
    wired = dict(wired_planes(root))
    if name not in wired:
        return ()
    relays = {b.path for b in network(root, wired[name], chips).blocks if b.relay}
    rest = {n: network(root, p, chips) for n, p in wired.items() if n != name and n not in known}
    out: list[str] = []
    grown = True
    while grown:
        grown = False
        for n, own in rest.items():
            ends = [(own.blocks[a.a], own.blocks[a.b]) for a in own.arcs]
            if n not in out and any(a.relay and b.relay and {a.path, b.path} & relays for a, b in ends):
                out.append(n)
                relays |= {b.path for b in own.blocks if b.relay}
                grown = True
    return tuple(sorted(out))


def together(root: Template, names: Sequence[str]) -> PlaneSelection | None:
    """Several planes as one network; None for the links of a design without planes."""
    chosen = [planes for name, planes in wired_planes(root) if name in names]
    items = tuple(i for planes in chosen if planes is not None for i in planes.items)
    return PlaneSelection(root, items) if items else None


def networks(root: Template) -> list[tuple[str, PlaneSelection | None]]:
    """Each data plane with the planes behind it, by name: "access, fabric"."""
    known = [n for n, _ in data_planes(root)]
    out = []
    for name, planes in data_planes(root):
        more = planes_behind(root, name, None, known)
        out.append((", ".join((name, *more)), together(root, (name, *more)) if more else planes))
    return out


def default_calls(name: str, planes: PlaneSelection | None, over: Selection | None = None) -> list[Call]:
    """The calls on one plane, among all its endpoints or those of `over`."""
    out = []
    for collective, words in (("all_to_all", {}), ("all_reduce", {"algorithm": Word("ring")})):
        for size, unit in SIZES:
            values: dict[str, Value] = {"size": quantity(size, unit), **words}
            if planes is not None:
                values["plane"] = planes
            if over is not None:
                values["over"] = over
            shown = ", ".join([f"size = {size} {unit}", *(f"{k} = {v.text}" for k, v in words.items())])
            out.append(Call(collective, values, {}, NO_SPAN, f"{collective}({shown}, plane = {name})"))
    return out


def islands(view: View) -> Iterator[Selection]:
    """The endpoints in the first part of each level of containment, from the outside in: where a plane is in pieces, one piece
    is usually the inside of a part."""
    root = view.root
    if not view.groups:
        return
    path = view.groups[0].path
    for k in range(1, len(path)):
        prefix = path[:k]
        shape = root.shape(prefix)
        own = [g for g in view.groups if g.path[:k] == prefix]
        if not shape or all(n == 1 for n in shape):
            continue
        first = tuple(range(1) for _ in shape)
        yield Selection(root, tuple(Group(g.path, (*first, *g.box[len(shape):]), g.last) for g in own))
