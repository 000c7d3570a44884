"""Random graphs of given degrees, the same on every machine and in every run.

A graph with these degrees is built first (V. Havel 1955, S. L. Hakimi 1962: it exists exactly if this succeeds), then its links
swap ends at random, `a-b, c-d` to `a-d, c-b`, wherever that makes no loop and no second link between two nodes. The swaps reach
every graph of these degrees; how many tries a link are enough is a matter of experience, ten are taken here. A graph of few links
a node may fall into parts.

Random numbers are a function of a seed and a counter: the output mix of SplitMix64 (G. Steele, D. Lea and C. Flood, Fast
splittable pseudorandom number generators, OOPSLA 2014).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
SWAPS_PER_LINK = 10


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def draws(seed: int) -> Iterator[int]:
    """64-bit numbers of a seed: mix(mix(seed) + i * gamma) for i = 1, 2, ..."""
    state = _mix((seed + _GAMMA) & _MASK)
    while True:
        state = (state + _GAMMA) & _MASK
        yield _mix(state)


def simple_graph(degrees: Sequence[int]) -> list[tuple[int, int]] | None:
    """The links of a graph without loops and double links in which node i has degrees[i] links; None if there is none."""
    from heapq import heapify, heappop, heappush

    left = [(-d, node) for node, d in enumerate(degrees) if d]
    heapify(left)
    links = []
    while left:
        need, node = heappop(left)
        if -need > len(left):
            return None
        taken = [heappop(left) for _ in range(-need)]
        for other, mate in taken:
            links.append((node, mate))
            if other < -1:
                heappush(left, (other + 1, mate))
    return links


def random_graph(degrees: Sequence[int], seed: int) -> list[tuple[int, int]] | None:
    """Links (i, j), i < j, ascending, of a random simple graph with these degrees; None if there is none."""
    links = simple_graph(degrees)
    if links is None:
        return None
    near: list[set[int]] = [set() for _ in degrees]
    for a, b in links:
        near[a].add(b)
        near[b].add(a)
    numbers = draws(seed)
    count = len(links)
    for _ in range(SWAPS_PER_LINK * count):
        first, second = next(numbers), next(numbers)
        k, m = (first * count) >> 64, (second * count) >> 64
        a, b = links[k]
        c, d = links[m]
        if first & 1:
            c, d = d, c
        if k == m or a == d or c == b or d in near[a] or b in near[c]:
            continue
        for x, y, new in ((a, b, d), (b, a, c), (c, d, b), (d, c, a)):
            near[x].remove(y)
            near[x].add(new)
        links[k], links[m] = (a, d), (c, b)
    return sorted((min(a, b), max(a, b)) for a, b in links)
