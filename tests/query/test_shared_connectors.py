"""Several rules on the same connectors, composite ports, absent links: against lists of links in plain Python."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import opened

from hwdsl.api import Design

SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, database=None)
HEAD = """
link N(lanes: int) { raw = 106.25 Gb/s; net = 100 Gb/s; }
connector Cage { lanes = 8; }
module Osfp { lanes = 8; fibres = 16; }
fibre Mpo { fibres = 16; }
cable Dac { lanes = 8; }
"""


def number(design: Design, what: str) -> int:
    """`count(what)`."""
    answer = design.query(f"count({what})")
    assert answer is not None, design.session.report()
    assert isinstance(answer.value, int)
    return answer.value


@SETTINGS
@given(st.integers(1, 4), st.integers(1, 3), st.data())
def test_two_rules_share_the_cables_of_their_cages(nodes: int, cages: int, data: Any) -> None:
    """Two chips a node, each with half the lanes of every cage; any subset of the links may be wired or absent."""
    first = data.draw(st.integers(0, nodes))
    second = data.draw(st.integers(0, nodes))
    gone = data.draw(st.sets(st.tuples(st.integers(0, nodes - 1), st.integers(0, cages - 1)), max_size=2))
    chip0 = [(n, c, 0) for n in range(nodes - first, nodes) for c in range(cages)]
    chip1 = [(n, c, 1) for n in range(second) for c in range(cages)]
    absent = {(n, c, 1) for n, c in gone if n < second}
    overrides = "".join(f"    override link node[{n}].chip[1].p[{c}] {{ status = absent; }}\n" for n, c, _ in sorted(absent))
    design = opened(HEAD + f"""
chip Chip {{ port p: N(4)[{cages}]; }}
node Node {{
    part chip: Chip[2];
    part cage: Cage[{cages}];
    carry chip[h].p[c] on cage[c].lane[4 * h .. 4 * h + 4]  for h in 0..2, c in 0..{cages};
}}
switch Leaf {{
    port p: N(4)[{nodes}][2];
    part cage: Cage[{nodes}];
    carry p[n][h] on cage[n].lane[4 * h .. 4 * h + 4]  for n in 0..{nodes}, h in 0..2;
}}
system Pod {{
    part node: Node[{nodes}];
    part leaf: Leaf[{cages}];
    plane net {{
        connect node[n].chip[0].p[c] <-> leaf[c].p[n][0]  via Osfp, Mpo, Osfp  for n in {nodes - first}..{nodes}, c in 0..{cages};
        connect node[n].chip[1].p[c] <-> leaf[c].p[n][1]  via Osfp, Mpo, Osfp  for n in 0..{second}, c in 0..{cages};
    }}
{overrides}}}
design = Pod;
""")
    links = [x for x in (*chip0, *chip1) if x not in absent]
    pairs = Counter((n, c) for n, c, _ in links)
    assert number(design, "links(net)") == len(links)
    assert number(design, "cables(net)") == len(pairs)
    assert number(design, "plugs(net)") == 2 * len(pairs)
    assert number(design, "modules(net)") == 2 * len(pairs)
    assert number(design, "fibres(net)") == 8 * len(links)


@pytest.mark.parametrize(("lanes", "chips"), [(1, 8), (2, 4), (4, 2), (8, 1)])
def test_a_connection_of_cages_makes_the_links_of_their_lanes(lanes: int, chips: int) -> None:
    """Lane i meets lane i: the same chips, in the order of their lanes."""
    design = opened(HEAD + f"""
chip Chip {{ port p: N({lanes}); }}
node Node {{
    part chip: Chip[{chips}];
    part cage: Cage;
    carry chip[k].p on cage.lane[{lanes} * k .. {lanes} * k + {lanes}]  for k in 0..{chips};
}}
system Pod {{
    part node: Node[6];
    plane net {{ connect node[2 * i].cage <-> node[2 * i + 1].cage  via Dac  for i in 0..3; }}
}}
design = Pod;
""")
    assert number(design, "links(net)") == 3 * chips
    assert number(design, "lanes(net)") == 24
    assert number(design, "cables(net)") == 3
    for k in range(chips):
        answer = design.query(f"rate(node[0].chip[{k}] -> node[1].chip[*])")
        assert answer is not None
        assert answer.value.nom == lanes * 100 * 10**9
        other = design.query(f"rate(node[0].chip[{k}] -> node[1].chip[{(k + 1) % chips}])")
        assert other is not None
        assert other.value.nom == (0 if chips > 1 else lanes * 100 * 10**9)


def test_a_composite_port_holds_the_ports_of_chips() -> None:
    design = opened(HEAD + """
chip Chip { port p: N(2)[2]; }
node Node {
    part chip: Chip[2];
    port trunk: N(8);
    carry chip[c].p[k] on trunk.lane[4 * c + 2 * k .. 4 * c + 2 * k + 2]  for c in 0..2, k in 0..2;
}
system Pod {
    part node: Node[4];
    plane net { connect node[i].trunk <-> node[i + 2].trunk  via Dac  for i in 0..2; }
}
design = Pod;
""")
    assert number(design, "links(net)") == 8
    assert number(design, "lanes(net)") == 16
    assert number(design, "**.chip[*].p[* where .used]") == 16
    answer = design.query("hop_histogram(**.chip)")
    assert answer is not None
    assert answer.json == [0, 8]
