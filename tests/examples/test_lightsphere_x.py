"""LightSphere X at any size: what hangs together in each mode, against a graph built apart; large sizes stay symbolic."""

from __future__ import annotations

import shutil
from pathlib import Path

import networkx as nx
import pytest

from hwdsl.api import Session
from hwdsl.backends.report.content import content
from tests.examples.machines import EXAMPLES, answer, opened, outcomes, refusal

FILE = EXAMPLES / "lightsphere_x.hw"
NET = "plane = [optics, **.optics, **.inside]"


def accelerators(n: int, steps: list[tuple[int, int]]) -> nx.Graph:
    """Servers of eight in a full mesh; each pair of servers in `steps` joined accelerator by accelerator."""
    graph: nx.Graph = nx.Graph()
    for s in range(n // 8):
        graph.add_edges_from(((s, a), (s, b)) for a in range(8) for b in range(a))
    graph.add_edges_from(((a, g), (b, g)) for a, b in steps if a != b for g in range(8))
    return graph


def ring(n: int) -> list[tuple[int, int]]:
    return [(s, (s + 1) % (n // 8)) for s in range(n // 8)]


def groups(n: int, size: int) -> list[tuple[int, int]]:
    """One and two servers on, within the group; around the ring only where the group is the whole domain."""
    servers, members = n // 8, size // 8
    around = size == n
    return [(s, (s + h) % servers) for s in range(servers) for h in (1, 2) if around or s % members + h < members]


CASES = [
    *[(n, "ring", ring(n), n) for n in (8, 16, 24, 32, 40, 48, 64, 104, 128, 1024)],
    *[(n, f"ep(size = {size})", groups(n, size), size) for n, size in (
        (8, 8), (16, 8), (16, 16), (24, 8), (24, 24), (32, 16), (32, 32), (40, 40), (48, 24), (64, 32), (64, 64), (96, 32),
        (128, 32), (128, 64), (192, 64), (1024, 32), (1024, 64))],
]


@pytest.mark.parametrize(("n", "mode", "steps", "group"), CASES, ids=[f"{n} {mode}" for n, mode, _, _ in CASES])
def test_the_graph_of_a_mode(n: int, mode: str, steps: list[tuple[int, int]], group: int) -> None:
    graph = accelerators(n, steps)
    design = opened("lightsphere_x", mode, n=n)
    parts = sorted((len(part) for part in nx.connected_components(graph)), reverse=True)
    assert parts == [group] * (n // group)
    assert answer(design, f"len(components(**.gpu, {NET}))") == str(n // group)
    assert answer(design, f"min(components(**.gpu, {NET}))") == answer(design, f"max(components(**.gpu, {NET}))") == str(group)
    first = graph.subgraph((s, g) for s in range(group // 8) for g in range(8))
    assert answer(design, f"diameter(server[0..{group // 8}].gpu, {NET})") == str(nx.diameter(first))


@pytest.mark.parametrize("n", [16, 24, 32, 40, 48, 64, 1024])
def test_servers_are_a_full_mesh_or_a_two_hop_ring(n: int) -> None:
    design, servers = opened("lightsphere_x", n=n), n // 8
    around = {(step * h) % servers for h in (1, 2) for step in (1, -1)} - {0}
    for other in range(1, min(servers, 9)):
        joined = int(answer(design, f"count(links(server[0], server[{other}]))"))
        assert (joined > 0) == (other in around)
        assert joined <= 32
    assert (len(around) == servers - 1) == (servers <= 5)


@pytest.mark.parametrize("n", [32, 40, 64, 1024, 10_000, 100_000])
def test_ports_of_a_server_do_not_depend_on_the_size(n: int) -> None:
    design = opened("lightsphere_x", n=n)
    assert answer(design, "count(server[0].trx[*][*].path[* where .used])") == "64"
    assert answer(design, "count(server[0].trx)") == "32"


LARGE = [
    ("count(BirenModule)", 1),
    ("count(OcsTrx)", 4),
    ("count(links(optics))", 4),
    ("count(cables(optics))", 4),
    ("count(fibres(optics))", 64),
    ("count(links(**.inside))", 3.5),
]


@pytest.mark.parametrize("n", [10_000, 100_000])
@pytest.mark.parametrize("mode", [None, "ring", "ep(size = 8)", "ep(size = 40)"])
def test_large_machines_stay_symbolic(n: int, mode: str | None) -> None:
    session = Session(memory_budget=1)  # a flat table of any size would be refused
    design = session.open(str(FILE), parameters={"n": str(n)}, mode=mode)
    assert design is not None, session.report()
    assert outcomes(design) == {"passed"}, session.report()
    for query, per_accelerator in LARGE:
        result = design.query(query)
        assert result is not None, session.report()
        assert result.value == n * per_accelerator
        assert result.level == "L0"


@pytest.mark.parametrize("n", [-8, 0, 4, 12, 100])
def test_a_size_that_is_no_number_of_servers_is_refused(n: int) -> None:
    assert refusal("lightsphere_x", n=n) == {"HW2004"}
    session = Session()
    session.open(str(FILE), parameters={"n": str(n)})
    assert f"parameter `n` is {n}" in session.report()


@pytest.mark.parametrize(("n", "size"), [(128, 24), (128, 12), (64, 0), (8, 16), (96, 64)])
def test_a_group_that_does_not_divide_the_domain_is_refused(n: int, size: int) -> None:
    assert refusal("lightsphere_x", f"ep(size = {size})", n=n) == {"HW2004"}


def test_what_is_assumed_of_the_modes_is_in_the_report() -> None:
    says = {x.target: x.says for x in content(opened("lightsphere_x", n=64)).exceptions}
    assert "unpublished structure that the articles call HCM (unverified)" in says["LightSphereX.ring"]
    assert "(unverified)" in says["LightSphereX.ep(size)"]


def test_a_mode_that_sets_a_transceiver_twice_is_refused(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path)
    twice = tmp_path / "twice.hw"
    twice.write_text("use lightsphere_x.LightSphereX;\n"
                     "system Twice: LightSphereX {\n"
                     "    mode both { set server[*].trx[0][*] = near; set server[3].trx[0][5] = far; }\n"
                     "}\n"
                     "design = Twice;\n")
    session = Session()
    design = session.open(str(twice), mode="both")
    assert design is None or design.query(f"components(**.gpu, {NET})") is None
    assert "HW3202" in session.report()
