"""Cable numbers, from 1 in the order of the schedule, by the rules of `hwdsl.query.sharing`: as many as `count(cables(self))`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hwdsl.ir.arrays import IntArray
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import determined
from hwdsl.query.attach import attachments
from hwdsl.query.lifted import Lifted
from hwdsl.query.sharing import Sharing, sharing

Values = Callable[[tuple[Ix, ...]], list[IntArray]]
"""Evaluates index maps over the rows of a rule."""


class Numbers:
    """Gives cable numbers, rule after rule; `common` are the keys that several rules have."""

    def __init__(self, root: Template, common: set[Any]) -> None:
        self.root = root
        self.common = common
        self.used = 0
        self._links: dict[Any, dict[tuple[int, ...], int]] = {}
        self._numbers: dict[Any, dict[tuple[int, ...], int]] = {}

    def of_rule(self, r: Lifted, medium: Template, nth: int, rows: int, values: Values) -> tuple[IntArray, int]:
        """(first cable number of each row, how many cables a link takes); `nth` tells equal media of one chain apart."""
        s = sharing(r, medium, *attachments(self.root, r))
        if self._own(r, s):
            first = self.used + 1 + s.per_link * np.arange(rows, dtype=np.int64)
            self.used += s.per_link * rows
            return first, s.per_link
        table = np.stack(values(s.coords), axis=1) if s.coords else np.zeros((rows, 0), dtype=np.int64)
        if s.symmetric:
            table = _ordered(table, s.split)
        if s.key in self.common:
            return self._across(table, (s.key, nth), s.per_cable), 1
        return self._within(table, s.per_cable), 1

    def _own(self, r: Lifted, s: Sharing) -> bool:
        """Whether every link of a rule has a cable, or several, of its own."""
        if s.per_link > 1 or s.per_cable == 1:
            return True
        return s.key not in self.common and not s.symmetric and determined(s.coords, r.space) >= {n for n, _ in r.space.vars}

    def _within(self, table: IntArray, per_cable: int) -> IntArray:
        """Numbers of rows that share with rows of the same rule only."""
        code = _codes(table)
        bundle = _nth(code) // per_cable if per_cable else np.zeros(len(code), dtype=np.int64)
        both = _codes(np.stack([code, bundle], axis=1))
        _, first, where = np.unique(both, return_index=True, return_inverse=True)
        rank = np.empty(len(first), dtype=np.int64)
        rank[np.argsort(first, kind="stable")] = np.arange(len(first))
        out: IntArray = self.used + 1 + rank[where.reshape(-1)]
        self.used += len(first)
        return out

    def _across(self, table: IntArray, key: Any, per_cable: int) -> IntArray:
        """Numbers of rows that may share with rows of other rules."""
        links = self._links.setdefault(key, {})
        numbers = self._numbers.setdefault(key, {})
        out = []
        for plugs in map(tuple, table.tolist()):
            n = links.get(plugs, 0)
            links[plugs] = n + 1
            at = (*plugs, n // per_cable if per_cable else 0)
            if at not in numbers:
                self.used += 1
                numbers[at] = self.used
            out.append(numbers[at])
        return np.asarray(out, dtype=np.int64)


def _ordered(table: IntArray, split: int) -> IntArray:
    """Each row with the lower end first."""
    left, right = table[:, :split], table[:, split:]
    if left.shape != right.shape:
        return table
    sign = np.zeros(len(table), dtype=np.int64)
    for k in range(split):
        sign = np.where(sign == 0, np.sign(right[:, k] - left[:, k]), sign)
    return np.where((sign < 0)[:, None], np.concatenate([right, left], axis=1), table)


def _codes(table: IntArray) -> IntArray:
    """One number a row, equal for equal rows."""
    code = np.zeros(len(table), dtype=np.int64)
    radix = 1
    for k in range(table.shape[1]):
        column = table[:, k]
        if not len(column):
            return code
        low, high = int(column.min()), int(column.max())
        if radix * (high - low + 1) >= 1 << 62:
            code = np.unique(code, return_inverse=True)[1].reshape(-1).astype(np.int64)
            radix = int(code.max()) + 1
        code = code * (high - low + 1) + (column - low)
        radix *= high - low + 1
    return code


def _nth(code: IntArray) -> IntArray:
    """How many equal codes stand before each row."""
    order = np.argsort(code, kind="stable")
    ordered = code[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(code) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.concatenate([starts, [len(code)]]))
    out = np.empty(len(code), dtype=np.int64)
    out[order] = np.arange(len(code)) - np.repeat(starts, lengths)
    return out
