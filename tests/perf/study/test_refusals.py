"""A million endpoints with a failure: what is not symbolic is refused before any array is made, and says what would be."""

from __future__ import annotations

from itertools import islice
from time import process_time

import pytest
from studying import TORUS

import hwdsl.perf.flat
from hwdsl.api import Session
from hwdsl.perf.study.evaluate import Evaluation, studies
from hwdsl.perf.study.failures import Failed
from hwdsl.perf.study.result import Prediction

FAILED = "under failed node[0][0][0].d[0][1] { %s }"
CALLS = ["permutation(size = 1 MiB, kind = shift);", "all_to_all(size = 1 MiB, routing = hashed);",
         "all_to_all(size = 1 MiB, sharing = max_min);", "halo(size = 1 MiB);", "all_to_all(size = 1 MiB, routing = up_down);"]


def first_answer(study: str, budget: int) -> Prediction:
    """The first prediction of a study of a torus of 100 x 100 x 100, which makes no flat array."""
    session = Session(cache_dir=None, memory_budget=budget)
    design = session.open_text(TORUS.replace("N", "100").replace("100ode", "Node") + f"study s {{ {study} }}")
    assert design is not None, session.report()
    run = Evaluation(design.root, design.module, session.hooks, session.diagnostics, Failed())
    [found] = islice(run.study(studies(design.module)["s"], {}), 1)
    assert isinstance(found, Prediction)
    assert [d.code for d in session.diagnostics.items] == ["HW6009"]
    return found


def no_array(*_: object) -> None:
    """Instead of hwdsl.perf.flat.fabric."""
    raise AssertionError("a flat array is made")


@pytest.mark.parametrize("call", CALLS)
def test_too_many_steps_are_known_before_anything_is_allocated(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    monkeypatch.setattr(hwdsl.perf.flat, "fabric", no_array)
    begin = process_time()
    found = first_answer(FAILED % call, 2 * 1024**3)
    assert process_time() - begin < 2  # parsing and elaboration included
    assert found.outcome == "refused"
    assert "symbolically" in found.reason


@pytest.mark.parametrize("call", ["arrivals(load = 0.5, size = 1 MiB, count = 10);",
                                  "permutation(size = 1 MiB, kind = shift, over = node[0][0][*]);"])
def test_too_much_memory_is_refused_with_its_size(call: str) -> None:
    begin = process_time()
    found = first_answer(FAILED % call, 100 * 1024**2)
    assert process_time() - begin < 2
    assert found.outcome == "refused"
    assert "the flat arrays need about 1.3 GiB, the budget is 100.0 MiB" in found.reason
    assert "symbolically" in found.reason
