"""Designs with studies, and their answers."""

from __future__ import annotations

from pathlib import Path

from hwdsl.api import Session
from hwdsl.perf.study.result import Prediction, StudyResult
from hwdsl.perf.study.run import run_studies

STAR = """
link Wire { lanes = 1; raw = 7.2 Tb/s; net = 900 GB/s; latency = 250 ns; }
chip Gpu { port x: Wire; }
switch Sw { port p: Wire[N]; latency = 0 ns; }
system Pod {
    part gpu: Gpu[N];
    part sw: Sw;
    plane star { connect gpu[i].x <-> sw.p[i]  for i in 0..N; }
}
design = Pod;
"""

TORUS = """
link Wire { lanes = 1; raw = 400 Gb/s; net = 50 GB/s; latency = 250 ns; }
chip Node { port d: Wire[3][2]; relay = true; latency = 0 ns; }
system Pod {
    part node: Node[N][N][N];
    plane torus {
        connect node[x][y][z].d[0][1] <-> node[(x + 1) % N][y][z].d[0][0]  for x in 0..N, y in 0..N, z in 0..N;
        connect node[x][y][z].d[1][1] <-> node[x][(y + 1) % N][z].d[1][0]  for x in 0..N, y in 0..N, z in 0..N;
        connect node[x][y][z].d[2][1] <-> node[x][y][(z + 1) % N].d[2][0]  for x in 0..N, y in 0..N, z in 0..N;
    }
}
design = Pod;
"""

CLOS = """
link Down { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; }
link Up { lanes = 1; raw = 200 Gb/s; net = RATE; latency = 700 ns; }
chip Gpu { port x: Down[2]; }
switch Leaf { port d: Down[8]; port u: Up[4]; latency = 300 ns; }
switch Spine { port p: Up[4]; latency = 500 ns; }
system Pod {
    part gpu: Gpu[4][4];
    part leaf: Leaf[4];
    part spine: Spine[4];
    plane fabric {
        connect gpu[l][g].x[k] <-> leaf[l].d[2 * g + k]  for l in 0..4, g in 0..4, k in 0..2;
        connect leaf[l].u[s] <-> spine[s].p[l]           for l in 0..4, s in 0..4;
    }
}
design = Pod;
"""


def session_of(text: str) -> tuple[Session, StudyResult]:
    """The one study (or the default) of a text, and its session."""
    session = Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None, session.report()
    [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    return session, result


def answers(text: str) -> tuple[Prediction, ...]:
    """The predictions of the one study of a text, which reports nothing."""
    session, result = session_of(text)
    assert not session.diagnostics.items, session.report()
    return result.predictions


def star(study: str, ranks: int = 72) -> tuple[Prediction, ...]:
    """A study on one switch of `ranks` ports of 900 GB/s and 250 ns a link."""
    return answers(STAR.replace("N]", f"{ranks}]").replace("..N", f"..{ranks}") + f"study s {{ {study} }}")


def torus(side: int, study: str) -> tuple[Prediction, ...]:
    """A study on a torus of three equal sides, links of 50 GB/s and 250 ns."""
    return answers(TORUS.replace("N", str(side)).replace(f"{side}ode", "Node") + f"study s {{ {study} }}")


def asked(folder: Path, text: str, study: str, **files: str) -> tuple[Session, tuple[Prediction, ...]]:
    """The answers to a study of a design that stands beside some files."""
    (folder / "d.hw").write_text(text + f"study s {{ {study} }}")
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    session = Session(cache_dir=None)
    design = session.open(str(folder / "d.hw"))
    assert design is not None, session.report()
    [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    return session, result.predictions
