"""cables.csv: every link once, every cable once, both ends where they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwdsl.api import Design, Session
from hwdsl.backend_api import run, select
from hwdsl.backends.cables import HEADER
from tests.backends.small_pod import SMALL, Build, built, opened, rows

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(p.stem for p in (ROOT / "examples").glob("*.hw"))
SETTINGS = settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def example(name: str) -> Design:
    session = Session(cache_dir=None)
    design = session.open(str(ROOT / "examples" / f"{name}.hw"), parameters={"supernodes": "2"} if name == "scale" else {})
    assert design is not None, session.report()
    return design


def asked(design: Design, text: str) -> int:
    answer = design.query(text)
    assert answer is not None, design.session.report()
    value = answer.value
    assert isinstance(value, int)
    return value


def cables_in(lines: list[dict[str, str]]) -> set[str]:
    """Different cable numbers; "3 to 5" are three."""
    out = set()
    for line in lines:
        for piece in filter(None, line["cable"].split("; ")):
            first, _, last = piece.partition(" to ")
            out |= {str(k) for k in range(int(first), int(last or first) + 1)}
    return out


def schedule(design: Design, folder: Path) -> list[dict[str, str]]:
    lines: list[dict[str, str]] = rows(built(design, folder, "cables")["cables.csv"])
    return lines


def links_of(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    return [line for line in lines if line["kind"] != "drop"]


# ---------------------------------------------------------------- golden lines
def test_the_head_of_the_small_schedule(build: Build) -> None:
    text = build(SMALL, "cables")["cables.csv"]
    assert text.split("\n")[0] == ",".join(HEADER)
    assert text.split("\n")[1:3] == [
        ("1,1,cable,fabric,Lane2,2,no,Trunk,,rack[0],U3,rack[0].tray[0].gpu[0],x[0],rack[0].tray[0].cage[0].lane[0..2],Optic,"
        "net,U10,sw[0],p[0],,Optic,7,stated by an override,failed,Pod:0 pod.hw:36"),
        ("2,2,cable,fabric,Lane2,2,no,Trunk,,rack[0],U3,rack[0].tray[0].gpu[1],x[0],rack[0].tray[0].cage[2].lane[0..2],Optic,"
        "net,U10,sw[0],p[1],,Optic,3.60,estimate: rectilinear between racks; no slack,,Pod:0 pod.hw:36")]


def test_places_status_and_lengths_of_the_small_schedule(build: Build) -> None:
    lines = rows(build(SMALL, "cables")["cables.csv"])
    assert not any("rack[1].tray[3]" in line["a_part"] for line in lines)  # absent
    by_rack = {(line["a_rack"], line["b_rack"], line["medium"], line["length_m"]) for line in lines if line["kind"] == "cable"}
    assert by_rack == {("rack[0]", "net", "Trunk", "7"), ("rack[0]", "net", "Trunk", "3.60"), ("rack[1]", "net", "Trunk", "3.00"),
                       ("rack[0]", "net", "Dac", "2.5"), ("rack[1]", "net", "Dac", "2.5")}
    at = {line["a_part"].rpartition(".")[0]: line["a_u"] for line in lines}
    assert at == {f"rack[{r}].tray[{t}]": f"U{3 + 2 * t}" for r in range(2) for t in range(4) if (r, t) != (1, 3)}
    status = Counter((line["status"], line["b_part"]) for line in links_of(lines))
    assert status == {("failed", "sw[0]"): 1, ("spare", "sw[0]"): 2, ("", "sw[0]"): 11, ("planned", "sw[1]"): 14}
    drops = [line for line in lines if line["kind"] == "drop"]
    assert Counter(line["b_part"] for line in drops) == {"rack[0].bar": 8, "rack[1].bar": 6}
    assert {line["rule"] for line in drops} == {"Rack:bar pod.hw:28"}


def test_cards_placed_in_racks_that_do_not_contain_them(tmp_path: Path) -> None:
    lines = schedule(example("cloudmatrix384"), tmp_path / "out")
    seen = {}
    for line in lines:
        if line["b_part"].startswith("card["):
            seen[line["b_part"].split(".")[0]] = (line["b_rack"], line["b_u"])
    assert seen == {
        f"card[{p}][{m}]": (f"comm[{(8 * p + m) // 14}]", f"slot {(8 * p + m) % 14}") for p in range(7) for m in range(8)
    }


def test_backplane_links_are_listed_and_pull_no_cable(tmp_path: Path) -> None:
    lines = schedule(example("nvl72"), tmp_path / "out")
    plane = [line for line in lines if line["kind"] == "backplane"]
    assert len(plane) == 1296
    assert not any(line["cable"] for line in plane)
    [one] = [line for line in plane if line["a_part"] == "compute[9].gpu[2]" and line["a_port"] == "nvl[7]"]
    assert (one["a_u"], one["b_u"], one["b_part"], one["b_port"]) == ("U23", "U16", "fabric[3].chip[1]", "port[38]")
    assert one["a_connector"] == "compute[9].backplane[2].pair[28..32]"
    assert one["b_connector"] == "fabric[3].backplane[2].pair[80..84]"


# ---------------------------------------------------------------- counts agree
@pytest.mark.parametrize("name", EXAMPLES)
def test_lines_and_cables_are_the_queries(name: str, tmp_path: Path) -> None:
    design = example(name)
    lines = schedule(design, tmp_path / "out")
    assert [int(line["line"]) for line in lines] == list(range(1, len(lines) + 1))
    # A link through a panel or an engine has a line for each piece: each end that passes it on is half a link less.
    ends_passed_on = sum(passes_on(design, line[f"{s}_part"]) for line in links_of(lines) for s in "ab")
    assert 2 * len(links_of(lines)) - ends_passed_on == 2 * asked(design, "count(links(self))")
    assert len(cables_in(lines)) == asked(design, "count(cables(self))")
    ends = [line[f"{s}_part"] + "." + line[f"{s}_port"] for line in links_of(lines) for s in "ab"]
    assert len(set(ends)) == len(ends)


def passes_on(design: Design, part: str) -> bool:
    """Whether a part always continues the links at its ports."""
    return design.root.at(tuple(re.sub(r"\[\d+\]", "", part).split("."))).passive


def plug(line: dict[str, str], side: str) -> str:
    """The connector of an end without its lanes; a port without connector is one of its own."""
    connector = line[f"{side}_connector"]
    if not connector:
        return line[f"{side}_part"] + "." + line[f"{side}_port"].partition(".lane")[0]
    return connector.partition(".lane")[0].partition(".half")[0] + connector[connector.find(".half"):] * (".half" in connector)


def needed(lines: list[dict[str, str]], wide: dict[str, int]) -> int:
    """Cables by the rule of the language, from the text of the schedule alone."""
    groups: Counter[tuple[str, ...]] = Counter()
    loose = 0
    for line in lines:
        if line["kind"] != "cable":
            continue
        lanes, room = int(line["lanes"]), wide[line["medium"]]
        if lanes > room:
            loose += -(-lanes // room)
        else:
            groups[(line["medium"], line["lanes"], *sorted((plug(line, "a"), plug(line, "b"))))] += 1
    return loose + sum(-(-n // (wide[key[0]] // int(key[1]))) for key, n in groups.items())


def modules(lines: list[dict[str, str]]) -> int:
    """Modules by the rule of the language: one in each connector that a link with modules uses."""
    return len({plug(line, side) for line in lines for side in "ab" if line[f"{side}_module"]})


MEDIA = ["Wire", "Glass", "Optic, Glass, Optic"]


def drawn_rules(draw: st.DrawFn, boxes: int, ports: int, hubs: int) -> list[str]:
    """Two rules that share the ports, so that they may share connectors, and a ring of peers."""
    split = draw(st.integers(0, ports))
    rules = []
    for low, high in ((0, split), (split, ports)):
        if low < high:
            medium = draw(st.sampled_from(MEDIA))
            guard = draw(st.sampled_from(["", " where (b + p) % 2 == 0", " where p != b", " where b < p"]))
            rules.append(f"connect box[b].chip.up[p + {low}] <-> hub[p % {hubs}].port[{ports} * b + p + {low}]  via {medium}"
                         f"  for b in 0..{boxes}, p in 0..{high - low}{guard};")
    if boxes > 1:
        step = draw(st.integers(1, boxes - 1))
        rules.append(f"connect box[b].chip.peer[0] <-> box[(b + {step}) % {boxes}].chip.peer[1]"
                     f"  via {draw(st.sampled_from(MEDIA))}  for b in 0..{boxes};")
    return rules


@st.composite
def machines(draw: st.DrawFn) -> str:
    """Boxes with cages: links in bundles, rules that share connectors, peers in rings, absent and failed things."""
    boxes, ports, per, lanes = draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    cable, fibre = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    cages = -(-ports // per)
    carried = draw(st.integers(0, ports))
    hubs = draw(st.integers(1, 3))
    rules = drawn_rules(draw, boxes, ports, hubs)
    targets = draw(st.lists(st.sampled_from(["part box[0]", "part hub[0]", "link box[0].chip.up[0]"]), max_size=2, unique=True))
    marks = [f"override {target} {{ status = {draw(st.sampled_from(['absent', 'failed', 'planned']))}; }}" for target in targets]
    hub_cages = draw(st.integers(1, 3))
    size = boxes * ports
    hold = -(-size // hub_cages)
    return f"""
