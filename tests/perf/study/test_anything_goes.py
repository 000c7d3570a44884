"""Spoilt studies are answered or reported, and on random networks no prediction lies below a bound: predicting asserts it."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_networks import texts
from studying import CLOS, session_of

from hwdsl.api import Session
from hwdsl.perf.study.run import run_studies

POD = CLOS.replace("RATE", "50 Gb/s")
STUDY = """
study s(size: quantity = 1 MiB) {
    plane = fabric;
    all_reduce(over = gpu, size = each [1 KiB, size], algorithm = each [ring, tree, double_tree, in_network, direct]);
    all_reduce(over = **.gpu, size = size, algorithm = hierarchical, group = [2, 4]);
    all_to_all(over = gpu[0..2], size = size, schedule = pairwise, routing = hashed, seed = 3, sharing = max_min);
    permutation(kind = random, size = size, seed = 2); permutation(kind = shift, by = 3, size = 1 MB, link_latency = 5 ns);
    send_recv(src = gpu[0][0], dst = gpu[3][1], size = 2 KiB); incast(root = 3, size = size); halo(shape = [4, 4], size = 1 B);
    all_to_all_v(over = gpu[0][0..2], matrix = [[0, 1], [3 KiB, 0]]);
    moe_dispatch(experts = 64, top_k = 4, tokens = 10, hidden = 128, imbalance = 3 / 2, placement = blocked, deduplicate = true);
    under failed leaf[x] for x in 0..2 { broadcast(size = size); under failed gpu[3][3].x[0] { all_gather(size = size); } }
}
"""
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+|\S|\s+")
POOL = [t for t in TOKEN.findall(STUDY) if t.strip()] + ["0", "unknown", "spine", "**", "..", "valiant", "adaptive", "GiB", "-"]


def evaluate(text: str) -> int:
    """How many reports the studies of a text give."""
    session = Session()
    design = session.open_text(text)
    if design is not None and not session.diagnostics.has_errors:
        run_studies(design.root, design.module, session.hooks, session.diagnostics)
    return len(session.diagnostics.items)


def test_the_study_itself_is_answered() -> None:
    session, result = session_of(POD + STUDY)
    assert not session.diagnostics.has_errors, session.report()
    assert {p.outcome for p in result.predictions} == {"time", "unreachable"}
    assert {s.failed for s in result.scenarios} >= {(), ("leaf[1]",), ("leaf[0]", "gpu[3][3].x[0]")}


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_studies_are_answered_or_reported(seed: int) -> None:
    rnd = random.Random(seed)
    reported = 0
    lines = STUDY.strip().split("\n")
    for _ in range(40):
        kept = [lines[0], lines[1], *rnd.sample(lines[2:-1], 3)]
        tokens = TOKEN.findall("\n".join(kept) + "\n}\n")
        for _ in range(rnd.randint(1, 3)):
            at, what = rnd.randrange(len(tokens)), rnd.random()
            if what < 0.6:
                tokens[at] = rnd.choice(POOL)
            elif what < 0.75:
                tokens[at] = ""
            else:
                tokens.insert(at, rnd.choice(POOL))
        reported += evaluate(POD + "".join(tokens)) > 0
    assert 5 < reported < 40, "mutations that break nothing, or everything, test nothing"


COLLECTIVES = """
study s {
    size = 1 MiB; link_latency = 100 ns; switch_latency = 30 ns;
    all_reduce(algorithm = each [ring, tree, double_tree, halving_doubling, hierarchical, direct, in_network]);
    all_gather(algorithm = each [ring, halving_doubling, direct]);
    broadcast(algorithm = each [tree, ring, direct, in_network]);
    all_to_all(schedule = each [concurrent, pairwise], routing = each [ecmp, hashed, up_down]);
    permutation(kind = random, sharing = each [fluid, max_min]);
    halo(periodic = true);
    incast();
    under failed a[0] { all_to_all(); all_reduce(); incast(); }
}
"""
LINK = "link L { lanes = 1; raw = 10 Gb/s; net = 10 Gb/s; }\n"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts(((2, 2), (3, 2), (2, 3))), st.sampled_from(["a", "b", "c", "[a, b]"]))
def test_no_prediction_of_a_random_network_lies_below_a_bound(text: str, over: str) -> None:
    session = Session()
    source = text if "link L" in text else LINK + text
    design = session.open_text(source + COLLECTIVES.replace("size = 1 MiB;", f"size = 1 MiB; over = {over};", 1))
    if design is None or session.diagnostics.has_errors:
        return  # ports used twice and the like
    [result], whole = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert whole
    assert result.predictions
    for p in result.predictions:
        assert p.outcome in ("time", "unreachable", "refused")
        assert (p.outcome == "time") == (p.time is not None)
        assert all(b.seconds <= (p.time or 0.0) * (1 + 1e-9) for b in p.bounds)
