"""Halo exchange and incast."""

from __future__ import annotations

from hwdsl.perf.traffic.pattern import Flows, Pattern, flows


def halo(shape: tuple[int, ...], periodic: bool) -> Pattern:
    """Every rank of a grid (last coordinate fastest) sends to its two neighbours along each axis, all at once.

    At the rim there is nobody beyond unless the grid is periodic; an axis of two has one neighbour, not two.
    """
    def build() -> Flows:
        import numpy as np

        ranks = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
        src, dst = [], []
        for axis, n in enumerate(shape):
            here = np.take(ranks, range(n - 1), axis).reshape(-1)
            there = np.take(ranks, range(1, n), axis).reshape(-1)
            src += [here, there]
            dst += [there, here]
            if periodic and n > 2:
                first = np.take(ranks, 0, axis).reshape(-1)
                last = np.take(ranks, n - 1, axis).reshape(-1)
                src += [first, last]
                dst += [last, first]
        return flows(np.concatenate(src), np.concatenate(dst)) if src else flows(ranks.reshape(-1), ranks.reshape(-1))

    grid = " x ".join(map(str, shape))
    return Pattern(f"neighbours in a {'periodic ' if periodic else ''}grid of {grid}", build)


def incast(ranks: int, root: int) -> Pattern:
    """Every other rank sends to `root`."""
    def build() -> Flows:
        import numpy as np

        src = np.arange(ranks, dtype=np.int64)
        return flows(src, np.full(ranks, root, dtype=np.int64))

    return Pattern(f"{ranks - 1} ranks to rank {root}", build, ranks <= 2)
