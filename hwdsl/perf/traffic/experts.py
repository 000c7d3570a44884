"""Mixture of experts: which rank's tokens go to which rank.

Each of a rank's tokens chooses `top_k` of `experts` experts, each as likely as the other but for the imbalance, and travels to
the ranks that hold them; what stays on its rank costs nothing on the network. Expected sizes are routed, no random draw.
"""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from hwdsl.node import Record, replace
from hwdsl.perf.traffic.pattern import UNIFORM, Flows, Pattern, flows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PLACEMENTS = ("round_robin", "blocked")
MOST_EXPERTS = 1_000_000
"""Experts of the largest layer: one factor each of the chance that a token misses a rank."""


class Experts(Record):
    """A dispatch or combine.

    experts, top_k  experts of the layer, and how many of them a token visits
    placement       expert e on rank e mod N (`round_robin`), or on rank floor(e N / experts) (`blocked`)
    imbalance       load of the busiest rank (rank 0) over the mean load, 1 for none; the others share the rest alike
    deduplicated    a token goes to a rank once, however many of its experts are there
    """

    experts: int
    top_k: int
    placement: str
    imbalance: float
    deduplicated: bool


def held(layer: Experts, ranks: int) -> list[int]:
    """Experts on each rank."""
    if layer.placement == "round_robin":
        return [(layer.experts + ranks - 1 - r) // ranks for r in range(ranks)]
    first = [-(-r * layer.experts // ranks) for r in range(ranks + 1)]
    return [b - a for a, b in pairwise(first)]


def missed(layer: Experts, here: int) -> float:
    """Chance that none of the experts a token chooses is among `here` of them: C(E - h, k) / C(E, k)."""
    few, many = sorted((here, layer.top_k))
    return prod(max(0, layer.experts - many - i) / (layer.experts - i) for i in range(few))


def least_imbalance(layer: Experts, ranks: int) -> float:
    """The least load of rank 0 over the mean at which no other rank has more: above 1 where experts are not spread evenly."""
    out = copies(replace(layer, imbalance=1.0), ranks)
    most = max(out[1:], default=0.0)
    return ranks * most / (sum(out[1:]) + most) if most else float(ranks)


def copies(layer: Experts, ranks: int) -> list[float]:
    """Expected copies of one token that go to each rank; with an imbalance of at least `least_imbalance`, or 1 for as placed."""
    if layer.deduplicated:
        here = held(layer, ranks)
        chance = {h: 1 - missed(layer, h) for h in set(here)}
        out = [chance[h] for h in here]
    else:
        out = [layer.top_k * h / layer.experts for h in held(layer, ranks)]
    if layer.imbalance == 1 or ranks < 2 or not sum(out[1:]):
        return out
    total = sum(out)
    first = total / ranks * layer.imbalance
    rest = sum(out[1:])
    return [first, *(x * (total - first) / rest for x in out[1:])]


def dispatch(layer: Experts, ranks: int, back: bool) -> tuple[Pattern, float]:
    """(pattern, copies of a token behind a flow of weight 1): tokens to experts, or their results `back`."""
    each = copies(layer, ranks)
    name = "combine" if back else "dispatch"
    if max(each) == min(each):
        return UNIFORM, each[0]

    def build() -> Flows:
        return _all_pairs(each, ranks, back)

    scale = max(each)
    each = [x / scale for x in each]
    key = (f"{name} of {layer.experts} experts, top {layer.top_k}, {layer.placement}, imbalance {layer.imbalance:g}"
           f"{', each rank once' if layer.deduplicated else ''}, over {ranks} ranks")
    return Pattern(key, build, False, ranks * ranks), scale


def _all_pairs(each: list[float], ranks: int, back: bool) -> Flows:
    import numpy as np

    src = np.repeat(np.arange(ranks, dtype=np.int64), ranks)
    dst = np.tile(np.arange(ranks, dtype=np.int64), ranks)
    weight: npt.NDArray[np.float64] = np.tile(np.array(each), ranks)
    return flows(dst, src, weight) if back else flows(src, dst, weight)
