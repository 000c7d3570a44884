"""racks.svg: things at the right height, identical racks once, what is not placed named."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from hwdsl.backends.racks.elevation import Elevation, floor
from hwdsl.backends.racks.svg import UNIT, svg_text
from tests.backends.drawings import EVERY, box_of, design, of_text, texts


def places(e: Elevation) -> dict[str, tuple[int | None, int]]:
    return {t.name: (t.start, t.size) for t in e.things}


def test_nvl72_stands_as_placed() -> None:
    [rack] = floor(design("nvl72")).racks
    at = places(rack)
    assert (rack.units, rack.count, rack.name) == (48, 1, "Nvl72")
    assert (at["shelf[0]"], at["compute[0]"], at["fabric[0]"], at["compute[17]"], at["mgmt[1]"]) == (
        (1, 1),
        (5, 1),
        (13, 1),
        (31, 1),
        (37, 1),
    )
    assert len(at) == 18 + 9 + 8 + 2
    assert rack.missing == ()
    assert {t.category for t in rack.things if t.name.startswith("fabric")} == {"switch"}
    assert "600 mm × 1068 mm × 2236 mm" in rack.facts


def test_units_count_from_the_bottom() -> None:
    svg = svg_text(floor(design("nvl72")))
    root = ElementTree.fromstring(svg)
    y = {"".join(e.itertext()): float(e.attrib["y"]) for e in root.iter("{http://www.w3.org/2000/svg}text")}
    assert y["compute[1]"] == pytest.approx(y["compute[0]"] - UNIT, abs=0.2)
    assert y["mgmt[1]"] < y["compute[17]"] < y["fabric[0]"] < y["shelf[0]"]
    assert abs(y["compute[0]"] - y["5"]) < 2


def test_identical_racks_are_drawn_once() -> None:
    found = floor(design("cloudmatrix384"))
    assert [(e.name, e.count, len(e.things)) for e in found.racks] == [("cabinet", 12, 4), ("comm", 4, 14)]
    assert places(found.racks[1])["card[1][5]"] == (13, 1)
    assert found.missing == ("leaf: RdmaLeaf × 12", "spine: RdmaSpine × 8", "vpc_switch: VpcSwitch")
    [row] = found.rows
    assert (row.name, row.slots, len(row.cells)) == ("aisle", 16, 16)
    assert row.cells[6] == (6, "comm[0]", "switch")
    shown = texts(svg_text(found))
    assert {"cabinet × 12", "comm × 4", "card[0][0]"} <= set(shown)
    assert not any("card[2]" in text for text in shown)


def test_racks_that_differ_are_drawn_apart() -> None:
    found = floor(design("plant"))
    assert [(e.name, e.count) for e in found.racks] == [("cabinet", 8), ("net[0]", 1), ("net[1]", 1)]
    assert places(found.racks[0])["host[3]"] == (17, 4)
    assert found.racks[0].missing == ("cabinet.shelf: Shelf × 2",)
    assert found.missing == ("2 of 4 core: Core", "mgmt: Mgmt")
    shown = " ".join(texts(svg_text(found)))
    assert "not placed: cabinet.shelf: Shelf × 2" in shown
    assert "Not placed: 2 of 4 core: Core, mgmt: Mgmt." in shown


@pytest.mark.parametrize(("name", "said"), [("dgx_h100", "DgxH100 is a node, 8 U high."), ("scale", "Scale is a system.")])
def test_a_design_without_racks_says_so(name: str, said: str) -> None:
    shown = " ".join(texts(svg_text(floor(design(name)))))
    assert "No rack elevation: the design declares no rack and places nothing." in shown
    assert said in shown


def test_an_empty_rack_and_a_loose_thing() -> None:
    empty = floor(of_text("rack Rack { units = 6; }\ndesign = Rack;\n"))
    assert "nothing is placed here" in texts(svg_text(empty))
    text = """
        tray Box { height = 1 U; }
        rack Rack { part box: Box[2]; units = 6; place box[0] at U(2); }
        system Room { part rack: Rack[3]; part extra: Box; place extra in rack[1]; }
        design = Room;
    """
    found = floor(of_text(text))
    assert [(e.name, e.count) for e in found.racks] == [("rack[0], rack[2]", 2), ("rack[1]", 1)]
    shown = " ".join(texts(svg_text(found)))
    assert "also here: extra" in shown
    assert "not placed: 3 of 6 rack.box: Box" in shown


def test_a_rack_without_stated_units_reaches_to_its_highest_thing() -> None:
    found = floor(
        of_text("tray Box { height = 2 U; }\nrack Rack { part box: Box[3]; place box[*] from U(3); }\ndesign = Rack;\n")
    )
    shown = texts(svg_text(found))
    assert "8" in shown
    assert "9" not in shown


def test_too_many_placed_things_are_said_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    from hwdsl.backends.racks import elevation

    monkeypatch.setattr(elevation, "EXPANSION_LIMIT", 10)
    found = floor(design("cloudmatrix384"))
    assert any("72 things are placed in CloudMatrix384" in note for note in found.notes)
    svg_text(found)


@pytest.mark.parametrize("name", EVERY)
def test_the_svg_is_well_formed_and_nothing_leaves_it(name: str) -> None:
    for heading in (True, False):
        svg = svg_text(floor(design(name)), heading=heading)
        wide, high = box_of(svg)
        for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect"):
            assert float(e.attrib.get("x", 0)) + float(e.attrib["width"]) <= wide + 0.5
            assert float(e.attrib.get("y", 0)) + float(e.attrib["height"]) <= high + 0.5
        assert all(float(e.attrib["y"]) <= high for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))
        assert "<script" not in svg
