"""Intervals, tolerances, extremes, comparisons and what a mismatch was probably about."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwdsl.types import (
    Quantity,
    UnitError,
    Value,
    add,
    compare,
    div,
    interval,
    maximum,
    minimum,
    mismatch_hint,
    mul,
    sub,
    tagged,
    tolerance,
    unknown,
)
from hwdsl.types import dimension as d
from hwdsl.types.arithmetic import ends
from hwdsl.types.quantity import quantity
from hwdsl.types.value import as_quantity

Q = quantity
numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=50)


@st.composite
def samples(draw: st.DrawFn) -> tuple[Value, Fraction]:
    """An interval and a value inside."""
    points = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    return interval(points[0], points[2]), points[1]


@given(samples(), samples())
def test_results_contain_every_combination(a: tuple[Value, Fraction], b: tuple[Value, Fraction]) -> None:
    for combine, inside in ((add, a[1] + b[1]), (sub, a[1] - b[1]), (mul, a[1] * b[1])):
        lo, hi = ends(as_quantity(combine(a[0], b[0])))
        assert lo <= inside <= hi
    q = as_quantity(b[0])
    if not q.lo <= 0 <= q.hi:
        lo, hi = ends(as_quantity(div(a[0], b[0])))
        assert lo <= a[1] / b[1] <= hi


@given(samples(), samples())
def test_nominal_stays_inside(a: tuple[Value, Fraction], b: tuple[Value, Fraction]) -> None:
    for combine in (add, sub, mul):
        q = as_quantity(combine(a[0], b[0]))
        assert q.lo <= q.nom <= q.hi


@given(samples(), samples(), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_decided_comparisons_hold_for_every_value(a: tuple[Value, Fraction], b: tuple[Value, Fraction], op: str) -> None:
    decided = compare(op, a[0], b[0])
    if decided is not None:
        assert compare(op, a[1], b[1]) is decided


@given(numbers, numbers, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_exact_comparisons_are_decided(x: Fraction, y: Fraction, op: str) -> None:
    expected = {"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]
    assert compare(op, x, y) is expected
    assert compare(op, Q(x, "W"), Q(y, "W")) is expected


def test_open_intervals_are_undecided_until_certain() -> None:
    latency = interval(Q(60, "us"), Q(80, "us"), Q(70, "us"))
    assert compare("<=", latency, Q(80, "us")) is True
    assert compare("<", latency, Q(80, "us")) is None
    assert compare("<=", latency, Q(75, "us")) is None
    assert compare("<", latency, Q(60, "us")) is False
    assert compare(">=", latency, Q(60, "us")) is True
    assert compare("==", latency, Q(70, "us")) is None
    assert compare("==", latency, Q(90, "us")) is False
    assert compare("!=", latency, Q(90, "us")) is True
    assert compare("==", Q(70, "us"), latency) is None, "an interval is no tolerance"


def test_tolerance_on_the_right_accepts_what_lies_inside() -> None:
    near = tolerance(Fraction(1857143, 10**6), Fraction(1, 10**6))
    assert compare("==", Fraction(13, 7), near) is True
    assert compare("==", Fraction(19, 10), near) is False
    assert compare("!=", Fraction(13, 7), near) is False
    assert compare("==", near, Fraction(13, 7)) is None
    assert compare("==", interval(1, 2), near) is None
    length = tolerance(Q(5, "m"), Q(10, "cm"))
    assert compare("==", Q(Fraction(51, 10), "m"), length) is True
    assert compare("==", Q(Fraction(511, 100), "m"), length) is False
    assert compare("==", tolerance(3, 0), 3) is True
    inlet = tolerance(Q(25, "degC"), Q(2, "K"))
    assert compare("==", Q(27, "degC"), inlet) is True


def test_a_product_of_a_tolerance_is_an_interval() -> None:
    doubled = mul(2, tolerance(Q(5, "m"), Q(1, "m")))
    assert isinstance(doubled, Quantity)
    assert (doubled.lo, doubled.nom, doubled.hi, doubled.form) == (8, 10, 12, "")


@pytest.mark.parametrize(("lo", "hi", "typ", "code"), [
    (Q(2, "W"), Q(1, "W"), None, "HW1109"), (Q(1, "W"), Q(2, "W"), Q(3, "W"), "HW1109"), (Q(1, "W"), Q(2, "m"), None, "HW1101"),
    (interval(1, 2), 3, None, "HW1109"), (Q(15, "degC"), Q(300, "K"), None, "HW1107"),
    (tagged(Q(1, "b/s"), coding="raw"), tagged(Q(2, "b/s"), coding="net"), None, "HW1104"), (1, Q(2, "W"), None, "HW1101"),
])
def test_intervals_that_make_no_sense(lo: Value, hi: Value, typ: Value | None, code: str) -> None:
    with pytest.raises(UnitError) as caught:
        interval(lo, hi, typ)
    assert caught.value.code == code


@pytest.mark.parametrize(("mid", "tol", "code"), [
    (1, -1, "HW1109"), (Q(5, "m"), Q(1, "W"), "HW1101"), (Q(25, "degC"), Q(2, "degC"), "HW1107"), (interval(1, 2), 1, "HW1109"),
])
def test_tolerances_that_make_no_sense(mid: Value, tol: Value, code: str) -> None:
    with pytest.raises(UnitError) as caught:
        tolerance(mid, tol)
    assert caught.value.code == code


def test_a_point_interval_is_a_number() -> None:
    assert interval(3, 3) == 3
    assert interval(Q(3, "W"), Q(3, "W")) == Q(3, "W")


def test_extremes() -> None:
    assert maximum(Q(1, "kW"), Q(900, "W"), Q(2, "kW")) == Q(2, "kW")
    assert minimum(3, Fraction(5, 2), 4) == Fraction(5, 2)
    spread = maximum(interval(1, 5), 3)
    assert isinstance(spread, Quantity)
    assert (spread.lo, spread.hi) == (3, 5)
    worst = maximum(Q(5, "W"), unknown(d.POWER))
    assert compare(">=", worst, Q(5, "W")) is True
    assert compare("<=", worst, Q(9, "W")) is None
    best = minimum(Q(3, "W"), add(Q(5, "W"), unknown(d.POWER)))
    assert best == Q(3, "W")
    with pytest.raises(UnitError):
        maximum(Q(1, "W"), 3)


@given(st.lists(samples(), min_size=1, max_size=4))
def test_extremes_contain_the_extreme_of_any_choice(values: list[tuple[Value, Fraction]]) -> None:
    lo, hi = ends(as_quantity(maximum(*(v for v, _ in values))))
    assert lo <= max(x for _, x in values) <= hi
    lo, hi = ends(as_quantity(minimum(*(v for v, _ in values))))
    assert lo <= min(x for _, x in values) <= hi


@pytest.mark.parametrize(("a", "b", "words"), [
    (Q(400, "GB/s"), Q(400, "Gb/s"), "bits for bytes?"), (Q(130, "TB/s"), Q(65, "TB/s"), "both directions for one?"),
    (Q(50, "GB/s"), Q(800, "GB/s"), "bits for bytes, and both directions"),
    (Q(1, "GiB"), Q(1, "GB"), "(1024/1000)^3: `Gi` for `G`?"),
    (Q(1, "KiB"), Q(1, "kB"), "`Ki` for `k`?"), (Q(44, "U"), Q(44, "OU"), "`OU` for `U`?"),
    (Q(5, "inch"), Q(5, "mm"), "inch for mm?"),
    (Q(5, "W"), Q(5, "kW"), "exactly 1000: a wrong prefix?"), (Q(5, "pJ/bit"), Q(5, "pJ/B"), "bits for bytes?"),
])
def test_mismatch_hint(a: Value, b: Value, words: str) -> None:
    for hint in (mismatch_hint(a, b), mismatch_hint(b, a)):
        assert hint is not None
        assert words in hint


@pytest.mark.parametrize(("a", "b"), [
    (Q(1, "W"), Q(1, "W")), (Q(2, "W"), Q(1, "W")), (Q(8, "W"), Q(1, "W")), (16, 2), (2000, 2), (Q(0, "b"), Q(1, "b")),
    (Q(1, "W"), Q(1, "m")),
    (Q(3, "Gb/s"), Q(1, "Gb/s")),
])
def test_no_far_fetched_hint(a: Value, b: Value) -> None:
    assert mismatch_hint(a, b) is None
