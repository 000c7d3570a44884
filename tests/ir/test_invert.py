"""Solving index maps: every point is found again from its values, and values that no point has are refused."""

from __future__ import annotations

from itertools import product

import pytest

from hwdsl.ir import index as ix
from hwdsl.ir.index import Ix, evaluate, variable
from hwdsl.ir.invert import LOOKUP_LIMIT, Inverse
from hwdsl.ir.space import Cmp, Space, TooLarge, points

I, J, K = variable("i"), variable("j"), variable("k")
SIZES = {"i": 5, "j": 3, "k": 4}


def space(*names: str, guard: tuple[Cmp, ...] = ()) -> Space:
    return Space(tuple((n, SIZES[n]) for n in names), guard)


def plus(*maps: Ix) -> Ix:
    total = Ix(0)
    for m in maps:
        total = ix.add(total, m)
    return total


def shifted(m: Ix, by: int, modulus: int) -> Ix:
    return ix.mod(ix.add(m, Ix(by)), modulus, SIZES)


CASES: dict[str, tuple[tuple[Ix, ...], Space]] = {
    "plain": ((I, J), space("i", "j")),
    "digits": ((plus(ix.scale(I, 12), ix.scale(J, 4), K),), space("i", "j", "k")),
    "falling digits": ((plus(Ix(40), ix.scale(I, -7), J),), space("i", "j")),
    "one after the other": ((plus(I, J), J), space("i", "j")),
    "ring": ((shifted(I, 2, 5), J), space("i", "j")),
    "ring with a known shift": ((shifted(plus(I, J), 1, 5), J), space("i", "j")),
    "multiplied ring": ((shifted(ix.scale(I, 3), 1, 7),), space("i")),
    "digits modulo": ((shifted(plus(ix.scale(I, 3), J), 4, 17),), space("i", "j")),
    "scaled ring": ((plus(ix.scale(shifted(I, 1, 5), 3), J), J), space("i", "j")),
    "table": ((ix.table(("i",), (5,), (4, 0, 3, 1, 2)), J), space("i", "j")),
    "guard": ((I, plus(J, Ix(-1))), space("i", "j", guard=(Cmp("<=", plus(I, ix.scale(J, -1), Ix(1))),))),
    "by lookup": ((ix.table(("i", "j"), (5, 3), tuple(range(0, 30, 2))[::-1]),), space("i", "j")),
    "single value": ((Ix(7), K), Space((("k", 4), ("one", 1)))),
}


@pytest.mark.parametrize("case", CASES)
def test_every_point_is_found_again_and_nothing_else(case: str) -> None:
    maps, where = CASES[case]
    inverse = Inverse(maps, where)
    image = {tuple(evaluate(m, env) for m in maps): dict(env) for env in points(where)}
    assert image, "a case without points shows nothing"
    for values, env in image.items():
        assert inverse.solve(values) == env
    for values in product(range(-3, 45), repeat=len(maps)):
        if values not in image:
            assert inverse.solve(values) is None, values


def test_a_table_has_a_limit() -> None:
    n = LOOKUP_LIMIT + 1
    half = Ix(0, ((1, ix.Div(plus(variable("x"), Ix(1)), 2)),))
    with pytest.raises(TooLarge):
        Inverse((half,), Space((("x", n),)))
