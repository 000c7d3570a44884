"""UB-Mesh: the published counts of rack and pod, for both numbers of low-radix switches."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes, refusal

UB_MESH = [
    ("count(MeshNpu)", "1024"),
    ("count(MeshBackupNpu)", "16"),
    ("count(rack)", "16"),
    ("count(rack[0][0].board)", "8"),
    ("count(rack[0][0].board[*].npu)", "64"),
    ("count(rack[0][0].cpus[*].cpu)", "8"),
    ("count(links([rack[0][0].ub.y, rack[0][0].board[*].ub]))", "448"),
    ("count(rack[0][0].board[0].npu[0].x[* where .used]) + count(rack[0][0].board[0].npu[0].y[* where .used])", "14"),
    ("diameter(rack[0][0].board[*].npu[*], plane = [rack[0][0].ub.y, rack[0][0].board[*].ub])", "2"),
    ("mean_hops(rack[0][0].board[*].npu[*], plane = [rack[0][0].ub.y, rack[0][0].board[*].ub]) * 9", "16"),
    ("count(lanes(ub.z)) / 128 + count(lanes(ub.a)) / 128", "48"),
    ("count(lanes(links(rack[2][0], rack[2][3])))", "128"),
    ("count(lanes(links(rack[0][1], rack[3][1])))", "128"),
    ("count(links(rack[0][0], rack[1][1]))", "0"),
    ("count(lanes(rack[0][0].ub.access))", "1024"),
    ("raw(rate([rack[0][0].board[0].npu[0].x[*], rack[0][0].board[0].npu[0].y[*]]))", "784 GB/s"),
    ("count(cables(ub))", "1536"),
    ("count(cables(**.x)) + count(cables(**.y))", "7168"),
    ("components([rack[1][2].board[*].npu[*], rack[1][2].backup], plane = [rack[1][2].ub, rack[1][2].board[*].ub])", "[65]"),
]


@pytest.fixture(scope="module", params=[72, 48])
def design(request: pytest.FixtureRequest) -> Design:
    return opened("ub_mesh", lrs=request.param)


@pytest.mark.parametrize(("query", "text"), UB_MESH, ids=[query for query, _ in UB_MESH])
def test_published_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def test_all_asserts_hold(design: Design) -> None:
    assert outcomes(design) == {"passed"}


@pytest.mark.parametrize(("lrs", "query", "text"), [
    (72, "count(MeshLrs)", "1152"),
    (72, "count(rack[0][0].inner[0][0].port[* where .used])", "18"),
    (72, "count(rack[0][0].outer[0][0].port[* where .used])", "14"),  # two are left for the pods' Clos, two are free
    (72, "count(rack[0][0].pool[0][0].port[* where .used])", "18"),
    (72, "diameter(**.npu, plane = **.ub)", "6"),
    (48, "count(MeshLrs)", "768"),
    (48, "count(rack[0][0].outer[0][0].port[* where .used])", "16"),
    (48, "count(rack[0][0].pool[0][0].port[* where .used])", "9"),
    (48, "diameter(**.npu, plane = **.ub)", "5"),
])
def test_switches_of_a_pod(lrs: int, query: str, text: str) -> None:
    assert answer(opened("ub_mesh", lrs=lrs), query) == text


def test_no_other_number_of_switches_is_known() -> None:
    assert refusal("ub_mesh", lrs=60) == {"HW2004"}
