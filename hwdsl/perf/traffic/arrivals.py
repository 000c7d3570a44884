"""Flows that arrive at random: a Poisson process, from a counter-based generator (one seed, one list, whatever the machine).

Flow k draws its gap to the one before, its source, its destination and its size from the words (seed, k, 0 .. 3) alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.perf.traffic.permutations import derangement
from hwdsl.perf.traffic.trace import TimedFlows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PATTERNS = ("uniform", "permutation", "incast")
SIZES = ("fixed", "exponential")


def uniform_numbers(seed: int, count: int, stream: int) -> npt.NDArray[np.float64]:
    """float64[count] in [0, 1): number k depends on (seed, k, stream) alone."""
    import numpy as np

    from hwdsl.perf.flat.hashing import GOLDEN, MASK, keys, mixed

    # a seed of its own: hashed routing draws the ports of flow k from the words of (seed, k)
    words = mixed(keys(seed ^ 0x41525256, np.arange(count, dtype=np.int64)) + np.uint64((stream + 1) * GOLDEN & MASK))
    out: npt.NDArray[np.float64] = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return out


def arrivals(sends: npt.NDArray[np.float64], takes: npt.NDArray[np.float64], load: float, size: float, count: int, seed: int,
             pattern: str = "uniform", sizes: str = "fixed", root: int = 0) -> TimedFlows:
    """`count` flows among N endpoints.

    sends, takes  bit/s that each endpoint can send and take, float64[N]
    load          of these rates, on average; of what the root can take, for an incast
    size          bits of a flow, on average; `sizes` "fixed", or "exponential" (drawn)
    pattern       "uniform": to any other endpoint; "permutation": always to the same one, drawn once; "incast": all to `root`
    """
    import numpy as np

    n = len(sends)
    weight = np.where(np.arange(n) == root, 0.0, sends) if pattern == "incast" else sends
    up_to = np.cumsum(weight)
    total = load * float(takes[root] if pattern == "incast" else up_to[-1])
    begin = np.cumsum(-np.log1p(-uniform_numbers(seed, count, 0))) * (size / total)
    last = int(np.flatnonzero(weight)[-1])
    src = np.minimum(np.searchsorted(up_to, uniform_numbers(seed, count, 1) * up_to[-1], side="right"), last).astype(np.int64)
    if pattern == "incast":
        dst = np.full(count, root, dtype=np.int64)
    elif pattern == "permutation":
        dst = derangement(n, seed)[src]
    else:
        other = np.floor(uniform_numbers(seed, count, 2) * (n - 1)).astype(np.int64)
        dst = other + (other >= src)
    drawn = np.full(count, size) if sizes == "fixed" else -np.log1p(-uniform_numbers(seed, count, 3)) * size
    return TimedFlows(src, dst, np.maximum(drawn, 1.0), begin, total / n)
