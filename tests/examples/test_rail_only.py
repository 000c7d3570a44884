"""Rail-only against rail-optimised: the published counts and prices, and who reaches whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Design, Session
from tests.backends.small_pod import built, rows
from tests.examples.machines import EXAMPLES, answer, outcomes
from tests.examples.machines import opened as open_example

FILE = EXAMPLES / "rail_only.hw"

RAIL_ONLY = [
    ("count(Gpu)", "32768"),
    ("count(HbDomain)", "128"),
    ("count(TrxSwitch)", "1536"),
    ("count(leaf)", "1024"),
    ("count(spine)", "512"),
    ("count(modules(fabric))", "131072"),
    ("count(cables(fabric))", "65536"),
    ("price([TrxSwitch, domain[*].trx])", "94306304 USD"),
    ("price(leaf[0][0])", "57152 USD"),  # 64 ports of $694 and 64 transceivers of $199
    ("count(links(leaf[0][0], spine[1][0]))", "0"),
    ("rate(leaf[7][0] -> spine[7][1])", "6400 Gb/s"),
    ("diameter(domain[*].gpu[3], plane = fabric)", "4"),
]

# Domains, GPUs of a domain, ports of a switch.
SMALL = [(16, 4, 8), (32, 8, 16), (8, 16, 8)]


def opened(session: Session, design: str) -> Design | None:
    """The file with another of its designs."""
    text = FILE.read_text(encoding="utf-8")
    assert "\ndesign = RailOnly;\n" in text
    return session.open_text(text.replace("\ndesign = RailOnly;\n", f"\ndesign = {design};\n"), str(FILE))


def sound(design: str) -> Design:
    session = Session()
    found = opened(session, design)
    assert found is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return found


@pytest.fixture(scope="module")
def rail_only() -> Design:
    return open_example("rail_only")


@pytest.mark.parametrize(("query", "text"), RAIL_ONLY, ids=[query for query, _ in RAIL_ONLY])
def test_published_figure(rail_only: Design, query: str, text: str) -> None:
    assert answer(rail_only, query) == text


def test_rail_optimised() -> None:
    design = sound("RailOptimised")
    assert answer(design, "count(TrxSwitch)") == "2560"
    assert answer(design, "count(modules(fabric))") == "196608"
    assert answer(design, "price([TrxSwitch, domain[*].trx])") == "152829952 USD"
    assert answer(design, "components(**.gpu, plane = fabric)") == "[32768]"


def test_saving_is_38_29_percent(tmp_path: Path) -> None:
    """To the hundredth of a per cent, from the prices that the two bills add up to."""
    prices = []
    for name in ("RailOnly", "RailOptimised"):
        bill = rows(built(sound(name), tmp_path / name, "bom")["bom.csv"])
        (total,) = [row["price"] for row in bill if row["item"] == "total of parts"]
        prices.append(int(total.removeprefix(">= ")))  # GPUs and what is inside their domains have no price
    assert prices == [94_306_304, 152_829_952]
    assert round(1 - prices[0] / prices[1], 4) == 0.3829


def test_saving_with_switches_of_128_ports() -> None:
    """The upper end of the published 38 % to 77 %: a switch a rail, 256 x 128 ports and 2 transceivers a GPU."""
    design = sound("Comparison128")
    assert answer(design, "price([only.leaf, only.domain[*].trx])") == f"{256 * 128 * 694 + 2 * 32768 * 199} USD"
    assert answer(design, "count(only.leaf)") == "256"
    assert answer(design, "count(optimised.edge) + count(optimised.agg) + count(optimised.core)") == "1280"


@pytest.mark.parametrize(("domains", "gpus", "k"), SMALL)
@pytest.mark.parametrize("name", ["RailOnly", "RailOptimised"])
def test_other_sizes(name: str, domains: int, gpus: int, k: int) -> None:
    design = sound(f"{name}(domains = {domains}, gpus = {gpus}, k = {k})")
    assert outcomes(design) == {"passed"}
    tiers, n = (2, domains * gpus) if name == "RailOnly" else (3, domains * gpus)
    assert answer(design, "count(TrxSwitch)") == str((2 * tiers - 1) * n // k)
    assert answer(design, "count(modules(fabric))") == str(2 * tiers * n)
    rails = [domains] * gpus if name == "RailOnly" else [n]
    assert answer(design, "components(**.gpu, plane = fabric)") == str(rails)
    assert answer(design, "components(**.gpu, plane = [fabric, **.inside])") == f"[{n}]"


@pytest.mark.parametrize("arguments", [
    "RailOnly(domains = 100)", "RailOnly(domains = 4096)", "RailOnly(k = 63)", "RailOptimised(gpus = 250)",
    "RailOptimised(domains = 8, gpus = 4, k = 4)",  # more than three tiers of four ports hold
])
def test_what_does_not_fit_is_refused(arguments: str) -> None:
    session = Session()
    opened(session, arguments)
    assert "HW2004" in {d.code for d in session.diagnostics.items}
