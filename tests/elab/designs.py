"""Small designs from text, and what was reported about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hwdsl.api import Design, Session

LINK = "link L { lanes = 1; raw = 106.25 Gb/s; net = 100 Gb/s; }\n"


def opened(text: str, folder: Path | None = None) -> Design:
    """The design of a text without mistakes; `use` looks in `folder`."""
    session = Session(cache_dir=None)
    design = session.open_text(LINK + text, str(folder / "main.hw") if folder else "<text>")
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


def codes(text: str, folder: Path | None = None) -> list[str]:
    """Codes of the errors in a text, in order."""
    session = Session(cache_dir=None)
    session.open_text(LINK + text, str(folder / "main.hw") if folder else "<text>")
    return [d.code for d in session.diagnostics.items if d.severity == "error"]


def ask(design: Design, query: str) -> Any:
    """The value of a query."""
    answer = design.query(query)
    assert answer is not None, design.session.report()
    return answer.value


def links(design: Design) -> set[tuple[str, str]]:
    """Every link by the names of its ports, both ways round (from the flat tables)."""
    from hwdsl.ir.index import evaluate
    from hwdsl.ir.space import points
    from hwdsl.query.lifted import lifted_rules

    out = set()
    for r in lifted_rules(design.root):
        for env in points(r.space):
            a, b = (_name(design, path, [evaluate(c, env) for c in coords])
                    for path, coords in ((r.a, r.a_coords), (r.b, r.b_coords)))
            out |= {(a, b), (b, a)}
    return out


def _name(design: Design, path: tuple[str, ...], coords: list[int]) -> str:
    parts, at, before = [], 0, 0
    for k in range(1, len(path) + 1):
        rank = len(design.root.shape(path[:k]))
        parts.append(path[k - 1] + "".join(f"[{c}]" for c in coords[before:rank]))
        before, at = rank, rank
    assert at == len(coords)
    return ".".join(parts)
