"""P1 to P3: links per second to full tables against graph libraries, and how near the tables come to memory speed."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from benchmarks.elaboration.design import ACCELERATORS, scale
from benchmarks.elaboration.rollups import verdict
from hwdsl.ir.l2 import Flat, flatten, partners
from hwdsl.query.views import links

BUDGET = 8 * 1024**3


class Peer(NamedTuple):
    """Links per second of one library."""

    name: str
    seconds: float


def timed(work: Callable[[], Any]) -> float:
    """Seconds of one run; its result is freed afterwards, outside the time."""
    gc.collect()
    start = perf_counter()
    result = work()
    seconds = perf_counter() - start
    del result
    return seconds


def _networkx(edges: list[Any], devices: int) -> Any:
    import networkx as nx

    graph = nx.MultiGraph()
    graph.add_nodes_from(range(devices))
    graph.add_edges_from((a, b, facts) for a, b, facts in edges)
    return graph


def _rustworkx(edges: list[Any], devices: int) -> Any:
    import rustworkx as rx

    graph = rx.PyGraph(multigraph=True)
    graph.add_nodes_from(list(range(devices)))
    graph.add_edges_from(edges)
    return graph


def against_libraries(supernodes: int) -> None:
    """P1: flatten (from L0) against building the same graph with the same attributes; the libraries get the ends for nothing."""
    start = perf_counter()
    design = scale(supernodes)
    front = perf_counter() - start
    ours = [timed(lambda: flatten(design.root, BUDGET)) for _ in range(9)]
    flat = flatten(design.root, BUDGET)
    count = flat.links
    peers = [Peer(name, build(flat)) for name, build in (("networkx", _with_networkx), ("rustworkx", _with_rustworkx))]
    best = statistics.median(ours)
    print(f"P1  elaboration to full tables (partner, owner, class of {flat.layout.ports:,} ports), "
          f"{supernodes * ACCELERATORS:,} accelerators, {count:,} links")
    print(f"    text to L0 {front * 1e3:.0f} ms, apart; L0 to tables {best * 1e3:.1f} ms, {count / best / 1e6:.0f} M links/s")
    for peer, target in zip(peers, (500, 50)):
        ratio = peer.seconds / best
        whole = peer.seconds / (best + front)
        print(f"    {peer.name:<10} {peer.seconds:6.2f} s  {peer.seconds / count * 1e6:4.1f} us a link  {ratio:6.0f} x  "
              f"(target >= {target} x: {verdict(ratio >= target)}; with parsing and checking on our side {whole:.0f} x)")


def _edges(flat: Flat) -> list[Any]:
    """Links with one dict of attributes each (both ports, rule, plane, link, lanes, rate, length), one at a time."""
    return list(links(flat))


def _with_networkx(flat: Flat) -> float:
    """Seconds to make the attributes and the graph; device numbers and ports are given."""
    return timed(lambda: _networkx(_edges(flat), flat.layout.devices))


def _with_rustworkx(flat: Flat) -> float:
    return timed(lambda: _rustworkx(_edges(flat), flat.layout.devices))


def against_memory(supernodes: int, rounds: int) -> None:
    """P2 and P3, in memory that is mapped anew for each measurement; rounds take turns and the median ratio counts."""
    design = scale(supernodes)
    flat = flatten(design.root, BUDGET)
    tables = [flat.peer, flat.owner, flat.rule_of_port]
    total, ends, kind = sum(t.nbytes for t in tables), flat.peer.size, flat.peer.dtype
    count = flat.links
    del flat, tables
    full, copy, peer, fill = [], [], [], []
    for _ in range(rounds):
        full.append(timed(lambda: flatten(design.root, BUDGET)))
        source = np.ones(total, dtype=np.uint8)
        copy.append(timed(source.copy))
        del source
        peer.append(timed(lambda: partners(design.root, BUDGET)))
        fill.append(timed(lambda: np.full(ends, 7, dtype=kind)))
    p2 = statistics.median(c / f for c, f in zip(copy, full))
    p3 = statistics.median(f / p for f, p in zip(fill, peer))
    print(f"P2  {supernodes * ACCELERATORS:,} accelerators, {count:,} links, {total / 1e6:.0f} MB of tables, fresh memory")
    print(f"    tables {statistics.median(full) * 1e3:.0f} ms, memcpy of the same bytes {statistics.median(copy) * 1e3:.0f} ms: "
          f"{p2:.2f}  (target >= 0.6: {verdict(p2 >= 0.6)})")
    print(f"P3  peer[] {statistics.median(peer) * 1e3:.1f} ms, fill of the same {ends * kind.itemsize / 1e6:.0f} MB "
          f"{statistics.median(fill) * 1e3:.1f} ms: {p3:.2f}  (target >= 0.75: {verdict(p3 >= 0.75)})")
