"""Co-packaged optics: the parts of a box, its power against pluggable modules, and networks of several sizes built of it."""

from __future__ import annotations

import pytest

from hwdsl.api import Design, Session
from tests.examples.machines import EXAMPLES, answer, opened, outcomes, refusal

EXAMPLE = EXAMPLES / "cpo_switch.hw"

FIGURES = [
    ("count(ConnectX8)", "576"),
    ("count([leaf, spine])", "12"),
    ("count(QuantumX800Asic)", "48"),
    ("count(OpticalEngine)", str(12 * 4 * 18)),
    ("count(ExternalLaserSource)", str(12 * 18)),
    ("count(leaf[7].package[3].osa)", "6"),
    ("count(leaf[7].package[3].osa[5].engine)", "3"),
    ("rate(leaf[0].package[0].osa[0].engine[0].line[*])", "1600 Gb/s"),
    ("rate(leaf[0].package[0].asic.port[*])", "28.8 Tb/s"),
    ("rate(leaf[0].front[*])", "115.2 Tb/s"),
    ("power(leaf[0].package[*].osa[*].engine)", "1008 W"),
    ("power(leaf[0].els)", "288 W"),
    ("count(leaf[0].package[3].osa[5].engine[2].line[* where .carried])", "8"),
    ("count(cables(xdr))", "1152"),
    ("count(cables(xdr.core))", "576"),
    ("count(lanes(xdr))", "4608"),
    ("count(modules(xdr))", "576"),
    ("count(rack)", "1"),
    ("diameter(**.nic, plane = **.xdr)", "4"),
    ("diameter(endpoint[0..72].nic, plane = **.xdr)", "2"),
    ("components(**.nic, plane = **.xdr)", "[576]"),
    ("injection(**.nic, plane = xdr)", "57.6 TB/s"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    """The example, once."""
    return opened("cpo_switch")


@pytest.mark.parametrize(("query", "text"), FIGURES)
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_a_port_reaches_all_four_chips_of_its_box(design: Design) -> None:
    for chip in range(4):
        assert answer(design, f"count(links(endpoint[100].nic, leaf[1].package[{chip}].asic))") == "1"
        assert answer(design, f"count(links(endpoint[100].nic, leaf[0].package[{chip}].asic))") == "0"


@pytest.mark.parametrize("gpus", [144, 288, 576, 4608, 10_368])
def test_every_size_uses_every_port_once(gpus: int) -> None:
    design = opened("cpo_switch", gpus=str(gpus))
    assert outcomes(design) == {"passed"}
    assert answer(design, "count([leaf, spine])") == str(gpus // 48)
    engine = "package[0].osa[0].engine[0].line[* where .used]"
    assert answer(design, f"count(spine[{gpus // 144 - 1}].{engine})") == "8"
    assert answer(design, f"count(leaf[{gpus // 72 - 1}].{engine})") == "8"


@pytest.mark.parametrize(("gpus", "freed"), [(576, "36.6 kW"), (10_368, "658.8 kW")])
def test_power_that_co_packaging_frees(gpus: int, freed: str) -> None:
    pluggable, packaged = opened("cpo_switch", gpus=str(gpus), box="Pluggable"), opened("cpo_switch", gpus=str(gpus))
    result = pluggable.query("power([leaf, spine])")
    assert result is not None
    assert answer(packaged, f"{result.text} - power([leaf, spine])") == freed


def test_what_is_bought_besides(design: Design) -> None:
    pluggable = opened("cpo_switch", box="Pluggable")
    assert answer(pluggable, "count(modules(xdr))") == str(4 * 576)
    assert answer(pluggable, "count(OpticalEngine)") == "0"
    assert answer(pluggable, "count(lanes(xdr))") == answer(design, "count(lanes(xdr))")


@pytest.mark.parametrize("gpus", [0, 100, 10_512])
def test_no_such_network(gpus: int) -> None:
    assert refusal("cpo_switch", gpus=gpus) == {"HW2004"}


def test_the_blocks_of_the_file_pass() -> None:
    assert [r.name for r in Session().test(str(EXAMPLE)) if r.outcome != "passed"] == []
