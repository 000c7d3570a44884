"""L2, the flat IR: one partner per port, the device that owns it, the class of its link.

`flatten` estimates the bytes first and refuses (`OverBudget`) before it allocates. Tables are indexed by port number
(hwdsl.ir.layout), branches of breakouts after the ports (hwdsl.ir.wiring): `peer[peer[p]] == p` wherever `peer[p] >= 0`.
Bridges and circuits of pass-through parts are not followed here: a port of a panel is a port. Multi-drop nets (buses) are no
links: their ports have no partner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir import fill
from hwdsl.ir.index import Ix, ix_vars, variable
from hwdsl.ir.l0 import Rule, Template, volume
from hwdsl.ir.layout import Layout, extent, layout
from hwdsl.ir.outages import OUT_OF_SERVICE, exclusions
from hwdsl.ir.space import Space
from hwdsl.ir.wiring import LinkClass, Wire, Wiring, ordered, port_arrays, wiring
from hwdsl.node import Record, replace

Ints = npt.NDArray[Any]


class OverBudget(Exception):
    """The flat tables would take `bytes` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.bytes = size


class Branch(Record):
    """Branches of breakouts: for branch k (number `ports + k`) its port, first lane and lanes; port -1 where no link is made."""

    port: Ints
    lane: Ints
    width: Ints


class Flat:
    """The flat tables of a design.

    peer           partner of each port (and branch), -1 if not connected; int32, int64 from 2^31 ports on
    owner          device number of each port (and branch)
    rule_of_port   class of the link at each port (and branch), an index into `classes`; -1 if not connected
    branch         the branches of breakouts
    classes        link classes in canonical order
    """

    __slots__ = ("branch", "classes", "layout", "owner", "peer", "rule_of_port")

    def __init__(self, numbering: Layout, classes: Sequence[LinkClass], peer: Ints, owner: Ints, rule_of_port: Ints,
                 branch: Branch) -> None:
        self.layout = numbering
        self.classes = tuple(classes)
        self.peer = peer
        self.owner = owner
        self.rule_of_port = rule_of_port
        self.branch = branch

    @property
    def nbytes(self) -> int:
        """Bytes of the tables."""
        return int(self.peer.nbytes + self.owner.nbytes + self.rule_of_port.nbytes + sum(a.nbytes for a in self.branch._values()))

    @property
    def links(self) -> int:
        """Number of links."""
        return int(np.count_nonzero(self.peer >= 0)) // 2

    @property
    def device_start(self) -> Ints:
        """CSR offsets of the ports of each device, `devices + 1` long: device d owns ports `start[d] .. start[d + 1]`."""
        sizes = np.bincount(self.owner[: self.layout.ports], minlength=self.layout.devices)
        return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))

    @property
    def rate(self) -> npt.NDArray[np.float64]:
        """Net rate of a link in one direction by class, bit/s; NaN if not published."""
        return np.array([c.rate for c in self.classes], dtype=np.float64)

    @property
    def lanes(self) -> Ints:
        """Lanes of a link by class."""
        return np.array([c.rule.lanes for c in self.classes], dtype=np.int64)

    @property
    def length(self) -> Ints:
        """Stated length by class, mm; -1 if not stated."""
        return np.array([c.length for c in self.classes], dtype=np.int64)

    def classes_of(self, planes: Sequence[str]) -> Ints:
        """Which classes stand in one of the planes (dotted names, a plane contains its inner planes); all for no planes."""
        inside = [not planes or any(c.plane == p or c.plane.startswith(p + ".") for p in planes) for c in self.classes]
        return np.array(inside, dtype=bool)

    def edges(self, planes: Sequence[str] = ()) -> tuple[Ints, Ints, Ints]:
        """(port, partner, class) of every link of the planes once, in ascending order of the lower number."""
        low = np.flatnonzero(self.peer > np.arange(len(self.peer), dtype=self.peer.dtype))
        if planes:
            low = low[self.classes_of(planes)[self.rule_of_port[low]]]
        return low, self.peer[low], self.rule_of_port[low]

    def csr(self, planes: Sequence[str] = ()) -> tuple[Ints, Ints]:
        """(indptr, indices) of the device graph of the planes: one entry per link end, neighbours in port order."""
        used = np.flatnonzero(self.peer >= 0)
        if planes:
            used = used[self.classes_of(planes)[self.rule_of_port[used]]]
        source, target = self.owner[used], self.owner[self.peer[used]]
        if len(self.branch.port):
            order = np.argsort(source, kind="stable")
            source, target = source[order], target[order]
        indptr = np.zeros(self.layout.devices + 1, dtype=np.int64)
        np.cumsum(np.bincount(source, minlength=self.layout.devices), out=indptr[1:])
        return indptr, target

    def port_of(self, number: int) -> int:
        """The port of a port or branch number."""
        return number if number < self.layout.ports else int(self.branch.port[number - self.layout.ports])

    def end_name(self, number: int) -> str:
        """`gpu[2].nvl[5]`, or with the lanes of a branch `gpu[2].nvl[5].lane[0..4]`."""
        if number < self.layout.ports:
            return self.layout.port_name(number)
        k = number - self.layout.ports
        first = int(self.branch.lane[k])
        return f"{self.layout.port_name(int(self.branch.port[k]))}.lane[{first}..{first + int(self.branch.width[k])}]"

    def link_names(self) -> Iterator[tuple[str, str]]:
        """Both ends of every link by name, in ascending order of the lower number."""
        low, high, _ = self.edges()
        for a, b in zip(low.tolist(), high.tolist()):
            yield self.end_name(a), self.end_name(b)


