"""Rubin Ultra NVL576 "Kyber": its counts, and the published bandwidth that no published part gives."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import EXAMPLES, answer, opened, outcomes

FIGURES = [
    ("count(RubinUltra)", "144"),
    ("count(RubinUltraDie)", "576"),
    ("count(pod)", "4"),
    ("count(pod[3].blade)", "18"),
    ("count(pod[3].blade[17].gpu[*].die)", "8"),
    ("count(rack)", "1"),
    ("power(self)", "600 kW"),
    ("flops(self, fp4)", "14.4 EFLOPS"),
    ("count(links(nvlink))", "5184"),
    ("count(switch_chip[35].port[* where .used])", "144"),
    ("rate(pod[0].blade[0].gpu[0].nvl[*])", "1800 GB/s"),
    ("injection(**.gpu, plane = nvlink)", "259.2 TB/s"),
    ("diameter(**.gpu, plane = nvlink)", "2"),
    ("components(**.gpu, plane = nvlink)", "[144]"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    """The example, once."""
    return opened("nvl576_kyber")


@pytest.mark.parametrize(("query", "text"), FIGURES)
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_every_check_holds(design: Design) -> None:
    assert outcomes(design) == {"passed"}


def test_the_printed_bandwidth_is_three_times_what_the_links_give(design: Design) -> None:
    result = design.query("1.5 PB/s / 2 / injection(**.gpu, plane = nvlink)")
    assert result is not None
    assert 2.8 < float(result.value) < 3.0


def test_both_machines_of_the_name_are_told_apart(design: Design) -> None:
    other = opened("nvl576")
    assert answer(other, "count(B200)") == answer(design, "count(RubinUltraDie)") == "576"
    assert (answer(other, "count(rack)"), answer(design, "count(rack)")) == ("16", "1")
    for file, name in (("nvl576.hw", "nvl576_kyber.hw"), ("nvl576_kyber.hw", "nvl576.hw")):
        header = (EXAMPLES / file).read_text(encoding="utf-8").partition("use ")[0]
        assert name in header
        assert "another machine of the same name" in " ".join(header.replace("//!", "").split())
