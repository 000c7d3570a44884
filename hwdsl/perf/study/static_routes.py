"""Static routes from a file beside the design: at a vertex, for a destination, the neighbour that traffic goes to next.

The file is a CSV with the columns `at`, `destination` and `next`: instance paths of vertices of the network; a destination may
also be a rank, or `*` for every endpoint without a line of its own at that vertex. Over parallel links to the neighbour traffic
is split alike. Routes are those of the network as designed: what a failed part or link would have carried has no path.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.perf.flat import Fabric, Options, OverBudget
from hwdsl.perf.study.call import Call, text
from hwdsl.perf.study.names import Names
from hwdsl.perf.study.view import View
from hwdsl.perf.traffic.csv_rows import BadCell, Cell, rows
from hwdsl.sema.mistake import mistake

Ints = npt.NDArray[np.int64]
COLUMNS = ("at", "destination", "next")
ENTRY_BYTES = 64
"""Bytes of one entry of a table while it is checked."""


def static_routes(call: Call, view: View) -> tuple[str, Callable[[], Options]]:
    """(name of the table of a call, what reads and checks it). Raises Mistake, the returned function OverBudget too."""
    name = text(call, "table", "routes.csv")
    path = os.path.join(os.path.dirname(call.span.file), name)

    def load() -> Options:
        try:
            return Options(table=routes(view, path), spread=True)
        except BadCell as error:
            raise mistake("HW6013", f"`{name}`{error.place}: {error.problem}", call.at("table"),
                          help="the columns are at, destination and next: at a part, towards an endpoint or `*`, to which "
                               "neighbour") from None
        except OSError as error:
            raise mistake("HW6013", f"`{name}` cannot be read: {error.strerror or error}", call.at("table"),
                          help="the path is relative to the file the study stands in") from None

    return name, load


def routes(view: View, path: str) -> Ints:
    """int64[V, E]: the arc to take at each vertex towards each endpoint in service, -1 none. Raises BadCell, OverBudget, OSError.
    """
    designed = view.without_failures() if view.failed else view
    names, now = Names(designed), view.fabric()
    f = names.fabric
    needed = ENTRY_BYTES * f.vertex_count * len(f.endpoints)
    if needed > view.hooks.memory_budget:
        raise OverBudget(needed, view.hooks.memory_budget)
    following, line = _entries(names, path)
    _check_ways(f, following, line)
    column = np.searchsorted(f.endpoints, now.endpoints) if _sorted(f.endpoints) else _columns(f, now)
    return _arcs(now, following[:, column])


def _sorted(ends: Ints) -> bool:
    return bool((np.diff(ends) > 0).all())


def _columns(f: Fabric, now: Fabric) -> Ints:
    order = np.argsort(f.endpoints)
    out: Ints = order[np.searchsorted(f.endpoints[order], now.endpoints)]
    return out


def _entries(names: Names, path: str) -> tuple[Ints, Ints]:
    """(next vertex, line of the file), int64[V, E], -1 where there is no entry. Raises BadCell, OSError."""
    f = names.fabric
    following = np.full((f.vertex_count, len(f.endpoints)), -1, dtype=np.int64)
    line = np.full_like(following, -1)
    others: dict[int, tuple[int, Cell]] = {}
    for row in rows(path, COLUMNS):
        at, to = names.vertex(row["at"]), names.vertex(row["next"])
        if not _neighbours(f, at, to):
            raise row["next"].bad(f"no link leads from `{row['at'].text[:60]}` to `{row['next'].text[:60]}`")
        if row["destination"].text == "*":
            if at in others:
                raise row["at"].bad(f"`{row['at'].text[:60]}` has a line for `*` already: line {others[at][1].line}")
            others[at] = to, row["next"]
            continue
        t = names.rank(row["destination"])
        if at == int(f.endpoints[t]):
            raise row["at"].bad(f"`{row['at'].text[:60]}` is the destination itself")
        if following[at, t] >= 0:
            raise row["at"].bad(f"`{row['at'].text[:60]}` has a line for `{row['destination'].text[:60]}` already: "
                                f"line {line[at, t]}")
        _passes(f, row["next"], to, t)
        following[at, t], line[at, t] = to, row["next"].line
    for at, (to, cell) in others.items():
        free = (following[at] < 0) & (f.endpoints != at)
        for t in np.flatnonzero(free)[:2].tolist():
            _passes(f, cell, to, t)
        following[at, free], line[at, free] = to, cell.line
    if (following < 0).all():
        raise BadCell("the file has no entry")
    return following, line


def _neighbours(f: Fabric, at: int, to: int) -> bool:
    row = f.head[f.start[at]: f.start[at + 1]]
    k = int(np.searchsorted(row, to))
    return k < len(row) and int(row[k]) == to


def _passes(f: Fabric, cell: Cell, to: int, t: int) -> None:
    if to != int(f.endpoints[t]) and not f.relay[to]:
        raise cell.bad(f"`{f.vertex_name(to)}` does not pass traffic on, and is not the destination `{_end(f, t)}`")


def _end(f: Fabric, t: int) -> str:
    return f.vertex_name(int(f.endpoints[t]))


def _check_ways(f: Fabric, following: Ints, line: Ints) -> None:
    """Every entry leads to its destination. Raises BadCell for an entry that leads to a vertex without one, or into a circle."""
    at, t = np.nonzero(following >= 0)
    to = following[at, t]
    lost = np.flatnonzero((to != f.endpoints[t]) & (following[to, t] < 0))
    if len(lost):
        k = lost[int(np.argmin(line[at[lost], t[lost]]))]
        raise BadCell(f"traffic for `{_end(f, int(t[k]))}` is sent to `{f.vertex_name(int(to[k]))}`, which has no entry for it",
                      int(line[at[k], t[k]]))
    n = f.vertex_count
    step: Any = np.full((n + 1, len(f.endpoints)), n, dtype=np.int64)
    step[:n] = np.where(following >= 0, following, n)
    step[f.endpoints, np.arange(len(f.endpoints))] = n
    for _ in range(n.bit_length()):  # 1, 2, 4 ... steps
        step = np.take_along_axis(step, step, axis=0)
    circling = np.argwhere(step[:n] < n)
    if len(circling):
        v, e = (int(x) for x in circling[0])
        v = int(step[v, e])  # on the circle by now
        way = [v]
        while (u := int(following[way[-1], e])) not in way:
            way.append(u)
        shown = " -> ".join(f.vertex_name(x) for x in [*way[:4], *way[:1]] if len(way) <= 4) or f"{len(way)} vertices"
        raise BadCell(f"traffic for `{_end(f, e)}` runs in a circle: {shown}", int(line[v, e]))


def _arcs(f: Fabric, following: Ints) -> Ints:
    """The first arc to each next vertex, -1 where none is in service."""
    out = np.full(following.shape, -1, dtype=np.int64)
    at, t = np.nonzero(following >= 0)
    key = f.tail * f.vertex_count + f.head
    wanted = at * f.vertex_count + following[at, t]
    place = np.searchsorted(key, wanted)
    there = place < len(key)
    there[there] = key[place[there]] == wanted[there]
    out[at[there], t[there]] = place[there]
    return out
