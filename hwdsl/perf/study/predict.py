"""A prediction: steps of start-up latency and transfer over the busiest link, checked against every bound."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from hwdsl.node import Record, replace
from hwdsl.perf.study.bounds import COLLECTIVES, collective_bounds, distance_bounds, flow_bounds
from hwdsl.perf.study.in_network import UplinkShare, shares
from hwdsl.perf.study.latency import NONE, Assumed, Latency, Symbolic
from hwdsl.perf.study.loading import ClassLoad, Loading, loading, pairing_hops
from hwdsl.perf.study.operation import Operation
from hwdsl.perf.study.result import Bound, FlowStats, Prediction, Question, Step, TierUse
from hwdsl.perf.study.routings import ROUTINGS
from hwdsl.perf.study.view import TooLong, View
from hwdsl.perf.traffic.collectives import ONE_MESSAGE, bus_factor
from hwdsl.query.flat import OverBudget
from hwdsl.query.quotient import Refused

FLUID = 1e-9
"""Relative slack of the check against bounds: flat loads are floating-point sums."""


SYMBOLIC = ("uniform all-to-all is answered symbolically where the network has symmetry, and so are rings, trees and pairwise "
            "rounds on a folded Clos without taper; or raise the budget with `--memory`, or select fewer endpoints with `over`")


NAMED = 20_000
"""Endpoints of a network below which those without a link are looked for one by one."""

RANK_STEPS = 300_000_000
"""Steps times ranks that are looked at one by one."""


class Outcome(Record):
    """The sum over the steps of an operation, before bounds."""

    latency: Latency
    transfer: float | None
    steps: tuple[Step, ...]
    tiers: tuple[TierUse, ...]
    first: Loading | None
    exact: bool
    unreachable: int
    where: str
    bounds: tuple[Bound, ...] = ()
    flows: FlowStats | None = None


def predict(view: View, op: Operation) -> Prediction:
    """The answer to one operation; what cannot be answered is an outcome, not an error."""
    try:
        n = view.ranks
        if n < 2:
            return _without(view, op, n, "refused", "nobody to talk to: fewer than two endpoints are in service")
        if not op.phases and op.algorithm != "in_network" and op.timed is None:
            return _without(view, op, n, "refused", "no rank sends anything to another")
        if op.timed is not None:
            op, out = _come_and_go(view, op)
        else:
            out = _in_network(view, op) if op.algorithm == "in_network" else _over_phases(view, op)
    except OverBudget as error:
        return _without(view, op, 0, "refused", f"the flat arrays need about {gibibytes(error.needed)}, the budget is "
                                                f"{gibibytes(error.budget)}; {SYMBOLIC}")
    except TooLong as error:
        return _without(view, op, view.ranks, "refused", f"routing it flow by flow takes {error.steps:,} steps; {SYMBOLIC}")
    except Refused as reason:
        return _without(view, op, view.ranks, "refused", str(reason))
    if out.unreachable:
        routes = f" by the routes of `{op.table}`" if op.table else ""
        have = "has" if out.unreachable == 1 else "have"
        lost = f"{out.unreachable:,} of the flows {have} no path on this network{routes}{_isolated(view)}"
        return _without(view, op, n, "unreachable", lost, out)
    if out.transfer is None:
        return _without(view, op, n, "unknown", f"the rate of the links {out.where} is not published", out)
    return _complete(view, op, n, out)


def gibibytes(number: int) -> str:
    """ "1.5 GiB", "20 KiB"."""
    unit, size = next(((u, n) for u, n in (("GiB", 2**30), ("MiB", 2**20)) if number >= n / 10), ("KiB", 2**10))
    return f"{number / size:,.1f} {unit}"


def _isolated(view: View) -> str:
    """Names of endpoints without any link, in words."""
    import numpy as np

    try:
        if not view.failed and view.mode is None and not view.net.exceptions:
            linked = {k for a in view.net.arcs for k in (a.a, a.b)}
            alone = [".".join(view.net.blocks[k].path) for k in view.net.endpoints if k not in linked]
            if alone:
                return f"; no link at all: {', '.join(alone)}"
            if view.selected > NAMED:
                return ""
        f = view.fabric()
    except OverBudget:
        return ""
    degree = np.bincount(f.tail, minlength=f.vertex_count) + np.bincount(f.head, minlength=f.vertex_count)
    none = f.endpoints[degree[f.endpoints] == 0].tolist()
    names = ", ".join(f.vertex_name(v) for v in none[:3])
    return f"; isolated, without any link: {names}" + (f" and {len(none) - 3} more" if len(none) > 3 else "") if none else ""


# ---------------------------------------------------------------- steps
def _over_phases(view: View, op: Operation) -> Outcome:
    """Raises OverBudget, TooLong, Refused."""
    if len(op.phases) * view.ranks > RANK_STEPS:
        raise TooLong(len(op.phases) * view.ranks)
    total, transfer, steps = NONE, 0.0, []
    first: Loading | None = None
    exact, missing_rate, where, lost = True, False, "", 0
    busy: dict[tuple[str, int, float | None], list[Any]] = {}
    for k, phase in enumerate(op.phases):
        if view.hooks.progress is not None and len(op.phases) > 20 and k % 10 == 0:
            view.hooks.progress(f"{op.collective}: step {k} of {len(op.phases)}")
        found = loading(view, phase.pattern, op.routing, op.seed, op.assumed, None, op.sharing, op.table)
        first = first or found
        exact &= found.exact
        lost += found.unreachable
        wait = found.latency.times(phase.repeat)
        total = total.plus(wait)
        if found.slowest is None:
            missing_rate, where = True, found.where
            continue
        each = float(phase.bits * Fraction(found.slowest))
        transfer += each * phase.repeat
        steps.append(Step(phase.pattern.key, phase.repeat, float(phase.bits), float(found.latency.seconds), each, found.where))
        _add_busy(busy, found.classes, float(phase.bits) * phase.repeat)
    if op.filling and first is not None:
        total = total.plus(first.latency.times(op.filling))
    tiers = _tiers(busy, float(total.seconds) + transfer)
    return Outcome(total, None if missing_rate else transfer, tuple(steps), tiers, first, exact, lost, where)


def _add_busy(busy: dict[tuple[str, int, float | None], list[Any]], classes: Iterable[ClassLoad], bits: float) -> None:
    for c in classes:
        rate = None if c.capacity is None else float(c.capacity)
        if not rate:
            continue
        row = busy.setdefault((c.label, c.links, rate), [0.0, 0.0, False])
        row[0] += bits * float(c.greatest) / rate
        row[1] += bits * float(c.mean) / rate
        row[2] |= c.at_most


def _tiers(busy: dict[tuple[str, int, float | None], list[Any]], time: float) -> tuple[TierUse, ...]:
    rows = sorted(busy.items(), key=lambda kv: (-kv[1][0], kv[1][2], kv[0][0]))
    return tuple(TierUse(label, links, rate, b, m, min(b / time, 1.0) if time else None, at_most)
                 for (label, links, rate), (b, m, at_most) in rows)


def _come_and_go(view: View, op: Operation) -> tuple[Operation, Outcome]:
    """The operation, its size known, and what becomes of its flows. Raises OverBudget, TooLong, Refused, Mistake."""
    from hwdsl.perf.study.simulate import simulated

    found = simulated(view, op)
    op = replace(op, size=Fraction(found.size))
    first = found.loading
    if found.stats is None or found.latency is None:
        return op, Outcome(NONE, None, (), (), first, True, first.unreachable, first.where)
    busy: dict[tuple[str, int, float | None], list[Any]] = {}
    _add_busy(busy, first.classes, 1.0)
    return op, Outcome(found.latency, found.makespan - float(found.latency.seconds), (), _tiers(busy, found.makespan), first,
                       True, 0, first.where, found.bounds, found.stats)


def _in_network(view: View, op: Operation) -> Outcome:
    """Raises Refused."""
    if op.sharing != "fluid":
        raise Refused("what switches add up are no flows that could share fairly: `in_network` goes with `sharing = fluid`")
    if op.routing != "ecmp":
        raise Refused("switches add up over all their minimal uplinks: `in_network` goes with routing `ecmp`")
    found = shares(view)
    slowest = max(found, key=lambda u: u.share / u.capacity if u.capacity else Fraction(0))
    if not slowest.capacity:
        raise Refused(f"the links {slowest.label} have a rate of zero")
    _, latency = Symbolic(view.lossy_plan(), op.assumed).extremes()
    seconds = float(op.size * slowest.share / slowest.capacity)
    time = float(latency.seconds) + seconds
    tiers = tuple(sorted((_uplink_use(u, op.size, time) for u in found), key=lambda t: (-t.busiest, t.label)))
    step = Step("up to the top switches and down again", 1, float(op.size), float(latency.seconds), seconds, slowest.label)
    classes = tuple(ClassLoad(u.label, u.links, u.capacity, u.share, u.share) for u in found)
    base = Loading(classes, latency, slowest.share / slowest.capacity, slowest.label, True, "L0", "reduction tree of the tiers",
                   len(found), "", 0, {})
    return Outcome(latency, seconds, (step,), tiers, base, True, 0, slowest.label)


def _uplink_use(u: UplinkShare, size: Fraction, time: float) -> TierUse:
    busy = float(size * u.share / u.capacity) if u.capacity else 0.0
    return TierUse(u.label, u.links, float(u.capacity), busy, busy, busy / time if time else None)


# ---------------------------------------------------------------- the answer
def _question(view: View, op: Operation, first: Loading | None) -> Question:
    flows = {"hashed": "hashed: one path a flow", "static": "one path a flow, split alike over parallel links"}.get(
        op.routing, "fluid: a flow is split at will")
    if op.sharing == "max_min" or op.timed is not None:
        flows += "; links shared max-min fairly, flow by flow"
    routing = ROUTINGS[op.routing] + (f" ({first.model})" if first is not None and first.model else "")
    return Question(op.schedule, flows, routing, "relay" if view.relays else "do not relay")


def _assumed(assumed: Assumed) -> str:
    words = []
    if assumed.link is not None:
        words.append(f"links {float(assumed.link) * 1e9:g} ns")
    if assumed.relay is not None:
        words.append(f"switches {float(assumed.relay) * 1e9:g} ns")
    if assumed.packet is not None:
        words.append(f"relays store packets of {float(assumed.packet) / 8:g} B before they forward them")
    return ", ".join(words)


def failed_names(view: View) -> tuple[str, ...]:
    """What is out of service besides the design's overrides, in words."""
    return (*(exclusion_name(view.root, e) for e in view.failed), *view.lost_planes)


