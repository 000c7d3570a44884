"""The query functions, by family. Each takes (call, env) and returns a value or raises Mistake; `TABLE` names them all."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

FAMILIES: dict[str, tuple[str, ...]] = {
    "counts": ("count", "links", "lanes", "pairs", "fibres", "cables", "assemblies", "modules", "optics", "plugs", "kind"),
    "figures": ("sum", "min", "max", "avg"),
    "rollups": ("power", "price", "mass", "flops"),
    "rates": ("rate", "raw", "net", "bidi", "radix"),
    "graphs": ("diameter", "mean_hops", "hop_histogram", "components", "bisection", "oversubscription", "flow", "latency",
               "injection"),
    "faults": ("fault_domain", "articulation"),
    "later": ("length", "loss_budget", "loss_margin", "paths"),
}
"""Functions of each module of this package."""

TABLE: dict[str, str] = {name: family for family, names in FAMILIES.items() for name in names}


def function(name: str) -> Callable[..., Any] | None:
    """The implementation of a query function, loaded when first used; None if there is none."""
    family = TABLE.get(name)
    if family is None:
        return None
    module = import_module(f"hwdsl.query.functions.{family}")
    found: Callable[..., Any] = module.FUNCTIONS[name]
    return found
