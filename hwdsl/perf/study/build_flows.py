"""Operations whose flows begin at times of their own: from a file, or at random."""

from __future__ import annotations

import os
from fractions import Fraction

from hwdsl.node import replace
from hwdsl.perf.study.build import make, ranks_of, size_text
from hwdsl.perf.study.call import Call, bits, count, text, word
from hwdsl.perf.study.operation import Operation
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.arrivals import PATTERNS, SIZES, arrivals
from hwdsl.perf.traffic.csv_rows import BadCell
from hwdsl.perf.traffic.trace import TimedFlows, read_trace
from hwdsl.query.quotient import Refused
from hwdsl.query.selection import Selection
from hwdsl.sema.mistake import mistake
from hwdsl.sema.show import show
from hwdsl.types import Quantity

MOST = 1_000_000
"""Flows that are read from a file, or drawn."""


def listed_flows(call: Call, view: View) -> Operation:
    """`flows(trace = "flows.csv")`. Raises Mistake."""
    name = text(call, "trace", "flows.csv")
    path = os.path.join(os.path.dirname(call.span.file), name)

    def read() -> TimedFlows:
        from hwdsl.perf.study.names import Names

        try:
            return read_trace(path, Names(view).rank, MOST)
        except BadCell as error:
            raise mistake("HW6014", f"`{name}`{error.place}: {error.problem}", call.at("trace"),
                          help="the columns are src, dst (paths or ranks), size and begin, with units in the cells or as "
                               "`size [MiB]` in the heading") from None
        except OSError as error:
            raise mistake("HW6014", f"`{name}` cannot be read: {error.strerror or error}", call.at("trace"),
                          help="the path is relative to the file the study stands in") from None

    made = make(call, [], Fraction(0), "flows begin at the times of the list")
    return replace(made, size_text=name, timed=read)


def random_flows(call: Call, view: View) -> Operation:
    """`arrivals(load = 0.6, size = 1 MiB, count = 10000)`. Raises Mistake."""
    size, load = bits(call, "size"), _load(call)
    if not size:
        raise mistake("HW6002", "`size` of arriving flows is above zero", call.at("size"))
    number, seed = count(call, "count", 10_000), count(call, "seed", 0, 0)
    if number > MOST:
        raise mistake("HW6002", f"`count` is at most {MOST:,} flows, not {number:,}", call.at("count"))
    pattern, sizes = word(call, "pattern", PATTERNS, "uniform"), word(call, "distribution", SIZES, "fixed")
    root = _root(call, view)

    def draw() -> TimedFlows:
        import numpy as np

        f = view.fabric()
        sends = np.bincount(f.tail, f.capacity, f.vertex_count)[f.endpoints].astype(np.float64)
        takes = np.bincount(f.head, f.capacity, f.vertex_count)[f.endpoints].astype(np.float64)
        if np.isnan(sends).any() or np.isnan(takes).any():
            raise Refused("a load is a part of what the endpoints can send, and the rate of their links is not published")
        if not sends.sum() or (pattern == "incast" and (not takes[root] or not np.delete(sends, root).sum())):
            raise Refused("a load is a part of what the endpoints can send, and they can send nothing")
        return arrivals(sends, takes, float(load), float(size), number, seed, pattern, sizes, root)

    words = {"uniform": "each to any other rank", "permutation": "each rank always to the same other",
             "incast": f"all to rank {root}"}[pattern]
    made = make(call, [], Fraction(0), f"Poisson arrivals at load {show(load)}, {words}, sizes {sizes}")
    return replace(made, algorithm=pattern, size_text=f"{number} x {size_text(size)}", timed=draw)


def _load(call: Call) -> Fraction:
    value = call.value("load")
    if isinstance(value, Quantity) and value.dim.name == "number" and value.is_exact:
        value = Fraction(value.nom)
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)) or not 0 < value <= 100:
        shown = "" if value is None else f", not {show(value)}"
        raise mistake("HW6002", f"`load` is the part of their rate that endpoints are asked to send, such as 0.6{shown}",
                      call.at("load"))
    return Fraction(value)


def _root(call: Call, view: View) -> int:
    root = call.value("root", 0)
    if isinstance(root, Selection):
        found = ranks_of(call, view, "root")
        if len(found) != 1:
            raise mistake("HW6002", f"`root` is one endpoint; this names {len(found)}", call.at("root"))
        root = found[0]
    if not isinstance(root, int) or isinstance(root, bool) or not 0 <= root < view.ranks:
        raise mistake("HW6002", f"`root` is a rank from 0 to {view.ranks - 1}, not {show(root)}", call.at("root"))
    return root
