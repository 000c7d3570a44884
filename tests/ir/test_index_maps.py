"""Index maps against plain Python at every point: whatever the constructors simplify, values stay."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from index_expressions import all_sizes, box, maps

from hwdsl.ir.arrays import evaluate_array, grid
from hwdsl.ir.index import Ix, Mod, add, bounds, div, evaluate, index_class, ix_vars, mod, scale, substitute, text, variable

SETTINGS = settings(max_examples=80, deadline=None, derandomize=True, database=None)


@SETTINGS
@given(st.data())
def test_constructors_keep_the_value_at_every_point(data: Any) -> None:
    sizes = data.draw(all_sizes())
    ix, fn = data.draw(maps(sizes))
    lo, hi = bounds(ix, sizes)
    for p in box(sizes):
        assert evaluate(ix, p) == fn(p), text(ix)
        assert lo <= fn(p) <= hi, text(ix)


@SETTINGS
@given(st.data())
def test_arrays_agree_with_points(data: Any) -> None:
    sizes = data.draw(all_sizes())
    ix, fn = data.draw(maps(sizes))
    values = np.broadcast_to(evaluate_array(ix, grid(list(sizes), sizes)), tuple(sizes.values()))
    assert values.reshape(-1).tolist() == [fn(p) for p in box(sizes)]


@SETTINGS
@given(st.data())
def test_substitution_is_composition(data: Any) -> None:
    outer = data.draw(all_sizes(4))
    ix, fn = data.draw(maps(outer))
    inner = {"a": data.draw(st.integers(1, 4)), "b": data.draw(st.integers(1, 4))}
    replacements = {}
    for name, size in outer.items():
        value, value_fn = data.draw(maps(inner))
        replacements[name] = (mod(value, size, inner), lambda p, f=value_fn, s=size: f(p) % s)
    new = substitute(ix, {n: r[0] for n, r in replacements.items()}, inner)
    assert ix_vars(new) <= set(inner)
    for p in box(inner):
        assert evaluate(new, p) == fn({n: r[1](p) for n, r in replacements.items()})


@SETTINGS
@given(st.lists(st.integers(2, 4), min_size=1, max_size=4), st.data())
def test_digits_of_a_number_system_come_back(radices: list[int], data: Any) -> None:
    """`sum of weight * digit`, divided by a weight and taken modulo a radix, is the digit itself."""
    sizes = {f"d{k}": r for k, r in enumerate(radices)}
    total, weight, weights = Ix(0), 1, []
    for k, r in enumerate(radices):
        total = add(total, scale(variable(f"d{k}"), weight))
        weights.append(weight)
        weight *= r
    k = data.draw(st.integers(0, len(radices) - 1))
    digit = mod(div(total, weights[k], sizes), radices[k], sizes)
    assert digit == variable(f"d{k}")


def test_the_sum_of_a_tray_and_a_slot_is_taken_apart() -> None:
    sizes = {"t": 18, "g": 4}
    port = add(scale(variable("t"), 4), variable("g"))
    assert div(port, 4, sizes) == variable("t")
    assert mod(port, 4, sizes) == variable("g")
    assert div(add(port, Ix(8)), 4, sizes) == add(variable("t"), Ix(2))


def test_a_rotation_stays_a_modulus() -> None:
    sizes = {"i": 8}
    rotated = mod(add(variable("i"), Ix(3)), 8, sizes)
    assert rotated.terms == ((1, Mod(add(variable("i"), Ix(3)), 8)),)
    assert index_class(rotated) == "LIN"
    assert mod(add(rotated, Ix(5)), 8, sizes) == variable("i")
    assert mod(rotated, 4, sizes) == mod(add(variable("i"), Ix(3)), 4, sizes)
