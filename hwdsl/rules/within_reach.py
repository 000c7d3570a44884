"""A stated length beyond the reach of the cable, fibre or module that it runs over (HW3108).

Lengths are stated by an override, the connection or the medium. Estimates from placement are left to the cable schedule: a
straight distance is no length to refuse a design for.
"""

from __future__ import annotations

from collections.abc import Iterator

from hwdsl.diag import Diagnostics, Label
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Attribute, Template
from hwdsl.ir.outages import Exclusion, declared_paths
from hwdsl.ir.space import TooLarge, count
from hwdsl.query.attach import attachments
from hwdsl.query.lifted import Lifted, covers, end_constraints, lifted_rules
from hwdsl.source import Span
from hwdsl.types import Quantity
from hwdsl.types.format import text


def within_reach(root: Template, diagnostics: Diagnostics) -> None:
    """Report each connection or override whose length is certainly more than a reach, once for each thing it runs over."""
    overrides = _overridden(root)
    reported: set[tuple[Span, str]] = set()
    for r in lifted_rules(root):
        for carrier in _carriers(root, r):
            reach = carrier.attributes.get("reach")
            if reach is None or not _is_length(reach):
                continue
            for length in _lengths(r, carrier, overrides):
                key = (length.span, carrier.uid)
                if length.value.lo > reach.value.hi and key not in reported:
                    reported.add(key)
                    _report(carrier, length, reach, r.rule.span, diagnostics)


def _report(carrier: Template, length: Attribute, reach: Attribute, connection: Span, diagnostics: Diagnostics) -> None:
    related = (Label(reach.span, f"the reach of `{carrier.name}`"),) if reach.span.file else ()
    if not (connection.file == length.span.file and connection.start <= length.span.start < connection.end):
        related = (Label(connection, "the connection"), *related)
    diagnostics.error(
        "HW3108", f"{text(length.value)} is beyond the reach of `{carrier.name}`, {text(reach.value)}", length.span,
        related=related, help="bring the ends closer together, or name a medium or module that reaches that far: active copper, "
                              "and further still fibre")


def _carriers(root: Template, r: Lifted) -> list[Template]:
    """What a connection runs over: its media, its modules, and the modules its ports are carried on."""
    out = [s.template for s in r.rule.via if s.template is not None]
    for end in attachments(root, r):
        out += [root.at(path) for path in (end.connector, *end.several) if path]
    return list({t.uid: t for t in out}.values())


def _lengths(r: Lifted, carrier: Template, overrides: list[tuple[Exclusion, Attribute]]) -> Iterator[Attribute]:
    """Lengths that are stated for links of a rule: by overrides for some of them, and for the rest."""
    for mark, length in overrides:
        for path, coords in ((r.a, r.a_coords), (r.b, r.b_coords)):
            if covers(mark.path, path) and _meets(r, coords, mark):
                yield length
    for general in (r.rule.attributes.get("length"), carrier.attributes.get("length")):
        if general is not None and _is_length(general):
            yield general
            return


def _meets(r: Lifted, coords: tuple[Ix, ...], mark: Exclusion) -> bool:
    try:
        return count(r.space, end_constraints(coords, mark.box)) > 0
    except TooLarge:
        return False  # the rule is counted exactly when it is asked for; here it stays silent


def _overridden(root: Template) -> list[tuple[Exclusion, Attribute]]:
    """Lengths that overrides state for links and cables."""
    out = []
    for prefix in declared_paths(root):
        outer = tuple(range(n) for n in root.shape(prefix))
        for o in root.at(prefix).overrides:
            length = o.attributes.get("length") if o.target in ("link", "cable") else None
            if length is not None and _is_length(length):
                out.append((Exclusion(prefix + o.path, outer + o.box, o.target, ""), length))
    return out


def _is_length(a: Attribute) -> bool:
    return isinstance(a.value, Quantity) and a.value.dim.name == "length" and not a.value.missing
