"""`std.availability` against Python's own arithmetic."""

from __future__ import annotations

from fractions import Fraction
from math import comb, prod

import pytest

from hwdsl.api import Session


def value(expression: str) -> object:
    session = Session(cache_dir=None)
    names = "availability, choose, exactly, at_least, nine_digits, percents, product"
    design = session.open_text(f"use std.availability.{{{names}}};\ntray T {{ height = 1 U; }}\ndesign = T;\n")
    assert design is not None, session.report()
    answer = design.query(expression)
    assert answer is not None, session.report()
    return answer.value


@pytest.mark.parametrize(("n", "k"), [(0, 0), (5, 0), (5, 5), (5, 2), (64, 32), (20, 1)])
def test_choose(n: int, k: int) -> None:
    assert value(f"choose({n}, {k})") == comb(n, k)


@pytest.mark.parametrize(("k", "n", "p"), [(0, 3, "0.5"), (3, 3, "0.9"), (16, 18, "0.9883"), (40, 64, "0.923")])
def test_exactly_and_at_least(k: int, n: int, p: str) -> None:
    def chance(i: int) -> Fraction:
        return comb(n, i) * Fraction(p) ** i * (1 - Fraction(p)) ** (n - i)

    assert value(f"exactly({k}, {n}, {p})") == chance(k)
    assert value(f"at_least({k}, {n}, {p})") == sum(chance(i) for i in range(k, n + 1))
    assert value(f"at_least(0, {n}, {p})") == 1


def test_in_a_comprehension_nothing_is_rounded() -> None:
    """`/` rounds down where a `for` variable stands on its left; the functions must not fall for it."""
    assert value("sum([exactly(k, 7, 1/3) for k in 0..8])") == 1
    assert value("[choose(6, k) for k in 0..7]") == tuple(comb(6, k) for k in range(7))


def test_availability_and_rounding() -> None:
    assert value("availability(13.8 h, 75 min)") == Fraction("13.8") / (Fraction("13.8") + Fraction("1.25"))
    assert value("percents(availability(98.5 h, 75 min), 0.01)") == Fraction("98.75")
    assert value("percents(0.923, 1)") == 92
    assert value("nine_digits(1 / 3)") == Fraction(333333333, 10**9)
    assert value("product([2, 3, 7])") == prod([2, 3, 7])
    assert value("product([])") == 1
