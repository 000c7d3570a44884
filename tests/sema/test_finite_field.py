"""Finite fields and difference sets against their definitions."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.sema.finite_field import Field, difference_set, field, is_prime, prime_factors, prime_power

ORDERS = [2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 27, 32, 49, 64, 81, 121, 125]


def made(q: int) -> Field:
    found = prime_power(q)
    assert found is not None
    return field(*found)


def test_prime_powers_are_those_of_trial_division() -> None:
    for n in range(1, 3000):
        factors = prime_factors(n)
        expected = (factors[0], len(factors)) if factors and len(set(factors)) == 1 else None
        assert prime_power(n) == expected
        assert is_prime(n) == (len(factors) == 1)


@pytest.mark.parametrize(("n", "expected"), [
    (2**61 - 1, (2**61 - 1, 1)), (3**40, (3, 40)), (2**63, (2, 63)), ((2**31 - 1) ** 2, (2**31 - 1, 2)), (2**61 + 1, None),
    (3215031751, None), (3825123056546413051, None)])  # the last two: strong pseudoprimes to the first four and nine primes
def test_large_prime_powers(n: int, expected: tuple[int, int] | None) -> None:
    assert prime_power(n) == expected


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9, 16])
def test_axioms_at_every_element(q: int) -> None:
    f = made(q)
    for a, b in product(range(q), repeat=2):
        assert f.add(a, b) == f.add(b, a)
        assert f.mul(a, b) == f.mul(b, a)
        assert f.sub(f.add(a, b), b) == a
        assert (f.mul(a, b) == 0) == (a == 0 or b == 0)
    for a in range(q):
        assert f.add(a, 0) == a == f.mul(a, 1)
        assert {f.add(a, b) for b in range(q)} == set(range(q))
        assert a == 0 or {f.mul(a, b) for b in range(q)} == set(range(q))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ORDERS), st.data())
def test_axioms_at_any_element(q: int, data: st.DataObject) -> None:
    f = made(q)
    a, b, c = (data.draw(st.integers(0, q - 1)) for _ in range(3))
    assert f.add(f.add(a, b), c) == f.add(a, f.add(b, c))
    assert f.mul(f.mul(a, b), c) == f.mul(a, f.mul(b, c))
    assert f.mul(a, f.add(b, c)) == f.add(f.mul(a, b), f.mul(a, c))
    assert f.power(a, q) == a


@pytest.mark.parametrize("q", ORDERS)
def test_powers_of_the_primitive_element(q: int) -> None:
    f = made(q)
    g = f.primitive()
    assert {f.power(g, e) for e in range(q - 1)} == set(range(1, q))
    assert all(len({f.power(h, e) for e in range(q - 1)}) < q - 1 for h in range(1, g))


@pytest.mark.parametrize("q", [5, 13, 97])
def test_prime_fields_are_the_integers_modulo_q(q: int) -> None:
    f = made(q)
    assert all(f.add(a, b) == (a + b) % q and f.mul(a, b) == a * b % q and f.sub(a, b) == (a - b) % q
               for a in range(q) for b in range(q))


@pytest.mark.parametrize(("q", "lower"), [(4, (1, 1)), (8, (1, 1, 0)), (9, (1, 0)), (16, (1, 1, 0, 0)), (25, (2, 0)),
                                          (27, (1, 2, 0))])
def test_the_polynomial_does_not_change(q: int, lower: tuple[int, ...]) -> None:
    """x^2 + x + 1, x^3 + x + 1, x^2 + 1, x^4 + x + 1, x^2 + 2, x^3 + 2 x + 1: designs number their routers by it."""
    assert made(q).modulus == lower


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 27])
def test_every_difference_occurs_once(q: int) -> None:
    n = q * q + q + 1
    found = difference_set(made(q))
    assert len(found) == q + 1
    assert sorted((a - b) % n for a in found for b in found if a != b) == list(range(1, n))
