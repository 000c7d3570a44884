"""Power, price and mass of a design: rolled up over templates, each figure once.

`power` of a component includes everything inside it: where it is stated, what is inside is detail. `own_power` adds to what is
inside. What nobody published counts as missing: the roll-up is then a lower bound that says how many parts are missing.
"""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Attribute, Template, volume
from hwdsl.node import Record
from hwdsl.query.counting import count_group
from hwdsl.query.lifted import Exclusion, covers
from hwdsl.query.selection import Group
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
            bound = self.missing and isinstance(zero, Quantity)
            return Quantity(0, 0, 0, zero.dim, unit, missing=self.missing) if bound else zero
        if not self.missing:
            return self.value
        missing = Quantity(0, 0, 0, self.value.dim, self.value.unit, missing=self.missing)
        return q.add(self.value, missing)


def own_figure(t: Template, what: str) -> tuple[Roll, bool]:
    """(what a component itself contributes, whether that includes everything inside it)."""
    stated = t.attributes.get(what)
    if stated is not None:
        return _of(stated), True
    own = t.attributes.get(f"own_{what}")
    if own is not None:
        return _of(own), False
    return (Roll(None, 1) if not t.parts and bears(t, what) else Roll()), False


def _of(attribute: Attribute) -> Roll:
    if attribute.value is UNKNOWN:
        return Roll(None, 1)
    return Roll(attribute.value, 0, tuple(s.figure for s in attribute.sources if s.figure))


def roll(t: Template, what: str) -> Roll:
    """The figure of one instance of a template: stated, or its own plus its parts'. Overrides are not considered."""
    def compute(t: Template) -> Roll:
        total, whole = own_figure(t, what)
        if not whole:
            for name in sorted(t.parts):
                part = t.parts[name]
                total = total.plus(roll(part.template, what), volume(part.dims))
        return total

    found: Roll = t.cached(f"roll_{what}", compute)
    return found


def roll_group(owner: Template, g: Group, what: str, gone: list[Exclusion]) -> Roll:
    """The figure of the things of a group, as bought: absent ones and absent parts inside them are left out."""
    t = owner.at(g.path)
    if not any(len(e.path) > len(g.path) and covers(g.path, e.path) for e in gone):
        return Roll().plus(roll(t, what), count_group(owner, g, gone))
    total, whole = own_figure(t, what)
    total = Roll().plus(total, count_group(owner, g, gone))
    if not whole:
        for name in sorted(t.parts):
            dims = t.parts[name].dims
            inner = Group((*g.path, name), g.box + tuple(range(n) for n in dims), len(dims))
            total = total.plus(roll_group(owner, inner, what, gone))
    return total


def bears(t: Template, what: str) -> bool:
    """Whether a leaf without a figure is a gap: connectors draw no power, and cost and weigh what the board they sit on does."""
    if what == "power":
        return t.kind in _ACTIVE
    return t.kind in _ACTIVE or t.kind in ("panel", "rack", "power", "cooling")


_ACTIVE = ("chip", "memory", "switch", "engine", "ocs", "module", "board", "tray", "node")
