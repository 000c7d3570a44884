"""Counts of the fabrics of the gallery, asked one by one.

Each row is a design over the systems of `examples/fabrics_*.hw`, a query and the exact text of its answer. `test_levels` holds
the sizes that must be answered without expanding the network.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import networkx as nx
import pytest

from hwdsl.api import Design, Session

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("fabrics_*.hw"))

ROUTERS = "count(router)"
LINKS = "count(links(fabric))"
DIAMETER = "diameter(router, plane = fabric)"
MEAN = "mean_hops(router, plane = fabric)"

CASES = [
    (design, query, text)
    for design, answers in {
        "SlimFly(q = 3)": {ROUTERS: "18", LINKS: "45", "radix(Router)": "8", DIAMETER: "2"},
        "SlimFly(q = 5)": {ROUTERS: "50", LINKS: "175", DIAMETER: "2", MEAN: "1.85714", "count(host)": "200",
                           "radix(Router)": "11", "diameter(host, plane = [fabric, access])": "4"},
        "SlimFly(q = 7, hosts = 6)": {ROUTERS: "98", LINKS: "539", DIAMETER: "2", MEAN: "1.8866", "count(host)": "588"},
        "SlimFly(q = 4)": {ROUTERS: "32", LINKS: "96", "radix(Router)": "9", MEAN: "1.80645"},
        "SlimFly(q = 9)": {ROUTERS: "162", LINKS: "1053", DIAMETER: "2", MEAN: "1.91925"},
        "SlimFly(q = 11, hosts = 9)": {ROUTERS: "242", LINKS: "2057", DIAMETER: "2", MEAN: "1.92946", "count(host)": "2178"},
        "PolarFly(q = 3)": {ROUTERS: "13", LINKS: "24", DIAMETER: "2", MEAN: "1.69231"},
        "PolarFly(q = 4)": {ROUTERS: "21", LINKS: "50", DIAMETER: "2"},
        "PolarFly(q = 7)": {ROUTERS: "57", LINKS: "224", DIAMETER: "2", MEAN: "1.85965", "radix(Router)": "12"},
        "PolarFly(q = 11)": {ROUTERS: "133", LINKS: "792", DIAMETER: "2", MEAN: "1.90977"},
        "SlimFly(q = 13, hosts = 9)": {ROUTERS: "338", LINKS: "3211", DIAMETER: "2", MEAN: "1.94362", "count(host)": "3042"},
        "Dragonfly": {ROUTERS: "36", LINKS: "90", DIAMETER: "3", MEAN: "2.34286", "count(host)": "72", "radix(Router)": "7"},
        "Dragonfly(palmtree = false)": {LINKS: "90", DIAMETER: "3", MEAN: "2.35238"},
        "Dragonfly(a = 8, h = 4, p = 4)": {ROUTERS: "264", LINKS: "1452", DIAMETER: "3", MEAN: "2.68631", "count(host)": "1056",
                                           "radix(Router)": "15"},
        "Dragonfly(a = 3, h = 3, p = 1)": {ROUTERS: "30", LINKS: "75", DIAMETER: "3"},
        "HyperX(a = 8, b = 8)": {ROUTERS: "64", LINKS: "448", DIAMETER: "2", MEAN: "1.77778"},
        "HyperX(a = 8, b = 8, c = 4, d = 4)": {ROUTERS: "1024", LINKS: "10240", DIAMETER: "4", MEAN: "3.25318"},
        "Torus2(x = 8, y = 4)": {LINKS: "64", DIAMETER: "6"},
        "Torus3(x = 4, y = 4, z = 4)": {DIAMETER: "6", MEAN: "3.04762"},
        "Torus3(x = 4, y = 4, z = 8)": {DIAMETER: "8", MEAN: "4.0315"},
        "Torus3(x = 8, y = 8, z = 8)": {DIAMETER: "12", MEAN: "6.01174"},
        "Torus3(x = 16, y = 16, z = 16)": {DIAMETER: "24", MEAN: "12.0029", "bisection(router, plane = fabric)": "25.6 TB/s"},
        "TwistedTorus": {LINKS: "384", DIAMETER: "6", MEAN: "3.46457"},
        "TwistedTorus2": {LINKS: "64", DIAMETER: "4", MEAN: "2.70968"},
        "TwistedTorusBcc": {LINKS: "768", DIAMETER: "6", MEAN: "4.32941"},
        "Hypercube(dims = 1)": {LINKS: "1", DIAMETER: "1"},
        "Hypercube(dims = 10)": {ROUTERS: "1024", LINKS: "5120", DIAMETER: "10",
                                 "bisection(router, plane = fabric)": "25.6 TB/s"},
        "KHopRing(n = 16, k = 2)": {LINKS: "32", DIAMETER: "4"},
        "FatTree(k = 4)": {"count(host)": "16", "count(Router)": "20", LINKS: "48", "diameter(host)": "6"},
        "FatTree(k = 8)": {"count(host)": "128", "count(Router)": "80", LINKS: "384", "mean_hops(host)": "5.71654"},
        "FatTree(k = 14)": {"count(host)": "686", "count(Router)": "245"},
        "FatTree(k = 48)": {"count(host)": "27648", "count(Router)": "2880"},
        "FatTree(k = 128)": {"count(host)": "524288", "count(Router)": "20480"},
        "LeafSpine(leaves = 4, spines = 2, width = 2, hosts = 8)": {LINKS: "48", "oversubscription(leaf)": "2"},
        "RailOnly(nodes = 4, gpus = 2)": {"components(gpu)": "[4, 4]"},
        "JellyfishOf": {ROUTERS: "245", "count(host)": "780", LINKS: "1325", "radix(Router)": "14"},
        "Jellyfish(n = 30, degree = 5, hosts = 3, seed = 11)": {LINKS: "75", "count(host)": "90", "radix(Router)": "8"},
    }.items()
    for query, text in answers.items()
]


def home(name: str) -> str:
    """The file that declares a system."""
    (file,) = (f for f in FILES if f"system {name}(" in f.read_text(encoding="utf-8"))
    return file.stem


@cache
def build(design: str) -> Design:
    """The gallery's system with these arguments; its asserts must hold."""
    name = design.split("(", maxsplit=1)[0]
    session = Session()
    out = session.open_text(f"use {home(name)}.{{{name}, Lane}};\ndesign = {design};\n", str(EXAMPLES / "asked.hw"))
    assert out is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return out


