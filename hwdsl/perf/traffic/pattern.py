"""Patterns and phases: the pieces every kind of traffic is made of."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from hwdsl.node import Record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Flows(Record):
    """Flows of one phase: `src`, `dst` int64[F] (ranks), `weight` float64[F] in multiples of the phase's bits.

    No flow goes from a rank to itself.
    """

    src: npt.NDArray[np.int64]
    dst: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]


class Pattern(Record):
    """Who sends to whom in one phase.

    key       what it is, readable; patterns over equally many ranks with one key are the same
    build     makes the flows; None for uniform traffic, in which every ordered pair of distinct ranks sends 1
    matching  no rank sends to, or receives from, more than one other, and every weight is 1
    listed    how many flows `build` makes where that may be many more than ranks (0: about as many as ranks)
    """

    key: str
    build: Callable[[], Flows] | None
    matching: bool = False
    listed: int = 0

    @property
    def uniform(self) -> bool:
        """Whether every ordered pair of distinct ranks sends 1."""
        return self.build is None


class Phase(Record):
    """One step: every flow of the pattern at once, `bits` for weight 1, done `repeat` times one after the other.

    The next step begins when the slowest flow of this one has arrived.
    """

    pattern: Pattern
    bits: Fraction
    repeat: int = 1


UNIFORM = Pattern("every rank to every other", None)


def every_pair(ranks: int) -> Flows:
    """Uniform traffic as a list."""
    import numpy as np

    i = np.arange(ranks, dtype=np.int64)
    return flows(np.repeat(i, ranks), np.tile(i, ranks))


def matching(key: str, src: Callable[[], npt.NDArray[np.int64]], dst: Callable[[], npt.NDArray[np.int64]]) -> Pattern:
    """A pattern of flows of weight 1 in which each rank sends to at most one and receives from at most one other."""
    def build() -> Flows:
        return flows(src(), dst())

    return Pattern(key, build, True)


def flows(src: npt.NDArray[np.int64], dst: npt.NDArray[np.int64],
          weight: npt.NDArray[np.float64] | None = None) -> Flows:
    """Flows without those from a rank to itself and those of weight 0."""
    import numpy as np

    kept = src != dst
    if weight is None:
        weight = np.ones(len(src))
    kept &= weight > 0
    return Flows(src[kept].astype(np.int64), dst[kept].astype(np.int64), weight[kept].astype(np.float64))


def shift(ranks: int, by: int) -> Pattern:
    """Rank i sends to rank i + by, modulo their number."""
    import numpy as np

    def build() -> Flows:
        i = np.arange(ranks, dtype=np.int64)
        return flows(i, (i + by) % ranks)

    return Pattern(f"rank i to i + {by} (mod {ranks})", build, True)


def ring_of_groups(ranks: int, inner: int, size: int) -> Pattern:
    """Rings of `size` ranks that stand `inner` apart: ranks a + inner * (b + size * c) with equal a and c, b to b + 1."""
    import numpy as np

    def build() -> Flows:
        i = np.arange(ranks, dtype=np.int64)
        b = i // inner % size
        return flows(i, i + inner * ((b + 1) % size - b))

    where = f"{ranks // size} rings of {size}" if inner == 1 else f"{ranks // size} rings of {size}, {inner} apart"
    return Pattern(f"next in {where}" if size < ranks else f"next in the ring of {ranks}", build, True)


def listed(key: str, pairs: list[tuple[int, int]], weight: list[float] | None = None) -> Pattern:
    """A pattern from a list of (source, destination)."""
    out, back = [a for a, b in pairs if a != b], [b for a, b in pairs if a != b]
    one = len(set(out)) == len(out) and len(set(back)) == len(back) and (weight is None or set(weight) <= {1.0})

    def build() -> Flows:
        import numpy as np

        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return flows(ends[:, 0], ends[:, 1], None if weight is None else np.array(weight, dtype=np.float64))

    return Pattern(key, build, one)
