"""diameter, mean_hops, hop_histogram, components, bisection, injection, oversubscription, flow, latency."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.query.arguments import need, need_parts, owner_of, parts, planes, split
from hwdsl.query.counting import count_selection, count_used
from hwdsl.query.cuts import Bracket, capacity, injection
from hwdsl.query.ends import ENDS, Range, at_end, at_ends, between
from hwdsl.query.factored.bounds import contracted_bracket, quick
from hwdsl.query.hopcount import effective_mode, graph_of, hop_counts, plan_of, too_big, which_plane
from hwdsl.query.network import ArcRule, network
from hwdsl.query.quotient import Hops, Refused
from hwdsl.query.rates import link_rate
from hwdsl.query.select import as_selection
from hwdsl.query.selection import Group, Selection, group_size, whole
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import mistake
from hwdsl.sema.operations import integer
from hwdsl.sema.values import UNKNOWN, Value
from hwdsl.source.span import Span
from hwdsl.syntax import ast


def _over(call: ast.Call, env: Env) -> tuple[Any, Any, Selection]:
    plain, named = split(call, ("plane",), 1)
    need(plain, call)
    owner = owner_of(env, call)
    sel = parts(plain[0], env, owner)
    return owner, which_plane(owner, planes(named, env, owner), call.span), sel


def _hops(call: ast.Call, env: Env) -> Hops:
    owner, chosen, sel = _over(call, env)
    return hop_counts(owner, chosen, sel, env.hooks, call.span)


def diameter(call: ast.Call, env: Env) -> Value:
    """diameter(sel, plane = p): most hops between two of them; a hop is one logical link"""
    found = _hops(call, env)
    if found.unreachable:
        raise mistake("HW5011", f"{found.unreachable:,} ordered pairs cannot reach each other: there is no diameter", call.span,
                      help="`components(sel)` tells the sizes of the connected groups; "
                           "accelerators do not relay unless `relay = true`")
    return found.diameter


def mean_hops(call: ast.Call, env: Env) -> Value:
    """mean_hops(sel, plane = p): mean hops over ordered pairs"""
    found = _hops(call, env)
    if found.unreachable:
        raise mistake("HW5011", f"{found.unreachable:,} ordered pairs cannot reach each other: there is no mean", call.span)
    return _plain(found.mean)


def hop_histogram(call: ast.Call, env: Env) -> Value:
    """hop_histogram(sel, plane = p): ordered pairs at 0, 1, 2, ... hops"""
    found = _hops(call, env)
    return tuple(found.histogram.get(k, 0) for k in range(found.diameter + 1))


def components(call: ast.Call, env: Env) -> Value:
    """components(sel, plane = p): how many of the selected hang together, largest group first"""
    owner, chosen, sel = _over(call, env)
    from hwdsl.query.allpairs import components as groups
    from hwdsl.query.flat import OverBudget

    mode = effective_mode(network(owner, chosen, sel), env.hooks, call.span)
    try:
        return tuple(groups(graph_of(owner, chosen, sel, mode, env.hooks)))
    except OverBudget as error:
        raise too_big(error, "components are counted flat", call.span) from None


def _plain(x: Fraction) -> Value:
    return x.numerator if x.denominator == 1 else x


def bisection_value(call: ast.Call, env: Env) -> Value:
    """bisection(sel, plane = p): least capacity between two halves, one direction; an interval where the bounds do not meet"""
    owner, chosen, sel = _over(call, env)
    ends = ENDS if between(network(owner, chosen, sel)) else ENDS[:1]
    found = [bracket(owner, chosen, sel, env.hooks, call.span, end) for end in ends]
    low, nominal, high = found[0], found[len(found) // 2], found[-1]
    if low is None or nominal is None or high is None:
        return UNKNOWN
    return Range(low.lower, nominal.lower, high.upper).rate()


def bracket(owner: Any, chosen: Any, sel: Selection | None, hooks: Any, span: Span, end: str = "nom") -> Bracket | None:
    """Proven bounds, at one end of rates that are intervals; None where a rate is not published. Raises Mistake where no bound
    is known."""
    net = network(owner, chosen, sel)
    mode = effective_mode(net, hooks, span)
    if mode is None and not hooks.failed:
        try:
            pl = plan_of(owner, chosen, sel)
            if any(a.capacity is UNKNOWN for a in net.arcs):
                return None
            return contracted_bracket(replace(pl, network=at_end(pl.network, end)), at_end(net, end), quick)
        except (Refused, TooLarge):
            pass
    from hwdsl.query.flat import OverBudget
    from hwdsl.query.flatcuts import flat_bracket

    try:
        return flat_bracket(graph_of(owner, chosen, sel, mode, hooks, end))
    except OverBudget as error:
        raise too_big(error, "this network has no usable symmetry", span) from None


def injection_value(call: ast.Call, env: Env) -> Value:
    """injection(sel, plane = p): what all of them together can send, one direction"""
    owner, chosen, sel = _over(call, env)
    net = network(owner, chosen, sel)
    try:
        return at_ends(net, lambda ends: injection(ends, sel)).rate()
    except Refused:
        return UNKNOWN


def oversubscription(call: ast.Call, env: Env) -> Value:
    """oversubscription(switches, plane = p, downlinks = n): capacity towards the endpoints over capacity away from them; where
    nothing leads away, over the ports that nothing is connected to"""
    plain, named = split(call, ("plane", "downlinks"), 1)
    need(plain, call)
    owner = owner_of(env, call)
    sel = parts(plain[0], env, owner)
    chosen = planes(named, env, owner)
    net = network(owner, chosen, None)
    down, up, single = _up_and_down(net, sel, call.span)
    if "downlinks" in named:
        n = integer(evaluate(named["downlinks"].value, env), named["downlinks"].span, "downlinks")
        down = single * n * count_selection(sel)
    if not down:
        raise mistake("HW5012", "these switches have no links towards endpoints in these planes", call.span,
                      help="name all planes that lead from them to the endpoints: `plane = [access, fabric]`")
    if not up:
        up = _unconnected(owner, sel, call.span)
    if not up:
        raise mistake("HW5012", "these switches have no uplinks: nothing is oversubscribed", call.span,
                      help="the level above them may be in another plane")
    return _plain(down / up)


def _unconnected(owner: Any, sel: Selection, span: Span) -> Fraction:
    """Capacity of the data ports of the switches that nothing is connected to: the way out of a design that is part of a
    larger one."""
    total = Fraction(0)
    for g in sel.groups:
        for name, port in sorted(owner.at(g.path).ports.items()):
            if port.modifier == "spare" or not isinstance(port.link.figure("lanes"), int):
                continue
            ports = whole(owner, (*g.path, name))
            box = (*g.box, *ports.box[len(g.box):])
            free = group_size(Group(ports.path, box)) - count_used(owner, Group(ports.path, box))
            rate = link_rate(port.link, "")
            if free and rate is UNKNOWN:
                raise mistake("HW5007", f"the net rate of `{port.link.name}` is not published", span)
            total += free * Fraction(rate.nom) if free else 0
    return total


def _up_and_down(net: Any, sel: Selection, span: Span) -> tuple[Fraction, Fraction, Fraction]:
    """(downlink capacity, uplink capacity, capacity of one downlink) of the selected switches, by tiers from the endpoints."""
    tiers: dict[int, int] = dict.fromkeys(net.endpoints, 0)
    frontier = list(net.endpoints)
    while frontier:
        following = []
        for arc in net.arcs:
            for x, y in ((arc.a, arc.b), (arc.b, arc.a)):
                if x in frontier and y not in tiers:
                    tiers[y] = tiers[x] + 1
                    following.append(y)
        frontier = following
    paths = {g.path for g in sel.groups}
    down = up = single = Fraction(0)
    for arc in net.arcs:
        for x, y in ((arc.a, arc.b), (arc.b, arc.a)):
            if net.blocks[x].path not in paths or x == y:
                continue
            total = _capacity(arc, span) * _links_at(arc, x, sel, net)
            if tiers.get(y, 0) < tiers.get(x, 0):
                down += total
                single = max(single, _capacity(arc, span))
            elif tiers.get(y, 0) > tiers.get(x, 0):
                up += total
    return down, up, single


def _links_at(arc: ArcRule, block: int, sel: Selection, net: Any) -> int:
    from hwdsl.ir.space import count

    g = next(g for g in sel.groups if g.path == net.blocks[block].path)
    maps = arc.a_maps if arc.a == block else arc.b_maps
    return count(arc.space, [*arc.constraints, *zip(maps, g.box)])


def _capacity(arc: ArcRule, span: Span) -> Fraction:
    try:
        return capacity(arc)
    except Refused as reason:
        raise mistake("HW5007", str(reason), span) from None


def flow(call: ast.Call, env: Env) -> Value:
    """flow(a -> b, plane = p): greatest flow from a to b, all their links and relays used at once"""
    plain, named = split(call, ("plane",), 1)
    need(plain, call)
    owner = owner_of(env, call)
    expr = plain[0].value
    if not isinstance(expr, ast.FromTo):
        raise mistake("HW5008", "`flow` takes `a -> b`", expr.span)
    from hwdsl.query.flat import OverBudget
    from hwdsl.query.flatcuts import SameEnds, max_flow

    x = need_parts(as_selection(evaluate(expr.left, env), owner, expr.left.span), expr.left.span)
    y = need_parts(as_selection(evaluate(expr.right, env), owner, expr.right.span), expr.right.span)
    chosen = planes(named, env, owner)
    both = Selection(owner, (*x.groups, *(g for g in y.groups if g.path not in {h.path for h in x.groups})))
    net = network(owner, chosen, both)
    mode = effective_mode(net, env.hooks, call.span)
    try:
        ends = ENDS if between(net) else ENDS[:1]
        bits = [max_flow(graph_of(owner, chosen, both, mode, env.hooks, end), x, y) for end in ends]
    except OverBudget as error:
        raise too_big(error, "a maximum flow is computed flat", call.span) from None
    except SameEnds:
        raise mistake("HW5008", "the two ends of this flow overlap", expr.span,
                      help="`flow(a -> b)` takes two different groups of parts") from None
    known = [b for b in bits if b is not None]
    return Range(known[0], known[len(known) // 2], known[-1]).rate() if len(known) == len(bits) else UNKNOWN


def latency(call: ast.Call, env: Env) -> Value:
    """latency(a -> b, plane = p): sum of link and switch latencies on a path of fewest hops between two of them"""
    plain, named = split(call, ("plane",), 1)
    need(plain, call)
    owner = owner_of(env, call)
    expr = plain[0].value
    if not isinstance(expr, ast.FromTo):
        raise mistake("HW5008", "`latency` takes `a -> b`", expr.span)
    from hwdsl.query.paths import least_latency

    x = need_parts(as_selection(evaluate(expr.left, env), owner, expr.left.span), expr.left.span)
    y = need_parts(as_selection(evaluate(expr.right, env), owner, expr.right.span), expr.right.span)
    return least_latency(owner, planes(named, env, owner), x, y, env.hooks, call.span)


FUNCTIONS = {"diameter": diameter, "mean_hops": mean_hops, "hop_histogram": hop_histogram, "components": components,
             "bisection": bisection_value, "injection": injection_value, "oversubscription": oversubscription, "flow": flow,
             "latency": latency}
