"""Symmetries that look true and are not. Each test of a check also takes the check out, and sees a wrong answer come through.

The other traps are questions with two plausible answers: the stated model's value is tested.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
import small_networks as small
from written_out import WrittenOut, chosen, classes, counted, failed, of_design, of_gallery, same

from hwdsl.ir.outages import Exclusion
from hwdsl.node import replace
from hwdsl.perf.symbolic import SymbolicLoads, uniform_loads
from hwdsl.perf.symbolic.uniform import load_classes
from hwdsl.query import expansion, quotient, symmetry
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused, loads, plan


def quotient_loads(net: Network) -> dict[tuple[int, Fraction], int]:
    """(rule, load) -> directed links by the quotient, whatever else is known of the network."""
    pl = plan(net)
    out: dict[tuple[int, Fraction], int] = {}
    for c in load_classes(pl, loads(pl, connected=False)):
        out[c.rule, c.load] = out.get((c.rule, c.load), 0) + c.arcs
    return out


def anew(net: Network, gone: tuple[Exclusion, ...] = ()) -> SymbolicLoads:
    """The loads without those that are kept."""
    net.owner.cached("uniform_loads", dict).clear()
    return uniform_loads(net, failed=gone)


def unchecked(patch: pytest.MonkeyPatch) -> None:
    """Take the balance checks out."""
    patch.setattr(quotient, "check_balance", lambda pl, seen: None)
    patch.setattr(quotient, "in_service", lambda rule: 0)
    patch.setattr(quotient, "census", lambda pl, seen, whole=quotient.census: whole_or_counted(pl, seen))


def whole_or_counted(pl: symmetry.Plan, seen: quotient.Reach) -> dict[quotient.Arc, int]:
    """The links of a quotient as they are counted, right or wrong."""
    links: dict[quotient.Arc, int] = {}
    for cell, outward in seen.links.items():
        for _, w, arc in outward:
            links[arc] = links.get(arc, 0) + w * seen.size(pl, cell)
    return links


def test_trap_1_folding_by_reflection_without_merging_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    net = of_design(small.opened(small.torus(5, 4, 6)))
    expected = WrittenOut(net).uniform()
    assert quotient_loads(net) == expected
    assert max(load for _, load in expected) == 90
    monkeypatch.setattr(expansion, "merges_directions", lambda *_: False)
    with pytest.raises(Refused, match="balance"):
        quotient_loads(net)
    unchecked(monkeypatch)
    assert quotient_loads(net) != expected


SWAP = """
chip Gpu { relay = true;  port p: L[3];  port out: L;  port into: L; }
system S {
    part gpu: Gpu[4][4];
    connect gpu[x][i].p[j - 1] <-> gpu[x][j].p[i]  for x in 0..4, i in 0..4, j in 0..4 where i < j;
    connect gpu[x][y].out <-> gpu[y][x].into  for x in 0..4, y in 0..4;
}
design = S;
"""


def test_trap_2_renamed_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A swap network: only permutations of both coordinates at once are symmetries. No balance shows the mistake."""
    net = of_design(small.opened(SWAP))
    expected = WrittenOut(net).uniform()

    def right() -> bool:
        found = quotient_loads(net)
        return {k: v for k, v in found.items() if k[1]} == {k: v for k, v in expected.items() if k[1]}

    assert right()
    assert same(uniform_loads(net), WrittenOut(net))
    monkeypatch.setattr(symmetry.Groups, "settle", lambda self: None)
    monkeypatch.setattr(symmetry.Groups, "join", lambda self, x, y: None)
    monkeypatch.setattr(symmetry.Groups, "keep_offsets", lambda self, arc, uses: None)
    unchecked(monkeypatch)
    assert not right()


DIAGONAL = """
chip Gpu { relay = true;  port p: L[6]; }
system S {
    part gpu: Gpu[5][7];
    connect gpu[x][y].p[0] <-> gpu[(x + 1) % 5][y].p[1]  for x in 0..5, y in 0..7;
    connect gpu[x][y].p[2] <-> gpu[x][(y + 1) % 7].p[3]  for x in 0..5, y in 0..7;
    connect gpu[x][y].p[4] <-> gpu[(x + 1) % 5][(y + 1) % 7].p[5]  for x in 0..5, y in 0..7;
}
design = S;
"""


def test_trap_3_links_along_a_diagonal_have_no_reflection_of_one_coordinate(monkeypatch: pytest.MonkeyPatch) -> None:
    net = of_design(small.opened(DIAGONAL))
    expected = WrittenOut(net).uniform()
    assert quotient_loads(net) == expected
    assert {c.symmetry for c in plan(net).coordinates[0]} == {"Z"}
    monkeypatch.setattr(symmetry, "reflects", lambda arc, uses, name: True)
    unchecked(monkeypatch)
    assert quotient_loads(net) != expected


