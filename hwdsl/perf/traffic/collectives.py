"""Collectives as phases, by algorithm.

`size` is the size of the larger buffer of a rank, in bits, as benchmarks print it: the vector of an all-reduce or broadcast, the
gathered vector of an all-gather, the vector before a reduce-scatter, what a rank sends in all in an all-to-all (to itself too).

  ring                2 (N - 1) steps of size / N around the ring of ranks
  tree                binomial: ceil(log2 N) steps of the whole vector, for all-reduce up and then down
  double_tree         two binary trees over half the vector each, in pieces so small that all edges are busy at once
  halving_doubling    recursive halving, distance doubling; a number of ranks that is no power of two is folded first
  hierarchical        rings level by level: reduce-scatter outward, all-gather back
  direct              everybody with everybody at once
  pairwise            rounds of rank i with i + k
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hwdsl.perf.traffic.pattern import UNIFORM, Flows, Pattern, Phase, flows, matching, ring_of_groups, shift

Plan = list[Phase]


def ring_all_reduce(ranks: int, size: Fraction) -> Plan:
    """Reduce-scatter and all-gather around one ring."""
    return [Phase(ring_of_groups(ranks, 1, ranks), size / ranks, 2 * (ranks - 1))]


def ring_once(ranks: int, size: Fraction) -> Plan:
    """All-gather or reduce-scatter around one ring."""
    return [Phase(ring_of_groups(ranks, 1, ranks), size / ranks, ranks - 1)]


def binomial(ranks: int, down: bool) -> list[Pattern]:
    """Steps of a binomial tree with root 0: towards the root, or down from it."""
    import numpy as np

    out = []
    for k in range((ranks - 1).bit_length()):
        step = 1 << k

        def children(step: int = step) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
            return np.arange(step, ranks, 2 * step, dtype=np.int64)

        def parents(step: int = step) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
            return np.arange(step, ranks, 2 * step, dtype=np.int64) - step

        way = "parent to child" if down else "child to parent"
        ends = (parents, children) if down else (children, parents)
        out.append(matching(f"binomial tree, {way} at distance {step} of {ranks}", *ends))
    return out[::-1] if down else out


def tree_all_reduce(ranks: int, size: Fraction) -> Plan:
    """Reduce to rank 0 and broadcast from it, whole vectors."""
    return [Phase(p, size) for p in (*binomial(ranks, False), *binomial(ranks, True))]


def tree_broadcast(ranks: int, size: Fraction) -> Plan:
    """From rank 0, whole vectors."""
    return [Phase(p, size) for p in binomial(ranks, True)]


def tree_gather(ranks: int, size: Fraction) -> Plan:
    """Parts to rank 0 along a binomial tree, and the whole back: an all-gather (reversed in time, a reduce-scatter)."""
    up = []
    for k, p in enumerate(binomial(ranks, False)):
        up.append(Phase(p, size * min(1 << k, ranks) / ranks))
    return [*up, *(Phase(p, size) for p in binomial(ranks, True))]


def double_tree(ranks: int, size: Fraction) -> Plan:
    """Both trees, both directions at once; the depth, which the first piece must go down and up, is charged by `filling`."""
    def build() -> Flows:
        import numpy as np

        ends = [(c, p) for tree in (0, 1) for c, p in binary_tree(ranks, tree)]
        up = np.array(ends, dtype=np.int64).reshape(-1, 2)
        return flows(np.concatenate([up[:, 0], up[:, 1]]), np.concatenate([up[:, 1], up[:, 0]]))

    return [Phase(Pattern(f"both binary trees of {ranks}, up and down", build), size / 2)]


def binary_tree(ranks: int, tree: int) -> list[tuple[int, int]]:
    """(child, parent) of tree 0, a binary tree in in-order with rank 0 on top, or of tree 1: tree 0 shifted by one rank for odd
    numbers of ranks and mirrored for even ones, so that who is inside one tree is a leaf of the other."""
    out = []
    for rank in range(1, ranks):
        bit = rank & -rank
        parent = (rank ^ bit) | (bit << 1)
        if parent >= ranks:
            parent = rank ^ bit
        out.append((rank, parent))
    if not tree:
        return out
    name: Callable[[int], int] = (lambda r: (r + 1) % ranks) if ranks % 2 else (lambda r: ranks - 1 - r)
    return [(name(c), name(p)) for c, p in out]


def tree_depth(ranks: int) -> int:
    """Edges from the root of the binary trees to the deepest leaf."""
    parent = dict(binary_tree(ranks, 0))
    depth = 0
    for rank in parent:
        steps, at = 0, rank
        while at:
            at, steps = parent[at], steps + 1
        depth = max(depth, steps)
    return depth


def _exchange(ranks: int, power: int, bit: int) -> Pattern:
    """Rank i with rank i xor bit, among the first `power` ranks."""
    import numpy as np

    def ends() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.arange(power, dtype=np.int64)

    def partners() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.arange(power, dtype=np.int64) ^ bit

    return matching(f"rank i with i xor {bit}, among {power} of {ranks}", ends, partners)


def _fold(ranks: int, power: int, back: bool) -> Pattern:
    """The ranks beyond the power of two to their stand-ins, or back."""
    import numpy as np

    def extra() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.arange(power, ranks, dtype=np.int64)

    def stand_in() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.arange(power, ranks, dtype=np.int64) - power

    ends = (stand_in, extra) if back else (extra, stand_in)
    return matching(f"fold: {ranks - power} ranks beyond {power}" + (", back" if back else ""), *ends)


def halving(ranks: int, size: Fraction, back: bool) -> Plan:
    """Recursive halving with distance doubling (a reduce-scatter), or the doubling that undoes it (an all-gather)."""
    steps = ranks.bit_length() - 1
    power = 1 << steps
    out = [Phase(_exchange(ranks, power, 1 << k), size / (2 << k)) for k in range(steps)]
    if power < ranks:
        out.insert(0, Phase(_fold(ranks, power, back), size))
    return out[::-1] if back else out


def halving_all_reduce(ranks: int, size: Fraction) -> Plan:
    """Halving, then doubling."""
    return [*halving(ranks, size, False), *halving(ranks, size, True)]


def halving_scatter(ranks: int, size: Fraction) -> Plan:
    """A reduce-scatter. With a fold, the stand-ins return what is theirs to the folded ranks: one part of the vector."""
    out = halving(ranks, size, False)
    power = 1 << (ranks.bit_length() - 1)
    return out if power == ranks else [*out, Phase(_fold(ranks, power, True), size / ranks)]


def doubling_gather(ranks: int, size: Fraction) -> Plan:
    """An all-gather. With a fold, the folded ranks give their part first and receive the whole at the end."""
    out = halving(ranks, size, True)
    power = 1 << (ranks.bit_length() - 1)
    return out if power == ranks else [Phase(_fold(ranks, power, False), size / ranks), *out]


def hierarchical_all_reduce(ranks: int, size: Fraction, levels: tuple[int, ...]) -> Plan:
    """Rings by level, innermost first: reduce-scatter on each level but the last, all-reduce there, all-gather back."""
    out = hierarchical_scatter(ranks, size, levels)
    return [*out, *out[::-1]]


def hierarchical_scatter(ranks: int, size: Fraction, levels: tuple[int, ...]) -> Plan:
    """A reduce-scatter by rings on each level, innermost first; read backward, an all-gather."""
    out, inner, share = [], 1, size
    for n in levels:
        if n > 1:
            out.append(Phase(ring_of_groups(ranks, inner, n), share / n, n - 1))
        inner, share = inner * n, share / n
    return out


def hierarchical_gather(ranks: int, size: Fraction, levels: tuple[int, ...]) -> Plan:
    """An all-gather by rings on each level, outermost first."""
    return hierarchical_scatter(ranks, size, levels)[::-1]


def direct_all_reduce(ranks: int, size: Fraction) -> Plan:
    """Every rank sends every other its part, sums up, and sends the sum to every other."""
    return [Phase(UNIFORM, size / ranks, 2)]


def direct_once(ranks: int, size: Fraction) -> Plan:
    """All-gather, reduce-scatter or all-to-all with everybody at once."""
    return [Phase(UNIFORM, size / ranks)]


def direct_broadcast(ranks: int, size: Fraction) -> Plan:
    """Rank 0 sends the whole vector to every other at once."""
    return [Phase(one_to_all(ranks), size)]


def scatter_gather_broadcast(ranks: int, size: Fraction) -> Plan:
    """Scatter along a binomial tree, all-gather around the ring."""
    steps = (ranks - 1).bit_length()
    down = [Phase(p, size * min(1 << (steps - 1 - k), ranks) / ranks) for k, p in enumerate(binomial(ranks, True))]
    return [*down, *ring_once(ranks, size)]


def one_to_all(ranks: int) -> Pattern:
    """Rank 0 to every other."""
    def build() -> Flows:
        import numpy as np

        return flows(np.zeros(ranks - 1, dtype=np.int64), np.arange(1, ranks, dtype=np.int64))

    return Pattern(f"rank 0 to the other {ranks - 1}", build, ranks <= 2)


def pairwise(ranks: int, size: Fraction) -> Plan:
    """Round k = 1 .. N - 1: rank i to i + k."""
    return [Phase(shift(ranks, k), size / ranks) for k in range(1, ranks)]


ALGORITHMS: dict[str, dict[str, Callable[[int, Fraction], Plan]]] = {
    "all_reduce": {"ring": ring_all_reduce, "tree": tree_all_reduce, "double_tree": double_tree,
                   "halving_doubling": halving_all_reduce, "direct": direct_all_reduce},
    "all_gather": {"ring": ring_once, "tree": tree_gather, "halving_doubling": doubling_gather, "direct": direct_once},
    "reduce_scatter": {"ring": ring_once, "tree": tree_gather, "halving_doubling": halving_scatter, "direct": direct_once},
    "broadcast": {"tree": tree_broadcast, "ring": scatter_gather_broadcast, "direct": direct_broadcast},
    "all_to_all": {"direct": direct_once, "pairwise": pairwise},
}
"""Phases of each collective by algorithm, from (ranks, size in bits)."""

HIERARCHICAL: dict[str, Callable[[int, Fraction, tuple[int, ...]], Plan]] = {
    "all_reduce": hierarchical_all_reduce, "all_gather": hierarchical_gather, "reduce_scatter": hierarchical_scatter}
"""Phases of those that go level by level, from (ranks, size in bits, sizes of the levels, innermost first)."""

IN_NETWORK = ("all_reduce", "broadcast")
"""Collectives that switches can do on the way (algorithm `in_network`)."""

DEFAULT_ALGORITHM = {"all_reduce": "ring", "all_gather": "ring", "reduce_scatter": "ring", "broadcast": "tree",
                     "all_to_all": "direct"}
ONE_MESSAGE = ("ring", "tree", "halving_doubling", "hierarchical", "pairwise")
"""Algorithms in which a rank sends one message at a time."""


def bus_factor(collective: str, ranks: int) -> Fraction:
    """What a rank must send and receive in relation to `size`: algorithm bandwidth times this is what benchmarks call bus
    bandwidth."""
    part = Fraction(ranks - 1, ranks)
    return {"all_reduce": 2 * part, "broadcast": Fraction(1)}.get(collective, part)
