"""Changes of uniform loads in a torus of any sides that loses one link, in double precision.

The link leaves a = 0 for b in dimension 0; its other direction is the mirror image. Towards t its flow F(t) / W, W the ports of a
that lead nearer, is spread over the other W - 1, and the difference walks on to t. What the walk does up to x depends on t only
through the state of each dimension: aligned (t_i = x_i), ahead (t_i > x_i), or a tie (t_i half a ring away: both ways alike until
the first move). So all t of one state go together, weighted by the sum of their F: 3^k states for each vertex of one orthant (2^k
where all sides are odd); the others are mirror images. Destinations on the link's own line, for which a has no other port, are
the matter of torus_axis. (Exact fractions would have as many digits as the torus has hops.)
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from hwdsl.node import Record
from hwdsl.perf.symbolic.orthant import Orthant, flow_to_origin
from hwdsl.perf.symbolic.torus_axis import axis_loads

ALIGNED, AHEAD, TIE = 0, 1, 2
State = tuple[int, ...]


class FaultedLoads(Record):
    """Change of load of directed links by the loss of one, one endpoint a vertex: coordinate 0 runs round the ring from the
    link's tail, the others over one orthant about it.

    along    of the links from x to x + e_0; those from x + e_0 to x are their mirror images (of a side of 2: at 0 only)
    outward  by dimension i > 0: of the links from x to x + e_i; inward: from x + e_i to x
    """

    along: Any
    outward: dict[int, Any]
    inward: dict[int, Any]


def faulted_loads(sizes: tuple[int, ...]) -> FaultedLoads:
    """The changes in a torus of these sides (two or more) that loses one link of dimension 0."""
    import numpy as np

    o = Orthant(sizes)
    flow = flow_to_origin(o)
    n = sizes[0]
    shape = (n, *o.shape[1:])
    along, back = np.zeros(shape), np.zeros(shape)  # from c to c + 1, from c to c - 1
    out = {i: np.zeros(shape) for i in range(1, len(sizes))}
    half = o.shape[0]
    whole = _walks(o, flow, True)
    along[:half] += whole[0]
    for i in out:
        out[i][:half] += whole[i]
    if o.ties[0]:  # half a ring away, what is lost may take the other way round as well
        other = _walks(o, flow, False)
        turned = -np.arange(half) % n
        back[turned] += other[0]
        for i in out:
            out[i][turned[1:]] += other[i][1:]
    axis = axis_loads(o, flow)
    line: Any = (slice(None), *[0] * (len(sizes) - 1))
    along[line] += axis.along
    back[line] += axis.back
    inward = {i: np.zeros(shape) for i in out}
    for i in out:
        out[i][line] += axis.outward[i]
        inward[i][line] += axis.inward[i]
        beside: Any = (slice(None), *(int(j == i) for j in range(1, len(sizes))))
        along[beside] += axis.beside[i]
    mirror = (1 - np.arange(n)) % n
    return FaultedLoads(along + back[mirror], {i: x + x[mirror] for i, x in out.items()},
                        {i: x + x[mirror] for i, x in inward.items()})


def _walks(o: Orthant, flow: Any, ahead: bool) -> dict[int, Any]:
    """By dimension, the change of load of the links from x to x + e_i, over all destinations for which the tail keeps a port.

    ahead  the orthant that the lost link points into; otherwise the one behind its tail, for destinations half a ring away
    """
    import numpy as np

    rank = range(len(o.sizes))
    states: list[State] = list(product(*[(ALIGNED, AHEAD, TIE) if t else (ALIGNED, AHEAD) for t in o.ties]))
    if not ahead:
        states = [s for s in states if s[0] == TIE]
    number = {s: k for k, s in enumerate(states)}
    ways = np.stack([_ways(o, s) for s in states])
    share = np.zeros((len(states), o.count))
    for points in o.levels[1:]:
        for i in rank:
            moved = points[o.coordinate[i][points] > 0]
            before = moved - o.stride[i]
            for s, k in number.items():
                origin = number.get((*s[:i], AHEAD, *s[i + 1:]) if s[i] == ALIGNED else s)
                if origin is not None:
                    share[k, moved] += share[origin, before]
            if len(moved) and points is o.levels[1]:
                _seed(share, moved, i, states, number, ways, ahead)
        w = ways[:, points]
        share[:, points] = np.divide(share[:, points], w, out=np.zeros_like(w), where=w > 0)
    return _summed(o, flow, number, ways, share, ahead)


def _seed(share: Any, moved: Any, i: int, states: list[State], number: dict[State, int], ways: Any, ahead: bool) -> None:
    """What the tail's other ports carry more, and the lost one less, one hop away in dimension i."""
    for s, k in number.items():
        origin = number.get((*s[:i], AHEAD, *s[i + 1:]) if s[i] == ALIGNED else s)
        if origin is not None:
            share[k, moved] += _first(states[origin], float(ways[origin, 0]), i, ahead)


