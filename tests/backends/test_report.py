"""report.html: one page that stands alone, says what the design says, and trusts no text in it."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser

import pytest

from hwdsl.api import Session
from hwdsl.backends.report import page
from hwdsl.backends.report.content import content
from hwdsl.backends.report.planes import performance
from hwdsl.diag import Diagnostics
from tests.backends.drawings import DATA, EVERY, design, of_text

VOID = frozenset(("meta", "input", "br", "link", "img", "wbr", "hr"))


class Reader(HTMLParser):
    """Checks that elements nest; collects names, attributes, ids and the text of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.said: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}, line {self.getpos()[0]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def read(name: str) -> Reader:
    return Reader(page(design(name), Diagnostics()))


@pytest.mark.parametrize("name", EVERY)
def test_the_page_is_whole_and_stands_alone(name: str) -> None:
    found = read(name)
    assert (found.faults, found.open) == ([], [])
    assert found.names.count("script") == 1
    assert [
        a
        for a in found.attributes
        if a[1] in ("src", "srcset", "data", "action", "formaction", "poster") or a[1].startswith("on")
    ] == []
    assert [
        value for tag, key, value in found.attributes if key == "href" and not value.startswith(("https://", "http://", "#"))
    ] == []
    assert [tag for tag, key, _ in found.attributes if key == "href" and tag != "a"] == []
    ids = [value for _, key, value in found.attributes if key == "id"]
    assert len(ids) == len(set(ids))
    targets = {value[1:] for _, key, value in found.attributes if key == "href" and value.startswith("#")}
    assert targets <= set(ids)
    assert found.names.count("h1") == 1
    assert found.names.count("table") == found.names.count("caption")
    assert found.names.count("svg") == found.names.count("figure") == found.names.count("figcaption") >= 2


def test_it_fetches_nothing() -> None:
    html = page(design("nvl72"), Diagnostics())
    assert not re.search(r"url\(|@import|<link|<iframe|fetch\(|XMLHttpRequest", html)


@pytest.mark.parametrize("name", EVERY)
def test_every_check_is_on_the_page(name: str) -> None:
    rows = content(design(name)).checks
    times = [int(r.times.split()[0]) if r.times else 1 for r in rows]
    assert sum(times) == len(design(name).checks)
    assert [r.outcome for r in rows] == sorted((r.outcome for r in rows), key=["failed", "broken", "undecided", "passed"].index)


def test_nvl72_in_numbers() -> None:
    found = content(design("nvl72"))
    tiles = {t.label: t.value for t in found.tiles}
    assert tiles["B200 (chip)"] == "72"
    assert tiles["NVSwitch5 (switch)"] == "18"
    assert tiles["links"] == "1476"
    assert tiles["BF16, as stated"] == "180 PFLOPS"
    assert tiles["price"] == "3,000,000 USD"
    planes = {p.name: p for p in found.planes}
    assert (planes["nvlink"].links, planes["nvlink"].assemblies, planes["nvlink"].pairs) == ("1296", "4", "5184")
    [undecided] = [c for c in found.checks if c.outcome == "undecided"]
    assert undecided.statement == "require power(compute[*]) + power(fabric[*]) <= 132 kW"
    assert ">= 113.4 kW (9 parts unknown)" in undecided.operands


def test_modules_of_each_plane_of_cloudmatrix() -> None:
    planes = {p.name: p for p in content(design("cloudmatrix384")).planes}
    assert (planes["ub.sub"].links, planes["ub.sub"].modules, planes["ub.sub"].cables) == ("5376", "5376", "2688")
    assert planes["rdma"].modules == "1536"
    assert planes["rdma"].media == "768 MpoTrunk, 1536 Osfp400Lpo"


def test_sums_agree_with_queries() -> None:
    for name in ("nvl72", "plant"):
        tiles = {t.label: t for t in content(design(name)).tiles}
        power = design(name).query("power(self)")
        assert power is not None
        assert power.text.removeprefix(">= ").split(" (")[0] == tiles["power"].value.removeprefix("≥ ").replace(",", "")
        assert ("missing" in tiles["power"].remark) == bool(power.value.missing)


def test_unverified_and_unknown_figures_are_marked() -> None:
    found = content(design("nvl72"))
    b200 = {f.name: f for f in found.figures if f.component == "B200"}
    assert b200["power"].unverified
    assert b200["power"].about == "boundary: chip, figure: max"
    assert not b200["memory"].unverified
    assert {(f.component, f.name) for f in found.unknown} >= {
        ("SwitchTray", "power"),
        ("NvlinkCartridge", "price"),
        ("NVLink5", "latency"),
    }
    html = page(design("nvl72"), Diagnostics())
    assert html.count('class="mark unverified"') == sum(f.unverified for f in found.figures)
    assert html.count('class="mark unknown"') == len(found.unknown)


def test_hostile_texts_stay_texts() -> None:
    html = page(design("plant"), Diagnostics())
    found = Reader(html)
    assert 'alert("x")' in found.text
    assert "<script>alert" not in html
    assert "javascript:" not in html
    assert "<i>sheet" not in html
    assert "a <i>sheet</i>" in found.text
    assert "it's <b>so</b>" in found.text


def test_overrides_and_modes_are_listed() -> None:
    [planned] = content(design("plant")).exceptions
    assert (planned.what, planned.target, planned.says) == ("override", "part cabinet[3]", "status = planned")
    assert "None: no override, no mode, no state." in read("nvl72").text
    listed = {x.target: (x.what, x.says) for x in content(design("ring", "ring")).exceptions}
    assert listed["Ring.ring"] == ("mode", "chosen for this page")
    assert listed["Trx.dark"] == ("state", "the default state")


def test_a_check_says_which_published_claim_it_is_of() -> None:
    stated = '@claim(5, "A paper: a title", says = "50 units", verdict = wrong) @claim(6)'
    rack = of_text(f'rack Rack {{ units = 48; assert self.units == 48 "not 50" {stated}; }} design = Rack;')
    [row] = content(rack).checks
    assert row.statement == "assert self.units == 48"
    assert row.sources == ("checks published claim 5 (wrong): 50 units; A paper: a title", "checks published claim 6")
    assert "checks published claim 5 (wrong): 50 units; A paper: a title" in Reader(page(rack, Diagnostics())).text


def test_a_mode_says_what_it_is_and_whose_word_that_is() -> None:
    found = of_text("chip Gpu { power = 1 kW; }\nsystem Pod {\n    part gpu: Gpu[2];\n"
                    "    /// All of\n    /// it.\n    @source(\"assumed\", status = unverified)\n    mode whole { }\n"
                    "    default mode none { }\n}\ndesign = Pod;\n")
    assert {x.target: x.says for x in content(found).exceptions} == {
        "Pod.whole": "All of it; assumed (unverified)", "Pod.none": "the default mode"}


def test_performance_is_told_in_words() -> None:
    planes, why = performance(design("nvl72"), None)
    assert why == ""
    facts = {f.name: f for p in planes if p.name == "nvlink" for f in p.facts}
    assert facts["Bisection bandwidth"].value == "32.4 TB/s"
    assert facts["Diameter"].value == "2 hops"
    assert facts["Ring all-reduce, 1 GiB"].value.startswith("≥ ")
    assert "lower bound" in facts["Ring all-reduce, 1 GiB"].method
    rdma = {f.name: f.value for p in performance(design("cloudmatrix384"), None)[0] if p.name == "rdma" for f in p.facts}
    assert rdma["Oversubscription at leaf"] == "1 : 1"


def test_without_the_performance_backend_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hwdsl.backends.perf", None)
    found = read("pod")
    assert "The figures of the planes are not on this page" in found.text
    assert found.faults == []


def test_a_design_of_nothing_has_a_page() -> None:
    found = Reader(page(of_text("rack Rack { units = 48; }\ndesign = Rack;\n"), Diagnostics()))
    assert found.faults == []
    assert "The design has no links." in found.text
    assert "The design asserts nothing." in found.text


def test_pictures_of_the_planes() -> None:
    html = page(design("nvl72"), Diagnostics())
    shown = html[html.index('id="performance"'):html.index('id="bill"')]
    assert shown.count("<svg") == 4
    assert "most loaded: 100.0 % busy" in shown
    assert "Nvl72: all-to-all" not in shown  # the page has headings of its own


def test_pictures_stop_at_the_memory_budget() -> None:
    session = Session(cache_dir=None, memory_budget=1000)
    opened = session.open(str(DATA / "ring.hw"), mode="ring")
    assert opened is not None
    html = page(opened, Diagnostics())
    assert html.count("<svg") == 2
    assert session.hooks.memory_budget == 1000
