"""How a phase loads the links: symbolically where that is possible, else on the flat arrays, and never silently.

  uniform traffic       exact at L0 (hwdsl.perf.symbolic), else flat
  one flow a rank       at L0 where the network provably spreads any pairing as evenly as uniform traffic (a folded Clos that
                        does, a single tier of switches among them): the tightest tier bounds every link, and where the ranks'
                        own links are the tightest, they decide alone
  the same offsets      at L0 where every rank of an array that relays sends alike to the ranks at the same offsets, and the array
  from every rank       looks the same from each: rings along an axis, shifts, periodic halos on a torus
  anything else         flat
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.ir.space import TooLarge
from hwdsl.node import Record, replace
from hwdsl.perf.study.latency import NONE, Assumed, Latency, Symbolic, by_hops
from hwdsl.perf.study.view import TooLong, View
from hwdsl.perf.traffic import Flows, Pattern
from hwdsl.query.cuts import capacity, level_capacity, levels, spreads_evenly
from hwdsl.query.flat import OverBudget
from hwdsl.query.quotient import Hops, Refused, hops

if TYPE_CHECKING:
    from hwdsl.perf.symbolic import LoadClass

Number = Fraction | float


FLOW_BYTES = 100
"""Bytes that one listed flow takes while it is routed."""


class ClassLoad(Record):
    """Directed links of one tier: `greatest` and `mean` load in flows of weight 1; `capacity` bit/s of one, None if unknown."""

    label: str
    links: int
    capacity: Fraction | None
    greatest: Number
    mean: Number
    at_most: bool = False


class Loading(Record):
    """What one phase does to the network: loads by tier, the slowest start-up, the pairs without a path.

    slowest   seconds per bit of weight 1 on the link that takes longest; None if a rate on the way is not published
    where     the tier that holds it
    hops      flows by hops; empty for flows that `pairing_hops` counts when asked
    model     which question is answered where the name of the routing leaves it open ("graph-minimal")
    """

    classes: tuple[ClassLoad, ...]
    latency: Latency
    slowest: Number | None
    where: str
    exact: bool
    level: str
    method: str
    cost: int
    reason: str
    unreachable: int
    hops: dict[int, int]
    model: str = ""


def loading(view: View, pattern: Pattern, routing: str, seed: int, assumed: Assumed | None, limit: int | None = None,
            sharing: str = "fluid", table: str = "") -> Loading:
    """The loading of a view by a pattern, found once; without latency if `assumed` is None.

    Raises OverBudget, TooLong (beyond `limit` steps, those of the view unless given), Refused (a routing that does not fit),
    ZeroRate.
    """
    needed = FLOW_BYTES * pattern.listed
    if needed > view.hooks.memory_budget:
        raise OverBudget(needed, view.hooks.memory_budget)
    key = ("loading", pattern.key, routing, seed, assumed, sharing, table)
    if key not in view.memo and sharing == "max_min":
        from hwdsl.perf.study.sharing import shared

        view.memo[key] = shared(view, pattern, routing, seed, assumed, table)
    if key not in view.memo:
        try:
            view.memo[key] = symbolic_loading(view, pattern, routing, assumed)
        except (Refused, TooLarge) as reason:
            view.memo[key] = _flat_or_bound(view, pattern, routing, seed, assumed, str(reason), limit or view.step_limit, table)
    found: Loading = view.memo[key]
    return found


def slowest(classes: tuple[ClassLoad, ...]) -> tuple[Number | None, str]:
    """(seconds per bit, tier) of the links that take longest; None where a loaded link has no published rate."""
    best: tuple[Number, str] = Fraction(0), ""
    for c in classes:
        if not c.greatest:
            continue
        if c.capacity is None:
            return None, c.label
        if not c.capacity:
            raise ZeroRate(c.label)
        best = max(best, (c.greatest / c.capacity, c.label), key=lambda b: b[0])
    return best


class ZeroRate(Exception):
    """A link that must carry traffic has a rate of zero; the message names its tier."""


# ---------------------------------------------------------------- at L0
def symbolic_loading(view: View, pattern: Pattern, routing: str, assumed: Assumed | None) -> Loading:
    """The loading at L0. Raises Refused with the reason, ZeroRate."""
    if view.symbolic_reason:
        raise Refused(view.symbolic_reason)
    if pattern.uniform:
        if routing == "least_latency" and not by_hops(view, assumed or Assumed(), 2).missing:
            return replace(_uniform(view, "ecmp", assumed), model="all links and all relays take as long as each other")
        return _uniform(view, routing, assumed)
    if routing != "ecmp":
        raise Refused("traffic that tells ranks apart is routed flow by flow")
    try:
        return _invariant(view, pattern, assumed)
    except Refused as reason:
        if not pattern.matching:
            raise Refused(f"traffic that tells ranks apart is routed flow by flow ({reason})") from None
    return _pairing(view, pattern, assumed, True)


def _uniform(view: View, routing: str, assumed: Assumed | None) -> Loading:
    from hwdsl.perf.symbolic import uniform_loads

    found = uniform_loads(view.net, routing, view.failed)
    classes = _by_label(found.classes)
    latency = NONE if assumed is None else _farthest(view, found.hops, assumed)
    each, where = slowest(classes)
    return Loading(classes, latency, each, where, True, "L0", found.method, found.cost, "", found.hops.unreachable,
                   found.hops.histogram, found.model)


def _farthest(view: View, found: Hops, assumed: Assumed) -> Latency:
    """The latency of the slowest pair. Raises Refused."""
    try:
        return by_hops(view, assumed, max(found.histogram, default=0))
    except Refused:
        return Symbolic(view.lossy_plan(), assumed).extremes()[1]


def _by_label(found: Iterable[LoadClass]) -> tuple[ClassLoad, ...]:
    return _merged([ClassLoad(c.label, c.arcs, c.capacity, c.load, c.load) for c in found])


def _invariant(view: View, pattern: Pattern, assumed: Assumed | None) -> Loading:
    """Flows at the same offsets from every rank. Raises Refused."""
    from hwdsl.perf.symbolic import invariant_loads

    if "array" not in view.memo:
        view.memo["array"] = _array_of_ranks(view)
    shape = view.memo["array"]
    if isinstance(shape, str):
        raise Refused(shape)
    assert pattern.build is not None
    found = invariant_loads(view.net, offsets(pattern.build(), shape))
    classes = _by_label(found.classes)
    latency = _slowest_pair(view, pattern, assumed, found.hops)
    each, where = slowest(classes)
    return Loading(classes, latency, each, where, True, "L0", found.method, found.cost, "", 0, found.hops.histogram, found.model)


def _array_of_ranks(view: View) -> tuple[int, ...] | str:
    """The extents of the one array of relaying parts that all ranks make, or why they make none."""
    from hwdsl.query.factored.contract import contract

    if view.failed or view.net.exceptions or view.net.partial:
        return "ranks are told apart by what is out of service or not chosen"
    try:
        array = contract(view.net)
    except Refused as reason:
        return str(reason)
    if len(array.network.blocks) != 1 or set(array.weight.values()) != {1} or len(view.groups) != 1 or view.over is None:
        return "the ranks are not one array of parts that all relay"
    return array.network.blocks[0].shape


def offsets(flows: Flows, shape: tuple[int, ...]) -> dict[tuple[int, ...], Fraction]:
    """Weight by offset (modulo the shape) of flows that are the same from every rank. Raises Refused if they are not."""
    import numpy as np

    n = int(np.prod(shape, dtype=np.int64))
    there, here = np.unravel_index(flows.dst, shape), np.unravel_index(flows.src, shape)
    apart = np.ravel_multi_index(tuple((t - s) % k for t, s, k in zip(there, here, shape)), shape)
    kinds, of_flow, count = np.unique(apart, return_inverse=True, return_counts=True)
    of_flow = of_flow.reshape(-1)
    weight = np.zeros(len(kinds))
    weight[of_flow] = flows.weight
    alike = bool((count == n).all()) and bool((weight[of_flow] == flows.weight).all())
    if not alike or len(np.unique(flows.src * len(kinds) + of_flow)) != len(flows.src):
        raise Refused("the flows are not the same from every rank")
    return {tuple(int(x) for x in np.unravel_index(k, shape)): Fraction(float(w)) for k, w in zip(kinds, weight)}


def _slowest_pair(view: View, pattern: Pattern, assumed: Assumed | None, found: Hops) -> Latency:
    """The latency of the slowest flow of a pattern on a network without failures. Raises Refused."""
    if assumed is None:
        return NONE
    if len(found.histogram) == 1:
        try:
            return by_hops(view, assumed, next(iter(found.histogram)))
        except Refused:
            pass
    key = ("ways", assumed)
    if key not in view.memo:
        view.memo[key] = Symbolic(view.plan(), assumed)
    ways: Symbolic = view.memo[key]
    assert pattern.build is not None
    return ways.worst(view, pattern.build())


def _pairing(view: View, pattern: Pattern, assumed: Assumed | None, strict: bool) -> Loading:
    """One flow a rank on a network that spreads pairings evenly; unless `strict`, an upper bound where a tier above the ranks is
    the tightest. Raises Refused."""
    if "spread" not in view.memo:
        try:
            view.memo["spread"] = _spread(view)
        except Refused as reason:
            view.memo["spread"] = reason
    spread = view.memo["spread"]
    if isinstance(spread, Refused):
        raise spread
    classes, own, tightest, where, found = spread
    exact = own == tightest
    if not exact and strict:
        raise Refused("the tiers above the ranks are the tighter ones: it matters who is paired with whom")
    latency = _slowest_pair(view, pattern, assumed, found)
    method = "even spreading of pairings" if exact else "even spreading of pairings: the worst pairing there is, an upper bound"
    return Loading(classes, latency, 1 / tightest, where, exact, "L0", method, len(classes), "", 0, {})


def pairing_hops(view: View, pattern: Pattern) -> dict[int, int]:
    """Flows of a pattern by hops, where its loads are those of a network that spreads pairings evenly."""
    spread = view.memo.get("spread")
    if pattern.build is None or spread is None or isinstance(spread, Refused):
        return {}
    flows = pattern.build()
    found: Hops = spread[4]
    if len(found.histogram) == 1:
        return dict.fromkeys(found.histogram, len(flows.src))
    return Symbolic(view.plan(), Assumed()).histogram(view, flows)


def _spread(view: View) -> tuple[tuple[ClassLoad, ...], Fraction, Fraction, str, Hops]:
    """(loads of the worst pairing, a rank's rate, the rate that the tightest tier leaves it, that tier, hops) of a network that
    spreads pairings evenly. Raises Refused."""
    pl = view.plan()
    tiers = levels(pl)
    if not tiers or not spreads_evenly(pl, tiers):
        raise Refused("a flow a rank is spread evenly by a folded Clos alone")
    found = hops(pl)
    if found.unreachable:
        raise Refused("the network is not connected")
    n = pl.network.endpoint_count
    per_tier = level_capacity(pl.network, tiers)
    tightest = min(per_tier.values()) / n
    if not tightest:
        raise Refused("a link has a rate of zero")
    classes: list[ClassLoad] = []
    for arc in pl.network.arcs:
        k = min(tiers[arc.a], tiers[arc.b])
        rate = capacity(arc)
        greatest = n * rate / per_tier[k]
        names = [".".join(pl.network.blocks[b].path) or view.root.name for b in (arc.a, arc.b)]
        classes += [ClassLoad(" -> ".join(ends), arc.links, rate, greatest, greatest, k > 0) for ends in (names, names[::-1])]
    where = next(c.label for c in classes if c.greatest / (c.capacity or 1) == 1 / tightest)
    return _merged(classes), per_tier[0] / n, tightest, where, found


def _merged(classes: list[ClassLoad]) -> tuple[ClassLoad, ...]:
    tiers: dict[tuple[str, Fraction | None], ClassLoad] = {}
    for c in classes:
        old = tiers.get((c.label, c.capacity))
        tiers[c.label, c.capacity] = c if old is None else ClassLoad(
            c.label, old.links + c.links, c.capacity, max(old.greatest, c.greatest),
            (old.mean * old.links + c.mean * c.links) / (old.links + c.links), c.at_most)
    return tuple(tiers[k] for k in sorted(tiers, key=lambda t: (t[0], t[1] or 0)))


# ---------------------------------------------------------------- flat
def _flat_or_bound(view: View, pattern: Pattern, routing: str, seed: int, assumed: Assumed | None, reason: str,
                   limit: int, table: str = "") -> Loading:
    """Flat; where that is too much, an upper bound at L0 for one flow a rank. Raises as `loading`."""
    try:
        return _flat(view, pattern, routing, seed, assumed, reason, limit, table)
    except (OverBudget, TooLong):
        if not pattern.matching or routing != "ecmp":
            raise
        try:
            return _pairing(view, pattern, assumed, False)
        except Refused:
            pass
        raise


def _flat(view: View, pattern: Pattern, routing: str, seed: int, assumed: Assumed | None, reason: str, limit: int,
          table: str = "") -> Loading:
    """Raises OverBudget, TooLong, Refused, Mistake."""
    import numpy as np

    from hwdsl.perf.flat import Traffic, Unroutable, loads, uniform
    from hwdsl.perf.study.routed import routed_startup, routing_options

    if pattern.build is None:
        traffic, destinations = uniform(), view.ranks
    else:
        flows = pattern.build()
        traffic, destinations = Traffic(flows.src, flows.dst, flows.weight), int(np.count_nonzero(np.bincount(flows.dst)))
    view.check_steps(destinations, limit)
    f = view.fabric()
    progress: Callable[[str], None] | None = view.hooks.progress
    try:
        options = routing_options(view, routing, assumed, table)
        found = loads(f, traffic, routing, seed, options=options, budget=view.hooks.memory_budget, progress=progress)
    except Unroutable as unfit:
        raise Refused(f"the routing `{routing}` does not apply: {unfit}") from None
    classes = by_tier(view, f, found.load)
    count = max(found.histogram, default=0)
    if not count:  # the routing keeps no count of hops: at least those of minimal paths, twice the longest under Valiant
        count = max(loads(f, uniform() if routing == "valiant" else traffic).histogram, default=0) * (1 + (routing == "valiant"))
    latency = NONE if assumed is None else routed_startup(view, f, traffic, routing, seed, options, count, assumed)
    each, where = slowest(classes)
    return Loading(classes, latency, each, where, True, "L2", found.method, found.cost, reason, found.unreachable,
                   found.histogram)


def by_tier(view: View, f: Any, load: Any) -> tuple[ClassLoad, ...]:
    """Loads of the arcs (float64[A]) by the parts at their ends and their rate."""
    import numpy as np

    if not f.arc_count:
        return ()
    near, paths = f.vertices.block_of(f.tail)
    far, _ = f.vertices.block_of(f.head)
    rate = np.nan_to_num(f.capacity, nan=-1.0)
    rates, of_rate = np.unique(rate, return_inverse=True)
    key = (near * len(paths) + far) * len(rates) + of_rate.reshape(-1)
    kinds, of_kind = np.unique(key, return_inverse=True)
    of_kind = of_kind.reshape(-1)
    links = np.bincount(of_kind)
    total = np.bincount(of_kind, load)
    greatest = np.zeros(len(kinds))
    np.maximum.at(greatest, of_kind, load)
    out = []
    for k, kind in enumerate(kinds.tolist()):
        pair, r = divmod(kind, len(rates))
        names = [".".join(paths[b]) or view.root.name for b in divmod(pair, len(paths))]
        bits = float(rates[r])
        out.append(ClassLoad(" -> ".join(names), int(links[k]), None if bits < 0 else Fraction(bits), float(greatest[k]),
                             float(total[k] / links[k])))
    return _merged(out)
