"""All pictures of some studies, by file name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hwdsl.backends.charts.hops import hops_svg
from hwdsl.backends.charts.loads import loads_svg
from hwdsl.backends.charts.operations import scenes
from hwdsl.backends.charts.tiers import tiers_svg
from hwdsl.backends.charts.times import times_svg

if TYPE_CHECKING:
    from hwdsl.api import Design
    from hwdsl.diag import Diagnostics
    from hwdsl.perf.study.result import StudyResult


def study_pictures(design: Design, results: Sequence[StudyResult], diagnostics: Diagnostics) -> dict[str, str]:
    """SVG documents by file name: `loads-`, `times-`, `tiers-` and `hops-` of each study and plane that has an answer."""
    out: dict[str, str] = {}
    for s in scenes(results):
        made = {"loads": loads_svg(design, s, diagnostics), "times": times_svg(s), "tiers": tiers_svg(s), "hops": hops_svg(s)}
        out |= {f"{kind}-{s.name}.svg": svg for kind, svg in made.items() if svg}
    return out
