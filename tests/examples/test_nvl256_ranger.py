"""The H100 NVLink network of 256 GPUs: counts, taper, and that the two tiers are one network."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes

FIGURES = [
    ("count(DgxH100)", "32"),
    ("count(H100)", "256"),
    ("count(NvlinkSwitch)", "18"),
    ("count(NVSwitch3)", "164"),
    ("count(links(nvlink))", "2304"),
    ("count(links(**.nvlink))", "6912"),
    ("count(cables(nvlink))", "576"),
    ("count(modules(nvlink))", "1152"),
    ("count(plugs(nvlink))", "1152"),
    ("count(fibres(nvlink))", "9216"),
    *[(f"count(outer[{s}].chip[*].port[* where .used])", "128") for s in (0, 8, 17)],
    *[(f"rate(dgx[5].nvs[{s}] -> outer[*])", f"{25 * n} GB/s") for s, n in enumerate((20, 16, 16, 20))],
    ("count(links(dgx[0], outer[0].chip[0]))", "2"),
    ("count(links(dgx[31], outer[17].chip[1]))", "2"),
    ("bisection(dgx, plane = nvlink)", "28.8 TB/s"),
    ("bidi(bisection(dgx, plane = nvlink))", "57.6 TB/s"),
    ("flow(dgx[0..16].gpu[*] -> dgx[16..32].gpu[*], plane = **.nvlink)", "28.8 TB/s"),
    ("injection(**.gpu, plane = **.nvlink)", "115.2 TB/s"),
    ("components(**.gpu, plane = **.nvlink)", "[256]"),
    ("diameter(**.gpu, plane = **.nvlink)", "4"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    """The example, once."""
    return opened("nvl256_ranger")


@pytest.mark.parametrize(("query", "text"), FIGURES)
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_every_check_holds(design: Design) -> None:
    assert outcomes(design) == {"passed"}