def test_trap_4_a_full_mesh_of_unlike_routers_is_no_single_class(monkeypatch: pytest.MonkeyPatch) -> None:
    net = of_gallery("fabrics_low_diameter.hw", "Dragonfly(a = 3, h = 2, p = 1)")
    expected = WrittenOut(net).uniform()
    assert quotient_loads(net) == expected
    whole = expansion._label
    monkeypatch.setattr(expansion, "_label", lambda p, near, far: () if p.mesh is not None else whole(p, near, far))
    assert quotient_loads(net) != expected


LINE_AND_RING = """
chip Gpu { relay = true;  port p: L[4]; }
system S {
    part gpu: Gpu[5][6];
    connect gpu[x][y].p[0] <-> gpu[x + 1][y].p[1]  for x in 0..4, y in 0..6;
    connect gpu[x][y].p[2] <-> gpu[x][(y + 1) % 6].p[3]  for x in 0..5, y in 0..6;
}
design = S;
"""


def test_trap_5_a_product_with_a_factor_whose_vertices_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """The links of the line are right by the product law, those of the ring right in the mean only."""
    from hwdsl.query.factored import product

    net = of_design(small.opened(LINE_AND_RING))
    full = WrittenOut(net)
    assert same(uniform_loads(net), full)
    monkeypatch.setattr(product, "not_transitive", lambda parts: ())
    wrong, expected = classes(anew(net)), full.uniform()
    assert {k: n for k, n in wrong.items() if k[0] == 0} == {k: n for k, n in expected.items() if k[0] == 0}
    rings = [{load: n for (rule, load), n in of.items() if rule == 1} for of in (wrong, expected)]
    assert rings[0] != rings[1]
    assert sum(load * n for load, n in rings[0].items()) == sum(load * n for load, n in rings[1].items())
    assert max(rings[1]) / max(rings[0]) > Fraction(11, 10)


@pytest.mark.parametrize(("n", "links", "load"), [(2, 2, Fraction(1, 2)), (3, 3, 1), (4, 4, 2)])
def test_trap_6_a_ring_of_two_has_parallel_links(n: int, links: int, load: Fraction) -> None:
    found = uniform_loads(of_design(small.opened(small.torus(n))))
    assert [(c.load, c.arcs) for c in found.classes] == [(load, 2 * links)]


def test_trap_6_a_step_of_half_the_ring_makes_parallel_links() -> None:
    net = of_design(small.opened(small.k_ring(6, 3)))
    assert same(uniform_loads(net), WrittenOut(net))
    assert uniform_loads(of_design(small.opened(small.full_mesh(2)))).greatest == 1


RAIL_CLOS = """
chip Gpu {{ relay = {relay};  port nv: L;  port nic: L; }}
switch Chip {{ port p: L[4]; }}
switch Rail {{ port d: L[4];  port u: L[4]; }}
switch Spine {{ port d: L[12]; }}
system S {{
    part gpu: Gpu[3][4][4];  part chip: Chip[3][4];  part rail: Rail[3][4];  part spine: Spine[4];
    connect gpu[p][n][g].nv <-> chip[p][n].p[g]  for p in 0..3, n in 0..4, g in 0..4;
    connect gpu[p][n][g].nic <-> rail[p][g].d[n]  for p in 0..3, n in 0..4, g in 0..4;
    connect rail[p][g].u[s] <-> spine[s].d[4 * p + g]  for p in 0..3, g in 0..4, s in 0..4;
}}
design = S;
"""


def test_trap_7_whether_endpoints_relay() -> None:
    """The link from an accelerator to the switch of its node, if accelerators do not pass traffic on, and if they do."""
    def inside(net: Network) -> Fraction:
        return next(c.load for c in uniform_loads(net).classes if c.label == "gpu -> chip")

    bound, free = (of_design(small.opened(RAIL_CLOS.format(relay=r))) for r in ("false", "true"))
    assert inside(bound) == 3
    assert inside(free) == Fraction(42, 5)  # ties by way of an accelerator beside it
    assert same(uniform_loads(bound), WrittenOut(bound))
    assert same(uniform_loads(free), WrittenOut(free))
    ignored = replace(bound, blocks=tuple(replace(b, relay=True) for b in bound.blocks))
    assert inside(ignored) != 3


