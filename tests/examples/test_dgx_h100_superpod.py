"""The scalable unit: NVIDIA's counts for 31 nodes, the rails, and every other number of nodes."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes, refusal

# DGX H100 user guide, table 6: GPU behind each network port, in the order of the cages.
CAGE_GPU = [7, 4, 6, 5, 2, 1, 3, 0]
CAGE_CX = [0, 1, 2, 3, 2, 3, 0, 1]

FIGURES = [
    ("count(DgxH100)", "31"),
    ("count(H100)", "248"),
    ("count(leaf)", "8"),
    ("count(spine)", "4"),
    ("count(UfmAppliance)", "2"),
    ("count(rack)", "9"),
    ("count(cables(compute)) - count(cables(compute.core))", "252"),
    ("count(cables(compute.core))", "256"),
    ("count(links(compute.rail))", "248"),
    ("count(modules(compute))", "512"),
    ("count(fibres(compute))", "4064"),
    *[(f"count(links(compute.rail[{r}]))", "31") for r in range(8)],
    *[(f"count(links(dgx[*].nic[{r // 4}][{CAGE_CX[r]}], leaf[{r}]))", "31") for r in range(8)],
    *[(f"diameter([dgx[0].gpu[{g}], dgx[0].nic[{r // 4}][{CAGE_CX[r]}]], plane = **.host)", "2") for r, g in enumerate(CAGE_GPU)],
    *[(f"count(leaf[{r}].port[* where .used])", "64" if r < 4 else "63") for r in range(8)],
    *[(f"count(spine[{s}].port[* where .used])", "64") for s in range(4)],
    ("rate(leaf[2] -> spine[3])", "3200 Gb/s"),
    ("rate(leaf[2] -> spine[*])", "12.8 Tb/s"),
    ("diameter(dgx[*].nic[1][2], plane = compute)", "2"),
    ("diameter(**.nic, plane = compute)", "4"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    """The example, once."""
    return opened("dgx_h100_superpod")


@pytest.mark.parametrize(("query", "text"), FIGURES)
def test_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_every_check_holds(design: Design) -> None:
    assert outcomes(design) == {"passed"}


@pytest.mark.parametrize("nodes", [1, 4, 16, 31, 32])
def test_unit_of_any_number_of_nodes(nodes: int) -> None:
    design = opened("dgx_h100_superpod", nodes=nodes)
    managers = 2 if nodes < 32 else 0
    assert outcomes(design) == {"passed"}
    assert answer(design, "count(H100)") == str(8 * nodes)
    assert answer(design, "count(cables(compute))") == str(8 * nodes + 256 + 2 * managers)


def test_full_unit_is_not_oversubscribed() -> None:
    design = opened("dgx_h100_superpod", nodes=32)
    assert answer(design, "oversubscription(leaf, plane = compute)") == "1"
    assert answer(design, "bisection(dgx, plane = compute)") == "6.4 TB/s"  # 51.2 Tb/s


@pytest.mark.parametrize("nodes", [0, 33])
def test_no_such_unit(nodes: int) -> None:
    assert refusal("dgx_h100_superpod", nodes=nodes) == {"HW2004"}