link Lane {{ lanes = {lanes}; }}
connector Cage {{ lanes = {per * lanes}; }}
connector Slot {{ lanes = {2 * lanes}; }}
connector Wide {{ lanes = {hold * lanes}; }}
cable Wire {{ lanes = {cable}; }}
fibre Glass {{ fibres = {2 * fibre}; }}
module Optic {{ lanes = 64; }}
node Box {{
    part cage: Cage[{cages}];
    part slot: Slot;
    part chip: Chip;
    carry chip.up[p] on cage[p / {per}].lane[{lanes} * (p % {per}) .. {lanes} * (p % {per}) + {lanes}]  for p in 0..{carried};
    carry chip.peer[q] on slot.lane[{lanes} * q .. {lanes} * q + {lanes}]  for q in 0..2;
}}
chip Chip {{ port up: Lane[{ports}]; port peer: Lane[2]; }}
switch Hub {{
    part wide: Wide[{hub_cages}];
    port port: Lane[{size}];
    carry port[n] on wide[n / {hold}].lane[{lanes} * (n % {hold}) .. {lanes} * (n % {hold}) + {lanes}]
        for n in 0..{size};
}}
rack Cabinet {{ units = 40; }}
system Pod {{
    part box: Box[{boxes}];
    part hub: Hub[{hubs}];
    part cabinet: Cabinet[{boxes + hubs}];
    place box[b] in cabinet[b] at U(7)  for b in 0..{boxes};
    place hub[h] in cabinet[{boxes} + h] at U(h + 1)  for h in 0..{hubs};
    {chr(10).join(rules + marks)}
}}
design = Pod;
// room: Wire {cable}, Glass {fibre}
"""


@SETTINGS
@given(machines())
def test_random_machines(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    session = Session(cache_dir=None)
    design = session.open_text(text, "pod.hw")
    assert design is not None, session.report()
    assert {d.code for d in session.diagnostics.items} <= {"HW3107"}, session.report()  # wants a breakout; counted all the same
    lines = schedule(design, tmp_path_factory.mktemp("random") / "out")
    room = dict(zip(("Wire", "Glass"), (int(w.split()[1]) for w in text.split("// room: ")[1].split(", "))))
    assert len(links_of(lines)) == asked(design, "count(links(self))")
    assert len(cables_in(lines)) == needed(lines, room)
    assert len(cables_in(lines)) == asked(design, "count(cables(self))")
    assert modules(lines) == asked(design, "count(modules(self))")
    for line in lines:
        for side in "ab":
            box, hub = line[f"{side}_part"].startswith("box["), line[f"{side}_part"].partition("[")[2].partition("]")[0]
            boxes = int(text.split("part box: Box[")[1].split("]")[0])
            assert (line[f"{side}_rack"], line[f"{side}_u"]) == (
                (f"cabinet[{hub}]", "U7") if box else (f"cabinet[{boxes + int(hub)}]", f"U{int(hub) + 1}"))


def test_a_link_wider_than_its_medium_takes_several_cables(build: Build) -> None:
    lines = rows(build("""
