"""Loads from verified orbits: equal to brute force on the gallery, and refused where a symmetry is only apparent."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from exact_routing import EXAMPLES, exact_loads, gallery, torus

from hwdsl.api import Session
from hwdsl.perf.flat import Fabric, Options, fabric, from_links, loads, symmetry, uniform
from hwdsl.perf.flat.candidates import try_coordinates
from hwdsl.perf.flat.graph import hop_graph
from hwdsl.perf.flat.loads import by_orbits
from hwdsl.perf.flat.orbits import orbits
from hwdsl.perf.flat.run import compiled_sweep
from hwdsl.perf.flat.symmetry import Symmetry
from hwdsl.perf.flat.traffic import demand
from hwdsl.perf.flat.valiant import valiant_loads
from hwdsl.query.hopcount import mode_failures
from hwdsl.query.selection import Selection, whole

GALLERY = ["KHopRing(n = 11, k = 2)", "Torus2(x = 5, y = 4)", "Torus2(x = 2, y = 4)", "Torus3(x = 3, y = 4, z = 2)",
           "TwistedTorus(n = 2)", "HyperX(a = 4, b = 3)", "Hypercube(dims = 4)", "Dragonfly(a = 3, h = 1, p = 2)",
           "Dragonfly(palmtree = false)",
           "SlimFly(q = 3)", "FatTree(k = 4)", "LeafSpine(leaves = 4, spines = 2, width = 2, hosts = 8)",
           "RailOnly(nodes = 4, gpus = 2)"]


def flat(design: str) -> Fabric:
    """A fabric of the gallery; whatever is no switch talks."""
    return fabric(gallery(design).root, None, None)


@pytest.mark.parametrize("design", GALLERY)
def test_orbits_equal_brute_force_on_the_gallery(design: str) -> None:
    f = flat(design)
    found = orbits(f)
    swept = by_orbits(f, hop_graph(f), found)
    load, histogram, lost = exact_loads(f)
    assert f.bundles.spread(swept.flow) == pytest.approx([float(x) for x in load], rel=1e-9)
    assert swept.histogram == dict(histogram)
    assert swept.unreachable == lost


@pytest.mark.parametrize(("design", "classes"), [
    ("TwistedTorus(n = 2)", 1), ("Torus3(x = 3, y = 4, z = 2)", 1), ("FatTree(k = 4)", 1), ("Dragonfly(palmtree = false)", 72)])
def test_destinations_that_are_swept(design: str, classes: int) -> None:
    """All of a torus are alike, even twisted (walks along its rules); the absolute dragonfly has no rotation."""
    assert len(orbits(flat(design)).dest) <= classes


@pytest.mark.parametrize("design", GALLERY)
def test_both_ways_to_check_agree(design: str) -> None:
    f = flat(design)
    rng = np.random.default_rng(5)
    plain, compiled = Symmetry(f, compiled=False), Symmetry(f, compiled=True)
    from hwdsl.perf.flat.candidates import digits, moved

    d = digits(f)
    for group in d.groups:
        k = np.arange(d.size(group))
        for to in (np.roll(k, 1), k[::-1], rng.permutation(k)):
            g = moved(f, d, group, to)
            assert plain.offer(g) == compiled.offer(g)
    assert np.array_equal(plain.vertex_root(), compiled.vertex_root())
    assert np.array_equal(plain.bundle_root(), compiled.bundle_root())


def frucht() -> tuple[Fabric, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The Frucht graph: every vertex has three neighbours, yet no two are alike. And a permutation that colour refinement could
    not tell from a symmetry."""
    graph = nx.frucht_graph()
    tails, heads = zip(*graph.edges)
    return from_links(tails, heads, 12), np.roll(np.arange(12), 1).astype(np.int64)


def test_the_frucht_graph_has_no_symmetry(monkeypatch: pytest.MonkeyPatch) -> None:
    f, rotation = frucht()
    exact = [float(x) for x in exact_loads(f)[0]]
    found = orbits(f, [rotation])
    assert found.held == 0
    assert len(found.dest) == 12
    assert f.bundles.spread(by_orbits(f, hop_graph(f), found).flow) == pytest.approx(exact)
    monkeypatch.setattr(symmetry, "verified", lambda s, g, moved: touch_all(s))
    trusted = orbits(f, [rotation])
    wrong = f.bundles.spread(by_orbits(f, hop_graph(f), trusted).flow)
    assert wrong.max() < 0.8 * max(exact)  # what trust would have said


def touch_all(s: Symmetry) -> bool:
    """A check that trusts: every bundle may become every other."""
    s._image[:] = np.roll(np.arange(s.fabric.bundles.count, dtype=np.int32), 1)
    return True


