"""What loads of a network taken apart say of its bisection: proven bounds, exact where they meet.

Endpoints that hang on bridges are left out of the load bound. A cut into halves of a and b endpoints, a <= b, that parts m of
them from the vertices they hang on pays at least m times the least capacity of a bridge over the endpoints behind it, and what
is left parts at least (a - m)(b + m) flows of uniform traffic; both together are concave in m, hence least at m = 0 or m = a.
On a product the loads are those of dimension order, which on no arc exceed the greatest equal-cost load of its factor's arcs.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hwdsl.query.cuts import Bracket, bracket, capacity
from hwdsl.query.factored.closed import closed_form
from hwdsl.query.factored.contract import Contracted, contract
from hwdsl.query.factored.explicit import explicit
from hwdsl.query.factored.factors import Factor, Solved, factors
from hwdsl.query.factored.product import Parts, by_quotient, fibre_classes
from hwdsl.query.network import Network
from hwdsl.query.quotient import Plan, loads, plan
from hwdsl.query.refusal import Refused

SIZE_LIMIT = 256
"""Vertices of a factor that is solved without a closed form, where the answer is to be quick."""

Loaded = list[tuple[Fraction, Fraction]]
"""(capacity of a link, its load of uniform all-to-all)"""


def contracted_bracket(pl: Plan, net: Network, solver: Callable[[Factor], Solved]) -> Bracket:
    """The bracket of a connected network, `pl` its plan. Raises Refused."""
    c = contract(net)
    hung = [capacity(b.arc) * b.parallel / b.below for b in c.bridges]
    try:
        loaded = _product(c, solver)
    except Refused as reason:
        try:
            loaded = _quotient(c, pl)
        except Refused:
            raise reason from None
    return bracket(pl, loaded, min(hung) if hung else None)


def quick(f: Factor) -> Solved:
    """A factor solved in closed form, or small. Raises Refused."""
    found = closed_form(f)
    if found is not None:
        return found
    if f.size > SIZE_LIMIT:
        raise Refused(f"a factor of {f.size:,} vertices without a closed form")
    try:
        return by_quotient(plan(f.network))
    except Refused:
        return explicit(f)


def _product(c: Contracted, solver: Callable[[Factor], Solved]) -> Loaded:
    found = factors(c.network) if len(c.weight) == 1 else None
    if found is None:
        raise Refused("the network is not one block of vertices that relay")
    parts = Parts((f, solver(f)) for f in found)
    if any(sum(s.distances.values()) != f.size ** 2 for f, s in parts):
        raise Refused("the network is not connected")
    made = {a.number: capacity(a) for a in c.network.arcs}
    return [(made[x.rule], x.load) for k, (_, s) in enumerate(parts) for x in fibre_classes(c, parts, (k,), s)]


def _quotient(c: Contracted, pl: Plan) -> Loaded:
    within = plan(c.network) if c.bridges else pl
    made = {a.number: capacity(a) for a in within.network.arcs}
    return [(made[arc[0]], load) for arc, load in loads(within, c.weight if c.bridges else None).load.items()]