@pytest.mark.parametrize(("design", "query", "text"), CASES, ids=[f"{d}: {q}" for d, q, _ in CASES])
def test_published_count(design: str, query: str, text: str) -> None:
    result = build(design).query(query)
    assert result is not None
    assert result.text == text


def dragonfly(a: int, h: int, palmtree: bool) -> nx.Graph:
    """The same network written down independently, one port at a time."""
    groups = a * h + 1
    graph = nx.Graph()
    for i in range(groups):
        graph.add_edges_from(((i, r), (i, s)) for r in range(a) for s in range(r))
        for j in range(a * h):
            other, back = ((i - j - 1) % groups, a * h - 1 - j) if palmtree else ((j, i - 1) if j < i else (j + 1, i))
            graph.add_edge((i, j // h), (other, back // h))
    return graph


@pytest.mark.parametrize("palmtree", [True, False])
@pytest.mark.parametrize(("a", "h"), [(2, 1), (4, 2), (3, 3), (5, 1)])
def test_dragonfly_hops_are_those_of_an_independent_graph(a: int, h: int, palmtree: bool) -> None:
    graph = dragonfly(a, h, palmtree)
    design = build(f"Dragonfly(a = {a}, h = {h}, p = 1, palmtree = {str(palmtree).lower()})")
    result = design.query(MEAN)
    assert result is not None
    assert result.text == f"{nx.average_shortest_path_length(graph):.6g}"


LEVELS = [
    ("FatTree(k = 64)", "bisection(host)"),
    ("FatTree(k = 64)", "mean_hops(host)"),
    ("FatTree(k = 128)", "diameter(host)"),
    ("Torus3(x = 32, y = 32, z = 32)", "bisection(router, plane = fabric)"),
    ("Hypercube(dims = 12)", DIAMETER),
    ("HyperX(a = 16, b = 16, c = 16, d = 16)", "bisection(router, plane = fabric)"),
    ("KHopRing(n = 8192, k = 3)", MEAN),
]


@pytest.mark.parametrize(("design", "query"), LEVELS, ids=[f"{d}: {q}" for d, q in LEVELS])
def test_levels(design: str, query: str) -> None:
    result = build(design).query(query)
    assert result is not None
    assert result.level == "L0"


def refusal(design: str) -> str:
    """The report on a design."""
    name = design.split("(", maxsplit=1)[0]
    session = Session()
    session.open_text(f"use {home(name)}.{name};\ndesign = {design};\n", str(EXAMPLES / "asked.hw"))
    return session.report()


@pytest.mark.parametrize("system", ["SlimFly", "PolarFly"])
@pytest.mark.parametrize(("q", "reason"), [
    (6, "6 = 2 * 3 is not a power of a prime: no field has 6 elements"), (10, "10 = 2 * 5 is not"), (12, "12 = 2 * 2 * 3 is not"),
    (15, "15 = 3 * 5 is not"), (1, "1 is not a power of a prime"), (0, "0 is not"), (-7, "-7 is not")])
def test_no_network_over_a_field_that_does_not_exist(system: str, q: int, reason: str) -> None:
    report = refusal(f"{system}(q = {q})")
    assert "HW2004" in report
    assert reason in report


@pytest.mark.parametrize(("design", "code"), [
    ("SlimFly(q = 2)", "HW2004"), ("KHopRing(n = 6, k = 3)", "HW2004"), ("Torus2(y = 1)", "HW2004"), ("Torus3(z = 0)", "HW2004"),
    ("TwistedTorusBcc(n = 1)", "HW2004"), ("HyperX(c = 0)", "HW2004"), ("Hypercube(dims = 0)", "HW2004"),
    ("Dragonfly(a = 0)", "HW2004"), ("FatTree(k = 7)", "HW2004"), ("LeafSpine(leaves = 1)", "HW2004"),
    ("RailOnly(nodes = 1)", "HW2004"), ("Jellyfish(n = 41, degree = 3)", "HW1214"), ("Jellyfish(n = 8, degree = 8)", "HW1214"),
    ("JellyfishOf(servers = 3430)", "HW2004")])
def test_what_does_not_fit_is_refused(design: str, code: str) -> None:
    report = refusal(design)
    assert f"[{code}]" in report
    assert report.count("error[") == 1
