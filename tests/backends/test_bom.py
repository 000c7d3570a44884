"""bom.csv: what a buyer reads, and totals that agree with the queries."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from hwdsl.api import Design, Session
from hwdsl.backends.bom import HEADER, amount, decimal
from hwdsl.backends.bom.lines import bill
from hwdsl.types.quantity import quantity
from tests.backends.small_pod import SMALL, Build, built, opened, rows

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(p.stem for p in (ROOT / "examples").glob("*.hw"))


def example(name: str, **parameters: str) -> Design:
    session = Session(cache_dir=None)
    design = session.open(str(ROOT / "examples" / f"{name}.hw"), parameters=parameters)
    assert design is not None, session.report()
    return design


def lines_of(bom: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {r["item"]: r for r in bom if r["line"]}


def totals_of(bom: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {r["item"]: r for r in bom if r["kind"] == "total"}


def test_the_small_machine_line_by_line(build: Build) -> None:
    bom = rows(build(SMALL, "bom")["bom.csv"])
    assert tuple(bom[0]) == HEADER
    lines = lines_of(bom)
    assert [(n, r["quantity"], r["unit"]) for n, r in lines.items()] == [
        ("Pod", "1", "piece"),
        ("Net", "1", "piece"),
        ("Rack", "2", "piece"),
        ("Tray", "7", "piece"),
        ("Cage", "28", "piece"),
        ("Gpu", "14", "piece"),
        ("Sw", "2", "piece"),
        ("Optic", "28", "piece"),
        ("Trunk", "14", "assembly"),
        ("Dac", "14", "cable"),
        ("Bar", "2", "piece"),
    ]
    assert lines["Tray"]["spare"] == "1"
    assert lines["Gpu"]["spare"] == "2"
    assert (lines["Rack"]["unit_price"], lines["Rack"]["price"], lines["Rack"]["currency"]) == ("200000", "400000", "USD")
    assert (lines["Gpu"]["unit_price"], lines["Gpu"]["price"], lines["Gpu"]["price_in"]) == ("20000", "", "Rack")
    assert (lines["Gpu"]["unit_power_w"], lines["Gpu"]["power_w"], lines["Gpu"]["power_in"]) == ("700", "9800", "")
    assert (lines["Rack"]["power_w"], lines["Rack"]["power_in"]) == ("200", "its parts")
    assert (lines["Bar"]["price"], lines["Bar"]["price_in"]) == ("", "Rack")
    assert (lines["Dac"]["unit_price"], lines["Dac"]["price"], lines["Dac"]["missing"]) == ("", "", "price")
    assert lines["Optic"]["status"] == "unverified"
    assert lines["Sw"]["status"] == "1 planned"
    assert lines["Optic"]["source"] == "price: price list"
    assert lines["Gpu"]["description"].startswith("'=")
    assert lines["Gpu"]["where_used"] == "rack[0..2].tray[0..4].gpu[0..2]"
    assert lines["Gpu"]["rule"] == "Tray pod.hw:15"
    assert lines["Trunk"]["rule"] == "Pod:0 pod.hw:36"
    assert lines["Trunk"]["where_used"] == "rack.tray.gpu.x <-> sw.p"


def test_totals_of_the_small_machine(build: Build) -> None:
    totals = totals_of(rows(build(SMALL, "bom")["bom.csv"]))
    parts = totals["total of parts"]
    assert (parts["price"], parts["power_w"], parts["mass_kg"]) == (">= 410000", ">= 10000", "2506")
    assert parts["missing"] == "price of 1 missing: a lower bound; power of 2 missing: a lower bound"
    used = totals["total of media, modules and buses"]
    assert used["price"] == f">= {28 * 500 + 14 * 80}"
    assert totals["total"]["price"] == f">= {410_000 + 28 * 500 + 14 * 80}"


def number(text: str) -> Fraction:
    return Fraction(text.removeprefix(">= ") or "0")


def ends(cell: str) -> tuple[Fraction, Fraction]:
    """Least and greatest value of a cell: `17 to 23`, `17 to 23 typ 20`, or one number."""
    low, _, high = cell.removeprefix(">= ").partition(" typ ")[0].partition(" to ")
    return number(low), number(high or low)


@pytest.mark.parametrize("name", [*EXAMPLES, ""])
def test_totals_are_the_queries_and_the_columns_add_up(name: str, tmp_path: Path) -> None:
    design = example(name) if name else opened(SMALL)
    bom = rows(built(design, tmp_path / "out", "bom")["bom.csv"])
    totals = totals_of(bom)
    for figure, column, unit in (("price", "price", "USD"), ("power", "power_w", "W"), ("mass", "mass_kg", "kg")):
        asked = design.query(f"{figure}(self)")
        assert asked is not None
        value = asked.value
        scale = Fraction(quantity(1, unit).nom)
        cell = totals["total of parts"][column]
        assert ends(cell) == (Fraction(value.lo) / scale, Fraction(value.hi) / scale)
        assert cell.startswith(">= ") == bool(value.missing and value.lo)
        remark = totals["total of parts"]["missing"]
        assert (f"{figure} of {value.missing} missing" in remark) == bool(value.missing)
        lows, highs = zip(*(ends(r[column]) for r in bom if r["line"]))
        assert (sum(lows), sum(highs)) == ends(totals["total"][column])


@pytest.mark.parametrize("name", EXAMPLES)
def test_quantities_are_the_queries(name: str, tmp_path: Path) -> None:
    design = example(name)
    buses = {line.name for line in bill(design.root) if line.section == "buses"}  # bought, but no instance and on no link
    lines = lines_of(rows(built(design, tmp_path / "out", "bom")["bom.csv"]))
    lines = {item: r for item, r in lines.items() if r["component"] not in buses}
    for line in lines.values():
        if line["kind"] == "module":
            continue
        if line["unit"] == "piece" and line["kind"] != "system":
            asked = design.query(f"count({line['component']})")
            same = [r for r in lines.values() if r["component"] == line["component"]]
            assert asked is not None
            assert sum(int(r["quantity"]) for r in same) == asked.value
    modules = design.query("count(modules(self))")
    assemblies = design.query("count(assemblies(self))")
    assert modules is not None
    assert assemblies is not None
    bought = {r["kind"]: 0 for r in lines.values()}
    for r in lines.values():
        bought[r["kind"]] += int(r["quantity"])
    assert sum(bought.get(k, 0) for k in ("cable", "fibre", "backplane")) == assemblies.value
    assert bought.get("module", 0) >= modules.value  # a module part that no link uses is bought as well


def test_a_module_part_and_the_same_module_in_a_via_are_one_line(tmp_path: Path) -> None:
    bom = rows(built(example("cloudmatrix384"), tmp_path / "out", "bom")["bom.csv"])
    [optics] = [r for r in bom if r["item"] == "Osfp400Lpo"]
    assert optics["quantity"] == "6912"
    assert "3072 in ComputeRack" in optics["power_in"]


def test_links_without_a_medium_are_not_forgotten(tmp_path: Path) -> None:
    bom = rows(built(example("cloudmatrix384"), tmp_path / "out", "bom")["bom.csv"])
    [line] = [r for r in bom if r["kind"] == "link"]
    assert (line["quantity"], line["missing"]) == ("48", "medium")


def test_a_million_accelerators_need_no_arrays(tmp_path: Path) -> None:
    """The bill of 2605 supernodes is as exact, and is made without numpy, from the text alone."""
    code = (
        "import sys; from hwdsl.cli.app import run; "
        "code = run(['compile', 'examples/scale.hw', '-P', 'supernodes=2605', '--only', 'bom', "
        f"'-o', {str(tmp_path / 'out')!r}]); "
        "assert 'numpy' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = lines_of(rows((tmp_path / "out" / "bom.csv").read_text()))
    assert lines["Ascend910C"]["quantity"] == str(384 * 2605)
    assert lines["Tomahawk6"]["quantity"] == str(128 * (82 + 32))


def test_amounts() -> None:
    assert amount(quantity(Fraction(63, 10), "kW"), "power", 3) == "18900"
    assert decimal(Fraction(1, 8)) == "0.125"
    assert decimal(Fraction(-5, 4)) == "-1.25"
    assert decimal(Fraction(1, 3)) == "0.333333333333333"
    assert decimal(Fraction(7)) == "7"


def test_two_currencies_are_totalled_apart(build: Build) -> None:
    bom = rows(build("""
chip A { price = 700 CNY; power = 1 W; mass = 1 kg; }
chip B { price = $100; power = 1 W; mass = 1 kg; }
system S { part a: A[3]; part b: B[2]; }
design = S;
""", "bom")["bom.csv"])
    found = {
        (r["item"], r["currency"]): r["price"] for r in bom if r["kind"] == "total" and r["item"].startswith("total of parts")
    }
    assert found == {("total of parts", "CNY"): "2100", ("total of parts, USD", "USD"): "200"}
    assert [r["power_w"] for r in bom if r["item"] == "total of parts"] == ["5"]
