"""Hops between endpoints, at the lowest level that can tell: the factors or the quotient at L0, else the flat graph."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.factored.distances import product_hops
from hwdsl.query.network import Network, network
from hwdsl.query.quotient import Hops, Plan, Refused, hops, plan
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.source.span import Span


def hop_counts(owner: Template, planes: PlaneSelection | None, over: Selection | None, hooks: Any, span: Span) -> Hops:
    """The hop histogram over ordered pairs of the endpoints. Raises Mistake (mode needed, too large)."""
    net = network(owner, planes, over)
    mode = effective_mode(net, hooks, span)
    key = (_key(planes), _key(over), mode.text if mode is not None else None, hooks.failed)
    cache: dict[Any, tuple[Hops, str]] = owner.cached("hop_counts", lambda _: {})
    if key not in cache:
        reason = "a mode or a failure is answered flat"
        if mode is None and not hooks.failed:
            try:
                cache[key] = symbolic_hops(net), "L0"
                return cache[key][0]
            except Refused as refused:
                reason = str(refused)
        cache[key] = _flat(owner, planes, over, mode, hooks, span, reason), "L2"
    found, level = cache[key]
    hooks.reached(level)
    return found


def symbolic_hops(net: Network) -> Hops:
    """The same at L0: from the factors of a product, else on the quotient. Raises Refused with the reason of the latter."""
    try:
        return product_hops(net)
    except Refused:
        return hops(plan(net))


def _flat(owner: Template, planes: PlaneSelection | None, over: Selection | None, mode: Any, hooks: Any, span: Span,
          reason: str) -> Hops:
    from hwdsl.query.allpairs import all_pairs
    from hwdsl.query.flat import OverBudget

    try:
        return all_pairs(graph_of(owner, planes, over, mode, hooks), hooks.memory_budget)
    except OverBudget as error:
        raise too_big(error, reason, span) from None


def graph_of(owner: Template, planes: PlaneSelection | None, over: Selection | None, mode: Any, hooks: Any,
             end: str = "nom") -> Any:
    """The flat graph in a mode, without what has failed, at an end of rates that are intervals. Raises OverBudget."""
    from hwdsl.query.flat import flat_graph

    hooks.reached("L2")
    return flat_graph(owner, planes, over, mode, mode_failures(owner, mode, hooks), hooks.memory_budget, end=end)


def too_big(error: Any, reason: str, span: Span) -> Mistake:
    """The Mistake for a flat answer beyond the memory budget."""
    needed, budget = f"{error.needed / 2**30:.1f} GiB", f"{error.budget / 2**30:.1f} GiB"
    return mistake("HW5004", f"the flat answer needs about {needed}; the budget is {budget}", span,
                   notes=(f"why not symbolically: {reason}",),
                   help="raise the budget with `--memory`, or ask about a smaller design")


def mode_failures(owner: Template, mode: Any, hooks: Any) -> tuple[Any, ...]:
    """What is out of service: the failures of `under`, and the parts the mode leaves out."""
    out = tuple(hooks.failed)
    if mode is not None:
        from hwdsl.query.lifted import Exclusion
        from hwdsl.query.modegraph import excluded_parts

        for path, ids, shape in excluded_parts(mode, owner):
            for i in ids.tolist():
                coords = []
                for n in reversed(shape):
                    coords.append(range(i % n, i % n + 1))
                    i //= n
                out += (Exclusion(path, tuple(reversed(coords)), "part", "off"),)
    return out


def effective_mode(net: Network, hooks: Any, span: Span) -> Any:
    """The mode that decides the logical graph: the current one, else the default one, else as wired; None where none matters.

    Raises Mistake if the network runs over reconfigurable parts and no mode says how (HW5003).
    """
    if hooks.mode is not None and hooks.mode.owner is net.owner:
        return hooks.mode
    owner = net.owner
    if not net.physical and not any(m.item.default for m in owner.modes.values()):
        return None
    from hwdsl.query.modes import ModeInstance, default_mode, instantiate, known_modes

    name = default_mode(owner)
    if name is not None:
        return instantiate(owner, name, {}, span)
    if owner.modes or any(owner.at(b.path).states for b in net.blocks):
        have = ", ".join(f"`{m}`" for m in known_modes(owner))
        raise mistake("HW5003", "this depends on the mode: the network runs over reconfigurable parts", span,
                      notes=(f"modes: {have}",) if have else (), help="ask inside `under mode m { ... }`, or with `--mode m`")
    return ModeInstance("", "as wired", owner, (), ())


def _key(selection: Any) -> Any:
    if selection is None:
        return None
    return selection.items if isinstance(selection, PlaneSelection) else selection.groups


def which_plane(owner: Template, planes: PlaneSelection | None, span: Span) -> PlaneSelection | None:
    """The planes of a graph query: given, or the only data plane. Raises Mistake if there are several (HW5002)."""
    if planes is not None:
        return planes
    from hwdsl.query.lifted import lifted_rules

    names = sorted({r.rule.plane.names[0] for r in lifted_rules(owner) if r.rule.lanes and r.rule.plane.names})
    if len(names) > 1:
        raise mistake("HW5002", "which plane? this design has several data planes", span,
                      notes=("planes: " + ", ".join(f"`{n}`" for n in names),),
                      help=f"write `plane = {names[0]}`, or a list of planes")
    return None


def plan_of(owner: Template, planes: PlaneSelection | None, over: Selection | None) -> Plan:
    """The verified quotient of a network. Raises Refused."""
    cache: dict[Any, Plan | Refused] = owner.cached("plans", lambda _: {})
    key = (_key(planes), _key(over), owner.failing)
    if key not in cache:
        try:
            cache[key] = plan(network(owner, planes, over))
        except Refused as reason:
            cache[key] = reason
    found = cache[key]
    if isinstance(found, Refused):
        raise found
    return found
