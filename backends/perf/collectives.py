"""Collective times of a data plane, from the layer that answers studies."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.perf.study.build import operation
from hwdsl.perf.study.call import Call
from hwdsl.perf.study.loading import ZeroRate
from hwdsl.perf.study.predict import predict
from hwdsl.perf.study.view import View
from hwdsl.query.selection import PlaneSelection
from hwdsl.sema.values import Word
from hwdsl.source import NO_SPAN
from hwdsl.types import quantity as q

STEP_LIMIT = 4_000_000
"""Destinations times links that a figure may take flat: a study (`hwc perf`) takes longer if it must."""


def plane_view(root: Template, name: str, planes: PlaneSelection | None, hooks: Any) -> View:
    """The network of a plane among all its endpoints in the current mode; kept, so that what it finds out is found out once."""
    known: dict[tuple[str, str], View] = root.cached("plane views", lambda _: {})
    key = (name, hooks.mode.text if hooks.mode is not None else "")
    if key not in known:
        known[key] = View(root, name, planes, None, hooks, NO_SPAN, (), STEP_LIMIT)
    return known[key]


def ring_all_reduce(root: Template, name: str, planes: PlaneSelection | None, hooks: Any,
                    sizes: tuple[tuple[str, int], ...], intervals: bool) -> dict[str, Any]:
    """Ring all-reduce among the endpoints of a plane, in the order of their paths, by label of the size (bytes).

    intervals  rates of links are intervals: the times are those at their nominal values, and say so
    """
    view = plane_view(root, name, planes, hooks)
    said = {"rates": "nominal values of intervals"} if intervals else {}
    return {label: {**_one(view, size), **said} for label, size in sizes}


def _one(view: View, size: int) -> dict[str, Any]:
    call = Call("all_reduce", {"size": q.quantity(size, "B"), "algorithm": Word("ring")}, {}, NO_SPAN, "all_reduce")
    try:
        found = predict(view, operation(call, view))
    except ZeroRate as error:
        return {"unknown": f"the links {error} have a rate of zero"}
    if found.time is None:
        return {"unknown": found.reason}
    return {
        "formula": "ring: 2 (N - 1) steps of latency and V / N over the busiest link", "N": found.ranks, "V_bytes": size,
        "bandwidth_term_s": found.transfer, "latency_term_s": found.latency, "time_s": found.time,
        "lower_bound": bool(found.missing), "upper_bound": not found.exact, "unknown_latencies": found.missing,
        "bounds": {b.name: b.seconds for b in found.bounds}, "gap": found.gap, "busiest_links": found.tiers[0].label,
        "level": found.level, "method": found.method,
    }
