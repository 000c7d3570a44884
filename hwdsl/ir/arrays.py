"""Index maps over numpy arrays: the only place of the symbolic IR that needs numpy; imported late, by those who expand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.index import Div, Ix, Mod

IntArray = npt.NDArray[np.int64]


def evaluate_array(ix: Ix, env: Mapping[str, IntArray]) -> IntArray:
    """Value of `ix` at many points; the arrays of `env` broadcast against each other. int64."""
    total: Any = np.int64(ix.const)
    for c, atom in ix.terms:
        if isinstance(atom, str):
            value: Any = env[atom]
        elif isinstance(atom, Div):
            value = evaluate_array(atom.ix, env) // atom.d
        elif isinstance(atom, Mod):
            value = evaluate_array(atom.ix, env) % atom.m
        else:
            at: Any = np.int64(0)
            for name, size in zip(atom.vars, atom.sizes):
                at = at * size + env[name]
            value = np.asarray(atom.data, dtype=np.int64)[at]
        total = total + c * value
    return np.asarray(total, dtype=np.int64)


def grid(names: Sequence[str], sizes: Mapping[str, int]) -> dict[str, IntArray]:
    """Open mesh of all values of `names`: one broadcastable array a variable."""
    out: dict[str, IntArray] = {}
    for k, name in enumerate(names):
        shape = [1] * len(names)
        shape[k] = sizes[name]
        out[name] = np.arange(sizes[name], dtype=np.int64).reshape(shape)
    return out
