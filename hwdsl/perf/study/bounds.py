"""Lower bounds on the time of an operation: what no schedule and no routing can go below, and what the given routing cannot."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hwdsl.perf.study.latency import Latency
from hwdsl.perf.study.loading import Loading, slowest
from hwdsl.perf.study.result import Bound
from hwdsl.perf.study.view import View
from hwdsl.query.cuts import capacity, coordinate_cuts
from hwdsl.query.quotient import Refused

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hwdsl.perf.traffic import Flows

COLLECTIVES = ("all_reduce", "all_gather", "reduce_scatter", "broadcast", "all_to_all")


def moving(view: View) -> tuple[Fraction, Fraction] | None:
    """Rates at which endpoints send or receive, whichever is greater: (the least at L0 of the means of the blocks, the sum over
    all endpoints); None where a rate is not published."""
    if "moving" not in view.memo:
        view.memo["moving"] = _moving(view)
    found: tuple[Fraction, Fraction] | None = view.memo["moving"]
    return found


def _moving(view: View) -> tuple[Fraction, Fraction] | None:
    if view.failed or view.mode is not None or view.net.exceptions or view.net.partial:
        rates = endpoint_rates(view)
        if not len(rates) or rates.sum() != rates.sum():
            return None
        return Fraction(float(rates.min())), Fraction(float(rates.sum()))
    per = _per_block(view)
    if per is None:
        return None
    sizes = {k: view.net.blocks[k].size for k in per}
    return (min((r / sizes[k] for k, r in per.items()), default=Fraction(0)), sum(per.values(), Fraction(0)))


def _per_block(view: View) -> dict[int, Fraction] | None:
    """What all parts of each block of endpoints send together, or receive if that is more; None if a rate is not published."""
    net = view.net
    out: dict[int, Fraction] = dict.fromkeys(net.endpoints, Fraction(0))
    into: dict[int, Fraction] = dict.fromkeys(net.endpoints, Fraction(0))
    try:
        for arc in net.arcs:
            for tail, head in ((arc.a, arc.b), (arc.b, arc.a))[: 1 if arc.directed else 2]:
                if tail in out:
                    out[tail] += capacity(arc) * arc.links
                if head in into:
                    into[head] += capacity(arc) * arc.links
    except Refused:
        return None
    return {k: max(out[k], into[k]) for k in out}


def endpoint_rates(view: View) -> npt.NDArray[np.float64]:
    """float64[N] bit/s that each rank can send, or receive if that is more; nan where a rate is not published. Raises OverBudget.
    """
    import numpy

    f = view.fabric()
    both = [numpy.bincount(end, f.capacity, f.vertex_count)[f.endpoints] for end in (f.tail, f.head)]
    out: npt.NDArray[np.float64] = numpy.maximum(*both)
    return out


def cut(view: View) -> tuple[Fraction, str] | None:
    """Least capacity of the known cuts into halves, one direction; None where none is known."""
    if "cut" not in view.memo:
        try:
            view.memo["cut"] = min(coordinate_cuts(view.plan()), default=None)
        except Refused:
            view.memo["cut"] = None
    found: tuple[Fraction, str] | None = view.memo["cut"]
    return found


def collective_bounds(view: View, collective: str, algorithm: str, size: Fraction, n: int, least: Latency, one_message: bool,
                      direct: Loading | None) -> list[Bound]:
    """Bounds of a collective on `size` bits among n ranks. `direct` is the loading by uniform traffic, for an all-to-all."""
    out = []
    rates = moving(view)
    if rates is not None and rates[0]:
        seconds, words = _moved(collective, algorithm, n, *rates)
        out.append(Bound("endpoint", float(size * seconds), words))
    half = cut(view)
    if half is not None:
        across, words = _across(collective, size, n)
        out.append(Bound("cut", float(across / half[0]), f"{words} through {half[1]}"))
    if direct is not None:
        out += distance_bounds(direct, size / n)
    if one_message:
        steps = (n - 1).bit_length()
        out.append(Bound("latency", float(steps * least.seconds), f"ceil(log2 N) = {steps} messages one after the other, "
                                                                  "between nearest ranks"))
    return out


def _moved(collective: str, algorithm: str, n: int, least: Fraction, total: Fraction) -> tuple[Fraction, str]:
    """(seconds per bit of the vector, in words): what each rank must move at its own rate B."""
    part = Fraction(n - 1, n)
    each, words = (Fraction(1), "V / B") if collective in ("all_reduce", "broadcast") else (part, "(N - 1) / N V / B")
    words += ": what each rank must move at its own rate B"
    if collective == "all_reduce" and algorithm != "in_network":  # N - 1 partial sums and N - 1 results an element, by whomsoever
        together = 2 * (n - 1) / total
        if together >= each / least:
            alike = total == n * least
            return together, ("2 (N - 1) / N V / B: what each rank must move at its own rate B" if alike else
                              "2 (N - 1) V / sum of B: what all ranks must move, each at its own rate B")
    return each / least, words


def _across(collective: str, size: Fraction, n: int) -> tuple[Fraction, str]:
    """Bits that must cross a cut into halves in one direction."""
    if collective == "all_to_all":
        return Fraction((n // 2) * (n - n // 2), n) * size, "N / 4 V"
    if collective in ("all_gather", "reduce_scatter"):
        return Fraction(n // 2, n) * size, "V / 2"
    return size, "V"


def distance_bounds(found: Loading, bits: Fraction) -> list[Bound]:
    """Of given traffic: the most loaded link, and all links together."""
    out = []
    busiest, where = slowest(found.classes)
    if busiest is not None and found.exact:
        out.append(Bound("load", float(bits * Fraction(busiest)), f"the busiest link under this routing: {where}"))
    pairs = sum(h * k for h, k in found.hops.items())
    if pairs and all(c.capacity is not None for c in found.classes):
        total = sum((Fraction(c.capacity or 0) * c.links for c in found.classes), Fraction(0))
        flow = sum((Fraction(c.mean) * c.links for c in found.classes), Fraction(0))
        if total:
            out.append(Bound("distance", float(bits * min(flow, Fraction(pairs)) / total),
                             "sum of hops / sum of capacities: all links busy all the time"))
    return out


def flow_bounds(view: View, flows: Flows, bits: Fraction) -> list[Bound]:
    """Of explicit flows: what each rank sends and receives at its own rate."""
    import numpy as np

    n = view.ranks
    sent, got = np.bincount(flows.src, flows.weight, n), np.bincount(flows.dst, flows.weight, n)
    busiest = np.maximum(sent, got)
    if view.failed or view.mode is not None or view.net.exceptions or view.net.partial:
        rates = endpoint_rates(view)
        if np.isnan(rates).any() or not (rates[busiest > 0] > 0).all():
            return []
        seconds = float((busiest[busiest > 0] / rates[busiest > 0]).max(initial=0.0)) * float(bits)
    else:
        rate = strongest(view)
        if not rate:
            return []
        seconds = float(busiest.max(initial=0.0)) * float(bits / rate)
    return [Bound("endpoint", seconds, "what the busiest rank sends or receives, at its own rate")]


def strongest(view: View) -> Fraction | None:
    """Greatest rate at which one endpoint can send, or receive, over blocks of like endpoints; None where that is not known."""
    per = _per_block(view)
    if per is None:
        return None
    try:
        pl = view.plan()
    except Refused:
        return None
    alike = all(c.symmetry != "N" or c.size == 1 for k, b in enumerate(pl.network.blocks)
                if any(b.path == view.net.blocks[e].path for e in view.net.endpoints) for c in pl.coordinates[k])
    return max((r / view.net.blocks[k].size for k, r in per.items()), default=None) if alike else None
