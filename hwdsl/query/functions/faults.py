"""fault_domain and articulation: what the loss of a part takes with it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.arguments import need, owner_of, parts, planes, split
from hwdsl.query.ends import ENDS, Range, between
from hwdsl.query.hopcount import effective_mode, graph_of, too_big
from hwdsl.query.lifted import Exclusion
from hwdsl.query.network import network
from hwdsl.query.selection import Selection
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.sema.values import UNKNOWN, Value
from hwdsl.source.span import Span
from hwdsl.syntax import ast


class FaultDomain:
    """What a failure takes: `cut` endpoints that lose all their links, `rate` of endpoint links lost, one direction."""

    def __init__(self, owner: Template, lost: int, cut: int, rate: Any) -> None:
        self.owner = owner
        self.facts = {"lost": lost, "cut": cut, "rate": rate}

    def describe(self) -> str:
        """For messages."""
        return "a fault domain"

    def as_text(self) -> str:
        """For `hwc query`."""
        from hwdsl.sema.show import show

        lost, cut, rate = self.facts["lost"], self.facts["cut"], show(self.facts["rate"])
        return f"{lost} endpoints inside, {cut} others cut off, {rate} of endpoint bandwidth lost"

    def as_json(self) -> Any:
        """For `--json`."""
        from hwdsl.query.ask import as_json

        return {k: as_json(v) for k, v in self.facts.items()}

    def member(self, name: str, span: Span) -> Value:
        """`.cut`, `.lost`, `.rate`. Raises Mistake."""
        if name not in self.facts:
            raise mistake("HW1009", f"a fault domain has no `{name}`", span, help="it has `cut`, `lost` and `rate`")
        return self.facts[name]


def fault_domain(call: ast.Call, env: Env) -> Value:
    """fault_domain(part, plane = p): endpoints cut off and endpoint bandwidth lost when the part fails"""
    import numpy as np

    plain, named = split(call, ("plane",), 1)
    need(plain, call)
    owner = owner_of(env, call)
    sel = parts(plain[0], env, owner)
    chosen = planes(named, env, owner)
    net = network(owner, chosen, None)
    mode = effective_mode(net, env.hooks, call.span)
    failed = tuple(Exclusion(g.path, g.box, "part", "failed") for g in sel.groups)
    found = [[_degrees(owner, chosen, mode, env, call, gone, end) for gone in ((), failed)]
             for end in (ENDS if between(net) else ENDS[:1])]
    lost = [float(b[2][b[0].endpoints].sum() - a[2][a[0].endpoints].sum()) for b, a in found]
    before, after = found[0]
    ends = np.intersect1d(before[0].endpoints, after[0].endpoints)
    cut = int(((before[1][ends] > 0) & (after[1][ends] == 0)).sum())
    low, nominal, high = (None if np.isnan(x) else Fraction(int(x)) for x in (lost[0], lost[len(lost) // 2], lost[-1]))
    rate = UNKNOWN if low is None or nominal is None or high is None else Range(low, nominal, high).rate()
    return FaultDomain(owner, len(before[0].endpoints) - len(after[0].endpoints), cut, rate)


def _degrees(owner: Template, chosen: Any, mode: Any, env: Env, call: ast.Call,
             failed: tuple[Exclusion, ...], end: str) -> tuple[Any, Any, Any]:
    import numpy as np

    from hwdsl.query.flat import OverBudget

    hooks: Any = env.hooks
    saved = hooks.failed
    hooks.failed = (*saved, *failed)
    try:
        g = graph_of(owner, chosen, None, mode, hooks, end)
    except OverBudget as error:
        raise too_big(error, "a fault domain is counted flat", call.span) from None
    finally:
        hooks.failed = saved
    degree = np.bincount(g.tails, minlength=len(g.relay)) + np.bincount(g.heads, minlength=len(g.relay))
    rate = np.bincount(g.tails, g.capacity, len(g.relay)) + np.bincount(g.heads, g.capacity, len(g.relay))
    return g, degree, rate


def articulation(call: ast.Call, env: Env) -> Value:
    """articulation(sel, plane = p): how many of the selected parts each cut others off when they fail alone"""
    from hwdsl.query.cutoff import cutting_parts
    from hwdsl.query.flat import OverBudget

    plain, named = split(call, ("plane",), 1)
    need(plain, call)
    owner = owner_of(env, call)
    sel: Selection = parts(plain[0], env, owner)
    chosen = planes(named, env, owner)
    mode = effective_mode(network(owner, chosen, None), env.hooks, call.span)
    try:
        g = graph_of(owner, chosen, None, mode, env.hooks)
    except OverBudget as error:
        raise too_big(error, "whom a part cuts off is found flat", call.span) from None
    return cutting_parts(g, sel)


FUNCTIONS = {"fault_domain": fault_domain, "articulation": articulation}
