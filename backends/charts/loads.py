"""Link loads on the topology: the drawing of `diagram`, its lines coloured and widened by how busy the links are during one
operation, with the figures beside them and the most loaded marked.

A line of the drawing stands for all links of a plane between two part arrays, as a tier of a prediction does; it takes the busier
of its two directions. Behind panels and circuit switches, which the prediction looks through, it takes the busiest tier at its
other end. Parts that the operation's planes do not reach are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.backends.charts.operations import Scene, heaviest, named, percent, rate_words, several_routings
from hwdsl.backends.diagram.scene import Edge, replace_edges, scene
from hwdsl.backends.drawing.palette import DARK_FAINT, FAINT
from hwdsl.backends.drawing.text import counted
from hwdsl.node import Record, replace
from hwdsl.perf.study.result import Prediction, TierUse
from hwdsl.perf.study.table import seconds

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.backends.diagram.scene import Scene as Drawn
    from hwdsl.diag import Diagnostics

RAMP: tuple[tuple[str, str], ...] = (
    ("#8fa3b5", "#465a70"),
    ("#4f93c4", "#3f7fb5"),
    ("#3667b0", "#5fb0d9"),
    ("#6b3fa0", "#e0b64a"),
    ("#8a0f4d", "#fff0a3"),
)
"""Five steps of utilisation (light ground, dark ground): each darker (on dark ground brighter) than the one before, so that they
are told apart without hue."""
_WIDTHS = (1.6, 2.6, 3.8, 5.2, 7.0)
_UNUSED = "no traffic, or not on the way"


class Used(Record):
    """A line of the drawing: utilisation 0 to 1 (None: nothing told of it), the tier behind it, and whether it is the busiest."""

    share: float | None
    tier: TierUse | None = None
    busiest: bool = False


def loads_svg(design: Design, shown: Scene, diagnostics: Diagnostics, heading: bool = True, tag: str = "") -> str:
    """The picture, `tag` tells it from others on a page; "" where no operation loads the links."""
    own = [p for p in shown.predictions if any(t.utilisation is not None for t in p.tiers)]
    if not own:
        return ""
    p = heaviest(own)
    drawn = scene(design)
    edges = [e for e in drawn.edges if not e.is_bus and _on_plane(e, p)]
    found = {e: used_by(design, e, p) for e in edges}
    top = max((u.share for u in found.values() if u.share is not None), default=None)
    if top is None:
        return ""
    found = {e: replace(u, busiest=u.share is not None and u.share >= top * (1 - 1e-9)) for e, u in found.items()}
    together = [u.tier.label for u in found.values() if u.tier is not None]
    labelled = tuple(replace(e, lines=_lines(e, found[e], together), tooltip=_tip(e, found[e])) for e in edges)
    part = replace_edges(drawn, labelled)
    time = "" if p.time is None else f" in {'≥ ' if p.missing else ''}{seconds(p.time)}"
    what = f"{named(p, several_routings(own))}, {p.size_text} among {p.ranks} ranks{time}"
    part = replace(part, title="Link loads", subtitle=f"{design.name}: {what}", facts=f"{shown.words}; {p.question.routing}")
    return _draw(part, [found[e] for e in edges], diagnostics, heading, f"hwl{tag}")


def _on_plane(e: Edge, p: Prediction) -> bool:
    names = p.plane.split(", ")
    return p.plane == "links" or any(".".join(e.plane[: k + 1]) in names for k in range(len(e.plane)))


def used_by(design: Design, e: Edge, p: Prediction) -> Used:
    """What an operation does to the links of a line."""
    here: list[TierUse] = []
    beside: list[TierUse] = []
    blind = {k for k in (e.a, e.b) if _is_looked_through(design, k)}
    for t in p.tiers:
        ends = t.label.split(" -> ")
        if len(ends) != 2 or t.utilisation is None:
            continue
        if any(_within(ends[0], x) and _within(ends[1], y) for x, y in ((e.a, e.b), (e.b, e.a))):
            here.append(t)
        elif any(_within(end, k) for end in ends for k in {e.a, e.b} - blind) and blind:
            beside.append(t)
    best = max(here or beside, key=lambda t: (t.utilisation or 0.0, not t.at_most), default=None)
    return Used(None) if best is None else Used(best.utilisation, best)


def _within(path: str, box: str) -> bool:
    """Whether a path of parts is a box of the drawing, inside one, or around one (a chip and its dies)."""
    a, b = path.split("."), box.split(".")
    k = min(len(a), len(b))
    return a[:k] == b[:k]


def _is_looked_through(design: Design, box: str) -> bool:
    t = design.root.at(tuple(box.split(".")))
    return t.passive or t.kind in ("ocs", "panel") or bool(t.states)


def step(share: float) -> int:
    """The step of RAMP for a utilisation."""
    return min(len(RAMP) - 1, int(share * len(RAMP) - 1e-9)) if share > 0 else 0


def _lines(e: Edge, u: Used, tiers: list[str]) -> tuple[str, ...]:
    """How busy, how many links; `tiers` are those of all lines: some may show one tier together."""
    if u.share is None or u.tier is None:
        return ("no traffic",)
    t = u.tier
    word = "most loaded: " if u.busiest else ""
    each = counted(e.links, "link") + (f", {rate_words(t.capacity)} each" if t.capacity is not None else "")
    each += ", told as one tier" if tiers.count(t.label) > 1 else ""
    return f"{word}{'≤ ' if t.at_most else ''}{percent(u.share)} busy", each


def _tip(e: Edge, u: Used) -> str:
    if u.tier is None:
        return f"{e.tooltip}\n{_UNUSED}"
    t = u.tier
    return f"{e.tooltip}\n{t.label}: busiest link busy {seconds(t.busiest)}, mean {seconds(t.mean)}"


def _draw(part: Drawn, used: list[Used], diagnostics: Diagnostics, heading: bool, css: str) -> str:
    from hwdsl.backends.diagram import draw
    from hwdsl.backends.diagram.dot import dot_text
    from hwdsl.backends.diagram.svg import Paint, entry

    look = tuple(("h9", 1.4) if u.share is None else (f"h{step(u.share)}", _WIDTHS[step(u.share)] + 1.5 * u.busiest)
                 for u in used)
    light = "".join(f".{css} .h{k}{{fill:none;stroke:{one}}}" for k, (one, _) in enumerate(RAMP))
    light += f".{css} .h9{{fill:none;stroke:{FAINT}}}"
    dark = "".join(f".{css} .h{k}{{stroke:{other}}}" for k, (_, other) in enumerate(RAMP))
    dark += f".{css} .h9{{stroke:{DARK_FAINT}}}"
    legend = [entry(f'<path class="h{k}" d="M0 -4H22" stroke-width="{_WIDTHS[k]:g}"/>',
                    f"{100 * k // len(RAMP)} % to {100 * (k + 1) // len(RAMP)} % busy") for k in range(len(RAMP))]
    if any(u.share is None for u in used):
        legend.append(entry('<path class="h9" d="M0 -4H22" stroke-width="1.4"/>', _UNUSED))
    return draw(part, dot_text(part), diagnostics, heading=heading, paint=Paint(css, look, light, dark, tuple(legend)))
