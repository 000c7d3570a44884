"""Routings other than equal-cost: dimension order, Valiant, up before down, least latency, and hierarchical in a dragonfly.

  dimension_order     a product's dimensions one after the other, within each all shortest ports alike: each arc of dimension i
                      carries p^2 L_i N / n_i, whatever the order and whether or not the dimensions are transitive
  valiant             over a vertex between, chosen uniformly of all that endpoints hang on (of all endpoints, if they relay);
                      both legs are uniform traffic of R / N a pair, R what an endpoint sends: 2 (E - 1) / E of its loads
  up_down             in tiers: equal to equal-cost routing where no shortest path turns up again
  least_latency       where all links take one time and all that relays another: equal-cost routing
  local_global_local  hierarchical routing of a dragonfly, another model than graph-minimal paths
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.node import replace
from hwdsl.query.cuts import levels
from hwdsl.query.factored.answer import SymbolicLoads, merged_classes
from hwdsl.query.factored.contract import Contracted
from hwdsl.query.factored.polynomial import Polynomial, plus, times
from hwdsl.query.factored.product import Parts, assembled, fibre_classes, solved_factors
from hwdsl.query.network import Network
from hwdsl.query.quotient import CELL_LIMIT, Hops, Plan, Refused, destinations, loads, plan, reach
from hwdsl.sema.values import UNKNOWN

PROFILE_LIMIT = 5000
"""Kinds of vertices between, by how far the others are from them."""

REASONS = {
    "hashed": "one path for each flow depends on the flow: no symmetry keeps it",
    "static": "tables give every vertex a way of its own: no symmetry keeps them",
    "adaptive": "the best split is a linear program on the links",
}


def dimension_order(c: Contracted) -> SymbolicLoads:
    """Loads of a product under dimension order. Raises Refused."""
    parts = solved_factors(c)
    if parts is None or any(len(f.positions) > 1 for f, _ in parts):
        raise Refused("dimension order needs a network whose coordinates are independent dimensions")
    if any(sum(s.distances.values()) != f.size ** 2 for f, s in parts):
        raise Refused("dimension order needs a connected network")
    classes = [x for k, (_, s) in enumerate(parts) for x in fibre_classes(c, parts, (k,), s)]
    found = assembled(c, parts, classes, "product of factors", sum(s.cost for _, s in parts))
    return replace(found, model="dimension order, ties within a dimension split")


def valiant(c: Contracted, minimal: SymbolicLoads) -> SymbolicLoads:
    """Loads over a vertex between, from those of equal-cost routing. Raises Refused."""
    depth = next(iter(c.depth.values()))
    if len(c.weight) != 1 or len(depth) != 1 or max(depth) > 1 or minimal.hops.unreachable:
        raise Refused("Valiant routing is known where all endpoints relay, or all hang on like vertices")
    n = c.endpoints
    hung = {b.arc.number for b in c.bridges}
    classes = [x if x.rule in hung else replace(x, load=x.load * Fraction(2 * (n - 1), n)) for x in minimal.classes]
    return replace(minimal, classes=merged_classes(classes), hops=Hops(_two_legs(c), 0), model="over a vertex between")


def _two_legs(c: Contracted) -> Polynomial:
    """Hops -> pairs of distinct endpoints, each pair spread over all vertices between (rounded to whole pairs)."""
    parts = solved_factors(c)
    if parts is not None:
        profiles = _profiles(parts)
    else:
        pl = plan(c.network)
        if len(destinations(pl)) != 1:
            raise Refused("Valiant routing is known where the vertices that endpoints hang on are alike, or one array")
        counts = next(iter(loads(pl, c.weight).pairs.values()))
        profiles = [(counts[0], {d: k // counts[0] for d, k in counts.items()})]
    vertices = sum(n for n, _ in profiles)
    (hop,) = next(iter(c.depth.values()))
    weight = next(iter(c.weight.values()))
    both: dict[int, Fraction] = {}
    for alike, away in profiles:  # the vertices between, and how far all others are from each
        for d, k in times(away, away).items():
            both[d] = both.get(d, Fraction(0)) + Fraction(alike * k * weight**2, vertices)
        for d, k in away.items():  # an endpoint sends nothing to itself
            both[2 * d] -= Fraction(alike * k * weight, vertices)
    rounded = {d + 2 * hop: round(k) for d, k in both.items()}
    return dict(sorted(plus({}, rounded).items()))


def _profiles(parts: Parts) -> list[tuple[int, Polynomial]]:
    """(alike vertices, hops -> vertices from one of them) of a product. Raises Refused."""
    out: list[tuple[int, Polynomial]] = [(1, {0: 1})]
    for f, s in parts:
        own = list(s.profiles)
        if s.transitive:
            own = [(f.size, {d: k // f.size for d, k in s.distances.items()})]
        if not own or len(own) * len(out) > PROFILE_LIMIT:
            raise Refused("Valiant routing on a product of unlike vertices of many kinds")
        out = [(n * m, times(p, q)) for n, p in out for m, q in own]
    return out


def check_up_down(pl: Plan) -> None:
    """Every shortest path goes up, then down. Raises Refused."""
    tier = levels(pl)
    if tier is None:
        raise Refused("the links do not all join consecutive tiers")
    budget = [CELL_LIMIT]
    for destination, _ in destinations(pl):
        seen = reach(pl, destination, budget)
        turned = set()
        for cell in sorted(seen.distance, key=lambda x: -seen.distance[x]):
            for far, _, _ in seen.links[cell]:
                if seen.distance.get(far) == seen.distance[cell] - 1 and (far == destination or pl.network.blocks[far[0]].relay):
                    if tier[far[0]] < tier[cell[0]]:
                        turned.add(far)
                    elif cell in turned:
                        raise Refused("some shortest paths turn up again")


def check_one_latency(net: Network) -> None:
    """All links take one published time, and all vertices that relay another. Raises Refused."""
    links = {None if a.latency is UNKNOWN else a.latency.nom for a in net.arcs}
    inner = {net.owner.at(b.path).figure("latency") for b in net.blocks if b.relay}
    passing = {None if x is None or x is UNKNOWN else x.nom for x in inner}
    if None in links | passing:
        raise Refused("latencies are not all published")
    if len(links) > 1 or len(passing) > 1:
        raise Refused("links or vertices differ in latency: paths of fewest hops need not be the fastest")

