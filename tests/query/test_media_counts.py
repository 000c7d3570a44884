"""Cables, assemblies, modules, plugs and fibres against a list of links in plain Python."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from small_networks import opened

from hwdsl.api import Design
from hwdsl.backends.bom.lines import bill
from hwdsl.backends.report.content import plane_rows

HEAD = """
link N(lanes: int) { raw = 106.25 Gb/s; net = 100 Gb/s; }
connector Cage { lanes = 8; }
module Osfp { lanes = 8; fibres = 16; }
fibre Mpo16 { fibres = 16; }
fibre Mpo8 { fibres = 8; }
cable Dac { lanes = 8; }
cable Thin { lanes = 2; }
"""


def number(design: Design, what: str) -> int:
    """`count(what)`."""
    answer = design.query(f"count({what})")
    assert answer is not None, design.session.report()
    assert isinstance(answer.value, int)
    return answer.value


def pod(nodes: int, cages: int, lanes: int, via: str) -> str:
    """Nodes whose ports fill their cages; cage k of every node goes to switch k, cage n (or to ports of its own)."""
    per = 8 // lanes
    return HEAD + f"""
chip Nic {{ port p: N({lanes})[{cages * per}]; }}
node Node {{
    part nic: Nic;
    part cage: Cage[{cages}];
    carry nic.p[i] on cage[i / {per}].lane[{lanes} * (i % {per}) .. {lanes} * (i % {per}) + {lanes}]  for i in 0..{cages * per};
}}
switch Leaf {{
    port p: N({lanes})[{nodes * per}];
    part cage: Cage[{nodes}];
    carry p[i] on cage[i / {per}].lane[{lanes} * (i % {per}) .. {lanes} * (i % {per}) + {lanes}]  for i in 0..{nodes * per};
}}
system Pod {{
    part node: Node[{nodes}];
    part leaf: Leaf[{cages}];
    plane net {{
        connect node[n].nic.p[i] <-> leaf[i / {per}].p[{per} * n + i % {per}]  via {via}
            for n in 0..{nodes}, i in 0..{cages * per};
    }}
}}
design = Pod;
"""


@pytest.mark.parametrize(("nodes", "cages", "lanes", "medium"),
                         list(product((1, 3), (1, 2), (1, 2, 4), ("Mpo16", "Mpo8", "Dac", "Thin"))))
def test_cages_to_cages(nodes: int, cages: int, lanes: int, medium: str) -> None:
    fibre = medium.startswith("Mpo")
    via = f"Osfp, {medium}, Osfp" if fibre else medium
    design = opened(pod(nodes, cages, lanes, via))
    per, wide = 8 // lanes, {"Mpo16": 8, "Mpo8": 4, "Dac": 8, "Thin": 2}[medium]
    links = [((n, i // per), (i // per, n)) for n in range(nodes) for i in range(cages * per)]
    pairs = Counter(links)
    if wide >= lanes:
        cables = sum(-(-count // (wide // lanes)) for count in pairs.values())
    else:
        cables = len(links) * -(-lanes // wide)
    modules = len({a for a, _ in links}) + len({b for _, b in links}) if fibre else 0
    assert number(design, "links(net)") == len(links)
    assert number(design, "lanes(net)") == lanes * len(links)
    assert number(design, "pairs(net)") == (0 if fibre else 2 * lanes * len(links))
    assert number(design, "cables(net)") == cables
    assert number(design, "assemblies(net)") == cables
    assert number(design, "plugs(net)") == 2 * cables
    assert number(design, "modules(net)") == modules
    assert number(design, "fibres(net)") == (2 * lanes * len(links) if fibre else 0)
    for n in range(nodes):  # the cables of the parts add up to those of the whole
        assert number(design, f"cables(node[{n}])") == cables // nodes


def test_ports_without_cages_take_a_cable_each() -> None:
    design = opened(HEAD + """
chip Nic { port p: N(4)[6]; }
system Pod {
    part left: Nic[3];
    part right: Nic[3];
    plane net { connect left[n].p[i] <-> right[n].p[i]  via Dac  for n in 0..3, i in 0..6; }
}
design = Pod;
""")
    assert [number(design, f"{w}(net)") for w in ("links", "cables", "assemblies", "plugs", "modules")] == [18, 18, 18, 36, 0]


TRUNK = """
link NvLink { lanes = 2; raw = 106.25 Gb/s; net = 100 Gb/s; }
connector Cage { lanes = 8; }
module Osfp { lanes = 8; fibres = 16; }
fibre Mpo { fibres = 16; }
switch Chip { port trunk: NvLink[18]; }
node Node {
    part chip: Chip[4];
    part cage: Cage[18];
    carry chip[c].trunk[t] on cage[(18 * c + t) / 4].lane[2 * ((18 * c + t) % 4) .. 2 * ((18 * c + t) % 4) + 2]
        for c in 0..4, t in 0..18;
}
switch Trunk {
    port p: NvLink[128];
    part cage: Cage[32];
    carry p[i] on cage[i / 4].lane[2 * (i % 4) .. 2 * (i % 4) + 2]  for i in 0..128;
}
system Pod {
    part node: Node[32];
    part trunk: Trunk[18];
    plane net { connect node[n].cage[k] <-> trunk[k].cage[n]  via Osfp, Mpo, Osfp  for n in 0..32, k in 0..18; }
}
design = Pod;
"""


def test_cage_to_cage_connections_make_the_links_that_the_lanes_carry() -> None:
    """A second level of 18 trunk switches for 32 nodes of 72 links on 18 cages."""
    design = opened(TRUNK)
    assert number(design, "links(net)") == 32 * 72
    assert number(design, "modules(net)") == 1152
    assert number(design, "cables(net)") == 576
    assert number(design, "fibres(net)") == 2304 * 4
    assert number(design, "node[0].chip[*].trunk[*]") == 72
    assert number(design, "node[0].chip[*].trunk[* where .used]") == 72


def test_a_breakout_shares_the_cable_of_its_common_side() -> None:
    design = opened(HEAD + """
