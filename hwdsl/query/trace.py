"""Tracing logical links through pass-through parts: cable, bridge or circuit, cable, ... until a vertex."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.index import Ix, add
from hwdsl.ir.l0 import Template, volume
from hwdsl.ir.space import Space
from hwdsl.query.flat import Ints, Numbering, expand
from hwdsl.query.network import is_pass_through

HOP_LIMIT = 1000
"""Pass-through parts on one path; more means a loop of light."""


def trace(owner: Template, ports: Numbering, tails: Ints, heads: Ints, caps: npt.NDArray[np.float64],
          mode: Any) -> tuple[Ints, Ints, npt.NDArray[np.float64]]:
    """Logical links (as port numbers at both ends, each once) in a mode."""
    n = ports.total
    peer = np.full(n, -1, dtype=np.int64)
    peer[tails], peer[heads] = heads, tails
    rate = np.full(n, np.nan)
    rate[tails] = rate[heads] = caps
    through = mode.through(owner, ports)
    passes = np.zeros(n, dtype=bool)
    for path, base in ports.base.items():
        home = owner.at(path[:-2] if path[-1] == "lane" else path[:-1])
        passes[base: base + volume(ports.shape[path])] = is_pass_through(home)
    start = np.flatnonzero((peer >= 0) & ~passes)
    here = peer[start]
    capacity = rate[start]
    for _ in range(HOP_LIMIT):
        moving = (here >= 0) & passes[np.maximum(here, 0)]
        if not moving.any():
            break
        inside = through[here[moving]]
        beyond = np.where(inside >= 0, peer[np.maximum(inside, 0)], -1)
        capacity[moving] = np.fmin(capacity[moving], rate[np.maximum(inside, 0)])
        here[moving] = beyond
    good = (here >= 0) & ~passes[np.maximum(here, 0)] & (start < here)
    return start[good], here[good], capacity[good]


def bridge_pairs(ports: Numbering, prefix: tuple[str, ...], bridge: Any, parts: list[Ints]) -> tuple[Ints, Ints]:
    """Port numbers joined by one bridge in the parts whose coordinates are `parts` (arrays, one a coordinate)."""
    left, right = prefix + bridge.left.path, prefix + bridge.right.path
    lanes = [(*p, "lane") in ports.base for p in (left, right)]
    space = bridge.space
    maps = [list(bridge.left.coords), list(bridge.right.coords)]
    if any(lanes):
        width = next((e.lane[1] for e in (bridge.left, bridge.right) if e.lane is not None), None)
        if width is None:
            p = left if lanes[0] else right
            width = ports.shape[(*p, "lane")][-1]
        space = Space((*space.vars, ("~lane", width)), space.guard)
        lane = Ix(0, ((1, "~lane"),)) if width > 1 else Ix(0)
        for m, e in zip(maps, (bridge.left, bridge.right)):
            m.append(add(e.lane[0], lane) if e.lane is not None else lane)
    keys = [(*p, "lane") if any(lanes) else p for p in (left, right)]
    none = np.zeros(0, dtype=np.int64)
    if any(k not in ports.base for k in keys):
        return none, none
    values = expand(space, [], [*maps[0], *maps[1]])
    ends = []
    for k, vals in ((keys[0], values[: len(maps[0])]), (keys[1], values[len(maps[0]):])):
        coords: list[Any] = [c[:, None] for c in parts] + [v[None, :] for v in vals]
        count = (len(parts[0]) if parts else 1) * (len(values[0]) if values else 1)
        shape = (len(parts[0]) if parts else 1, len(values[0]) if values else 1)
        ids = np.broadcast_to(ports.ids(k, coords), shape).reshape(count)
        ends.append(ids)
    return ends[0], ends[1]
