"""Counts over index spaces against enumeration: exact where they say exact, never narrower where they say bounds."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_expressions import box, maps, spaces

from hwdsl.ir.index import Ix, add, scale, variable
from hwdsl.ir.space import (
    Cmp,
    Space,
    TooLarge,
    count,
    determined,
    image_array,
    image_size,
    injective,
    points,
    range_of,
    tightened,
)

SETTINGS = settings(max_examples=80, deadline=None, derandomize=True, database=None)


def sets() -> Any:
    """An allowed set of values: a range or a sorted tuple."""
    return st.one_of(st.tuples(st.integers(-6, 8), st.integers(0, 8)).map(lambda t: range(t[0], t[0] + t[1])),
                     st.lists(st.integers(-6, 10), max_size=4, unique=True).map(lambda v: tuple(sorted(v))))


@SETTINGS
@given(spaces(), st.data())
def test_count_is_the_number_of_points(drawn: Any, data: Any) -> None:
    space, inside = drawn
    constraints = data.draw(st.lists(st.tuples(maps(space.sizes), sets()), max_size=2))
    expected = sum(1 for p in box(space.sizes) if inside(p) and all(m[1](p) in s for m, s in constraints))
    assert count(space, [(m[0], s) for m, s in constraints]) == expected


@SETTINGS
@given(spaces())
def test_points_are_those_of_the_guard(drawn: Any) -> None:
    space, inside = drawn
    assert [dict(p) for p in points(space)] == [p for p in box(space.sizes) if inside(p)]


@SETTINGS
@given(spaces(), st.data())
def test_image_size_is_the_number_of_distinct_values(drawn: Any, data: Any) -> None:
    space, inside = drawn
    coords = data.draw(st.lists(maps(space.sizes), min_size=1, max_size=3))
    expected = {tuple(c[1](p) for c in coords) for p in box(space.sizes) if inside(p)}
    assert image_size([c[0] for c in coords], space) == len(expected)
    assert len(image_array([c[0] for c in coords], space)) == len(expected)


@SETTINGS
@given(spaces(), st.data())
def test_determined_variables_are_a_function_of_the_values(drawn: Any, data: Any) -> None:
    space, _ = drawn
    coords = data.draw(st.lists(maps(space.sizes), min_size=1, max_size=3))
    found = determined([c[0] for c in coords], space)
    seen: dict[tuple[int, ...], set[tuple[int, ...]]] = defaultdict(set)
    for p in box(space.sizes):
        seen[tuple(c[1](p) for c in coords)].add(tuple(p[n] for n in sorted(found)))
    assert all(len(v) == 1 for v in seen.values())
    if injective([c[0] for c in coords], space):
        assert len(seen) == space.volume


@SETTINGS
@given(spaces(), st.data())
def test_range_contains_every_value(drawn: Any, data: Any) -> None:
    space, inside = drawn
    ix, fn = data.draw(maps(space.sizes))
    lo, hi = range_of(ix, space)
    assert all(lo <= fn(p) <= hi for p in box(space.sizes) if inside(p))
    limits = tightened(space)
    assert all(limits[n][0] <= p[n] <= limits[n][1] for p in box(space.sizes) if inside(p) for n in p)


@pytest.mark.parametrize(("n", "m", "k", "op"), [(n, m, k, op) for n in (1, 4, 7) for m in (1, 3, 7) for k in range(-9, 10, 3)
                                                 for op in ("==", "!=", "<=")])
def test_two_variables_under_one_comparison(n: int, m: int, k: int, op: str) -> None:
    """The closed form behind `where i < j`."""
    space = Space((("x", n), ("y", m)), (Cmp(op, add(add(variable("x"), scale(variable("y"), -1)), Ix(k))),))
    assert count(space) == sum(1 for _ in points(space))


def test_a_large_space_costs_nothing_where_a_closed_form_exists() -> None:
    n = 10**9
    pairs = Space((("i", n), ("j", n)), (Cmp("<=", add(add(variable("i"), scale(variable("j"), -1)), Ix(1))),))
    assert count(pairs) == n * (n - 1) // 2
    assert count(Space((("i", n),)), [(add(scale(variable("i"), 3), Ix(1)), range(0, 3 * n, 1))]) == n
    assert image_size([add(scale(variable("i"), n), variable("j"))], Space((("i", n), ("j", n)))) == n * n


def test_what_would_enumerate_too_much_says_so() -> None:
    n = 10**5
    product = Ix(0, ((1, "i"), (1, "j"), (1, "k")))
    with pytest.raises(TooLarge) as error:
        count(Space((("i", n), ("j", n), ("k", n)), (Cmp("<=", product),)))
    assert error.value.points == n**3
