"""Whatever a study asks of whatever small design, it is answered or reported; nothing is raised, no figure is not a number."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from wild_studies import POOLS, design, study

from hwdsl.api import Session
from hwdsl.diag.render_json import render_json
from hwdsl.diag.render_text import render_text
from hwdsl.perf.study.call import COMMON, TAKES
from hwdsl.perf.study.document import document
from hwdsl.perf.study.run import run_studies
from hwdsl.perf.study.table import study_lines

OUTCOMES = {"time", "unreachable", "unknown", "refused"}


def odd_numbers(value: Any, place: str = "") -> Iterator[str]:
    """Places of numbers that are none."""
    if isinstance(value, float) and not math.isfinite(value):
        yield place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in items:
        yield from odd_numbers(inner, f"{place}.{key}")


def test_arguments_with_values_of_their_own_exist() -> None:
    assert set(POOLS) <= {*COMMON, *(a for takes in TAKES.values() for a in takes)}


@pytest.mark.parametrize("seed", range(6))
def test_any_study_is_answered_or_reported(seed: int) -> None:
    rnd = random.Random(seed)
    outcomes: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for _ in range(40):
        text = design(rnd) + study(rnd, TAKES, COMMON)
        session = Session(cache_dir=None)
        opened = session.open_text(text)
        if opened is not None and not session.diagnostics.has_errors:
            results, whole = run_studies(opened.root, opened.module, session.hooks, session.diagnostics)
            assert whole
            found = document(opened.name, opened.parameters, None, results)
            assert not list(odd_numbers(found)), text
            json.dumps(found, sort_keys=True, allow_nan=False)
            for result in results:
                assert not any(" nan" in line or " inf " in line for line in study_lines(result)), text
                for p in result.predictions:
                    assert (p.outcome == "time") == (p.time is not None), text
                    assert all(b.seconds <= (p.time or 0.0) * (1 + 1e-9) for b in p.bounds), text
                    outcomes[p.outcome] += 1
        said = Counter((d.code, d.message, d.span, d.notes) for d in session.diagnostics.items)
        assert not [d for d, times in said.items() if times > 1], text
        codes.update(d.code for d in session.diagnostics.items)
        render_text(session.diagnostics.items, session.sources, False, 120)
        render_json(session.diagnostics.items, session.sources)
    assert outcomes["time"] >= 3
    assert set(outcomes) <= OUTCOMES
    assert len(codes) >= 4, "studies that are all in order test nothing"
