"""From the arguments of a call to an operation on the ranks of a view."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.node import replace
from hwdsl.perf.study.call import COME_AND_GO, TAKES, Call, algorithms, assumed, bits, count, routing, sharing, truth, word
from hwdsl.perf.study.operation import Operation
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic import Pattern, Phase
from hwdsl.perf.traffic.collectives import ALGORITHMS, DEFAULT_ALGORITHM, HIERARCHICAL, tree_depth
from hwdsl.perf.traffic.pattern import listed
from hwdsl.query.flat import OverBudget
from hwdsl.query.selection import Selection
from hwdsl.sema.mistake import mistake
from hwdsl.sema.show import show
from hwdsl.types import Quantity

if TYPE_CHECKING:
    from hwdsl.perf.traffic.trace import TimedFlows

SCHEDULES = {"ring": "steps of a ring, one after the other", "tree": "steps of a binomial tree, one after the other",
             "double_tree": "a pipeline through both trees, all edges busy at once",
             "halving_doubling": "steps of halving and doubling, one after the other",
             "hierarchical": "rings of each level, one level after the other", "direct": "all pairs at once",
             "pairwise": "pairwise rounds, one after the other", "in_network": "up and down at once, added up in the switches"}


def operation(call: Call, view: View) -> Operation:
    """The operation of a call among the ranks of a view; one that `predict` refuses where numbering them takes too much memory.
    Raises Mistake."""
    try:
        return _operation(call, view)
    except OverBudget as error:
        refusal = error

    def refuse() -> TimedFlows:
        raise refusal

    return replace(make(call, [], Fraction(0), "not looked at"), timed=refuse)


def _operation(call: Call, view: View) -> Operation:
    """Raises Mistake, OverBudget."""
    if call.name in ALGORITHMS:
        made = _collective(call, view)
    elif view.ranks < 2:  # what arguments say about ranks means nothing then
        made = make(call, [], bits(call, "size") if "size" in TAKES[call.name] else Fraction(0), "no flows")
    elif call.name in COME_AND_GO:
        from hwdsl.perf.study.build_flows import listed_flows, random_flows

        made = listed_flows(call, view) if call.name == "flows" else random_flows(call, view)
    else:
        made = _BUILD[call.name](call, view)
    return _with_routes(call, view, made) if made.routing == "static" else made


def _with_routes(call: Call, view: View, made: Operation) -> Operation:
    """An operation with the static routes of its call, kept by the view until they are read. Raises Mistake."""
    from hwdsl.perf.study.static_routes import static_routes

    name, load = static_routes(call, view)
    view.memo.setdefault(("routes", name), load)
    return replace(made, table=name)


def make(call: Call, phases: list[Phase], size: Fraction, schedule: str, algorithm: str = "", filling: int = 0) -> Operation:
    """The operation of some phases, with what every call may say. Raises Mistake."""
    value = call.value("size")
    return Operation(call.text, call.name, algorithm, size, show(value) if value is not None else size_text(size), tuple(phases),
                     filling, schedule, routing(call), count(call, "seed", 0, 0), sharing(call), assumed(call))


def size_text(size: Fraction) -> str:
    """Bits as bytes for people."""
    for unit, n in (("GiB", 2**33), ("MiB", 2**23), ("KiB", 2**13)):
        if size >= n and size % n == 0:
            return f"{size // n} {unit}"
    unit, n = next(((u, n) for u, n in (("GB", 8 * 10**9), ("MB", 8 * 10**6), ("kB", 8000)) if size >= n), ("B", 8))
    return f"{float(size / n):.4g} {unit}"


def _collective(call: Call, view: View) -> Operation:
    name, n = call.name, view.ranks
    if name == "all_to_all":
        way = word(call, "schedule", ("concurrent", "pairwise", "direct"), "concurrent")
        chosen = "direct" if way == "concurrent" else way
    else:
        chosen = word(call, "algorithm", algorithms(name), DEFAULT_ALGORITHM[name])
    size = bits(call, "size")
    if chosen == "in_network":
        return make(call, [], size, SCHEDULES[chosen], chosen)
    levels = _levels(call, view) if chosen == "hierarchical" and n > 1 else ()
    phases = [] if n < 2 else HIERARCHICAL[name](n, size, levels) if levels else ALGORITHMS[name][chosen](n, size)
    filling = 2 * tree_depth(n) - 1 if chosen == "double_tree" and n > 1 else 0
    schedule = SCHEDULES[chosen]
    if levels:
        schedule = f"rings of {' x '.join(map(str, levels))} ranks, innermost first, one level after the other"
    elif name == "broadcast" and chosen == "ring":
        schedule = "a scatter along a binomial tree, then a ring, steps one after the other"
    elif name == "broadcast" and chosen == "direct":
        schedule = "rank 0 to all others at once"
    return make(call, phases, size, schedule, chosen, filling)


def _levels(call: Call, view: View) -> tuple[int, ...]:
    """Sizes of the levels of a hierarchical collective, innermost first. Raises Mistake."""
    value, n = call.value("group"), view.ranks
    if value is None:
        return view.levels()
    sizes = value if isinstance(value, tuple) else (value,)
    total = 1
    for s in sizes:
        if not isinstance(s, int) or isinstance(s, bool) or s < 1:
            raise mistake("HW6002", f"`group` is a number of ranks, or a list of them, innermost first; not {show(value)}",
                          call.at("group"))
        total *= s
    if n % total:
        raise mistake("HW6002", f"{n} ranks do not divide into groups of {total}", call.at("group"))
    return (*sizes, n // total) if total < n else tuple(sizes)


# ---------------------------------------------------------------- other traffic
def _permutation(call: Call, view: View) -> Operation:
    from hwdsl.perf.traffic.permutations import KINDS, permutation

    n = view.ranks
    if call.value("targets") is not None:
        pattern, kind = _listed(call, n), "list"
    else:
        kind = word(call, "kind", KINDS, "shift")
        by = call.value("by", 1)
        if not isinstance(by, int) or isinstance(by, bool):
            raise mistake("HW6002", f"`by` is a whole number of ranks, not {show(by)}", call.at("by"))
        try:
            pattern = permutation(kind, n, by, count(call, "seed", 0, 0))
        except ValueError as reason:
            raise mistake("HW6002", str(reason), call.at("kind")) from None
    size = bits(call, "size")
    return make(call, _flowing(pattern, size), size, f"all at once: {pattern.key}", kind)


def _listed(call: Call, n: int) -> Pattern:
    to = call.value("targets")
    if not isinstance(to, tuple) or len(to) != n or not all(isinstance(x, int) and 0 <= x < n for x in to):
        raise mistake("HW6002", f"`targets` lists, for each of the {n} ranks, the rank it sends to (0 to {n - 1})",
                      call.at("targets"))
    return listed("rank i to targets[i]: " + ",".join(map(str, to)), list(enumerate(to)))


def ranks_of(call: Call, view: View, name: str) -> list[int]:
    """Ranks of a selection of endpoints. Raises Mistake."""
    sel = call.value(name)
    if not isinstance(sel, Selection):
        raise mistake("HW6002", f"`{call.name}` needs `{name}`, a selection of endpoints", call.at(name))
    found = view.ranks_of(sel)
    if found is None:
        raise mistake("HW6002", f"`{name}` names parts that are not among the endpoints of this study", call.at(name),
                      help="name them in `over` as well")
    return found


def _send_recv(call: Call, view: View) -> Operation:
    src, dst = ranks_of(call, view, "src"), ranks_of(call, view, "dst")
    if len(src) != len(dst):
        raise mistake("HW6002", f"{len(src)} senders and {len(dst)} receivers: they are paired in order", call.at("dst"))
    pairs = list(zip(src, dst))
    size = bits(call, "size")
    key = "flows " + ", ".join(f"{a}-{b}" for a, b in pairs)
    return make(call, _flowing(listed(key, pairs), size), size, f"all {len(pairs)} flows at once")


def _flowing(pattern: Pattern, size: Fraction) -> list[Phase]:
    """One phase of a listed pattern, none where every rank would send to itself."""
    assert pattern.build is not None
    return [Phase(pattern, size)] if len(pattern.build().src) else []


def _incast(call: Call, view: View) -> Operation:
    from hwdsl.perf.traffic.neighbours import incast

    root = call.value("root", 0)
    if isinstance(root, Selection):
        found = ranks_of(call, view, "root")
        if len(found) != 1:
            raise mistake("HW6002", f"`root` is one endpoint; this names {len(found)}", call.at("root"))
        root = found[0]
    if not isinstance(root, int) or not 0 <= root < view.ranks:
        raise mistake("HW6002", f"`root` is a rank from 0 to {view.ranks - 1}, not {show(root)}", call.at("root"))
    size = bits(call, "size")
    return make(call, [Phase(incast(view.ranks, root), size)], size, "all at once to one")


def _halo(call: Call, view: View) -> Operation:
    from hwdsl.perf.traffic.neighbours import halo

    value = call.value("shape")
    shape = view.shape() if value is None else value if isinstance(value, tuple) else (value,)
    if not shape:
        raise mistake("HW6002", "`shape` lists the extents of the grid of ranks, not nothing", call.at("shape"))
    total = 1
    for s in shape:
        if not isinstance(s, int) or isinstance(s, bool) or s < 1:
            raise mistake("HW6002", f"`shape` lists the extents of the grid of ranks, not {show(value)}", call.at("shape"))
        total *= s
    if total != view.ranks:
        raise mistake("HW6002", f"a grid of {' x '.join(map(str, shape))} has {total} places; there are {view.ranks} ranks",
                      call.at("shape"))
    size = bits(call, "size")
    grid = " x ".join(map(str, shape))
    periodic = truth(call, "periodic")
    return make(call, [Phase(halo(tuple(shape), periodic), size)], size,
                 f"all neighbours in a {'periodic ' * periodic}grid of {grid} at once", grid)


def _matrix(call: Call, view: View) -> Operation:
    from hwdsl.perf.traffic.matrices import BadMatrix, checked, read, rounds, weighted

    value, n = call.value("matrix"), view.ranks
    try:
        if isinstance(value, str):
            path = os.path.join(os.path.dirname(call.span.file), value)
            found = read(path, n)
            name = f"matrix {value}"
        else:
            found = checked(_table(call, value), n)
            name = f"matrix {hashlib.sha256(found.tobytes()).hexdigest()[:16]}"  # the text of a call leaves out long lists
    except BadMatrix as error:
        shown = f"`{value}`: " if isinstance(value, str) else ""
        raise mistake("HW6005", shown + error.problem, call.at("matrix"), notes=(f"at {error.place}",) if error.place else (),
                      help="rows send to columns, in bytes; one row and column for each endpoint") from None
    except OSError as error:
        raise mistake("HW6005", f"`{value}` cannot be read: {error.strerror or error}", call.at("matrix"),
                      help="the path is relative to the file the study stands in") from None
    pairwise = word(call, "schedule", ("concurrent", "pairwise"), "concurrent") == "pairwise"
    parts = rounds(name, found) if pairwise else [weighted(name, found)]
    size = Fraction(float(found.sum(axis=1).max(initial=0.0))) * 8
    phases = [Phase(p, Fraction(scale) * 8) for p, scale in parts if scale]
    return make(call, phases, size, SCHEDULES["pairwise"] if pairwise else "all entries of the matrix at once",
                 "pairwise" if pairwise else "")


def _table(call: Call, value: Any) -> Any:
    import numpy as np

    from hwdsl.perf.traffic.matrices import BadMatrix

    rows = value if isinstance(value, tuple) else None
    if rows is None or not all(isinstance(r, tuple) and len(r) == len(rows[0]) for r in rows):
        raise mistake("HW6005", "`matrix` is the name of a CSV or npz file, or a list of rows of equal length", call.at("matrix"))
    if not rows or not rows[0]:
        raise BadMatrix("the matrix is empty")
    try:
        return np.array([[_bytes(x) for x in r] for r in rows], dtype=np.float64).reshape(len(rows), -1)
    except TypeError:
        raise BadMatrix("entries are numbers of bytes, or amounts such as `1 MiB`") from None
    except OverflowError:
        raise BadMatrix("an entry is too large to reckon with") from None


def _bytes(x: Any) -> float:
    if isinstance(x, Quantity) and x.dim.name == "information":
        return float(Fraction(x.nom) / 8)
    if isinstance(x, (int, Fraction)) and not isinstance(x, bool):
        return float(x)
    raise TypeError


def _experts(call: Call, view: View) -> Operation:
    from hwdsl.perf.traffic.experts import MOST_EXPERTS, PLACEMENTS, Experts, dispatch, least_imbalance

    experts, top_k = count(call, "experts"), count(call, "top_k")
    if experts > MOST_EXPERTS:
        raise mistake("HW6002", f"`experts` is at most {MOST_EXPERTS:,}, not {experts:,}", call.at("experts"))
    if top_k > experts:
        raise mistake("HW6002", f"a token visits {top_k} of {experts} experts", call.at("top_k"))
    imbalance = call.value("imbalance", 1)
    n = view.ranks
    if isinstance(imbalance, bool) or not isinstance(imbalance, (int, Fraction)) or not 1 <= imbalance <= max(n, 1):
        raise mistake("HW6002", f"`imbalance` is the load of the busiest rank over the mean: 1 to {n}, not {show(imbalance)}",
                      call.at("imbalance"))
    placement = word(call, "placement", PLACEMENTS, "round_robin")
    layer = Experts(experts, top_k, placement, float(imbalance), truth(call, "deduplicate"))
    least = least_imbalance(layer, n)
    if imbalance != 1 and imbalance < least * (1 - 1e-9):
        raise mistake("HW6002", f"`imbalance` of {experts} experts on {n} ranks, {placement}, is at least {least:.4g}, not "
                                f"{show(imbalance)}", call.at("imbalance"),
                      help="leave it out to take the experts as they are placed")
    back = call.name == "moe_combine"
    element = bits(call, "bytes", Fraction(16 if back else 8))
    token = count(call, "hidden") * element + bits(call, "overhead", Fraction(0))
    tokens = count(call, "tokens")
    pattern, each = dispatch(layer, n, back)
    phases = [Phase(pattern, tokens * token * Fraction(each))] if n > 1 and each else []
    sent = Fraction(sum(_copies(layer, n))) if n else Fraction(0)
    way = "results of the experts back to their tokens" if back else "tokens to their experts"
    return make(call, phases, tokens * token * sent, f"all pairs at once: {way}", f"top {top_k} of {experts}")


def _copies(layer: Any, n: int) -> list[float]:
    from hwdsl.perf.traffic.experts import copies

    return copies(layer, n)


_BUILD: dict[str, Callable[[Call, View], Operation]] = {
    "permutation": _permutation, "send_recv": _send_recv, "incast": _incast, "halo": _halo, "all_to_all_v": _matrix,
    "moe_dispatch": _experts, "moe_combine": _experts}
