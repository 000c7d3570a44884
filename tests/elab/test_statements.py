"""Statements of a body: patterns, families of planes, parameters, refinement, attributes, modules, ranges and double use."""

from __future__ import annotations

import random
from itertools import combinations, product
from pathlib import Path

import pytest
from designs import ask, codes, links, opened

MESH = """
pattern full_mesh(p: port[n][n - 1]) {
    connect p[i][j - 1] <-> p[j][i]  for i in 0..n, j in 0..n where i < j;
}
"""


def both(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Pairs both ways round."""
    return pairs | {(b, a) for a, b in pairs}


@pytest.mark.parametrize(("boards", "npus"), [(2, 1), (3, 2), (4, 3)])
def test_a_pattern_over_the_columns_of_an_array(boards: int, npus: int) -> None:
    rows = f"plane x {{ connect full_mesh(board[b].npu[*].x[*])  for b in 0..{boards}; }}"
    design = opened(MESH + f"""
chip Npu {{ port y: L[{boards - 1}];  port x: L[{max(npus - 1, 1)}]; }}
board Board {{ part npu: Npu[{npus}]; }}
rack Rack {{
    part board: Board[{boards}];
    plane y {{ connect full_mesh(board[*].npu[s].y[*])  for s in 0..{npus}; }}
    {rows if npus > 1 else ""}
}}
design = Rack;
""")
    expected = {(f"board[{i}].npu[{s}].y[{j - 1}]", f"board[{j}].npu[{s}].y[{i}]")
                for s in range(npus) for i, j in combinations(range(boards), 2)}
    expected |= {(f"board[{b}].npu[{i}].x[{j - 1}]", f"board[{b}].npu[{j}].x[{i}]")
                 for b in range(boards) for i, j in combinations(range(npus), 2)}
    assert links(design) == both(expected)


@pytest.mark.parametrize(("call", "code"), [
    ("full_mesh(npu[*].y[*])", "HW3012"), ("full_mesh(npu[0].y[*])", "HW3012"), ("full_mesh(npu[*].z)", "HW3012"),
    ("full_mesh(npu[*])", "HW3012"), ("nothing(npu[*].y[*])", "HW1001"),
])
def test_a_slice_that_a_pattern_does_not_fit(call: str, code: str) -> None:
    found = codes(MESH + f"""
chip Npu {{ port y: L[4];  port z: L; }}
rack Rack {{ part npu: Npu[4];  connect {call}; }}
design = Rack;
""")
    assert found
    assert found[0] == code or (code == "HW3012" and found[0].startswith("HW3"))


def test_a_family_of_planes_is_addressed_by_its_index() -> None:
    design = opened("""
chip Gpu { port x: L[2]; }
switch Leaf { port p: L[8]; }
system Pod {
    part gpu: Gpu[4][3];
    part leaf: Leaf[2][3];
    plane fabric {
        plane side for s in 0..2 {
            plane rail for r in 0..3 { connect gpu[n][r].x[s] <-> leaf[s][r].p[n]  for n in 0..4; }
        }
    }
}
design = Pod;
""")
    counted = {name: ask(design, f"count(links({name}))") for name in (
        "fabric", "fabric.side", "fabric.side[1]", "fabric.side[1].rail", "fabric.side[1].rail[2]", "fabric.side.rail[0]")}
    assert list(counted.values()) == [24, 24, 12, 12, 4, 8]


def test_parameters_defaults_and_conditions() -> None:
    text = """
enum Size { small, large }
switch Leaf(ports: int = 8 where ports % 2 == 0, lane: link = L, size: Size = small) {
    port p: lane[if size == large then 2 * ports else ports];
}
system Pod(leaves: int, ports: int = 4) where leaves <= ports {
    const half = ports / 2;
    part leaf: Leaf(ports = ports)[leaves];
    part other: Leaf(size = large)[half];
}
"""
    design = opened(text + "design = Pod(leaves = 3);")
    assert [ask(design, q) for q in ("count(leaf)", "count(leaf[*].p)", "count(other)", "count(other[*].p)")] == [3, 12, 2, 32]
    assert codes(text + "design = Pod(leaves = 5);") == ["HW2004"]
    assert codes(text + "design = Pod(leaves = 3, ports = 5);")[0] in ("HW1203", "HW2004")
    assert codes(text + "design = Pod(leaves = true);") == ["HW2003"]
    assert codes(text + "design = Pod();") == ["HW2002"]
    assert codes(text + "design = Pod(leaves = 3, wide = 2);") == ["HW2001"]


def test_a_component_is_a_parameter() -> None:
    text = """
chip A { port x: L[2];  power = 1 kW; }
chip B { port x: L[3];  power = 2 kW; }
node Node(n: int, xpu: chip) { part acc: xpu[n]; }
system Pod(xpu: chip = A) { part node: Node(n = 2, xpu = xpu)[3]; }
"""
    assert ask(opened(text + "design = Pod;"), "count(**.acc.x)") == 12
    design = opened(text + "design = Pod(xpu = B);")
    assert ask(design, "count(**.acc.x)") == 18
    assert ask(design, "power(self)").nom == 12_000
    assert codes(text.replace("chip B", "switch B") + "design = Pod(xpu = B);") == ["HW2003"]


def test_refinement_fills_narrows_and_overrides() -> None:
    text = """
rack Frame { units = 48;  power = 100 kW to 132 kW;  mass = unknown; }
rack Rack: Frame { power = 120 kW;  mass = 1 t;  override part self { units = 42; } }
rack Third: Rack { price = 3 USD; }
design = Third;
"""
    design = opened(text)
    assert ask(design, "self.units == 42") is True
    assert ask(design, "power(self)").nom == 120_000
    assert ask(design, "mass(self) == 1000 kg") is True
    assert codes(text.replace("power = 120 kW", "power = 140 kW")) == ["HW2006"]
    assert codes(text.replace("override part self { units = 42; }", "units = 42;")) == ["HW2006"]


def test_attributes_in_the_body_of_a_part() -> None:
    design = opened("""
chip Gpu { power = unknown;  port x: L; }
tray Tray {
    part hot: Gpu[2] { power = 700 W; }
    part cold: Gpu[3] { power = 300 W; }
    part other: Gpu;
}
design = Tray;
""")
    power = ask(design, "power(self)")
    assert (power.nom, power.missing) == (2300, 1)
    assert ask(design, "count(Gpu)") == 6


def test_modules_and_what_they_show(tmp_path: Path) -> None:
    (tmp_path / "parts.hw").write_text("pub chip Gpu { power = 1 kW; }\npub const some = 2;\nchip Die { power = 1 W; }\n"
                                       "pub fn twice(n: int) -> int = 2 * n;\n")
    design = opened("""
use parts;
use parts.{Gpu, some};
use parts.Gpu as Accelerator;
tray Tray { part a: Gpu[some];  part b: parts.Gpu[parts.twice(some)];  part c: Accelerator; }
design = Tray;
""", tmp_path)
    assert ask(design, "count(Gpu)") == 7
    assert codes("use parts.{Die};\ntray T { part d: Die; }\ndesign = T;", tmp_path) == ["HW1005"]
    assert codes("use parts.{Gpx};\ntray T { part d: Gpx; }\ndesign = T;", tmp_path) == ["HW1001"]
    assert codes("use absent.{Gpu};\ntray T { part d: Gpu; }\ndesign = T;", tmp_path) == ["HW1003"]
    (tmp_path / "a.hw").write_text("use b.{B};\ntray A { part b: B; }\n")
    (tmp_path / "b.hw").write_text("use a.{A};\nconst n = 1;\nchip B { memory = 1 GB; }\nconst size = A;\n")
    assert codes("use a.{A};\ntray T { part d: A; }\ndesign = T;", tmp_path) == ["HW1004"]


RULES = [
    "connect gpu[g].up <-> leaf.p[g]  for g in 0..4;", "connect gpu[g].up <-> leaf.p[3 - g]  for g in 0..4;",
    "connect gpu[*].up <-> leaf.p[0..4];", "connect gpu[g].up <-> leaf.p[[2, 0, 3, 1][g]]  for g in 0..4;",
    "connect gpu[g].up <-> leaf.p[(g + 2) % 4]  for g in 0..4;",
    "connect gpu[2 * a + b].up <-> leaf.p[a + 2 * b]  for a in 0..2, b in 0..2;",
    "connect gpu[g].up <-> leaf.p[g]  for g in 0..4 where g < 4;",
    "connect gpu[g].up <-> leaf.p[if g < 4 then g else 0]  for g in 0..4;",
]
FAULTY = {
    "connect gpu[g].up <-> leaf.p[g + 1]  for g in 0..4;": "HW3001",
    "connect gpu[g].up <-> leaf.p[g - 1]  for g in 0..4;": "HW3001",
    "connect gpu[g].up <-> leaf.p[g / 2]  for g in 0..4;": "HW3002",
    "connect gpu[g].up <-> leaf.p[(2 * g) % 4]  for g in 0..4;": "HW3002",
    "connect gpu[g].up <-> leaf.p[0]  for g in 0..4;": "HW3004",
    "connect gpu[g].up <-> leaf.p[g]  for g in 0..4, h in 0..2;": "HW3005",
    "connect gpu[*].up <-> leaf.p[0..3];": "HW3003",
    "connect gpu[g] <-> leaf.p[g]  for g in 0..4;": "HW3008",
    "connect gpu.up <-> leaf.p;": "HW3008",
    "connect gpu[g][0].up <-> leaf.p[g]  for g in 0..4;": "HW3009",
    "connect gpu[g].down <-> leaf.p[g]  for g in 0..4;": "HW1009",
    "connect gpu[g].up <-> leaf.p[g]  for g in 0..4 where g;": "HW1201",
    "connect gpu[gpu].up <-> leaf.p[gpu]  for gpu in 0..4;": "HW1007",
}
POD = """
chip Gpu {{ port up: L; }}
switch Leaf {{ port p: L[4]; }}
system Pod {{ part gpu: Gpu[4];  part leaf: Leaf;  {} }}
design = Pod;
"""


@pytest.mark.parametrize("rule", RULES)
def test_rules_that_use_every_port_once(rule: str) -> None:
    design = opened(POD.format(rule))
    assert ask(design, "count(leaf.p[* where .used])") == 4
    assert ask(design, "count(links(self))") == 4


@pytest.mark.parametrize("rule", FAULTY)
def test_each_mistake_is_told_once(rule: str) -> None:
    found = codes(POD.format(rule))
    assert len(found) == 1
    assert found[0] == FAULTY[rule] or (FAULTY[rule] == "HW3008" and found[0].startswith("HW30"))


def test_double_use_is_found_between_rules_and_levels() -> None:
    text = """
chip Gpu {{ port x: L[2]; }}
node Node {{ part gpu: Gpu[2];  connect gpu[0].x[0] <-> gpu[1].x[0]; }}
system Pod {{ part node: Node[3];  {} }}
design = Pod;
"""
    assert codes(text.format("connect node[i].gpu[0].x[1] <-> node[i].gpu[1].x[1]  for i in 0..3;")) == []
    assert codes(text.format("connect node[0].gpu[0].x[0] <-> node[1].gpu[0].x[1];")) == ["HW3002"]
    assert codes(text.format("connect node[i].gpu[0].x[1] <-> node[(i + 1) % 3].gpu[1].x[1]  for i in 0..3;"
                             "connect node[2].gpu[0].x[1] <-> node[0].gpu[1].x[0];")) == ["HW3002"]


def test_the_order_of_statements_does_not_matter() -> None:
    """The symbolic answers of a body whose statements, and of a file whose items, stand in any order."""
    body = ["const n = m + 1;", "const m = 2;", "part gpu: Gpu[n];", "part leaf: Leaf;", "power = unknown;",
            "plane a { connect gpu[g].up <-> leaf.p[g]  for g in 0..n; }", "override part gpu[1] { status = failed; }"]
    items = ["chip Gpu { port up: L;  power = top; }", "switch Leaf { port p: L[8]; }",
             "const top = 3 * one;", "const one = 100 W;"]
    answers = set()
    for seed in range(6):
        order = random.Random(seed)
        order.shuffle(body)
        order.shuffle(items)
        design = opened("\n".join(items) + "\nsystem Pod {\n" + "\n".join(body) + "\n}\ndesign = Pod;")
        queries = ("count(gpu)", "count(links(a))", "power(gpu)", "count(leaf.p[* where .used])")
        answers.add(tuple(str(ask(design, q)) for q in queries))
    assert len(answers) == 1


@pytest.mark.parametrize(("ways", "ports"), [([2, 1, 3], 3), ([0, 4], 4), ([1], 1)])
def test_ragged_ranges(ways: list[int], ports: int) -> None:
    design = opened(f"""
chip Gpu {{ port p: L[{sum(ways)}]; }}
switch Leaf {{ port p: L[{ports}][2]; }}
node Node {{
    const ways = {ways};
    const first = prefix_sum(ways);
    part gpu: Gpu[2];
    part leaf: Leaf[{len(ways)}];
    connect gpu[g].p[first[s] + k] <-> leaf[s].p[k][g]  for g in 0..2, s in 0..{len(ways)}, k in 0..ways[s];
}}
design = Node;
""")
    expected = {(f"gpu[{g}].p[{sum(ways[:s]) + k}]", f"leaf[{s}].p[{k}][{g}]")
                for g, s in product(range(2), range(len(ways))) for k in range(ways[s])}
    assert links(design) == both(expected)
    assert ask(design, "count(links(self))") == 2 * sum(ways)
