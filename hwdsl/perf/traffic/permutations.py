"""Permutations of ranks: each sends to one other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hwdsl.perf.traffic.pattern import Flows, Pattern, flows, shift

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

KINDS = ("shift", "bit_reversal", "transpose", "random", "opposite")


def permutation(kind: str, ranks: int, by: int, seed: int) -> Pattern:
    """One of KINDS. Raises ValueError with the reason where the number of ranks does not allow it.

    shift         i to i + by (mod N)
    opposite      i to i + N / 2 (mod N), N even
    bit_reversal  the bits of i backward, N a power of two
    transpose     row and column exchanged, N a square
    random        without fixed points for N > 1; the same for the same seed on every machine
    """
    if kind == "shift":
        return shift(ranks, by % ranks)
    if kind == "opposite":
        if ranks % 2:
            raise ValueError(f"ranks have an opposite one only if their number is even; there are {ranks}")
        return shift(ranks, ranks // 2)
    if kind == "bit_reversal":
        if ranks & (ranks - 1):
            raise ValueError(f"bit reversal needs a power of two ranks; there are {ranks}")
        return _to(f"bit reversal of {ranks}", lambda: bit_reversed(ranks))
    if kind == "transpose":
        side = round(ranks ** 0.5)
        if side * side != ranks:
            raise ValueError(f"a transposition needs a square number of ranks; there are {ranks}")
        return _to(f"transposition of {side} x {side}", lambda: transposed(side))
    return _to(f"random permutation of {ranks}, seed {seed}", lambda: derangement(ranks, seed))


def _to(key: str, target: Callable[[], npt.NDArray[np.int64]]) -> Pattern:
    def build() -> Flows:
        import numpy as np

        found = target()
        return flows(np.arange(len(found), dtype=np.int64), found)

    return Pattern(key, build, True)


def bit_reversed(ranks: int) -> npt.NDArray[np.int64]:
    """int64[ranks]: the bits of each number backward."""
    import numpy as np

    i = np.arange(ranks, dtype=np.int64)
    out = np.zeros(ranks, dtype=np.int64)
    for _ in range(ranks.bit_length() - 1):
        out = out << 1 | i & 1
        i >>= 1
    return out


def transposed(side: int) -> npt.NDArray[np.int64]:
    """int64[side * side]: a * side + b to b * side + a."""
    import numpy as np

    return np.arange(side * side, dtype=np.int64).reshape(side, side).T.reshape(-1)


def derangement(ranks: int, seed: int) -> npt.NDArray[np.int64]:
    """int64[ranks]: a permutation that moves every rank, from a counter-based generator."""
    import numpy as np

    rng = np.random.Generator(np.random.Philox(key=seed))
    out = rng.permutation(ranks).astype(np.int64)
    fixed = np.flatnonzero(out == np.arange(ranks))
    if len(fixed) == 1 and ranks > 1:
        other = (fixed[0] + 1) % ranks
        out[[fixed[0], other]] = out[[other, fixed[0]]]
    elif len(fixed) > 1:
        out[fixed] = out[np.roll(fixed, 1)]
    return out
