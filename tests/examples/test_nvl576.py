"""GB200 NVL576: the published counts of both tiers, and what wiring by whole cables leaves of a full fat tree."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes

FIGURES = [
    ("count(B200)", "576"),
    ("count(Grace)", "288"),
    ("count(rack)", "16"),
    ("count(NVSwitch5)", "432"),
    ("count(cabinet[*].fabric[*].chip)", "288"),
    ("count(second[*][*].chip)", "144"),
    ("count(cabinet[*].fabric)", "144"),
    ("count(second)", "72"),
    ("count(links(cabinet[*].nvlink))", "10368"),
    ("count(links(nvlink))", "10368"),
    ("count(links(nvlink.tree[3]))", "576"),
    ("count(cables(nvlink))", "2592"),
    ("count(modules(nvlink))", "5184"),
    ("count(second[17][3].chip[1].port[* where .used])", "72"),
    ("count(cabinet[15].fabric[8].chip[1].port[* where .used])", "72"),
    ("count(links(cabinet[9].fabric[4].chip[1], second[9][0].chip[1]))", "8"),
    ("count(links(cabinet[9].fabric[4].chip[1], second[9][0].chip[0]))", "4"),
    ("count(links(cabinet[9].fabric[4].chip[1], second[8]))", "0"),
    ("diameter(**.gpu, plane = **.nvlink)", "4"),
    ("diameter(cabinet[0].compute[*].gpu, plane = **.nvlink)", "2"),
    ("flow(cabinet[0..8] -> cabinet[8..16], plane = nvlink)", "259.2 TB/s"),
    ("flow([cabinet[0..4], cabinet[8..12]] -> [cabinet[4..8], cabinet[12..16]], plane = nvlink)", "230.4 TB/s"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    """The example, once."""
    return opened("nvl576")


@pytest.mark.parametrize(("query", "text"), FIGURES)
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_every_check_holds(design: Design) -> None:
    assert outcomes(design) == {"passed"}
