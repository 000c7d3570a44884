"""Links between two selections in a design with patch panels: traced, because the two ends stand in different rules."""

from __future__ import annotations

from hwdsl.ir.l0 import Template
from hwdsl.query.modes import ModeInstance
from hwdsl.query.selection import Group, Selection

BUDGET = 2 * 1024**3
"""Bytes the traced graph may take."""


def logical_between(owner: Template, operands: tuple[object, ...]) -> int:
    """Number of logical links between two selections, through panels. Raises TooLarge."""
    import numpy as np
    import numpy.typing as npt

    from hwdsl.ir.space import TooLarge
    from hwdsl.query.flat import OverBudget, flat_graph

    x, y = operands
    assert isinstance(x, Selection)
    assert isinstance(y, Selection)
    whole = {g.path: Group(g.path, tuple(range(n) for n in owner.shape(g.path))) for g in (*x.groups, *y.groups)}
    both = Selection(owner, tuple(whole.values()))
    try:
        graph = flat_graph(owner, None, both, ModeInstance("", "as wired", owner, (), ()), (), BUDGET, ("absent",))
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
    return int(hit.sum())
