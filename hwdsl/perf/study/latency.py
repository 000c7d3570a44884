"""Start-up latency: what the first bit of a flow waits for on its way, links and relays added up.

A link takes its `latency`, its `fec_latency` where one is stated, and the propagation time of the media on its way where both
their `delay` and a length are stated. A relay takes its `latency`. What nobody published is assumed where the study says so
(`link_latency`, `switch_latency`), and otherwise counted as missing: the sum is then a lower bound.

Relays pass bits on as they come (cut-through), unless the study gives a `packet`: then each relay receives a whole one before it
sends on (store and forward), which takes the packet over the rate of the link it came by.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.ir.l0 import Template
from hwdsl.node import Record
from hwdsl.query.network import ArcRule
from hwdsl.query.quotient import Cell, Plan, Refused, destinations, reach, talks
from hwdsl.sema.values import UNKNOWN
from hwdsl.types import Quantity

if TYPE_CHECKING:
    from hwdsl.perf.study.view import View
    from hwdsl.perf.traffic import Flows

CELLS = 60_000


class Latency(Record):
    """Known `seconds` and the number of `missing` figures."""

    seconds: Fraction
    missing: int

    def plus(self, other: Latency) -> Latency:
        """Both on one path."""
        return Latency(self.seconds + other.seconds, self.missing + other.missing)

    def times(self, n: int) -> Latency:
        """n of them."""
        return Latency(self.seconds * n, self.missing * n)

    @property
    def rank(self) -> tuple[Fraction, int]:
        """Order: by what is known, then by what is not."""
        return self.seconds, self.missing


NONE = Latency(Fraction(0), 0)


class Assumed(Record):
    """Latency in s of links and of relays without a figure; None: do not assume any. `packet`: bits that relays store before
    they forward; None: they cut through."""

    link: Fraction | None = None
    relay: Fraction | None = None
    packet: Fraction | None = None


def seconds(figure: Any) -> Fraction | None:
    """A time as a number of seconds (nominal), None if it is not published."""
    if figure is None or figure is UNKNOWN or not isinstance(figure, Quantity) or figure.missing:
        return None
    return Fraction(figure.nom)


def link_latency(arc: ArcRule, assumed: Assumed) -> Latency:
    """Of one link of a rule."""
    link = arc.lifted.rule.link
    stated = seconds(arc.latency)
    own = stated if stated is not None else assumed.link
    if own is None:
        return Latency(_propagation(arc), 1)
    fec = seconds(link.figure("fec_latency")) if stated is not None else None
    return Latency(own + (fec or 0) + _propagation(arc), 0)


def storing(arc: ArcRule, assumed: Assumed) -> Latency:
    """Of a relay that receives a whole packet over one link of a rule before it sends on."""
    if assumed.packet is None or arc.capacity is UNKNOWN or not arc.capacity.nom:
        return NONE  # of an unpublished rate the prediction says so itself
    return Latency(assumed.packet / Fraction(arc.capacity.nom), 0)


def _propagation(arc: ArcRule) -> Fraction:
    total = Fraction(0)
    rule = arc.lifted.rule
    stated = rule.attributes.get("length")
    for step in rule.via:
        if step.template is None:
            continue
        delay = step.template.figure("delay")
        length = step.template.figure("length") or (stated.value if stated is not None else None)
        if isinstance(delay, Quantity) and isinstance(length, Quantity) and length.is_exact:
            total += Fraction(delay.nom) * Fraction(length.nom)
    return total


def relay_latency(part: Template, assumed: Assumed) -> Latency:
    """Of passing through a part."""
    stated = seconds(part.figure("latency"))
    if stated is None:
        stated = assumed.relay
    return Latency(Fraction(0), 1) if stated is None else Latency(stated, 0)


class Symbolic:
    """Latencies on the verified quotient: from every kind of vertex to every kind of destination, over minimal paths."""

    def __init__(self, pl: Plan, assumed: Assumed) -> None:
        self.pl, self.assumed = pl, assumed
        rules = {a.number: link_latency(a, assumed) for a in pl.network.arcs}
        self._rules = rules
        self._stored = {a.number: storing(a, assumed) for a in pl.network.arcs}
        self._relays = [relay_latency(pl.network.owner.at(b.path), assumed) for b in pl.network.blocks]
        self._seen: dict[Cell, dict[Cell, tuple[int, Latency]]] = {}

    def towards(self, destination: Cell) -> dict[Cell, tuple[int, Latency]]:
        """(hops, latency) of each cell: the longest latency among the minimal paths. Raises Refused."""
        if destination not in self._seen:
            found = reach(self.pl, destination, [CELLS])
            blocks = self.pl.network.blocks
            out: dict[Cell, tuple[int, Latency]] = {destination: (0, NONE)}
            for cell in sorted(found.distance, key=lambda c: found.distance[c]):
                d = found.distance[cell]
                for far, _, arc in found.links[cell] if d else ():
                    if found.distance.get(far, d) != d - 1 or (far != destination and not blocks[far[0]].relay):
                        continue
                    way = self._rules[arc[0]].plus(out[far][1])
                    if far != destination:
                        way = way.plus(self._relays[far[0]]).plus(self._stored[arc[0]])
                    if cell not in out or way.rank > out[cell][1].rank:
                        out[cell] = d, way
            self._seen[destination] = out
        return self._seen[destination]

    def extremes(self) -> tuple[Latency, Latency]:
        """(least, greatest) latency over all ordered pairs of endpoints that reach each other. Raises Refused."""
        ends = set(self.pl.network.endpoints)
        found = [way for destination, _ in destinations(self.pl)
                 for cell, (d, way) in self.towards(destination).items() if d and cell[0] in ends and talks(self.pl, *cell)]
        found.sort(key=lambda w: w.rank)
        return (found[0], found[-1]) if found else (NONE, NONE)

    def worst(self, view: View, flows: Flows) -> Latency:
        """The greatest latency over the pairs of some flows. Raises Refused."""
        best = NONE
        for source, destination in cells(view, self.pl, flows):
            way = self.towards(destination).get(source)
            if way is not None and way[1].rank > best.rank:
                best = way[1]
        return best

    def histogram(self, view: View, flows: Flows) -> dict[int, int]:
        """Flows by hops. Raises Refused."""
        out: dict[int, int] = {}
        for (source, destination), count in cells(view, self.pl, flows).items():
            way = self.towards(destination).get(source)
            if way is not None:
                out[way[0]] = out.get(way[0], 0) + count
        return dict(sorted(out.items()))


def cells(view: View, pl: Plan, flows: Flows) -> dict[tuple[Cell, Cell], int]:
    """How many flows between ranks there are of each (cell of the source seen from the destination, destination)."""
    import numpy as np

    index = {b.path: k for k, b in enumerate(pl.network.blocks)}
    bounds, rank = [], 0
    for g in view.groups:
        n = int(np.prod([len(s) for s in g.box], dtype=np.int64))
        bounds.append((rank, rank + n, index[g.path]))
        rank += n
    out: dict[tuple[Cell, Cell], int] = {}
    for first, last, near in bounds:
        for begin, end, far in bounds:
            chosen = (flows.src >= first) & (flows.src < last) & (flows.dst >= begin) & (flows.dst < end)
            if not chosen.any():
                continue
            s = _coordinates(pl, near, flows.src[chosen] - first)
            t = _coordinates(pl, far, flows.dst[chosen] - begin)
            columns = _states(pl, near, far, s, t)
            split = len(pl.coordinates[near])
            if columns:
                rows, counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
            else:
                rows, counts = np.zeros((1, 0), dtype=np.int64), chosen.sum(keepdims=True)
            for r, count in zip(rows.tolist(), counts.tolist()):
                key = (near, tuple(r[:split])), (far, tuple(r[split:]))
                out[key] = out.get(key, 0) + count
    return out


def _coordinates(pl: Plan, block: int, index: Any) -> list[Any]:
    out: list[Any] = []
    for n in reversed(pl.network.blocks[block].shape):
        out.append(index % n)
        index = index // n
    return out[::-1]


def _states(pl: Plan, near: int, far: int, s: list[Any], t: list[Any]) -> list[Any]:
    """State columns of the sources relative to the destinations, then those of the destinations."""
    import numpy as np

    of_group = {c.group: t[k] for k, c in enumerate(pl.coordinates[far]) if c.symmetry != "N"}
    columns: list[Any] = []
    for k, c in enumerate(pl.coordinates[near]):
        base = of_group.get(c.group)
        if c.symmetry == "N":
            columns.append(s[k])
        elif base is None:
            columns.append(np.full_like(s[k], c.symmetry == "S"))
        elif c.symmetry == "S":
            columns.append((s[k] != base).astype(np.int64))
        else:
            offset = (s[k] - base) % c.size
            columns.append(np.minimum(offset, c.size - offset) if c.symmetry == "D" else offset)
    columns += [t[k] if c.symmetry == "N" else np.zeros_like(t[k]) for k, c in enumerate(pl.coordinates[far])]
    return columns


def by_hops(view: View, assumed: Assumed, count: int) -> Latency:
    """The latency of a path of so many hops where all links and all relays are alike. Raises Refused."""
    links = {(link_latency(a, assumed), storing(a, assumed)) for a in view.net.arcs}
    relays = {relay_latency(view.root.at(b.path), assumed) for b in view.net.blocks if b.relay}
    if not count:
        return NONE
    if len(links) != 1 or (count > 1 and len(relays) != 1):
        raise Refused("links or relays of different latency")
    link, stored = next(iter(links))
    way = link.times(count)
    return way.plus(next(iter(relays)).plus(stored).times(count - 1)) if count > 1 else way
