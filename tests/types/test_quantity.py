"""Arithmetic: exactness, dimensions, levels, temperatures, conventions, unknown parts."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwdsl.types import (
    Quantity,
    UnitError,
    Value,
    add,
    bidi,
    compare,
    div,
    in_unit,
    interval,
    mul,
    neg,
    one_way,
    power,
    sub,
    tagged,
    text,
    unknown,
)
from hwdsl.types import dimension as d
from hwdsl.types.codes import CODES
from hwdsl.types.quantity import quantity

Q = quantity
numbers = st.one_of(st.integers(-(10**12), 10**12), st.fractions(max_denominator=10**6))
words = st.sampled_from(["Gb/s", "GB/s", "kW", "W", "mm", "U", "OU", "inch", "pJ/bit", "USD", "h", "us", "dB", "kg", "GiB",
    "percent"])


def fails(code: str, act: Callable[[], object]) -> UnitError:
    with pytest.raises(UnitError) as caught:
        act()
    assert caught.value.code == code
    assert code in CODES
    return caught.value


def nom(value: Value) -> int | Fraction:
    return value.nom if isinstance(value, Quantity) else value


# ---------------------------------------------------------------- exactness
@given(numbers, numbers, words)
def test_sum_and_difference_are_exact_and_inverse(x: Fraction, y: Fraction, word: str) -> None:
    a, b = Q(x, word), Q(y, word)
    total = add(a, b)
    assert nom(total) == nom(a) + nom(b)
    assert nom(sub(total, b)) == a.nom
    assert add(a, b) == add(b, a)


@given(numbers, numbers, numbers, words)
def test_distributive(x: Fraction, y: Fraction, k: Fraction, word: str) -> None:
    a, b = Q(x, word), Q(y, word)
    assert mul(add(a, b), k) == add(mul(a, k), mul(b, k))


@given(numbers, numbers.filter(bool), words, words)
def test_division_undoes_multiplication(x: Fraction, y: Fraction, u: str, v: str) -> None:
    a, b = Q(x, u), Q(y, v)
    back = div(mul(a, b), b)
    assert nom(back) == a.nom
    assert (back.dim if isinstance(back, Quantity) else d.NONE) is a.dim


@given(numbers, words)
def test_round_trip_through_units(x: Fraction, word: str) -> None:
    assert in_unit(Q(x, word), word) == x


@given(numbers)
def test_whole_results_are_ints(x: Fraction) -> None:
    for value in (nom(mul(Q(x, "m"), 1000)), nom(div(Q(x, "W"), Q(1, "W"))), nom(add(x, 1))):
        assert type(value) is int or (type(value) is Fraction and value.denominator != 1)


# ---------------------------------------------------------------- traps of the field
def test_rates_in_bits_and_bytes() -> None:
    assert compare("==", mul(Q(400, "Gb/s"), 18), Q(900, "GB/s")) is True
    assert compare("==", mul(18, Q(400, "Gb/s")), Q(7200, "GB/s")) is False
    assert compare("==", Q(32, "GT/s"), Q(32, "Gb/s")) is True


def test_binary_prefixes() -> None:
    assert compare(">", Q(1, "GiB"), Q(1, "GB")) is True
    assert div(Q(1, "GiB"), Q(1, "GB")) == Fraction(2**30, 10**9)


def test_energy_per_bit_times_rate_is_power() -> None:
    assert mul(Q(4, "pJ/bit"), Q(400, "Gb/s")) == Q(Fraction(16, 10), "W")
    assert div(Q(800, "W"), Q(100, "Gb/s")) == Q(8000, "pJ/bit")


def test_shoreline_density_times_edge_is_rate() -> None:
    assert mul(Q(190, "Gb/s/mm"), Q(26, "mm")) == Q(4940, "Gb/s")
    assert text(mul(Q(26, "mm"), Q(190, "Gb/s/mm"))) == "4940 Gb/s"


def test_power_over_time_and_flow() -> None:
    assert mul(Q(132, "kW"), Q(1, "h")) == Q(132, "kWh")
    assert div(Q(60, "L/min"), Q(1, "min")) != Q(1, "L/min")
    assert div(Q(600, "W"), Q(12, "V")) == Q(50, "A")
    assert mul(Q(2, "V"), Q(3, "A")) == Q(6, "W")


def test_rack_units() -> None:
    assert compare("==", Q(1, "U"), Q(Fraction(4445, 100), "mm")) is True
    both = add(Q(1, "U"), Q(1, "OU"))
    assert both == Q(Fraction(9245, 100), "mm")
    assert text(both) == "92.45 mm"
    assert text(add(Q(1, "U"), Q(2, "U"))) == "3 U"


def test_percent_is_a_number() -> None:
    assert mul(Q(5, "percent"), 200) == 10
    assert add(1, Q(5, "percent")) == Fraction(21, 20)


# ---------------------------------------------------------------- mistakes
def test_mixed_dimensions_name_both() -> None:
    error = fails("HW1101", lambda: add(Q(Fraction(63, 10), "kW"), Q(1, "U")))
    assert error.message == "cannot add power (6.3 kW) and length (1 U)"
    error = fails("HW1101", lambda: sub(Q(1, "Gb/s"), Q(1, "Gb")))
    assert error.message == "cannot subtract information/time (1 Gb/s) and information (1 Gb)"
    error = fails("HW1102", lambda: compare("<=", Q(3, "W"), 5))
    assert (error.message, error.help) == ("cannot compare power (3 W) and number (5)", "give the number a unit: `5 W`")
    error = fails("HW1112", lambda: add(Q(1, "USD"), Q(1, "CNY")))
    assert error.message == "cannot add USD and CNY: 1 USD and 1 CNY"


def test_number_in_a_unit() -> None:
    assert in_unit(Q(900, "GB/s"), "Gb/s") == 7200
    assert in_unit(Q(300, "K"), "degC") == Fraction(2685, 100)
    with pytest.raises(ValueError, match=r"power \(3 W\) is not measured in m"):
        in_unit(Q(3, "W"), "m")
    with pytest.raises(ValueError, match="watts"):
        in_unit(Q(3, "W"), "watts")


def test_division_by_zero() -> None:
    fails("HW1108", lambda: div(1, 0))
    assert fails("HW1108", lambda: div(Q(3, "W"), Q(0, "V"))).message == "division by zero: 3 W / 0 V"
    fails("HW1108", lambda: div(1, interval(-1, 1)))
    fails("HW1108", lambda: power(0, -1))


def test_runaway_numbers_are_refused_quickly() -> None:
    fails("HW1111", lambda: power(10**6, 4096))
    fails("HW1110", lambda: power(2, 10**9))
    fails("HW1110", lambda: power(2, Fraction(1, 2)))
    fails("HW1110", lambda: power(2, Q(2, "m")))

    def squared(x: Value, _: int) -> Value:
        return mul(x, x)

    start: Value = 3
    parts: list[Value] = [Fraction(1, k) for k in range(1, 10**4)]
    fails("HW1111", lambda: reduce(squared, range(100), start))
    fails("HW1111", lambda: reduce(add, parts))
    fails("HW1111", lambda: Q(10**3000, "m"))


def test_power() -> None:
    assert power(2, 10) == 1024
    assert power(2, -2) == Fraction(1, 4)
    assert power(Q(3, "m"), 2) == Q(9, "m2")
    assert power(Q(2, "m"), 0) == 1
    square = power(interval(-1, 3), 2)
    assert isinstance(square, Quantity)
    assert (square.lo, square.hi) == (0, 9)
    assert power(interval(-3, 2), 2) == Quantity(0, Fraction(1, 4), 9, d.NONE)


# ---------------------------------------------------------------- levels and temperatures
def test_levels() -> None:
    level = Q(Fraction(-29, 10), "dBm")
    assert add(level, Q(3, "dB")) == Q(Fraction(1, 10), "dBm")
    assert add(Q(3, "dB"), level) == Q(Fraction(1, 10), "dBm")
    assert sub(level, Q(1, "dB")) == Q(Fraction(-39, 10), "dBm")
    assert sub(Q(2, "dBm"), level) == Q(Fraction(49, 10), "dB")
    assert add(Q(1, "dB"), Q(2, "dB")) == Q(3, "dB")
    assert mul(Q(Fraction(35, 100), "dB/km"), Q(2, "km")) == Q(Fraction(7, 10), "dB")
    fails("HW1106", lambda: add(level, level))
    fails("HW1106", lambda: sub(Q(1, "dB"), level))
    fails("HW1106", lambda: mul(2, level))
    fails("HW1106", lambda: div(level, 2))
    fails("HW1106", lambda: neg(level))
    fails("HW1101", lambda: add(level, Q(1, "mW")))


def test_temperatures() -> None:
    warm, cool = Q(45, "degC"), Q(-5, "degC")
    assert sub(warm, cool) == Q(50, "K")
    assert text(sub(warm, cool)) == "50 K"
    assert text(add(cool, Q(10, "K"))) == "5 degC"
    assert text(add(Q(10, "K"), cool)) == "5 degC"
    assert text(sub(warm, Q(10, "K"))) == "35 degC"
    assert compare("<", cool, warm) is True
    fails("HW1107", lambda: add(warm, cool))
    fails("HW1107", lambda: sub(Q(10, "K"), warm))
    fails("HW1107", lambda: mul(2, warm))
    fails("HW1107", lambda: div(warm, 2))
    fails("HW1107", lambda: neg(warm))
    error = fails("HW1107", lambda: compare("<=", sub(warm, cool), Q(10, "degC")))
    assert error.message == "cannot compare a temperature (10 degC) and a difference (50 K)"


def test_thermal_resistance_gives_a_difference() -> None:
    rise = mul(Q(2, "degC/W"), Q(10, "W"))
    assert text(rise) == "20 K"
    assert text(add(Q(25, "degC"), rise)) == "45 degC"
    assert Q(300, "K") != Q(Fraction(2685, 100), "degC"), "same kelvins, one a difference and one a point"


# ---------------------------------------------------------------- conventions
def test_conventions_are_adopted_and_not_mixed() -> None:
    net = tagged(Q(400, "Gb/s"), "one", "net")
    raw = tagged(Q(425, "Gb/s"), "one", "raw")
    total = add(net, Q(400, "Gb/s"))
    assert isinstance(total, Quantity)
    assert (total.direction, total.coding) == ("one", "net")
    assert compare("==", net, Q(50, "GB/s")) is True
    error = fails("HW1104", lambda: add(net, raw))
    assert error.message == "cannot add a net figure (400 Gb/s) and a raw one (425 Gb/s)"
    fails("HW1104", lambda: compare("<", net, raw))
    error = fails("HW1105", lambda: compare("==", net, bidi(net)))
    assert error.message == "cannot compare a one-direction figure (400 Gb/s) and a both-directions one (800 Gb/s)"
    fails("HW1105", lambda: div(bidi(net), net))
    assert div(net, raw) == Fraction(400, 425), "raw over net is the overhead, a meaningful ratio"


def test_conventions_follow_the_bits() -> None:
    net = tagged(Q(400, "Gb/s"), "one", "net")
    moved = mul(net, Q(2, "s"))
    assert isinstance(moved, Quantity)
    assert (moved.direction, moved.coding) == ("one", "net")
    heat = mul(net, Q(4, "pJ/bit"))
    assert isinstance(heat, Quantity)
    assert (heat.direction, heat.coding) == ("", "")


def test_both_directions() -> None:
    one = tagged(Q(Fraction(648, 10), "TB/s"), "one")
    both = bidi(one)
    assert isinstance(both, Quantity)
    assert both.direction == "bidi"
    assert text(both) == "129.6 TB/s"
    assert bidi(both) == both
    assert one_way(both) == one
    assert one_way(one) == one


# ---------------------------------------------------------------- unknown parts
def test_lower_bounds_add_up() -> None:
    known = mul(18, Q(Fraction(63, 10), "kW"))
    total = add(known, mul(1, unknown(d.POWER, "kW", missing=9)))
    assert isinstance(total, Quantity)
    assert total.missing == 9
    assert text(total) == ">= 113.4 kW (9 parts unknown)"
    assert compare("<=", total, Q(132, "kW")) is None
    assert compare("<=", total, Q(100, "kW")) is False
    assert compare("<", total, Q(Fraction(1134, 10), "kW")) is False
    assert compare(">=", total, Q(100, "kW")) is True
    assert compare(">", total, Q(Fraction(1134, 10), "kW")) is None
    assert compare("==", total, Q(100, "kW")) is False
    assert compare("==", total, Q(120, "kW")) is None
    assert compare("!=", total, Q(100, "kW")) is True


def test_margin_to_an_unknown_is_an_upper_bound() -> None:
    margin = sub(Q(132, "kW"), add(Q(100, "kW"), unknown(d.POWER)))
    assert text(margin) == "<= 32 kW (1 part unknown)"
    assert compare("<", margin, Q(40, "kW")) is True
    assert compare(">=", margin, Q(40, "kW")) is False
    assert compare(">=", margin, Q(10, "kW")) is None
    assert text(sub(unknown(d.POWER), unknown(d.POWER))) == "unknown (2 parts unknown)"


def test_unknown_divisor() -> None:
    at_least = add(Q(10, "W"), unknown(d.POWER))
    ratio = div(Q(100, "W"), at_least)
    assert compare("<=", ratio, 10) is True
    assert compare("<=", ratio, 5) is None
    assert compare(">=", ratio, 0) is True
    assert text(ratio) == "0 to 10 (1 part unknown)"
    assert text(add(ratio, 5)) == "5 to 15 (1 part unknown)"
    assert text(add(ratio, div(at_least, Q(1, "W")))) == ">= 10 (2 parts unknown)"
    assert text(div(Q(1, "W"), unknown(d.POWER))) == "unknown"
    share = div(at_least, Q(5, "W"))
    assert isinstance(share, Quantity)
    assert (share.dim, share.lo, share.missing, share.bound) == (d.NONE, 2, 1, ">=")


def test_unknown_times_negative_is_an_upper_bound() -> None:
    flipped = mul(-2, add(Q(10, "W"), unknown(d.POWER)))
    assert text(flipped) == "<= -20 W (1 part unknown)"
    assert neg(flipped) == mul(2, add(Q(10, "W"), unknown(d.POWER)))


# ---------------------------------------------------------------- the value itself
def test_values_are_immutable_hashable_and_pickle() -> None:
    a = Q(1, "kW")
    with pytest.raises(AttributeError):
        a.nom = 5
    assert a == Q(1000, "W")
    assert hash(a) == hash(Q(1000, "W"))
    assert a != 1000
    again = pickle.loads(pickle.dumps(interval(Q(1, "W"), Q(3, "W"))))
    assert again == interval(Q(1, "W"), Q(3, "W"))
    assert mul(pickle.loads(pickle.dumps(a)), 2) == Q(2, "kW")
