"""Uniform loads of a network of one block from its factors.

Given that a hop moves in factor i it is an equal-cost hop of factor i alone, so the hops in a factor are the walk of that factor
by itself, whatever is interleaved. If all other factors are transitive, every copy of factor i carries the same: p^2 L_i times
the vertices that the others reach. Where one lacks transitivity, the arcs of the others are found in their product with it.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.query.factored.answer import LoadClass, SymbolicLoads, arc_label, merged_classes, published
from hwdsl.query.factored.closed import closed_form
from hwdsl.query.factored.contract import Contracted
from hwdsl.query.factored.explicit import explicit
from hwdsl.query.factored.factors import Factor, FactorClass, Solved, factors, joined
from hwdsl.query.factored.mesh import mesh_loads
from hwdsl.query.factored.polynomial import times
from hwdsl.query.quotient import Hops, Plan, Refused, destinations, loads, plan


class Parts(list[tuple[Factor, Solved]]):
    """The factors of a network, each solved by itself."""

    def reach(self, without: tuple[int, ...]) -> int:
        """Vertices that one vertex of the other factors reaches, all of them together."""
        n = 1
        for k, (f, s) in enumerate(self):
            if k not in without:
                n *= sum(s.distances.values()) // f.size
        return n

    def copies(self, without: tuple[int, ...]) -> int:
        """Vertices of the other factors."""
        n = 1
        for k, (f, _) in enumerate(self):
            n *= 1 if k in without else f.size
        return n


def solve(f: Factor) -> Solved:
    """Loads of a factor by itself: closed form, quotient or written out. Raises Refused."""
    found = closed_form(f)
    if found is not None:
        return found
    pl = plan(f.network)
    if len(destinations(pl)) == 1:
        return by_quotient(pl)
    try:
        return explicit(f)
    except Refused as reason:
        try:
            return by_quotient(pl)
        except Refused:
            raise reason from None


def by_quotient(pl: Plan) -> Solved:
    """The factor on its quotient. Raises Refused."""
    found = loads(pl, connected=False)
    classes = tuple(FactorClass(arc[0], arc[1], found.load.get(arc, Fraction(0)), n) for arc, n in found.links.items())
    return Solved(classes, found.pairs[0, 0], len(destinations(pl)) == 1, "quotient", found.cells)


def solved_factors(c: Contracted) -> Parts | None:
    """The factors, solved; None if what is left is not one block. Raises Refused."""
    fs = factors(c.network) if len(c.weight) == 1 else None
    return None if fs is None else Parts((f, solve(f)) for f in fs)


def not_transitive(parts: Parts) -> tuple[int, ...]:
    """Numbers of the factors whose vertices are not all alike."""
    return tuple(k for k, (_, s) in enumerate(parts) if not s.transitive)


def product_loads(c: Contracted, parts: Parts) -> SymbolicLoads:
    """Equal-cost loads of a product. Raises Refused."""
    odd = not_transitive(parts)
    cost = sum(s.cost for _, s in parts)
    classes: list[LoadClass] = []
    if len(parts) == 1 or not odd:
        for k, (_, s) in enumerate(parts):
            classes += fibre_classes(c, parts, (k,), s)
    elif len(odd) == len(parts) and all(s.line for _, s in parts):
        classes = _mesh_classes(c, parts)
        cost = 3 ** len(parts) * c.network.blocks[0].size
    else:
        if len(odd) > 1:
            core_factor = joined(c.network, tuple(parts[k][0] for k in odd))
            core = solve(core_factor)
            cost += core.cost
        else:
            core_factor, core = parts[odd[0]]
        classes += fibre_classes(c, parts, odd, core)
        for k, (f, _) in enumerate(parts):
            if k not in odd:
                both = joined(c.network, (core_factor, f))
                found = solve(both)
                cost += found.cost
                classes += fibre_classes(c, parts, (*odd, k), found, rules_of(f, core_factor))
    methods = {s.method for _, s in parts}
    method = "product of factors" if len(parts) > 1 else methods.pop() if parts else "closed form"
    return assembled(c, parts, classes, method, cost)


def _mesh_classes(c: Contracted, parts: Parts) -> list[LoadClass]:
    """Loads of a product of open lines with as many parallel links each. Raises Refused."""
    if len({s.line for _, s in parts}) > 1:
        raise Refused("a mesh whose dimensions have unlike numbers of parallel links")
    made = {a.number: a for a in c.network.arcs}
    out = []
    for (i, step), counts in mesh_loads(tuple(f.size for f, _ in parts)).items():
        _, s = parts[i]
        rule = made[s.classes[0].rule]
        label = arc_label(c.network, rule, step > 0)
        for load, arcs in counts.items():
            out.append(LoadClass(rule.number, label, load * c.weight[0] ** 2 / s.line, arcs * s.line, published(rule)))
    return out


def written_out(c: Contracted) -> SymbolicLoads:
    """Loads of a network of one block from its links, one source of each orbit that failures leave. Raises Refused."""
    whole = Factor(tuple(range(len(c.network.blocks[0].shape))), c.network)
    parts = Parts([(whole, explicit(whole))])
    found = parts[0][1]
    return assembled(c, parts, fibre_classes(c, parts, (0,), found), found.method, found.cost)


def rules_of(f: Factor, other: Factor) -> frozenset[int]:
    """Numbers of the rules of a factor. Raises Refused if another has rules of the same number."""
    own = frozenset(a.number for a in f.network.arcs)
    if own & {a.number for a in other.network.arcs}:
        raise Refused("one rule joins vertices along independent dimensions")
    return own


def fibre_classes(c: Contracted, parts: Parts, without: tuple[int, ...], s: Solved,
                  rules: frozenset[int] | None = None) -> list[LoadClass]:
    """Loads of the arcs of one factor (of some of its rules) in the whole network, from those of the factor alone."""
    made = {a.number: a for a in c.network.arcs}
    scale = c.weight[0] ** 2 * parts.reach(without)
    copies = parts.copies(without)
    return [LoadClass(x.rule, arc_label(c.network, made[x.rule], x.forward), x.load * scale, x.arcs * copies,
                      published(made[x.rule])) for x in s.classes if rules is None or x.rule in rules]


def product_distances(parts: Parts) -> dict[int, int]:
    """Hops -> ordered pairs of vertices of the product."""
    out = {0: 1}
    for _, s in parts:
        out = times(out, s.distances)
    return out


def assembled(c: Contracted, parts: Parts, classes: list[LoadClass], method: str, cost: int) -> SymbolicLoads:
    """The answer: loads of the factors and of the contracted links, and hops."""
    histogram = c.histogram({(0, 0): product_distances(parts)})
    n = c.endpoints
    pairs = sum(histogram.values())
    bridges = c.bridge_classes(pairs, all(s.transitive for _, s in parts))
    hops = Hops(histogram, n * (n - 1) - pairs)
    return SymbolicLoads(merged_classes([*bridges, *classes]), method, cost, n, hops, "graph-minimal")
