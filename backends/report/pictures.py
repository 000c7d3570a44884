"""Pictures of what each data plane delivers, for the page: the study that a design without one gets, as far as it is quick.

A flat answer of more than a few million steps is left to `hwc perf`, which draws the same pictures of any study.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hwdsl.backends.charts.hops import hops_svg
from hwdsl.backends.charts.loads import loads_svg
from hwdsl.backends.charts.operations import Scene
from hwdsl.backends.charts.tiers import tiers_svg
from hwdsl.backends.charts.times import times_svg
from hwdsl.backends.perf.collectives import plane_view
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record
from hwdsl.perf.study.build import operation
from hwdsl.perf.study.default import default_calls, networks
from hwdsl.perf.study.loading import ZeroRate
from hwdsl.perf.study.predict import predict
from hwdsl.perf.study.result import Prediction
from hwdsl.query.flat import OverBudget
from hwdsl.query.selection import PlaneSelection
from hwdsl.sema.mistake import Mistake

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.diag import Diagnostics


FLAT_BUDGET = 64 * 2**20
"""Bytes of flat arrays that the page's pictures may take."""


class Picture(Record):
    """An SVG document and its caption."""

    svg: str
    caption: str


def plane_pictures(design: Design, diagnostics: Diagnostics, progress: Callable[[str], None] | None) -> dict[str, list[Picture]]:
    """Pictures by name of the network: a data plane, or several that make one."""
    out: dict[str, list[Picture]] = {}
    for number, (name, planes) in enumerate(networks(design.root)):
        if progress is not None:
            progress(f"drawing plane {name}")
        found = _predictions(design, name, planes)
        if found:
            out[name] = _drawn(design, Scene(name, f"plane {name}", tuple(found)), diagnostics, str(number))
    return out


def _predictions(design: Design, name: str, planes: PlaneSelection | None) -> list[Prediction]:
    """Those that have a time."""
    hooks = design.session.hooks
    out: list[Prediction] = []
    budget, hooks.memory_budget = hooks.memory_budget, min(hooks.memory_budget, FLAT_BUDGET)
    try:
        view = plane_view(design.root, name, planes, hooks)
        for call in default_calls(name, planes):
            found = predict(view, operation(call, view))
            if found.outcome == "time":
                out.append(found)
    except (Mistake, OverBudget, TooLarge, ZeroRate):  # the figures of the plane say why
        pass
    finally:
        hooks.memory_budget = budget
    return out


def _drawn(design: Design, scene: Scene, diagnostics: Diagnostics, tag: str) -> list[Picture]:
    made = (
        (loads_svg(design, scene, diagnostics, False, tag), "How busy the links are during a uniform all-to-all."),
        (times_svg(scene, False, tag), "Time against message size, with the lower bounds; both axes are logarithmic."),
        (tiers_svg(scene, False, tag), "Utilisation by tier of links."),
        (hops_svg(scene, False, tag), "Share of ordered pairs within so many hops."),
    )
    return [Picture(svg, caption) for svg, caption in made if svg]
