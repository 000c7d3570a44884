"""Compiled loops (numba, serial) for work on whole large designs; imported only by those who have a million links to go through.

Loops run over the digits of a rule's variables with running sums, so that no element costs a division. Nothing is compiled at
import; the first call compiles, or loads from numba's cache where that can be written.
"""

from __future__ import annotations

from typing import Any

import numba

LOOPS = 8
"""Loops of a nest; unused ones have one turn."""


def _compiled(function: Any) -> Any:
    """Compile with a cache on disk, without one where its folder cannot be written (numba raises at decoration)."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


def _relax(distance: Any, level: Any, turns: Any, a_steps: Any, b_steps: Any, a: Any, b: Any) -> Any:
    """One level of a traversal along all links of a rule: unreached ends of links whose other end lies at `level` get the next.

    turns, a_steps, b_steps  size of each loop and how far it moves either end, the innermost last; a, b  first ends
    Returns how many devices were reached.
    """
    reached = 0
    outer = 1
    for k in range(LOOPS - 1):
        outer *= turns[k]
    digits = [0] * LOOPS
    inner, da, db = turns[LOOPS - 1], a_steps[LOOPS - 1], b_steps[LOOPS - 1]
    after = level + 1
    for _ in range(outer):
        x, y = a, b
        for _ in range(inner):
            here, there = distance[x], distance[y]
            if here == level and there < 0:
                distance[y] = after
                reached += 1
            elif there == level and here < 0:
                distance[x] = after
                reached += 1
            x += da
            y += db
        k = LOOPS - 2
        while k >= 0:
            digits[k] += 1
            a += a_steps[k]
            b += b_steps[k]
            if digits[k] < turns[k]:
                break
            a -= a_steps[k] * turns[k]
            b -= b_steps[k] * turns[k]
            digits[k] = 0
            k -= 1
    return reached


def _relax_pairs(distance: Any, level: Any, a: Any, b: Any) -> Any:
    """The same along links listed end by end."""
    reached = 0
    for k in range(len(a)):
        here, there = distance[a[k]], distance[b[k]]
        if here == level and there < 0:
            distance[b[k]] = level + 1
            reached += 1
        elif there == level and here < 0:
            distance[a[k]] = level + 1
            reached += 1
    return reached


relax = _compiled(_relax)
relax_pairs = _compiled(_relax_pairs)
