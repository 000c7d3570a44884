"""Pictures of numbers show what was computed, and can be read: no label covers another, nothing leaves the sheet."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwdsl.api import Design, Session
from hwdsl.backends.charts.bars import bars_svg
from hwdsl.backends.charts.hops import curves
from hwdsl.backends.charts.loads import RAMP, loads_svg, step, used_by
from hwdsl.backends.charts.operations import heaviest, scenes
from hwdsl.backends.charts.radar import axes, radar_svg, share
from hwdsl.backends.charts.sheet import spread
from hwdsl.backends.charts.study import study_pictures
from hwdsl.backends.charts.times import LEAST, MOST, Line, bounds_of, crossovers, lines_of, size_words
from hwdsl.backends.diagram.scene import scene
from hwdsl.backends.drawing.palette import DARK_GROUND, GROUND, PLANES
from hwdsl.backends.drawing.text import width
from hwdsl.cli.app import run
from hwdsl.node import replace
from hwdsl.perf.compare.result import Amount, Comparison, Row
from hwdsl.perf.compare.rows import compare
from hwdsl.perf.compare.sides import Choice, Opened, side
from hwdsl.perf.study.result import StudyResult
from hwdsl.perf.study.run import run_studies
from tests.backends.drawings import ROOT, box_of, texts

SVG = "{http://www.w3.org/2000/svg}"
POD = """
/// Leaf and spine, tapered.
link Lane { lanes = 4; raw = 106.25 Gb/s; net = 100 Gb/s; latency = 300 ns; }
chip Gpu { port x: Lane[2]; bf16 = 1 PFLOPS; }
switch Leaf { port down: Lane[16]; port up: Lane[8]; latency = 250 ns; }
switch Spine { port p: Lane[16]; latency = 250 ns; }
system Pod {
    part gpu: Gpu[4][8];
    part leaf: Leaf[4];
    part spine: Spine[2];
    plane fabric {
        connect gpu[l][g].x[k] <-> leaf[l].down[2 * g + k]      for l in 0..4, g in 0..8, k in 0..2;
        connect leaf[l].up[u] <-> spine[u % 2].p[4 * l + u / 2] for l in 0..4, u in 0..8;
    }
}
design = Pod;
study coll {
    over = **.gpu;
    all_reduce(size = each [1 MiB, 1 GiB], algorithm = each [ring, tree, double_tree, halving_doubling, hierarchical]);
    all_to_all(size = 1 GiB, schedule = each [direct, pairwise]);
    broadcast(size = 1 GiB, algorithm = each [tree, ring]);
}
"""


@cache
def opened(name: str) -> tuple[Design, list[StudyResult]]:
    """The test's pod or an example, with the answers of its studies."""
    session = Session(cache_dir=None)
    design = session.open_text(POD, "pod.hw") if name == "pod" else session.open(str(ROOT / "examples" / f"{name}.hw"))
    assert design is not None, session.report()
    results, whole = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert whole
    return design, results


@cache
def pictures(name: str) -> dict[str, str]:
    """Its pictures by file name."""
    design, results = opened(name)
    return study_pictures(design, results, design.session.diagnostics)


@cache
def sides() -> Comparison:
    """Three machines side by side."""
    found = []
    for name in ("cloudmatrix384", "nvl72", "dgx_h100"):
        session = Session(cache_dir=None)
        design = session.open(str(ROOT / "examples" / f"{name}.hw"))
        assert design is not None
        found.append(side(Opened(design.name, name, design.name, "", {}, design.root, session.hooks), Choice()))
    return compare(found)


def every() -> list[tuple[str, str]]:
    """All pictures of the tests, with their names."""
    found = [(f"{name}/{file}", svg) for name in ("pod", "nvl72", "cloudmatrix384") for file, svg in pictures(name).items()]
    many = compare([*sides().sides, *sides().sides, sides().sides[0]])
    return [*found, ("radar", radar_svg(sides())), ("bars", bars_svg(sides())), ("radar of 7", radar_svg(many)),
            ("bars of 7", bars_svg(many))]


# ---------------------------------------------------------------- what is shown
def test_names_of_the_files() -> None:
    assert sorted(pictures("pod")) == [f"{kind}-coll-fabric.svg" for kind in ("hops", "loads", "tiers", "times")]


def test_the_command_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWC_CACHE_DIR", "")
    (tmp_path / "pod.hw").write_text(POD)
    assert run(["perf", str(tmp_path / "pod.hw"), "-o", str(tmp_path / "out")]) == 0
    written = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "out").iterdir() if p.suffix == ".svg"}
    assert written == pictures("pod")