link Wide { lanes = 16; }
cable Thin { lanes = 6; }
chip A { port x: Wide[2]; }
system S { part a: A[2]; connect a[0].x[i] <-> a[1].x[i] via Thin for i in 0..2; }
design = S;
""", "cables")["cables.csv"])
    assert [line["cable"] for line in lines] == ["1 to 3", "4 to 6"]


def test_a_breakout_is_one_cable_on_its_common_side(tmp_path: Path) -> None:
    design = opened("""
link Big { lanes = 4; }
link Small { lanes = 2; }
connector Cage { lanes = 4; }
cable Split { lanes = 4; plugs = 3; }
node Box {
    part cage: Cage[2];
    part chip: Chip;
    carry chip.x[p] on cage[p / 2].lane[2 * (p % 2) .. 2 * (p % 2) + 2] for p in 0..4;
}
chip Chip { port x: Small[4]; }
chip Leaf { port y: Small; }
system S { part box: Box; part leaf: Leaf[4]; connect box.chip.x[i] <-> leaf[i].y via Split for i in 0..4; }
design = S;
""")
    lines = schedule(design, tmp_path / "out")
    assert [line["cable"] for line in lines] == ["1", "1", "2", "2"]
    assert asked(design, "count(cables(self))") == 2


def test_a_failed_cable_fails_all_its_links(build: Build) -> None:
    lines = rows(build("""
