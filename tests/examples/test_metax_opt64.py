"""The MetaX machine of 64: the published counts, and that they hold for any of its unpublished parameters."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes, refusal

FIGURES = [
    ("count(MetaxServer)", "8"),
    ("count(MetaxAccelerator)", "64"),
    ("count(MetaxSwitchBox)", "7"),
    ("count(links(pcie))", "448"),
    ("count(lanes(pcie))", "7168"),
    ("count(modules(pcie))", "896"),
    ("count(cables(pcie))", "448"),
    ("count(rack)", "5"),
    ("rate(server[0].xpu[0].io[0]) * 65", "32.768 Tb/s"),  # 512 Gb/s x 128 / 130
    ("raw(rate(server[0].xpu[0].io[0]))", "512 Gb/s"),
    ("count(links(server[3].xpu[5], box[2]))", "1"),
    ("components(**.xpu, plane = pcie)", "[64]"),
    ("diameter(**.xpu, plane = pcie)", "2"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    return opened("metax_opt64")


@pytest.mark.parametrize(("query", "text"), FIGURES, ids=[query for query, _ in FIGURES])
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


@pytest.mark.parametrize(("ways", "per_rack", "racks"), [(1, 1, 9), (3, 3, 4), (9, 4, 3)])
def test_unpublished_parameters(ways: int, per_rack: int, racks: int) -> None:
    design = opened("metax_opt64", ways=ways, per_rack=per_rack)
    assert outcomes(design) == {"passed"}
    assert answer(design, "count(modules(pcie))") == str(128 * ways)
    assert answer(design, "count(rack)") == str(racks)


@pytest.mark.parametrize("parameters", [{"ways": 0}, {"ways": 10}, {"per_rack": 5}])
def test_what_does_not_fit_is_refused(parameters: dict[str, int]) -> None:
    assert refusal("metax_opt64", None, **parameters) == {"HW2004"}