def test_scenes_of_one_name_are_told_apart() -> None:
    _, results = opened("pod")
    p = results[0].predictions[0]
    several = [replace(p, failed=("leaf[0]",)), replace(p, failed=("leaf[1]",)), replace(p, mode="failed"),
               replace(p, mode="failed-2")]
    found = scenes([StudyResult("s", tuple(several), ())])
    assert len({s.name for s in found}) == 4
    assert all(re.fullmatch(r"[\w-]+", s.name) for s in found)


def test_lines_are_the_predictions_at_every_size() -> None:
    _, results = opened("pod")
    (s,) = scenes(results)
    own = [p for p in s.predictions if p.collective == "all_reduce"]
    lines = {name: line for line in lines_of(own) for name in line.names}
    for p in own:
        assert lines[p.algorithm.replace("_", " ")].at(p.size) == pytest.approx(p.time, rel=1e-9)
    for bound in bounds_of(own):
        for p in own:
            if p.algorithm.replace("_", " ") in bound.names:
                assert bound.at(p.size) == pytest.approx(max(b.seconds for b in p.bounds), rel=1e-9)


@given(st.lists(st.tuples(st.floats(1e-9, 1e-3), st.floats(1e-13, 1e-9)), min_size=1, max_size=6))
def test_crossovers_are_where_another_is_the_fastest(pairs: list[tuple[float, float]]) -> None:
    lines = [Line((str(k),), a, b) for k, (a, b) in enumerate(pairs)]
    found = crossovers(lines)
    sizes = [LEAST, *(bits for bits, _, _ in found), MOST]
    assert sizes == sorted(sizes)
    for k, (low, high) in enumerate(pairwise(sizes)):
        now = found[k][1] if k < len(found) else found[-1][2] if found else None
        for t in (0.01, 0.5, 0.99):
            bits = low * (high / low) ** t
            best = min(line.at(bits) for line in lines)
            assert (now or min(lines, key=lambda x: x.at(bits))).at(bits) <= best * (1 + 1e-6)


def test_the_crossovers_of_the_pod() -> None:
    _, results = opened("pod")
    lines = lines_of([p for s in scenes(results) for p in s.predictions if p.collective == "broadcast"])
    ((bits, before, after),) = crossovers(lines)
    assert (before.names, after.names) == (("tree",), ("ring",))
    assert before.at(bits) == pytest.approx(after.at(bits))
    assert f"ring faster from {size_words(bits)}" in texts(pictures("pod")["times-coll-fabric.svg"])


def test_the_most_loaded_links_are_marked() -> None:
    svg = pictures("pod")["loads-coll-fabric.svg"]
    design, results = opened("pod")
    p = heaviest([p for s in scenes(results) for p in s.predictions])
    assert (p.collective, p.algorithm, p.tiers[0].label) == ("all_to_all", "direct", "leaf -> spine")
    shown = texts(svg)
    assert "most loaded: 100.0 % busy" in shown
    below = next(t for t in p.tiers if t.label == "gpu -> leaf").utilisation
    assert below is not None
    assert f"{100 * below:.1f} % busy" in shown
    assert {"32 links, 50 GB/s each", "64 links, 50 GB/s each"} <= set(shown)
    edges = {(e.a, e.b): used_by(design, e, p).share for e in scene(design).edges}
    assert sorted(x for x in edges.values() if x is not None) == sorted([below, p.tiers[0].utilisation or 0.0])
    styles = re.findall(r'class="h(\d)" d="M[^"]*C', svg)
    assert sorted(styles) == sorted([str(step(below)), "4"])


def test_lines_behind_a_chip_with_dies_are_found() -> None:
    """The endpoints of CloudMatrix384 are dies, its boxes the packages around them."""
    shown = texts(pictures("cloudmatrix384")["loads-collectives-ub.svg"])
    assert sum("busy" in t for t in shown) - len(RAMP) == 2
    assert not any("no traffic" in t for t in shown)
    assert not any("rdma" in t.lower() or "Kunpeng" in t for t in shown)


def test_steps_of_the_ramp_cover_all_shares() -> None:
    assert [step(x) for x in (0.0, 0.1, 0.2, 0.3, 0.6, 0.61, 0.99, 1.0)] == [0, 0, 0, 1, 2, 3, 4, 4]


def test_path_lengths_add_up() -> None:
    _, results = opened("cloudmatrix384")
    (s,) = scenes(results)
    (curve,) = [c for c in curves(s) if c.name.startswith("all pairs")]
    p = next(p for p in s.predictions if p.collective == "all_to_all")
    total = sum(p.hops.values())
    assert dict(curve.shares) == {h: pytest.approx(sum(n for k, n in p.hops.items() if k <= h) / total) for h in p.hops}
    assert curve.shares[-1] == (curve.diameter, 1.0)
    assert curve.mean == pytest.approx(sum(h * n for h, n in p.hops.items()) / total)


