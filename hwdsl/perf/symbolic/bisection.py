"""Bisection of a network as a bracket, from loads at L0: exact where the bounds meet."""

from __future__ import annotations

from hwdsl.query.cuts import Bracket
from hwdsl.query.factored.bounds import contracted_bracket
from hwdsl.query.factored.product import solve
from hwdsl.query.network import Network
from hwdsl.query.quotient import plan


def bisection_bracket(net: Network) -> Bracket:
    """Bounds of the bisection, bit/s in one direction, however long the loads of a factor take.

    Lower: every balanced cut carries floor(E/2) ceil(E/2) flows of uniform traffic; a folded Clos that spreads evenly carries any
    pairing. Upper: the injection of half the endpoints, and cuts along one coordinate. Raises Refused.
    """
    return contracted_bracket(plan(net), net, solve)
