"""Hops between endpoints of a network whose vertices make a product, from its factors: distances of a product add.

Each factor by itself: in closed form, else by its quotient, else (where it is one of several, so that it is much smaller than the
whole) written out and searched. Hop counts are exact; no load is computed.
"""

from __future__ import annotations

from hwdsl.ir.space import TooLarge
from hwdsl.query.factored.closed import closed_distances
from hwdsl.query.factored.contract import contract
from hwdsl.query.factored.factors import Factor, factors
from hwdsl.query.factored.polynomial import Polynomial, times
from hwdsl.query.network import Network
from hwdsl.query.quotient import Hops, hops, plan
from hwdsl.query.refusal import Refused

WRITTEN_LIMIT = 10_000
"""Vertices of a factor that is written out: 64 sources to a word, three bits for every two of its vertices."""


def product_hops(net: Network) -> Hops:
    """The hop histogram over ordered pairs of endpoints. Raises Refused if what is left after contraction is not one block of
    relaying vertices, or a factor is too large."""
    if net.exceptions or net.partial or net.flagged:
        raise Refused("what is out of service, or who is chosen, tells vertices apart")
    try:
        c = contract(net)
        found = factors(c.network) if len(c.weight) == 1 else None
        if found is None:
            raise Refused("the network is not one block of vertices that relay")
        total: Polynomial = {0: 1}
        for f in found:
            total = times(total, distances_of(f, len(found) > 1))
    except TooLarge as error:
        raise Refused(f"counting the links of a rule would take {error.points:,} points") from None
    histogram = c.histogram({(0, 0): total})
    n = c.endpoints
    return Hops(histogram, n * (n - 1) - sum(histogram.values()))


def distances_of(f: Factor, written: bool) -> Polynomial:
    """Hops -> ordered pairs of vertices of a factor, a vertex and itself included; `written`: it may be written out. Raises
    Refused."""
    found = closed_distances(f)
    if found is not None:
        return found
    try:
        return {0: f.size, **hops(plan(f.network)).histogram}
    except Refused:
        if not written or f.size > WRITTEN_LIMIT:
            raise
    return _written(f)


def _written(f: Factor) -> Polynomial:
    import numpy as np

    from hwdsl.query.allpairs import histogram
    from hwdsl.query.factored.explicit import Written

    w = Written(f)
    every = np.arange(w.size, dtype=np.int64)
    starts = np.searchsorted(w.tail, np.arange(w.size + 1, dtype=np.int64))
    return {0: w.size, **histogram(starts, w.head, np.ones(w.size, dtype=bool), every)}