def flat_bytes(root: Template, alone: bool = False) -> int:
    """Bytes that the flat tables of a design take (`alone`: partners only), known before anything is allocated; what it takes to
    expand rules on the way is included."""
    lay = layout(root)
    wires = wiring(lay)
    number, kind = _widths(lay, wires)
    ends = lay.ports + wires.branches
    expanded = max((w.space.volume for w in wires.wires if not fill.is_affine(w.space, w.a, w.b)), default=0)
    return ends * (number if alone else 2 * number + kind) + 24 * wires.branches + 40 * expanded


def _widths(lay: Layout, wires: Wiring) -> tuple[int, int]:
    return (8 if lay.ports + wires.branches >= 2**31 else 4), (2 if len(wires.classes) < 2**15 else 4)


def flatten(root: Template, budget_bytes: int, exclude: tuple[str, ...] = OUT_OF_SERVICE) -> Flat:
    """The flat tables of a design, without the links that overrides put out of service. Raises OverBudget before it allocates."""
    need = flat_bytes(root)
    if need > budget_bytes:
        raise OverBudget(need)
    lay = layout(root)
    wires = wiring(lay)
    number, kind = _widths(lay, wires)
    maker = _Maker(lay, wires, np.dtype(f"i{number}"), np.dtype(f"i{kind}"))
    maker.make(exclude)
    return Flat(lay, wires.classes, maker.peer, maker.owner, maker.rules, maker.branch)


def partners(root: Template, budget_bytes: int, exclude: tuple[str, ...] = OUT_OF_SERVICE) -> Ints:
    """`Flat.peer` alone, for those who need no more. Raises OverBudget before it allocates."""
    need = flat_bytes(root, alone=True)
    if need > budget_bytes:
        raise OverBudget(need)
    lay = layout(root)
    wires = wiring(lay)
    maker = _Maker(lay, wires, np.dtype(f"i{_widths(lay, wires)[0]}"), np.dtype("i1"), alone=True)
    maker.make(exclude)
    return maker.peer


def within_element(t: Template, rule: Rule) -> str:
    """The part array each of whose elements holds both ends of its own links of a rule, all alike; "" if there is none."""
    name = rule.a.path[0]
    if name not in t.parts or rule.b.path[0] != name or len(rule.a.path) < 2 or len(rule.b.path) < 2:
        return ""
    dims, sizes = t.parts[name].dims, rule.space.sizes
    head = rule.a.coords[: len(dims)]
    own = [atom for c in head for _, atom in c.terms]
    if rule.b.coords[: len(dims)] != head or len(set(own)) != len(own):
        return ""
    for c, n in zip(head, dims):
        atom = c.terms[0][1] if c.terms else None
        if not (c == variable(atom) and sizes[atom] == n if isinstance(atom, str) else atom is None and n == 1):
            return ""
    rest = (*rule.a.coords[len(dims):], *rule.b.coords[len(dims):], *(c.ix for c in rule.space.guard))
    return "" if any(ix_vars(c) & set(own) for c in rest) else name


def first_element(rule: Rule, rank: int) -> Rule:
    """The part of a rule that lies in the first element of the part array it is local to (see `within_element`)."""
    own = {atom for c in rule.a.coords[:rank] for _, atom in c.terms}
    zeros = (Ix(0),) * rank
    space = Space(tuple(v for v in rule.space.vars if v[0] not in own), rule.space.guard)
    a, b = (replace(e, coords=zeros + e.coords[rank:]) for e in (rule.a, rule.b))
    return replace(rule, space=space, a=a, b=b)


