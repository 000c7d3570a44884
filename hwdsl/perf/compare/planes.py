"""Which network of a design is its scale-up network, how far it reaches, and what leads out of it.

Scale-up is the plane on which an accelerator has the most bandwidth, of those on which accelerators reach each other, with the
planes that lead on from its switches to other switches. Where it falls apart into islands, as the NVLink of a cluster of servers
does, one of the largest islands is the domain. Where no plane joins accelerators alone, all data planes are taken together.

Scale-out is the widest of: another plane over cables or modules (by the bandwidth of the accelerators on it, else of whatever
talks on it), and ports that lead out through a connector or a module and go nowhere within the design.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.ir.outages import declared_paths
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record, replace
from hwdsl.perf.compare.amounts import of_attribute, total
from hwdsl.perf.compare.islands import islands
from hwdsl.perf.compare.result import NONE, UNKNOWN, Amount
from hwdsl.perf.study.default import data_planes, planes_behind, together, wired_planes
from hwdsl.query.counting import count_carried, count_group, count_used
from hwdsl.query.cuts import injection
from hwdsl.query.ends import at_ends
from hwdsl.query.flat import OverBudget
from hwdsl.query.hopcount import hop_counts
from hwdsl.query.lifted import exclusions
from hwdsl.query.media import total as media_total
from hwdsl.query.modes import known_modes
from hwdsl.query.network import Network, network
from hwdsl.query.quotient import Hops, Refused
from hwdsl.query.rates import link_rate
from hwdsl.query.selection import PlaneSelection, Selection, group_size, whole
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.values import UNKNOWN as UNPUBLISHED
from hwdsl.source import NO_SPAN


class Domain(Record):
    """Accelerators that the scale-up plane joins.

    name     the plane; `planes` to ask for it (None: the links of a design without planes)
    root     the design, or the part that holds a whole domain
    over     the accelerators of one domain, None where they do not form a box of coordinates
    sizes    accelerators of a domain with the number of such domains, the largest first; `over` is one of the largest
    net      the network among all accelerators
    reason   why a figure is missing; `modes` that would tell
    """

    name: str
    root: Template
    planes: PlaneSelection | None
    over: Selection | None
    sizes: tuple[tuple[int, int], ...]
    net: Network
    reason: str = ""
    modes: str = ""

    @property
    def ranks(self) -> int:
        """Accelerators of the largest domain, 0 where it is not known."""
        return self.sizes[0][0] if self.sizes else 0

    @property
    def text(self) -> str:
        """ "31 domains of 8", "1 domain of 128, 62 of 64"; "" where there is one."""
        if sum(n for _, n in self.sizes) < 2:
            return ""
        first, *rest = self.sizes
        words = f"{first[1]} domain{'s' if first[1] > 1 else ''} of {first[0]}"
        return ", ".join([words, *(f"{n} of {size}" for size, n in rest)])


def by_bandwidth(root: Template, chips: Selection) -> list[tuple[str, PlaneSelection | None, Network, Fraction | None]]:
    """Data planes that the accelerators are on, the widest first; those of unpublished rate last."""
    out: list[tuple[str, PlaneSelection | None, Network, Fraction | None]] = []
    for name, planes in data_planes(root):
        net = network(root, planes, chips)
        if not any(a.a in net.endpoints or a.b in net.endpoints for a in net.arcs):
            continue
        try:
            rate: Fraction | None = injection(net)
        except Refused:
            rate = None
        out.append((name, planes, net, rate))
    return sorted(out, key=lambda c: (c[3] is None, -(c[3] or 0), c[0]))


def scale_up(root: Template, chips: Selection, hooks: Any, wanted: str = "") -> Domain | None:
    """The domain of the widest plane that joins accelerators, else of all planes together; or of the planes that are wanted, by
    name, with commas between them. None where they join none."""
    if wanted:
        planes = together(root, wanted.split(","))
        return _joining(_domain(root, ", ".join(wanted.split(",")), planes, network(root, planes, chips), chips, hooks))
    first: Domain | None = None
    found = by_bandwidth(root, chips)
    for name, planes, net, _ in found:
        more = planes_behind(root, name, chips, {c[0] for c in found})
        if more:
            planes = together(root, (name, *more))
            net = network(root, planes, chips)
        domain = _domain(root, ", ".join((name, *more)), planes, net, chips, hooks)
        if domain.ranks > 1 or domain.modes:
            return domain
        first = first or _joining(domain)
    names = plane_names(root)
    if first is None and found and len(names) > 1:
        planes = together(root, names)
        return _joining(_domain(root, ", ".join(names), planes, network(root, planes, chips), chips, hooks))
    return first


def _joining(domain: Domain) -> Domain | None:
    """The domain, unless it is known to join nobody."""
    return domain if domain.ranks > 1 or domain.reason else None


def _domain(root: Template, name: str, planes: PlaneSelection | None, net: Network, chips: Selection, hooks: Any) -> Domain:
    n = sum(group_size(g) for g in chips.groups)
    try:
        hops: Hops = hop_counts(root, planes, chips, hooks, NO_SPAN)
    except Mistake as error:
        modes = known_modes(root) if error.diagnostic is not None and error.diagnostic.code == "HW5003" else []
        why = error.diagnostic.message if error.diagnostic is not None and modes else message(error)
        return Domain(name, root, planes, chips, (), net, why, ", ".join(modes))
    except TooLarge as error:
        return Domain(name, root, planes, chips, (), net, f"not computed: {error}")
    pairs = sum(hops.histogram.values())
    if not hops.unreachable:
        return Domain(name, root, planes, chips, ((n, 1),), net)
    if not pairs:
        return Domain(name, root, planes, None, ((1, n),), net)
    try:
        found = islands(root, name, planes, chips, net, pairs, hooks)
    except (Mistake, OverBudget) as error:
        why = message(error) if isinstance(error, Mistake) else f"the flat graph needs {error.needed / 2**30:.1f} GiB"
        return Domain(name, root, planes, None, (), net, f"it falls apart, and how is not known: {why}")
    if not found.sizes:
        return Domain(name, root, planes, None, (), net, "who reaches whom does not fall into islands")
    why = "" if found.over is not None else "its largest island of accelerators is no box of coordinates"
    return Domain(name, found.root, found.planes, found.over, found.sizes, net, why)


def message(error: Mistake) -> str:
    """A mistake in one line."""
    return "; ".join((error.diagnostic.message, *error.diagnostic.notes)) if error.diagnostic is not None else str(error)


def links_stated(net: Network) -> Amount:
    """What is told of the rates of a network's links: sources, and whether one of them was not read."""
    links = {a.lifted.rule.link.uid: a.lifted.rule.link for a in net.arcs}
    return replace(total(of_attribute(t.attributes.get("net")) for t in links.values()), figure=(), boundary=())


