"""The Enflame accelerator with four packagings of its optics: watts, reach, shoreline and light."""

from __future__ import annotations

import pytest

from hwdsl.api import Session
from tests.examples.machines import EXAMPLES, answer, opened, outcomes, refusal

FILE = EXAMPLES / "enflame_cpo.hw"


@pytest.mark.parametrize(("optics", "watts", "reach"), [
    ("pluggable", "30 W", "1 m"), ("co_packaged", "9 W", "50 mm"),
    ("near_package", "unknown", "100 mm"), ("stacked", "unknown", "50 mm"),
])
def test_port_of_800_gbps(optics: str, watts: str, reach: str) -> None:
    design = opened("enflame_cpo", optics=optics)
    assert outcomes(design) == {"passed"}
    assert answer(design, "power(xpu[0].port[0])") == watts or answer(design, "power(xpu[0].port[0].engine)") == watts
    assert answer(design, f"max(xpu[0].die.io.reach_board) == {reach}") == "true"
    assert answer(design, "count(links(xpu[0].die, xpu[1].die))") == "64"
    assert answer(design, "count(xpu[1].port[*].engine.host[* where .used])") == "64"


@pytest.mark.parametrize(("query", "text"), [
    ("power(xpu[0].port[*]) / rate(xpu[0].port[*].engine.line[*]) == 11.25 pJ/bit", "true"),
    ("rate(xpu[1].port[*].engine.line[*])", "6400 Gb/s"),
    ("count(EnflameLaser)", "16"),
    ("count(EnflameEngine)", "16"),
    ("count(cables(optical))", "8"),
    ("count(fibres(optical))", "128"),
    ("diameter(**.die, plane = [optical, **.electrical])", "1"),
    ("flow(xpu[0].die -> xpu[1].die, plane = [optical, **.electrical])", "800 GB/s"),
])
def test_figure(query: str, text: str) -> None:
    assert answer(opened("enflame_cpo"), query) == text


@pytest.mark.parametrize(("optics", "fits", "too_far"), [
    ("pluggable", "1 m", "1001 mm"), ("near_package", "100 mm", "101 mm"),
    ("co_packaged", "50 mm", "51 mm"), ("stacked", "50 mm", "51 mm"),
])
def test_class_of_serdes_by_length(optics: str, fits: str, too_far: str) -> None:
    assert refusal("enflame_cpo", optics=optics, run=fits) == set()
    assert refusal("enflame_cpo", optics=optics, run=too_far) == {"HW3108"}


def test_engines_that_do_not_fit_along_the_edges_are_refused() -> None:
    assert refusal("enflame_cpo", ports="10") == set()
    assert refusal("enflame_cpo", ports="12") == {"HW4001"}
    assert refusal("enflame_cpo", optics="stacked", ports="16") == set()
    assert refusal("enflame_cpo", optics="stacked", ports="18") == {"HW4001"}
    assert refusal("enflame_cpo", ports="7") == {"HW2004"}


def test_near_package_watts_are_a_parameter() -> None:
    assert answer(opened("enflame_cpo", optics="near_package", near_watts="12 W"), "power(xpu[1].port[*])") == "96 W"


@pytest.mark.parametrize(("required", "code"), [("2.9 dB", set()), ("3 dB", {"HW4001"})])
def test_light_that_is_left(required: str, code: set[str]) -> None:
    """20 dBm less 3 x 1.5, 9.53, 6 and 3 dB is -3.03 dBm: 2.97 dB above the receiver's -6 dBm."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count(">= 2 dB ") == 1
    session = Session()
    session.open_text(text.replace(">= 2 dB ", f">= {required} "), str(FILE))
    assert {d.code for d in session.diagnostics.items if d.severity == "error"} == code
