"""Printed values."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwdsl.types import (
    Quantity,
    UnitError,
    Value,
    add,
    as_json,
    div,
    interval,
    mul,
    sub,
    tagged,
    text,
    tolerance,
    unknown,
)
from hwdsl.types import dimension as d
from hwdsl.types.format import both, digits_of
from hwdsl.types.quantity import quantity

Q = quantity
F = Fraction


@pytest.mark.parametrize(("value", "shown"), [
    (5184, "5184"), (1658880, "1658880"), (-3, "-3"), (0, "0"), (F(1, 3), "0.333333"), (F(5, 2), "2.5"), (F(-7, 4), "-1.75"),
    (F(1857143, 10**6), "1.85714"), (F(1, 10**6), "1e-6"), (F(1, 10**5), "0.00001"), (F(1, 3 * 10**9), "3.33333e-10"),
    (F(2, 3), "0.666667"),
    (F(9999999, 10**7), "1"), (F(99999949, 10**3), "99999.9"), (F(10**9 * 3 + 1, 3), "1000000000"), (F(10**40, 3), "3.33333e39"),
    (10**100, "1e100"), (F(1, 8), "0.125"),
    (mul(Q(400, "Gb/s"), 1296), "518.4 Tb/s"), (mul(Q(50, "GB/s"), 1296), "64.8 TB/s"), (Q(F(63, 10), "kW"), "6.3 kW"),
    (Q(1400, "W"), "1400 W"),
    (mul(Q(1400, "W"), 100), "140 kW"), (Q(F(4445, 100), "mm"), "44.45 mm"), (Q(1, "U"), "1 U"), (Q(48, "U"), "48 U"),
    (Q(70, "us"), "70 us"), (mul(Q(70, "us"), 1000), "70 ms"), (Q(-5, "degC"), "-5 degC"), (Q(0, "W"), "0 W"),
    (Q(F(-29, 10), "dBm"), "-2.9 dBm"), (Q(F(35, 100), "dB"), "0.35 dB"), (Q(5, "percent"), "5 percent"),
    (Q(199000, "USD"), "199000 USD"),
    (mul(Q(199000, "USD"), 1000), "199000000 USD"), (Q(1, "GiB"), "1 GiB"), (mul(Q(1, "MiB"), 2**20), "1 TiB"),
    (Q(F(1, 1000), "m"), "1 mm"),
    (Q(4, "pJ/bit"), "4 pJ/bit"), (mul(Q(4, "pJ/bit"), Q(400, "Gb/s")), "1.6 W"), (mul(Q(100, "kW"), Q(2, "s")), "200 kJ"),
    (div(Q(1, "USD"), Q(4, "yr")), "0.25 USD/yr"), (Q(3, "L/min"), "3 L/min"), (mul(Q(3, "W"), Q(2, "m")), "6 W*m"),
    (Q(32, "GT/s"), "32 GT/s"),
    (mul(Q(32, "GT/s"), 10**6), "32000 TT/s"), (div(1, Q(2, "m")), "0.5 1/m"), (Q(30000, "h"), "30000 h"),
    (Q(F(1, 2), "$"), "0.5 $"),
    (interval(Q(60, "us"), Q(80, "us"), Q(70, "us")), "60 us to 80 us typ 70 us"),
    (interval(Q(60, "us"), Q(80, "us")), "60 us to 80 us"),
    (interval(Q(5, "degC"), Q(35, "degC")), "5 degC to 35 degC"), (interval(Q(500, "W"), Q(1, "kW")), "500 W to 1000 W"),
    (tolerance(F(1857143, 10**6), F(1, 10**6)), "1.857143 +- 1e-6"), (tolerance(Q(5, "m"), Q(10, "cm")), "5 m +- 0.1 m"),
    (tolerance(Q(25, "degC"), Q(2, "K")), "25 degC +- 2 K"), (tolerance(0, F(1, 2)), "0 +- 0.5"),
    (add(Q(F(1134, 10), "kW"), unknown(d.POWER, missing=9)), ">= 113.4 kW (9 parts unknown)"),
    (add(Q(1, "kW"), unknown(d.POWER)), ">= 1 kW (1 part unknown)"), (unknown(d.POWER), "unknown"), (unknown(d.LEVEL), "unknown"),
    (sub(Q(1, "kW"), unknown(d.POWER)), "<= 1 kW (1 part unknown)"),
    (add(5, Quantity(0, 0, 0, d.NONE, missing=2)), ">= 5 (2 parts unknown)"),
])
def test_text(value: Value, shown: str) -> None:
    assert text(value) == shown


def test_text_in_a_given_unit() -> None:
    assert text(Q(900, "GB/s"), "Gb/s") == "7200 Gb/s"
    assert text(Q(300, "K"), "degC") == "26.85 degC"
    assert text(interval(Q(1, "m"), Q(2, "m")), "cm") == "100 cm to 200 cm"
    with pytest.raises(UnitError):
        text(Q(1, "m"), "metre")


def test_digits_grow_until_two_values_differ() -> None:
    assert both(Q(F(1234567, 1000), "m"), Q(F(1234568, 1000), "m")) == ("1234.567 m", "1234.568 m")
    assert both(1, 1) == ("1", "1")
    assert both(Q(1, "W"), Q(2, "W")) == ("1 W", "2 W")


@given(st.fractions(), st.integers(1, 18))
def test_digits_are_the_nearest(x: Fraction, digits: int) -> None:
    shown = digits_of(x, digits)
    error = abs(F(shown) - x)
    size = abs(x)
    assert error * 2 * 10 ** (digits - 1) <= size
    assert float(shown) == pytest.approx(float(x), rel=2 * 10.0 ** (1 - digits))


@given(st.integers())
def test_integers_are_printed_whole(n: int) -> None:
    assert int(digits_of(n)) == n


def test_enormous_numbers_do_not_overflow_the_printer() -> None:
    assert digits_of(7 * 10**9000) == "7e9000"
    assert digits_of(F(1, 10**9000)) == "1e-9000"
    assert json.dumps(as_json(F(10**2000, 7))).startswith('{"value": null')


@given(st.fractions(min_value=0, max_value=10**12), st.sampled_from(["Gb/s", "kW", "mm", "U", "GiB", "pJ/bit", "us", "USD",
    "degC", "L/min"]))
def test_json_is_exact(x: Fraction, word: str) -> None:
    out = as_json(Q(x, word))
    assert isinstance(out, dict)
    assert Q(F(out["exact"]), out["unit"]) == Q(x, word)
    assert json.loads(json.dumps(out)) == out


def test_json_forms() -> None:
    assert as_json(5184) == 5184
    assert as_json(F(1, 3)) == {"value": 1 / 3, "unit": "", "exact": "1/3"}
    assert as_json(mul(Q(50, "GB/s"), 1296)) == {"value": 64.8, "unit": "TB/s", "exact": "324/5"}
    assert as_json(interval(Q(60, "us"), Q(80, "us"))) == {"value": 70, "unit": "us", "exact": "70", "lo": 60, "hi": 80}
    assert as_json(add(Q(1, "kW"), unknown(d.POWER, missing=9))) == {
        "value": 1, "unit": "kW", "exact": "1", "missing": 9, "bound": ">="}
    assert as_json(tagged(Q(1, "Gb/s"), "bidi", "raw")) == {
        "value": 1, "unit": "Gb/s", "exact": "1", "direction": "bidi", "coding": "raw"}
