"""A net rate is at most what encoding and FEC leave of the raw rate; about eight times it is bytes for bits (HW2018)."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.diag import Diagnostics, Label
from hwdsl.ir.l0 import Template, templates
from hwdsl.types import Quantity
from hwdsl.types import quantity as q
from hwdsl.types.format import text

OVERHEADS = ("encoding_overhead", "fec_overhead")
"""Attributes that say how many bits are added to each bit carried, as a ratio: 2/128 for 128b/130b."""


def links_of(root: Template) -> list[Template]:
    """Every distinct link of the ports of a design, in a stable order."""
    found = {p.link.uid: p.link for t in templates(root) for p in t.ports.values()}
    return [found[uid] for uid in sorted(found)]


def carried(raw: Quantity, link: Template) -> Quantity:
    """What the stated overheads of a link leave of its raw rate: all of it where none is stated or known."""
    factor = Fraction(1)
    for name in OVERHEADS:
        stated = link.attributes.get(name)
        overhead = stated.value if stated is not None else None
        if isinstance(overhead, int | Fraction) and not isinstance(overhead, bool):
            factor /= 1 + Fraction(overhead)
    return q.as_quantity(q.mul(raw, factor))


def net_within_raw(root: Template, diagnostics: Diagnostics) -> None:
    """Report links whose stated net rate is above the raw rate, or above what coding leaves of it."""
    for link in links_of(root):
        raw, net = link.attributes.get("raw"), link.attributes.get("net")
        if raw is None or net is None or not isinstance(raw.value, Quantity) or not isinstance(net.value, Quantity):
            continue
        left = carried(raw.value, link)
        if raw.value.dim != net.value.dim or net.value.lo <= left.hi:
            continue
        ratio = net.value.nom / raw.value.nom if raw.value.nom else 0
        notes = ("almost eight times as much: bytes for bits?",) if 6 <= ratio <= 8 else ()
        above = f"above its raw rate of {text(raw.value)}" if net.value.lo > raw.value.hi \
            else f"above the {text(left)} that its encoding and FEC leave of {text(raw.value)}"
        diagnostics.error(
            "HW2018", f"`{link.name}` has a net rate of {text(net.value)} a lane, {above}",
            net.span, related=(Label(raw.span, "the raw rate"),), notes=notes,
            help="net is what is left of raw after encoding and FEC; `Gb/s` are bits, `GB/s` bytes")
