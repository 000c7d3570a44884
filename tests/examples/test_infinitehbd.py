"""The K-hop ring, asked from outside: rings, groups, and servers skipped, against the enumerated cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Design, Session

FILE = Path(__file__).resolve().parents[2] / "examples" / "infinitehbd.hw"
PARTS = "components(**.gpu, plane = [optics, **.optics, **.inside])"


def opened(n: int, k: int, mode: str | None = None) -> tuple[Session, Design | None]:
    session = Session()
    return session, session.open(str(FILE), parameters={"n": str(n), "k": str(k)}, mode=mode)


def answer(n: int, k: int, mode: str | None, query: str) -> str:
    session, design = opened(n, k, mode)
    assert design is not None, session.report()
    result = design.query(query)
    assert result is not None, session.report()
    return result.text


def test_the_default_size() -> None:
    session = Session()
    design = session.open(str(FILE))
    assert design is not None
    for query, text in [("count(HbdAccelerator)", "2880"), ("count(OcsTrx)", "23040"), ("count(links(optics))", "23040"),
                        ("count(cables(optics))", "23040"), ("count(fibres(optics))", "368640"),
                        ("rate(server[0].gpu[0].opt[*][*])", "6400 Gb/s")]:
        result = design.query(query)
        assert result is not None, session.report()
        assert result.text == text, query


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
    assert answer(n, k, mode, PARTS) == text


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
    assert answer(n, k, f"bypass(faulty = {faulty})", PARTS) == str(sorted(sizes + [4] * len(faulty), reverse=True))


@pytest.mark.parametrize(("mode", "code"), [("groups(size = 7)", "HW2004"), ("bypass(faulty = [1, 2, 4, 5])", "HW3202")])
def test_what_the_modules_cannot_do_is_refused(mode: str, code: str) -> None:
    session, design = opened(16, 3, mode)
    assert design is None or design.query(PARTS) is None
    assert code in session.report()


@pytest.mark.parametrize(("n", "k"), [(4, 2), (6, 3), (16, 1), (16, 4)])
def test_too_small_a_ring_is_refused(n: int, k: int) -> None:
    session, _ = opened(n, k)
    assert "HW2004" in session.report()
