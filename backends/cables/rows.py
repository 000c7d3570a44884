"""The rows of one rule or bus, as arrays: which links there are, their ends, racks, status and lengths.

Everything is evaluated for a block of rows at a time, over numpy arrays; no object is kept for a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.arrays import IntArray, evaluate_array
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Box, Path, Template
from hwdsl.ir.space import Space
from hwdsl.node import Record
from hwdsl.query.lifted import Exclusion, covers

BLOCK = 1 << 16
"""Points evaluated at a time."""


class End(Record):
    """One end of a rule: the port's declared path and its coordinates as index maps."""

    path: Path
    coords: tuple[Ix, ...]


class Points:
    """The rows of a rule: points of its space under the guard but those with an absent end, the last variable fastest."""

    def __init__(self, space: Space, ends: Sequence[End], absent: list[Exclusion]) -> None:
        self.space = space
        self.ends = ends
        self._absent = absent
        self._names = [n for n, _ in space.vars]
        self._shape = tuple(s for _, s in space.vars)

    def blocks(self) -> Iterator[dict[str, IntArray]]:
        """Values of the variables, a block of rows at a time; the key "" holds as many zeros as there are rows."""
        for first in range(0, self.space.volume, BLOCK):
            flat = np.arange(first, min(first + BLOCK, self.space.volume), dtype=np.int64)
            env: dict[str, IntArray] = {"": np.zeros(len(flat), dtype=np.int64)}
            for name, size in reversed(self.space.vars):
                env[name] = flat % size
                flat = flat // size
            keep = np.ones(len(env[""]), dtype=bool)
            for c in self.space.guard:
                value = evaluate_array(c.ix, env)
                keep &= value == 0 if c.op == "==" else value != 0 if c.op == "!=" else value <= 0
            keep &= ~marked(self.ends, env, self._absent)
            yield env if keep.all() else {name: column[keep] for name, column in env.items()}

    def columns(self, maps: tuple[Ix, ...]) -> tuple[int, list[IntArray]]:
        """(number of rows, values of the maps over all rows)."""
        rows = 0
        parts: list[list[IntArray]] = [[] for _ in maps]
        for env in self.blocks():
            rows += len(env[""])
            for out, ix in zip(parts, maps):
                out.append(column(ix, env))
        return rows, [np.concatenate(p) if p else np.zeros(0, dtype=np.int64) for p in parts]


def column(ix: Ix, env: dict[str, IntArray]) -> IntArray:
    """A map over a block, one value a row."""
    return evaluate_array(ix, env) + env[""]


def marked(ends: Sequence[End], env: dict[str, IntArray], marks: list[Exclusion]) -> npt.NDArray[np.bool_]:
    """Rows of which an end lies in something that overrides mark."""
    out = np.zeros(len(env[""]), dtype=bool)
    for mark in marks:
        for end in ends:
            if covers(mark.path, end.path):
                out |= inside(end.coords, env, mark.box)
    return out


def inside(coords: tuple[Ix, ...], env: dict[str, IntArray], box: Box) -> npt.NDArray[np.bool_]:
    """Rows whose leading coordinates lie in a box."""
    keep = np.ones(len(env[""]), dtype=bool)
    for ix, allowed in zip(coords, box):
        value = column(ix, env)
        if isinstance(allowed, range) and allowed.step == 1:
            keep &= (value >= allowed.start) & (value < allowed.stop)
        else:
            keep &= np.isin(value, np.asarray(allowed, dtype=np.int64))
    return keep


def rendered(codes: IntArray, render: Any) -> npt.NDArray[np.object_]:
    """A text for each number; `render` is asked once a distinct number."""
    distinct, where = np.unique(codes, return_inverse=True)
    texts = np.empty(len(distinct), dtype=object)
    for k, code in enumerate(distinct.tolist()):
        texts[k] = render(code)
    out: npt.NDArray[np.object_] = texts[where.reshape(-1)]
    return out


class Words:
    """One cell of a block of rows: pieces of text with a column of values after each but the last."""

    __slots__ = ("texts", "values")

    def __init__(self, first: str = "") -> None:
        self.texts = [first]
        self.values: list[Any] = []

    def put(self, value: Any) -> Words:
        """Append a column of numbers or texts."""
        self.values.append(value)
        self.texts.append("")
        return self

    def text(self, text: str) -> Words:
        """Append a constant text."""
        self.texts[-1] += text
        return self

    def each(self, rows: int) -> npt.NDArray[np.object_]:
        """The texts themselves, one a row."""
        out = np.full(rows, self.texts[0], dtype=object)
        for value, text in zip(self.values, self.texts[1:]):
            out = out + np.asarray(value).astype(str).astype(object) + text
        return out


def path_words(root: Template, path: Path, coords: Sequence[IntArray]) -> Words:
    """`cabinet[3].node[1]`, as a cell."""
    words = Words()
    here, at = root, 0
    for k, name in enumerate(path):
        words.text(("." if k else "") + name)
        item = here.member(name)
        rank = len(item.dims) if item is not None else 0
        for c in coords[at: at + rank]:
            words.text("[").put(c).text("]")
        at += rank
        if name in here.parts:
            here = here.parts[name].template
    return words


def table_text(cells: Sequence[Words], rows: int) -> str:
    """CSV lines of a block. The texts of the cells are ready for CSV."""
    if not rows:
        return ""
    line = ",".join("%s".join(t.replace("%", "%%") for t in c.texts) for c in cells) + "\n"
    values = [v for c in cells for v in c.values]
    grid = np.empty((rows, len(values)), dtype=object)
    for k, v in enumerate(values):
        grid[:, k] = v
    return (line * rows) % tuple(grid.reshape(-1).tolist())
