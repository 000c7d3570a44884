"""The symbolic IR as JSON: the same back, the same answers, and a report for anything that is none."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from hwdsl.api import Design, Session
from hwdsl.ir.json_io import FORMAT, VERSION, compare, dump, dumps, load, loads
from hwdsl.query.media import total
from hwdsl.query.rollup import roll
from hwdsl.sema.mistake import Mistake

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(p.stem for p in (ROOT / "examples").glob("*.hw"))
THINGS = ("links", "lanes", "pairs", "fibres", "cables", "assemblies", "modules", "plugs")

EVERYTHING = """
enum Colour { red, green }
link Lane { lanes = 2; raw = 53.125 Gb/s +- 100 Mb/s; net = 50 Gb/s; energy = 4 pJ/bit to 6 pJ/bit typ 5 pJ/bit; }
link Dc { voltage = 50 V to 51 V; }
connector Cage { lanes = 4; fits = [red, green]; }
module Optic { lanes = 4; power = 5 W; price = unknown; temperature = 70 degC; }
fibre Glass { fibres = 8; plugs = 3; loss_per_length = 0.4 dB/km; }
power Bar { rating = 33 kW; }
ocs Turner {
    port n: Lane[4];
    state straight { bridge n[0] <-> n[1]; bridge n[2] <-> n[3]; }
    default state crossed { bridge n[i] <-> n[3 - i]  for i in 0..2 { loss = 1.5 dB; } }
}
/// A chip with a parameter.
chip Gpu(n: int = 4, other: bool = false) { port x: Lane[n]; input port dc: Dc; spare port z: Lane;
    power = 700 W @source("sheet", date = "2024-01", boundary = chip, figure = max, status = unverified); }
