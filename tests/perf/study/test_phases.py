"""Collectives as phases: they move what they must, and everybody ends with what they are for."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from hwdsl.perf.traffic import Pattern, Phase
from hwdsl.perf.traffic.collectives import ALGORITHMS, HIERARCHICAL, binary_tree, binomial, halving, tree_depth
from hwdsl.perf.traffic.pattern import shift

V = Fraction(5040)
SIZES = [2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 31, 33]


def sent(phases: list[Phase], ranks: int) -> tuple[np.ndarray, np.ndarray]:
    """(bits that each rank sends, receives) in all."""
    out, back = np.zeros(ranks), np.zeros(ranks)
    for p in phases:
        each = float(p.bits) * p.repeat
        if p.pattern.build is None:
            out += each * (ranks - 1)
            back += each * (ranks - 1)
            continue
        f = p.pattern.build()
        out += np.bincount(f.src, f.weight, ranks) * each
        back += np.bincount(f.dst, f.weight, ranks) * each
    return out, back


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("collective", "algorithm"), [(c, a) for c, of in ALGORITHMS.items() for a in of])
def test_a_phase_marked_as_a_matching_is_one(collective: str, algorithm: str, n: int) -> None:
    for p in ALGORITHMS[collective][algorithm](n, V):
        if p.pattern.build is None:
            continue
        f = p.pattern.build()
        assert (f.src != f.dst).all()
        assert ((f.src >= 0) & (f.src < n) & (f.dst >= 0) & (f.dst < n)).all()
        one = max(np.bincount(f.src).max(), np.bincount(f.dst).max()) <= 1 and (f.weight == 1).all()
        assert not p.pattern.matching or one


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("algorithm", "times"), [("ring", 2), ("direct", 2)])
def test_bandwidth_optimal_all_reduce(algorithm: str, times: int, n: int) -> None:
    out, back = sent(ALGORITHMS["all_reduce"][algorithm](n, V), n)
    assert out == pytest.approx(np.full(n, float(times * V * (n - 1) / n)))
    assert back == pytest.approx(out)


@pytest.mark.parametrize("levels", [(4, 3), (2, 2, 3), (12,), (6, 1, 2)])
def test_hierarchical_moves_as_much_as_one_ring(levels: tuple[int, ...]) -> None:
    out, _ = sent(HIERARCHICAL["all_reduce"](12, V, levels), 12)
    assert out == pytest.approx(np.full(12, float(2 * V * 11 / 12)))
    scatter, _ = sent(HIERARCHICAL["reduce_scatter"](12, V, levels), 12)
    assert 2 * scatter == pytest.approx(out)


@pytest.mark.parametrize("n", SIZES)
def test_no_collective_moves_less_than_its_bound(n: int) -> None:
    need = {"all_reduce": 2 * V * (n - 1) / n, "all_gather": V * (n - 1) / n, "reduce_scatter": V * (n - 1) / n,
            "all_to_all": V * (n - 1) / n, "broadcast": V}
    for collective, algorithms in ALGORITHMS.items():
        for name, make in algorithms.items():
            out, back = sent(make(n, V), n)
            assert max(out.max(), back.max()) >= float(need[collective]) * (1 - 1e-9), (collective, name)


@pytest.mark.parametrize("n", SIZES)
def test_a_binomial_tree_reaches_everybody_once(n: int) -> None:
    informed = {0}
    for p in binomial(n, True):
        assert p.build is not None
        f = p.build()
        assert set(f.src.tolist()) <= informed
        assert not set(f.dst.tolist()) & informed
        informed |= set(f.dst.tolist())
    assert informed == set(range(n))


@pytest.mark.parametrize("n", SIZES)
def test_halving_and_doubling_mix_all_contributions(n: int) -> None:
    """Every rank's sum holds every contribution after the halving and the doubling."""
    knows = [{i} for i in range(n)]
    for p in (*halving(n, V, False), *halving(n, V, True)):
        assert p.pattern.build is not None
        f = p.pattern.build()
        before = [set(k) for k in knows]
        for s, t in zip(f.src.tolist(), f.dst.tolist()):
            knows[t] |= before[s]
    assert all(k == set(range(n)) for k in knows)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("tree", [0, 1])
def test_binary_trees_span_the_ranks(n: int, tree: int) -> None:
    parent = dict(binary_tree(n, tree))
    assert len(parent) == n - 1
    for rank in parent:
        seen = {rank}
        while rank in parent:
            rank = parent[rank]
            assert rank not in seen
            seen.add(rank)
    assert max(np.bincount(list(parent.values()))) <= 2
    assert tree_depth(n) <= n.bit_length()


@pytest.mark.parametrize("n", [4, 6, 8, 12, 16])
def test_who_is_inside_one_binary_tree_is_a_leaf_of_the_other(n: int) -> None:
    inside = [set(dict(binary_tree(n, tree)).values()) for tree in (0, 1)]
    assert len(inside[0] & inside[1]) <= 1


def test_equal_keys_are_equal_patterns() -> None:
    """Loads are kept by key: a key must say everything."""
    seen: dict[str, Pattern] = {}
    for n in (8, 12):
        for algorithms in ALGORITHMS.values():
            for make in algorithms.values():
                for p in make(n, V):
                    other = seen.setdefault(p.pattern.key, p.pattern)
                    if other.build is None or p.pattern.build is None:
                        assert other.build is p.pattern.build
                        continue
                    x, y = other.build(), p.pattern.build()
                    assert np.array_equal(x.src, y.src)
                    assert np.array_equal(x.dst, y.dst)
    assert shift(8, 3).key != shift(9, 3).key
