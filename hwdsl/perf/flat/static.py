"""Static tables: at each vertex the one arc to take towards each endpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.perf.flat.models import Options, Unroutable
from hwdsl.perf.flat.paths import Paths, gathered
from hwdsl.query.flat import Ints


def checked_table(f: Fabric, options: Options) -> Ints:
    """The table, each entry an arc that leaves its vertex. Raises Unroutable."""
    if options.table is None:
        raise Unroutable("static routing needs a table: the arc to take at each vertex towards each endpoint")
    table: Any = np.asarray(options.table)
    if table.shape != (f.vertex_count, len(f.endpoints)) or not np.issubdtype(table.dtype, np.integer):
        raise Unroutable(f"the table is {' x '.join(map(str, table.shape))} of {table.dtype}, not {f.vertex_count} vertices x "
                         f"{len(f.endpoints)} endpoints of whole numbers")
    given = table >= 0
    rows = np.broadcast_to(np.arange(f.vertex_count)[:, None], table.shape)
    leaves = np.append(f.tail, -1)[np.clip(table, -1, f.arc_count)]  # -1: no arc, or one that is not there
    wrong = np.argwhere(given & (leaves != rows))
    if len(wrong):
        v, e = (int(x) for x in wrong[0])
        raise Unroutable(f"the table sends traffic for endpoint {e} from `{f.vertex_name(v)}` along arc {int(table[v, e])}, "
                         "which does not leave it")
    out: Ints = table.astype(np.int64)
    return out


def static_paths(f: Fabric, src: Ints, dst: Ints, options: Options) -> Paths:
    """The path of each flow between endpoints (their numbers); no path where the table ends, runs in circles, or leads through a
    vertex that does not relay. Raises Unroutable."""
    table = checked_table(f, options)
    target = f.endpoints[dst]
    here = f.endpoints[src].copy()
    hops = np.zeros(len(src), dtype=np.int64)
    going = np.flatnonzero(here != target)
    none = np.zeros(0, dtype=np.int64)
    flows, arcs = [none], [none]
    for _ in range(f.vertex_count):
        arc = table[here[going], dst[going]]
        stuck = arc < 0
        hops[going[stuck]] = -1
        going, arc = going[~stuck], arc[~stuck]
        flows.append(going)
        arcs.append(arc)
        hops[going] += 1
        here[going] = f.head[arc]
        arrived = here[going] == target[going]
        blocked = ~arrived & ~f.relay[here[going]]
        hops[going[blocked]] = -1
        going = going[~arrived & ~blocked]
        if not len(going):
            break
    hops[going] = -1
    flow, arc = np.concatenate(flows), np.concatenate(arcs)
    keep = hops[flow] >= 0
    flow, arc, share = flow[keep], arc[keep], np.ones(int(keep.sum()))
    if options.spread and len(arc):
        flow, arc, share = _spread(f, flow, arc)
    return gathered(len(src), flow, arc, share, hops)


def _spread(f: Fabric, flow: Ints, arc: Ints) -> tuple[Ints, Ints, Floats]:
    """(flow, arc, share) with each arc replaced by all arcs between its two ends."""
    fresh = np.ones(f.arc_count, dtype=bool)
    fresh[1:] = (np.diff(f.tail) != 0) | (np.diff(f.head) != 0)
    first = np.flatnonzero(fresh)
    group = (np.cumsum(fresh) - 1)[arc]
    width = np.diff(np.append(first, f.arc_count))[group]
    offset = np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width, width)
    return np.repeat(flow, width), np.repeat(first[group], width) + offset, np.repeat(1 / width, width)
