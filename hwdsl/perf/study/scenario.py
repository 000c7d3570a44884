"""What endpoints have left in a mode with failures, and what one more failure of each kind of part would take."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hwdsl.ir.l0 import Path, volume
from hwdsl.ir.outages import Exclusion
from hwdsl.perf.study.latency import Assumed
from hwdsl.perf.study.loading import Loading, TooLong, ZeroRate, loading
from hwdsl.perf.study.predict import failed_names
from hwdsl.perf.study.result import Injection, Loss, Scenario
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.pattern import UNIFORM
from hwdsl.query.flat import OverBudget
from hwdsl.query.network import is_pass_through
from hwdsl.query.quotient import Refused

if TYPE_CHECKING:
    from hwdsl.perf.flat import Fabric

Floats = npt.NDArray[np.float64]
ARC_LIMIT = 6_000_000
"""Directed links of a network beyond which the table of losses is left out."""
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
                              before if before is not None else float(rates.mean()), *_worst_pair(f))
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
    rates = endpoint_rates(view.without_failures().fabric())
    return float(rates.mean()) if len(rates) and not np.isnan(rates).any() else None


PAIR_STEPS = 20_000_000


def _worst_pair(f: Fabric) -> tuple[float | None, tuple[str, str] | None]:
    """(bit/s, names) of the pair of endpoints that can exchange least over their minimal paths, equal split, alone. Sought among
    the pairs with the weakest endpoint where all of them are too many; (None, None) where some pair has no path."""
    from hwdsl.perf.flat import Traffic, loads

    rates = endpoint_rates(f)
    n = len(rates)
    if n < 2 or n * f.arc_count > PAIR_STEPS // 20:
        return None, None
    weakest = int(rates.argmin())
    best: tuple[float, tuple[str, str]] | None = None
    for t in range(n):
        if t == weakest:
            continue
        found = loads(f, Traffic([weakest], [t], [1.0]), "ecmp")
        if found.unreachable:
            return 0.0, (f.vertex_name(int(f.endpoints[weakest])), f.vertex_name(int(f.endpoints[t])))
        used = found.load > 0
        rate = float((f.capacity[used] / found.load[used]).min())
        if best is None or rate < best[0]:
            best = rate, (f.vertex_name(int(f.endpoints[weakest])), f.vertex_name(int(f.endpoints[t])))
    return best if best is not None else (None, None)


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
        if is_pass_through(template):
            classes, (cut, lost, worst) = 1, _traced_loss(f, rates, without.fabric())
        after = _uniform(without)
        ratio, split = _compare(base, after)
        if ratio is not None and len(f.endpoints) > 1:  # per rank, not per pair: there are fewer of them
            ratio = None if split else ratio * max(0, len(f.endpoints) - inside - 1) / (len(f.endpoints) - 1)
        left_out |= after is None
        out.append(Loss(".".join(kind.path), template.kind, template.name, kind.count, classes, inside, cut, split, lost, worst,
                        ratio))
    out.sort(key=lambda x: (-(x.inside + x.cut), -(x.split or 0), -(x.lost or 0.0), 1.0 if x.left is None else x.left, x.part))
    note = "all-to-all after a failure is left out where it takes too long" if left_out else ""
    return tuple(out), note


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
    return out


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


def _traced_loss(f: Fabric, rates: Floats, after: Fabric) -> tuple[int, float | None, float | None]:
    """(endpoints cut off, bit/s lost, least share kept) of what light passes through: it is at the end of no logical link."""
    kept = np.bincount(after.tail, after.capacity, after.vertex_count).astype(np.float64)[f.endpoints]
    if np.isnan(kept).any() or np.isnan(rates).any():
        return 0, None, None
    some = rates > 0
    return int((some & (kept == 0)).sum()), float((rates - kept).sum()), float((kept[some] / rates[some]).min(initial=1.0))


def _uniform(view: View) -> Loading | None:
    """Loads of uniform all-to-all; None where that takes too long or is not known."""
    try:
        return loading(view, UNIFORM, "ecmp", 0, Assumed(), STEPS_EACH)
    except (OverBudget, TooLong, ZeroRate, Refused):
        return None


def _compare(base: Loading | None, after: Loading | None) -> tuple[float | None, int | None]:
    """(uniform all-to-all rate after / before, pairs of remaining endpoints that lost each other)."""
    if after is None or base is None or after.slowest is None or base.slowest is None:
        return None, None if after is None else after.unreachable
    ratio = float(Fraction(base.slowest) / Fraction(after.slowest)) if after.slowest and not base.unreachable else None
    return ratio, max(0, after.unreachable - base.unreachable)
