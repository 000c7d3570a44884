"""Exact loads of uniform all-to-all traffic at L0: every ordered pair of distinct endpoints sends 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from hwdsl.ir.outages import Exclusion
from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.symbolic.dragonfly import local_global_local
from hwdsl.perf.symbolic.lost_link import torus_without_a_link
from hwdsl.perf.symbolic.routings import REASONS, check_one_latency, check_up_down, dimension_order, valiant
from hwdsl.query.factored.answer import LoadClass, SymbolicLoads, arc_label, merged_classes, published
from hwdsl.query.factored.contract import Contracted, contract
from hwdsl.query.factored.product import product_loads, solved_factors, written_out
from hwdsl.query.network import Network
from hwdsl.query.quotient import Hops, Loads, Plan, Refused, destinations, loads, plan
from hwdsl.query.taken import taken, whole_block

KEPT = 8
"""Networks of a design, and questions about each, of which the answers are kept."""

NAMED = "quotient with named values"

WRITTEN_LIMIT = 512
"""Vertices up to which a torus without a link is written out, with exact fractions."""


def uniform_loads(net: Network, routing: str = "ecmp", failed: tuple[Exclusion, ...] = ()) -> SymbolicLoads:
    """Loads of uniform all-to-all under a routing: "ecmp", "dimension_order", "valiant", "up_down", "least_latency" or
    "local_global_local" (hierarchical, in a dragonfly). Raises Refused(reason) where no symbolic method covers the question.
    """
    if routing in REASONS:
        raise Refused(REASONS[routing])
    known: dict[int, tuple[Network, dict[Any, SymbolicLoads]]] = net.owner.cached("uniform_loads", lambda _: {})
    if known.get(id(net), (None,))[0] is not net:  # networks are asked about by the object: comparing them costs more than loads
        if len(known) >= KEPT:
            known.clear()
        known[id(net)] = net, {}
    answers = known[id(net)][1]
    key = routing, failed, net.owner.failing
    if key not in answers:
        if len(answers) >= KEPT:
            answers.clear()
        try:
            answers[key] = _uniform(net, routing, failed)
        except TooLarge as error:
            raise Refused(f"counting the links of a rule would take {error.points:,} points") from None
    return answers[key]


def _uniform(net: Network, routing: str, failed: tuple[Exclusion, ...]) -> SymbolicLoads:
    if failed or net.exceptions or net.partial:
        if routing != "ecmp":
            raise Refused("with something out of service, or a part of an array chosen, only equal-cost routing is symbolic")
        try:
            return with_outages(net, failed)
        except Refused as reason:
            raise Refused(f"what is out of service, or who is chosen, breaks too much symmetry: {reason}") from None
    c = contract(net)
    if routing == "local_global_local":
        return local_global_local(c)
    if routing == "dimension_order":
        return dimension_order(c)
    if routing == "up_down":
        check_up_down(plan(c.network))
    elif routing == "least_latency":
        check_one_latency(net)
    elif routing not in ("ecmp", "valiant"):
        raise Refused(f"no symbolic method for the routing `{routing}`")
    found = shortest_paths(c)
    return valiant(c, found) if routing == "valiant" else found


def shortest_paths(c: Contracted) -> SymbolicLoads:
    """Equal-cost loads of a whole network: by factors where it is a product, else by its quotient. Raises Refused."""
    try:
        parts = solved_factors(c)
        if parts is not None:
            return product_loads(c, parts)
    except Refused as reason:
        try:
            return by_quotient(c)
        except Refused:
            raise reason from None
    return by_quotient(c)


def by_quotient(c: Contracted) -> SymbolicLoads:
    """Loads on the quotient of what is left after contraction; of the whole network, if it is in pieces that are not alike."""
    pl = plan(c.network)
    found = loads(pl, c.weight, connected=False)
    try:
        return _answer(c, pl, found, "quotient")
    except Refused:
        return uncontracted(c.original, "quotient")


def uncontracted(net: Network, method: str) -> SymbolicLoads:
    """Loads on the quotient of a network as it is. Raises Refused."""
    pl = plan(net)
    found = loads(pl, connected=False)
    n = sum(at.get(0, 0) for at in found.pairs.values())
    histogram: dict[int, int] = {}
    for at in found.pairs.values():
        for d, k in at.items():
            if d:
                histogram[d] = histogram.get(d, 0) + k
    hops = Hops(dict(sorted(histogram.items())), n * (n - 1) - sum(histogram.values()))
    return SymbolicLoads(merged_classes(load_classes(pl, found)), method, found.cells, n, hops, "graph-minimal")


def with_outages(net: Network, failed: tuple[Exclusion, ...]) -> SymbolicLoads:
    """Loads where something is out of service or only some endpoints talk: the values that say so are told apart."""
    if net.flagged:
        raise Refused("the selection names single parts")
    left = replace(taken(net, failed), exceptions=False, partial=False)
    c = contract(left)
    if not all(whole_block(b) for b in c.network.blocks):
        return uncontracted(left, NAMED)
    if len(c.network.blocks) == 1 and c.network.blocks[0].relay and not any(a.directed for a in c.network.arcs):
        for way in _ways_of_one_block(c):
            try:
                return way(c)
            except Refused:  # too many links, or in pieces: perhaps the quotient covers it
                pass
    return replace(by_quotient(c), method=NAMED)


def _ways_of_one_block(c: Contracted) -> Iterator[Callable[[Contracted], SymbolicLoads]]:
    """What may answer for one block that has lost something, before the quotient. Raises Refused."""
    yield partial(torus_without_a_link, exact=c.network.blocks[0].size <= WRITTEN_LIMIT)
    if any(x.symmetry == "N" for x in plan(c.network).coordinates[0] if x.size > 1):
        yield written_out  # reflections about what is lost are no symmetry of one coordinate's values


def _answer(c: Contracted, pl: Plan, found: Loads, method: str) -> SymbolicLoads:
    n = c.endpoints
    histogram = c.histogram(found.pairs)
    pairs = sum(histogram.values())
    bridges = c.bridge_classes(pairs, len(destinations(pl)) == 1)
    return SymbolicLoads(merged_classes([*bridges, *load_classes(pl, found)]), method, found.cells, n,
                         Hops(histogram, n * (n - 1) - pairs), "graph-minimal")


def load_classes(pl: Plan, found: Loads) -> list[LoadClass]:
    """The classes of a quotient; links from vertices to themselves are left out."""
    rules = {a.number: a for a in pl.network.arcs if not (a.a == a.b and a.a_maps == a.b_maps)}
    return [LoadClass(arc[0], arc_label(pl.network, rules[arc[0]], arc[1]), found.load.get(arc, Fraction(0)), links,
                      published(rules[arc[0]])) for arc, links in found.links.items() if arc[0] in rules]
