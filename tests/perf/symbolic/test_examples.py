"""Every example's network, all planes together: answered at L0 or refused for a stated reason, and flow is conserved."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_out import EXAMPLES, of_design

import hwdsl.api
from hwdsl.api import Session
from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.quotient import Refused


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.hw")), ids=lambda p: p.stem)
def test_example(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hwdsl.api, "run_checks", lambda *_: [])  # the asserts are tested elsewhere
    session = Session(cache_dir=None)
    design = session.open(str(path))
    assert design is not None, session.report()
    net = of_design(design)
    if net.physical:
        with pytest.raises(Refused, match="takes a mode to say"):
            uniform_loads(net)
        return
    found = uniform_loads(net)
    assert found.total == sum(d * n for d, n in found.hops.histogram.items())
    assert sum(found.hops.histogram.values()) + found.hops.unreachable == found.endpoints * (found.endpoints - 1)
    assert found.endpoints == net.endpoint_count