def test_trap_8_minimal_in_a_dragonfly_is_two_models() -> None:
    for palmtree in ("true", "false"):
        net = of_gallery("fabrics_low_diameter.hw", f"Dragonfly(palmtree = {palmtree})")
        minimal, hierarchical = uniform_loads(net), uniform_loads(net, "local_global_local")
        assert (minimal.model, hierarchical.model) == ("graph-minimal", "local, global, local")
        assert same(minimal, WrittenOut(net))
        assert {c.label: c.load for c in hierarchical.classes if "host" not in c.label} == {"router -> router": 68} or {
            c.load for c in hierarchical.classes} == {68, 64, 71}
        assert minimal.greatest > hierarchical.greatest


def test_trap_9_an_aligned_block_of_a_torus_is_a_mesh_if_it_is_small() -> None:
    """A block of 4 x 3 in a torus of 8 x 6 has the loads of a mesh of 4 x 3; 4 of a ring of 6 leak."""
    net = chosen(small.opened(small.torus(8, 6)), "gpu[0..4][0..3]")
    found = uniform_loads(net)
    mesh = uniform_loads(of_design(small.opened(small.mesh_lines(4, 3))))
    inside = {load: n for (_, load), n in _merged(classes(found)).items() if load}
    assert inside == {load: n for (_, load), n in _merged(classes(mesh)).items()}
    assert found.endpoints == 12
    ring = chosen(small.opened(small.torus(6)), "gpu[0..4]")
    assert counted(WrittenOut(ring).routed(lambda s, t: 1)) == classes(uniform_loads(ring))
    assert classes(uniform_loads(ring))[0, Fraction(1, 2)] == 6  # the three outside links, both ways


def _merged(found: object) -> dict[tuple[int, Fraction], int]:
    out: dict[tuple[int, Fraction], int] = {}
    assert isinstance(found, dict)
    for (_, load), n in found.items():
        out[0, load] = out.get((0, load), 0) + n
    return out


def test_trap_10_ties_half_way_round_are_split() -> None:
    found = uniform_loads(of_design(small.opened(small.torus(4))))
    assert {c.load for c in found.classes} == {2}  # 1 + 2 * (1 / 2): the opposite vertex both ways


def test_trap_11_equitable_is_not_an_orbit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Frucht graph: all vertices have three links, and no symmetry maps one to another."""
    from hwdsl.query.factored import explicit

    for text in (small.frucht(), small.frucht_tables()):
        net = of_design(small.opened(text))
        full = WrittenOut(net)
        assert same(uniform_loads(net), full)
        with monkeypatch.context() as patch:
            patch.setattr(explicit, "is_symmetry", lambda w, g: True)
            assert classes(anew(net)) != full.uniform()


def test_trap_11_one_odd_cable_in_a_clos(monkeypatch: pytest.MonkeyPatch) -> None:
    """One cable is out: the values that name it are told apart. Where they are not, nothing is taken away; the count shows it."""
    net = of_design(small.opened(small.clos2(3, 4, 2)))
    gone = (failed("leaf.up", 1, 0, target="port"),)
    full = WrittenOut(net, gone)
    assert same(uniform_loads(net, failed=gone), full)
    monkeypatch.setattr(symmetry.Groups, "distinguish", lambda self, arc, uses, lost: None)
    with pytest.raises(Refused, match="balance"):
        anew(net, gone)
    unchecked(monkeypatch)
    assert classes(anew(net, gone)) != full.uniform()


def test_trap_11_one_cable_more_in_a_clos() -> None:
    text = small.clos2(3, 4, 2).replace("port up: L[2]", "port up: L[3]").replace("port p: L[4]", "port p: L[5]")
    text = text.replace("\n}\ndesign", "\n    connect leaf[2].up[2] <-> spine[1].p[4];\n}\ndesign")
    net = of_design(small.opened(text))
    assert same(uniform_loads(net), WrittenOut(net))
    assert len({c.load for c in uniform_loads(net).classes}) > len({c.load for c in uniform_loads(
        of_design(small.opened(small.clos2(3, 4, 2)))).classes})


def test_trap_12_a_fault_in_a_large_torus_is_never_a_quotient_of_single_values() -> None:
    """One link: a recurrence; two: refused before 4,096 destinations with as many cells each are tried."""
    net = of_design(small.opened(small.torus(16, 16, 16)))
    one, other = failed("gpu.plus", 3, 4, 5, 0, target="port"), failed("gpu.plus", 3, 4, 6, 0, target="port")
    found = uniform_loads(net, failed=(one,))
    assert found.method.startswith("recurrence")
    assert found.cost == (3 * 9) ** 3
    with pytest.raises(Refused, match="classes of destinations"):
        uniform_loads(net, failed=(one, other))


def test_trap_13_slim_fly_of_either_kind_is_checked_not_assumed() -> None:
    for q in (3, 5, 7):
        net = of_gallery("fabrics_low_diameter.hw", f"SlimFly(q = {q}, hosts = 1)")
        assert same(uniform_loads(net), WrittenOut(net))
