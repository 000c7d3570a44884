"""Buses in plane families: one net for each value of the variable, at every level and in every artefact."""

from __future__ import annotations

from designs import codes, opened

from hwdsl.api import Design
from hwdsl.backends.bom.lines import bill
from hwdsl.backends.diagram.scene import scene
from hwdsl.ir.index import Ix
from hwdsl.ir.json_io import compare, dump, load

TEXT = """
link Dc { voltage = 50 V; }
power Shelf { output port dc: Dc; }
power Bar { price = $100; }
tray Tray { input port dc: Dc; }
rack Rack {
    part shelf: Shelf[4];
    part tray: Tray[18];
    plane supply { plane feed for f in 0..2 { bus bar: Bar joins shelf[2 * f .. 2 * f + 2].dc, tray[9 * f .. 9 * f + 9].dc; } }
}
system Pod { part rack: Rack[3]; }
design = Pod;
"""


def nets(design: Design) -> list[tuple[object, ...]]:
    rack = design.root.at(("rack",))
    return [(b.name, b.plane.names, b.plane.indices, [box for _, box in b.joins]) for b in rack.buses]


def test_one_net_a_value() -> None:
    assert nets(opened(TEXT)) == [
        ("bar", ("supply", "feed"), (None, Ix(0)), [(range(2),), (range(9),)]),
        ("bar", ("supply", "feed"), (None, Ix(1)), [(range(2, 4),), (range(9, 18),)]),
    ]


def test_the_bill_has_all_of_them() -> None:
    [line] = [line for line in bill(opened(TEXT).root) if line.section == "buses"]
    assert line.quantity == 6


def test_the_drawing_has_one_box_of_them() -> None:
    drawn = scene(opened(TEXT))
    [box] = [b for b in drawn.boxes if b.component == "Bar"]
    assert (box.total, box.dims) == (6, (2,))
    assert sorted((e.a, e.b, e.links) for e in drawn.edges) == [
        ("rack.bar", "rack.tray", 54), ("rack.shelf", "rack.bar", 12)]


def test_they_are_kept_in_the_symbolic_file() -> None:
    root = opened(TEXT).root
    assert compare(root, load(dump(root))) == []


def test_mistakes() -> None:
    assert codes(TEXT.replace("tray[9 * f .. 9 * f + 9]", "tray[17 * f .. 17 * f + 9]")) == ["HW3001"]
    unused = TEXT.replace("shelf[2 * f .. 2 * f + 2]", "shelf[*]").replace("tray[9 * f .. 9 * f + 9]", "tray[*]")
    assert codes(unused) == ["HW3005"]