def test_the_radar_turns_axes_where_less_is_better() -> None:
    less = Row("hops", "", "", "", "less", (Amount("", 4.0), Amount("", 2.0), Amount("unknown")), (1.0, 0.5, None))
    more = Row("memory", "", "", "B", "more", (Amount("", 4.0), Amount("", 2.0), Amount("none")), (1.0, 0.5, None))
    assert [share(less, a) for a in less.amounts] == [0.5, 1.0, None]
    assert [share(more, a) for a in more.amounts] == [1.0, 0.5, None]
    shown = texts(radar_svg(sides()))
    for r in axes(sides()):
        assert any(t.startswith(r.label) for t in shown)


def test_bars_say_values_and_ratios() -> None:
    shown = texts(bars_svg(sides()))
    assert {"288.8 PFLOPS", "180 PFLOPS", "1/1.60", "unknown", "120 kW", "134.4 TB/s*"} <= set(shown)
    assert not any("None" in t or "nan" in t for t in shown)


# ---------------------------------------------------------------- how it is shown
def places(svg: str) -> list[tuple[str, float, float, float, float]]:
    """(text, left, top, right, bottom) of the texts of a chart, as wide as Helvetica at its nominal widths."""
    out = []
    for e in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        size, x, y = float(e.attrib["font-size"]), float(e.attrib["x"]), float(e.attrib["y"])
        words = "".join(e.itertext())
        w = width(words, size, bold="b" in e.attrib.get("class", "").split()) / 1.14
        left = x - {"end": w, "middle": w / 2}.get(e.attrib.get("text-anchor", ""), 0.0)
        out.append((words, left, y - 0.74 * size, left + w, y + 0.2 * size))
    return out


CHARTS = [k for k, (name, _) in enumerate(every()) if "loads" not in name]


@pytest.mark.parametrize("number", CHARTS)
def test_labels_do_not_overlap(number: int) -> None:
    name, svg = every()[number]
    for a, b in combinations(places(svg), 2):
        apart = a[3] <= b[1] or b[3] <= a[1] or a[4] <= b[2] or b[4] <= a[2]
        assert apart, f"{name}: {a[0]!r} covers {b[0]!r}"


@pytest.mark.parametrize("number", CHARTS)
def test_everything_is_on_the_sheet(number: int) -> None:
    name, svg = every()[number]
    wide, high = box_of(svg)
    for words, left, top, right, bottom in places(svg):
        assert left >= 0, (name, words)
        assert right <= wide, (name, words)
        assert top >= 0, (name, words)
        assert bottom <= high, (name, words)


@pytest.mark.parametrize("number", range(len(every())))
def test_fonts_are_legible_and_both_grounds_are_there(number: int) -> None:
    name, svg = every()[number]
    assert min(float(x) for x in re.findall(r'font-size="([\d.]+)"', svg)) >= 10, name
    assert "@media screen and (prefers-color-scheme:dark)" in svg
    assert GROUND in svg
    assert DARK_GROUND in svg
    assert len(set(re.findall(r'id="([^"]+)"', svg))) == 1


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast of two colours as WCAG defines it."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_ramp_is_told_apart_without_hue() -> None:
    light, dark = [luminance(a) for a, _ in RAMP], [luminance(b) for _, b in RAMP]
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)
    for (a, b), (c, d) in pairwise(RAMP):
        assert contrast(a, c) > 1.2
        assert contrast(b, d) > 1.2
    assert all(contrast(a, GROUND) > 2 and contrast(b, DARK_GROUND) > 2 for a, b in RAMP)


def test_series_are_readable_as_text() -> None:
    for light, dark in PLANES:
        assert contrast(light, GROUND) >= 4.5
        assert contrast(dark, DARK_GROUND) >= 4.5


def test_pictures_are_the_same_every_time() -> None:
    for name in ("pod", "cloudmatrix384"):
        design, results = opened(name)
        assert study_pictures(design, results, design.session.diagnostics) == pictures(name)


def test_two_maps_may_stand_on_one_page() -> None:
    design, results = opened("pod")
    (s,) = scenes(results)
    one, other = (loads_svg(design, s, design.session.diagnostics, False, tag) for tag in ("1", "2"))
    assert set(re.findall(r'id="([^"]+)"', one)).isdisjoint(re.findall(r'id="([^"]+)"', other))
    assert ".hwl1 .h4" in one
    assert ".hwt " not in one


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_labels_step_aside(wanted: list[float]) -> None:
    found = spread(wanted, 15, 0, 200)
    assert max(found) <= 200
    for a, b in combinations(sorted(found), 2):
        assert b - a >= 15 - 1e-9
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    assert [found[k] for k in order] == sorted(found)


def test_no_answer_no_picture() -> None:
    assert scenes([StudyResult("none", (), ())]) == []
    design, _ = opened("pod")
    assert study_pictures(design, [StudyResult("none", (), ())], design.session.diagnostics) == {}