tray Tray(kind: chip) {
    part gpu: kind[2];
    part cage: Cage[4];
    height = 1 U;
    carry gpu[g].x[l] on cage[2 * g + l / 2].lane[2 * (l % 2) .. 2 * (l % 2) + 2]  for g in 0..2, l in 0..4;
}
switch Sw { port p: Lane[16]; power = unknown; }
rack Rack {
    const cables = [3, 0, 2, 1];
    part tray: Tray(kind = Gpu)[4];
    part sw: Sw;
    part turner: Turner;
    units = 40;
    place tray[*] from U(30) down;
    place sw at U(35);
    plane fabric for l in 0..2 {
        @source("drawing")
        connect tray[t].gpu[g].x[l] <-> sw.p[8 * g + 2 * cables[t] + l]
            via Optic, Glass, Optic  for t in 0..4, g in 0..2 { length = 3 m; }
    }
    connect tray[t].gpu[0].x[2] -> tray[(t + 1) % 4].gpu[1].x[3]  for t in 0..3 where t != 1;
    plane feed { bus bar: Bar joins tray[0..3].gpu[*].dc; }
    override part tray[1].gpu[0] { role = spare; }
    override link tray[0].gpu[0].x[0] { status = failed; }
}
row Aisle { slots = 8; }
system Pod(racks: int = 3) {
    part rack: Rack[racks];
    part aisle: Aisle;
    place rack[r] in aisle at slot(2 * r)  for r in 0..racks;
    assert count(Gpu) == 8 * racks;
}
design = Pod;
"""


def opened(text: str, **parameters: str) -> tuple[Session, Design]:
    session = Session(cache_dir=None)
    design = session.open_text(text, "pod.hw", parameters=parameters)
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return session, design


def example(name: str) -> tuple[Session, Design]:
    session = Session(cache_dir=None)
    design = session.open(str(ROOT / "examples" / f"{name}.hw"))
    assert design is not None, session.report()
    return session, design


def machine(name: str) -> tuple[Session, Design]:
    return example(name) if name else opened(EVERYTHING)


# ---------------------------------------------------------------- there and back
@pytest.mark.parametrize("name", [*EXAMPLES, ""])
def test_round_trip(name: str) -> None:
    session, design = machine(name)
    data = dump(design.root, session.sources, lambda path: Path(path).name)
    text = dumps(data)
    assert json.loads(text) == data
    back = loads(text)
    assert dump(back) == data
    assert dumps(dump(loads(dumps(dump(back))))) == text
    assert compare(design.root, back) == []


@pytest.mark.parametrize("name", [*EXAMPLES, ""])
def test_what_is_read_back_answers_alike(name: str) -> None:
    _, design = machine(name)
    back = load(dump(design.root))
    for what in THINGS:
        assert total(back, what, ()) == total(design.root, what, ()), what
    for figure in ("price", "power", "mass"):
        assert roll(back, figure) == roll(design.root, figure)


def test_positions_are_told_by_line_and_column() -> None:
    session, design = opened(EVERYTHING)
    data = dump(design.root, session.sources)
    line = EVERYTHING[: EVERYTHING.index("chip Gpu")].count("\n") + 1
    start = EVERYTHING.index("Gpu(n: int")
    [uid] = [u for u, t in data["templates"].items() if t["name"] == "Gpu"]
    assert data["templates"][uid]["at"] == f"pod.hw:{line}:6 {start}-{start + 3}"


def test_figures_are_exact_with_their_units() -> None:
    _, design = opened(EVERYTHING)
    templates = dump(design.root)["templates"]
    assert templates["Lane"]["attributes"]["net"]["is"] == {"unit": "Gb/s", "value": "50"}
    energy = templates["Lane"]["attributes"]["energy"]["is"]
    assert (energy["lo"], energy["value"], energy["hi"], energy["form"]) == ("4", "5", "6", "typ")
    assert templates["Optic"]["attributes"]["price"]["is"] == {"unknown": True}
    assert templates["Optic"]["attributes"]["temperature"]["is"] == {"unit": "degC", "value": "70"}
    [gpu] = [t for t in templates.values() if t["name"] == "Gpu"]
    assert gpu["attributes"]["power"]["sources"] == [
        {"boundary": "chip", "date": "2024-01", "figure": "max", "status": "unverified", "text": "sheet"}]


def test_the_text_is_canonical_and_of_one_size_for_any_number_of_things() -> None:
    small, large = (dumps(dump(opened(EVERYTHING, racks=n)[1].root)) for n in ("1", "4"))
    assert abs(len(small) - len(large)) < 30
    assert small.endswith("}\n")
    assert max(map(len, small.splitlines())) < 400
    rules = [line for line in large.splitlines() if '"number"' in line]
    assert rules


def test_order_of_declarations_does_not_show_but_in_positions() -> None:
    parts = ["    part rack: Rack[racks];\n", "    part aisle: Aisle;\n"]
    turned = EVERYTHING.replace("".join(parts), "".join(reversed(parts)))
    assert turned != EVERYTHING
    assert compare(opened(EVERYTHING)[1].root, opened(turned)[1].root) == []


# ---------------------------------------------------------------- differences
def test_differences_in_words() -> None:
    changed = (
        EVERYTHING.replace("power = 700 W @source", "power = 1 kW @source")
        .replace("part cage: Cage[4]", "part cage: Cage[6]")
        .replace("place sw at U(35);", "")
        .replace("units = 40", "units = 42")
        .replace("power Bar { rating = 33 kW; }", "power Bar { }")
    )
    found = compare(opened(EVERYTHING)[1].root, opened(changed)[1].root)
    assert "`Bar`: attribute `rating` is gone (was 33 kW)" in found
    assert any(text.startswith("`Gpu") and "attribute `power` was 700 W, is 1 kW" in text for text in found)
    assert any("part `cage` was 4 x Cage, is 6 x Cage" in text for text in found)
    assert "`Rack`: attribute `units` was 40, is 42" in found
    assert any(text.startswith("`Rack`: placement is gone: ") for text in found)
    assert len(found) == 5


def test_a_changed_connection_is_told() -> None:
    found = compare(opened(EVERYTHING)[1].root, opened(EVERYTHING.replace("where t != 1", "where t != 2"))[1].root)
    assert [text.split("{")[0] for text in found] == ["`Rack`: connection is gone: ", "`Rack`: connection is new: "]


# ---------------------------------------------------------------- what is no IR
def refusal(text: str) -> str:
    with pytest.raises(Mistake) as error:
        loads(text)
    assert error.value.diagnostic is not None
    return f"{error.value.diagnostic.code}: {error.value.diagnostic.message}"


def edited(**changes: Any) -> str:
    return json.dumps({**dump(opened(EVERYTHING)[1].root), **changes})


def test_a_later_version_is_named() -> None:
    assert (
        refusal(edited(version=VERSION + 1))
        == f"HW9001: this design IR has version {VERSION + 1}; this compiler reads versions up to {VERSION}"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", f'its `format` is not "{FORMAT}"'),
        ('{"format": "other"}', "its `format` is not"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": "hwdsl-ir"}', "`version` is missing"),
        ('{"format": "hwdsl-ir", "version": "1"}', "'1' stands where a whole number belongs"),
        ('{"format": "hwdsl-ir", "version": 0}', "there is no version 0"),
        ('{"format": "hwdsl-ir", "version": 1, "root": "A", "templates": {}}', "there is no template `A`"),
        (
            ('{"format": "hwdsl-ir", "version": 1, "root": "A",'
             ' "templates": {"A": {"kind": "node", "name": "A", "parts": {"a": {"template": "A"}}}}}'),
            "the template `A` contains itself",
        ),
        (
            '{"format": "hwdsl-ir", "version": 1, "root": "A", "templates": {"A": {"kind": "node", "name": "A", "wheels": 4}}}',
            "in the template `A`, `wheels` is no member of a template",
        ),
    ],
)
def test_damage_is_told_in_words(text: str, why: str) -> None:
    found = refusal(text)
    assert found.startswith("HW9002: this is no design IR: ")
    assert why in found


def test_references_inside_a_template_are_checked() -> None:
    data = dump(opened(EVERYTHING)[1].root)
    rack = data["templates"]["Rack"]
    for change, why in (
        (("a", "path", ["tray", "gpu", "y"]), "`tray.gpu.y` leads nowhere"),
        (("a", "coords", ["t"]), "has 3 indices; 1 are given"),
        (("b", "coords", ["nobody"]), "the variable `nobody` is not bound"),
        (("b", "coords", [99]), "leaves 0 to 15"),
    ):
        broken = copy.deepcopy(data)
        rule = broken["templates"]["Rack"]["rules"][0]
        assert rack["rules"][0][change[0]][change[1]] != change[2]
        rule[change[0]][change[1]] = change[2]
        assert why in refusal(json.dumps(broken))


def spoil(data: Any, rng: random.Random) -> None:
    """Change one thing somewhere."""
    here = data
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = rng.choice(keys)
        inner = here[key]
        if isinstance(inner, (dict, list)) and inner and rng.random() < 0.9:
            here = inner
            continue
        action = rng.randrange(4)
        if action == 0:
            del here[key]
        elif action == 1:
            here[key] = rng.choice([None, -1, 0, 3, 10**30, "x", "", [], {}, True, 1.5, ["x"], {"x": 1}])
        elif action == 2 and isinstance(here, list):
            here.insert(key, copy.deepcopy(here[key]))
        else:
            here[key] = [inner]
        return


def test_a_spoiled_file_is_read_or_refused_and_never_crashes() -> None:
    data = dump(opened(EVERYTHING)[1].root)
    rng = random.Random(99)
    refused = 0
    for _ in range(3000):
        broken = copy.deepcopy(data)
        for _ in range(rng.randint(1, 3)):
            spoil(broken, rng)
        code = ""
        try:
            root = load(broken)
        except Mistake as error:
            code = error.diagnostic.code if error.diagnostic is not None else "nothing said"
            refused += 1
        else:
            assert dump(load(dump(root))) == dump(root)
        assert code in ("", "HW9001", "HW9002")
    assert 1000 < refused < 3000


def test_a_truncated_file_is_refused() -> None:
    text = dumps(dump(opened(EVERYTHING)[1].root))
    for end in range(0, len(text) - 2, 97):
        assert refusal(text[:end]).startswith("HW9002")


def test_a_file_is_asked_and_compiled_like_the_design(tmp_path: Path) -> None:
    session, design = example("nvl72")
    path = tmp_path / "design.json"
    path.write_text(dumps(dump(design.root, session.sources)), encoding="utf-8")
    other = Session(cache_dir=None)
    back = other.open(str(path))
    assert back is not None, other.report()
    for query in ("count(B200)", "count(links(nvlink))", "count(pairs(nvlink))", "price(self)", "sum(**.gpu.memory)"):
        mine, its = design.query(query), back.query(query)
        assert mine is not None
        assert its is not None
        assert mine.text == its.text
    assert other.open(str(path), parameters={"n": "3"}) is None
    assert [d.code for d in other.diagnostics.items] == ["HW2001"]
