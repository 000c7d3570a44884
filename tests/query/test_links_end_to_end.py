"""Links through panels: what is counted of them, followed symbolically, against walking from port to port in plain Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_networks import opened

from hwdsl.api import Design
from hwdsl.query.selection import Group, Selection
from hwdsl.query.throughpanels import logical_between

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
HEAD = """
link Net(n: int = 2) { lanes = n; raw = 106.25 Gb/s; net = 100 Gb/s; interoperates = [Net]; }
fibre Smf { lanes = 4; fibres = 8; }
chip Chip { port x: Net; }
"""
PANEL = HEAD + """
panel Panel { port front: Net[8]; port rear: Net[8]; bridge front[i] <-> rear[i]  for i in 0..8; }
system Pod {
    part gpu: Chip[16];
    part panel: Panel;
    plane near { connect gpu[g].x <-> panel.front[g]  via Smf  for g in 0..8; }
    plane far { connect panel.rear[g] <-> gpu[8 + g].x  via Smf  for g in 0..8; }
}
design = Pod;
"""


def ask(design: Design, query: str) -> Any:
    answer = design.query(query)
    assert answer is not None, design.session.report()
    return answer.value


@pytest.mark.parametrize(("query", "value"), [
    ("links(self)", 8), ("links(gpu[0])", 1), ("links(gpu[0..2])", 2), ("links(gpu[0], gpu[8])", 1), ("links(gpu[0], gpu[9])", 0),
    ("links(gpu[0], panel)", 1), ("links(panel)", 8), ("links(near)", 8), ("links([near, far])", 8), ("links(gpu, gpu)", 8),
    ("lanes(links(gpu[0], gpu[8]))", 2), ("lanes(near)", 16), ("lanes(self)", 16),
    ("cables(links(gpu[0], gpu[8]))", 2), ("cables(gpu[0], gpu[8])", 2), ("cables(gpu[0], panel)", 1), ("cables(gpu[0])", 1),
    ("cables(links(gpu[0]))", 2), ("cables(near)", 8), ("cables(self)", 16), ("cables(gpu[0], gpu[9])", 0),
    ("fibres(gpu[0], gpu[8])", 8), ("plugs(links(gpu[0]))", 4), ("assemblies(links(near))", 16), ("pairs(self)", 0),
])
def test_panel(query: str, value: int) -> None:
    assert ask(opened(PANEL), f"count({query})") == value


def test_rates_through_a_panel() -> None:
    design = opened(PANEL)
    for query in ("rate(links(gpu[0], gpu[8]))", "rate(gpu[0] -> gpu[8])", "rate(links(gpu[0]))", "rate(links(gpu[0], panel))"):
        assert ask(design, f"{query} == 200 Gb/s") is True, query
    assert ask(design, "rate(near) == 1600 Gb/s and rate(near) == rate(self.far)") is True
    assert ask(design, "rate(gpu[0] -> gpu[1]) == 0 Gb/s and raw(rate(gpu[0] -> gpu[1])) == 0 Gb/s") is True
    assert ask(design, "raw(rate(gpu[0] -> gpu[8])) == raw(rate(links(gpu[0])))") is True


def test_a_cable_to_a_panel_with_nothing_behind_is_no_link() -> None:
    design = opened(HEAD + """
panel Panel { port front: Net[64]; port rear: Net[64]; bridge front[i] <-> rear[i]  for i in 0..64; }
system Pod {
    part gpu: Chip[64];
    part panel: Panel;
    plane net { connect gpu[g].x <-> panel.front[g]  via Smf  for g in 0..64; }
}
design = Pod;
""")
    assert [ask(design, f"count({what}(net))") for what in ("links", "lanes", "cables", "fibres")] == [0, 0, 64, 256]
    assert ask(design, "rate(net) == 0 Gb/s") is True
    assert ask(design, "count(links(gpu[0]))") == 0
    assert design.counts()["links"] == 0


def test_a_shuffle_box_makes_a_link_of_each_pair_of_ports() -> None:
    design = opened(HEAD + """