def injected(net: Network) -> Amount:
    """Bytes/s of all links at the endpoints, one direction; an interval where rates are intervals."""
    stated = links_stated(net)
    try:
        found = at_ends(net, injection)
    except Refused as reason:
        return replace(stated, bound="unknown", value=None, high=None, missing=1, note=str(reason))
    low, high = float(found.lo / 8), float(found.hi / 8)
    return replace(stated, bound="" if found.exact else "in", value=low, high=None if found.exact else high, missing=0)


# ---------------------------------------------------------------- scale-out
def scale_out(root: Template, chips: Selection, taken: str, wanted: str = "") -> tuple[str, Amount]:
    """(in words, bytes/s of all that leads out, one direction)."""
    found = [*_planes_out(root, chips, taken), *_ports_out(root)]
    if wanted:
        found = [c for c in found if c[0] == wanted]
    best = max(found, key=lambda c: (c[2].value or 0.0, c[0]), default=None)
    return ("", NONE) if best is None else (best[1], best[2])


def scale_out_names(root: Template, chips: Selection, taken: str) -> list[str]:
    """What may be asked for as scale-out."""
    return [c[0] for c in (*_planes_out(root, chips, taken), *_ports_out(root))]


def _planes_out(root: Template, chips: Selection, taken: str) -> list[tuple[str, str, Amount]]:
    out = []
    for name, planes in data_planes(root):
        if name in taken.split(", ") or planes is None:
            continue
        if not any(media_total(root, word, (planes,)) for word in ("cables", "assemblies", "modules")):
            continue
        net = network(root, planes, chips)
        on_it = any(a.a in net.endpoints or a.b in net.endpoints for a in net.arcs)
        if not on_it:
            net = network(root, planes, None)
        whom = "at the accelerators" if on_it else "at " + ", ".join(
            dict.fromkeys(root.at(net.blocks[k].path).name for k in net.endpoints))
        out.append((name, f"plane {name}, {whom}", injected(net)))
    return out


def _ports_out(root: Template) -> list[tuple[str, str, Amount]]:
    gone = exclusions(root)
    found: dict[str, tuple[int, Amount]] = {}
    for path in declared_paths(root):
        t = root.at(path)
        if 0 in root.shape(path) or t.kind not in ("chip", "board", "engine"):
            continue
        for name, port in sorted(t.ports.items()):
            g = whole(root, (*path, name))
            if port.link.figure("net") is None or not count_carried(root, g) or count_used(root, g):
                continue
            n = count_group(root, g, gone)
            rate = link_rate(port.link, "net")
            stated = of_attribute(port.link.attributes.get("net"))
            value = UNKNOWN
            if rate is not UNPUBLISHED:
                low, high = (float(Fraction(x) * n / 8) for x in (rate.lo, rate.hi))
                value = replace(stated, bound="" if low == high else "in", value=low, high=None if low == high else high)
            ports, before = found.get(f"{t.name}.{name}", (0, NONE))
            found[f"{t.name}.{name}"] = ports + n, total((before, value))
    words = "that lead out of the design (what they lead to is not part of it)"
    return [(word, f"{n} ports {word} {words}", value) for word, (n, value) in sorted(found.items())]



def plane_names(root: Template) -> list[str]:
    """Data planes by outermost name, those between switches alone among them; "links" for a design without planes."""
    return [name for name, _ in wired_planes(root)] or [name for name, _ in data_planes(root)]
