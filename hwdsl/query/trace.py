"""Tracing logical links through pass-through parts: cable, bridge or circuit, cable, ... until a vertex."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.ir.index import Ix, add
from hwdsl.ir.l0 import Template, volume
from hwdsl.ir.space import Space
from hwdsl.query.flat import Ints, LinkTable, Numbering, expand, number_or_nan
from hwdsl.query.network import is_pass_through

HOP_LIMIT = 1000
"""Pass-through parts on one path; more means a loop of light."""


def trace(owner: Template, ports: Numbering, links: LinkTable, mode: Any) -> LinkTable:
    """Logical links (between ports, each once) in a mode: capacity of the narrowest piece, latencies of the pieces and of what
    lies between them added up (nan if any is unpublished), the rule of the first piece."""
    n = ports.total
    peer, number = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    peer[links.tails], peer[links.heads] = links.heads, links.tails
    number[links.tails] = number[links.heads] = np.arange(len(links.tails))
    outward = np.ones(n, dtype=bool)  # traffic may leave the port by its link
    inward = np.ones(n, dtype=bool)
    outward[links.heads[links.directed]] = inward[links.tails[links.directed]] = False
    through = mode.through(owner, ports)
    passes = np.zeros(n, dtype=bool)
    inside_latency = np.zeros(n)
    for path, base in ports.base.items():
        home = owner.at(path[:-2] if path[-1] == "lane" else path[:-1])
        size = volume(ports.shape[path])
        passes[base: base + size] = is_pass_through(home)
        inside_latency[base: base + size] = number_or_nan(home.figure("latency"))
    start = np.flatnonzero((peer >= 0) & ~passes)
    first = links.at(number[start], start, peer[start])
    here, capacity, latency = first.heads, first.capacity, first.latency
    there_and_back = np.stack([outward[start], inward[start]])
    for _ in range(HOP_LIMIT):
        moving = (here >= 0) & passes[np.maximum(here, 0)]
        if not moving.any():
            break
        inside = through[here[moving]]
        at = np.maximum(inside, 0)
        beyond = np.where(inside >= 0, peer[at], -1)
        piece = number[at]
        capacity[moving] = np.fmin(capacity[moving], links.capacity[piece])
        latency[moving] += inside_latency[here[moving]] + links.latency[piece]
        there_and_back[:, moving] &= np.stack([outward[at], inward[at]])
        here[moving] = beyond
    usable = (here >= 0) & ~passes[np.maximum(here, 0)] & there_and_back.any(axis=0)
    good = usable & np.where(there_and_back.all(axis=0), start < here, there_and_back[0])
    traced = first.at(good)
    traced.directed = ~(there_and_back[0, good] & there_and_back[1, good])
    return traced


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
