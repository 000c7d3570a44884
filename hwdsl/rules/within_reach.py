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
from hwdsl.sema.values import Word
from hwdsl.source import Span
from hwdsl.types import Quantity
from hwdsl.types.format import text

_PULLED = ("cable", "fibre", "backplane", "trace")


def within_reach(root: Template, diagnostics: Diagnostics) -> None:
    """Report each connection or override whose length is certainly more than a reach, once for each thing it runs over."""
    overrides = _overridden(root)
    reported: set[tuple[Span, str]] = set()
    for r in lifted_rules(root):
        media = [s.template for s in r.rule.via if s.template is not None]
        lengths = list(_lengths(r, media, overrides))
        for carrier in _carriers(root, r, media) if lengths else ():
            reach = _reach(carrier, r)
            if reach is None:
                continue
            for length, medium in lengths:
                key = (length.span, carrier.uid)
                applies = medium is None or carrier is medium or carrier.kind not in _PULLED
                if applies and length.value.lo > reach.value.hi and key not in reported:
                    reported.add(key)
                    _report(carrier, length, reach, r.rule.span, diagnostics)


def _reach(carrier: Template, r: Lifted) -> Attribute | None:
    """How far a carrier reaches over the fibre of a connection: `reach_om3` over one whose `medium` is om3, the least of several;
    `reach` where it says nothing of them. None if it is not known."""
    media = [s.template.figure("medium") for s in r.rule.via if s.template is not None and s.template.kind == "fibre"]
    over = [carrier.attributes.get(f"reach_{m.text}") for m in media if isinstance(m, Word)]
    known = [a for a in over if a is not None and _is_length(a)]
    if known:
        return min(known, key=lambda a: a.value.hi)
    reach = carrier.attributes.get("reach")
    return reach if reach is not None and _is_length(reach) else None


def _report(carrier: Template, length: Attribute, reach: Attribute, connection: Span, diagnostics: Diagnostics) -> None:
    related = (Label(reach.span, f"the reach of `{carrier.name}`"),) if reach.span.file else ()
    if not (connection.file == length.span.file and connection.start <= length.span.start < connection.end):
        related = (Label(connection, "the connection"), *related)
    diagnostics.error(
        "HW3108", f"{text(length.value)} is beyond the reach of `{carrier.name}`, {text(reach.value)}", length.span,
        related=related, help="bring the ends closer together, or name a medium or module that reaches that far: active copper, "
                              "and further still fibre")


def _carriers(root: Template, r: Lifted, media: list[Template]) -> list[Template]:
    """What a connection runs over: its media, its modules, and the modules its ports are carried on."""
    out = list(media)
    for end in attachments(root, r):
        out += [root.at(path) for path in (end.connector, *end.several) if path]
    return list({t.uid: t for t in out}.values())


def _lengths(
    r: Lifted, media: list[Template], overrides: list[tuple[Exclusion, Attribute]]
) -> Iterator[tuple[Attribute, Template | None]]:
    """Lengths that are stated for links of a rule: by overrides for some of them, by the connection or else by its media for the
    rest; with the medium where the length is that of one."""
    for mark, length in overrides:
        for path, coords in ((r.a, r.a_coords), (r.b, r.b_coords)):
            if covers(mark.path, path) and _meets(r, coords, mark):
                yield length, None
    stated = r.rule.attributes.get("length")
    if stated is not None and _is_length(stated):
        yield stated, None
        return
    for medium in media:
        own = medium.attributes.get("length")
        if medium.kind in _PULLED and own is not None and _is_length(own):
            yield own, medium


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
