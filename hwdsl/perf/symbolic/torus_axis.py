"""A torus link out of service, seen from the destinations on its own line, less than half a ring ahead of it.

For these alone distances change, and only those of the vertices of the line behind the link: they step aside (two hops more) or
go round the other way, whichever is shorter. All else that changes lies on the line and on the lines beside it: whatever is
further out sends into these as before, and nothing leaves them. So each destination costs one ring, not one torus.

Numbers of vertices of the ring count from the tail of the link; `hops` from a destination j ahead of it, i + j for the vertex -i.
"""

from __future__ import annotations

from typing import Any

from hwdsl.node import Record
from hwdsl.perf.symbolic.orthant import Orthant


class AxisLoads(Record):
    """float64[n_0] changes of load, by the number c of the vertex on the line: of the links to c + 1 (along) and to c - 1 (back),
    to and from the lines beside it in each dimension, and of the links from c to c + 1 of those lines."""

    along: Any
    back: Any
    outward: dict[int, Any]
    inward: dict[int, Any]
    beside: dict[int, Any]


class _Behind:
    """The flows of the vertices behind the link, by hops from the destination in the whole torus: they do not depend on j, but
    for the tail of the link itself.

    share  of each link that is taken; tail: likewise at the tail of the link; excess: by dimension, what more passes beside
    """

    def __init__(self, o: Orthant, line: Any, beside: dict[int, Any]) -> None:
        import numpy as np

        n = o.sizes[0]
        self.top, self.odd = max(1, (n - 1) // 2), n % 2 == 1
        ring = n > 2  # two vertices have no other way round
        self.around = self.tail_around = 0.0
        aside = sum(1 if o.sizes[i] == 2 else 2 for i in beside)
        self.share, self.tail = np.zeros(self.top + 1), np.zeros(self.top + 1)
        carried = 0.0
        for hops in range(self.top, 0, -1):
            here = 1.0 + carried
            last = hops == self.top and ring
            if last and self.odd:  # the other way round is shorter than a step aside
                self.around = self.tail_around = here
                continue
            self.share[hops] = carried = here / (aside + 1 + last)
            self.tail[hops] = here / (aside + last)
            if last:
                self.around, self.tail_around = self.share[hops], self.tail[hops]
        self.excess = {}
        for i, f in beside.items():
            over = np.zeros(self.top + 2)
            for hops in range(self.top, 0, -1):
                over[hops] = self.share[hops] + (over[hops + 1] + f[hops + 1] / 2 if hops < self.top else 0.0)
            self.excess[i] = over


def axis_loads(o: Orthant, flow: Any) -> AxisLoads:
    """The changes summed over the destinations 1..(n_0 - 1) / 2 ahead of the tail; `flow` as of `flow_to_origin`."""
    import numpy as np

    n, rank = o.sizes[0], range(1, len(o.sizes))
    line = flow[(slice(None), *[0 for _ in rank])]
    beside = {i: flow[(slice(None), *(int(j == i) for j in rank))] for i in rank}
    b = _Behind(o, line, beside)
    out = AxisLoads(np.zeros(n), np.zeros(n), *({i: np.zeros(n) for i in rank} for _ in range(3)))
    for j in range(1, b.top + 1):
        back = np.arange(j + 1, b.top + 1)  # hops of the vertices behind the tail
        at = (j - back) % n
        out.along[at] += b.share[back] - line[back]
        for i in rank:
            out.outward[i][at] += b.share[back]
            out.inward[i][at] -= beside[i][back] / 2
            out.beside[i][at] += b.excess[i][back] + beside[i][back] / 2
        _ahead(o, out, b, j, line, beside)
        if n > 2:
            _around(out, b, j, n, line)
    return out


def _ahead(o: Orthant, out: AxisLoads, b: _Behind, j: int, line: Any, beside: dict[int, Any]) -> None:
    """From the tail to the destination: what passes beside the link comes back to the line, half of it at every hop."""
    import numpy as np

    out.along[0] -= line[j]
    left = np.arange(j - 1, 0, -1)  # hops of the vertices between, nearest the link first; their numbers are j - left
    on = np.full(len(left), -line[j])
    for i, f in beside.items():
        turn = 0.0 if j == b.top and b.odd else b.tail[j]
        more = turn + (b.excess[i][j + 1] + f[j + 1] / 2 if j < b.top else 0.0)
        out.outward[i][0] += turn
        out.inward[i][0] -= f[j] / 2
        out.beside[i][0] += more + f[j] / 2
        passing = (more + f[j] / 2) * 0.5 ** np.arange(j)  # at the vertices beside 1..j
        out.inward[i][1:j] += passing[:-1] / 2
        out.beside[i][1:j] += passing[:-1] / 2
        out.inward[i][j] += passing[-1]
        on += (1 if o.sizes[i] == 2 else 2) * np.cumsum(passing[:-1] / 2)
    out.along[1:j] += on


def _around(out: AxisLoads, b: _Behind, j: int, n: int, line: Any) -> None:
    """The other way round, from the vertex furthest behind the link."""
    import numpy as np

    furthest = (j - b.top) % n
    more = b.tail_around if j == b.top else b.around
    if b.odd:
        out.back[(furthest - np.arange((n + 1) // 2)) % n] += more
        return
    opposite = line[n // 2] / 2  # half a ring away: what took the way over the link turns as well
    out.back[furthest] += more
    out.along[furthest - 1] -= opposite
    out.back[(furthest - 1 - np.arange(n // 2)) % n] += more + opposite
