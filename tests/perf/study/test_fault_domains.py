"""`fault_domain` of a part and its row in the table of losses say the same."""

from __future__ import annotations

import pytest
from studying import CLOS, STAR, TORUS

from hwdsl.api import Session
from hwdsl.perf.study.result import Scenario
from hwdsl.perf.study.run import run_studies

DESIGNS = {"clos": CLOS.replace("RATE", "100 Gb/s"), "star": STAR.replace("N]", "5]").replace("..N", "..5"),
           "torus": TORUS.replace("N", "3").replace("3ode", "Node")}
OWN = {"clos": 200e9, "star": 7.2e12, "torus": 6 * 400e9}
"""bit/s of one endpoint."""


@pytest.mark.parametrize("name", list(DESIGNS))
def test_cut_inside_and_bandwidth(name: str) -> None:
    session = Session(cache_dir=None)
    design = session.open_text(DESIGNS[name] + "study s { all_to_all(size = 1 MiB); }")
    assert design is not None, session.report()
    [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    [scene] = result.scenarios
    assert isinstance(scene, Scenario)
    parts = [x for x in scene.losses if x.kind != "link"]
    assert parts
    for row in parts:
        first = row.part + "[0]" * len(design.root.shape(tuple(row.part.split("."))))
        figures = []
        for figure in ("lost", "cut", "rate"):
            found = design.query(f"fault_domain({first}).{figure}")
            assert found is not None, session.report()
            figures.append(found.value)
        inside, cut, rate = figures
        assert (inside, cut) == (row.inside, row.cut)
        assert float(rate.nom) == pytest.approx((row.lost or 0) + row.inside * OWN[name])  # the row leaves out who is within
