"""What must hold of predictions on any network: random ones, symbolic and flat, in another order, with other sizes and rates."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from random_networks import texts

from hwdsl.api import Session
from hwdsl.perf.study import loading
from hwdsl.perf.study.result import Prediction, StudyResult
from hwdsl.perf.study.run import run_studies
from hwdsl.query.quotient import Refused

LINK = "link L { lanes = 1; raw = 10 Gb/s; net = 10 Gb/s; latency = 100 ns; }\n"
STUDY = """
study s {
    size = 1 MiB; link_latency = 100 ns; switch_latency = 30 ns; over = OVER;
    all_reduce(algorithm = each [ring, double_tree, halving_doubling, hierarchical, direct, in_network]);
    all_gather(algorithm = each [ring, direct]);
    reduce_scatter(algorithm = ring);
    broadcast(algorithm = each [tree, ring, in_network]);
    all_to_all(schedule = each [concurrent, pairwise], routing = each [ecmp, up_down]);
    permutation(kind = random);
    permutation(by = 2);
    halo(periodic = true);
    incast();
}
"""
FAILED = """
study s {
    over = OVER; size = 1 MiB;
    all_to_all();
    under failed a[0] { all_to_all(); }
    under failed s[0] { all_to_all(); }
}
"""
OVER = ("a", "b", "c", "[a, b]", "b[1]", "[b[1], b[0]]", "[a[1], c]")


def predicted(text: str) -> StudyResult | None:
    """The answers to the one study of a text; None for a random network that is none."""
    session = Session(cache_dir=None)
    design = session.open_text(text)
    if design is None or session.diagnostics.has_errors:
        return None
    [result], whole = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert whole
    return result


def pairs(one: StudyResult, other: StudyResult | None) -> list[tuple[Prediction, Prediction]]:
    """Predictions of the same calls that both have a time and are exact; outcomes are the same but for refusals."""
    assert other is not None
    assert [p.call for p in one.predictions] == [p.call for p in other.predictions]
    both = list(zip(one.predictions, other.predictions))
    assert all(p.outcome == q.outcome or "refused" in (p.outcome, q.outcome) for p, q in both)
    return [(p, q) for p, q in both if p.outcome == q.outcome == "time" and p.exact and q.exact]


def shuffled(text: str) -> str:
    """Declarations in another order: components of the file, parts and rules of the design."""
    rnd = random.Random(text)
    lines = text.split("\n")
    first = lines.index("system Net {")
    last = lines.index("}", first)
    heads, body = lines[:first], lines[first + 1: last]
    rnd.shuffle(heads)
    rnd.shuffle(body)
    return "\n".join([*heads, lines[first], *body, *lines[last:]])


@seed(2)
@settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(texts(((2, 2), (3, 2), (2, 3))), st.sampled_from(OVER))
def test_predictions_keep_the_laws(text: str, over: str) -> None:
    base, study = LINK + text, STUDY.replace("OVER", over)
    found = predicted(base + study)
    if found is None:
        return
    for p in found.predictions:
        assert all(b.seconds <= (p.time or 0.0) * (1 + 1e-9) for b in p.bounds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "symbolic_loading", _none)
        flat = predicted(base + study)
    for p, q in pairs(found, flat):
        assert (p.latency, p.transfer) == pytest.approx((q.latency, q.transfer), rel=1e-9), p.call
        assert p.hops == q.hops, p.call
    for p, q in pairs(found, predicted(base + study.replace("1 MiB", "3 MiB"))):
        assert (q.latency, q.transfer) == pytest.approx((p.latency, 3 * p.transfer)), p.call
    for p, q in pairs(found, predicted(base.replace("10 Gb/s", "20 Gb/s") + study)):
        assert (p.latency, p.transfer) == pytest.approx((q.latency, 2 * q.transfer)), p.call
    for p, q in pairs(found, predicted(shuffled(base) + study)):
        assert (p.latency, p.transfer) == pytest.approx((q.latency, q.transfer), rel=1e-9), p.call
        assert (p.level, p.hops) == (q.level, q.hops), p.call
    times = {(p.collective, p.algorithm): p.time for p in found.predictions}
    gather, scatter = times["all_gather", "ring"], times["reduce_scatter", "ring"]
    if gather is not None and scatter is not None:
        assert times["all_reduce", "ring"] == pytest.approx(gather + scatter)


def _none(*_: object) -> None:
    raise Refused("flat, to compare")


@seed(3)
@settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(texts(((2, 2), (3, 2))), st.sampled_from(OVER))
def test_a_failure_adds_no_bandwidth(text: str, over: str) -> None:
    found = predicted(LINK + text + "\n" + FAILED.replace("OVER", over))
    if found is None:
        return
    left = {s.failed: s.injection.total for s in found.scenarios if s.injection is not None}
    whole = left.pop((), None)
    assert whole is None or all(total <= whole * (1 + 1e-12) for total in left.values())
