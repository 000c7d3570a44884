"""Numbers of instances, devices and ports: affine, depth first, the same both ways."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

import hwdsl
from hwdsl.ir.layout import Layout, layout, row_major, unravel

ROOT = Path(__file__).resolve().parents[2]
TEXT = """
link Wire { lanes = 1; raw = 53.125 Gb/s; net = 50 Gb/s; }
chip Chip { port x: Wire[2][3]; port a: Wire; port none: Wire[0]; }
tray Tray { part chip: Chip[2]; part fan: Fan[3]; part gap: Chip[0]; port up: Wire[4]; }
tray Fan { height = 1 U; }
system Top { part tray: Tray[3][2]; part spare: Chip; port uplink: Wire; part fan: Fan; }
design = Top;
"""


def root_of(text: str) -> Any:
    session = hwdsl.Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None, session.report()
    return design.root


@pytest.fixture(scope="module")
def numbering() -> Layout:
    return layout(root_of(TEXT))


def test_sizes(numbering: Layout) -> None:
    trays = 6 * (1 + 2 + 3)
    assert numbering.instances == 1 + trays + 1 + 1
    assert numbering.devices == 1 + 6 * (1 + 2) + 1, "a fan has no ports, the root and the trays have"
    assert numbering.ports == 1 + 6 * (4 + 2 * 7) + 7


def test_numbers_and_paths_are_inverse(numbering: Layout) -> None:
    ports = [numbering.port_path(n) for n in range(numbering.ports)]
    assert [numbering.port_id(*p) for p in ports] == list(range(numbering.ports))
    assert len(set(ports)) == numbering.ports
    devices = [numbering.device_path(n) for n in range(numbering.devices)]
    assert [numbering.device_id(*d) for d in devices] == list(range(numbering.devices))
    instances = [numbering.instance_path(n) for n in range(numbering.instances)]
    assert [numbering.instance_id(*i) for i in instances] == list(range(numbering.instances))
    assert instances[0] == ((), ())


def test_names_are_streamed_in_the_order_of_numbers(numbering: Layout) -> None:
    assert list(numbering.port_names()) == [numbering.port_name(n) for n in range(numbering.ports)]
    assert list(numbering.device_names()) == [numbering.device_name(n) for n in range(numbering.devices)]
    assert numbering.name(("tray", "chip", "x"), (2, 1, 0, 1, 2)) == "tray[2][1].chip[0].x[1][2]"
    assert numbering.name(("spare", "a"), ()) == "spare.a"


def test_ports_of_a_device_follow_each_other(numbering: Layout) -> None:
    seen = []
    for device in range(numbering.devices):
        ports = numbering.device_ports(device)
        assert all(numbering.owner(p) == device for p in ports)
        seen += list(ports)
    assert sorted(seen) == list(range(numbering.ports))


def test_numbers_are_affine_in_the_coordinates(numbering: Layout) -> None:
    path = ("tray", "chip", "x")
    at = numbering.ports_at(path)
    assert at.shape == (3, 2, 2, 2, 3)
    for coords in product(*(range(n) for n in at.shape)):
        assert numbering.port_path(at.offset + sum(s * c for s, c in zip(at.strides, coords))) == (path, coords)


def test_there_is_no_number_for_what_is_not_there(numbering: Layout) -> None:
    with pytest.raises(IndexError):
        numbering.port_path(numbering.ports)
    with pytest.raises(KeyError):
        numbering.ports_at(("tray", "chip", "y"))
    with pytest.raises(KeyError):
        numbering.device_id(("fan",), ())


def test_a_million_accelerators_are_numbered_without_expanding() -> None:
    session = hwdsl.Session(cache_dir=None)
    design = session.open(str(ROOT / "examples" / "scale.hw"), parameters={"supernodes": "2605"})
    assert design is not None, session.report()
    numbering = layout(design.root)
    last = numbering.ports - 1
    assert numbering.port_id(*numbering.port_path(last)) == last
    assert numbering.port_name(numbering.port_id(("supernode", "node", "npu", "die", "ub"), (80, 31, 47, 7, 1, 6))) == (
        "supernode[80][31].node[47].npu[7].die[1].ub[6]")
    assert not numbering.wide


def test_mixed_radix() -> None:
    assert row_major((3, 4, 5)) == (20, 5, 1)
    assert [unravel(n, (2, 3)) for n in range(6)] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert unravel(0, ()) == ()
