"""A directed data link carries one way, from its output to its input: at L0, in the flat graph and in the fabric alike."""

from __future__ import annotations

import pytest
from small_networks import Expanded, chips, net_of, opened

from hwdsl.perf.flat import fabric
from hwdsl.query.allpairs import all_pairs
from hwdsl.query.flat import flat_graph
from hwdsl.query.quotient import hops, loads, plan

FUNNEL = """
chip Gpu { relay = true;  port o: L;  port i: L; }
switch Sw { port o: L[3];  port i: L[3]; }
system S {
    part a: Gpu[3];  part b: Gpu[3];  part sw: Sw;
    connect a[k].o -> sw.i[k]  for k in 0..3;
    connect sw.o[k] -> b[k].i  for k in 0..3;
}
design = S;
"""
RING = """
chip Gpu { relay = true;  port o: L;  port i: L; }
system S { part gpu: Gpu[5];  connect gpu[k].o -> gpu[(k + 1) % 5].i  for k in 0..5; }
design = S;
"""
SHORTCUT = """
chip Gpu { relay = true;  port o: L[2];  port i: L[2]; }
system S {
    part gpu: Gpu[4];
    connect gpu[k].o[0] -> gpu[k + 1].i[0]  for k in 0..3;
    connect gpu[0].o[1] <-> gpu[3].i[1];
}
design = S;
"""
TRANSIT = """
chip Gpu { port o: L;  port i: L; }
chip Hub { relay = true;  port o: L[4];  port i: L[4]; }
system S {
    part gpu: Gpu[4];  part hub: Hub;
    connect gpu[k].o -> hub.i[k]  for k in 0..4;
    connect hub.o[k] -> gpu[k].i  for k in 0..4;
}
design = S;
"""
DESIGNS = {"funnel": FUNNEL, "ring": RING, "shortcut": SHORTCUT, "transit": TRANSIT}
HOPS = {"funnel": ({2: 9}, 21), "ring": (dict.fromkeys((1, 2, 3, 4), 5), 0), "shortcut": ({1: 5, 2: 4, 3: 3}, 0),
        "transit": ({1: 8, 2: 12}, 0)}


@pytest.mark.parametrize("name", DESIGNS)
def test_every_level_counts_the_same_hops(name: str) -> None:
    design = opened(DESIGNS[name])
    net = net_of(design)
    flat = all_pairs(flat_graph(design.root, None, chips(design), None, (), 1 << 30), 1 << 30)
    found = [(x.histogram, x.unreachable) for x in (hops(plan(net)), flat)]
    assert [*found, Expanded(net).histogram()] == [HOPS[name]] * 3


@pytest.mark.parametrize("name", DESIGNS)
def test_the_fabric_has_as_many_arcs_as_the_quotient(name: str) -> None:
    design = opened(DESIGNS[name])
    arcs = loads(plan(net_of(design)), connected=False).links
    assert sum(arcs.values()) == len(fabric(design.root, None, chips(design), None, (), 1 << 30).tail)


def test_what_passes_one_way_cannot_be_sent_the_other() -> None:
    design = opened(FUNNEL)
    there, back, sent = (design.query(x) for x in ("flow(a -> b)", "flow(b -> a)", "injection(a)"))
    assert there is not None
    assert back is not None
    assert sent is not None
    assert (there.value.nom, back.value.nom, sent.value.nom) == (3e11, 0, 3e11)
    none = design.query("injection(b)")
    assert none is not None
    assert none.value.nom == 0


def test_two_way_links_are_what_they_were() -> None:
    both = opened(RING.replace("->", "<->"))
    assert Expanded(net_of(both)).histogram() == ({1: 10, 2: 10}, 0)
    answer = both.query("hop_histogram(gpu)")
    assert answer is not None
    assert answer.json == [0, 10, 10]
    one_way = opened(RING).query("diameter(gpu)")
    assert one_way is not None
    assert one_way.value == 4
