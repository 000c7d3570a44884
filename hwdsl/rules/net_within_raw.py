"""The net rate of a lane cannot exceed its raw rate; about eight times it is bytes for bits (HW2018)."""

from __future__ import annotations

from hwdsl.diag import Diagnostics, Label
from hwdsl.ir.l0 import Template, templates
from hwdsl.types import Quantity
from hwdsl.types.format import text


def links_of(root: Template) -> list[Template]:
    """Every distinct link of the ports of a design, in a stable order."""
    found = {p.link.uid: p.link for t in templates(root) for p in t.ports.values()}
    return [found[uid] for uid in sorted(found)]


def net_within_raw(root: Template, diagnostics: Diagnostics) -> None:
    """Report links whose stated net rate is above the raw rate."""
    for link in links_of(root):
        raw, net = link.attributes.get("raw"), link.attributes.get("net")
        if raw is None or net is None or not isinstance(raw.value, Quantity) or not isinstance(net.value, Quantity):
            continue
        if raw.value.dim == net.value.dim and net.value.lo > raw.value.hi:
            ratio = net.value.nom / raw.value.nom if raw.value.nom else 0
            notes = ("almost eight times as much: bytes for bits?",) if 6 <= ratio <= 8 else ()
            diagnostics.error(
                "HW2018", f"`{link.name}` has a net rate of {text(net.value)} a lane, above its raw rate of {text(raw.value)}",
                net.span, related=(Label(raw.span, "the raw rate"),), notes=notes,
                help="net is what is left of raw after encoding and FEC; `Gb/s` are bits, `GB/s` bytes")
