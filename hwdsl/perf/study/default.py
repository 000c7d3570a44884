"""The study that a design without one gets: on each data plane, all-to-all and ring all-reduce of 1 MiB and 1 GiB."""

from __future__ import annotations

from collections.abc import Iterator
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
