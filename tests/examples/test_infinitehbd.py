"""The K-hop ring, asked from outside: rings, groups, and servers skipped, against the enumerated cases."""

from __future__ import annotations

import pytest

from tests.examples.machines import answer, opened, refusal

PARTS = "components(**.gpu, plane = [optics, **.optics, **.inside])"


def test_the_default_size() -> None:
    design = opened("infinitehbd")
    for query, text in [("count(HbdAccelerator)", "2880"), ("count(OcsTrx)", "23040"), ("count(modules(self))", "23040"),
                        ("count(links(optics))", "23040"), ("count(cables(optics))", "23040"),
                        ("count(fibres(optics))", "368640"), ("rate(server[0].gpu[0].opt[*][*])", "6400 Gb/s")]:
        assert answer(design, query) == text, query


CASES = [
    (16, 2, "ring", "[64]"),
    (17, 3, "ring", "[68]"),
    (16, 2, "groups(size = 8)", "[32, 32]"),
    (16, 3, "groups(size = 2)", "[8, 8, 8, 8, 8, 8, 8, 8]"),
    (16, 2, "bypass(faulty = [])", "[64]"),
    (16, 2, "bypass(faulty = [3, 9])", "[56, 4, 4]"),
    (16, 3, "bypass(faulty = [3, 9])", "[56, 4, 4]"),
    (16, 2, "bypass(faulty = [3, 4, 10, 11])", "[28, 20, 4, 4, 4, 4]"),
    (16, 3, "bypass(faulty = [3, 4, 10, 11])", "[48, 4, 4, 4, 4]"),
    (16, 2, "bypass(faulty = [3, 4, 5, 10, 11, 12])", "[24, 16, 4, 4, 4, 4, 4, 4]"),
    (16, 3, "bypass(faulty = [3, 4, 5, 10, 11, 12])", "[24, 16, 4, 4, 4, 4, 4, 4]"),
    (16, 3, "bypass(faulty = [0, 15])", "[56, 4, 4]"),
]


@pytest.mark.parametrize(("n", "k", "mode", "text"), CASES)
def test_what_hangs_together(n: int, k: int, mode: str, text: str) -> None:
    assert answer(opened("infinitehbd", mode, n=n, k=k), PARTS) == text


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("faulty", [[5], [2, 7, 12], [1, 2, 8], [0, 1, 2, 9], [11, 0, 6]])
def test_bypass_is_the_circulant_graph_of_the_healthy_servers(k: int, faulty: list[int]) -> None:
    n = 13
    up = [i for i in range(n) if i not in faulty]
    groups = {i: {i} for i in up}
    for a in up:
        for b in up:
            if min((a - b) % n, (b - a) % n) <= k and groups[a] is not groups[b]:
                groups[a] |= groups[b]
                for i in groups[b]:
                    groups[i] = groups[a]
    sizes = sorted((4 * len(g) for g in {id(g): g for g in groups.values()}.values()), reverse=True)
    found = answer(opened("infinitehbd", f"bypass(faulty = {faulty})", n=n, k=k), PARTS)
    assert found == str(sorted(sizes + [4] * len(faulty), reverse=True))


@pytest.mark.parametrize(("mode", "code"), [("groups(size = 7)", "HW2004"), ("bypass(faulty = [1, 2, 4, 5])", "HW3202")])
def test_what_the_modules_cannot_do_is_refused(mode: str, code: str) -> None:
    assert refusal("infinitehbd", mode, n=16, k=3) == {code}


@pytest.mark.parametrize(("n", "k"), [(4, 2), (6, 3), (16, 1), (16, 4)])
def test_too_small_a_ring_is_refused(n: int, k: int) -> None:
    assert refusal("infinitehbd", n=n, k=k) == {"HW2004"}
