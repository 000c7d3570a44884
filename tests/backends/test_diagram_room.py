"""Drawings keep apart what belongs apart: loops stay in their clusters, and no edge runs through a heading."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from hwdsl.backends.diagram import draw
from hwdsl.backends.diagram.dot import dot_text
from hwdsl.backends.diagram.layout import Geometry, graphviz_layout
from hwdsl.backends.diagram.loops import extent, with_room
from hwdsl.backends.diagram.scene import Scene, scene
from hwdsl.backends.diagram.tiers import tier_layout
from hwdsl.diag import Diagnostics
from tests.backends.drawings import of_text

LOOPS = """
link L { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: L[7]; port y: L[2]; port up: L; relay = true; }
switch Leaf { port p: L[32]; }
board Board {
    part gpu: Gpu[4];
    plane a { connect gpu[i].y[0] <-> gpu[(i + 1) % 4].y[1]  for i in 0..4; }
    plane b { connect gpu[i].x[0] <-> gpu[(i + 1) % 4].x[1]  for i in 0..4; }
}
rack Rack { part board: Board[4]; }
system Pod {
    part rack: Rack[2];
    part leaf: Leaf;
    plane c { connect rack[r].board[b].gpu[g].up <-> leaf.p[16 * r + 4 * b + g]  for r in 0..2, b in 0..4, g in 0..4; }
}
design = Pod;
"""
TITLES = """
link L { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: L; }
switch SwitchOfALongName { port p: L[8]; port up: L[8]; }
switch Spine { port p: L[8]; }
node Host { part gpu: Gpu; }
tray TrayOfALongerName { part chip: SwitchOfALongName; }
tray Top { part chip: Spine; }
system Pod {
    part host: Host[8];
    part leaf: TrayOfALongerName;
    part spine: Top;
    plane low { connect host[i].gpu.x <-> leaf.chip.p[i]  for i in 0..8; }
    plane high { connect leaf.chip.up[i] <-> spine.chip.p[i]  for i in 0..8; }
}
design = Pod;
"""


def layouts(drawn: Scene) -> list[Geometry]:
    return [graphviz_layout(drawn, dot_text(drawn)), tier_layout(drawn)]


@pytest.mark.parametrize("which", [0, 1], ids=["graphviz", "tiers"])
def test_loops_stay_inside_their_clusters(which: int) -> None:
    drawn = scene(of_text(LOOPS))
    at = with_room(drawn, layouts(drawn)[which])
    loops = [curve for e, curve in zip(drawn.edges, at.curves) if e.a == e.b]
    assert len(loops) == 2
    board, rack = at.clusters["rack", "board"], at.clusters["rack",]
    for curve in loops:
        loop = extent(curve)
        assert board.x < loop.x
        assert loop.x + loop.w < board.x + board.w
    assert rack.x < board.x
    assert board.x + board.w < rack.x + rack.w
    leaf = at.boxes["leaf"]
    assert not rack.meets(leaf)


def test_a_heading_that_an_edge_must_cross_stands_on_ground_of_its_own() -> None:
    drawn = scene(of_text(TITLES))
    svg = draw(drawn, dot_text(drawn), Diagnostics())
    parts = list(ElementTree.fromstring(svg).iter())
    headings = [(k, e) for k, e in enumerate(parts) if re.match(r"halo\d", e.attrib.get("class", ""))]
    grounds = {k: e for k, e in enumerate(parts) if e.attrib.get("style") == "stroke:none"}
    [(at, heading)] = [(k, e) for k, e in headings if "".join(e.itertext()).startswith("leaf")]
    assert at - 1 in grounds, "drawn just before it"
    ground = grounds[at - 1].attrib
    assert float(ground["x"]) < float(heading.attrib["x"])
    clusters = [e.attrib for e in parts if e.attrib.get("rx") == "10"]
    left, right = float(ground["x"]), float(ground["x"]) + float(ground["width"])
    assert any(float(c["x"]) < left and right < float(c["x"]) + float(c["width"]) for c in clusters), "inside the border"
    assert len(grounds) < len(headings), "only where no place is free"
