"""Power, price and mass of a design: rolled up over templates, each figure once.

`power` of a component includes everything inside it: where it is stated, what is inside is detail. `own_power` adds to what is
inside. What nobody published counts as missing: the roll-up is then a lower bound that says how many parts are missing.
"""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template, volume
from hwdsl.node import Record
from hwdsl.sema.values import UNKNOWN
from hwdsl.types import Quantity
from hwdsl.types import quantity as q

QUANTITIES = {"power": "W", "price": "USD", "mass": "kg"}


class Roll(Record):
    """A rolled-up figure: `value` (None if nothing is known), `missing` unknown parts, `figures` seen ("max", "typ", ...)."""

    value: Any = None
    missing: int = 0
    figures: tuple[str, ...] = ()

    def plus(self, other: Roll, times: int = 1) -> Roll:
        """This roll-up and `times` of another."""
        if times == 0:
            return self
        value = self.value
        if other.value is not None:
            piece = q.mul(other.value, times)
            value = piece if value is None else q.add(value, piece)
        return Roll(value, self.missing + times * other.missing, tuple(sorted({*self.figures, *other.figures})))

    def result(self, unit: str) -> Any:
        """A quantity: exact, or a lower bound with its missing parts."""
        if self.value is None:
            zero = q.quantity(0, unit)
            return Quantity(0, 0, 0, zero.dim, unit, missing=self.missing) if self.missing and isinstance(zero, Quantity) else zero
        if not self.missing:
            return self.value
        missing = Quantity(0, 0, 0, self.value.dim, self.value.unit, missing=self.missing)
        return q.add(self.value, missing)


def roll(t: Template, what: str) -> Roll:
    """The figure of one instance of a template: stated, or its own plus its parts'."""
    def compute(t: Template) -> Roll:
        stated = t.attributes.get(what)
        if stated is not None:
            if stated.value is UNKNOWN:
                return Roll(None, 1)
            return Roll(stated.value, 0, tuple(s.figure for s in stated.sources if s.figure))
        total = Roll()
        own = t.attributes.get(f"own_{what}")
        if own is not None:
            total = total.plus(Roll(None, 1) if own.value is UNKNOWN else Roll(own.value, 0, tuple(s.figure for s in own.sources if s.figure)))
        for name in sorted(t.parts):
            part = t.parts[name]
            total = total.plus(roll(part.template, what), volume(part.dims))
        if not t.parts and own is None and _bears(t, what):
            return Roll(None, 1)
        return total

    found: Roll = t.cached(f"roll_{what}", compute)
    return found


def _bears(t: Template, what: str) -> bool:
    """Whether a leaf without a figure is a gap: connectors, racks, panels and the like draw no power."""
    if what == "power":
        return t.kind in ("chip", "memory", "switch", "engine", "ocs", "module", "board", "tray", "node")
    return False
