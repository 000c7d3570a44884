"""Vertices and ranks by the names that files give them: instance paths (`rack[0].gpu[3]`) and rank numbers."""

from __future__ import annotations

import re

from hwdsl.perf.flat import Fabric
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.csv_rows import BadCell, Cell
from hwdsl.sema.mistake import did_you_mean

STEP = re.compile(r"\.?\s*([A-Za-z_]\w*)|\[\s*(\d{1,9})\s*\]")


class Names:
    """The vertices of the network of a view, in service or not."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.fabric: Fabric = view.fabric()
        self._rank = {v: k for k, v in enumerate(self.fabric.endpoints.tolist())}
        self._known: dict[str, int] = {}

    def vertex(self, cell: Cell) -> int:
        """The vertex that a cell names. Raises BadCell."""
        found = self._known.get(cell.text)
        if found is None:
            found = self._known[cell.text] = self._vertex(cell)
        return found

    def _vertex(self, cell: Cell) -> int:
        path, coords = _split(cell)
        numbers = self.fabric.vertices
        if path not in numbers.base:
            have = {".".join(p) for p in numbers.base}
            hint = did_you_mean(".".join(path), have)
            raise cell.bad(f"`{cell.text[:60]}` is no part on this network"
                           + (f"; {hint}" if hint else f"; it has {', '.join(sorted(have)[:6])}"))
        shape = numbers.shape[path]
        if len(coords) != len(shape):
            raise cell.bad(f"`{cell.text[:60]}` has {len(coords)} indices; one `{'.'.join(path)}` has {len(shape)}")
        for x, n in zip(coords, shape):
            if x >= n:
                raise cell.bad(f"index {x} of `{cell.text[:60]}` is outside 0 to {n - 1}")
        return int(numbers.ids(path, list(coords)))

    def rank(self, cell: Cell) -> int:
        """The rank of the endpoint that a cell names, or numbers. Raises BadCell."""
        ranks = len(self._rank)
        if cell.text.isdecimal():
            if len(cell.text) > 12 or int(cell.text) >= ranks:
                raise cell.bad(f"there is no rank {cell.text[:20]}; there are {ranks}, from 0 to {ranks - 1}")
            return int(cell.text)
        found = self._rank.get(self.vertex(cell))
        if found is None:
            raise cell.bad(f"`{cell.text[:60]}` is not among the endpoints in service that the study asks about")
        return found


def _split(cell: Cell) -> tuple[tuple[str, ...], list[int]]:
    """Names and indices of an instance path. Raises BadCell."""
    names: list[str] = []
    indices: list[int] = []
    at = 0
    while at < len(cell.text):
        match = STEP.match(cell.text, at)
        if match is None or (match.group(1) is None and not names):
            raise BadCell(f"`{cell.text[:60]}` is neither a rank nor a path such as `rack[0].gpu[3]`", cell.line, cell.column)
        if match.group(1) is not None:
            names.append(match.group(1))
        else:
            indices.append(int(match.group(2)))
        at = match.end()
    if not names:
        raise BadCell("a part is missing here", cell.line, cell.column)
    return tuple(names), indices
