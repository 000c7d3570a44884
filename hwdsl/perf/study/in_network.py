"""Collectives done by the switches: every rank sends its vector up once, each switch adds up what comes from below and passes one
vector on, the top ones send the sum down again the same way.

A rank spreads its vector over its uplinks, a switch over its own; what all switches below one have of the vector must be the same
share, or there would be nothing to add up. Up and down use the two directions of the links at the same time.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.node import Record
from hwdsl.perf.study.view import View
from hwdsl.query.cuts import capacity, levels
from hwdsl.query.quotient import Cell, Plan, Reach, Refused, destinations, reach, talks

CELLS = 60_000


class UplinkShare(Record):
    """Share of the vector on one uplink of a kind of vertex, and seconds per bit of the vector that it takes."""

    label: str
    links: int
    capacity: Fraction
    share: Fraction


def shares(view: View) -> tuple[UplinkShare, ...]:
    """Every uplink's share of the vector. Raises Refused with the reason where the switches cannot do it."""
    pl = view.lossy_plan()
    tiers = levels(pl)
    if tiers is None or max(tiers.values()) == 0:
        raise Refused("in-network collectives need switches in tiers above the ranks; here links run within a tier or past one")
    rates = {a.number: capacity(a) for a in pl.network.arcs}
    share: dict[Cell, Fraction] = {cell: Fraction(1) for cell, _ in destinations(pl)}
    frontier, top, out = list(share), [], []
    while frontier:
        above: dict[Cell, Fraction] = {}
        for cell in frontier:
            seen = reach(pl, cell, [CELLS])
            up = [(far, w, arc) for far, w, arc in seen.links[cell] if tiers[far[0]] > tiers[cell[0]]]
            total = sum(w for _, w, _ in up)
            if not total:
                top.append((cell, seen))
            for far, w, arc in up:
                each = share[cell] / total
                out.append(UplinkShare(_label(view, pl, cell, far), w * _alike(pl, cell), rates[arc[0]], each))
                got = each * Fraction(w, seen.size(pl, far))
                if above.setdefault(_kind(pl, far), got) != got:
                    raise Refused("the parts below a switch have different shares of the vector")
        share |= above
        frontier = sorted(above)
    for cell, seen in top:
        _sees_all(pl, tiers, cell, seen)
    merged: dict[tuple[str, Fraction, Fraction], int] = {}
    for u in out:
        merged[u.label, u.capacity, u.share] = merged.get((u.label, u.capacity, u.share), 0) + u.links
    return tuple(UplinkShare(label, links, rate, part) for (label, rate, part), links in sorted(merged.items()))


def _kind(pl: Plan, cell: Cell) -> Cell:
    """The cell of a vertex seen from itself: only what tells vertices of its block apart is left."""
    block, state = cell
    coords = pl.coordinates[block]
    return block, tuple(s if c.symmetry == "N" else s & ~1 if c.symmetry == "S" else 0 for s, c in zip(state, coords))


def _alike(pl: Plan, cell: Cell) -> int:
    n = 1
    for s, c in zip(cell[1], pl.coordinates[cell[0]]):
        n *= 1 if c.symmetry == "N" else c.parts[s >> 1] if c.symmetry == "S" else c.size
    return n


def _label(view: View, pl: Plan, a: Cell, b: Cell) -> str:
    return " -> ".join(".".join(pl.network.blocks[c[0]].path) or view.root.name for c in (a, b))


def _sees_all(pl: Plan, tiers: dict[int, int], cell: Cell, seen: Reach) -> None:
    """Raise Refused unless every rank lies straight below a top vertex."""
    ends = set(pl.network.endpoints)
    below = sum(seen.size(pl, c) for c, d in seen.distance.items()
                if c[0] in ends and d == tiers[cell[0]] and talks(pl, c[0], c[1]))
    if below != sum(like for _, like in destinations(pl)):
        raise Refused("no top switch has all ranks below it")
