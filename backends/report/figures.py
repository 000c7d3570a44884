"""Every figure of a design with where it is from: of components, links, media, connectors and modules, each stated once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hwdsl.backends.drawing.text import grouped, number
from hwdsl.ir.l0 import Attribute, Template, multiplicities, templates
from hwdsl.node import Record
from hwdsl.query.lifted import lifted_rules
from hwdsl.sema.show import show
from hwdsl.sema.values import UNKNOWN, Source

if TYPE_CHECKING:
    from hwdsl.ir.json_values import Positions


class Cited(Record):
    """One source of a figure, ready to print; `url` is "" where it is no web address."""

    text: str
    url: str
    unverified: bool


class Figure(Record):
    """One attribute: of which component (`instances` in the design, "" for links and media), and its value with its unit."""

    component: str
    kind: str
    instances: str
    name: str
    value: str
    is_unknown: bool
    unverified: bool
    about: str
    sources: tuple[Cited, ...]
    where: str


def figures(root: Template, at: Positions) -> list[Figure]:
    """All attributes of everything reached from a design, by component and name."""
    counts = multiplicities(root)
    out: dict[tuple[str, str, str, str], Figure] = {}
    for t in _reached(root):
        for name, a in sorted(t.attributes.items()):
            row = _figure(t, counts.get(t.uid, 0), name, a, at)
            out.setdefault((row.component, row.name, row.value, row.where), row)
    return [out[k] for k in sorted(out)]


def _reached(root: Template) -> list[Template]:
    """Components, then the links of their ports, then media, modules and buses that connections use."""
    found: dict[str, Template] = {}
    for t in templates(root):
        found.setdefault(t.uid, t)
        for port in t.ports.values():
            found.setdefault(port.link.uid, port.link)
        for bus in t.buses:
            found.setdefault(bus.template.uid, bus.template)
    for r in lifted_rules(root):
        for step in r.rule.via:
            if step.template is not None:
                found.setdefault(step.template.uid, step.template)
        found.setdefault(r.rule.link.uid, r.rule.link)
    return list(found.values())


def _figure(t: Template, instances: int, name: str, a: Attribute, at: Positions) -> Figure:
    return Figure(
        t.name,
        t.kind,
        number(instances) if instances else "",
        name,
        grouped(show(a.value)),
        a.value is UNKNOWN,
        bool(a.status),
        ", ".join(about(a.sources)),
        tuple(cited(s) for s in a.sources if s.text or s.url),
        at.short(a.span),
    )


def about(sources: Iterable[Source]) -> list[str]:
    """What a figure includes and which of several it is, as its sources say."""
    words = (w for s in sources for w in (s.boundary and f"boundary: {s.boundary}", s.figure and f"figure: {s.figure}", s.note))
    return sorted({w for w in words if w})


def cited(s: Source) -> Cited:
    """A source ready to print."""
    url = s.url if s.url.lower().startswith(("https://", "http://")) else ""
    words = ", ".join(x for x in (s.text or s.url, s.date) if x)
    return Cited(words, url, s.status == "unverified")
