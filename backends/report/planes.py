"""The performance part of the page: the figures of backend `perf`, in words and numbers for readers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.backends.drawing.text import number
from hwdsl.node import Record
from hwdsl.types import quantity as q
from hwdsl.types.format import digits_of, text

if TYPE_CHECKING:
    from hwdsl.api import Design


class Fact(Record):
    """One figure of a plane: what, how much, and how it was found."""

    name: str
    value: str
    method: str


class PlaneFigures(Record):
    """All figures of one plane; `note` says what could not be told."""

    name: str
    facts: tuple[Fact, ...]
    note: str


def performance(design: Design, progress: Any) -> tuple[tuple[PlaneFigures, ...], str]:
    """(figures of each data plane, why there are none)."""
    try:
        from hwdsl.backends.perf import compute
    except ImportError as e:
        return (), f"The figures of the planes are not on this page: {e}."
    data: dict[str, Any] = compute(design, progress)
    return tuple(_plane(name, plane) for name, plane in sorted(data.get("planes", {}).items())), ""


def _plane(name: str, data: dict[str, Any]) -> PlaneFigures:
    facts = [
        *_ends(data),
        *_injection(data),
        *_hops(data),
        *_bisection(data),
        *_all_to_all(data),
        *_oversubscription(data),
        *_all_reduce(data),
    ]
    return PlaneFigures(name, tuple(facts), str(data.get("note", "")))


def _ends(data: dict[str, Any]) -> list[Fact]:
    out = [Fact("Links", number(data["links"]), "")] if "links" in data else []
    for key, label in (("endpoints", "Endpoints"), ("relays", "Relays")):
        found = data.get(key)
        parts = found.get("parts", []) if isinstance(found, dict) else found or []
        if parts:
            out.append(
                Fact(
                    label,
                    number(sum(p["count"] for p in parts)),
                    ", ".join(f"{number(p['count'])} {p['component']} ({p['path']})" for p in parts),
                )
            )
    return out


def _rate(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def _injection(data: dict[str, Any]) -> list[Fact]:
    found = data.get("injection")
    if not isinstance(found, dict):
        return []
    if "unknown" in found:
        return [Fact("Injection bandwidth", "unknown", str(found["unknown"]))]
    out = [Fact("Injection bandwidth", _rate(found.get("total")), f"{found.get('formula', '')}; one direction, net")]
    return [*out, Fact("per endpoint", _rate(found.get("mean_per_endpoint")), "mean")] if "mean_per_endpoint" in found else out


def _hops(data: dict[str, Any]) -> list[Fact]:
    out = [Fact("Diameter", f"{data['diameter']} hops", "")] if isinstance(data.get("diameter"), int) else []
    mean = data.get("mean_hops")
    if isinstance(mean, dict) and mean.get("exact"):
        out.append(Fact("Mean hops", digits_of(Fraction(str(mean["exact"])), 5), "ordered pairs"))
    histogram = data.get("hops", {}).get("histogram", {})
    if histogram:
        rows = sorted(histogram.items(), key=lambda item: int(item[0]))
        out.append(
            Fact(
                "Pairs by hops",
                " · ".join(f"{h}: {number(n)}" for h, n in rows[:8]) + (" · …" if len(rows) > 8 else ""),
                data["hops"].get("formula", ""),
            )
        )
    return out


def _bisection(data: dict[str, Any]) -> list[Fact]:
    found = data.get("bisection")
    if not isinstance(found, dict):
        return []
    low, high = _rate(found.get("lower")), _rate(found.get("upper"))
    if not (low or high):
        return [Fact("Bisection bandwidth", "unknown", str(found.get("unknown", "")))]
    methods = "; ".join(
        x
        for x in (
            found.get("lower_method") and f"at least: {found['lower_method']}",
            found.get("upper_method") and f"at most: {found['upper_method']}",
        )
        if x
    )
    if low == high:
        return [Fact("Bisection bandwidth", low, methods)]
    return [Fact("Bisection bandwidth", f"{low} to {high}" if low and high else f"≥ {low}" if low else f"≤ {high}", methods)]


def _all_to_all(data: dict[str, Any]) -> list[Fact]:
    found = data.get("all_to_all")
    if not isinstance(found, dict) or "bound" not in found:
        return []
    return [
        Fact(
            "Uniform all-to-all, bound",
            f"{_rate(found['bound'])} per endpoint",
            f"{found.get('formula', '')}; limited by {found.get('bound_by', 'the network')}",
        )
    ]


def _oversubscription(data: dict[str, Any]) -> list[Fact]:
    return [
        Fact(
            f"Oversubscription at {level['at']}",
            _ratio(level),
            f"{level.get('formula', '')}: {_rate(level.get('down'))} over {_rate(level.get('up'))}",
        )
        for level in data.get("oversubscription") or []
        if isinstance(level, dict)
    ]


def _ratio(level: dict[str, Any]) -> str:
    """`2 : 1`; of rates that are intervals `1 to 4 : 1`."""
    if "exact" in level:
        return f"{digits_of(Fraction(str(level['exact'])), 4)} : 1"
    low, high = (None if x is None else digits_of(Fraction(x).limit_denominator(10**6), 4)
                 for x in (level["lower"], level["upper"]))
    return f"{low} to {high} : 1" if high is not None else f"at least {low} : 1"


def _all_reduce(data: dict[str, Any]) -> list[Fact]:
    out = []
    for size, found in sorted(
        (data.get("all_reduce") or {}).items(), key=lambda item: item[1].get("V_bytes", 0) if isinstance(item[1], dict) else 0
    ):
        if not isinstance(found, dict) or "time_s" not in found:
            continue
        bound = "≥ " if found.get("lower_bound") else "≤ " if found.get("upper_bound") else ""
        latency = (
            "latency not published: a lower bound"
            if found.get("unknown_latencies")
            else f"latency {_seconds(found.get('latency_term_s', 0))}"
        )
        out.append(
            Fact(
                f"Ring all-reduce, {size}",
                bound + _seconds(found["time_s"]),
                f"{found.get('formula', '')}; bandwidth {_seconds(found.get('bandwidth_term_s', 0))}, {latency}",
            )
        )
    return out


def _seconds(value: float) -> str:
    unit = next((u for u, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)) if value >= size), "ns")
    return text(q.quantity(Fraction(str(value)), "s"), unit, 4)
