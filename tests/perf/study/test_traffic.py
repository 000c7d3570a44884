"""Traffic beside collectives: permutations, neighbours, experts, matrices."""

from __future__ import annotations

from math import comb
from pathlib import Path

import numpy as np
import pytest
from studying import STAR, session_of, star

from hwdsl.perf.traffic import Pattern
from hwdsl.perf.traffic.experts import Experts, copies, dispatch, held
from hwdsl.perf.traffic.matrices import BadMatrix, checked, read, rounds, weighted
from hwdsl.perf.traffic.neighbours import halo, incast
from hwdsl.perf.traffic.permutations import permutation


def pairs(p: Pattern) -> list[tuple[int, int]]:
    assert p.build is not None
    f = p.build()
    return sorted(zip(f.src.tolist(), f.dst.tolist()))


@pytest.mark.parametrize(("kind", "n", "target"), [
    ("shift", 6, lambda i: (i + 2) % 6), ("opposite", 6, lambda i: (i + 3) % 6),
    ("bit_reversal", 8, lambda i: int(f"{i:03b}"[::-1], 2)), ("transpose", 9, lambda i: i % 3 * 3 + i // 3)])
def test_permutations(kind: str, n: int, target: object) -> None:
    assert callable(target)
    assert pairs(permutation(kind, n, 2, 0)) == [(i, target(i)) for i in range(n) if target(i) != i]


@pytest.mark.parametrize(("kind", "n"), [("opposite", 7), ("bit_reversal", 12), ("transpose", 12)])
def test_permutations_that_the_number_of_ranks_does_not_allow(kind: str, n: int) -> None:
    with pytest.raises(ValueError, match=str(n)):
        permutation(kind, n, 1, 0)


@pytest.mark.parametrize("n", [2, 3, 5, 64])
def test_random_permutations_move_everybody_and_repeat(n: int) -> None:
    for seed in range(20):
        found = pairs(permutation("random", n, 0, seed))
        assert len(found) == n
        assert sorted(t for _, t in found) == list(range(n))
        assert found == pairs(permutation("random", n, 0, seed))
    assert n == 2 or len({tuple(pairs(permutation("random", n, 0, seed))) for seed in range(20)}) > 1


@pytest.mark.parametrize(("shape", "periodic"), [
    ((4,), True), ((4,), False), ((2, 3), True), ((3, 4, 5), True), ((3, 1, 2), False)])
def test_halo_against_loops(shape: tuple[int, ...], periodic: bool) -> None:
    n = int(np.prod(shape))
    expected = set()
    for rank in range(n):
        at = list(np.unravel_index(rank, shape))
        for axis, extent in enumerate(shape):
            for step in (-1, 1):
                to = list(at)
                to[axis] += step
                if periodic:
                    to[axis] %= extent
                if 0 <= to[axis] < extent and to != at:
                    expected.add((rank, int(np.ravel_multi_index(to, shape))))
    assert pairs(halo(shape, periodic)) == sorted(expected)


def test_incast_takes_the_receiver_s_link() -> None:
    assert pairs(incast(4, 2)) == [(0, 2), (1, 2), (3, 2)]
    [p] = star("incast(size = 1 MiB, root = gpu[5]);", 9)
    assert p.time == pytest.approx(500e-9 + 8 * 2**20 / 900e9)
    assert p.tiers[0].label == "sw -> gpu"


# ---------------------------------------------------------------- experts
@pytest.mark.parametrize("placement", ["round_robin", "blocked"])
@pytest.mark.parametrize(("experts", "ranks"), [(8, 4), (10, 4), (3, 5), (256, 32)])
def test_experts_are_placed_all_and_evenly(experts: int, ranks: int, placement: str) -> None:
    found = held(Experts(experts, 1, placement, 1.0, False), ranks)
    assert sum(found) == experts
    assert max(found) - min(found) <= 1


def test_copies_of_a_token() -> None:
    plain = Experts(16, 4, "blocked", 1.0, False)
    assert sum(copies(plain, 4)) == pytest.approx(4)
    once = Experts(16, 4, "blocked", 1.0, True)
    assert copies(once, 4) == pytest.approx([1 - comb(12, 4) / comb(16, 4)] * 4)
    uneven = copies(Experts(16, 4, "blocked", 2.5, False), 4)
    assert uneven[0] == pytest.approx(2.5)
    assert sum(uneven) == pytest.approx(4)
    assert uneven[1:] == pytest.approx([0.5] * 3)


def test_dispatch_and_combine_are_each_other_s_reverse() -> None:
    layer = Experts(10, 2, "blocked", 1.5, False)
    there, back = dispatch(layer, 4, False), dispatch(layer, 4, True)
    assert there[1] == back[1]
    assert there[0].build is not None
    assert back[0].build is not None
    x, y = there[0].build(), back[0].build()
    assert sorted(zip(x.src, x.dst, x.weight)) == sorted(zip(y.dst, y.src, y.weight))


def test_balanced_dispatch_is_uniform_and_symbolic() -> None:
    [p] = star("moe_dispatch(experts = 256, top_k = 8, tokens = 128, hidden = 7168, overhead = 240 B);", 32)
    assert p.level == "L0"
    assert p.time == pytest.approx(500e-9 + 128 * 8 * (7168 + 240) * 31 / 32 / 900e9)
    [p] = star("moe_combine(experts = 256, top_k = 8, tokens = 128, hidden = 7168);", 32)
    assert p.time == pytest.approx(500e-9 + 128 * 8 * 7168 * 2 * 31 / 32 / 900e9)


def test_an_overloaded_rank_makes_everybody_wait() -> None:
    [p] = star("moe_dispatch(experts = 64, top_k = 8, tokens = 100, hidden = 1000, imbalance = 1.5);", 32)
    assert p.transfer == pytest.approx(31 * 100 * 8 / 32 * 1.5 * 1000 / 900e9)


# ---------------------------------------------------------------- matrices
def test_matrices_are_read_from_csv_and_npz(tmp_path: Path) -> None:
    m = np.array([[5.0, 1.0, 2.0], [3.0, 0.0, 0.5], [0.0, 1e6, 9.0]])
    np.savetxt(tmp_path / "m.csv", m, delimiter=",")
    np.savez(tmp_path / "m.npz", m=m)
    np.save(tmp_path / "m.npy", m)
    for name in ("m.csv", "m.npz", "m.npy"):
        assert np.array_equal(read(str(tmp_path / name), 3), m)
    pattern, scale = weighted("m", m)
    assert scale == 1e6
    assert pattern.build is not None
    f = pattern.build()
    again = np.zeros((3, 3))
    again[f.src, f.dst] = f.weight * scale
    assert again == pytest.approx(m - np.diag(np.diag(m)))
    total = sum(float(p.build().weight.sum()) * s for p, s in rounds("m", m) if p.build is not None)
    assert total == pytest.approx(m.sum() - np.trace(m))


@pytest.mark.parametrize(("text", "problem"), [
    ("", "empty"), ("1,2\n3\n", "row 2 has 1 entries"), ("1,2,3\n4,5,6\n", "square"), ("0,1\n2,0\n", "3 endpoints"),
    ("0,1,2\n3,nan,4\n5,6,0\n", "not a number"), ("0,1,2\n3,0,-4\n5,-6,0\n", "negative (-4), and so are 1 more"),
    ("0,1,2\n3,0,inf\n5,6,0\n", "infinite"), ("0,1,x\n3,0,1\n5,6,0\n", "`x` is not a number"), ("\0\0", "is not a number")])
def test_bad_matrices(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(BadMatrix) as raised:
        read(str(tmp_path / "m.csv"), 3)
    assert problem in raised.value.problem


def test_bad_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=np.zeros((2, 2)), b=np.zeros((2, 2)))
    (tmp_path / "text.npz").write_text("no archive")
    np.savez(tmp_path / "words.npz", a=np.array([["x", "y"], ["z", "w"]]))
    for name, problem in (("two.npz", "holds `a`, `b`"), ("text.npz", "not a file of one"), ("words.npz", "not a file of one")):
        with pytest.raises(BadMatrix, match=problem):
            read(str(tmp_path / name), 2)
    with pytest.raises(BadMatrix, match="single number"):
        checked(np.array(1.0), 2)


def test_all_to_all_v(tmp_path: Path) -> None:
    m = np.array([[0, 1e6, 2e6], [3e6, 0, 0], [0, 0, 0]])
    [p] = star(f"all_to_all_v(matrix = {[list(map(int, row)) for row in m]});", 3)
    assert p.time == pytest.approx(500e-9 + 3e6 / 900e9)
    [p] = star(f"all_to_all_v(matrix = {[list(map(int, row)) for row in m]}, schedule = pairwise);", 3)
    assert p.time == pytest.approx(2 * 500e-9 + (1e6 + 3e6) / 900e9)
    assert p.question.schedule.startswith("pairwise rounds")


def test_a_matrix_is_looked_for_beside_the_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hwdsl.api import Session
    from hwdsl.perf.study.run import run_studies
    monkeypatch.chdir(tmp_path.parent)
    (tmp_path / "m.csv").write_text("0,9e5\n0,0\n")
    study = 'study s { all_to_all_v(matrix = each ["m.csv", "n.csv"]); }'
    (tmp_path / "d.hw").write_text(STAR.replace("N]", "2]").replace("..N", "..2") + study)
    session = Session(cache_dir=None)
    design = session.open(str(tmp_path / "d.hw"))
    assert design is not None
    [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert result.predictions[0].transfer == pytest.approx(9e5 / 900e9)
    assert [d.code for d in session.diagnostics.items] == ["HW6005"]
    assert "`n.csv` cannot be read: No such file" in session.diagnostics.items[0].message


def test_a_matrix_of_what_stays_at_home_is_refused() -> None:
    session, result = session_of("""
link Wire { lanes = 1; raw = 1 Gb/s; net = 1 Gb/s; latency = 0 ns; }
chip Gpu { port x: Wire; }
system Two { part gpu: Gpu[2]; connect gpu[0].x <-> gpu[1].x; }
design = Two;
study s { all_to_all_v(matrix = [[7, 0], [0, 7]]); }
""")
    assert [p.outcome for p in result.predictions] == ["refused"]
    assert [d.code for d in session.diagnostics.items] == ["HW6009"]


def test_a_list_of_targets() -> None:
    [p] = star("permutation(targets = [1, 0, 2, 2], size = 9 MB);", 4)
    assert p.transfer == pytest.approx(10e-6)
    assert p.algorithm == "list"
