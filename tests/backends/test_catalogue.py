"""The catalogue of the standard library: one page that stands alone and says every figure with its source."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from hwdsl.api import Session, library_dir
from hwdsl.backends.catalogue import library_files, page, totals
from hwdsl.backends.catalogue.entries import Entry, Package, packages
from tests.backends.test_report import Reader

TEXT = '''
//! A vendor. See `x`.
const lane = 106.25 Gb/s;
pub link Lane(lanes: int = 4) {
    lanes = lanes;
    raw = lane     @source("A <b>book</b>", date = "2025", url = "https://example.com/a?b=1&c=2");
    net = 100 Gb/s @source("a talk", status = unverified);
    latency = unknown;
}
/// A chip.
pub chip Gpu {
    port x: Lane(lanes = 2)[18] @source("a drawing", status = unverified);
    power = 1 kW @source("data sheet", boundary = chip, figure = max);
    memory = unknown @source("asked the vendor");
}
pub chip Big: Gpu { price = $100; }
pub switch Box(ports: int where ports % 2 == 0, kind: link) { port p: Lane[ports]; power = ports * 1 W; }
chip Hidden { power = 1 W; }
pub enum Grade { fast, slow }
pub const per_board = 2  @source("a photograph", status = unverified);
/// Twice as much.
pub fn twice(x: any) -> any = 2 * x;
/// All pairs.
pub pattern mesh(p: port[n][n - 1]) where n >= 1 {
    connect p[i][j - 1] <-> p[j][i]  for i in 0..n, j in 0..n where i < j;
}
'''


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, dict[str, str]]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "acme.hw").write_text(TEXT)
    return Session(cache_dir=None), library_files(str(folder), "own")


def entry(found: list[Package], name: str) -> Entry:
    return next(e for p in found for e in p.entries if e.name == name)


def test_an_entry_says_values_sources_and_what_is_not_known(small: tuple[Session, dict[str, str]]) -> None:
    [package] = packages(*small)
    assert package.name == "own.acme"
    assert [(e.kind, e.name) for e in package.entries] == [
        ("chip", "Gpu"), ("chip", "Big"), ("switch", "Box"), ("link", "Lane"), ("pattern", "mesh"),
        ("function", "twice"), ("constant", "per_board"), ("words", "Grade")], "by kind"
    lane = entry([package], "Lane")
    assert lane.parameters == ("lanes: int = 4",)
    assert lane.rate == "4 lanes, one direction: 425 Gb/s raw, 400 Gb/s net"
    rows = {r.name: r for r in lane.rows}
    assert (rows["lanes"].value, rows["lanes"].written) == ("4", "lanes")
    assert rows["raw"].value == "106.25 Gb/s"
    assert rows["raw"].sources[0].url == "https://example.com/a?b=1&c=2"
    assert rows["raw"].sources[0].text == "A <b>book</b>, 2025"
    assert rows["net"].unverified
    assert not rows["raw"].unverified
    assert lane.unpublished == ("latency",)
    gpu = {r.name: r for r in entry([package], "Gpu").rows}
    assert gpu["power"].about == "boundary: chip, figure: max"
    assert gpu["memory"].is_unknown, "an unknown with a source keeps its row"
    [port] = entry([package], "Gpu").members
    assert [(s.text, s.unverified) for s in port.cited] == [("a drawing", True)]


def test_what_is_inherited_says_from_where(small: tuple[Session, dict[str, str]]) -> None:
    big = entry(packages(*small), "Big")
    assert (big.base, big.base_anchor) == ("Gpu", "own.acme.Gpu")
    rows = {r.name: r for r in big.rows}
    assert rows["price"].base == ""
    assert (rows["power"].value, rows["power"].base) == ("1 kW", "Gpu")
    assert rows["power"].sources


def test_what_needs_arguments_is_shown_as_written(small: tuple[Session, dict[str, str]]) -> None:
    box = entry(packages(*small), "Box")
    assert box.parameters == ("ports: int where ports % 2 == 0", "kind: link")
    assert [(r.name, r.value) for r in box.rows] == [("power", "ports * 1 W")]
    assert [(m.what, m.name, m.count, m.type, m.anchor) for m in box.members] == [("port", "p", "ports", "Lane", "own.acme.Lane")]
    mesh = entry(packages(*small), "mesh")
    assert mesh.condition == "n >= 1"
    assert mesh.code.startswith("connect p[i][j - 1] <-> p[j][i]")


def test_functions_constants_and_words_are_shown_as_written(small: tuple[Session, dict[str, str]]) -> None:
    found = packages(*small)
    twice, board, grade = (entry(found, name) for name in ("twice", "per_board", "Grade"))
    assert (twice.parameters, twice.code, twice.doc) == (("x: any",), "-> any = 2 * x", ("Twice as much.",))
    assert (board.code, [(s.text, s.unverified) for s in board.cited]) == ("= 2", [("a photograph", True)])
    assert grade.code == "fast, slow"


def test_facts_are_told_from_figures_and_components_lead_to_their_entries(tmp_path: Path) -> None:
    (tmp_path / "a.hw").write_text("""pub connector Cage { lanes = 8; } connector Own { lanes = 8; }
        pub module Optic(n: int = 8) { fits = [Cage, Own]; connector = Cage; medium = os2; lanes = n; stock = [1 m, 2 m]; }
        @source("a book") pub module Old { lanes = 4; }""")
    session, files = Session(cache_dir=None), library_files(str(tmp_path), "own")
    rows = {r.name: r for r in entry(packages(session, files), "Optic").rows}
    assert rows["fits"].named == (("Cage", "own.a.Cage"), ("Own", ""))
    assert rows["connector"].named == (("Cage", "own.a.Cage"),)
    assert {name: r.is_fact for name, r in rows.items()} == {
        "fits": True, "connector": True, "medium": True, "lanes": False, "stock": False}
    assert rows["stock"].named == ()
    html, _ = page(session, files, "Mine")
    assert '<td class="value"><a href="#own.a.Cage">Cage</a>, Own</td>' in html
    cells = {name: re.search(rf'<th scope="row">{name}</th>.*?</tr>', html, re.S) for name in rows}
    said = {name: cell is not None and "stated without a source" in cell[0] for name, cell in cells.items() if name != "lanes"}
    assert said == {"fits": False, "connector": False, "medium": False, "stock": True}
    assert "by its parameters" in html
    assert "as the declaration" in html


def test_a_package_says_what_it_passes_on(tmp_path: Path) -> None:
    (tmp_path / "a.hw").write_text("pub chip A { power = 1 W; }\npub chip B { power = 1 W; }\nchip C { power = 1 W; }\n")
    (tmp_path / "b.hw").write_text("pub use a.{A};\npub use a.B as Other;\npub chip D { power = 1 W; }\n")
    _, b = packages(Session(cache_dir=None), library_files(str(tmp_path), "own"))
    assert b.passed == (("A", "own.a.A"), ("Other", "own.a.B"))


def test_totals_count_what_the_entries_state(small: tuple[Session, dict[str, str]]) -> None:
    total = totals(packages(*small))
    assert (total.packages, total.entries) == (1, 8)
    assert (total.figures, total.sourced, total.unverified, total.unknown) == (8, 4, 1, 2)


def test_the_page_is_well_formed_offline_and_trusts_no_text(small: tuple[Session, dict[str, str]]) -> None:
    html, _ = page(*small, "Library")
    reader = Reader(html)
    assert reader.faults == []
    assert reader.open == []
    assert "A <b>book</b>, 2025" in reader.text
    assert "<b>book" not in html
    assert "See x ." in reader.text
    assert "<code>x</code>" in html
    loaded = [(t, n, v) for t, n, v in reader.attributes if n in ("src", "srcset") or (n == "href" and t == "link")]
    assert loaded == []
    assert "@import" not in html
    assert "url(" not in html


@pytest.fixture(scope="module")
def library() -> tuple[str, Session]:
    session = Session(cache_dir=None)
    html, _ = page(session, library_files(library_dir(), "std"), "Standard library")
    return html, session


def test_every_public_declaration_of_the_library_is_on_the_page(library: tuple[str, Session]) -> None:
    html, session = library
    assert not session.diagnostics.has_errors, session.report()
    ids = set(re.findall(r'id="([^"]+)"', html))
    declared = 0
    for name, path in library_files(library_dir(), "std").items():
        for found in re.findall(r"^pub (?!use)\w+ (\w+)", Path(path).read_text(encoding="utf-8"), re.M):
            declared += 1
            assert f"{name}.{found}" in ids
    assert declared > 80


def test_every_reference_on_the_page_leads_somewhere(library: tuple[str, Session]) -> None:
    reader = Reader(library[0])
    ids = [v for _, n, v in reader.attributes if n == "id"]
    assert len(ids) == len(set(ids))
    targets = {v[1:] for _, n, v in reader.attributes if n == "href" and v.startswith("#")}
    assert targets
    assert targets <= set(ids)
    named = {v for _, n, v in reader.attributes if n in ("for", "aria-labelledby", "data-table", "data-kind") and v}
    kinds = {v for t, n, v in reader.attributes if t == "article" and n == "data-kind"}
    assert named - kinds <= set(ids)


def test_every_url_and_unverified_mark_of_the_library_is_on_the_page(library: tuple[str, Session]) -> None:
    reader = Reader(library[0])
    links = {v for t, n, v in reader.attributes if t == "a" and n == "href"}
    for path in library_files(library_dir(), "std").values():
        text = Path(path).read_text(encoding="utf-8")
        for line in text.splitlines():
            if re.match(r"\s+\w+ *= .*@source", line):
                assert set(re.findall(r'url = "([^"]+)"', line)) <= links, f"{os.path.basename(path)}: {line.strip()}"
    assert library[0].count('mark unverified') > 50


def test_the_page_is_the_same_every_time(library: tuple[str, Session]) -> None:
    html, _ = page(Session(cache_dir=None), library_files(library_dir(), "std"), "Standard library")
    assert html == library[0]