def over_name(view: View) -> str:
    """The endpoints in words: the paths of one or two selections, the number of more."""
    names = [exclusion_name(view.root, g) or view.root.name for g in view.groups]
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} more"


def exclusion_name(root: Any, e: Any) -> str:
    """`rack[0].leaf[2..4]`."""
    out, used = [], 0
    for k, name in enumerate(e.path):
        rank = len(root.shape(e.path[: k + 1]))
        indices = []
        for axis, s in enumerate(e.box[used:rank], used):
            extent = root.shape(e.path[: k + 1])[axis]
            run = list(s) == list(range(s[0], s[-1] + 1)) if len(s) else False
            indices.append(f"[{s[0]}]" if len(s) == 1 else "[*]" if len(s) == extent
                           else f"[{s[0]}..{s[-1] + 1}]" if run else "[" + ", ".join(map(str, s)) + "]")
        out.append(name + "".join(indices))
        used = rank
    return ".".join(out)


def _without(view: View, op: Operation, n: int, outcome: str, reason: str, out: Outcome | None = None) -> Prediction:
    """A prediction without a time."""
    first = out.first if out is not None else None
    level, method, cost, hops = (first.level, first.method, first.cost, first.hops) if first is not None else ("", "", 0, {})
    lost = out.unreachable if out is not None else 0
    return Prediction(
        op.call, op.collective, op.algorithm, op.routing, float(op.size), op.size_text, n, view.plane, view.mode_text,
        failed_names(view), _question(view, op, first), outcome, None, 0.0, 0.0, 0, _assumed(op.assumed), (), "", None, None,
        None, False, level, method, cost, reason, lost, (), (), hops,
        over_name(view))


