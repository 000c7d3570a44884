"""Whose failure cuts others off: on random graphs against the pairs counted one failure at a time, and in designs."""

from __future__ import annotations

import numpy as np
import pytest

from hwdsl.api import Session
from hwdsl.perf.flat import Fabric, impact
from hwdsl.query.cutoff import _Cuts
from hwdsl.query.flat import FlatGraph, LinkTable, Numbering


def random_graph(seed: int) -> tuple[FlatGraph, Fabric]:
    """A few vertices, some of which talk, some of which relay, some both, some neither."""
    rng = np.random.default_rng(seed)
    n, links = int(rng.integers(2, 12)), int(rng.integers(0, 20))
    numbers = Numbering()
    numbers.add(("v",), (n,))
    tails, heads = rng.integers(0, n, links), rng.integers(0, n, links)
    keep = tails != heads
    m = int(keep.sum())
    table = LinkTable(tails[keep], heads[keep], np.ones(m), np.ones(m), np.zeros(m, dtype=np.int64), np.zeros(m, dtype=bool))
    relay = rng.random(n) < rng.choice([0.3, 0.6, 1.0])
    ends = np.flatnonzero(rng.random(n) < 0.7) if seed % 3 else np.flatnonzero(~relay)
    return FlatGraph(numbers, table, relay, ends), Fabric(numbers, table, relay, np.full(n, np.nan), ends)


@pytest.mark.parametrize("part", range(20))
def test_random_graphs(part: int) -> None:
    some = 0
    for seed in range(40 * part, 40 * part + 40):
        g, f = random_graph(seed)
        cuts = _Cuts(g)
        n = f.vertex_count
        for gone in [*([v] for v in range(n)), *([v, (v + 1) % n] for v in range(n) if n > 2)]:
            expected = impact(f, vertices=gone).pairs > 0
            assert cuts.any_lost(np.array(gone)) == expected, (seed, gone)
            some += expected
    assert some > 20


DESIGN = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane[2]; }
switch Sw { port p: Lane[4]; }
node Tray { part sw: Sw[2]; }
system Pod {
    part gpu: Gpu[3];
    part tray: Tray[2];
    plane net { WIRES }
}
design = Pod;
"""
CHAIN = """connect gpu[0].x[0] <-> tray[0].sw[0].p[0]; connect gpu[1].x[0] <-> tray[0].sw[0].p[1];
           connect gpu[1].x[1] <-> tray[1].sw[0].p[0]; connect gpu[2].x[0] <-> tray[1].sw[0].p[1];"""
TWICE = """connect gpu[i].x[s] <-> tray[0].sw[s].p[i] for i in 0..3, s in 0..2;"""


@pytest.mark.parametrize(("wires", "query", "value"), [
    (CHAIN, "articulation(gpu)", "0"),  # gpu[1] hangs on both switches, and passes nothing on
    (CHAIN, "articulation(tray[*].sw)", "2"), (CHAIN, "articulation(tray)", "2"), (CHAIN, "articulation(tray[0].sw[1])", "0"),
    (TWICE, "articulation(tray[*].sw)", "0"),  # either switch will do
    (TWICE, "articulation(tray)", "1"),  # both are in one tray
    (TWICE, "articulation(Gpu)", "0")])
def test_designs(wires: str, query: str, value: str) -> None:
    session = Session(cache_dir=None)
    design = session.open_text(DESIGN.replace("WIRES", wires))
    assert design is not None, session.report()
    found = design.query(query)
    assert found is not None, session.report()
    assert str(found.value) == value
