"""Bisection: a bracket of proven bounds, closed where they meet.

Lower bounds: every balanced cut carries (N/2)^2 flows of uniform traffic each way, so floor(N/2) ceil(N/2) / max load is one;
in a folded Clos that spreads evenly, half the endpoints times the rate every endpoint can sustain whatever the pairing is
another. Upper bounds: half the endpoints' injection, and cuts of the design along one of its coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from hwdsl.ir.space import Constraint, count
from hwdsl.node import Record
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.quotient import Cell, Plan, Reach, Refused, destinations, reach
from hwdsl.query.selection import Selection
from hwdsl.sema.values import UNKNOWN


class Bracket(Record):
    """Bounds in bit/s, one direction, each with the name of its method."""

    lower: Fraction
    lower_method: str
    upper: Fraction
    upper_method: str

    @property
    def exact(self) -> bool:
        """Whether the bounds meet."""
        return self.lower == self.upper


def capacity(arc: ArcRule) -> Fraction:
    """Capacity of one link, bit/s one direction. Raises Refused if it is not published."""
    if arc.capacity is UNKNOWN:
        raise Refused(f"the net rate of `{arc.lifted.rule.link.name}` is not published")
    return Fraction(arc.capacity.nom)


def injection(network: Network, over: Selection | None = None) -> Fraction:
    """What all endpoints together can send, or those of `over` among them: the rate of their links, those between two of them at
    both, directed ones at the output."""
    total = Fraction(0)
    ends = set(network.endpoints)
    for arc in network.arcs:
        for block, maps in ((arc.a, arc.a_maps), (arc.b, arc.b_maps))[: 1 if arc.directed else 2]:
            if block not in ends:
                continue
            boxes = None if over is None else [g.box for g in over.groups if g.path == network.blocks[block].path]
            links = arc.links if boxes is None else sum(count(arc.space, [*arc.constraints, *zip(maps, box)]) for box in boxes)
            if links:
                total += capacity(arc) * links
    return total


def bracket(pl: Plan, loaded: Iterable[tuple[Fraction, Fraction]], hung: Fraction | None = None) -> Bracket:
    """The bracket of a connected network whose links have these (capacity, load of uniform all-to-all). Raises Refused.

    hung  if `loaded` leaves out bridges that endpoints hang on: the least capacity of one over the endpoints behind it
    """
    net = pl.network
    n = net.endpoint_count
    across = (n // 2) * (n - n // 2)
    bounds = [(rate * across / load, "uniform all-to-all load") for rate, load in loaded if load]
    if hung is not None:
        bounds.append(((n // 2) * hung, "endpoints parted from what they hang on"))
    lowers = [min(bounds, default=(Fraction(0), "no links"))]
    tiers = levels(pl)
    if tiers is not None and spreads_evenly(pl, tiers):
        per = min(level_capacity(net, tiers).values()) / n
        lowers.append(((n // 2) * per, "folded Clos, tightest tier"))
    uppers = [((n // 2) * injection(net) / n, "injection of half the endpoints"), *coordinate_cuts(pl)]
    low, high = max(lowers), min(uppers)
    return Bracket(low[0], low[1], high[0], high[1])


def levels(pl: Plan) -> dict[int, int] | None:
    """Tier of each block, endpoints 0, if every link joins consecutive tiers; else None."""
    net = pl.network
    out = dict.fromkeys(net.endpoints, 0)
    frontier = list(net.endpoints)
    while frontier:
        following: list[int] = []
        for arc in net.arcs:
            for x, y in ((arc.a, arc.b), (arc.b, arc.a)):
                if x in frontier and y not in out:
                    out[y] = out[x] + 1
                    following.append(y)
        frontier = following
    for arc in net.arcs:
        if arc.directed or arc.a not in out or arc.b not in out or abs(out[arc.a] - out[arc.b]) != 1:
            return None
    return out


def level_capacity(net: Network, tiers: dict[int, int]) -> dict[int, Fraction]:
    """Capacity between tier k and k + 1, one direction, by k."""
    out: dict[int, Fraction] = {}
    for arc in net.arcs:
        k = min(tiers[arc.a], tiers[arc.b])
        out[k] = out.get(k, Fraction(0)) + capacity(arc) * arc.links
    return out


def spreads_evenly(pl: Plan, tiers: dict[int, int]) -> bool:
    """Whether, towards every destination, each vertex goes either down only or up over all its uplinks alike.

    Then the traffic from an endpoint spreads evenly over the tiers above it whatever its destination, and a pairing loads each
    link at most as much as uniform traffic of the same injection would. One block a tier, all its vertices alike, all its
    uplinks of one capacity: otherwise the mean over a tier says nothing of its tightest link. (With a single tier of switches
    every link is an endpoint's, and the switches need not be alike.)
    """
    net = pl.network
    if len(set(tiers.values())) != len(tiers) or any(_told_apart(pl, k) for k in net.endpoints):
        return False
    if max(tiers.values()) > 1 and any(_told_apart(pl, k) for k in range(len(net.blocks))):
        return False
    rates: dict[int, set[Fraction]] = {}
    for arc in net.arcs:
        low = arc.a if tiers[arc.a] < tiers[arc.b] else arc.b
        rates.setdefault(low, set()).add(capacity(arc))
    if any(len(r) > 1 for r in rates.values()):
        return False
    budget = [60_000]
    for destination, _ in destinations(pl):
        seen = reach(pl, destination, budget)
        if not _as_wide_down_as_up(seen, tiers):
            return False
        for cell, outward in seen.links.items():
            d = seen.distance[cell]
            if d == 0 or (cell != destination and not net.blocks[cell[0]].relay and tiers[cell[0]] != 0):
                continue
            up = sum(w for far, w, _ in outward if tiers[far[0]] > tiers[cell[0]])
            nearer_up = sum(w for far, w, _ in outward if tiers[far[0]] > tiers[cell[0]] and seen.distance.get(far) == d - 1)
            nearer_down = any(tiers[far[0]] < tiers[cell[0]] and seen.distance.get(far) == d - 1
                              and (far == destination or net.blocks[far[0]].relay) for far, _, _ in outward)
            if nearer_up and (nearer_up != up or nearer_down):
                return False
    return True


def _as_wide_down_as_up(seen: Reach, tiers: dict[int, int]) -> bool:
    """Whether the vertices of a tier, the ancestors of the destination among them, have bundles of one width to each cell above.

    Otherwise what one spreads evenly over its uplinks comes down on a narrower bundle: vertices that are all alike may still
    have their double links to different switches.
    """
    widths: dict[tuple[int, Cell], int] = {}
    for cell, outward in seen.links.items():
        above: dict[Cell, int] = {}
        for far, w, _ in outward:
            if tiers[far[0]] > tiers[cell[0]]:
                above[far] = above.get(far, 0) + w
        if any(widths.setdefault((cell[0], far), w) != w for far, w in above.items()):
            return False
    return True


def _told_apart(pl: Plan, block: int) -> bool:
    """Whether the vertices of a block are not all alike."""
    return any(c.symmetry == "N" and c.size > 1 for c in pl.coordinates[block])


def coordinate_cuts(pl: Plan) -> list[tuple[Fraction, str]]:
    """Cuts `first half of one coordinate | the rest`; vertices without the coordinate stand on the second side."""
    net = pl.network
    groups = {c.group: c.size for k in net.endpoints for c in pl.coordinates[k]}
    out = []
    for g, size in sorted(groups.items()):
        if size % 2 or any(all(c.group != g for c in pl.coordinates[k]) for k in net.endpoints):
            continue
        total = Fraction(0)
        for arc in net.arcs:
            total += capacity(arc) * _crossing(pl, arc, g, size // 2)
        if total:
            out.append((total, "cut along one coordinate"))
    return out


def _crossing(pl: Plan, arc: ArcRule, group: int, half: int) -> int:
    """Links of a rule whose ends stand on different sides."""
    sides: list[Any] = []
    for block, maps in ((arc.a, arc.a_maps), (arc.b, arc.b_maps)):
        at = [m for m, c in zip(maps, pl.coordinates[block]) if c.group == group]
        sides.append(at[0] if at else None)
    base: list[Constraint] = list(arc.constraints)
    inside = range(half)
    first = 0 if sides[0] is None else count(arc.space, [*base, (sides[0], inside)])
    second = 0 if sides[1] is None else count(arc.space, [*base, (sides[1], inside)])
    both = 0 if None in sides else count(arc.space, [*base, (sides[0], inside), (sides[1], inside)])
    return first + second - 2 * both

