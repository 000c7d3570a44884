"""Rates published as intervals: what is computed from them is an interval, and no midpoint passes for a figure."""

from __future__ import annotations

from typing import Any

import pytest
from small_networks import opened

from hwdsl.backends.perf import compute

TEXT = """
link Lane { lanes = 1; raw = 70 GB/s; net = 32 GB/s to 64 GB/s; }
link Wide { lanes = 2; raw = 70 GB/s; net = 32 GB/s to 64 GB/s; }
chip Chip { port x: Lane; }
chip Pair { port x: Lane; }
switch Leaf { port p: Lane[4]; port up: Wide; }
switch Spine { port p: Wide[2]; }
system Two {
    part pair: Pair[2];
    part chip: Chip[8];
    part leaf: Leaf[2];
    part spine: Spine;
    plane direct { connect pair[0].x <-> pair[1].x; }
    plane tree {
        connect chip[c].x <-> leaf[c / 4].p[c % 4]  for c in 0..8;
        connect leaf[l].up <-> spine.p[l]           for l in 0..2;
    }
}
design = Two;
"""


@pytest.mark.parametrize(("query", "lo", "hi"), [
    ("rate(pair[0] -> pair[1])", 32, 64),
    ("flow(pair[0] -> pair[1], plane = direct)", 32, 64),
    ("flow(chip[0..4] -> chip[4..8], plane = tree)", 64, 128),
    ("injection(chip, plane = tree)", 256, 512),
    ("bisection(chip, plane = tree)", 64, 128),
    ("fault_domain(chip[0], plane = tree).rate", 32, 64),
])
def test_queries_give_intervals(query: str, lo: int, hi: int) -> None:
    answer = opened(TEXT).query(query)
    assert answer is not None
    assert (answer.value.lo, answer.value.hi) == (lo * 8 * 10**9, hi * 8 * 10**9)


def test_performance_says_the_ends() -> None:
    design = opened(TEXT)
    planes: dict[str, Any] = compute(design)["planes"]
    total = planes["direct"]["injection"]["total"]
    assert total["text"] == "64 GB/s to 128 GB/s"
    assert (total["lower_bit_per_s"], total["upper_bit_per_s"]) == (64 * 8e9, 128 * 8e9)
    assert "exact" not in total
    tree = planes["tree"]
    assert (tree["bisection"]["lower"]["text"], tree["bisection"]["upper"]["text"]) == ("64 GB/s", "128 GB/s")
    assert tree["bisection"]["exact"] is False
    assert tree["all_to_all"]["bound"]["lower_bit_per_s"] * 2 == tree["all_to_all"]["bound"]["upper_bit_per_s"]
    assert [level["exact"] for level in tree["oversubscription"]] == ["2"], "multiples of one rate, whatever it is"
    assert tree["all_reduce"]["1 MiB"]["rates"] == "nominal values of intervals"


def test_exact_rates_stay_exact() -> None:
    planes: dict[str, Any] = compute(opened(TEXT.replace("32 GB/s to 64 GB/s", "50 GB/s")))["planes"]
    assert planes["direct"]["injection"]["total"] == {"text": "100 GB/s", "bit_per_s": 8e11, "exact": "800000000000"}
    assert planes["tree"]["bisection"]["exact"] is True
    assert "rates" not in planes["tree"]["all_reduce"]["1 MiB"]
