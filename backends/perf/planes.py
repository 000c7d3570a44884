"""The figures of each data plane, each with the name of its formula and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.backends.perf.collectives import ring_all_reduce
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.study.default import networks
from hwdsl.perf.study.document import FORMAT, VERSION
from hwdsl.query.cuts import Bracket, capacity, injection, levels
from hwdsl.query.ends import ENDS, Range, at_end, at_ends, between
from hwdsl.query.factored.bounds import contracted_bracket, quick
from hwdsl.query.hopcount import effective_mode, hop_counts, plan_of
from hwdsl.query.lifted import lifted_rules
from hwdsl.query.modes import known_modes
from hwdsl.query.network import Network, network
from hwdsl.query.quotient import Hops, Loads, Refused, loads
from hwdsl.query.select import any_depth_planes
from hwdsl.query.selection import PlaneSelection
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.values import UNKNOWN
from hwdsl.source import NO_SPAN
from hwdsl.types.format import text

if TYPE_CHECKING:
    from hwdsl.api import Design

SIZES = (("1 MiB", 2**20), ("1 GiB", 2**30))


def compute(design: Design, progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Everything performance.json holds; evaluated once per design and mode (the report shows it again)."""
    known: dict[str | None, dict[str, Any]] = design.root.cached("performance", lambda _: {})
    if design.mode not in known:
        known[design.mode] = _compute(design, progress)
    return known[design.mode]


def _compute(design: Design, progress: Callable[[str], None] | None) -> dict[str, Any]:
    root = design.root
    planes = data_planes(root)
    alone = {name for name, _ in planes}
    planes += [n for n in networks(root) if n[0] not in alone]  # an access plane with the fabric behind it
    out: dict[str, Any] = {
        "format": FORMAT, "version": VERSION, "design": design.name, "parameters": design.parameters, "mode": design.mode,
        "conventions": {
            "rates": "one direction, net", "hop": "one logical link; panels, OCS and retimers add none",
            "endpoints": "chips and hosts, whether they relay or not; switches only forward",
            "planes": "all planes of one name, at any depth",
        },
        "modes": known_modes(root), "planes": {},
    }
    for name, selection in planes:
        if progress is not None:
            progress(f"evaluating plane {name}")
        out["planes"][name] = plane_figures(design, name, selection)
    return out


def data_planes(root: Template) -> list[tuple[str, PlaneSelection | None]]:
    """Planes with data links by outermost name, those of one name together; "links" for a design without planes."""
    names: set[str] = set()
    unnamed = False
    for r in lifted_rules(root):
        if r.rule.lanes:
            if r.rule.plane.names:
                names.add(r.rule.plane.names[0])
            else:
                unnamed = True
    if not names:
        return [("links", None)] if unnamed else []
    return [(n, any_depth_planes(root, n)) for n in sorted(names)]


def plane_figures(design: Design, name: str, planes: PlaneSelection | None) -> dict[str, Any]:
    """All figures of one plane; what cannot be told is left out with its reason."""
    root, hooks = design.root, design.session.hooks
    net = network(root, planes, None)
    links = sum(a.links for a in net.arcs)
    out: dict[str, Any] = {
        "endpoints": {"count": net.endpoint_count,
                      "parts": [{"path": ".".join(net.blocks[k].path) or root.name, "count": net.blocks[k].size,
                                 "component": root.at(net.blocks[k].path).name} for k in net.endpoints]},
        "relays": [{"path": ".".join(b.path), "count": b.size, "component": root.at(b.path).name} for b in net.blocks if b.relay],
        "links": links,
    }
    _injection(net, out)
    if net.endpoint_count < 2 or not net.arcs:
        return out
    try:
        mode = effective_mode(net, hooks, NO_SPAN)
    except Mistake as error:
        out["note"] = (error.diagnostic.message if error.diagnostic else "") + "; these are the physical figures"
        return out
    try:
        found = hop_counts(root, planes, None, hooks, NO_SPAN)
    except (Mistake, TooLarge) as error:
        out["note"] = _reason(error)
        return out
    _hops(found, out)
    if found.unreachable:
        out["note"] = "not one network: some endpoints cannot reach each other on this plane alone"
        return out
    if mode is None:
        _symbolic(design, net, name, planes, found, out)
    else:
        _flat(design, name, planes, mode, out)
    return out


def _reason(error: Exception) -> str:
    if isinstance(error, Mistake) and error.diagnostic is not None:
        return "; ".join((error.diagnostic.message, *error.diagnostic.notes))
    return f"not computed: {error}"


def _rate(bits: Fraction | Range) -> dict[str, Any]:
    """A rate; where those of links are intervals its ends, and `bit_per_s` at their nominal values."""
    found = bits if isinstance(bits, Range) else Range(bits, bits, bits)
    shown = {"text": text(found.rate()), "bit_per_s": float(found.nom)}
    if found.exact:
        return {**shown, "exact": str(found.nom)}
    return {**shown, "lower_bit_per_s": float(found.lo), "upper_bit_per_s": float(found.hi)}


def _injection(net: Network, out: dict[str, Any]) -> None:
    try:
        total = at_ends(net, injection)
    except Refused as reason:
        out["injection"] = {"unknown": str(reason)}
        return
    n = net.endpoint_count
    out["injection"] = {"formula": "sum of the links at endpoints", "total": _rate(total)}
    if n:
        out["injection"]["mean_per_endpoint"] = _rate(total.divided(n))


def _hops(found: Hops, out: dict[str, Any]) -> None:
    out["hops"] = {"formula": "fewest hops, ordered pairs", "histogram": {str(k): v for k, v in found.histogram.items()}}
    if found.unreachable:
        out["hops"]["unreachable_pairs"] = found.unreachable
    else:
        out["diameter"] = found.diameter
        out["mean_hops"] = {"value": float(found.mean), "exact": str(found.mean)}


