"""What a design without studies is asked about: data planes with what lies behind their switches."""

from __future__ import annotations

from hwdsl.api import Session
from hwdsl.perf.study.default import networks
from hwdsl.perf.study.run import run_studies

DESIGN = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; }
chip Host { port x: Lane; port m: Lane; }
switch Router { port h: Lane[2]; port n: Lane[2]; latency = 100 ns; }
switch Manager { port p: Lane[8]; latency = 100 ns; }
system Ring {
    part host: Host[4][2];
    part router: Router[4];
    part manager: Manager;
    plane access     { connect host[r][k].x <-> router[r].h[k]  for r in 0..4, k in 0..2; }
    plane fabric     { connect router[r].n[0] <-> router[(r + 1) % 4].n[1]  for r in 0..4; }
    plane management { connect host[r][k].m <-> manager.p[2 * r + k]  for r in 0..4, k in 0..2; }
}
design = Ring;
"""


def test_an_access_plane_is_asked_together_with_the_fabric_behind_it() -> None:
    session = Session(cache_dir=None)
    design = session.open_text(DESIGN)
    assert design is not None, session.report()
    assert [name for name, _ in networks(design.root)] == ["access, fabric", "management"]
    results, whole = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert whole
    predictions = results[0].predictions
    assert {(p.plane, p.outcome) for p in predictions} == {("access, fabric", "time"), ("management", "time")}
    [uniform] = [p for p in predictions if (p.plane, p.collective, p.size_text) == ("access, fabric", "all_to_all", "1 GiB")]
    # a ring of four carries 2 on each link, one way, if all pairs of routers exchange 1; two hosts a router make that 8
    assert uniform.transfer == 8 * (2**30 * 8 / 8) / 100e9