panel Shuffle {
    port front: Net(n = 4)[4];
    port rear: Net(n = 4)[4];
    bridge front[i].lane[j .. j + 1] <-> rear[j].lane[i .. i + 1]  for i in 0..4, j in 0..4;
}
panel Straight {
    port front: Net(n = 4)[4];
    port rear: Net(n = 4)[4];
    bridge front[i].lane[2 * j .. 2 * j + 2] <-> rear[i].lane[2 * j .. 2 * j + 2]  for i in 0..4, j in 0..2;
}
chip Wide { port x: Net(n = 4)[2]; }
system Pod {
    part gpu: Wide[8];
    part mixed: Shuffle;
    part straight: Straight;
    plane shuffled {
        connect gpu[g].x[0] <-> mixed.front[g]  via Smf  for g in 0..4;
        connect mixed.rear[g] <-> gpu[4 + g].x[0]  via Smf  for g in 0..4;
    }
    plane whole {
        connect gpu[g].x[1] <-> straight.front[g]  via Smf  for g in 0..4;
        connect straight.rear[g] <-> gpu[4 + g].x[1]  via Smf  for g in 0..4;
    }
}
design = Pod;
""")
    assert [ask(design, f"count({what}(shuffled))") for what in ("links", "lanes", "cables")] == [16, 16, 8]
    assert [ask(design, f"count({what}(whole))") for what in ("links", "lanes", "cables")] == [4, 16, 8]
    assert ask(design, "count(links(gpu[0], gpu[5]))") == 1
    assert ask(design, "rate(gpu[0] -> gpu[5]) == 100 Gb/s and rate(gpu[0] -> gpu[4]) == 500 Gb/s") is True
    assert ask(design, "count(cables(gpu[0], gpu[5]))") == 2
    assert ask(design, "count(cables(links(gpu[0])))") == 7, "one to each panel, and beyond them four and one"


# ---------------------------------------------------------------- against a walk
class Plant:
    """A row of panels between two arrays of chips, wired and bridged by rotations of parts of their ports."""

    def __init__(self, draw: Any) -> None:
        self.n = draw(st.integers(2, 6))
        self.layers = draw(st.integers(1, 3))
        rotation = st.tuples(st.integers(0, self.n - 1), st.integers(0, self.n), st.booleans())
        self.bridges = [draw(rotation) for _ in range(self.layers)]
        self.cables = [draw(rotation) for _ in range(self.layers + 1)]
        self.pod = draw(st.integers(1, 2))

    def index(self, rule: tuple[int, int, bool]) -> tuple[str, str]:
        shift, _, falls = rule
        return "i", f"({self.n - 1} - i + {shift}) % {self.n}" if falls else f"(i + {shift}) % {self.n}"

    def target(self, i: int, rule: tuple[int, int, bool]) -> int | None:
        shift, used, falls = rule
        return None if i >= used else ((self.n - 1 - i if falls else i) + shift) % self.n

    def text(self) -> str:
        n, panels, parts, rules = self.n, "", "", ""
        for k, rule in enumerate(self.bridges):
            here, there = self.index(rule)
            panels += (f"panel Panel{k} {{ port front: Net[{n}]; port rear: Net[{n}]; "
                       f"bridge front[{here}] <-> rear[{there}]  for i in 0..{rule[1]}; }}\n")
            parts += f"    part panel{k}: Panel{k};\n"
        for k, rule in enumerate(self.cables):
            here, there = self.index(rule)
            left = f"gpu[{here}].x" if k == 0 else f"panel{k - 1}.rear[{here}]"
            right = f"far[{there}].x" if k == self.layers else f"panel{k}.front[{there}]"
            rules += f"        connect {left} <-> {right}  via Smf  for i in 0..{rule[1]};\n"
        return HEAD + panels + f"""
node Node {{
    part gpu: Chip[{n}];
    part far: Chip[{n}];
{parts}    plane net {{
{rules}    }}
}}
system Pod {{ part node: Node[{self.pod}]; }}
design = Pod;
"""

    def links(self) -> dict[int, int]:
        """The far chip that each near chip of one node is linked with."""
        out = {}
        for g in range(self.n):
            at: int | None = g
            for k in range(self.layers):
                at = None if at is None else self.target(at, self.cables[k])
                at = None if at is None else self.target(at, self.bridges[k])
            at = None if at is None else self.target(at, self.cables[-1])
            if at is not None:
                out[g] = at
        return out


@SETTINGS
@given(st.data())
def test_symbolic_flat_and_walked_agree(data: Any) -> None:
    plant = Plant(data.draw)
    design, links = opened(plant.text()), plant.links()
    assert ask(design, "count(links(self))") == plant.pod * len(links)
    assert ask(design, "count(lanes(self))") == plant.pod * 2 * len(links)
    assert ask(design, f"rate(links(self)) == {200 * plant.pod * len(links)} Gb/s") is True
    lo = data.draw(st.integers(0, plant.n - 1))
    hi = data.draw(st.integers(lo + 1, plant.n))
    at = data.draw(st.integers(0, plant.n - 1))
    mine = [g for g in range(lo, hi) if g in links]
    assert ask(design, f"count(links(node[0].gpu[{lo}..{hi}]))") == len(mine)
    assert ask(design, f"count(links(node[0].gpu[{lo}..{hi}], node[0].far[{at}]))") == sum(links[g] == at for g in mine)
    assert ask(design, f"count(cables(links(node[0].gpu[{lo}..{hi}])))") == len(mine) * (plant.layers + 1)
    assert ask(design, f"count(cables(node[0].gpu[{lo}..{hi}], node[*].far))") == len(mine) * (plant.layers + 1)
    through = ask(design, "count(links(node[0].panel0))")
    assert through == len(links)
    boxes = [((("node", "gpu")), (range(plant.pod), range(lo, hi))), ((("node", "far")), (range(plant.pod), range(plant.n)))]
    x, y = (Selection(design.root, (Group(path, box),)) for path, box in boxes)
    flat, capacity = logical_between(design.root, x, y)
    assert flat == plant.pod * len(mine)
    assert capacity == pytest.approx(200e9 * flat)
