"""Bisection of a network as a bracket, from loads at L0: exact where the bounds meet."""

from __future__ import annotations

from hwdsl.perf.symbolic.uniform import uniform_loads
from hwdsl.query.cuts import Bracket, bracket
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused, plan


def bisection_bracket(net: Network) -> Bracket:
    """Bounds of the bisection, bit/s in one direction.

    Lower: every balanced cut carries floor(E/2) ceil(E/2) flows of uniform traffic; a folded Clos that spreads evenly carries any
    pairing. Upper: the injection of half the endpoints, and cuts along one coordinate. Raises Refused.
    """
    found = uniform_loads(net)
    if found.hops.unreachable:
        raise Refused("the network is not connected")
    loaded = []
    for c in found.classes:
        if c.capacity is None:
            raise Refused(f"the net rate of links {c.label} is not published")
        loaded.append((c.capacity, c.load))
    return bracket(plan(net), loaded)
