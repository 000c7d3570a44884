"""What endpoints have left in a mode with failures, and what one more failure of each kind of part would take."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hwdsl.ir.index import Ix, evaluate
from hwdsl.ir.l0 import Path, volume
from hwdsl.ir.outages import Exclusion, covers, exclusions
from hwdsl.ir.space import points
from hwdsl.perf.study.loading import Loading, ZeroRate, loading
from hwdsl.perf.study.power import sources
from hwdsl.perf.study.predict import failed_names
from hwdsl.perf.study.result import Injection, Loss, Scenario
from hwdsl.perf.study.view import TooLong, View
from hwdsl.perf.traffic.pattern import UNIFORM
from hwdsl.query.flat import OverBudget
from hwdsl.query.lifted import Lifted
from hwdsl.query.network import OUT_OF_SERVICE, ArcRule, is_pass_through
from hwdsl.query.quotient import Refused
from hwdsl.sema.values import UNKNOWN

if TYPE_CHECKING:
    from hwdsl.perf.flat import Fabric

Floats = npt.NDArray[np.float64]
ARC_LIMIT = 6_000_000
"""Directed links of a network beyond which the table of losses is left out."""
PAIR_ARCS = 50_000
"""Directed links of a network beyond which its worst pair is not looked for: a maximum flow for each pair that differs."""
TRIED = 1000
"""Links of a rule looked at in search of one that is in service."""
STEPS_EACH = 4_000_000
"""Destinations times links that the loads after one failure may take, flat."""


def scenario(view: View) -> Scenario:
    """Bandwidth left and the table of losses of a view."""
    names = failed_names(view)
    try:
        f = view.fabric()
    except OverBudget as error:
        return Scenario(view.plane, view.mode_text, names, 0, 0, None, (),
                        f"no table of failures: the flat arrays need about {error.needed / 2**30:.1f} GiB")
    whole = sum(volume(tuple(len(s) for s in g.box)) for g in view.groups)
    before = _injection_before(view)
    rates = endpoint_rates(f)
    injection = None
    if len(rates) and not np.isnan(rates).any():
        injection = Injection(float(rates.min()), float(rates.mean()), float(rates.sum()),
                              before if before is not None else float(rates.mean()), *_worst_pair(view, f))
    if f.arc_count > ARC_LIMIT:
        return Scenario(view.plane, view.mode_text, names, len(f.endpoints), whole - len(f.endpoints), injection, (),
                        f"no table of failures: {f.arc_count:,} directed links")
    losses, note = _losses(view, f, rates)
    return Scenario(view.plane, view.mode_text, names, len(f.endpoints), whole - len(f.endpoints), injection, losses, note)


def endpoint_rates(f: Fabric) -> Floats:
    """float64[E] bit/s that each endpoint can send, nan where a rate is not published."""
    out: Floats = np.bincount(f.tail, f.capacity, f.vertex_count).astype(np.float64)[f.endpoints]
    return out


def _injection_before(view: View) -> float | None:
    """Mean rate of an endpoint without the failures."""
    if not view.failed:
        return None
    try:
        rates = endpoint_rates(view.without_failures().fabric())
    except OverBudget:
        return None
    return float(rates.mean()) if len(rates) and not np.isnan(rates).any() else None


def _worst_pair(view: View, f: Fabric) -> tuple[float | None, tuple[str, str] | None]:
    """(bit/s, names) of the pair of endpoints that can exchange least when nobody else talks; asked where something failed."""
    from hwdsl.perf.flat import TooMuchWork, worst_pair

    if not view.failed or f.arc_count > PAIR_ARCS:
        return None, None
    try:
        found = worst_pair(f)
    except TooMuchWork:
        return None, None
    return (None, None) if found is None else (found.rate, (f.vertex_name(found.a), f.vertex_name(found.b)))


# ---------------------------------------------------------------- the table of losses
class _Kind:
    """Instances of one declared path and what each takes with it."""

    def __init__(self, path: Path, shape: tuple[int, ...], of_vertex: npt.NDArray[np.int64]) -> None:
        self.path, self.shape, self.of_vertex = path, shape, of_vertex
        self.count = volume(shape)


def _losses(view: View, f: Fabric, rates: Floats) -> tuple[tuple[Loss, ...], str]:
    base = _uniform(view)
    out, left_out = [], False
    for kind in _kinds(view, f):
        if view.hooks.progress is not None:
            view.hooks.progress(f"failures of {'.'.join(kind.path)}")
        template = view.root.at(kind.path)
        rep, classes, inside, cut, lost, worst = _worst_instance(f, kind, rates)
        box = tuple(range(int(i), int(i) + 1) for i in np.unravel_index(rep, kind.shape)) if kind.shape else ()
        without = view.also_failed(Exclusion(kind.path, box, "part", "failed"))
        vertices = np.flatnonzero(kind.of_vertex == rep)
        if is_pass_through(template):
            classes, (cut, lost, worst) = 1, _traced_loss(f, rates, without.fabric())
        after = _uniform(without)
        ratio, split = _compare(base, after)
        if split is None and not is_pass_through(template):
            split = _pairs_lost(view, f, vertices)
        if ratio is not None and len(f.endpoints) > 1:  # per rank, not per pair: there are fewer of them
            ratio = None if split else ratio * max(0, len(f.endpoints) - inside - 1) / (len(f.endpoints) - 1)
        left_out |= after is None
        out.append(Loss(".".join(kind.path), template.kind, template.name, kind.count, classes, inside, cut, split, lost, worst,
                        ratio))
    out += _links(view, f, base, rates)
    seen = {x.part for x in out}
    out += [_feed_loss(view, f, base, rates, path) for path in sources(view.root) if ".".join(path) not in seen]
    out.sort(key=lambda x: (-(x.inside + x.cut), -(x.split or 0), -(x.lost or 0.0), 1.0 if x.left is None else x.left, x.part))
    note = "all-to-all after a failure is left out where it takes too long or links have no rate" if left_out else ""
    return tuple(out), note


def _feed_loss(view: View, f: Fabric, base: Loading | None, rates: Floats, path: Path) -> Loss:
    """The first of an array of supplies, with what it alone feeds."""
    shape = view.root.shape(path)
    without = view.also_failed(Exclusion(path, tuple(range(1) for _ in shape), "part", "failed"))
    after = without.fabric()
    cut, lost, worst = _traced_loss(f, rates, after)
    ratio, split = _compare(base, _uniform(without))
    left = len(after.endpoints)
    if ratio is not None and len(f.endpoints) > 1:
        ratio = None if split else ratio * max(0, left - 1) / (len(f.endpoints) - 1)
    template = view.root.at(path)
    return Loss(".".join(path), template.kind, template.name, volume(shape), 1, len(f.endpoints) - left, cut, split, lost, worst,
                ratio)


def _links(view: View, f: Fabric, base: Loading | None, rates: Floats) -> list[Loss]:
    """One link of those between two kinds of ports."""
    gone = [*exclusions(view.root, OUT_OF_SERVICE), *view.failed]
    counts: dict[tuple[Path, Path], int] = {}
    chosen: dict[tuple[Path, Path], tuple[ArcRule, dict[str, int]]] = {}
    for arc in view.net.arcs:
        ends = arc.lifted.a, arc.lifted.b
        counts[ends] = counts.get(ends, 0) + arc.links
        point = None if ends in chosen else _link_in_service(arc, gone)
        if point is not None:
            chosen[ends] = arc, point
    return [_link_loss(view, f, base, rates, arc, point, counts[ends]) for ends, (arc, point) in chosen.items()]


def _link_in_service(arc: ArcRule, gone: list[Exclusion]) -> dict[str, int] | None:
    """A point of the rule whose link is in service, None if there is none among the first."""
    r = arc.lifted

    def alive(path: Path, coords: tuple[Ix, ...], point: dict[str, int]) -> bool:
        return not any(covers(e.path, path) and all(evaluate(m, point) in s for m, s in zip(coords, e.box)) for e in gone)

    for point in islice(points(r.space), TRIED):
        if (all(evaluate(m, point) in s for m, s in arc.constraints) and alive(r.a, r.a_coords, point)
                and alive(r.b, r.b_coords, point)):
            return dict(point)
    return None


def _link_loss(view: View, f: Fabric, base: Loading | None, rates: Floats, arc: ArcRule, point: dict[str, int],
               count: int) -> Loss:
    r = arc.lifted
    box = tuple(range(x, x + 1) for x in (evaluate(m, point) for m in r.a_coords))
    without = view.also_failed(Exclusion(r.a, box, "port", "failed"))
    ratio, split = _compare(base, _uniform(without))
    cut, lost, worst = _traced_loss(f, rates, without.fabric()) if view.mode is not None else _end_loss(f, rates, arc, point)
    name = f"{'.'.join(r.a)} {'->' if arc.directed else '<->'} {'.'.join(r.b)}"
    return Loss(name, "link", r.rule.link.name, count, 1, 0, cut, split, lost, worst, None if split else ratio)


def _end_loss(f: Fabric, rates: Floats, arc: ArcRule, point: dict[str, int]) -> tuple[int, float | None, float | None]:
    """(endpoints cut off, bit/s lost, least share kept) of the endpoints at the two ends of a link."""
    if arc.capacity is UNKNOWN or np.isnan(rates).any():
        return 0, None, None
    rate = float(Fraction(arc.capacity.nom))
    own = np.flatnonzero(np.isin(f.endpoints, _endpoint_ids(f, arc.lifted, point)))
    kept = 1 - rate / rates[own[rates[own] > 0]]
    return int((kept < 1e-12).sum()), rate * len(own), float(kept.min(initial=1.0))


def _endpoint_ids(f: Fabric, r: Lifted, point: dict[str, int]) -> list[int]:
    """Vertices at the two ends of one link."""
    out = []
    for path, coords in ((r.a, r.a_coords), (r.b, r.b_coords)):
        home = next((path[:k] for k in range(len(path), 0, -1) if path[:k] in f.vertices.base), None)
        if home is not None:
            values = [evaluate(m, point) for m in coords[: len(f.vertices.shape[home])]]
            out.append(int(f.vertices.ids(home, values)))
    return out


def _kinds(view: View, f: Fabric) -> list[_Kind]:
    """Declared paths with vertices at or below them."""
    paths: dict[Path, None] = {}
    for path in f.vertices.base:
        for k in range(1, len(path) + 1):
            paths[path[:k]] = None
    out = []
    for prefix in paths:
        shape = view.root.shape(prefix)
        of_vertex = np.full(f.vertex_count, -1, dtype=np.int64)
        for path, base in f.vertices.base.items():
            if path[: len(prefix)] == prefix:
                n = volume(f.vertices.shape[path])
                each = n // max(1, volume(shape))
                of_vertex[base: base + n] = np.arange(n) // max(1, each)
        out.append(_Kind(prefix, shape, of_vertex))
    return [kind for kind in out if kind.count]


def _worst_instance(f: Fabric, kind: _Kind, rates: Floats) -> tuple[int, int, int, int, float | None, float | None]:
    """(instance that takes most, how many are told apart, endpoints inside, others cut off, bit/s others lose, least share kept)
    """
    n = kind.count
    inside = np.bincount(kind.of_vertex[f.endpoints][kind.of_vertex[f.endpoints] >= 0], minlength=n)
    number = np.full(f.vertex_count, -1, dtype=np.int64)
    number[f.endpoints] = np.arange(len(f.endpoints))
    e, i = number[f.tail], kind.of_vertex[f.head]
    hit = (e >= 0) & (i >= 0) & (kind.of_vertex[f.tail] != i)
    pair, of_pair = np.unique(e[hit] * n + i[hit], return_inverse=True)
    known = not np.isnan(f.capacity).any()
    taken = np.bincount(of_pair.reshape(-1), f.capacity[hit] if known else None, len(pair))
    degree = rates if known else np.bincount(f.tail, minlength=f.vertex_count)[f.endpoints].astype(np.float64)
    ends, instance = pair // n, pair % n
    whole = degree[ends]
    kept = 1 - np.divide(taken, whole, out=np.zeros_like(taken, dtype=np.float64), where=whole > 0)
    cut = np.bincount(instance[kept < 1e-12], minlength=n)
    lost = np.bincount(instance, taken, n)
    least = np.ones(n)
    np.minimum.at(least, instance, kept)
    least = np.maximum(least, 0.0)
    signature = np.stack([inside, cut, np.round(lost), np.round(least, 9)], axis=1)
    classes = len(np.unique(signature, axis=0))
    rep = int(np.lexsort((np.arange(n), least, -lost, -(inside + cut)))[0])
    return rep, classes, int(inside[rep]), int(cut[rep]), float(lost[rep]) if known else None, float(least[rep])


def _pairs_lost(view: View, f: Fabric, vertices: npt.NDArray[np.int64]) -> int | None:
    """Ordered pairs of surviving endpoints that lose their path with some vertices, None where that is too much to look for."""
    from hwdsl.perf.flat import impact
    from hwdsl.perf.flat.failures import peers

    if f.arc_count * max(1, len(vertices)) > PAIR_ARCS:
        return None
    if "peers" not in view.memo:
        view.memo["peers"] = peers(f)
    return impact(f, vertices=vertices, before=view.memo["peers"]).pairs


def _traced_loss(f: Fabric, rates: Floats, after: Fabric) -> tuple[int, float | None, float | None]:
    """(others cut off, bit/s they lose, least share they keep) where a part that is at the end of no logical link fails: light
    passes through it, or it feeds others."""
    stays = np.isin(f.endpoints, after.endpoints)
    kept = np.bincount(after.tail, after.capacity, after.vertex_count).astype(np.float64)[f.endpoints[stays]]
    rates = rates[stays]
    if np.isnan(kept).any() or np.isnan(rates).any():
        return 0, None, None
    some = rates > 0
    return int((some & (kept == 0)).sum()), float((rates - kept).sum()), float((kept[some] / rates[some]).min(initial=1.0))


def _uniform(view: View) -> Loading | None:
    """Loads of uniform all-to-all; None where that takes too long or is not known."""
    try:
        return loading(view, UNIFORM, "ecmp", 0, None, STEPS_EACH)
    except (OverBudget, TooLong, ZeroRate, Refused):
        return None


def _compare(base: Loading | None, after: Loading | None) -> tuple[float | None, int | None]:
    """(uniform all-to-all rate after / before, pairs of remaining endpoints that lost each other)."""
    if after is None or base is None:
        return None, None
    # where some pairs had no path before, those of the failed endpoints are not known apart
    split = after.unreachable if not base.unreachable else None
    if base.unreachable or not after.slowest or base.slowest is None:
        return None, split
    return float(Fraction(base.slowest) / Fraction(after.slowest)), split
