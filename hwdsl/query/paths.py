"""Latency of a path of fewest hops: links and what they pass through, added up; what is unpublished makes it a lower bound."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.network import network
from hwdsl.query.quotient import Refused, plan, reach
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.sema.mistake import mistake
from hwdsl.sema.values import UNKNOWN, Value
from hwdsl.source.span import Span
from hwdsl.types import Quantity
from hwdsl.types import quantity as q
from hwdsl.types.dimension import TIME


class _Sum:
    """Known latency and the number of unknown parts."""

    def __init__(self) -> None:
        self.value: Any = Quantity(0, 0, 0, TIME, "ns")
        self.missing = 0

    def add(self, figure: Any) -> None:
        """One more part of the path."""
        if figure is None or figure is UNKNOWN:
            self.missing += 1
        else:
            self.value = q.add(self.value, figure)

    def result(self) -> Any:
        """The sum, a lower bound if parts are unknown."""
        return q.add(self.value, Quantity(0, 0, 0, TIME, "ns", missing=self.missing)) if self.missing else self.value


def least_latency(owner: Template, chosen: PlaneSelection | None, x: Selection, y: Selection, span: Span) -> Value:
    """Latency from a vertex of `x` to the nearest of `y` over fewest hops. Raises Mistake."""
    both = Selection(owner, (*x.groups, *(g for g in y.groups if g.path not in {h.path for h in x.groups})))
    whole = Selection(owner, tuple(type(g)(g.path, tuple(range(n) for n in owner.shape(g.path))) for g in both.groups))
    try:
        pl = plan(network(owner, chosen, whole))
        net = pl.network
        start = next(k for k, b in enumerate(net.blocks) if b.path == y.groups[0].path)
        state = tuple(0 if c.symmetry != "N" else s for c, s in zip(pl.coordinates[start], _first(y)))
        seen = reach(pl, (start, state), [60_000])
    except (Refused, StopIteration) as reason:
        raise mistake("HW5004", f"latency is known only for symmetric networks: {reason}", span) from None
    far = [(d, c) for c, d in seen.distance.items() if net.blocks[c[0]].path == x.groups[0].path and d]
    if not far:
        raise mistake("HW5011", "there is no path between them", span)
    total = _Sum()
    _, cell = min(far, key=lambda f: (f[0], f[1][1]))
    while seen.distance[cell]:
        d = seen.distance[cell]
        nxt, _, arc = next((f, w, a) for f, w, a in seen.links[cell] if seen.distance.get(f) == d - 1)
        total.add(net.arcs[arc[0]].latency)
        if seen.distance[nxt]:
            total.add(owner.at(net.blocks[nxt[0]].path).figure("latency"))
        cell = nxt
    return total.result()


def _first(sel: Selection) -> tuple[int, ...]:
    return tuple(s[0] for s in sel.groups[0].box)