cable Split { lanes = 8; plugs = 3; }
chip Nic { port p: N(4); }
switch Leaf {
    port p: N(4)[8];
    part cage: Cage[4];
    carry p[i] on cage[i / 2].lane[4 * (i % 2) .. 4 * (i % 2) + 4]  for i in 0..8;
}
system Pod {
    part nic: Nic[8];
    part leaf: Leaf;
    plane net { connect nic[n].p <-> leaf.p[n]  via Split  for n in 0..8; }
}
design = Pod;
""")
    assert [number(design, f"{w}(net)") for w in ("links", "cables", "plugs")] == [8, 4, 12]


def test_lanes_of_one_port_go_to_several_parts() -> None:
    """A port of four lanes broken out into two links of two lanes."""
    design = opened(HEAD + """
chip Nic { port p: N(2); }
switch Leaf { port p: N(4)[3]; }
system Pod {
    part nic: Nic[6];
    part leaf: Leaf;
    plane net { connect leaf.p[n / 2].lane[2 * (n % 2) .. 2 * (n % 2) + 2] <-> nic[n].p  for n in 0..6; }
}
design = Pod;
""")
    assert number(design, "links(net)") == 6
    assert number(design, "lanes(net)") == 12
    assert number(design, "leaf.p[* where .used]") == 3


def test_the_halves_of_a_twin_port_hold_one_module_together() -> None:
    """Two links of one twin-port cage go to two leaves: one module at the node, two fibres."""
    design = opened(HEAD + """
connector Twin { lanes = 8;  halves = 2; }
module Dr8 { lanes = 8;  halves = 2;  fibres = 16; }
module Dr4 { lanes = 4;  fibres = 8; }
chip Nic { port p: N(4); }
node Node {
    part nic: Nic[4];
    part cage: Twin[2];
    carry nic[i].p on cage[i / 2].half[i % 2 .. i % 2 + 1]  for i in 0..4;
}
switch Leaf { port p: N(4)[3]; }
system Pod {
    part node: Node[3];
    part leaf: Leaf[4];
    plane net { connect node[n].nic[i].p <-> leaf[i].p[n]  via Dr8, Mpo8, Dr4  for n in 0..3, i in 0..4; }
}
design = Pod;
""")
    assert number(design, "links(net)") == 12
    assert number(design, "cables(net)") == 12
    assert number(design, "modules(net)") == 12 + 6
    assert number(design, "modules(node[0])") == 2 + 4


THROUGH = """
link Lane { lanes = 1; raw = 106.25 Gb/s; net = 100 Gb/s; }
fibre Smf { lanes = 1; fibres = 2; }
chip Xpu { port opt: Lane[2]; }
module Trx {
    port host: Lane[2];
    port line: Lane[2];
    %s
    power = 1 W;
}
system Ring {
    part xpu: Xpu[8];
    part trx: Trx[8];
    part unused: Trx[3];
    plane inside { connect xpu[i].opt[k] <-> trx[i].host[k]  for i in 0..8, k in 0..2; }
    plane outside { connect trx[i].line[0] <-> trx[(i + 1) %% 8].line[1]  via Smf  for i in 0..8; }
}
design = Ring;
"""


@pytest.mark.parametrize("joined", ["default state dark { } state through { bridge host[k] <-> line[k] for k in 0..2; }",
                                    "bridge host[k] <-> line[k] for k in 0..2;"])
def test_modules_that_links_run_through_count_once(joined: str) -> None:
    design = opened(THROUGH % joined)
    for query, modules in (("self", 8), ("inside", 8), ("outside", 8), ("[inside, outside]", 8), ("xpu[0]", 1),
                           ("xpu[0..2]", 2), ("trx[0].line[0]", 2), ("unused", 0)):
        assert number(design, f"modules({query})") == modules, query
    [answer] = [row for row in plane_rows(design.root) if row.name == "outside"]
    assert answer.modules == "8", "the report agrees"
    [line] = [line for line in bill(design.root) if line.kind == "module"]
    assert line.quantity == 11, "three more are bought that nothing uses"
