"""Bisection of a network as a bracket, from loads at L0: exact where the bounds meet."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.perf.symbolic.answer import SymbolicLoads
from hwdsl.perf.symbolic.uniform import uniform_loads
from hwdsl.query.cuts import Bracket, bracket
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused, plan


def bisection_bracket(net: Network) -> Bracket:
    """Bounds of the bisection, bit/s in one direction.

    Lower: every balanced cut carries floor(E/2) ceil(E/2) flows of uniform traffic; a folded Clos that spreads evenly carries any
    pairing. Upper: the injection of half the endpoints, and cuts along one coordinate. Raises Refused.
    """
    pl = plan(net)
    best = bracket(pl, _loaded(uniform_loads(net)))
    try:  # whatever the routing, its loads are a bound; on meshes those of dimension order are the lower ones
        other = bracket(pl, _loaded(uniform_loads(net, "dimension_order")))
    except Refused:
        return best
    return other if other.lower > best.lower else best


def _loaded(found: SymbolicLoads) -> list[tuple[Fraction, Fraction]]:
    if found.hops.unreachable:
        raise Refused("the network is not connected")
    out = []
    for c in found.classes:
        if c.capacity is None:
            raise Refused(f"the net rate of links {c.label} is not published")
        out.append((c.capacity, c.load))
    return out
