"""Flows both can simulate: all-to-all on one switch and on a Clos, collectives in rounds, random networks with late flows."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np

from benchmarks.peers.flows import Case

MIB, GIB = 2**20, 2**30


def one_switch(ranks: int, total: int) -> Case:
    """Direct all-to-all of `total` bytes a rank, all pairs at once, links of 900 GB/s and 250 ns (rounded up to whole bytes)."""
    pairs = [(a, b) for a in range(ranks) for b in range(ranks) if a != b]
    size = -(-total // ranks)
    return Case(f"{ranks} ranks on one switch, all-to-all, {total // MIB:,} MiB a rank", [900e9] * 2 * ranks,
                [[a, ranks + b] for a, b in pairs], [size] * len(pairs), [0.0] * len(pairs), latency=250e-9, ends=pairs)


def shift(ranks: int, total: int, step: int) -> Case:
    """One round of a pairwise exchange: every rank to the one `step` further."""
    size = -(-total // ranks)
    return Case(f"{ranks} ranks on one switch, one round of pairwise exchange, {total // MIB:,} MiB a rank", [900e9] * 2 * ranks,
                [[a, ranks + (a + step) % ranks] for a in range(ranks)], [size] * ranks, [0.0] * ranks, latency=250e-9)


def clos(hosts: int, leaf: int, spines: int, seed: int) -> Case:
    """All pairs at once on a two-level Clos, each hashed over one spine."""
    rng = np.random.default_rng(seed)
    paths, pairs, leaves = [], [], hosts // leaf
    for a in range(hosts):
        for b in range(hosts):
            if a == b:
                continue
            spine = int(rng.integers(spines))
            up = [2 * hosts + a // leaf * spines + spine, 2 * hosts + leaves * spines + b // leaf * spines + spine]
            pairs.append((a, b))
            paths.append([a, *(up if a // leaf != b // leaf else []), hosts + b])
    capacity = [50e9] * 2 * hosts + [50e9 * leaf / spines] * 2 * leaves * spines
    return Case(f"{hosts} hosts on a Clos, all-to-all, hashed", capacity, paths, [1_000_000] * len(paths), [0.0] * len(paths),
                ends=pairs)


def random_network(seed: int) -> Case:
    """Random flows on a random regular graph, one shortest path each, of random sizes, beginning at random times."""
    rng = np.random.default_rng(seed)
    graph = nx.random_regular_graph(4, 24, seed=seed)
    number = {arc: k for k, arc in enumerate([*graph.edges, *((b, a) for a, b in graph.edges)])}
    capacity = rng.choice([10e9, 25e9, 50e9], size=len(number))
    paths = []
    for _ in range(150):
        a, b = (int(x) for x in rng.choice(24, size=2, replace=False))
        nodes = nx.shortest_path(graph, a, b)
        paths.append([number[x, y] for x, y in pairwise(nodes)])
    return Case(f"random network {seed}, 150 flows", capacity, paths, rng.integers(10**6, 10**9, len(paths)),
                rng.uniform(0, 0.2, len(paths)))


def cases(quick: bool) -> list[Case]:
    """All of them; without the slow ones if `quick`."""
    sizes = (64,) if quick else (64, 128, 192)
    return [one_switch(72, MIB), one_switch(72, GIB), shift(72, GIB, 1), *(random_network(k) for k in range(3 if quick else 10)),
            *(clos(n, 16, 8, n) for n in sizes)]
