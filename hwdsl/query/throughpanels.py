"""Links between two selections where panels or circuits lie between them: traced, because the ends stand in different rules."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.modes import ModeInstance
from hwdsl.query.selection import Group, Selection

BUDGET = 2 * 1024**3
"""Bytes the traced graph may take."""


def logical_between(owner: Template, x: Selection, y: Selection, mode: Any = None) -> tuple[int, float]:
    """(logical links, their capacity together in bit/s one direction, nan if unpublished) between two selections.

    Without a mode as wired and as bought; in a mode through its circuits, without what is out of service. Raises TooLarge.
    """
    import numpy as np
    import numpy.typing as npt

    from hwdsl.ir.space import TooLarge
    from hwdsl.query.flat import OverBudget, flat_graph
    from hwdsl.query.network import OUT_OF_SERVICE

    whole = {g.path: Group(g.path, tuple(range(n) for n in owner.shape(g.path))) for g in (*x.groups, *y.groups)}
    both = Selection(owner, tuple(whole.values()))
    chosen = mode if mode is not None else ModeInstance("", "as wired", owner, (), ())
    try:
        graph = flat_graph(owner, None, both, chosen, (), BUDGET, ("absent",) if mode is None else OUT_OF_SERVICE)
    except OverBudget as error:
        raise TooLarge(error.needed // 96) from None

    def members(sel: Selection) -> npt.NDArray[np.bool_]:
        out = np.zeros(len(graph.relay), dtype=bool)
        for g in sel.groups:
            axes = np.meshgrid(*[np.asarray(s, dtype=np.int64) for s in g.box], indexing="ij") if g.box else []
            out[np.asarray(graph.vertices.ids(g.path, [a.reshape(-1) for a in axes]))] = True
        return out

    in_x, in_y = members(x), members(y)
    hit = (in_x[graph.tails] & in_y[graph.heads]) | (in_y[graph.tails] & in_x[graph.heads])
    return int(hit.sum()), float(graph.capacity[hit].sum())


def current_mode(owner: Template, hooks: Any) -> Any:
    """The mode a query is asked in, if it is one of this design; else None."""
    mode = hooks.mode
    return mode if mode is not None and mode.owner is owner else None
