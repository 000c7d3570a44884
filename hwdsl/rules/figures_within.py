"""A stated power, price or mass includes everything inside: the parts' figures must not add up to more (HW2017)."""

from __future__ import annotations

from hwdsl.diag import Diagnostics, Label
from hwdsl.ir.l0 import Template, templates, volume
from hwdsl.query.rollup import QUANTITIES, Roll, roll
from hwdsl.types import Quantity
from hwdsl.types.format import text


def figures_within(root: Template, diagnostics: Diagnostics) -> None:
    """Report components whose parts add up to more than the component states."""
    for t in templates(root):
        for what in QUANTITIES:
            stated = t.attributes.get(what)
            if stated is None or not isinstance(stated.value, Quantity) or not t.parts:
                continue
            inside = Roll()
            for name in sorted(t.parts):
                inside = inside.plus(roll(t.parts[name].template, what), volume(t.parts[name].dims))
            if inside.value is None or inside.value.dim != stated.value.dim or inside.value.lo <= stated.value.hi:
                continue
            biggest = max(t.parts.values(), key=lambda p: (_weight(p.template, what, volume(p.dims)), p.name))
            share = f"the largest share: {volume(biggest.dims)} x `{biggest.template.name}`"
            diagnostics.error(
                "HW2017", f"`{t.name}` states a {what} of {text(stated.value)}, its parts add up to {text(inside.value)}",
                stated.span, related=(Label(biggest.span, share),) if biggest.span.file else (),
                help=f"a stated `{what}` includes everything inside; write `own_{what}` for what comes on top of the parts")


def _weight(t: Template, what: str, count: int) -> float:
    value = roll(t, what).value
    return float(value.nom) * count if value is not None else 0.0