@pytest.mark.parametrize("compiled", [False, True])
def test_a_clos_with_one_odd_cable(compiled: bool) -> None:
    """Leaf 0 and spine 0 exchange a cable with leaf 1 and spine 1: every degree is as before, and no rotation of leaves holds."""
    gpu = np.arange(8)
    leaf, spine = np.divmod(np.arange(16), 4)
    tails, heads = np.concatenate([gpu, 8 + leaf]), np.concatenate([8 + gpu // 2, 12 + spine])
    heads[8 + 0], heads[8 + 5] = 13, 12
    f = from_links(tails, heads, 16, gpu, np.arange(16) >= 8)
    rotation = np.concatenate([(gpu + 2) % 8, 8 + (np.arange(4) + 1) % 4, 12 + np.arange(4)])
    s = Symmetry(f, compiled)
    assert not s.offer(rotation)
    assert s.offer(np.concatenate([gpu ^ 1, np.arange(8, 16)]))
    exact = [float(x) for x in exact_loads(f)[0]]
    assert len(set(exact)) > 4
    assert f.bundles.spread(by_orbits(f, hop_graph(f), orbits(f, [rotation])).flow) == pytest.approx(exact)


def test_what_breaks_a_symmetry() -> None:
    """Rotation of a ring: gone with a slower link, one more parallel link, one that does not relay, one that does not talk."""
    ids = np.arange(6)
    ring, rotation = torus(6), np.roll(ids, -1)
    tails, heads = ids, rotation
    assert Symmetry(ring).offer(rotation)
    broken = [
        from_links(tails, heads, 6, capacity=[1, 1, 1, 1, 1, 2]), from_links([*tails, 0], [*heads, 1], 6),
        from_links(tails, heads, 6, relay=ids > 0), from_links(tails, heads, 6, endpoints=ids[1:]),
        from_links(tails, heads, 6, directed=ids > 0)]
    for f in broken:
        for compiled in (False, True):
            assert not Symmetry(f, compiled).offer(rotation)
    assert not Symmetry(ring).offer(np.zeros(6, dtype=np.int64))  # no permutation


@pytest.mark.parametrize("compiled", [False, True])
def test_one_way_rings_turn(compiled: bool) -> None:
    ids = np.arange(5)
    f = from_links(ids, (ids + 1) % 5, 5, directed=np.ones(5, dtype=bool))
    s = Symmetry(f, compiled)
    assert s.offer(np.roll(ids, -1))
    assert not s.offer(ids[::-1].copy())


def test_large_fabrics_take_orbits_by_themselves() -> None:
    """16 x 16 x 16 with an accelerator a router: over the limit of plain numpy."""
    root = gallery("Torus3(x = 16, y = 16, z = 16)").root
    got = loads(fabric(root, None, Selection(root, (whole(root, ("router",)),))), uniform())
    assert got.method == "orbits"
    assert got.load.max() == pytest.approx(16 * 16 / 8 * 4096 / 16)


@pytest.mark.parametrize("design", GALLERY)
def test_means_over_orbits_agree(design: str) -> None:
    """Also where a symmetry turns links round: bundles of one direction are joined, the others are their mirror images."""
    f = flat(design)
    rng = np.random.default_rng(3)
    flow = rng.random(f.bundles.count)
    both = []
    for compiled in (False, True):
        s = Symmetry(f, compiled)
        try_coordinates(f, s)
        both.append((s.means(flow), s.bundle_root()))
        assert s.means(flow) == pytest.approx(both[-1][0])
    assert both[0][0] == pytest.approx(both[1][0], rel=1e-12)
    assert np.array_equal(both[0][1], both[1][1])


@pytest.mark.parametrize(("mode", "chips", "orbits_of_tori"), [
    ("slice(i = 4, j = 4, k = 4)", 4096, 4), ("slice(i = 4, j = 2, k = 1, copies = 8)", 4096, 32), ("twisted(n = 8)", 1024, 4)])
def test_circuits_complete_a_walk(mode: str, chips: int, orbits_of_tori: int) -> None:
    """A torus of cubes joined by circuits: no coordinate rotates by itself; two steps along a dimension are a symmetry (a board
    of 2 x 2 chips has a host, so one step is none)."""
    session = Session(cache_dir=None)
    made = session.open(str(EXAMPLES / "tpuv4.hw"), mode=mode)
    assert made is not None, session.report()
    root, hooks = made.root, session.hooks
    f = fabric(root, None, Selection(root, (whole(root, ("cube", "chip")),)), hooks.mode, mode_failures(root, hooks.mode, hooks))
    found = orbits(f)
    chip = f.vertices.base["cube", "chip"]
    assert len(np.unique(found.vertex[chip: chip + chips])) == orbits_of_tori
    brute = compiled_sweep(hop_graph(f), demand(f, uniform()), f.bundles.count)
    swept = by_orbits(f, hop_graph(f), found)
    assert swept.flow == pytest.approx(brute.flow, rel=1e-9)
    assert swept.histogram == brute.histogram


@pytest.mark.parametrize("design", GALLERY)
def test_coordinates_of_endpoints_are_enough(design: str) -> None:
    """Symmetries of switches among themselves make no two destinations alike: leaving them out changes no load."""
    f = flat(design)
    few, every = orbits(f, all_parts=False), orbits(f)
    assert few.tried <= every.tried
    assert len(few.dest) == len(every.dest)
    g = hop_graph(f)
    assert by_orbits(f, g, few).flow == pytest.approx(by_orbits(f, g, every).flow, rel=1e-12)


@pytest.mark.parametrize("design", ["FatTree(k = 4)", "Torus2(x = 5, y = 4)", "Dragonfly(palmtree = false)"])
def test_valiant_from_orbits(design: str) -> None:
    f = flat(design)
    by_symmetry = valiant_loads(f, uniform(), Options(), orbits(f))
    assert by_symmetry.flow == pytest.approx(valiant_loads(f, uniform(), Options()).flow, rel=1e-12)
