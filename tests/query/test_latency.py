"""`latency(a -> b)` between the parts that were named: against every shortest path of an independent graph."""

from __future__ import annotations

import random
from itertools import pairwise

import networkx as nx
import pytest

from hwdsl.api import Design, Session

POD = """
link L { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; }
link Dark { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: L; port y: Dark; }
switch Leaf { port d: L[4]; port u: L[2]; latency = 200 ns; }
switch Spine { port p: L[4]; latency = 300 ns to 400 ns; }
system Pod {
    part gpu: Gpu[16];
    part leaf: Leaf[4];
    part spine: Spine[2];
    plane net {
        connect gpu[g].x <-> leaf[g / 4].d[g % 4]  for g in 0..16;
        connect leaf[l].u[s] <-> spine[s].p[l]     for l in 0..4, s in 0..2;
    }
    plane side { connect gpu[2 * g].y <-> gpu[2 * g + 1].y  for g in 0..8; }
}
design = Pod;
"""

CASES = [
    ("latency(gpu[0] -> gpu[3], plane = net)", "400 ns"),
    ("latency(gpu[0] -> gpu[15], plane = net)", "1100 ns to 1200 ns"),
    ("latency(gpu[0] -> leaf[0], plane = net)", "100 ns"),
    ("latency(gpu[0] -> leaf[3], plane = net)", "800 ns to 900 ns"),
    ("latency(gpu[0..4] -> gpu[4..16], plane = net)", "1100 ns to 1200 ns"),
    ("latency(gpu[0..5] -> gpu[5..16], plane = net)", "400 ns"),
    ("latency(gpu[0] -> gpu[1], plane = side)", "unknown"),
]


def opened(text: str) -> Design:
    session = Session()
    design = session.open_text(text)
    assert design is not None, session.report()
    return design


@pytest.mark.parametrize(("query", "text"), CASES)
def test_the_parts_named_decide(query: str, text: str) -> None:
    design = opened(POD)
    result = design.query(query)
    assert result is not None, design.session.report()
    assert result.text == text


@pytest.mark.parametrize(("query", "code"), [
    ("latency(gpu[0] -> gpu[2], plane = side)", "HW5011"),  # what does not relay is no way through
    ("latency(gpu[0] -> gpu[0..4], plane = net)", "HW5008"),
])
def test_no_path(query: str, code: str) -> None:
    design = opened(POD)
    assert design.query(query) is None
    assert code in design.session.report()


def test_beyond_the_budget_it_is_refused_before_it_allocates() -> None:
    session = Session(memory_budget=1)
    design = session.open_text(POD)
    assert design is not None
    assert design.query("latency(gpu[0] -> gpu[15], plane = net)") is None
    assert "HW5004" in session.report()


@pytest.mark.parametrize("seed", range(12))
def test_least_of_the_shortest_paths(seed: int) -> None:
    """Random graphs of switches with latencies of their own; end points hang on random switches."""
    rng = random.Random(seed)
    n = 9
    delays = [rng.randrange(1, 50) for _ in range(n)]
    edges = {(a, b): rng.randrange(1, 50) for a in range(n) for b in range(a) if rng.random() < 0.3}
    first, last = rng.randrange(n), rng.randrange(n)
    kinds = "".join(f"link L{w} {{ lanes = 1; raw = 1 Gb/s; net = 1 Gb/s; latency = {w} ns; interoperates = []; }}\n"
                    for w in sorted({*edges.values(), 7}))
    ports = "".join(f"switch S{i} {{ latency = {d} ns; port h: L7[2]; "
                    + " ".join(f"port e{j}: L{w};" for j, ((a, b), w) in enumerate(edges.items()) if i in (a, b)) + " }\n"
                    for i, d in enumerate(delays))
    body = "".join(f"    part s{i}: S{i};\n" for i in range(n))
    body += "".join(f"    connect s{a}.e{j} <-> s{b}.e{j};\n" for j, (a, b) in enumerate(edges))
    body += f"    part g: Gpu[2];\n    connect g[0].x <-> s{first}.h[0];\n    connect g[1].x <-> s{last}.h[1];\n"
    text = f"{kinds}chip Gpu {{ port x: L7; }}\n{ports}system Net {{\n{body}}}\ndesign = Net;\n"

    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in edges.items())
    design = opened(text)
    result = design.query("latency(g[0] -> g[1])")
    if not nx.has_path(graph, first, last):
        assert result is None
        assert "HW5011" in design.session.report()
        return
    assert result is not None, design.session.report()
    best = min(sum(delays[v] for v in way) + sum(graph[a][b]["weight"] for a, b in pairwise(way))
               for way in nx.all_shortest_paths(graph, first, last))
    assert result.text == f"{best + 14} ns"
