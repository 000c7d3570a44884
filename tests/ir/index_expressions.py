"""Random index maps together with the same function in plain Python, and all points of a box."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from hypothesis import strategies as st

from hwdsl.ir.index import Ix, add, constant, div, mod, scale, sub, tabulate, variable
from hwdsl.ir.space import Cmp, Space

Point = dict[str, int]
Pair = tuple[Ix, Callable[[Point], int]]
NAMES = ("i", "j", "k")


def box(sizes: dict[str, int]) -> Iterator[Point]:
    """All points."""
    for values in product(*(range(n) for n in sizes.values())):
        yield dict(zip(sizes, values))


def all_sizes(most: int = 6) -> Any:
    """Sizes of one to three variables."""
    return st.integers(1, 3).flatmap(
        lambda n: st.lists(st.integers(1, most), min_size=n, max_size=n).map(lambda s: dict(zip(NAMES, s))))


def maps(sizes: dict[str, int], tables: bool = True) -> Any:
    """(symbolic map, function of a point) built by the constructors of the index module."""
    leaf = st.one_of(st.integers(-9, 9).map(lambda c: (constant(c), lambda p: c)),
                     st.sampled_from(list(sizes)).map(lambda n: (variable(n), lambda p: p[n])))

    def grow(inner: Any) -> Any:
        number = st.integers(-4, 4)
        above = st.integers(1, 9)
        kinds = [
            st.tuples(inner, inner).map(lambda t: (add(t[0][0], t[1][0]), lambda p: t[0][1](p) + t[1][1](p))),
            st.tuples(inner, inner).map(lambda t: (sub(t[0][0], t[1][0]), lambda p: t[0][1](p) - t[1][1](p))),
            st.tuples(inner, number).map(lambda t: (scale(t[0][0], t[1]), lambda p: t[0][1](p) * t[1])),
            st.tuples(inner, above).map(lambda t: (div(t[0][0], t[1], sizes), lambda p: t[0][1](p) // t[1])),
            st.tuples(inner, above).map(lambda t: (mod(t[0][0], t[1], sizes), lambda p: t[0][1](p) % t[1])),
        ]
        if tables:
            kinds.append(st.tuples(inner, inner).map(lambda t: (
                tabulate(lambda p: t[0][1](p) * t[1][1](p), tuple(sizes), sizes), lambda p: t[0][1](p) * t[1][1](p))))
        return st.one_of(kinds)

    return st.recursive(leaf, grow, max_leaves=6)


@st.composite
def spaces(draw: Any, most: int = 6) -> tuple[Space, Callable[[Point], bool]]:
    """(a space with up to two guards, whether a point is in it)."""
    sizes = draw(all_sizes(most))
    conditions = draw(st.lists(st.tuples(st.sampled_from(("==", "!=", "<=")), maps(sizes, tables=False)), max_size=2))
    space = Space(tuple(sizes.items()), tuple(Cmp(op, m[0]) for op, m in conditions))

    def inside(p: Point) -> bool:
        return all((v == 0) if op == "==" else (v != 0) if op == "!=" else (v <= 0)
                   for op, v in ((op, m[1](p)) for op, m in conditions))

    return space, inside
