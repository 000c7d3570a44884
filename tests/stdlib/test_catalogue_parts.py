"""Active parts and links of the library: published totals, what coding leaves of a lane, misprints that the figures settle.

Totals are one direction. Where the source prints both directions, the row says what it prints.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from hwdsl.api import Design, Session, library_dir
from hwdsl.ir.l0 import Template, templates
from hwdsl.syntax import ast
from hwdsl.types import Quantity

LIBRARY = Path(library_dir())


def opened(text: str) -> Design:
    """A design from its text, without errors."""
    session = Session()
    design = session.open_text(text)
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


def answer(design: Design, query: str) -> str:
    result = design.query(query)
    assert result is not None, design.session.report()
    return result.text


def holds(design: Design, condition: str) -> bool:
    result = design.query(condition)
    assert result is not None, design.session.report()
    return result.value is True


# (package, link, links to a port or part, lowest and highest published total)
LINKS = [
    ("pcie", "Pcie4(lanes = 16)", 1, "31.5 GB/s", "31.6 GB/s"),
    ("pcie", "Pcie5(lanes = 16)", 1, "63.0 GB/s", "63.1 GB/s"),
    ("pcie", "Pcie6(lanes = 16)", 1, "118 GB/s", "121 GB/s"),
    ("cxl", "Cxl2(lanes = 16)", 1, "59 GB/s", "63 GB/s"),
    ("cxl", "Cxl3(lanes = 16)", 1, "118 GB/s", "121 GB/s"),
    ("infiniband", "Hdr(lanes = 4)", 1, "200 Gb/s", "200 Gb/s"),
    ("infiniband", "Ndr(lanes = 4)", 1, "400 Gb/s", "400 Gb/s"),
    ("infiniband", "Xdr(lanes = 4)", 1, "800 Gb/s", "800 Gb/s"),
    ("ethernet", "Ethernet25(lanes = 4)", 1, "100 Gb/s", "100 Gb/s"),
    ("ethernet", "Ethernet50(lanes = 4)", 1, "200 Gb/s", "200 Gb/s"),
    ("ethernet", "Ethernet50(lanes = 8)", 1, "400 Gb/s", "400 Gb/s"),
    ("ethernet", "Ethernet100(lanes = 4)", 1, "400 Gb/s", "400 Gb/s"),
    ("ethernet", "Ethernet100(lanes = 8)", 1, "800 Gb/s", "800 Gb/s"),
    ("ethernet", "Ethernet200(lanes = 8)", 1, "1.6 Tb/s", "1.6 Tb/s"),
    ("ualink", "UaLink200(lanes = 4)", 1, "800 Gb/s", "100 GB/s"),
    ("scale_up", "Sue(lanes = 4)", 1, "800 Gb/s", "800 Gb/s"),
    ("scale_up", "Oisa", 128, "51.2 Tb/s", "51.2 Tb/s"),
    ("nvidia_ampere", "NVLink3", 12, "300 GB/s", "300 GB/s"),           # printed as 600 GB/s, both directions
    ("nvidia", "NVLink4", 18, "450 GB/s", "450 GB/s"),           # printed as 900 GB/s, both directions
    ("nvidia", "NVLink5", 18, "900 GB/s", "900 GB/s"),           # printed as 1.8 TB/s, both directions
    ("nvidia_rubin", "NVLink6", 36, "1.8 TB/s", "1.8 TB/s"),           # printed as 3.6 TB/s, both directions
    ("nvidia", "NvlinkC2c", 1, "450 GB/s", "450 GB/s"),          # printed as 900 GB/s, both directions
    ("nvidia_rubin", "NvlinkC2c2", 1, "900 GB/s", "900 GB/s"),         # printed as 1.8 TB/s, both directions
    ("huawei", "Ub", 14, "2800 Gb/s", "2800 Gb/s"),
    ("biren", "BLink", 8, "256 GB/s", "256 GB/s"),               # printed as 512 GB/s, both directions
    ("google", "Ici2", 4, "1984 Gb/s", "1984 Gb/s"),
    ("google", "Ici3", 4, "2624 Gb/s", "2624 Gb/s"),
    ("google", "Ici", 6, "300 GB/s", "300 GB/s"),
    ("google", "Ici5e", 4, "1600 Gb/s", "200 GB/s"),
    ("google", "Ici5p", 6, "4800 Gb/s", "600 GB/s"),
    ("google", "Ici6e", 4, "3200 Gb/s", "400 GB/s"),
    ("google", "Ici7x", 6, "600 GB/s", "600 GB/s"),              # printed as 1200 GB/s, both directions
    ("amd", "InfinityFabric4", 7, "448 GB/s", "448 GB/s"),       # printed as 896 GB/s, both directions
    ("amazon", "NeuronLink3", 4, "640 GB/s", "640 GB/s"),        # printed as 1.28 TB/s
    ("amazon", "NeuronLink4", 4, "1.28 TB/s", "1.28 TB/s"),      # printed as 2.56 TB/s
    ("cpo", "TeraPhyOptical", 1, "4 Tb/s", "4 Tb/s"),            # printed as 8 Tb/s, both directions
]

# (package, part, its ports, published total of one direction)
PARTS = [
    ("nvidia_ampere", "A100", "nvl[*]", "300 GB/s"),
    ("nvidia", "H100", "nvl[*]", "450 GB/s"),
    ("nvidia", "B200", "nvl[*]", "900 GB/s"),
    ("nvidia_rubin", "Rubin", "nvl[*]", "1.8 TB/s"),
    ("nvidia", "NVSwitch3", "port[*]", "12.8 Tb/s"),
    ("nvidia", "NVSwitch5", "port[*]", "3.6 TB/s"),
    ("nvidia_rubin", "NVSwitch6", "port[*]", "28.8 Tb/s"),
    ("nvidia_network", "QM8700", "port[*]", "8 Tb/s"),
    ("nvidia_network", "QM9700", "port[*]", "25.6 Tb/s"),
    ("nvidia_network", "Q3200", "port[*]", "57.6 Tb/s"),
    ("nvidia_network", "Q3400", "port[*]", "115.2 Tb/s"),
    ("nvidia_network", "Sn5400", "port[*]", "25.6 Tb/s"),
    ("nvidia_network", "Sn5600", "port[*]", "51.2 Tb/s"),
    ("nvidia_network", "ConnectX8", "plane[*]", "800 Gb/s"),
    ("broadcom", "Tomahawk5", "port[*]", "51.2 Tb/s"),
    ("broadcom", "TomahawkUltra", "port[*]", "51.2 Tb/s"),
    ("broadcom", "Tomahawk6", "port[*]", "102.4 Tb/s"),
    ("broadcom", "Tomahawk6Wide", "port[*]", "102.4 Tb/s"),
    ("broadcom", "ThorUltra", "eth", "800 Gb/s"),
    ("cpo", "Th5Bailly", "port[*]", "51.2 Tb/s"),
    ("cpo", "Th6Davisson", "port[*]", "102.4 Tb/s"),
    ("cpo", "QuantumX800Asic", "port[*]", "28.8 Tb/s"),
    ("cpo", "Spectrum6Asic", "port[*]", "102.4 Tb/s"),
    ("intel", "Gaudi2", "eth[*]", "300 GB/s"),                   # printed as 4.8 Tb/s, both directions
    ("intel", "Gaudi3", "eth[*]", "600 GB/s"),                   # printed as 1200 GB/s, both directions
    ("ualink", "UaLinkSwitch(ports = 64)", "port[*]", "25.6 Tb/s"),
    ("ualink", "UaLinkSwitch(ports = 128)", "port[*]", "51.2 Tb/s"),
    ("ualink", "UaLinkSwitch(ports = 256)", "port[*]", "102.4 Tb/s"),
    ("huawei", "AscendDie", "roce", "200 Gb/s"),
    ("huawei", "Kunpeng920", "pcie[*]", "640 Gb/s * 128 / 130"),
    ("amd", "Pollara400", "eth", "400 Gb/s"),
    ("google", "TpuV4", "ici[*][*]", "300 GB/s"),
]

EXACT = {"Pcie4", "Pcie5", "Pcie6", "Cxl2", "Cxl3", "Hdr", "Ethernet25", "Ethernet50", "Ethernet100", "Ethernet200", "UaLink200"}
"""Links whose net rate is exactly what encoding and FEC leave of the raw rate."""


@pytest.mark.parametrize(("package", "link", "count", "low", "high"), LINKS, ids=[f"{n} x {link}" for _, link, n, _, _ in LINKS])
def test_lanes_make_the_published_total(package: str, link: str, count: int, low: str, high: str) -> None:
    design = opened(f"use std.{package}.{link.partition('(')[0]};\nchip End {{ port x: {link}[{count}]; }}\n"
                    "tray Tray { part end: End; }\ndesign = Tray;\n")
    assert holds(design, f"rate(end.x[*]) >= {low} and rate(end.x[*]) <= {high}"), answer(design, "rate(end.x[*])")


@pytest.mark.parametrize(("package", "part", "ports", "total"), PARTS, ids=[f"{part}.{ports}" for _, part, ports, _ in PARTS])
def test_ports_make_the_published_capacity(package: str, part: str, ports: str, total: str) -> None:
    design = opened(f"use std.{package}.{part.partition('(')[0]};\ntray Tray {{ part it: {part}; }}\ndesign = Tray;\n")
    assert holds(design, f"rate(it.{ports}) == {total}"), answer(design, f"rate(it.{ports})")


def library_links() -> list[Template]:
    """Every public link of the library with its default parameters."""
    names: list[tuple[str, str]] = []
    session = Session()
    for path in sorted(LIBRARY.glob("*.hw")):
        module = session.project.load(str(path))
        assert module is not None
        names += [(path.stem, c.name) for c in module.file.items
                  if isinstance(c, ast.Component) and c.kind == "link" and c.pub and all(p.default is not None for p in c.params)]
    uses = "".join(f"use std.{stem}.{name} as {stem.title().replace('_', '')}{name};\n" for stem, name in names)
    ports = "".join(f" port x{i}: {stem.title().replace('_', '')}{name};" for i, (stem, name) in enumerate(names))
    design = opened(f"{uses}chip End {{{ports} }}\ntray Tray {{ part end: End; }}\ndesign = Tray;\n")
    return [p.link for t in templates(design.root) for p in t.ports.values()]


@pytest.fixture(scope="module")
def links() -> list[Template]:
    return library_links()


def figure(link: Template, name: str) -> Fraction | None:
    """A figure of a link in its base unit; None where it is not stated or unknown."""
    stated = link.attributes.get(name)
    value = stated.value if stated is not None else None
    if isinstance(value, Quantity):
        return Fraction(value.nom)
    return Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def test_net_is_at_most_what_coding_leaves_of_raw(links: list[Template]) -> None:
    exact = set()
    for link in links:
        raw, net = figure(link, "raw"), figure(link, "net")
        if raw is None or net is None:
            continue
        left = raw
        for name in ("encoding_overhead", "fec_overhead"):
            left /= 1 + (figure(link, name) or 0)
        assert net <= left, link.name
        if net == left and left < raw:
            exact.add(link.name.partition("(")[0])
    assert exact >= EXACT


def test_correction_lowers_the_error_rate(links: list[Template]) -> None:
    stated = [(link.name, before, after) for link in links
              if (before := figure(link, "pre_fec_ber")) is not None and (after := figure(link, "ber")) is not None]
    assert stated
    assert [name for name, before, after in stated if after >= before] == []


def test_active_copper_reaches_further_than_passive(links: list[Template]) -> None:
    stated = [(link.name, passive, active) for link in links
              if (passive := figure(link, "reach_copper")) is not None and (active := figure(link, "reach_active")) is not None]
    assert len(stated) >= 4
    assert [name for name, passive, active in stated if active <= passive] == []


# Misprints of secondary sources: (package, parts, what is right, what was printed)
MISPRINTS = [
    ("ualink", "UaLinkSwitch", "2 * rate(it.port[0]) == 100 GB/s", "2 * rate(it.port[0]) == 800 GB/s"),          # four lanes
    ("infiniband", "QM9700", "rate(it.port[*]) == 25.6 Tb/s", "rate(it.port[*]) == 51.2 Tb/s"),
    ("nvidia", "B200", "rate(it.nvl[*]) == 900 GB/s", "rate(it.nvl[*]) == 1.8 TB/s"),
    ("nvidia", "B200", "rate(it.nvl[0]) == 50 GB/s", "rate(it.nvl[0]) == 450 GB/s"),            # "900 GB/s both ways a link"
    ("nvidia", "B200", "raw(rate(it.nvl[0])) == 448 Gb/s and rate(it.nvl[0]) == 400 Gb/s", "rate(it.nvl[0]) == 448 Gb/s"),
    ("nvidia", "NVSwitch5", "2 * rate(it.port[*]) == 7.2 TB/s", "4 * rate(it.port[*]) == 7.2 TB/s"),  # of a chip, not of a tray
    ("huawei", "Ascend910C", "raw(rate(it.die[0].ub[*])) == 196 GB/s and raw(rate(it.die[*].ub[*])) == 392 GB/s",
     "raw(rate(it.die[*].ub[*])) == 196 GB/s"),
    ("huawei", "Ascend910C", "rate(it.die[*].ub[*]) == 2800 Gb/s and raw(rate(it.die[*].ub[*])) == 3136 Gb/s",
     "rate(it.die[*].ub[*]) == 3136 Gb/s"),
    ("huawei", "Ascend910C", "384 * rate(it.die[*].roce) == 153.6 Tb/s", "384 * rate(it.die[*].roce) == 76.8 Tb/s"),
    ("huawei", "UbL1", "raw(rate(it.up[*])) == 448 GB/s", "7 * raw(rate(it.up[*])) == 448 GB/s"),  # of a chip, not of a node
    ("google", "TpuV4", "rate(it.ici[*][*]) == 2400 Gb/s", "rate(it.ici[*][*]) == 4800 Gb/s"),   # that is v5p
    ("google", "TpuV5p", "rate(it.ici[*][*]) == 4800 Gb/s", "rate(it.ici[*][*]) == 1200 GB/s"),
    ("biren", "Br100", "rate(it.blink[*]) == 256 GB/s", "rate(it.blink[*]) == 512 GB/s"),
    ("huawei", "Ascend950Dt", "it.interconnect > 2.5 * 2 * 392 GB/s", "it.interconnect < 2.5 * 392 GB/s"),  # both ways, raw
]


@pytest.mark.parametrize(("package", "part", "right", "printed"), MISPRINTS, ids=[f"{part}: {p}" for _, part, _, p in MISPRINTS])
def test_what_was_misprinted(package: str, part: str, right: str, printed: str) -> None:
    design = opened(f"use std.{package}.{part};\ntray Tray {{ part it: {part}; }}\ndesign = Tray;\n")
    assert holds(design, right)
    assert not holds(design, printed)


def test_a_capacity_of_both_directions_is_noticed() -> None:
    session = Session()
    session.open_text("use std.infiniband.QM9700;\nswitch Printed: QM9700 { override part self { capacity = 51.2 Tb/s; } }\n"
                      "tray Tray { part box: Printed; }\ndesign = Tray;\n")
    found = [d for d in session.diagnostics.items if d.code == "HW2019"]
    assert len(found) == 1
    assert any("both directions for one" in note for note in found[0].notes)


def test_net_above_what_coding_leaves_is_refused() -> None:
    session = Session()
    session.open_text("use std.ethernet.Ethernet100;\nlink Fast: Ethernet100 { override part self { net = 101 Gb/s; } }\n"
                      "chip End { port x: Fast; }\ntray Tray { part end: End; }\ndesign = Tray;\n")
    assert [d.code for d in session.diagnostics.items] == ["HW2018"]
    assert "100 Gb/s that its encoding and FEC leave" in session.diagnostics.items[0].message
