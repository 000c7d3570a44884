"""What L0 says of a phase is what the flat arrays say: loads, latencies, hops."""

from __future__ import annotations

import numpy as np
import pytest
from studying import CLOS, STAR, TORUS

from hwdsl.api import Session
from hwdsl.perf.study.latency import Assumed
from hwdsl.perf.study.loading import _flat, _pairing, offsets, pairing_hops, symbolic_loading
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.neighbours import halo
from hwdsl.perf.traffic.pattern import UNIFORM, Pattern, flows, matching, ring_of_groups, shift
from hwdsl.perf.traffic.permutations import permutation
from hwdsl.query.quotient import Refused
from hwdsl.source import NO_SPAN

NETWORKS = {
    "star": STAR.replace("N]", "12]").replace("..N", "..12"),
    "torus": TORUS.replace("N]", "4]").replace("..N", "..4").replace("% N", "% 4"),
    "clos": CLOS.replace("RATE", "200 Gb/s"),
    "tapered clos": CLOS.replace("RATE", "50 Gb/s"),
}


def view_of(name: str) -> View:
    session = Session(cache_dir=None)
    design = session.open_text(NETWORKS[name])
    assert design is not None, session.report()
    return View(design.root, "", None, None, session.hooks, NO_SPAN)


def partial_matching(ranks: int, seed: int) -> Pattern:
    rng = np.random.default_rng(seed)
    src, dst = rng.permutation(ranks)[: ranks // 3], rng.permutation(ranks)[: ranks // 3]
    return matching(f"some {seed}", lambda: src, lambda: dst)


@pytest.mark.parametrize("name", NETWORKS)
def test_uniform_traffic(name: str) -> None:
    view = view_of(name)
    exact = symbolic_loading(view, UNIFORM, "ecmp", Assumed())
    flat = _flat(view, UNIFORM, "ecmp", 0, Assumed(), "", view.step_limit)
    assert float(exact.slowest or 0) == pytest.approx(float(flat.slowest or 0), rel=1e-9)
    assert float(exact.latency.seconds) == pytest.approx(float(flat.latency.seconds), rel=1e-9)
    assert exact.hops == flat.hops
    assert {(c.label, c.links, c.capacity): (float(c.greatest), float(c.mean)) for c in exact.classes} == {
        (c.label, c.links, c.capacity): pytest.approx((c.greatest, c.mean), rel=1e-9) for c in flat.classes}


@pytest.mark.parametrize("name", ["star", "clos"])
def test_pairings_on_networks_that_spread_them(name: str) -> None:
    view = view_of(name)
    n = view.ranks
    patterns = [shift(n, k) for k in range(1, n)] + [partial_matching(n, seed) for seed in range(6)]
    patterns += [permutation("random", n, 0, seed) for seed in range(6)] + [ring_of_groups(n, 1, n // 2)]
    for pattern in patterns:
        exact = symbolic_loading(view, pattern, "ecmp", Assumed())
        flat = _flat(view, pattern, "ecmp", 0, Assumed(), "", view.step_limit)
        assert exact.exact
        assert exact.level == "L0"
        assert pairing_hops(view, pattern) == flat.hops, pattern.key
        assert float(exact.slowest or 0) == pytest.approx(float(flat.slowest or 0), rel=1e-9), pattern.key
        assert float(exact.latency.seconds) == pytest.approx(float(flat.latency.seconds), rel=1e-9), pattern.key


def test_a_taper_is_not_taken_for_full_rate() -> None:
    """Where the tiers above are the tighter ones, L0 has an upper bound only; it holds."""
    view = view_of("tapered clos")
    n = view.ranks
    for k in range(1, n):
        with pytest.raises(Refused, match="who is paired with whom"):
            symbolic_loading(view, shift(n, k), "ecmp", Assumed())
        bound = _pairing(view, shift(n, k), Assumed(), False)
        flat = _flat(view, shift(n, k), "ecmp", 0, Assumed(), "", view.step_limit)
        assert not bound.exact
        assert float(bound.slowest or 0) >= float(flat.slowest or 0) * (1 - 1e-9)


def test_a_torus_is_not_taken_for_a_clos() -> None:
    """A shift that carries from one index to the next is not the same from every rank."""
    view = view_of("torus")
    with pytest.raises(Refused, match="folded Clos"):
        symbolic_loading(view, shift(view.ranks, 1), "ecmp", Assumed())


@pytest.mark.parametrize("pattern", [
    ring_of_groups(64, 1, 4), ring_of_groups(64, 4, 4), ring_of_groups(64, 16, 4), halo((4, 4, 4), True), shift(64, 16),
    shift(64, 32), shift(64, 48)], ids=lambda p: p.key)
def test_flows_that_are_the_same_from_every_rank(pattern: Pattern) -> None:
    view = view_of("torus")
    exact = symbolic_loading(view, pattern, "ecmp", Assumed())
    flat = _flat(view, pattern, "ecmp", 0, Assumed(), "", view.step_limit)
    assert exact.level == "L0"
    assert float(exact.slowest or 0) == pytest.approx(float(flat.slowest or 0), rel=1e-12)
    assert exact.latency == flat.latency
    assert exact.hops == flat.hops


def test_offsets_are_checked_not_assumed() -> None:
    ranks = np.arange(12)
    same = flows(ranks, (ranks + 4) % 12)
    assert offsets(same, (3, 4)) == {(1, 0): 1}
    twice = np.append(ranks[1:], 1)
    for broken in (flows(ranks[:-1], (ranks[:-1] + 4) % 12), flows(ranks, np.roll(ranks, -1)),
                   flows(ranks, (ranks + 4) % 12, np.linspace(1, 2, 12)), flows(twice, (twice + 4) % 12)):
        with pytest.raises(Refused, match="not the same from every rank"):
            offsets(broken, (3, 4))


@pytest.mark.parametrize("name", NETWORKS)
def test_latency_adds_up_links_and_relays(name: str) -> None:
    expected = {"star": 500e-9, "torus": 6 * 250e-9, "clos": 2 * 100e-9 + 2 * 300e-9 + 2 * 700e-9 + 500e-9}
    view = view_of(name)
    found = symbolic_loading(view, UNIFORM, "ecmp", Assumed()).latency
    assert float(found.seconds) == pytest.approx(expected.get(name, expected["clos"]))
    assert found.missing == 0
