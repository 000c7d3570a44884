"""What a user may do wrong, at the command line: every case ends in a report with a code, exit code 1 or 2, and no trace."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from hwdsl.api import Session
from hwdsl.cli.app import run

RACK = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane[2]; power = 1.2 kW; }
tray Tray { part gpu: Gpu[4]; }
rack Rack(trays: int = 18) {
    part tray: Tray[trays];
    mode all { default set tray[*] = active; }
    assert power(self) <= 100 kW  "one feed";
}
design = Rack;
"""


class Shell:
    """Runs command lines in a folder."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture

    def __call__(self, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        """(exit code, reports, everything printed) of a command."""
        code = run([*arguments, "--format", "json"])
        out, err = self.capture.readouterr()
        assert "Traceback" not in out + err
        return code, json.loads(out)["diagnostics"] if out.startswith("{") else [], out + err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An empty folder with a rack in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HWC_CACHE_DIR", "")
    (tmp_path / "rack.hw").write_text(RACK)
    return Shell(tmp_path, capsys)


def test_the_rack_itself_is_sound(shell: Shell) -> None:
    assert shell("check", "rack.hw")[:2] == (0, [])


def test_an_unknown_parameter_names_the_known_ones(shell: Shell) -> None:
    code, [report], _ = shell("query", "rack.hw", "count(Gpu)", "-P", "trais=4")
    assert (code, report["code"]) == (1, "HW2001")
    assert "`trays`" in report["help"] + " ".join(report["notes"])


def test_a_parameter_of_the_wrong_type(shell: Shell) -> None:
    code, [report], _ = shell("query", "rack.hw", "count(Gpu)", "-P", "trays=4 kW")
    assert (code, report["code"]) == (1, "HW2003")
    assert "4 kW" in report["message"]


def test_a_parameter_that_is_no_expression(shell: Shell) -> None:
    code, reports, _ = shell("query", "rack.hw", "count(Gpu)", "-P", "trays=]")
    assert code == 1
    assert len(reports) == 1


def test_a_parameter_without_a_value_is_a_usage_error(shell: Shell) -> None:
    code, _, text = shell("query", "rack.hw", "count(Gpu)", "-P", "trays")
    assert code == 2
    assert "trays" in text


@pytest.mark.parametrize("command", [["query", "rack.hw", "count(Gpu)"], ["compile", "rack.hw", "-o", "out", "--only", "bom"]])
def test_a_mode_that_does_not_exist(shell: Shell, command: list[str]) -> None:
    code, [report], _ = shell(*command, "--mode", "al")
    assert (code, report["code"]) == (1, "HW3201")
    assert "`all`" in report["help"]
    assert not (shell.folder / "out").exists()


def test_a_failing_assert_shows_its_operands_with_units(shell: Shell) -> None:
    (shell.folder / "hot.hw").write_text(RACK.replace("100 kW", "80 kW"))
    code, [report], _ = shell("check", "hot.hw")
    assert (code, report["code"]) == (1, "HW4001")
    assert report["message"] == "assert does not hold: 86.4 kW <= 80 kW"
    assert "one feed" in report["notes"]


@pytest.mark.parametrize(("condition", "shown"), [
    ("count(Gpu) == 72 and count(tray) == 17 and power(self) == 1 kW", "18 == 17"),
    ("count(Gpu) == 71 or power(self) <= 80 kW", "72 == 71 or 86.4 kW <= 80 kW"),
    ("not count(Gpu) == 72", "not (72 == 72)"),
])
def test_a_failing_assert_shows_what_decided_it(shell: Shell, condition: str, shown: str) -> None:
    (shell.folder / "joined.hw").write_text(RACK.replace("power(self) <= 100 kW", condition))
    code, [report], _ = shell("check", "joined.hw")
    assert (code, report["message"]) == (1, f"assert does not hold: {shown}")


@pytest.mark.parametrize(("old", "new"), [
    ("chip Gpu {", "chip {"), ("link Lane", "Lane"), ("part tray: Tray[trays];", "part : Tray[trays];"),
    ("tray Tray {", "tray Tray "),
    ("part gpu: Gpu[4];", "part gpu Gpu[4];"), ("part gpu: Gpu[4];", "part gpu: [4];"), ("part gpu: Gpu[4];", "part gpu: Gpu[4"),
    ("rack Rack(trays: int = 18)", "rack Rack(: int = 18)"),
])
def test_a_mistake_of_form_has_no_consequences(shell: Shell, old: str, new: str) -> None:
    """A declaration that cannot be read is one report; what refers to it says nothing."""
    (shell.folder / "form.hw").write_text(RACK.replace(old, new))
    code, reports, text = shell("check", "form.hw")
    assert code == 1
    assert [r["code"][:4] for r in reports] == ["HW01"], text


def test_nothing_is_written_when_the_design_is_wrong(shell: Shell) -> None:
    (shell.folder / "hot.hw").write_text(RACK.replace("100 kW", "80 kW"))
    code, [report], _ = shell("compile", "hot.hw", "-o", "out", "--only", "bom")
    assert (code, report["code"]) == (1, "HW4001")
    assert not (shell.folder / "out").exists()


@pytest.mark.parametrize(("limit", "code"), [
    ("100", "HW1102"), ("100 Gb", "HW1102"), ("100 kw", "HW1103"), ("100 kWh", "HW1102")])
def test_wrong_units_and_dimensions(shell: Shell, limit: str, code: str) -> None:
    (shell.folder / "unit.hw").write_text(RACK.replace("100 kW", limit))
    exit_code, [report], _ = shell("check", "unit.hw")
    assert (exit_code, report["code"]) == (1, code)


def test_bits_for_bytes(shell: Shell) -> None:
    """A figure that is off by eight says so."""
    text = RACK.replace('assert power(self) <= 100 kW  "one feed";', "assert rate(tray[0].gpu[0].x[*]) == 200 GB/s;")
    (shell.folder / "bits.hw").write_text(text)
    code, [report], _ = shell("check", "bits.hw")
    assert (code, report["code"]) == (1, "HW4001")
    assert any("bit" in note and "byte" in note for note in report["notes"]), report


def test_a_link_whose_lanes_are_bits_and_its_rate_bytes(shell: Shell) -> None:
    (shell.folder / "bits.hw").write_text("link Lane { lanes = 4; raw = 106.25 Gb/s; net = 100 Gb; }\n")
    code, [report], _ = shell("check", "bits.hw")
    assert (code, report["code"]) == (1, "HW2012")


def test_a_mistake_in_a_part_used_a_thousand_times_is_one_report(shell: Shell) -> None:
    (shell.folder / "parts.hw").write_text("pub chip Gpu { heigth = 1 U; power = 1 kW; }\n")
    (shell.folder / "pod.hw").write_text("""
