"""Bounds stay bounds: arithmetic of amounts against all values that the amounts allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwdsl.perf.compare.amounts import hull, over, times, total
from hwdsl.perf.compare.result import NONE, UNKNOWN, Amount, Row
from hwdsl.perf.compare.rows import ratio
from hwdsl.perf.compare.table import number, ratio_text, scale, shown

POSITIVE = st.floats(0.001, 1e6)


@st.composite
def amounts(draw: st.DrawFn) -> Amount:
    """An amount with a value."""
    bound = draw(st.sampled_from(["", ">=", "<=", "in"]))
    value = draw(POSITIVE)
    return Amount(bound, value, value * draw(st.floats(1, 3)) if bound == "in" else None)


def possible(a: Amount, k: float) -> float:
    """A true value that the amount allows, by k in 0 .. 1."""
    assert a.value is not None
    if a.bound == "in":
        assert a.high is not None
        return a.value + k * (a.high - a.value)
    return a.value if not a.bound else a.value * (1 + 3 * k) if a.bound == ">=" else a.value * (1 - k / 2)


def allows(a: Amount, x: float) -> bool:
    """Whether a true value fits."""
    if a.value is None:
        return True
    slack = 1e-9 * abs(x)
    if a.bound == "in":
        assert a.high is not None
        return a.value - slack <= x <= a.high + slack
    return {"": abs(x - a.value) <= slack, ">=": x >= a.value - slack, "<=": x <= a.value + slack}[a.bound]


@given(amounts(), amounts(), st.floats(0, 1), st.floats(0, 1))
def test_quotients_allow_what_is_possible(a: Amount, b: Amount, j: float, k: float) -> None:
    assert allows(over(a, b), possible(a, j) / possible(b, k))


@given(amounts(), amounts(), st.floats(0, 1), st.floats(0, 1))
def test_sums_allow_what_is_possible(a: Amount, b: Amount, j: float, k: float) -> None:
    assert allows(total([a, b]), possible(a, j) + possible(b, k))
    assert allows(total([a, UNKNOWN]), possible(a, j) + 5)


@given(amounts(), st.integers(1, 1000), st.floats(0, 1))
def test_multiples_allow_what_is_possible(a: Amount, n: int, j: float) -> None:
    assert allows(times(a, n), possible(a, j) * n)


@given(amounts(), amounts(), st.floats(0, 1))
def test_a_hull_allows_both(a: Amount, b: Amount, j: float) -> None:
    assert allows(hull(a, b), possible(a, j))
    assert allows(hull(a, b), possible(b, j))


def test_nothing_is_no_zero() -> None:
    assert total([]) == NONE
    assert total([NONE, NONE]) == NONE
    assert total([UNKNOWN]).bound == "unknown"
    assert total([NONE, Amount("", 2.0)]).value == 2
    assert over(Amount("", 1.0), NONE) == NONE
    assert over(Amount("", 1.0), UNKNOWN) == UNKNOWN
    assert over(Amount("", 1.0), Amount("", 0.0)) == UNKNOWN


def test_ratios_stand_between_exact_figures_only() -> None:
    known = Amount("", 4.0)
    assert ratio(known, Amount("", 8.0)) == 2
    for other in (Amount(">=", 8.0), Amount("<=", 8.0), Amount("in", 8.0, 9.0), UNKNOWN, NONE):
        assert ratio(known, other) is None
        assert ratio(other, known) is None
    assert ratio(Amount("", 0.0), known) is None


@pytest.mark.parametrize(("x", "words"), [(2.5714, "2.57 x"), (0.1875, "1/5.33"), (1.0, "="), (1.0004, "="), (None, ""),
                                          (0.0, ""), (864.0, "864 x")])
def test_ratios_in_words(x: float | None, words: str) -> None:
    assert ratio_text(x) == words


@pytest.mark.parametrize(("x", "words"), [
    (288.768, "288.8"), (12.0, "12"), (2500.0, "2,500"), (0.6408, "0.6408"), (1228.8, "1,229"), (3.9634, "3.963"),
    (6912.0, "6,912"), (0.0, "0"), (0.00012346, "0.0001235"),
])
def test_numbers_in_words(x: float, words: str) -> None:
    assert number(x) == words


def test_a_row_has_one_unit() -> None:
    row = Row("memory", "memory", "memory", "B", "more", (Amount("", 49.152e12), Amount("", 13.824e12)), (1.0, None))
    assert scale(row) == (1e12, "TB")
    far = Row("t", "", "", "s", "less", (Amount(">=", 3e-9), Amount("", 2.0)), (None, None))
    assert scale(far) == (1e-3, "ms")
    assert shown(far.amounts[0], 1e-3) == ">= 0.000003"
    close = Row("t", "", "", "s", "less", (Amount("", 578.5e-9), Amount("", 4.674e-6)), (None, None))
    assert scale(close) == (1e-6, "us")
    near = Row("m", "", "", "B", "more", (Amount("", 128e9), Amount("", 192e9)), (1.0, 1.5))
    assert scale(near) == (1e9, "GB")
    mixed = Row("f", "", "", "FLOPS", "more", (Amount("", 752e12), Amount("", 2.5e15)), (1.0, None))
    assert scale(mixed) == (1e12, "TFLOPS")
    assert shown(UNKNOWN) == "unknown"
    assert shown(NONE) == "-"
    assert shown(Amount("in", 1.0, 2.0)) == "1 to 2"
