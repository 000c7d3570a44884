"""The logical network of some planes at L0: blocks of vertices and classes of arcs, as symbolic as the rules they come from.

A vertex is an instance that owns data ports. Parts named by a selection contract to one vertex each, with everything in them.
"""

from __future__ import annotations

from typing import Any

from hwdsl.ir.index import Ix, variable
from hwdsl.ir.l0 import Path, Template
from hwdsl.ir.space import Constraint, Space, count
from hwdsl.node import Record, replace
from hwdsl.query.counting import plane_sets
from hwdsl.query.lifted import Lifted, covers, exclusions, lifted_rules
from hwdsl.query.rates import link_rate
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.sema.values import UNKNOWN

OUT_OF_SERVICE = ("failed", "planned", "absent")
"""Statuses that evaluation leaves out."""


Region = tuple[Constraint, ...]
"""A conjunction of constraints on index maps."""


class VertexBlock(Record):
    """All vertices of one declared path: `shape` of its coordinates; `relay` tells whether traffic may pass through.

    only, off  of endpoints, in variables `@0`, `@1`, ... of the coordinates: who alone talks (None: all), and who does not
    """

    path: Path
    shape: tuple[int, ...]
    relay: bool
    kind: str
    only: tuple[Region, ...] | None = None
    off: tuple[Region, ...] = ()

    @property
    def space(self) -> Space:
        """The coordinates as variables `@0`, `@1`, ..."""
        return Space(tuple((f"@{i}", s) for i, s in enumerate(self.shape)))

    @property
    def size(self) -> int:
        """Number of vertices."""
        n = 1
        for s in self.shape:
            n *= s
        return n


class ArcRule(Record):
    """Links of one rule between two blocks: vertex coordinates as index maps over `space`.

    capacity of one link, one direction: a Quantity, or UNKNOWN if the rate is not published. Links in a region of `lost` are
    out of service.
    """

    number: int
    lifted: Lifted
    a: int
    a_maps: tuple[Ix, ...]
    b: int
    b_maps: tuple[Ix, ...]
    space: Space
    constraints: tuple[Constraint, ...]
    capacity: Any
    latency: Any
    directed: bool
    lost: tuple[Region, ...] = ()

    @property
    def links(self) -> int:
        """Number of links."""
        return count(self.space, list(self.constraints))


class Network(Record):
    """Blocks and arc rules of the chosen planes; `endpoints` are the blocks that talk.

    exceptions  links or parts out of service exist
    physical    reconfigurable parts lie on the way: hops need a mode
    partial     the endpoints are some parts of an array
    flagged     they are chosen by what is connected to them
    """

    owner: Template
    blocks: tuple[VertexBlock, ...]
    arcs: tuple[ArcRule, ...]
    endpoints: tuple[int, ...]
    exceptions: bool
    physical: bool
    partial: bool
    flagged: bool = False

    @property
    def endpoint_count(self) -> int:
        """Number of endpoints."""
        return sum(self.blocks[k].size for k in self.endpoints)


def is_pass_through(t: Template) -> bool:
    """Whether a part only passes light or current on (panel, OCS, retimer): no vertex of the logical graph."""
    return bool(t.bridges or t.states) or t.kind in ("panel", "ocs")


def is_endpoint(t: Template, relay: bool) -> bool:
    """Whether a vertex talks unless a query says who does: everything but switches and pass-through parts, relaying or not."""
    return not is_pass_through(t) and (not relay or t.kind != "switch")


def contracted_relay(owner: Template, path: Path, inner: Path) -> bool:
    """Whether a contracted part relays because of the vertex at `inner`: it states it, or else that vertex does."""
    stated = owner.at(path).figure("relay")
    return bool(stated) if stated is not None else owner.at(inner).relay


def data_rules(owner: Template, planes: PlaneSelection | None) -> list[tuple[Lifted, list[Constraint]]]:
    """Rules with data lanes in the planes (all if None), each with the constraints that keep it in them."""
    out: list[tuple[Lifted, list[Constraint]]] = []
    for r in lifted_rules(owner):
        if not r.rule.lanes or any(s == 0 for _, s in r.space.vars):
            continue
        if planes is None:
            out.append((r, []))
            continue
        out += [(r, s) for s in plane_sets(r, planes.items)]
    return out


def network(owner: Template, planes: PlaneSelection | None, over: Selection | None) -> Network:
    """The network of some planes; `over` names the endpoints (contracted), else all but the switches.

    The same object for the same question.
    """
    known: dict[Any, Network] = owner.cached("networks", lambda _: {})
    key = (None if planes is None else planes.items, None if over is None else over.groups, owner.failing)
    if key not in known:
        known[key] = _network(owner, planes, over)
    return known[key]


def _network(owner: Template, planes: PlaneSelection | None, over: Selection | None) -> Network:
    groups = [g for g in over.groups if 0 not in owner.shape(g.path)] if over is not None else []
    blocks: list[VertexBlock] = []
    index: dict[Path, int] = {}

    def block(path: Path) -> tuple[int, int]:
        """(number, rank) of the vertex block of an end at `path` (the path of the owner of the port)."""
        inner = path
        for g in groups:
            if covers(g.path, path):
                path = g.path
                break
        if path not in index:
            index[path] = len(blocks)
            blocks.append(VertexBlock(path, owner.shape(path), owner.at(path).relay, owner.at(path).kind))
        k = index[path]
        if inner != path and contracted_relay(owner, path, inner) and not blocks[k].relay:
            blocks[k] = replace(blocks[k], relay=True)
        return k, len(owner.shape(path))

    arcs: list[ArcRule] = []
    physical = False
    for r, constraints in data_rules(owner, planes):
        a, ra = block(r.a[:-1])
        b, rb = block(r.b[:-1])
        physical |= any(is_pass_through(owner.at(p[:-1])) for p in (r.a, r.b))
        rate = link_rate(r.rule.link, "", r.rule.lanes)
        latency = r.rule.link.figure("latency")
        arcs.append(ArcRule(len(arcs), r, a, r.a_coords[:ra], b, r.b_coords[:rb], r.space, tuple(constraints), rate,
                            UNKNOWN if latency is None else latency, r.rule.directed))
    chosen = [index[g.path] for g in groups if g.path in index] if over is not None else [
        k for k, b in enumerate(blocks) if is_endpoint(owner.at(b.path), b.relay)]
    partial = any(tuple(len(s) for s in g.box) != owner.shape(g.path) or g.flags for g in groups)
    # endpoints that no link of the planes touches are vertices all the same
    chosen += [block(path)[0] for path in {g.path: None for g in groups if g.path not in index}]
    gone = exclusions(owner, OUT_OF_SERVICE)
    for g in groups:
        if partial and not g.flags and g.path in index:
            k = index[g.path]
            region = tuple((variable(f"@{i}"), side) for i, side in enumerate(g.box))
            blocks[k] = replace(blocks[k], only=(*(blocks[k].only or ()), region))
    return Network(owner, tuple(blocks), tuple(arcs), tuple(sorted(set(chosen))), bool(gone), physical, partial,
                   any(g.flags for g in groups))
