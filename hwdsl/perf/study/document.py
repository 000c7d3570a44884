"""performance.json: the answers of studies as one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hwdsl.node import Record
from hwdsl.perf.study.result import StudyResult

FORMAT, VERSION = "hwdsl-performance", 2

CONVENTIONS = {
    "time": "s", "size": "bit; of the larger buffer of a rank for a collective, of one flow for a permutation, halo or incast",
    "rates": "bit/s, one direction, net", "hop": "one logical link; panels, OCS and retimers add none",
    "load": "flow on a directed link", "gap": "time / tightest bound - 1",
    "bus": "size / time x what the collective must move: 2 (N - 1) / N for an all-reduce, 1 for a broadcast, else (N - 1) / N",
    "level": "L0: from the symbolic model, exact; L2: from flat arrays",
}


def document(name: str, parameters: Mapping[str, str], mode: str | None, results: Sequence[StudyResult]) -> dict[str, Any]:
    """The whole document, of plain JSON values."""
    return {"format": FORMAT, "version": VERSION, "design": name, "parameters": dict(parameters), "mode": mode,
            "conventions": CONVENTIONS, "studies": [as_json(r) for r in results]}


def as_json(value: Any) -> Any:
    """A record as an object, tuples as lists; an undefined number as null."""
    if isinstance(value, Record):
        return {f: as_json(getattr(value, f)) for f in type(value)._fields}
    if isinstance(value, (tuple, list)):
        return [as_json(v) for v in value]
    if isinstance(value, dict):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
