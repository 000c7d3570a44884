"""When flows of given sizes finish that begin at given times and share links max-min fairly meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hwdsl.node import Record
from hwdsl.perf.rates.events import Ends, run_events
from hwdsl.perf.rates.fair import Floats, Ints, check_paths
from hwdsl.perf.rates.resolve import Shared

SMALL = 2_000
"""Path-links below which plain Python is faster than starting numba: every event may go through many of them."""
SLICE = 1000
"""Events between two messages of progress, and two moments in which Ctrl-C is heard."""


class Completion(Record):
    """`finish[F]`: when each flow's last bit arrives (inf: a link of rate 0 keeps it); `events`: beginnings and ends handled."""

    finish: Floats
    events: int


def completion_times(capacity: Floats, start: Ints, arc: Ints, size: Floats, begin: Floats | None = None,
                     latency: Floats | None = None, share: Floats | None = None,
                     progress: Callable[[str], None] | None = None) -> Completion:
    """Completion times of F flows.

    capacity[A] bit/s    size[F] bits    begin[F] s (None: all at 0)
    latency[F]  s, of each flow's path, spent before its first bit uses a link: the flow shares from `begin + latency` on, which
                is how SimGrid's CM02 model counts it
    share       part of its flow on each path-link (None: all of it)

    Times agree with solving all rates anew at every event to 1e-12. Raises ValueError as `fair_rates` does, and for sizes or
    times that are negative or not numbers.
    """
    check_paths(capacity, start, arc, share)
    flows = len(start) - 1
    lag = np.zeros(flows) if latency is None else np.asarray(latency, dtype=np.float64)
    first = (np.zeros(flows) if begin is None else np.asarray(begin, dtype=np.float64)) + lag
    for what, values in (("sizes", size), ("times", first)):
        if len(values) != flows or not (values >= 0).all():
            raise ValueError(f"{what} are numbers that are not negative, one for each flow")
    done = np.full(flows, np.inf)
    instant = (size == 0) | (np.diff(start) == 0)
    done[instant] = first[instant]
    order = np.flatnonzero(~instant)
    order = order[np.argsort(first[order], kind="stable")]
    shared = _shared(capacity, start, arc, share)
    ends = Ends(np.zeros(flows, dtype=np.int64), np.full(flows, -1, dtype=np.int64), np.full(flows, np.inf),
                size.astype(np.float64), np.zeros(flows))
    run: Any = run_events
    if len(arc) > SMALL:
        if progress is not None:
            progress("loading compiled loops (the first run on a machine compiles them)")
        from hwdsl.perf.rates.kernels import run_events as run
    at, events = _ints(2), 0
    while some := int(run(shared, ends, order, first, done, at, SLICE)):  # a compiled loop hears no Ctrl-C before it returns
        events += some
        if progress is not None and len(arc) > SMALL:
            progress(f"{events:,} of {2 * len(order):,} beginnings and ends of flows")
    return Completion(done, events + int(instant.sum()))


def _ints(n: int, value: int = 0) -> Ints:
    return np.full(n, value, dtype=np.int64)


def _shared(capacity: Floats, start: Ints, arc: Ints, share: Floats | None) -> Shared:
    flows, links, pieces = len(start) - 1, len(capacity), len(arc)
    return Shared(
        start=start.astype(np.int64), arc=arc.astype(np.int64),
        use=np.ones(pieces) if share is None else share.astype(np.float64),
        owner=np.repeat(np.arange(flows, dtype=np.int64), np.diff(start)), head=_ints(links, -1), after=_ints(pieces, -1),
        before=_ints(pieces, -1), capacity=capacity.astype(np.float64), rate=np.zeros(flows), bottleneck=_ints(flows, -1),
        in_set=np.zeros(flows, dtype=np.bool_), flows=_ints(flows), seen=np.zeros(links, dtype=np.bool_), links=_ints(links),
        left=np.zeros(links), weight=np.zeros(links), active=_ints(links), key=np.zeros(links), heap=_ints(links),
        trial=np.full(flows, -1.0), limit=_ints(flows, -1))