class _Maker:
    """The tables under construction."""

    def __init__(self, lay: Layout, wires: Wiring, number: np.dtype[Any], kind: np.dtype[Any], alone: bool = False) -> None:
        """`alone`: partners only, the other tables stay empty."""
        self.layout = lay
        self.wires = wires
        self.alone = alone
        ends = lay.ports + wires.branches
        self.peer = np.empty(ends, dtype=number)
        self.owner = np.empty(0 if alone else ends, dtype=number)
        self.rules = np.empty(0 if alone else ends, dtype=kind)
        for table in (self.peer, self.owner, self.rules):
            table[lay.ports:] = -1
        self.branch = Branch(*(np.full(wires.branches, -1, dtype=number) for _ in range(3)))

    def make(self, exclude: tuple[str, ...]) -> None:
        """Fill the tables."""
        self.template(self.layout.root, 0, 0)
        self.special()
        for e in exclusions(self.layout.root, exclude):
            for path in port_arrays(self.layout.root, e.path):
                self.exclude(path, e.box)

    def template(self, t: Template, port: int, device: int) -> None:
        """One instance of a template, its ports from `port` on, its devices from `device` on."""
        e = extent(t)
        rules = [(rule, within_element(t, rule)) for rule in ordered(t)]
        if e.own:
            own = slice(port, port + e.own)
            self.peer[own] = -1
            if not self.alone:
                self.rules[own] = -1
                self.owner[own] = device
        for slot in e.slots:
            inner, n = extent(slot.template), volume(slot.dims)
            if inner.ports == 0 or n == 0:
                continue
            first = port + slot.port
            self.template(slot.template, first, device + slot.device)
            for rule, inside in rules:
                if inside == slot.name:  # both ends in one element: made once, copied with it
                    self._rule(t, first_element(rule, len(slot.dims)), port)
            span = slice(first, first + n * inner.ports)
            fill.replicate(self.peer[span], n, inner.ports, inner.ports)
            if not self.alone:
                fill.replicate(self.owner[span], n, inner.ports, inner.devices)
                fill.replicate(self.rules[span], n, inner.ports, 0)
        for rule, inside in rules:
            if not inside:
                self._rule(t, rule, port)

    def _rule(self, t: Template, rule: Rule, port: int) -> None:
        if rule.a.lane is not None or rule.b.lane is not None:
            return
        a, b = (layout(t).ports_at(e.path).map(e.coords) for e in (rule.a, rule.b))
        a, b = Ix(a.const + port, a.terms), Ix(b.const + port, b.terms)
        number = self.wires.number_of[t.uid, rule.number]
        if not fill.is_affine(rule.space, a, b):
            ends = fill.numbers(rule.space, (a, b))
            self.join(ends[0], ends[1], number)
            return
        for own, other in ((a, b), (b, a)):
            nest = fill.loops(rule.space, own, other)
            fill.write_affine(self.peer, own.const, other.const, nest)
            if nest and not self.alone:
                fill.strided(self.rules, own.const, nest)[...] = number
            elif not self.alone:
                self.rules[own.const] = number

    def join(self, a: Ints, b: Ints, number: int) -> None:
        """Links between ends `a[k]` and `b[k]`."""
        self.peer[a] = b
        self.peer[b] = a
        if not self.alone:
            self.rules[a] = number
            self.rules[b] = number

    def special(self) -> None:
        """Rules with an end that is a slice of a port's lanes."""
        for w in self.wires.wires:
            if w.a_branch is not None or w.b_branch is not None:
                self._breakout(w)

    def _breakout(self, w: Wire) -> None:
        a, b = fill.numbers(w.space, (w.a, w.b))
        rank, step = Ix(0), 1
        for name, size in reversed(w.space.vars):
            rank = Ix(0, (*rank.terms, (step, name)))
            step *= size
        at = fill.numbers(w.space, (rank,))[0]
        ends = []
        for ports, first, end in ((a, w.a_branch, w.rule.a), (b, w.b_branch, w.rule.b)):
            if first is None or end.lane is None:
                ends.append(ports)
                continue
            self.branch.port[first + at] = ports
            self.branch.lane[first + at] = fill.numbers(w.space, (end.lane[0],))[0]
            self.branch.width[first + at] = end.lane[1]
            ends.append(self.layout.ports + first + at)
            if not self.alone:
                self.owner[ends[-1]] = self.owner[ports]
        self.join(ends[0], ends[1], w.link_class)

    def exclude(self, path: tuple[str, ...], box: tuple[Any, ...]) -> None:
        """Take the links at the ports of an array within a box of its leading coordinates out."""
        at = self.layout.ports_at(path)
        ids = np.asarray(at.offset, dtype=np.int64)
        for k, n in enumerate(at.shape):
            values = np.asarray(box[k] if k < len(box) else range(n), dtype=np.int64)
            ids = ids[..., None] + at.strides[k] * values
        ids = ids.reshape(-1)
        if len(self.branch.port):
            ids = np.concatenate((ids, self.layout.ports + np.flatnonzero(np.isin(self.branch.port, ids))))
        ids = ids[self.peer[ids] >= 0]
        ends = np.concatenate((ids, self.peer[ids]))
        self.peer[ends] = -1
        if not self.alone:
            self.rules[ends] = -1
