"""The TPU v4 pod, asked from outside: published counts, and the tori its optical switches make."""

from __future__ import annotations

import pytest

from tests.examples.machines import answer, opened, refusal

NET = "plane = **.torus"
POD, LONG, TWIST = "slice(i = 4, j = 4, k = 4)", "slice(i = 1, j = 1, k = 2)", "twisted(n = 4)"

CASES = [
    (None, "count(TpuV4)", "4096"),
    (None, "count(TpuHost)", "1024"),
    (None, "count(rack)", "64"),
    (None, "count(Palomar)", "48"),
    (None, "radix(Palomar)", "136"),
    (None, "count(ocs[2][3][3].port[* where .used])", "128"),
    (None, "count(links(torus))", "6144"),
    (None, "count(fibres(torus))", "6144"),
    (None, "count(modules(torus))", "6144"),
    (None, "count(links(cube[63].torus))", "144"),
    (None, "count(cables(cube[0].torus))", "80"),
    (None, "flops(self, bf16)", "1.1264 EFLOPS"),
    (POD, f"diameter(**.chip, {NET})", "24"),
    (POD, f"flow(cube[0..32].chip -> cube[32..64].chip, {NET})", "25.6 TB/s"),
    (LONG, f"diameter(cube[0..2].chip, {NET})", "8"),
    (LONG, f"mean_hops(cube[0..2].chip, {NET})", "4.0315"),
    (TWIST, f"diameter(cube[0..2].chip, {NET})", "6"),
    (TWIST, f"mean_hops(cube[0..2].chip, {NET})", "3.46457"),
    ("slice(i = 1, j = 1, k = 1)", f"mean_hops(cube[0].chip, {NET})", "3.04762"),
    ("slice(i = 1, j = 2, k = 2)", f"diameter(cube[0..4].chip, {NET})", "10"),
    ("slice(i = 2, j = 2, k = 2)", f"diameter(cube[0..8].chip, {NET})", "12"),
]


@pytest.mark.parametrize(("mode", "query", "text"), CASES, ids=[f"{m}: {q}" for m, q, _ in CASES])
def test_figure(mode: str | None, query: str, text: str) -> None:
    assert answer(opened("tpuv4", mode), query) == text


TOO_LARGE = ["slice(i = 4, j = 4, k = 5)", "slice(i = 2, j = 2, k = 2, copies = 9)", "twisted(n = 6)", "twisted(n = 16)"]


@pytest.mark.parametrize("mode", TOO_LARGE)
def test_a_slice_that_does_not_fit_is_refused(mode: str) -> None:
    assert refusal("tpuv4", mode) == {"HW2004"}


@pytest.mark.parametrize("cubes", [1, 8, 63])
def test_smaller_pods(cubes: int) -> None:
    assert answer(opened("tpuv4", cubes=cubes), "count(fibres(torus))") == str(96 * cubes)