def _complete(view: View, op: Operation, n: int, out: Outcome) -> Prediction:
    assert out.transfer is not None
    assert out.first is not None
    time = float(out.latency.seconds) + out.transfer
    bounds = _bounds(view, op, n, out)
    for b in bounds:
        assert time >= b.seconds * (1 - FLUID), f"{op.call}: {time} s is below the bound {b.name} {b.seconds} s"
    top = max(bounds, key=lambda b: b.seconds, default=None)
    rate = float(op.size) / time if time and op.size else None
    bus = rate * float(bus_factor(op.collective, n)) if rate is not None and op.collective in COLLECTIVES else None
    first = out.first
    hops = first.hops or (pairing_hops(view, op.phases[0].pattern) if op.phases else {})
    return Prediction(
        op.call, op.collective, op.algorithm, op.routing, float(op.size), op.size_text, n, view.plane, view.mode_text,
        failed_names(view), _question(view, op, out.first), "time", time, float(out.latency.seconds), out.transfer,
        out.latency.missing, _assumed(op.assumed),
        tuple(sorted(bounds, key=lambda b: (-b.seconds, b.name))), top.name if top is not None else "",
        max(0.0, time / top.seconds - 1) if top is not None and top.seconds else None, rate, bus, out.exact, first.level,
        first.method, first.cost, first.reason, 0, out.steps, out.tiers, hops,
        over_name(view), out.flows)


def _bounds(view: View, op: Operation, n: int, out: Outcome) -> list[Bound]:
    first = out.first
    assert first is not None
    if out.flows is not None:
        return list(out.bounds)
    if op.collective in COLLECTIVES:
        one = op.algorithm in ONE_MESSAGE
        at_once = first if op.collective == "all_to_all" and op.algorithm == "direct" else None
        found = collective_bounds(view, op.collective, op.algorithm, op.size, n, _least(view, op) if one else NONE, one, at_once)
    elif len(op.phases) == 1:
        found = distance_bounds(first, op.phases[0].bits)
        build = op.phases[0].pattern.build
        if build is not None:
            found += flow_bounds(view, build(), op.phases[0].bits)
    else:
        found = []
    if op.algorithm not in ONE_MESSAGE and len(op.phases) <= 1:
        found.append(Bound("latency", float(first.latency.seconds), "start-up on the way of the slowest flow"))
    return found


def _least(view: View, op: Operation) -> Latency:
    """The least latency between two ranks; nothing where it is not known."""
    key = ("least", op.assumed)
    if key not in view.memo:
        try:
            view.memo[key] = Symbolic(view.lossy_plan(), op.assumed).extremes()[0]
        except Refused:
            view.memo[key] = NONE
    found: Latency = view.memo[key]
    return found
