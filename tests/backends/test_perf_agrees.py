"""performance.json of `hwc compile` and the predictions of `hwc perf` say the same where both speak."""

from __future__ import annotations

import pytest

from hwdsl.backends.perf import compute
from hwdsl.perf.study.build import operation
from hwdsl.perf.study.default import data_planes, default_calls
from hwdsl.perf.study.predict import predict
from hwdsl.perf.study.result import Prediction
from hwdsl.perf.study.view import View
from hwdsl.source import NO_SPAN
from tests.backends.drawings import design


def predictions(name: str, plane: str) -> list[Prediction]:
    """What `hwc perf` answers about a plane without a study."""
    opened = design(name)
    planes = dict(data_planes(opened.root))[plane]
    view = View(opened.root, plane, planes, None, opened.session.hooks, NO_SPAN)
    return [predict(view, operation(call, view)) for call in default_calls(plane, planes)]


@pytest.mark.parametrize(("name", "plane"), [("nvl72", "nvlink"), ("cloudmatrix384", "ub"), ("cloudmatrix384", "rdma"),
                                             ("dgx_h100", "nvlink")])
def test_one_answer(name: str, plane: str) -> None:
    written = compute(design(name))["planes"][plane]
    found = predictions(name, plane)
    uniform = [p for p in found if p.collective == "all_to_all"]
    rings = {p.size_text: p for p in found if p.collective == "all_reduce"}
    assert len(rings) == 2
    for label, ring in rings.items():
        assert written["all_reduce"][label]["time_s"] == pytest.approx(ring.time, rel=1e-12)
        assert written["all_reduce"][label]["lower_bound"] == bool(ring.missing)
    assert {int(k): v for k, v in written["hops"]["histogram"].items()} == uniform[0].hops
    most = written["all_to_all"]["bounds"]["most loaded link, equal split over shortest paths"]["bit_per_s"]
    least = written["all_to_all"]["bound"]["bit_per_s"]
    for p in uniform:
        assert p.transfer > 0
        rate = p.size * (p.ranks - 1) / p.ranks / p.transfer
        assert rate == pytest.approx(most, rel=1e-9)
        assert rate >= least * (1 - 1e-9)
