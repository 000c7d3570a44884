"""Max-min fair rates of flow classes, exactly: what symmetry leaves of a large problem is a handful of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction


def class_rates(capacity: Sequence[Fraction], use: Sequence[Mapping[int, Fraction]]) -> list[Fraction | None]:
    """Rate of one flow of each class; None for a class that uses no link and so has no limit.

    capacity  of one link of each link class
    use       for each flow class, what its flows together put on ONE link of a link class when each of them runs at rate 1

    All links of a class must carry the same (one orbit of a symmetry); then all flows of a class get the same rate, and filling
    classes is filling flows. Raises ValueError for a negative capacity or use.
    """
    if any(c < 0 for c in capacity) or any(w < 0 for u in use for w in u.values()):
        raise ValueError("capacities and uses are not negative")
    rates: list[Fraction | None] = [None] * len(use)
    left = [Fraction(c) for c in capacity]
    weight = [Fraction(0)] * len(left)
    open_classes = {f for f, u in enumerate(use) if any(u.values())}
    for f in open_classes:
        for link, w in use[f].items():
            weight[link] += w
    while open_classes:
        level = min(left[k] / w for k, w in enumerate(weight) if w)
        full = {k for k, w in enumerate(weight) if w and left[k] / w == level}
        for f in sorted(f for f in open_classes if any(use[f].get(k) for k in full)):
            rates[f] = level
            open_classes.discard(f)
            for link, w in use[f].items():
                left[link] -= w * level
                weight[link] -= w
    return rates
