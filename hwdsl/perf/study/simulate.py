"""Flows that come and go: each begins at its own time, waits for the start-up latency of its way, and then shares the links with
the others max-min fairly, from event to event, until its last bit has arrived."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from hwdsl.perf.flat import Fabric, Paths, Unroutable, route
from hwdsl.perf.rates import completion_times
from hwdsl.perf.study.flow_latency import flow_latency
from hwdsl.perf.study.latency import Latency
from hwdsl.perf.study.loading import Loading, by_tier, slowest
from hwdsl.perf.study.operation import Operation
from hwdsl.perf.study.result import Bound, FlowStats, Spread
from hwdsl.perf.study.routed import routing_options
from hwdsl.perf.study.sharing import FOLLOWED
from hwdsl.perf.study.view import TooLong, View
from hwdsl.perf.traffic.trace import TimedFlows
from hwdsl.query.quotient import Refused

Floats = npt.NDArray[np.float64]
FLOWS = 300_000
"""Flows of one simulation."""
PATH_LINKS = 20_000_000
"""Links of all their ways together."""
SLACK = 1e-9
"""Relative rounding of times."""
EDGES = (50, 95, 99)


class Simulated:
    """A simulation: the loading its flows make (`slowest`: 0, rates are shared), and where all flows have ways of known rates

    makespan  s from the first beginning to the last end
    latency   start-up of the flow that ends last
    bounds    of the makespan; `stats` of the flows; `size` bits of all flows
    """

    def __init__(self, loading: Loading, size: float, makespan: float = 0.0, latency: Latency | None = None,
                 bounds: tuple[Bound, ...] = (), stats: FlowStats | None = None) -> None:
        self.loading, self.size, self.makespan, self.latency = loading, size, makespan, latency
        self.bounds, self.stats = bounds, stats


def simulated(view: View, op: Operation) -> Simulated:
    """What becomes of the flows of an operation. Raises OverBudget, TooLong, Refused, Mistake, ZeroRate."""
    assert op.timed is not None
    flows = op.timed()
    if len(flows.src) > FLOWS:
        raise TooLong(len(flows.src))
    if op.routing not in FOLLOWED:
        view.check_steps(int(np.count_nonzero(np.bincount(flows.dst))))
    f, progress = view.fabric(), view.hooks.progress
    options = routing_options(view, op.routing, op.assumed, op.table)
    try:
        paths = route(f, flows.src, flows.dst, op.routing, op.seed, options=options, budget=view.hooks.memory_budget,
                      progress=progress)
    except Unroutable as unfit:
        raise Refused(f"the routing `{op.routing}` has no single flows: {unfit}") from None
    if len(paths.arc) > PATH_LINKS:
        raise TooLong(len(paths.arc))
    classes = by_tier(view, f, paths.load(f.arc_count, flows.size))
    hops = {int(h): int(k) for h, k in zip(*np.unique(paths.hops[paths.hops > 0], return_counts=True))}
    lost, (each, where) = int((paths.hops < 0).sum()), slowest(classes)
    method = "flow by flow: max-min fair rates, solved anew whenever a flow begins or ends"
    loading = Loading(classes, Latency(Fraction(0), 0), each, where, True, "L2", method, len(paths.arc),
                      "flows that come and go are told apart", lost, hops)
    size = float(flows.size.sum())
    if lost or each is None:
        return Simulated(loading, size)
    lag, missing = flow_latency(view, f, paths, f.endpoints[flows.dst], op.assumed)
    share = None if bool((paths.share == 1).all()) else paths.share
    capacity = np.nan_to_num(f.capacity, nan=0.0)  # of links that carry nothing
    done = completion_times(capacity, paths.start, paths.arc, flows.size, flows.begin, lag, share, progress)
    first, last = float(flows.begin.min()), int(np.argmax(done.finish))
    alone = lag + flows.size / own_rate(f, paths)
    took = done.finish - flows.begin
    assert (took >= alone * (1 - SLACK) - SLACK * done.finish).all(), f"{op.call}: a flow is faster than by itself"
    took = np.maximum(took, alone)  # rounding, where a flow meets no other
    bounds = (Bound("flow", float((flows.begin + alone).max()) - first, "each flow alone: beginning + start-up + size / rate"),
              Bound("load", link_bound(f, paths, flows, lag) - first,
                    "the busiest link: what has yet to come, after the first of it can"))
    stats = FlowStats(len(flows.src), spread(took), spread(alone), spread(took / alone),
                      throughput(flows, done.finish, len(f.endpoints)), flows.offered, done.events)
    makespan = float(done.finish.max()) - first
    return Simulated(loading, size, makespan, Latency(Fraction(float(lag[last])), int(missing[last])), bounds, stats)


def own_rate(f: Fabric, paths: Paths) -> Floats:
    """float64[F] bit/s of each flow with its way to itself."""
    fits = f.capacity[paths.arc] / paths.share
    out: Floats = np.minimum.reduceat(fits, paths.start[:-1])
    return out


def link_bound(f: Fabric, paths: Paths, flows: TimedFlows, lag: Floats) -> float:
    """When the last bit can at best have left the busiest link: for every link and every flow on it, the time from which that
    flow can use it, plus all that comes no earlier, at the rate of the link."""
    flow = paths.flow
    ready = (flows.begin + lag)[flow]
    order = np.lexsort((ready, paths.arc))
    arc, ready = paths.arc[order], ready[order]
    seconds = (paths.share * flows.size[flow] / f.capacity[paths.arc])[order]
    ends = np.append(np.flatnonzero(np.diff(arc)) + 1, len(arc))
    up_to = np.concatenate([[0.0], np.cumsum(seconds)])
    to_come = up_to[np.repeat(ends, np.diff(np.concatenate([[0], ends])))] - up_to[:-1]
    # sums over other links cancel: give back what rounding may have added
    return float((ready + to_come - 1e-15 * up_to[-1]).max())


def spread(values: Floats) -> Spread:
    """The distribution of some values."""
    p50, p95, p99 = (float(x) for x in np.percentile(values, EDGES))
    return Spread(float(values.mean()), p50, p95, p99, float(values.max()))


def throughput(flows: TimedFlows, finish: Floats, endpoints: int) -> float | None:
    """bit/s an endpoint of flows that end while others still come; see FlowStats."""
    begin = np.sort(flows.begin)
    first, last = float(begin[len(begin) // 4]), float(begin[-1])
    if first >= last:
        return None
    within = (finish > first) & (finish <= last)
    return float(flows.size[within].sum()) / (last - first) / endpoints
