"""What the scale-up network of a side delivers: injection, bisection, hops, uniform all-to-all, collectives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.compare.amounts import count, exact, hull, over
from hwdsl.perf.compare.planes import Domain, injected, message
from hwdsl.perf.compare.result import NONE, UNKNOWN, Amount
from hwdsl.perf.study.build import operation
from hwdsl.perf.study.call import Call
from hwdsl.perf.study.loading import ZeroRate
from hwdsl.perf.study.predict import predict
from hwdsl.perf.study.result import Prediction
from hwdsl.perf.study.view import View
from hwdsl.perf.symbolic.bisection import bisection_bracket
from hwdsl.query.cuts import Bracket
from hwdsl.query.ends import at_end, between
from hwdsl.query.flat import OverBudget
from hwdsl.query.hopcount import graph_of, hop_counts, mode_failures
from hwdsl.query.quotient import Refused
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.values import Word
from hwdsl.source import NO_SPAN
from hwdsl.types import quantity as q

COLLECTIVES = (("all_reduce", "ring"), ("all_to_all", ""))
SIZES = ((1, "MiB"), (1, "GiB"))
_COUNTED = ("domain", "mean_hops", "diameter")
"""Figures that do not depend on the rate of a link."""


def network_figures(domain: Domain, hooks: Any) -> tuple[dict[str, Amount], tuple[Prediction, ...], list[str]]:
    """(amounts by key, the predictions behind them, remarks) of one domain of the scale-up plane."""
    out = {"domain": count(domain.ranks) if domain.ranks else UNKNOWN, **_injected(domain, hooks)}
    try:
        if domain.reason or domain.over is None:
            raise Refused(domain.reason)
        hops = hop_counts(domain.root, domain.planes, domain.over, hooks, NO_SPAN)
        ends = ("lo", "hi") if between(domain.net) else ("nom",)
        found = [_at_end(domain, end, hooks) for end in ends]
    except (Mistake, Refused, TooLarge, OverBudget) as error:
        reason = message(error) if isinstance(error, Mistake) else str(error)
        more = "" if not domain.modes else f"; compare it in a mode, FILE@MODE: {domain.modes}"
        return {**out, **dict.fromkeys(_keys(), UNKNOWN)}, (), [f"scale-up network not evaluated: {reason}{more}"]
    out |= {key: hull(found[0][0][key], found[-1][0][key]) for key in found[0][0]}
    out |= {"mean_hops": exact(hops.mean), "diameter": count(hops.diameter)}
    out["bisection_each"] = over(out["bisection"], count(domain.ranks))
    if out["injection"].unverified:
        out |= {k: replace(a, unverified=True) for k, a in out.items()
                if a.value is not None and k not in _COUNTED and not k.endswith("_gap")}
    return out, found[0][1], list(dict.fromkeys(r for _, _, told in found for r in told))


def _keys() -> list[str]:
    """Rows that take an evaluation of the network."""
    return ["bisection", "bisection_each", "mean_hops", "diameter", "all_to_all_each",
            *(f"{name}_{n}{unit}{what}" for name, _ in COLLECTIVES for n, unit in SIZES for what in _OF_TIMES)]


_OF_TIMES = ("", "_bus", "_gap")


def _at_end(domain: Domain, end: str, hooks: Any) -> tuple[dict[str, Amount], tuple[Prediction, ...], list[str]]:
    """Bisection, times and rates with all rates that are intervals at one end. Raises Mistake, Refused."""
    view = View(domain.root, domain.name, domain.planes, domain.over, hooks, NO_SPAN)
    view.net = at_end(view.net, end)
    out = {"bisection": _bisection(view, domain, hooks, end)}
    predictions: list[Prediction] = []
    remarks: list[str] = []
    for name, algorithm in COLLECTIVES:
        for n, unit in SIZES:
            try:
                found = _prediction(view, name, algorithm, n, unit)
            except (Mistake, ZeroRate, TooLarge) as error:
                remarks.append(f"{name}: {message(error) if isinstance(error, Mistake) else error}")
                out |= dict.fromkeys((f"{name}_{n}{unit}{what}" for what in _OF_TIMES), UNKNOWN)
                continue
            if end != "nom" and found.level != "L0":
                found = replace(found, outcome="unknown", time=None, reason="rates are intervals, and the answer is not symbolic")
            predictions.append(found)
            out |= _times(found, f"{name}_{n}{unit}")
    out["all_to_all_each"] = _uniform(predictions)
    remarks += dict.fromkeys(f"{p.collective}: {p.reason}" for p in predictions if p.outcome != "time")
    remarks += dict.fromkeys(f"{p.collective} {p.algorithm}: {p.question.schedule}; {p.question.routing}; flows "
                             f"{p.question.flows}; endpoints {p.question.endpoints}" for p in predictions if p.outcome == "time")
    return out, tuple(predictions), remarks


def _injected(domain: Domain, hooks: Any) -> dict[str, Amount]:
    """Bytes/s out of all accelerators, and out of one, one direction: in a mode what it joins, else as wired."""
    rate = injected(domain.net)
    if hooks.mode is not None and hooks.mode.owner is domain.root and domain.over is not None and not domain.text:
        found = _in_mode(domain, hooks)
        rate = replace(rate, bound="" if found is not None else "unknown", value=found, high=None, missing=int(found is None))
    return {"injection": rate, "injection_each": over(rate, count(domain.net.endpoint_count))}


def _in_mode(domain: Domain, hooks: Any) -> float | None:
    """Bytes/s out of the accelerators over the links of the current mode; None where a rate is not published, or too much."""
    from hwdsl.perf.flat import fabric, injection
    try:
        f = fabric(domain.root, domain.planes, domain.over, hooks.mode, mode_failures(domain.root, hooks.mode, hooks),
                   hooks.memory_budget)
    except OverBudget:
        return None
    total = float(injection(f).sum()) / 8
    return None if total != total else total


def _bisection(view: View, domain: Domain, hooks: Any, end: str) -> Amount:
    found: Bracket | None
    try:
        found = bisection_bracket(view.net) if view.mode is None and not view.failed else None
    except (Refused, TooLarge):
        found = None
    if found is None:
        from hwdsl.query.flatcuts import flat_bracket
        try:
            found = flat_bracket(graph_of(view.root, domain.planes, domain.over, view.mode, hooks, end))
        except (OverBudget, Mistake, TooLarge) as error:
            return Amount("unknown", note=f"not computed: {message(error) if isinstance(error, Mistake) else error}")
    if found is None:
        return UNKNOWN
    low, high = float(found.lower / 8), float(found.upper / 8)
    how = f"{found.lower_method}; {found.upper_method}"
    if found.exact:
        return Amount("", low, note=how)
    return Amount("in", low, high, note=how) if low else Amount("<=", high, note=found.upper_method)


def _prediction(view: View, name: str, algorithm: str, n: int, unit: str) -> Prediction:
    """Raises Mistake, ZeroRate, TooLarge."""
    values: dict[str, Any] = {"size": q.quantity(n, unit), **({"algorithm": Word(algorithm)} if algorithm else {})}
    shown = ", ".join([f"size = {n} {unit}", *([f"algorithm = {algorithm}"] if algorithm else [])])
    call = Call(name, values, {}, NO_SPAN, f"{name}({shown}, plane = {view.plane})")
    return predict(view, operation(call, view))


def _times(p: Prediction, key: str) -> dict[str, Amount]:
    """Time, bus rate and gap in per cent. Where latencies are not published the time is a lower bound, and the rate an upper one;
    where loads are an upper bound it is the other way round, and with both nothing holds."""
    if p.time is None or (p.missing and not p.exact):
        why = p.reason if p.time is None else "loads are known from above, latencies from below"
        return {f"{key}{what}": Amount("unknown", note=why) for what in _OF_TIMES}
    how = f"bound: {p.tightest}"
    bounds = (">=", "<=") if p.missing else ("", "") if p.exact else ("<=", ">=")
    bus = p.bus if p.bus is not None else p.rate
    gap = "" if p.missing or p.exact else "<="
    return {key: Amount(bounds[0], p.time, missing=p.missing, note=how),
            f"{key}_bus": NONE if bus is None else Amount(bounds[1], bus / 8, missing=p.missing, note=how),
            f"{key}_gap": NONE if p.gap is None else Amount(gap, 100 * p.gap, note=how)}


def _uniform(predictions: list[Prediction]) -> Amount:
    """Bytes/s that each accelerator sends when all send to all others alike, without latency."""
    for p in predictions:
        if p.collective == "all_to_all" and p.outcome == "time" and p.transfer and p.ranks:
            sent = Fraction(p.ranks - 1, p.ranks) * Fraction(p.size)
            return Amount("" if p.exact else ">=", float(sent) / p.transfer / 8, note=f"loads at {p.level} by {p.method}")
    return UNKNOWN
