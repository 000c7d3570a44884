"""The brute-force reading of a fabric: all shortest paths, in exact fractions, by definition and without any array."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from hwdsl.api import Design, Session
from hwdsl.perf.flat import Fabric, from_links

EXAMPLES = Path(__file__).parents[3] / "examples"


@cache
def gallery(text: str) -> Design:
    """A design over the systems of examples/fabrics_*.hw, `Torus2(x = 5, y = 4)`."""
    name = text.split("(", maxsplit=1)[0]
    file = next(p for p in sorted(EXAMPLES.glob("fabrics_*.hw")) if f"pub system {name}(" in p.read_text(encoding="utf-8"))
    session = Session(cache_dir=None)
    made = session.open_text(f"use {file.stem}.{name};\ndesign = {text};\n", str(EXAMPLES / "asked.hw"))
    assert made is not None, session.report()
    return made


def distances(f: Fabric, t: int) -> dict[int, int]:
    """Hops to t; who does not relay is reached, never crossed."""
    into: dict[int, set[int]] = defaultdict(set)
    for u, v in zip(f.tail.tolist(), f.head.tolist()):
        into[v].add(u)
    found, queue = {t: 0}, deque([t])
    while queue:
        v = queue.popleft()
        if v == t or f.relay[v]:
            for u in into[v]:
                if u not in found:
                    found[u] = found[v] + 1
                    queue.append(u)
    return found


def exact_loads(f: Fabric, pairs: dict[tuple[int, int], Fraction] | None = None) -> tuple[list[Fraction], Counter[int], int]:
    """(load of every arc, hops -> pairs, unreachable pairs); pairs of vertices with their weight, None: every two endpoints."""
    ends = f.endpoints.tolist()
    if pairs is None:
        pairs = {(s, t): Fraction(1) for s in ends for t in ends if s != t}
    load = [Fraction(0)] * f.arc_count
    histogram: Counter[int] = Counter()
    lost = 0
    for t in sorted({t for _, t in pairs}):
        distance = distances(f, t)
        flow: dict[int, Fraction] = defaultdict(Fraction)
        for (s, d), w in pairs.items():
            if d != t or s == t:
                continue
            if s in distance:
                flow[s] += w
                histogram[distance[s]] += 1
            else:
                lost += 1
        for u in sorted(distance, key=lambda v: -distance[v]):
            if u == t or not flow[u]:
                continue
            nearer = [a for a in range(int(f.start[u]), int(f.start[u + 1]))
                      if distance.get(int(f.head[a])) == distance[u] - 1 and (int(f.head[a]) == t or f.relay[int(f.head[a])])]
            for a in nearer:
                load[a] += flow[u] / len(nearer)
                flow[int(f.head[a])] += flow[u] / len(nearer)
    return load, histogram, lost


def torus(*sizes: int, twist: int = 0) -> Fabric:
    """A torus; `twist`: wraps of all dimensions but the last shift the last by so much."""
    ids = np.arange(int(np.prod(sizes))).reshape(sizes)
    tails, heads = [], []
    for d in range(len(sizes)):
        there = np.roll(ids, -1, axis=d).copy()
        if twist and d < len(sizes) - 1:
            last = [slice(None)] * len(sizes)
            last[d] = slice(sizes[d] - 1, sizes[d])
            there[tuple(last)] = np.roll(there[tuple(last)], -twist, axis=-1)
        tails.append(ids.reshape(-1))
        heads.append(there.reshape(-1))
    return from_links(np.concatenate(tails), np.concatenate(heads), sizes)
