"""CloudMatrix384 against GB200 NVL72: the designs against SemiAnalysis' table (Huawei AI CloudMatrix 384, April 2025)."""

from __future__ import annotations

import pytest

from hwdsl.perf.compare.result import Comparison, Row
from hwdsl.perf.compare.rows import compare
from tests.perf.compare.machines import article, example

PEAK, TERA = 1e15, 1e12

ROWS = [
    # key, CloudMatrix384, NVL72, ratio as printed, unit
    ("bf16", 288.768, 180, 1.6, PEAK),
    ("memory", 49.152, 13.824, 3.6, TERA),
    ("memory_bandwidth", 1228.8, 576, 2.1, TERA),
    ("injection", 134.4, 64.8, 2.1, TERA),
    ("scale_out", 19.2, 3.6, 5.3, TERA),
    ("domain", 384, 72, 5.3, 1),
    ("accelerators", 384, 72, 5.3, 1),
]


def values(row: Row) -> list[float]:
    """The values of a row, all of them known."""
    assert all(a.known for a in row.amounts), row
    return [a.value for a in row.amounts if a.value is not None]


@pytest.mark.parametrize(("key", "ours", "theirs", "printed", "unit"), ROWS)
def test_the_table(key: str, ours: float, theirs: float, printed: float, unit: float) -> None:
    row = article().row(key)
    assert values(row) == pytest.approx([ours * unit, theirs * unit], rel=1e-9)
    assert row.ratios[1] is not None
    assert round(1 / row.ratios[1], 1) == printed


def test_the_scale_up_planes_are_the_ones_of_the_article() -> None:
    assert [s.scale_up for s in article().sides] == ["ub", "nvlink"]
    ours, theirs = (s.scale_out for s in article().sides)
    assert ours == "plane rdma, at the accelerators"
    assert theirs.startswith("72 ports ConnectX7.ndr")


def test_300_petaflops_are_those_of_780_a_chip() -> None:
    (chips, _), (ours, theirs) = values(article().row("accelerators")), values(article().row("bf16"))
    assert chips * 780e12 / 1e15 == pytest.approx(299.52)
    assert round(chips * 780e12 / theirs, 1) == 1.7
    assert ours < chips * 780e12


def test_no_power_is_invented() -> None:
    row = article().row("power")
    assert [(a.bound, a.value) for a in row.amounts] == [("unknown", None), ("", 120e3)]
    assert row.amounts[1].boundary == ("rack",)
    assert row.ratios == (None, None)
    assert article().row("price.USD").amounts[0].value is None
    assert article().row("price.USD").amounts[1].unverified


@pytest.fixture(scope="module")
def whole() -> Comparison:
    """The same two with the power of the whole systems."""
    return compare([example("cloudmatrix384_all_in"), example("nvl72_all_in")])


def test_power_where_it_is_stated(whole: Comparison) -> None:
    assert values(whole.row("power")) == [559e3, 145e3]
    assert [a.boundary for a in whole.row("power").amounts] == [("facility",), ("facility",)]
    per_operation = values(whole.row("power_per_bf16"))
    assert per_operation == pytest.approx([559 / 288.768, 145 / 180])
    assert round(per_operation[1], 2) == 0.81
    printed = {"power": 3.9, "power_per_memory_bandwidth": 1.8, "power_per_memory": 1.1}
    for key, ratio in printed.items():
        found = whole.row(key).ratios[1]
        assert found is not None
        assert round(1 / found, 1) == ratio
    assert not [r for r in whole.remarks if r.startswith("power does not cover the same")]


def test_the_later_edition_prints_2_watts_a_teraflops() -> None:
    """599,821 W over 384 NPUs of 780 TFLOPS: 2.00 against 0.81. The design has 559 kW and 752 TFLOPS: 1.94."""
    (chips, _) = values(article().row("accelerators"))
    assert round(599_821 / (chips * 780), 2) == 2.00
    assert round(559_000 / (chips * 780), 2) == 1.87
    assert round(599_821 / (chips * 780) / (145 / 180), 1) == 2.5


def test_everything_else_is_the_machine_as_it_is(whole: Comparison) -> None:
    for row in article().rows:
        if row.group not in ("power", "price"):
            assert [a.value for a in whole.row(row.key).amounts] == [a.value for a in row.amounts], row.key
