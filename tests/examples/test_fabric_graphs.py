"""The wiring of the gallery against graphs written down another way: matrices, networkx, orthogonal vectors."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest

from hwdsl.api import Session
from hwdsl.ir.l2 import flatten
from hwdsl.query.views import to_networkx
from hwdsl.sema.finite_field import field, prime_power

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BUDGET = 1 << 30


def routers(file: str, design: str) -> nx.Graph:
    """The routers of a design and the links of its plane `fabric`; parallel links and loops would be noticed."""
    name = design.split("(", maxsplit=1)[0]
    session = Session(cache_dir=None)
    made = session.open_text(f"use {file}.{name};\ndesign = {design};\n", str(EXAMPLES / "asked.hw"))
    assert made is not None, session.report()
    whole = to_networkx(flatten(made.root, BUDGET), ("fabric",))
    multi = whole.subgraph([n for n, kind in whole.nodes(data="kind") if kind == "switch"])
    graph = nx.Graph(multi)
    assert graph.number_of_edges() == multi.number_of_edges()
    assert nx.number_of_selfloops(graph) == 0
    return graph


def matrix(graph: nx.Graph) -> npt.NDArray[np.float64]:
    """Links as 0 and 1; sums and products of them are exact."""
    return np.asarray(nx.to_numpy_array(graph), dtype=np.float64)


@pytest.mark.parametrize("q", [3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 27])
def test_slim_fly_is_regular_and_of_diameter_two(q: int) -> None:
    delta = {1: 1, 0: 0, 3: -1}[q % 4]
    links = matrix(routers("fabrics_low_diameter", f"SlimFly(q = {q}, hosts = 0)"))
    assert len(links) == 2 * q * q
    assert set(links.sum(axis=0)) == {(3 * q - delta) // 2}
    assert (links + links @ links + np.eye(len(links)) > 0).all()


def test_the_slim_fly_of_5_is_the_hoffman_singleton_graph() -> None:
    graph = routers("fabrics_low_diameter", "SlimFly(q = 5, hosts = 0)")
    assert nx.is_isomorphic(graph, nx.hoffman_singleton_graph())


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 27])
def test_polarfly_is_the_polarity_of_a_plane(q: int) -> None:
    """With a loop at each quadric, two points have one common neighbour and a point q + 1: A A = J + q I."""
    links = matrix(routers("fabrics_low_diameter", f"PolarFly(q = {q}, hosts = 0)"))
    n = q * q + q + 1
    assert len(links) == n
    degrees = links.sum(axis=0)
    assert sorted(degrees) == [q] * (q + 1) + [q + 1] * (n - q - 1)
    links[np.diag_indices(n)] = q + 1 - degrees
    assert (links @ links == np.ones((n, n)) + q * np.eye(n)).all()


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7])
def test_polarfly_joins_orthogonal_vectors(q: int) -> None:
    """The graph of the paper: points are vectors up to scalars, two are joined where x x' + y y' + z z' = 0."""
    found = prime_power(q)
    assert found is not None
    f = field(*found)
    points = [(0, 0, 1), *((0, 1, z) for z in range(q)), *((1, y, z) for y, z in product(range(q), repeat=2))]

    def orthogonal(u: tuple[int, ...], v: tuple[int, ...]) -> bool:
        total = 0
        for a, b in zip(u, v):
            total = f.add(total, f.mul(a, b))
        return total == 0

    graph = nx.Graph((i, j) for j in range(len(points)) for i in range(j) if orthogonal(points[i], points[j]))
    assert nx.is_isomorphic(routers("fabrics_low_diameter", f"PolarFly(q = {q}, hosts = 0)"), graph)


def loads(design: str) -> set[float]:
    """Flow over each link when every pair of routers exchanges one unit over all its shortest paths, rounded."""
    found = nx.edge_betweenness_centrality(routers("fabrics_rings", design), normalized=False)
    return {round(v, 6) for v in found.values()}


def test_twists_make_all_links_alike() -> None:
    assert max(loads("Torus3")) == 128
    assert loads("TwistedTorus") == {73.333333}      # 128 / 73.33 = 1.7455 times the throughput of uniform traffic
    assert max(loads("Torus3(y = 8)")) == 256
    assert loads("TwistedTorusBcc") == {184.0}
    assert len(loads("TwistedTorus2")) == 1


@pytest.mark.parametrize("design", ["Jellyfish", "Jellyfish(n = 20, degree = 3, hosts = 1, seed = 5)", "JellyfishOf"])
def test_jellyfish_has_no_double_links(design: str) -> None:
    graph = routers("fabrics_random", design)
    assert nx.is_connected(graph)
    if design == "JellyfishOf":
        assert sorted({d for _, d in graph.degree()}) == [10, 11]
    else:
        assert len({d for _, d in graph.degree()}) == 1
