"""Failures named by an index made of digits are read off it: the same conditions as a search of all its values."""

from __future__ import annotations

from itertools import product

import pytest

from hwdsl.ir.index import Ix, evaluate
from hwdsl.ir.space import IndexSet, Space
from hwdsl.query.taken import lost_links, solved

SPACE = Space((("a", 3), ("b", 4), ("c", 2)))


@pytest.mark.parametrize(("m", "values"), [
    (Ix(0, ((1, "c"), (2, "a"))), range(4, 5)), (Ix(0, ((2, "a"), (1, "c"))), (0, 5, 7)),
    (Ix(3, ((1, "b"), (4, "a"))), range(2, 9)),
    (Ix(0, ((1, "c"), (2, "a"))), range(6)), (Ix(0, ((8, "a"), (2, "b"), (1, "c"))), (23, 24, -1)),
    (Ix(0, ((1, "c"), (3, "a"))), range(2, 4)), (Ix(0, ((1, "a"), (1, "b"))), (2,)),
])
def test_conditions_hold_where_the_index_is_named(m: Ix, values: IndexSet) -> None:
    conditions = solved(SPACE, (((m, values),),))
    named = 0
    for point in product(range(3), range(4), range(2)):
        env = dict(zip("abc", point))
        inside = evaluate(m, env) in values
        named += inside
        assert inside == any(all(env[n] in allowed for n, allowed in c.items()) for c in conditions)
    assert lost_links(SPACE, (), (((m, values),),)) == named


def test_all_values_are_no_condition() -> None:
    assert solved(SPACE, (((Ix(0, ((1, "c"), (2, "a"))), range(6)),),)) == ({},)
