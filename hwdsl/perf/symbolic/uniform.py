"""Exact loads of uniform all-to-all traffic at L0: every ordered pair of distinct endpoints sends 1."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.ir.outages import Exclusion
from hwdsl.perf.symbolic.answer import LoadClass, SymbolicLoads
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.quotient import Loads, Plan, Refused, hops, loads, plan
from hwdsl.sema.values import UNKNOWN


def uniform_loads(net: Network, routing: str = "ecmp", failed: tuple[Exclusion, ...] = ()) -> SymbolicLoads:
    """Loads of uniform all-to-all under a routing. Raises Refused(reason) where no symbolic method covers the question."""
    if routing != "ecmp":
        raise Refused(f"no symbolic method for the routing `{routing}` on this network")
    if failed:
        raise Refused("links or parts are out of service")
    pl = plan(net)
    found = loads(pl)
    return SymbolicLoads(load_classes(pl, found), "quotient", len(found.links), net.endpoint_count, hops(pl))


def load_classes(pl: Plan, found: Loads) -> tuple[LoadClass, ...]:
    """The classes of a quotient, equal loads of one rule and direction together."""
    rules = {a.number: a for a in pl.network.arcs}
    merged: dict[tuple[int, str, Fraction], int] = {}
    for arc, links in found.links.items():
        number, forward, _ = arc
        key = number, arc_label(pl.network, rules[number], forward), found.load.get(arc, Fraction(0))
        merged[key] = merged.get(key, 0) + links
    return tuple(LoadClass(number, label, load, links, published(rules[number]))
                 for (number, label, load), links in sorted(merged.items()))


def arc_label(net: Network, arc: ArcRule, forward: bool) -> str:
    """`from -> to` by the names of the parts."""
    names = [".".join(net.blocks[k].path) or net.owner.name for k in (arc.a, arc.b)]
    return " -> ".join(names if forward else names[::-1])


def published(arc: ArcRule) -> Fraction | None:
    """Capacity of one link, bit/s one direction; None if it is not published."""
    return None if arc.capacity is UNKNOWN else Fraction(arc.capacity.nom)