def _symbolic(design: Design, net: Network, name: str, planes: PlaneSelection | None, found: Hops, out: dict[str, Any]) -> None:
    try:
        pl = plan_of(design.root, planes, None)
        flows = loads(pl)
        for a in pl.network.arcs:
            capacity(a)
        low, high = (contracted_bracket(replace(pl, network=at_end(pl.network, end)), at_end(net, end), quick)
                     for end in ("lo", "hi"))
    except Refused as reason:
        if any(a.capacity is UNKNOWN for a in net.arcs):
            out["note"] = str(reason)
            return
        _flat(design, name, planes, None, out)
        return
    _bracket(low, high, out)
    _all_to_all(pl.network, flows, found, out)
    tiers = levels(pl)
    if tiers is not None:
        out["oversubscription"] = _tapers(pl.network, tiers)
        if max(tiers.values()) == 1:
            out["oversubscription_note"] = "one tier of switches: there are no uplinks to oversubscribe"
    out["all_reduce"] = ring_all_reduce(design.root, name, planes, design.session.hooks, SIZES, between(net))


def _flat(design: Design, name: str, planes: PlaneSelection | None, mode: Any, out: dict[str, Any]) -> None:
    from hwdsl.query.flat import OverBudget
    from hwdsl.query.flatcuts import flat_bracket
    from hwdsl.query.hopcount import graph_of

    hooks = design.session.hooks
    try:
        intervals = between(network(design.root, planes, None))
        ends = ("lo", "hi") if intervals else ("nom",)
        brackets = [flat_bracket(graph_of(design.root, planes, None, mode, hooks, end)) for end in ends]
    except OverBudget as error:
        out["note"] = f"not computed: the flat graph needs {error.needed / 2**30:.1f} GiB"
        return
    low, high = brackets[0], brackets[-1]
    if low is not None and high is not None:
        _bracket(low, high, out)
    out["all_reduce"] = ring_all_reduce(design.root, name, planes, hooks, SIZES, intervals)


def _bracket(low: Bracket, high: Bracket, out: dict[str, Any]) -> None:
    """The lower bound with all rates at their lower ends, the upper one with all at their upper ends."""
    out["bisection"] = {"lower": _rate(low.lower), "lower_method": low.lower_method, "upper": _rate(high.upper),
                        "upper_method": high.upper_method, "exact": low.lower == high.upper}


def _all_to_all(net: Network, flows: Loads, found: Hops, out: dict[str, Any]) -> None:
    """What every endpoint can send when all send to all others alike: three bounds, the least holds."""
    n = net.endpoint_count
    hops = sum(h * k for h, k in found.histogram.items())

    def worst(at: Network) -> tuple[Fraction, Any]:
        capacities = {a.number: capacity(a) for a in at.arcs}
        return min((capacities[arc[0]] / load, arc) for arc, load in flows.load.items() if load)

    bounds = {
        "most loaded link, equal split over shortest paths": at_ends(net, lambda at: worst(at)[0] * (n - 1)),
        "mean injection": at_ends(net, injection).divided(n),
        "capacity over distance: sum of capacities / sum of hops": at_ends(
            net, lambda at: sum((capacity(a) * a.links * 2 for a in at.arcs), Fraction(0)) * (n - 1) / hops),
    }
    least = min(bounds, key=lambda k: (bounds[k].nom, k))
    bound = Range(*(min(getattr(b, end) for b in bounds.values()) for end in ENDS))
    arc = net.arcs[worst(at_end(net, "nom"))[1][0]]
    out["all_to_all"] = {
        "formula": "uniform, all pairs at once; per endpoint, one direction", "bound": _rate(bound), "bound_by": least,
        "bounds": {k: _rate(v) for k, v in sorted(bounds.items())},
        "most_loaded_link": f"{'.'.join(arc.lifted.a)} - {'.'.join(arc.lifted.b)}",
    }


def _tapers(net: Network, tiers: dict[int, int]) -> list[dict[str, Any]]:
    """Capacity below over capacity above, by relay block that has both; of intervals the ends of the quotient, which is exact
    where numerator and denominator are multiples of one rate."""
    sides = [_sides(at_end(net, end), tiers) for end in ENDS]
    out = []
    for path in sorted(sides[0]):
        down, up = (Range(*(s[path][k] for s in sides)) for k in (0, 1))
        values = {d / u for d, u in ((down.lo, up.lo), (down.nom, up.nom), (down.hi, up.hi))} if up.lo else {down.nom / up.nom}
        nominal = down.nom / up.nom
        entry: dict[str, Any] = {"at": path, "formula": "downlink capacity / uplink capacity", "value": float(nominal)}
        if len(values) == 1 and up.lo:
            entry["exact"] = str(nominal)
        else:
            entry["lower"] = float(down.lo / up.hi)
            entry["upper"] = float(down.hi / up.lo) if up.lo else None
        out.append({**entry, "down": _rate(down), "up": _rate(up)})
    return out


def _sides(net: Network, tiers: dict[int, int]) -> dict[str, tuple[Fraction, Fraction]]:
    """(capacity below, capacity above) by path of the relay blocks that have both."""
    down: dict[int, Fraction] = {}
    up: dict[int, Fraction] = {}
    for arc in net.arcs:
        total = capacity(arc) * arc.links
        low, high = (arc.a, arc.b) if tiers[arc.a] < tiers[arc.b] else (arc.b, arc.a)
        up[low] = up.get(low, Fraction(0)) + total
        down[high] = down.get(high, Fraction(0)) + total
    return {".".join(b.path): (down[k], up[k]) for k, b in enumerate(net.blocks) if b.relay and k in up and k in down}
