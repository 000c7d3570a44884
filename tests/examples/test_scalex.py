"""Sugon scaleX: the published figures of rack, unit and cluster, and clusters of any size without flattening."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Design, Session
from hwdsl.backends.racks.elevation import floor

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FABRIC = "plane = scale_fabric"

UNIT = [
    ("count(ScaleXCard)", "1280"),
    ("count(cabinet[0].card)", "640"),
    ("count(Cdm)", "1"),
    ("power(cabinet[0])", "860 kW"),
    ("power(cabinet[*])", "1720 kW"),
    ("power(self)", "1788.8 kW"),
    ("power(self) / count(ScaleXCard)", "1.3975 kW"),
    ("sum(cdm.rating)", "1.72 MW"),
    ("sum(cabinet[0].card[*].bf16)", "315 PFLOPS"),
    ("sum(**.card.bf16)", "630 PFLOPS"),
    ("sum(**.card.memory_bandwidth)", "2304 TB/s"),
    ("rate(cabinet[0].card[0].bus)", "224 GB/s"),
    ("len(components(**.card, plane = **.scale_up))", "2"),
    ("max(components(**.card, plane = **.scale_up))", "640"),
]

CLUSTER = [
    ("count(ScaleXCard)", "10240"),
    ("count(ScaleX640)", "16"),
    ("count(Cdm)", "8"),
    ("count(ScaleFabricSwitch)", "736"),
    ("count(links(scale_fabric))", "30720"),
    ("count(modules(scale_fabric))", "61440"),
    ("power(**.cabinet)", "13.76 MW"),
    ("power(unit[*])", "14.3104 MW"),
    ("flops(self, bf16)", "5040 PFLOPS"),
    ("radix(ScaleFabricSwitch)", "80"),
    ("count(leaf[7][1][15].port[* where .used])", "80"),
    ("count(agg[7][39].port[* where .used])", "64"),
    ("count(core[39][3].port[* where .used])", "64"),
    (f"diameter(**.card, {FABRIC})", "6"),
    (f"bisection(**.card, {FABRIC})", "256 TB/s"),
    (f"fault_domain(core[0][0], {FABRIC}).cut", "0"),
    (f"fault_domain(leaf[0][0][0], {FABRIC}).cut", "40"),
]


def opened(file: str, racks: int | None = None, memory_budget: int = 2 * 1024**3) -> tuple[Session, Design | None]:
    session = Session(memory_budget=memory_budget)
    return session, session.open(str(EXAMPLES / file), parameters={} if racks is None else {"racks": str(racks)})


@pytest.fixture(scope="module")
def designs() -> dict[str, Design]:
    found = {file: opened(file)[1] for file in ("scalex640.hw", "scalex_10k.hw")}
    return {file: design for file, design in found.items() if design is not None}


@pytest.mark.parametrize(("file", "query", "text"), [
    *[("scalex640.hw", query, text) for query, text in UNIT],
    *[("scalex_10k.hw", query, text) for query, text in CLUSTER],
])
def test_figure(designs: dict[str, Design], file: str, query: str, text: str) -> None:
    result = designs[file].query(query)
    assert result is not None, designs[file].session.report()
    assert result.text == text


def test_the_condenser_is_drawn_between_its_racks(designs: dict[str, Design]) -> None:
    [row] = floor(designs["scalex640.hw"]).rows
    assert row.cells == ((0, "cabinet[0]", "other"), (1, "cdm", "cooling"), (2, "cabinet[1]", "other"))


@pytest.mark.parametrize("file", ["scalex640.hw", "scalex_10k.hw"])
def test_every_check_holds(designs: dict[str, Design], file: str) -> None:
    assert {check.outcome for check in designs[file].checks} == {"passed"}


@pytest.mark.parametrize("racks", [2, 4, 6, 16, 18, 40, 42, 158, 160])
def test_any_even_number_of_racks(racks: int) -> None:
    session, design = opened("scalex_10k.hw", racks, memory_budget=1)  # a flat table of any size would be refused
    assert design is not None, session.report()
    assert {check.outcome for check in design.checks} == {"passed"}, session.report()
    units = racks // 2
    bundle = max(f for f in (1, 2, 4, 8, 16, 32) if f * units <= 80)
    cores = 40 * 32 // bundle if units > 1 else 0
    for query, value in [("count(ScaleXCard)", 640 * racks), ("count(core)", cores),
                         ("count(links(scale_fabric))", 1280 * units * (3 if units > 1 else 2)),
                         (f"diameter(**.card, {FABRIC})", 6 if units > 1 else 4)]:
        result = design.query(query)
        assert result is not None, session.report()
        assert result.value == value
        assert result.level == "L0"


@pytest.mark.parametrize("query", [
    "power(unit[*])", "flops(self, bf16)", "count(cables(scale_fabric))", f"bisection(**.card, {FABRIC})",
    f"mean_hops(**.card, {FABRIC})",
])
def test_a_hundred_thousand_cards_stay_symbolic(query: str) -> None:
    session, design = opened("scalex_10k.hw", 158, memory_budget=1)
    assert design is not None, session.report()
    result = design.query(query)
    assert result is not None, session.report()
    assert result.level == "L0"


@pytest.mark.parametrize("racks", [-2, 0, 1, 15, 162])
def test_racks_come_in_pairs_up_to_the_ports_of_a_core_switch(racks: int) -> None:
    session, design = opened("scalex_10k.hw", racks)
    assert design is None
    assert "HW2004" in session.report()
