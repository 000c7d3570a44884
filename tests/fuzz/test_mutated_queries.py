"""Any query is answered or reported: expressions with tokens dropped, swapped or put in never raise."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from hwdsl.api import Session

ROOT = Path(__file__).resolve().parents[2]
QUERIES = (
    "count(B200)", "count(links(nvlink))", "sum(compute[*].gpu[*].nvl[*].rate)", "power(compute[*]) + power(fabric[*])",
    "bisection(B200, plane = nvlink)", "flow(compute[0].gpu[0] -> compute[1].gpu[0], plane = nvlink)",
    "count(links(compute[*].gpu[*], fabric[0].chip[*]) where .rate == 50 GB/s)", "fault_domain(fabric[0], plane = nvlink).cut",
    "latency(compute[0].gpu[0] -> compute[1].gpu[0], plane = nvlink)", "raw(rate(compute[0].gpu[0].nvl[*])) / 18",
    "count(fabric[*].chip[* where .kind == switch].port[2..5])", "components(compute[*], plane = [nvlink, **.host])",
    "if count(rack) == 1 then 3 kW else 4 kW", "[x * x for x in 0..10 where x % 2 == 0]", "max([1, 2, 3]) + len([1]) / 3",
    "bidi(rate(nvlink)) == 129.6 TB/s", "flops(**.gpu, bf16)", "hop_histogram(**.gpu, plane = nvlink)", "radix(**.chip)",
    "1 to 3 typ 2", "5 kW +- 3 W", "price(self) / count(B200)", "kind(tray)", "compute[3].power", "avg(**.gpu.power)",
)
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+|\S|\s+")
POOL = [t for q in QUERIES for t in TOKEN.findall(q) if t.strip()] + ["**", "..", "->", "unknown", "port", "nvl", "-"]


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def test_the_queries_themselves_are_answered(session: Session) -> None:
    design = session.open(str(ROOT / "examples" / "nvl72.hw"))
    assert design is not None
    assert [q for q in QUERIES if design.query(q) is None] == []


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_queries_are_answered_or_reported(session: Session, seed: int) -> None:
    design = session.open(str(ROOT / "examples" / "nvl72.hw"))
    assert design is not None
    rnd = random.Random(seed)
    refused = 0
    for _ in range(150):
        tokens = TOKEN.findall(rnd.choice(QUERIES))
        for _ in range(rnd.randint(1, 3)):
            at, what = rnd.randrange(len(tokens)), rnd.random()
            if what < 0.5:
                tokens[at] = rnd.choice(POOL)
            elif what < 0.7:
                tokens[at] = ""
            else:
                tokens.insert(at, rnd.choice(POOL))
        refused += design.query("".join(tokens)) is None
    assert 20 < refused < 150, "mutations that break nothing, or everything, test nothing"
