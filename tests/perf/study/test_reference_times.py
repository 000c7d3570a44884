"""Times that hand formulas and flow simulation agree on: 72 ranks on one switch, links of 900 GB/s and 250 ns, and a torus."""

from __future__ import annotations

from math import ceil, log2

import pytest
from studying import star, torus

MIB, GIB = 2**20, 2**30


@pytest.mark.parametrize(("study", "small", "large"), [
    ("all_reduce(algorithm = ring, size = each [1 MiB, 1 GiB]);", "7.330e-05", "2.4240e-03"),
    ("all_to_all(size = each [1 MiB, 1 GiB]);", "1.6489e-06", "1.17698e-03"),
    ("all_to_all(schedule = pairwise, size = each [1 MiB, 1 GiB]);", "3.6649e-05", "1.21198e-03"),
    ("all_reduce(algorithm = hierarchical, group = 8, size = each [1 MiB, 1 GiB]);", "1.7298e-05", "2.36795e-03"),
    ("all_reduce(algorithm = hierarchical, group = 9, size = each [1 MiB, 1 GiB]);", "1.7298e-05", "2.36795e-03"),
])
def test_one_switch(study: str, small: str, large: str) -> None:
    found = star(study)
    for p, expected in zip(found, (small, large)):
        digits = len(expected.split("e")[0]) - 2
        assert f"{p.time:.{digits}e}" == expected, p


@pytest.mark.parametrize("n", [2, 3, 7, 8, 12, 16, 72])
def test_formulas_of_the_algorithms(n: int) -> None:
    """a: two links of 250 ns; B = 900 GB/s; V = 1 MiB."""
    a, b, v = 500e-9, 900e9, MIB
    found = {p.algorithm: p.time for p in star(
        "all_reduce(size = 1 MiB, algorithm = each [ring, tree, halving_doubling, in_network, direct]);", n)}
    power = 1 << (n.bit_length() - 1)
    fold = 2 * (a + v / b) if power < n else 0
    assert found == pytest.approx({
        "ring": 2 * (n - 1) * (a + v / (n * b)),
        "tree": 2 * ceil(log2(n)) * (a + v / b),
        "halving_doubling": 2 * log2(power) * a + 2 * (power - 1) / power * v / b + fold,
        "in_network": a + v / b,
        "direct": 2 * (a + (n - 1) / n * v / b),
    }, rel=1e-12)


def test_torus_all_to_all_is_never_below_its_load() -> None:
    [p] = torus(8, "plane = torus; over = node; all_to_all(size = 1 GiB);")
    load = next(b for b in p.bounds if b.name == "load")
    assert f"{load.seconds * 1e3:.2f}" == "21.47"
    assert p.time is not None
    assert p.time >= load.seconds
    assert p.level == "L0"
    assert p.question.endpoints == "relay"


def test_dimension_wise_rings_of_a_torus_use_their_links() -> None:
    """Rings along each axis: every step goes over one link, so 6 (n - 1) steps of 250 ns."""
    [p] = torus(4, "plane = torus; over = node; all_reduce(size = 1 GiB, algorithm = hierarchical);")
    assert p.latency == pytest.approx(2 * 3 * 3 * 250e-9)
    assert p.transfer == pytest.approx(2 * (64 - 1) / 64 * GIB / 50e9)


def test_relays_that_store_packets_take_each_of_them_whole() -> None:
    """Two links through one switch: 4,500 B over 900 GB/s is 5 ns more; in a torus one for each chip on the way."""
    [plain], [stored] = star("all_to_all(size = 1 MiB);"), star("all_to_all(size = 1 MiB, packet = 4_500 B);")
    assert stored.latency - plain.latency == pytest.approx(5e-9, rel=1e-12)
    assert stored.transfer == plain.transfer
    assert stored.assumed.endswith("relays store packets of 4500 B before they forward them")
    [plain], [stored] = torus(8, "all_to_all(size = 1 GiB);"), torus(8, "all_to_all(size = 1 GiB, packet = 500 B);")
    assert stored.latency - plain.latency == pytest.approx(11 * 500 / 50e9, rel=1e-12)
