"""topology.dot and topology.svg: what is drawn is what is counted, collapsed, the same everywhere, and readable."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hwdsl.backends.diagram import draw
from hwdsl.backends.diagram.dot import dot_text, quoted
from hwdsl.backends.diagram.layout import Geometry, Rect, graphviz_layout
from hwdsl.backends.diagram.measure import edge_label_size
from hwdsl.backends.diagram.scene import Scene, scene
from hwdsl.backends.diagram.svg import svg_text
from hwdsl.backends.diagram.tiers import tier_layout
from hwdsl.backends.drawing.text import escape, fitted, grouped, number, width, wrapped
from hwdsl.diag import Diagnostics
from tests.backends.drawings import DATA, EVERY, EXAMPLES, ROOT, box_of, design, of_text, texts


def layouts(drawn: Scene) -> list[Geometry]:
    return [graphviz_layout(drawn, dot_text(drawn)), tier_layout(drawn)]


# ---------------------------------------------------------------- golden text
@pytest.mark.parametrize("name", ["pod", "plant"])
def test_the_dot_text_is_the_one_on_record(name: str) -> None:
    """To accept a change: `hwc compile tests/backends/data/NAME.hw -o out --only diagram`, then copy topology.dot to NAME.dot."""
    assert dot_text(scene(design(name))) == (DATA / f"{name}.dot").read_text(encoding="utf-8")


# ---------------------------------------------------------------- counts
@pytest.mark.parametrize("name", EVERY)
def test_the_edges_add_up_to_all_links(name: str) -> None:
    drawn = scene(design(name))
    found = design(name).query("count(links(self))")
    assert found is not None
    assert sum(e.links for e in drawn.edges if not e.is_bus) == found.value
    assert sum(p.links for p in drawn.planes) == found.value
    ids = {b.id for b in drawn.boxes}
    assert {end for e in drawn.edges for end in (e.a, e.b)} <= ids
    assert {e.plane for e in drawn.edges} == {p.names for p in drawn.planes}


def test_nvl72_is_recognised() -> None:
    drawn = scene(design("nvl72"))
    [edge] = [e for e in drawn.edges if e.plane == ("nvlink",)]
    assert (edge.a, edge.b, edge.links, edge.lines) == (
        "compute.gpu",
        "fabric.chip",
        1296,
        ("1296 links, 64.8 TB/s", "NvlinkCartridge"),
    )
    boxes = {b.id: b for b in drawn.boxes}
    assert (boxes["compute.gpu"].component, boxes["compute.gpu"].dims, boxes["compute.gpu"].total) == ("B200", (4,), 72)
    assert (boxes["compute.dc"].role, boxes["busbar"].role) == ("pin", "bus")
    assert {c.path for c in drawn.clusters} == {("compute",), ("fabric",)}
    assert not any(b.component in ("Osfp", "PaladinHd72") for b in drawn.boxes), "connectors are folded into the edges"
    taps = {(e.a, e.b): e.links for e in drawn.edges if e.is_bus}
    assert taps == {("shelf", "busbar"): 8, ("busbar", "compute.dc"): 18, ("busbar", "fabric.dc"): 9}


def test_tiers_go_from_chips_to_spines() -> None:
    at = graphviz_layout(*both("cloudmatrix384"))
    for above, below in (
        ("cabinet.node.npu", "cabinet.node.l1"),
        ("cabinet.node.l1", "card.chip"),
        ("cabinet.node.npu", "leaf"),
        ("leaf", "spine"),
    ):
        assert at.boxes[above].y + at.boxes[above].h < at.boxes[below].y


def both(name: str) -> tuple[Scene, str]:
    drawn = scene(design(name))
    return drawn, dot_text(drawn)


def test_a_part_taken_away_is_not_counted() -> None:
    text = (
        (DATA / "pod.hw")
        .read_text(encoding="utf-8")
        .replace("plane feed", "override part tray[1] { status = absent; }\n    plane feed")
    )
    drawn = scene(of_text(text))
    assert {b.id: b.total for b in drawn.boxes}["tray.gpu"] == 2
    assert [e.links for e in drawn.edges if not e.is_bus] == [6]


def test_parallel_planes_and_media_stay_apart() -> None:
    drawn = scene(design("plant"))
    pairs = {(e.a, e.b, ".".join(e.plane)): e.links for e in drawn.edges}
    assert pairs["cabinet.host.xpu", "cabinet.host.xpu", "mesh"] == 32 * 28
    assert pairs["cabinet.host.xpu", "cabinet.host.xpu", "torus"] == 256
    assert pairs["cabinet.host.xpu", "cabinet.leaf", "rail"] == 256
    natures = {".".join(p.names): p.nature for p in drawn.planes}
    assert (natures["water"], natures["power"], natures["rail"]) == ("coolant", "power", "data")
    assert {p.label for p in drawn.planes} >= {"rail × 8", "no plane"}


def test_a_module_that_links_end_at_is_drawn() -> None:
    drawn = scene(design("ring"))
    assert {b.id: b.component for b in drawn.boxes} == {"server.gpu": "Xpu", "server.trx": "Trx"}
    assert {(e.a, e.b): (e.links, e.lines[1:]) for e in drawn.edges} == {
        ("server.gpu", "server.trx"): (256, ()),
        ("server.trx", "server.trx"): (128, ("Smf",)),
    }
    assert drawn.facts == "k = 2 · n = 16"


# ---------------------------------------------------------------- cost
def test_the_drawing_does_not_grow_with_the_number_of_links(monkeypatch: pytest.MonkeyPatch) -> None:
    import hwdsl.ir.space as space

    monkeypatch.setattr(space, "ENUMERATION_LIMIT", 100_000)
    small, large = scene(design("scale", supernodes="65")), scene(design("scale", supernodes="2605"))
    assert sum(e.links for e in large.edges) == 35_518_656
    assert [b.id for b in small.boxes] == [b.id for b in large.boxes]
    assert [(e.a, e.b) for e in small.edges] == [(e.a, e.b) for e in large.edges]


def test_the_scene_and_its_dot_text_need_no_engine() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[2]); import hwdsl\n"
        "from hwdsl.backends.diagram import BACKEND\n"
        "from hwdsl.backends.diagram.dot import dot_text\n"
        "from hwdsl.backends.diagram.scene import scene\n"
        "dot_text(scene(hwdsl.Session(cache_dir=None).open(sys.argv[1])))\n"
        "print(sorted({'pygraphviz', 'jinja2', 'networkx', 'numba', 'numpy'} & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program, str(DATA / "pod.hw"), str(ROOT)], capture_output=True, text=True, check=True
    ).stdout
    assert out == "[]\n"


def test_files_are_the_same_under_any_hash_seed(tmp_path: Path) -> None:
    made = []
    for seed in ("0", "4711"):
        out = tmp_path / seed
        program = (
            "import sys; sys.path.insert(0, sys.argv.pop(1)); from hwdsl.cli import main; sys.argv[0] = 'hwc'; sys.exit(main())"
        )
        subprocess.run(
            [
                sys.executable,
                "-c",
                program,
                str(ROOT),
                "compile",
                str(DATA / "plant.hw"),
                "-o",
                str(out),
                "--only",
                "diagram,racks,report",
            ],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "HWC_CACHE_DIR": "", "PATH": ""},
        )
        made.append({p.name: p.read_bytes() for p in out.iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == {"topology.dot", "topology.svg", "racks.svg", "report.html", "manifest.json"}


# ---------------------------------------------------------------- geometry
def inside(inner: Rect, outer: Rect) -> bool:
    return (
        outer.x - 0.5 <= inner.x
        and outer.y - 0.5 <= inner.y
        and inner.x + inner.w <= outer.x + outer.w + 0.5
        and inner.y + inner.h <= outer.y + outer.h + 0.5
    )


@pytest.mark.parametrize("name", EVERY)
def test_boxes_stand_apart_and_in_their_clusters(name: str) -> None:
    drawn = scene(design(name))
    for at in layouts(drawn):
        rects = [at.boxes[b.id] for b in drawn.boxes]
        assert not [(k, n) for k, a in enumerate(rects) for n, b in enumerate(rects[:k]) if a.meets(b)]
        for b in drawn.boxes:
            for c in drawn.clusters:
                held = b.cluster[: len(c.path)] == c.path
                assert inside(at.boxes[b.id], at.clusters[c.path]) == held, (b.id, c.path)
                assert held or not at.boxes[b.id].meets(at.clusters[c.path])
        assert len(at.curves) == len(drawn.edges)
        assert all(len(c) >= 4 and len(c) % 3 == 1 for c in at.curves)


@pytest.mark.parametrize("name", EVERY)
def test_labels_of_edges_cover_no_box_and_no_label(name: str) -> None:
    drawn = scene(design(name))
    at = graphviz_layout(drawn, dot_text(drawn))
    labels = []
    for e, (x, y) in zip(drawn.edges, at.labels):
        size = edge_label_size(e)
        labels.append(Rect(x - size.w / 2, y - size.h / 2, size.w, size.h).grown(-1))
    assert not [(k, n) for k, a in enumerate(labels) for n, b in enumerate(labels[:k]) if a.meets(b)]
    assert not [(e.lines, key) for e, r in zip(drawn.edges, labels) for key, box in at.boxes.items() if r.meets(box)]


@pytest.mark.parametrize("name", EVERY)
def test_the_svg_is_well_formed_and_holds_everything(name: str) -> None:
    drawn = scene(design(name))
    for at in layouts(drawn):
        svg = svg_text(drawn, at)
        found = texts(svg)
        assert found[0] == drawn.title
        for line in [line for e in drawn.edges for line in e.lines] + [p.label for p in drawn.planes]:
            assert any(line in text for text in found), line
        wide, high = box_of(svg)
        for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect"):
            assert float(element.attrib["width"]) <= wide
            assert float(element.attrib["height"]) <= high
        assert "<script" not in svg
        assert "prefers-color-scheme" in svg


# ---------------------------------------------------------------- without Graphviz
def test_without_graphviz_the_drawing_is_simple_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    diagnostics = Diagnostics()
    drawn, dot = both("nvl72")
    svg = draw(drawn, dot, diagnostics)
    [note] = diagnostics.items
    assert (note.code, note.severity) == ("HW9010", "note")
    assert "pygraphviz cannot be loaded" in note.message
    assert svg == svg_text(drawn, tier_layout(drawn))
    assert "1296 links, 64.8 TB/s" in texts(svg)


def test_an_engine_that_fails_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    import pygraphviz

    monkeypatch.setattr(pygraphviz.AGraph, "draw", lambda *a, **k: b"{}")
    diagnostics = Diagnostics()
    draw(*both("pod"), diagnostics)
    assert [d.code for d in diagnostics.items] == ["HW9010"]
    assert "cannot lay the drawing out" in diagnostics.items[0].message


def test_a_design_of_nothing_is_drawn() -> None:
    drawn = scene(of_text("rack Rack { units = 48; }\ndesign = Rack;\n"))
    for at in layouts(drawn):
        assert texts(svg_text(drawn, at)) == ["Rack"]


# ---------------------------------------------------------------- text
def test_hostile_texts_are_escaped() -> None:
    drawn = scene(design("plant"))
    assert '<script>alert("x")</script>' in drawn.subtitle
    assert "<script" not in dot_text(drawn)
    assert quoted('a "b" \\N \n\x01') == '"a \\"b\\" \\\\N \\n\ufffd"'
    assert escape("<a href='x'>\x00&") == "&lt;a href=&#39;x&#39;&gt;\ufffd&amp;"


def test_measures_of_text() -> None:
    assert width("WWWW", 10) > width("iiii", 10)
    assert width("测试", 10) > width("ab", 10)
    assert width("bold", 10, bold=True) > width("bold", 10)
    assert fitted("a long line of words", 40, 10).endswith("…")
    assert width(fitted("a long line of words", 40, 10), 10) <= 40
    assert fitted("x", 0, 10) == ""
    lines = wrapped("one two three four five six seven", 60, 10, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_numbers_for_readers() -> None:
    assert [number(n) for n in (0, 5376, 10_000, 32_017_536)] == ["0", "5376", "10,000", "32,017,536"]
    assert grouped("3000000 USD and 5376 and 1.23456 m") == "3,000,000 USD and 5376 and 1.23456 m"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_box_says_where_it_is_from(name: str) -> None:
    drawn = scene(design(name))
    assert all(".hw:" in b.tooltip for b in drawn.boxes)
    assert all(".hw:" in e.tooltip for e in drawn.edges)
    assert not any(str(ROOT) in b.tooltip for b in drawn.boxes)


# ---------------------------------------------------------------- the documentation's own picture
def test_the_picture_of_the_readme_is_what_the_tool_draws_now() -> None:
    """docs/images/README.md says how to draw it anew."""
    drawn, dot = both("nvl72")
    recorded = (ROOT / "docs" / "images" / "nvl72.svg").read_text(encoding="utf-8")
    assert texts(recorded) == texts(draw(drawn, dot, Diagnostics()))


def test_an_empty_array_is_not_drawn() -> None:
    """64 supernodes fill two blocks: nothing is left over, and nothing is drawn for it."""
    drawn = scene(design("scale"))
    assert not [b.id for b in drawn.boxes if b.id.startswith("last")]
    assert not [c.path for c in drawn.clusters if c.path[0].startswith("last")]
    assert [b.id for b in scene(design("scale", supernodes="65")).boxes if b.id.startswith("last")]