def _first(s: State, ways: float, i: int, ahead: bool) -> float:
    """Change of the tail's port in dimension i, of its flow, towards destinations of a state."""
    if s[0] == ALIGNED or s[i] == ALIGNED or ways < 2:
        return 0.0
    return -1 / ways if i == 0 and ahead else 1 / (ways * (ways - 1))


def _ways(o: Orthant, s: State) -> Any:
    """Ports that lead nearer at every vertex, towards destinations of a state."""
    import numpy as np

    total = np.zeros(o.count)
    for i, x in enumerate(s):
        at = o.coordinate[i]
        if x == AHEAD:
            total += 1
        elif x == TIE:
            total += np.where(at == 0, 2, np.where(at < o.shape[i] - 1, 1, 0))
    return total


def _summed(o: Orthant, flow: Any, number: dict[State, int], ways: Any, share: Any, ahead: bool) -> dict[int, Any]:
    """The shares of all states, each times the flow of its destinations."""
    import numpy as np

    out = {i: np.zeros(o.count) for i in range(len(o.sizes))}
    for s, k in number.items():
        weight = _matching(o, flow, s)
        for i in out:
            here = share[k].copy()
            here[0] = _first(s, float(ways[k, 0]), i, ahead)
            at = o.coordinate[i]
            if s[i] == ALIGNED:
                continue
            here = np.where(at < o.shape[i] - 1, here, 0.0)
            out[i] += here * weight * _images(o, s, i)
    return {i: x.reshape(o.shape) for i, x in out.items()}


def _images(o: Orthant, s: State, i: int) -> Any:
    """How many mirror images of a destination send over the same link of dimension i."""
    import numpy as np

    n = np.ones(o.count)
    for j in range(1, len(o.sizes)):
        if j != i and o.sizes[j] > 2:
            if s[j] == AHEAD:
                n *= np.where(o.coordinate[j] == 0, 2, 1)
            elif s[j] == TIE:
                n *= np.where(o.coordinate[j] == o.shape[j] - 1, 2, 1)
    return n


def _matching(o: Orthant, flow: Any, s: State) -> Any:
    """At every x the sum of the flow towards the destinations in the orthant that have this state seen from x."""
    import numpy as np

    out = flow
    for i, x in enumerate(s):
        last = o.shape[i] - 1
        at = np.moveaxis(out, i, 0)
        if x == TIE:
            at = np.broadcast_to(at[last], at.shape)
        else:
            kept = at.copy()
            if o.ties[i]:
                kept[last] = 0.0
            if x == AHEAD:
                after = np.cumsum(kept[::-1], axis=0)[::-1]
                kept = np.concatenate([after[1:], np.zeros_like(after[:1])])
            at = kept
        out = np.moveaxis(at, 0, i)
    return out.reshape(-1)


def base_load(sizes: tuple[int, ...], i: int) -> Fraction:
    """Load of a link of dimension i while all links are in service."""
    n = sizes[i]
    vertices = 1
    for m in sizes:
        vertices *= m
    each = Fraction(1) if n == 2 else Fraction(n * n // 4, 2)
    return each * vertices / n
