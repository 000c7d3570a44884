"""The loops of max-min filling and of the flow simulation, compiled; imported only where there is work for them.

The modules of loops are plain Python. Here each of their functions is compiled, and calls the compiled others. Nothing is
compiled at import; the first call compiles, or loads from numba's cache where that can be written.
"""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

import numba

from hwdsl.perf.rates import events, filling, resolve


def _compiled(function: Any) -> Any:
    """Compile with a cache on disk, without one where its folder cannot be written (numba raises at decoration)."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


def _all_compiled(module: ModuleType, known: dict[str, Any]) -> dict[str, Any]:
    """Every function a module defines, compiled; `known` are compiled functions of other modules that it calls."""
    names = {**vars(module), **known}
    out = {}
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            out[name] = names[name] = _compiled(FunctionType(value.__code__, names, name))
    return out


_filling = _all_compiled(filling, {})
_resolve = _all_compiled(resolve, _filling)
flows_by_link = _filling["flows_by_link"]
lowest_links = _filling["lowest_links"]
grouped = _filling["grouped"]
fill = _filling["fill"]
run_events = _all_compiled(events, {**_filling, **_resolve})["run_events"]
