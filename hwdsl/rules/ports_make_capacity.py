"""A stated capacity that is 2, 8 or 16 times what the ports add up to, or that part of it, is in the wrong unit or direction
(HW2019)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.diag import Diagnostics
from hwdsl.ir.l0 import Template, templates, volume
from hwdsl.query.rates import link_rate
from hwdsl.sema.values import UNKNOWN
from hwdsl.types import Quantity
from hwdsl.types import quantity as q
from hwdsl.types.format import text

SUSPECTS = {
    Fraction(2): "both directions for one", Fraction(8): "bytes for bits",
    Fraction(16): "bytes for bits, and both directions for one", Fraction(1, 2): "one direction for both",
    Fraction(1, 8): "bits for bytes", Fraction(1, 16): "bits for bytes, and one direction for both",
}
"""Ratio of stated to counted -> what was probably written for what."""


def ports_make_capacity(root: Template, diagnostics: Diagnostics) -> None:
    """Warn where `capacity` (one direction, net) and the ports disagree by one of the usual factors."""
    for t in templates(root):
        stated = t.attributes.get("capacity")
        if stated is None or not isinstance(stated.value, Quantity) or stated.value.lo != stated.value.hi:
            continue
        total: Any = None
        for port in t.ports.values():
            rate = link_rate(port.link, "")
            if rate is UNKNOWN:
                continue
            piece = q.mul(rate, volume(port.dims))
            total = piece if total is None else q.add(total, piece)
        if total is None or not total.nom:
            continue
        probably = SUSPECTS.get(Fraction(stated.value.nom) / Fraction(total.nom))
        if probably is not None:
            diagnostics.warning(
                "HW2019", f"`{t.name}` states a capacity of {text(stated.value)}; its ports add up to {text(total)}", stated.span,
                notes=(f"{probably}?",), help="capacity is one direction, net: the sum over the ports")
