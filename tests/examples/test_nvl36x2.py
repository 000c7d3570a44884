"""Two racks of 36 GPUs: the published counts of cables and flyovers, and the two tiers of switch chips."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes

FIGURES = [
    ("count(B200)", "72"),
    ("count(Grace)", "36"),
    ("count(NVSwitch5)", "36"),
    ("count(rack)", "2"),
    ("count(tray)", "36"),
    ("count(links(nvlink))", "648"),
    ("count(links(**.nvlink))", "1944"),
    ("count(cables(nvlink))", "162"),
    ("count(modules(nvlink))", "0"),
    ("count(pairs(half[*].nvlink))", "5184"),
    ("count(half[*].fabric[*].cage)", "324"),
    ("count(half[1].fabric[8].chip[1].port[* where .used])", "72"),
    ("rate(half[0].compute[0].gpu[0] -> half[0].fabric[0].chip[0])", "50 GB/s"),
    ("rate(half[0].compute[0].gpu[0] -> half[1].fabric[0].chip[0])", "0 Gb/s"),
    ("rate(half[0].fabric[3].chip[1] -> half[1].fabric[3].chip[1])", "1800 GB/s"),
    ("bisection(half, plane = nvlink)", "32.4 TB/s"),
    ("flow(half[0].compute[*].gpu -> half[1].compute[*].gpu, plane = **.nvlink)", "32.4 TB/s"),
    ("injection(**.gpu, plane = **.nvlink)", "64.8 TB/s"),
    ("diameter(half[1].compute[*].gpu, plane = **.nvlink)", "2"),
    ("diameter(**.gpu, plane = **.nvlink)", "3"),
    ("power(self)", "132 kW to 134 kW"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    """The example, once."""
    return opened("nvl36x2")


@pytest.mark.parametrize(("query", "text"), FIGURES)
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_every_check_holds(design: Design) -> None:
    assert outcomes(design) == {"passed"}