link Lane { lanes = 1; }
connector Cage { lanes = 2; }
cable Wire { lanes = 2; }
node Box { part cage: Cage[2]; part chip: Chip; carry chip.x[p] on cage[p / 2].lane[p % 2 .. p % 2 + 1] for p in 0..4; }
chip Chip { port x: Lane[4]; }
system S {
    part box: Box[2];
    connect box[0].chip.x[i] <-> box[1].chip.x[i] via Wire for i in 0..4;
    override cable box[0].chip.x[3] { status = failed; }
}
design = S;
""", "cables")["cables.csv"])
    assert [(line["cable"], line["status"]) for line in lines] == [("1", ""), ("1", ""), ("2", "failed"), ("2", "failed")]


# ---------------------------------------------------------------- limits and sameness
def test_too_many_lines_are_refused_before_any_is_written(tmp_path: Path) -> None:
    design = opened(SMALL, memory_budget=4000)
    session = design.session
    backends = select(("cables",), session.diagnostics)
    assert backends is not None
    assert run(design, backends, str(tmp_path / "out"), session.diagnostics, sources=session.sources, main="pod.hw") is None
    [report] = session.diagnostics.items
    assert (report.code, report.message) == ("HW9003", "cables.csv would have 44 lines; the memory budget allows 40")
    assert not (tmp_path / "out").exists()


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    made = []
    for seed in ("0", "4711"):
        out = tmp_path / seed
        done = subprocess.run(
            [sys.executable, "-m", "hwdsl", "compile", "examples/cloudmatrix384.hw", "-o", str(out), "--only", "json,bom,cables"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "HWC_CACHE_DIR": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        made.append({p.name: p.read_bytes() for p in out.iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == {"design.json", "bom.csv", "cables.csv", "manifest.json"}
    assert not any(os.fsencode(ROOT) in content for content in made[0].values())


def test_the_block_size_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = built(opened(SMALL), tmp_path / "whole", "cables")
    monkeypatch.setattr("hwdsl.backends.cables.rows.BLOCK", 5)
    assert built(opened(SMALL), tmp_path / "small", "cables") == whole


def test_ports_of_one_array_on_different_connectors(tmp_path: Path) -> None:
    design = opened("""
link Lane { lanes = 1; }
connector Cage { lanes = 2; }
module Optic { lanes = 2; fibres = 4; }
cable Wire { lanes = 2; }
chip Chip { port x: Lane[6]; }
node Box {
    part cage: Cage;
    part optic: Optic;
    part chip: Chip;
    carry chip.x[p] on cage.lane[p .. p + 1]       for p in 0..2;
    carry chip.x[p + 2] on optic.lane[p .. p + 1]  for p in 0..2;
}
system S { part box: Box[2]; connect box[0].chip.x[i] <-> box[1].chip.x[i] via Wire for i in 0..6; }
design = S;
""")
    lines = schedule(design, tmp_path / "out")
    assert [line["cable"] for line in lines] == ["1", "1", "2", "2", "3", "4"]
    assert [line["a_connector"] for line in lines] == [
        "box[0].cage.lane[0..1]",
        "box[0].cage.lane[1..2]",
        "box[0].optic.lane[0..1]",
        "box[0].optic.lane[1..2]",
        "",
        "",
    ]
    assert asked(design, "count(cables(self))") == 4
    assert asked(design, "count(modules(self))") == 2
