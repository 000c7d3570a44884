"""Sides lined up: rows in a fixed order, ratios to the first side, and what the sides do not have in common."""

from __future__ import annotations

from collections.abc import Sequence

from hwdsl.perf.compare.network import COLLECTIVES, SIZES
from hwdsl.perf.compare.result import NONE, Amount, Comparison, Row, Side
from hwdsl.perf.compare.stated import FORMATS

Spec = tuple[str, str, str, str, str]
"""Key, group, label, unit, which is better."""

_NAMES = {"all_reduce": "all-reduce (ring)", "all_to_all": "all-to-all"}


def _specs() -> list[Spec]:
    out: list[Spec] = [("accelerators", "compute", "accelerators", "", "")]
    for f in FORMATS:
        unit = "OPS" if f.startswith("int") else "FLOPS"
        out += [(f, "compute", f"{f}, all", unit, "more"), (f"{f}_each", "compute", f"{f}, one accelerator", unit, "more")]
    for word, label, unit in (("memory", "memory", "B"), ("memory_bandwidth", "memory bandwidth", "B/s")):
        out += [(word, "memory", f"{label}, all", unit, "more"),
                (f"{word}_each", "memory", f"{label}, one accelerator", unit, "more")]
    out += [
        ("domain", "scale-up network", "accelerators in a domain", "", "more"),
        ("injection_each", "scale-up network", "injection, one accelerator", "B/s", "more"),
        ("injection", "scale-up network", "injection, all", "B/s", "more"),
        ("bisection", "scale-up network", "bisection of a domain", "B/s", "more"),
        ("bisection_each", "scale-up network", "bisection, one accelerator", "B/s", "more"),
        ("mean_hops", "scale-up network", "hops, mean", "", "less"),
        ("diameter", "scale-up network", "hops, diameter", "", "less"),
        ("all_to_all_each", "scale-up network", "uniform all-to-all, one accelerator", "B/s", "more"),
    ]
    for name, _ in COLLECTIVES:
        for n, unit in SIZES:
            key, label = f"{name}_{n}{unit}", f"{_NAMES[name]}, {n} {unit}"
            out += [(key, "collectives in a domain", f"{label}, time", "s", "less"),
                    (f"{key}_bus", "collectives in a domain", f"{label}, bus rate", "B/s", "more"),
                    (f"{key}_gap", "collectives in a domain", f"{label}, above its bound", "%", "less")]
    out += [
        ("scale_out_each", "scale-out network", "scale-out, one accelerator", "B/s", "more"),
        ("scale_out", "scale-out network", "scale-out, all", "B/s", "more"),
        ("power", "power", "power", "W", "less"), ("power_each", "power", "power, one accelerator", "W", "less"),
    ]
    out += [(f"power_per_{f}", "power", f"power per T{'OPS' if f.startswith('int') else 'FLOPS'} of {f}", "W", "less")
            for f in FORMATS]
    out += [
        ("power_per_memory", "power", "power per TB of memory", "W", "less"),
        ("power_per_memory_bandwidth", "power", "power per TB/s of memory", "W", "less"),
        ("power_per_injection", "power", "power per TB/s of scale-up", "W", "less"),
    ]
    return out


_THINGS: list[Spec] = [
    ("modules_each", "parts", "optical modules, one accelerator", "", "less"),
    ("modules", "parts", "optical modules", "", "less"),
    ("cables_each", "parts", "cables, one accelerator", "", "less"), ("cables", "parts", "cables", "", "less"),
    ("assemblies", "parts", "cable assemblies and cartridges", "", "less"), ("links", "parts", "links", "", ""),
    ("switches", "parts", "switches", "", "less"), ("racks", "parts", "racks", "", "less"),
    ("floor", "parts", "floor under the racks", "m2", "less"),
]


_TELLING = ("switch", "ocs", "panel", "engine", "module", "memory", "power", "cooling")
"""Kinds of parts that a figure includes or leaves out; chips are told by the rows, trays and racks only hold them."""


def compare(sides: Sequence[Side]) -> Comparison:
    """The comparison of two or more sides; a row that none of them has is left out."""
    prices = sorted({k.partition(".")[2] for s in sides for k in s.amounts if k.startswith("price.") and k != "price."})
    money: list[Spec] = []
    for c in prices:
        money += [(f"price.{c}", "price", "price", c, "less"), (f"price_each.{c}", "price", "price, one accelerator", c, "less")]
    rows = []
    for key, group, label, unit, better in [*_specs(), *money, *_THINGS]:
        amounts = tuple(s.amounts.get(key, NONE) for s in sides)
        if any(a.bound != "none" for a in amounts) and not _is_mere_gap(key, amounts):
            ratios = tuple(None if unit == "%" else ratio(amounts[0], a) for a in amounts)  # of gaps a ratio says nothing
            rows.append(Row(key, group, label, unit, better, amounts, ratios))
    return Comparison(tuple(sides), tuple(rows), tuple(_differences(sides)))


def _is_mere_gap(key: str, amounts: tuple[Amount, ...]) -> bool:
    """Whether a derived figure has no value on any side: the figure it derives from says so already."""
    return ("_each" in key or key.startswith("power_per_")) and all(a.value is None for a in amounts)


def ratio(first: Amount, other: Amount) -> float | None:
    """`other` / `first`, None where one is not known exactly or the first is 0."""
    if not first.known or not other.known or not first.value or other.value is None:
        return None
    return other.value / first.value


def _differences(sides: Sequence[Side]) -> list[str]:
    """What some sides include and others do not, and figures that do not cover the same."""
    out = []
    for kind in _TELLING:
        have = [s for s in sides if s.kinds.get(kind)]
        if 0 < len(have) < len(sides):
            listed = "; ".join(f"{_some(s.kinds[kind])} in {s.label}" for s in have)
            none = ", ".join(s.label for s in sides if s not in have)
            out.append(f"{kind}: {listed}; none in {none}")
    for word in ("power", *sorted({k for s in sides for k in s.amounts if k.startswith("price.")})):
        told = [(s.label, s.amounts[word]) for s in sides if s.amounts.get(word, NONE).value is not None]
        covers = {(a.boundary, a.figure) for _, a in told}
        if len(covers) > 1:
            words = "; ".join(f"{label}: {_cover(a)}" for label, a in told)
            out.append(f"{word.partition('.')[0]} does not cover the same: {words}")
    return out


def _cover(a: Amount) -> str:
    words = [*(f"boundary {b}" for b in a.boundary), *a.figure]
    return " + ".join(words) + f" ({a.note})" if words else f"boundary not stated ({a.note})"


def _some(found: dict[str, int]) -> str:
    words = [f"{n} {name}" for name, n in sorted(found.items(), key=lambda kv: (-kv[1], kv[0]))]
    return ", ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")
