"""compare.json: a comparison as one document."""

from __future__ import annotations

from typing import Any

from hwdsl.perf.compare.result import Comparison
from hwdsl.perf.study.document import as_json

FORMAT, VERSION = "hwdsl-comparison", 1

CONVENTIONS = {
    "rates": "bytes a second, one direction, net", "ratio": "to the first side; null unless both are known exactly",
    "bound": "'' exact; '>=' lower bound; '<=' upper bound; 'in' between value and high; 'unknown' not published; 'none' no "
             "such thing",
    "unverified": "rests on a figure whose source was not read, or on an assumption",
    "power, price": "of the whole design as its parts state them; `boundary` says what a stated figure covers",
}


def document(c: Comparison) -> dict[str, Any]:
    """The whole document, of plain JSON values."""
    sides = [{k: v for k, v in as_json(s).items() if k != "amounts"} for s in c.sides]
    return {"format": FORMAT, "version": VERSION, "conventions": CONVENTIONS, "sides": sides,
            "rows": [as_json(r) for r in c.rows], "remarks": list(c.remarks)}