use parts.Gpu;
tray Tray { part gpu: Gpu[10]; assert power(gpu[*]) == 11 kW; }
rack Rack { part tray: Tray[10]; }
system Pod { part rack: Rack[10]; }
design = Pod;
""")
    code, [report], _ = shell("check", "pod.hw")
    assert (code, report["code"], report["file"]) == (1, "HW2007", "parts.hw")
    (shell.folder / "parts.hw").write_text("pub chip Gpu { height = 1 U; power = 1 kW; }\n")
    code, [report], _ = shell("check", "pod.hw")
    assert (code, report["code"], report["file"]) == (1, "HW4001", "pod.hw")
    assert "the same in 99 more instances" in report["notes"]


def test_a_part_with_a_mistake_is_not_also_missing(shell: Shell) -> None:
    """What refers to a part that could not be made says nothing more."""
    body = "part gpu: Gpuu[4]; connect gpu[0].x[0] <-> gpu[1].x[0];"
    (shell.folder / "rack.hw").write_text(RACK.replace("part gpu: Gpu[4];", body))
    code, [report], _ = shell("check", "rack.hw")
    assert (code, report["code"], report["help"]) == (1, "HW1001", "did you mean `Gpu`?")


def test_each_connection_that_takes_a_used_port_is_reported(shell: Shell) -> None:
    text = RACK.replace("part gpu: Gpu[4];", """part gpu: Gpu[4];
    connect gpu[0].x[0] <-> gpu[1].x[0];
    connect gpu[0].x[0] <-> gpu[2].x[0];
    connect gpu[3].x[0] <-> gpu[2].x[1];
    connect gpu[3].x[1] <-> gpu[1].x[0];""")
    (shell.folder / "twice.hw").write_text(text)
    code, reports, _ = shell("check", "twice.hw")
    assert code == 1
    assert [(r["code"], r["line"], r["related"][0]["line"]) for r in reports] == [("HW3002", 6, 5), ("HW3002", 8, 5)]


def test_a_name_at_no_depth(shell: Shell) -> None:
    code, [report], _ = shell("query", "rack.hw", "count(**.gppu)")
    assert (code, report["code"], report["help"]) == (1, "HW1001", "did you mean `gpu`?")


def test_ten_megabytes_of_noise(shell: Shell) -> None:
    noise = random.Random(7).randbytes(10_000_000)
    (shell.folder / "noise.hw").write_bytes(noise)
    code, [report], _ = shell("check", "noise.hw")
    assert (code, report["code"]) == (1, "HW0004")


def test_ten_megabytes_of_noise_in_letters(shell: Shell) -> None:
    source = random.Random(7)
    letters = "abc {}[]();:=<->.,\"'/*+0123456789\n\n@#&$"
    (shell.folder / "noise.hw").write_text("".join(source.choices(letters, k=10_000_000)))
    start = time.perf_counter()
    code, reports, _ = shell("check", "noise.hw")
    assert code == 1
    assert 1 <= len(reports) <= 60
    assert reports[-1]["code"] == "HW0119"
    assert time.perf_counter() - start < 120


def test_an_absurd_array_is_refused_at_once(shell: Shell) -> None:
    start = time.perf_counter()
    code, [report], _ = shell("query", "rack.hw", "count(Gpu)", "-P", "trays=9000000000000")
    assert (code, report["code"]) == (1, "HW2008")
    assert time.perf_counter() - start < 5


def test_every_mistake_of_a_file_is_reported(shell: Shell) -> None:
    """Five mistakes in as many statements are five reports, in one run; the assert waits until the structure stands."""
    (shell.folder / "five.hw").write_text("""
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane[2]; power = 1.2 kW; }
tray Tray {
    part gpu: Gpu[4];
    part nic: Nik[4];
    height = 3 kg;
    connect gpu[0].x[0] <-> gpu[1].x[2];
    connect gpu[2].x[0] <-> gpu[3].x[0];
    connect gpu[2].x[0] <-> gpu[3].x[1];
    place gpu[0] at shelf(3);
    assert power(gpu[*]) == 1 kW;
}
design = Tray;
""")
    code, reports, _ = shell("check", "five.hw")
    assert code == 1
    assert sorted(r["code"] for r in reports) == ["HW1001", "HW2012", "HW3001", "HW3002", "HW3304"]


@pytest.mark.parametrize("text", [
    "", "\n", "\ufeff", "//", "design = ;", "design", "{", "}", "use ;", "\0" * 9, "chip", "chip X", "chip X {"])
def test_fragments(shell: Shell, text: str) -> None:
    (shell.folder / "fragment.hw").write_text(text, encoding="utf-8")
    assert shell("check", "fragment.hw")[0] in (0, 1)
    assert shell("query", "fragment.hw", "count(self)")[0] == 1


@pytest.mark.parametrize("question", [
    "count(", "count()", "", "count(Gpuu)", "power", "1 / 0", "tray[99]", "tray[0].gpu[*].power", "**.none.x",
    "links(self)", "sum(tray)", "rate(tray)", "count(tray[*])[0]", "self.self", "count(tray -> tray)"])
def test_questions_that_make_no_sense(shell: Shell, question: str) -> None:
    code, reports, text = shell("query", "rack.hw", question)
    assert code in (0, 1)
    assert code == 0 or len(reports) == 1, text


def test_two_sessions_do_not_share_reports(tmp_path: Path) -> None:
    first, second = Session(cache_dir=None), Session(cache_dir=None)
    first.check(str(tmp_path / "none.hw"))
    assert first.diagnostics.has_errors
    assert not second.diagnostics.has_errors
