"""Parts that can be touched: optics, copper, fibre, panels, racks, power, cooling. Published sums, and what holds of each."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hwdsl.api import Design, Session, library_dir
from hwdsl.diag import Diagnostics
from hwdsl.elab.context import Elaborator
from hwdsl.elab.elaborate import elaborate
from hwdsl.ir.l0 import Template
from hwdsl.sema.values import ComponentValue, Def, Word
from hwdsl.syntax import ast
from hwdsl.types import Quantity

LIBRARY = Path(library_dir())
OPTICS = sorted(p.stem for p in LIBRARY.glob("optics*.hw"))
KILOMETRE = KILOWATT = 1000


@cache
def package(name: str) -> dict[str, Template]:
    """Every component of a library file, with its default parameters."""
    session = Session()
    module = session.project.load(str(LIBRARY / f"{name}.hw"))
    assert module is not None
    el = Elaborator(session.project, Diagnostics(), session.hooks)
    return {item.name: elaborate(el, ComponentValue(Def(item, module)), item.name_span)
            for item in module.file.items if isinstance(item, ast.Component)}


def part(name: str) -> Template:
    where, _, what = name.partition(".")
    return package(where)[what]


def figure(name: str, attribute: str) -> Fraction:
    """A figure of a part in base units."""
    value = part(name).figure(attribute)
    return Fraction(value.nom) if isinstance(value, Quantity) else Fraction(value)


def opened(text: str) -> Design:
    session = Session()
    design = session.open_text(text)
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


def holds(design: Design, condition: str) -> bool:
    result = design.query(condition)
    assert result is not None, design.session.report()
    return result.value is True


def refused(text: str, code: str) -> bool:
    session = Session()
    session.open_text(text)
    return [d.code for d in session.diagnostics.items if d.severity == "error"] == [code]


def connector(value: Any) -> str:
    """The name of a plug or cage that a figure names."""
    assert isinstance(value, ComponentValue)
    item: Any = value.definition.item
    return f"connectors.{item.name}"


MODULES = [f"{p}.{name}" for p in OPTICS for name, t in package(p).items() if t.kind == "module"]


def stating(attribute: str) -> list[str]:
    """Modules of which a figure is published."""
    return [name for name in MODULES if isinstance(part(name).figure(attribute), Quantity)]


def number(t: Template, attribute: str, otherwise: int) -> int:
    value = t.figure(attribute)
    return value if isinstance(value, int) else otherwise


@pytest.mark.parametrize("name", MODULES)
def test_lanes_make_the_nominal_rate(name: str) -> None:
    assert figure(name, "lanes") * figure(name, "net") == figure(name, "capacity")


@pytest.mark.parametrize("name", MODULES)
def test_fibres_carry_the_lanes_of_light_both_ways(name: str) -> None:
    t = part(name)
    light = number(t, "optical_lanes", number(t, "lanes", 0))
    assert figure(name, "fibres") * figure(name, "wavelengths") == 2 * light


@pytest.mark.parametrize("name", stating("raw"))
def test_a_raw_rate_holds_the_net_rate_and_its_coding(name: str) -> None:
    # 256b/257b and RS(544,514), or 64b/66b (in whose rate RS(528,514) with 256b/257b fits too)
    assert figure(name, "raw") / figure(name, "net") in (Fraction(257, 256) * Fraction(544, 514), Fraction(66, 64))


@pytest.mark.parametrize("name", MODULES)
def test_plugs_and_cages_fit(name: str) -> None:
    t = part(name)
    halves = number(t, "halves", 1)
    if "connector" in t.attributes:
        assert figure(name, "fibres") / halves <= figure(connector(t.figure("connector")), "fibres")
    cages: Any = t.figure("fits")
    assert cages
    for cage in cages:
        assert figure(connector(cage), "lanes") >= figure(name, "lanes")
        assert number(part(connector(cage)), "halves", 1) == halves


@pytest.mark.parametrize("name", stating("power_typ"))
def test_typical_power_is_below_the_maximum(name: str) -> None:
    assert figure(name, "power_typ") < figure(name, "power")


@pytest.mark.parametrize(("name", "fibres"), [
    # parallel: two a lane
    ("optics.Osfp400Dr4", 8), ("optics.Osfp800Dr8", 16), ("optics.Osfp1600Dr8", 16), ("optics_multimode.Osfp400Sr8", 16),
    # bidirectional: one a lane
    ("optics_multimode.Qdd400Sr42", 8),
    # several wavelengths: two a port
    ("optics_wdm.Qdd400Fr4", 2), ("optics_wdm.Qdd400Lr8", 2), ("optics_wdm.Osfp800Fr4", 4), ("optics_coherent.Qdd400Zr", 2),
])
def test_fibres_of_a_module(name: str, fibres: int) -> None:
    assert figure(name, "fibres") == fibres


@pytest.mark.parametrize("name", MODULES)
def test_fibres_of_a_link(name: str) -> None:
    t = part(name)
    halves = number(t, "halves", 1)
    assert number(t, "fibres_per_link", 2 * number(t, "lanes", 0) // halves) * halves == figure(name, "fibres")


# Loss budgets: (module, fibre, kilometres, loss of a mated pair, pairs that fit)
BUDGETS = [
    ("optics.Osfp800Dr8Mpo16", "fibre.Os2", Fraction(1, 2), Fraction(35, 100), 8),       # 3.0 - 0.2 = 2.8 dB of low-loss MPO
    ("optics.Osfp400Dr4", "fibre.MpoTrunk", Fraction(1, 2), Fraction(75, 100), 3),       # of standard MPO
    ("optics_wdm.Qdd400Lr8", "fibre.Os2", Fraction(10), Fraction(25, 100), 9),           # 2.3 dB of LC
    ("optics_wdm.Qdd400Fr4", "fibre.Os2", Fraction(2), Fraction(25, 100), 12),           # 3.2 dB of LC
]


@pytest.mark.parametrize(("module", "fibre", "km", "pair", "pairs"), BUDGETS, ids=[b[0] for b in BUDGETS])
def test_pairs_that_a_budget_leaves_room_for(module: str, fibre: str, km: Fraction, pair: Fraction, pairs: int) -> None:
    left = figure(module, "budget") - figure(fibre, "loss_per_length") * km * KILOMETRE
    assert left // pair == pairs


def test_connections_that_the_standards_allow_for() -> None:
    # the consortium's tables: DR8 leaves 2.75 dB at 500 m of 0.5 dB/km, LR8 2.0 dB at 10 km of 0.4 dB/km
    dr8, lr8, km = "optics.Osfp800Dr8Mpo16", "optics_wdm.Qdd400Lr8", KILOMETRE
    assert figure(dr8, "budget") - Fraction(1, 2) * figure(dr8, "reach") / km == Fraction(275, 100)
    assert figure(lr8, "budget") - figure("fibre.Os2", "loss_per_length") * figure(lr8, "reach") >= 2


REACHES = [("Qdd400Sr42", 70, 100, 150), ("Osfp400Sr8", 70, 100, 100)]


@pytest.mark.parametrize(("name", "om3", "om4", "om5"), REACHES, ids=[r[0] for r in REACHES])
def test_reach_by_fibre(name: str, om3: int, om4: int, om5: int) -> None:
    assert [figure(f"optics_multimode.{name}", f"reach_om{i}") for i in (3, 4, 5)] == [om3, om4, om5]
    assert figure(f"optics_multimode.{name}", "reach") == om4


def test_better_fibre_reaches_at_least_as_far() -> None:
    stated = 0
    for name, t in package("optics_multimode").items():
        values = [v for v in (t.figure("reach_om3"), t.figure("reach"), t.figure("reach_om5")) if isinstance(v, Quantity)]
        stated += len(values) > 1
        assert [v.nom for v in values] == sorted(v.nom for v in values), name
        assert t.figure("medium") == Word("om4")
    assert stated >= 5


@pytest.mark.parametrize(("name", "decibels"), [("om3", "1.7"), ("om4", "1.8"), ("om5", "2.0")])
def test_budgets_of_sr42(name: str, decibels: str) -> None:
    module, fibre = "optics_multimode.Qdd400Sr42", f"fibre.{name.title()}Mpo"
    budget = figure(module, f"budget_{name}")
    assert budget == Fraction(decibels)
    reached = figure(fibre, "loss_per_length") * figure(module, f"reach_{name}")
    assert (budget - reached) // figure(fibre, "plug_loss") == 4        # module, panel, panel, module


def test_copper_reaches_less_the_faster_its_lanes() -> None:
    cables = [f"copper.{n}" for n in ("Dac100", "Dac400", "Dac800", "Dac1600")]
    assert [reach for _, reach in sorted((figure(c, "net"), figure(c, "reach")) for c in cables)] == [7, 2, 2, 1]


def test_copper_reaches_further_the_more_is_in_its_plugs() -> None:
    by_kind = [("Dac800", "Acc800", "Aec800"), ("Dac1600", "Aec1600")]
    for names in by_kind:
        reach = [figure(f"copper.{n}", "reach") for n in names]
        assert reach == sorted(set(reach))
    assert [figure(f"copper.{n}", "power") for n in by_kind[0]] == sorted(figure(f"copper.{n}", "power") for n in by_kind[0])
    assert figure("copper.Aec800Analog", "retimer_latency") * 15 <= figure("copper.Aec800", "retimer_latency")


def test_stock_lengths_end_at_the_reach() -> None:
    for name, t in package("copper").items():
        stock: Any = t.figure("stock")
        if isinstance(stock, tuple):
            assert stock[-1].nom == figure(f"copper.{name}", "reach"), name


def test_linear_modules_draw_less_than_retimed_ones() -> None:
    linear, retimed = part("optics_linear.Osfp800Lpo").figure("power"), part("optics.Osfp800Dr8Mpo16").figure("power")
    assert isinstance(linear, Quantity)
    assert isinstance(retimed, Quantity)
    assert linear.hi < retimed.lo
    assert 64 * (retimed.hi - linear.lo) > 500          # "can exceed about 500 W" for a switch of 64 ports
    assert figure("optics_linear.Osfp1600Lpo", "power") < figure("optics.Osfp1600Dr8", "power")


def test_optics_that_an_nvl72_does_without() -> None:
    assert 648 * figure("optics.Osfp1600Dr8", "power") == Fraction("19.44") * KILOWATT
    assert 648 * figure("optics.Osfp1600Dr8", "price") == 550_800


def test_a_switch_of_64_twin_ports() -> None:
    design = opened("""use std.ethernet.Ethernet100; use std.optics.Osfp800Dr8; use std.fibre.Os2Mpo;
        switch Box {
            port p: Ethernet100(lanes = 4)[128];
            part optic: Osfp800Dr8[64];
            carry p[i] on optic[i / 2].half[i % 2] for i in 0..128;
        }
        system Pair { part box: Box[2]; plane f { connect box[0].p[i] <-> box[1].p[i] via Os2Mpo for i in 0..128; } }
        design = Pair;""")
    for condition in ("count(modules(f)) == 128", "count(cables(f)) == 128", "count(fibres(f)) == 1024",
                      "rate(box[0] -> box[1]) == 51.2 Tb/s", "sum(box[0].optic.capacity) == 51.2 Tb/s"):
        assert holds(design, condition), condition


def test_four_wavelengths_take_one_pair_of_fibres() -> None:
    design = opened("""use std.ethernet.Ethernet100; use std.optics_wdm.Osfp800Fr4; use std.fibre.Os2Lc;
        switch Box { port p: Ethernet100(lanes = 4)[2]; part optic: Osfp800Fr4; carry p[i] on optic.half[i] for i in 0..2; }
        system Pair {
            part box: Box[2];
            plane f { connect box[0].p[i] <-> box[1].p[i] via Os2Lc(wavelengths = 4) for i in 0..2; }
        }
        design = Pair;""")
    assert holds(design, "count(cables(f)) == 2")
    assert holds(design, "count(fibres(f)) == 4")


SHUFFLED = """use std.ethernet.Ethernet100; use std.panels.ShuffleBox; use std.fibre.Os2Mpo; use std.connectors.Mpo16;
    switch Box {{
        port p: Ethernet100(lanes = 1)[8];
        part plug: Mpo16;
        carry p[i] on plug.lane[i .. i + 1] for i in 0..8;
    }}
    system Fabric {{
        part leaf: Box[{n}];
        part spine: Box[{n}];
        part box: ShuffleBox(ports = {n}, lanes = 8);
        plane f {{
            connect leaf[i].p[l] <-> box.left[i][l]   via Os2Mpo(fibres = 16) for i in 0..{n}, l in 0..8;
            connect box.right[i][l] <-> spine[i].p[l] via Os2Mpo(fibres = 16) for i in 0..{n}, l in 0..8;
        }}
        assert diameter([leaf[0], spine[s]], plane = f) == 1  for s in 0..{n};
        assert diameter(leaf, plane = f) == 2;
    }}
    design = Fabric;"""


@pytest.mark.parametrize("n", [2, 4, 8])
def test_a_shuffle_box_joins_each_leaf_with_each_spine(n: int) -> None:
    design = opened(SHUFFLED.format(n=n))
    assert holds(design, f"count(cables(f)) == {2 * n}")
    assert holds(design, f"count(fibres(f)) == {2 * n * 16}")


def test_a_shuffle_box_shares_lanes_evenly_or_not_at_all() -> None:
    assert refused(SHUFFLED.format(n=3), "HW2004")


def test_light_passes_cassettes_and_panels() -> None:
    design = opened("""use std.ethernet.Ethernet100; use std.panels.{Cassette, LcPanel}; use std.fibre.{Os2Lc, Os2Mpo};
        chip Nic { port eth: Ethernet100(lanes = 1); }
        system Room {
            part near: Nic[4]; part far: Nic[4];
            part cassette: Cassette[2];
            part panel: LcPanel(ports = 4);
            plane f {
                connect near[i].eth <-> cassette[0].front[i]            via Os2Lc  for i in 0..4;
                connect cassette[0].rear[i] <-> cassette[1].rear[i]     via Os2Mpo for i in 0..4;
                connect cassette[1].front[i] <-> panel.front[i]         via Os2Lc  for i in 0..4;
                connect panel.rear[i] <-> far[i].eth                    via Os2Lc  for i in 0..4;
            }
            assert diameter([near[0], far[0]], plane = f) == 1;
            assert components([near[*], far[*]], plane = f) == [2, 2, 2, 2];
        }
        design = Room;""")
    assert holds(design, "count(cables(f)) == 4 + 1 + 4 + 4")


@pytest.mark.parametrize(("name", "supply"), [
    ("PowerShelf18", "3"), ("PowerShelf33", "5.5"), ("PowerShelf72", "12"), ("BatteryShelf18", "3"), ("BatteryShelf33", "5.5")])
def test_six_supplies_make_a_shelf(name: str, supply: str) -> None:
    assert figure(f"power.{name}", "rating") == 6 * Fraction(supply) * KILOWATT


def test_shelves_with_spares() -> None:
    assert figure("power.PowerShelf18", "usable") == 5 * figure("power.Rectifier3000", "rating")
    assert 8 * figure("power.PowerShelf33", "rating") / 2 == 132 * KILOWATT          # an NVL72, half of its shelves spare


@pytest.mark.parametrize("name", ["Pdu230V32A", "Pdu400V32A", "Pdu400V63A", "Pdu208V60A"])
def test_a_pdu_gives_what_its_plug_does(name: str) -> None:
    t = f"power_distribution.{name}"
    apparent = figure(t, "voltage") * figure(t, "current") * Fraction(1732, 1000) ** (figure(t, "phases") == 3)
    assert abs(figure(t, "rating") / apparent - 1) < Fraction(2, 100)
    if isinstance(part(t).figure("usable"), Quantity):
        assert abs(figure(t, "usable") / figure(t, "rating") - Fraction(8, 10)) < Fraction(1, 100)


def test_why_high_voltage() -> None:
    low, high = figure("power.Dc54", "voltage"), figure("power_distribution.Dc800", "voltage")
    assert 14 < high / low < 15                                                       # "roughly a factor of 15"
    assert round(figure("power.BusbarMegawatt54V", "rating") / low / 100) == 185      # 18.5 kA
    assert figure("power_distribution.Dc400", "voltage") * 2 == high


def test_units_fit_their_frames() -> None:
    unit, open_unit = Fraction("44.45") / 1000, Fraction(48, 1000)
    assert figure("racks.Orv3", "units") * open_unit == Fraction("2.112") < figure("racks.Orv3", "height")
    assert figure("racks.Orv3InU", "units") * unit == Fraction("2.08915") < figure("racks.Orv3InU", "height")
    assert figure("racks.MgxNvl72", "units") * unit == Fraction("2.1336") < figure("racks.MgxNvl72", "height")
    assert figure("racks.Orv3HighPower", "depth") > figure("racks.Orv3", "depth")


@pytest.mark.parametrize(("rack", "height", "place", "code"), [
    ("Orv3", "1 OU", "U(44)", ""), ("Orv3", "1 OU", "U(45)", "HW3302"), ("Orv3", "1 U", "U(1)", "HW3302"),
    ("Orv3InU", "1 U", "U(47)", ""), ("Orv3InU", "1 OU", "U(1)", "HW3302"), ("Eia310(units = 42)", "2 U", "U(42)", "HW3302"),
])
def test_open_units_and_rack_units_do_not_mix(rack: str, height: str, place: str, code: str) -> None:
    text = (f"use std.racks.{rack.partition('(')[0]}; tray Tray {{ height = {height}; }}\n"
            f"row Row {{ part rack: {rack}; part tray: Tray; place tray in rack at {place}; }} design = Row;")
    if code:
        assert refused(text, code)
    else:
        opened(text)


def test_cooling_adds_up() -> None:
    litres_a_minute = figure("cooling.Cdu", "flow") * 1000 * 60
    assert litres_a_minute == 198                                                     # 132 kW at 1.5 L/min each
    heat = litres_a_minute / 60 * Fraction("4.186") * 10 * KILOWATT                   # water warming by 10 K
    assert 1 < heat / figure("cooling.Cdu", "rating") < Fraction("1.05")
    plates = [figure(f"cooling.ColdPlates{kind}", "price") for kind in ("Compute", "Switch")]
    assert 18 * plates[0] + 9 * plates[1] == 49_860                                   # "nearly $50,000" a rack
    tank = figure("cooling.ImmersionTank", "own_mass") + figure("cooling.ImmersionTank", "payload")
    assert tank == 3300 * Fraction("0.45359237")
    doors = [part(f"cooling.RearDoor{n}").figure("rating") for n in (35, 55, 75)]
    assert [d.hi for d in doors if isinstance(d, Quantity)][:2] == [d.lo for d in doors if isinstance(d, Quantity)][1:]
