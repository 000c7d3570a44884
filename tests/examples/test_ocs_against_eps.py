"""Optical circuit switches against electrical packet switches: the transceivers of both variants, from their bills."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Design
from tests.backends.small_pod import built, rows
from tests.examples.machines import answer, opened, refusal

PARAMETERS = [{}, {"n": "2", "ways": "1"}, {"n": "128", "ways": "4"}]


def module_row(design: Design, folder: Path) -> dict[str, str]:
    """The line of the bill that buys transceivers."""
    (row,) = [r for r in rows(built(design, folder, "bom")["bom.csv"]) if r["component"] == "Osfp800Fr4"]
    return row


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_bill_of_the_optical_variant_has_half_the_transceivers(tmp_path: Path, parameters: dict[str, str]) -> None:
    bills = {s: module_row(opened("ocs_against_eps", switching=s, **parameters), tmp_path / s) for s in ("optical", "electrical")}
    paths = int(parameters.get("n", "64")) * int(parameters.get("ways", "8")) // 2
    assert {s: int(row["quantity"]) for s, row in bills.items()} == {"optical": 2 * paths, "electrical": 4 * paths}
    prices = [[int(p) for p in bills[s]["price"].split(" to ")] for s in ("optical", "electrical")]
    assert prices == [[1500 * 2 * paths, 1900 * 2 * paths], [1500 * 4 * paths, 1900 * 4 * paths]]


@pytest.mark.parametrize(("switching", "query", "text"), [
    ("optical", "count(modules(fabric))", "512"),
    ("electrical", "count(modules(fabric))", "1024"),
    ("optical", "count(cables(fabric))", "512"),
    ("optical", "count(fibres(fabric))", "1024"),
    ("optical", "count(PacketSwitch)", "0"),
    ("electrical", "count(CircuitSwitch)", "0"),
    ("electrical", "diameter(xpu, plane = fabric)", "2"),
])
def test_figure(switching: str, query: str, text: str) -> None:
    design = opened("ocs_against_eps", switching=switching)
    assert answer(design, query) == text


@pytest.mark.parametrize("step", [1, 2, 4, 8, 16, 32])
def test_pairs_are_one_link_apart(step: int) -> None:
    design = opened("ocs_against_eps", switching="optical")
    assert design.select_mode(f"pairs(step = {step})")
    for query, text in ((f"diameter([xpu[0], xpu[{step}]], plane = fabric)", "1"),
                        ("max(components(xpu, plane = fabric))", "2"), ("min(components(xpu, plane = fabric))", "2")):
        assert answer(design, query) == text


def test_an_odd_number_makes_no_pairs() -> None:
    assert refusal("ocs_against_eps", n=63) == {"HW2004"}
