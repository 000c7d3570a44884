"""Flows of one step that share links max-min fairly, from event to event, instead of moving as one fluid.

A fluid step ends when the busiest link has carried its load, as if every flow could be slowed down at will. Flows that share
fairly may leave a link idle that others will need later: the step then takes longer, never shorter.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.study.latency import NONE, Assumed
from hwdsl.perf.study.loading import Loading, by_tier, slowest, symbolic_loading
from hwdsl.perf.study.view import TooLong, View
from hwdsl.perf.traffic import Pattern
from hwdsl.perf.traffic.pattern import every_pair
from hwdsl.query.quotient import Refused

FOLLOWED = ("static", "dimension_order")
"""Routing models that follow a flow without a look at the whole network."""

FLOW_LIMIT = 300_000
"""Flows of one step that are simulated."""


def shared(view: View, pattern: Pattern, routing: str, seed: int, assumed: Assumed | None,
           table: str = "") -> Loading:
    """The loading of a step whose `slowest` is when the last of its flows ends, per bit of weight 1: by classes of like flows at
    L0 where all ranks send alike to all others, else flow by flow.

    Raises OverBudget, TooLong, Refused, Mistake.
    """
    try:
        return by_classes(view, pattern, routing, assumed)
    except (Refused, TooLarge) as reason:
        return flow_by_flow(view, pattern, routing, seed, assumed, table, str(reason))


def by_classes(view: View, pattern: Pattern, routing: str, assumed: Assumed | None) -> Loading:
    """`shared` at L0. Raises Refused with the reason, ZeroRate."""
    from hwdsl.perf.symbolic import uniform_completion

    if not pattern.uniform or routing != "ecmp":
        raise Refused("flows are told apart where they share fairly")
    if view.failed or view.net.exceptions or view.net.partial:
        raise Refused("flows are told apart by what is out of service or not chosen")
    fluid = symbolic_loading(view, pattern, routing, assumed)
    if fluid.slowest is None or fluid.unreachable:
        return fluid
    end = uniform_completion(view.net)
    method = f"max-min fair sharing by classes of flows, {end.stages} stages; {fluid.method}"
    return replace(fluid, slowest=max(end.last, Fraction(fluid.slowest)), method=method)


def flow_by_flow(view: View, pattern: Pattern, routing: str, seed: int, assumed: Assumed | None, table: str,
                 reason: str) -> Loading:
    """`shared` at L2. Raises as it does."""
    import numpy as np

    from hwdsl.perf.flat import Unroutable, route
    from hwdsl.perf.rates import completion_times, fair_rates
    from hwdsl.perf.study.routed import routing_options, slowest_way

    n = view.ranks
    if pattern.uniform and n * (n - 1) > FLOW_LIMIT:
        raise TooLong(n * (n - 1))
    flows = every_pair(n) if pattern.build is None else pattern.build()
    if len(flows.src) > FLOW_LIMIT:
        raise TooLong(len(flows.src))
    if routing not in FOLLOWED:
        view.check_steps(int(np.count_nonzero(np.bincount(flows.dst))))
    f = view.fabric()
    progress = view.hooks.progress
    options = routing_options(view, routing, assumed, table)
    try:
        paths = route(f, flows.src, flows.dst, routing, seed, options=options, budget=view.hooks.memory_budget, progress=progress)
    except Unroutable as unfit:
        raise Refused(f"the routing `{routing}` has no single flows: {unfit}") from None
    lost = int((paths.hops < 0).sum())
    classes = by_tier(view, f, paths.load(f.arc_count, flows.weight))
    busiest, where = slowest(classes)
    ends: Fraction | float | None = busiest
    method = "max-min fair sharing, flow by flow"
    if busiest is not None and not lost and len(flows.src):
        share = None if bool((paths.share == 1).all()) else paths.share
        capacity = np.nan_to_num(f.capacity, nan=0.0)  # of links that carry nothing
        done = completion_times(capacity, paths.start, paths.arc, flows.weight, share=share, progress=progress)
        rates = fair_rates(capacity, paths.start, paths.arc, share, progress=progress).rate
        ends = max(float(done.finish.max(initial=0.0)), float(busiest))
        method += f": at first {rates.min() / 8e9:.4g} GB/s to {rates.max() / 8e9:.4g} GB/s a flow, {done.events:,} events"
    hops = {int(h): int(k) for h, k in zip(*np.unique(paths.hops[paths.hops > 0], return_counts=True))}
    latency = NONE if assumed is None else slowest_way(view, f, paths, flows.dst, assumed)
    return Loading(classes, latency, ends, where, True, "L2", method, len(paths.arc), reason, lost, hops)
