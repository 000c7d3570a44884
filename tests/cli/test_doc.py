"""`hwc doc`: the page of the library and the page of published claims."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hwdsl.cli.app import run

RACK = '''
rack Rack(n: int = 48) {
    units = n;
    assert self.units == n  "it is | so"  @claim(5, "A paper: a title", says = "48 | units", verdict = holds)
        @source("a data sheet", date = "2025", url = "https://example.com");
}
design = Rack;
@claim(6, "A paper: a title", says = "odd sizes", verdict = wrong)
test "three units" { design = Rack(n = 3); assert count(rack) == 1; assert 2 < 3; }
@claim(7, "A paper: a title", says = "no rack of -1", verdict = holds)
test "none" { design = Rack(k = 1); assert fails(HW2001); }
test "five again" { design = Rack(n = 5); assert self.units == 5  @claim(5); }
'''
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "rack.hw").write_text(RACK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_claims_of_a_folder(folder: Path, capsys: Capture) -> None:
    (folder / "d" / "none.hw").write_text("rack Other { units = ; }")  # has no claim: not even read
    assert run(["doc", "claims", "d", "-o", "claims.md"]) == 0
    assert capsys.readouterr().out == "claims.md: 3 claims checked, 0 not checkable\n"
    text = (folder / "claims.md").read_text()
    assert "| [5](#claim-5) | A paper | 48 \\| units | holds | 48, 3, 5: it is \\| so<br>5 |" in text
    assert "| [6](#claim-6) | A paper | odd sizes | wrong | 1<br>2 < 3 |" in text
    assert "| [7](#claim-7) | A paper | no rack of -1 | holds | refused with HW2001 |" in text
    assert ("- [d/rack.hw:4](d/rack.hw#L4): `self.units == n`  \n  computed **48**; **3**; **5**  \n  (it is | so)  \n"
            "  source: a data sheet, 2025, https://example.com\n") in text
    assert '[d/rack.hw:12](d/rack.hw#L12), test "five again": `self.units == 5`' in text


def test_a_claim_that_does_not_hold_is_a_finding(folder: Path, capsys: Capture) -> None:
    (folder / "d" / "rack.hw").write_text(RACK.replace("self.units == n ", "self.units == 47 "))
    assert run(["doc", "claims", "d"]) == 1
    done = capsys.readouterr()
    assert "computed **48 == 47**; **3 == 47**; **5 == 47**, does not hold" in done.out
    assert "HW4001" in done.err


def test_two_files_may_not_state_a_claim_differently(folder: Path, capsys: Capture) -> None:
    renumbered = RACK.replace("@claim(6", "@claim(8").replace("@claim(7", "@claim(9")
    (folder / "d" / "twin.hw").write_text(renumbered.replace("48 | units", "49 units"))
    assert run(["doc", "claims", "d", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert {d["code"] for d in found} == {"HW1211"}


def test_what_cannot_be_checked_is_listed_with_the_reason(folder: Path, capsys: Capture) -> None:
    (folder / "rest.json").write_text(json.dumps([{"number": 9, "article": "A paper", "says": "fast", "why": "no measure"}]))
    assert run(["doc", "claims", "d", "--unchecked", "rest.json"]) == 0
    assert capsys.readouterr().out.endswith("## What no design can check\n\n| claim | article | it says | why not |\n"
                                            "| --- | --- | --- | --- |\n| 9 | A paper | fast | no measure |\n")


@pytest.mark.parametrize(("text", "said"), [
    ("[", "cannot be read as JSON"),
    ('{"number": 1}', "must be a list of objects"),
    ('[{"number": "1", "article": "", "says": "", "why": ""}]', "must be a list of objects"),
    ('[{"number": 5, "article": "", "says": "", "why": ""}]', "claim 5 is checked by a design"),
])
def test_a_wrong_list_is_a_usage_error(folder: Path, capsys: Capture, text: str, said: str) -> None:
    (folder / "rest.json").write_text(text)
    assert run(["doc", "claims", "d", "--unchecked", "rest.json"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("arguments", [["claims", "d"], ["std"]])
def test_a_page_is_not_written_over_a_folder(folder: Path, capsys: Capture, arguments: list[str]) -> None:
    assert run(["doc", *arguments, "-o", "d"]) == 1
    assert "HW0022" in capsys.readouterr().err


def test_the_library_page(folder: Path, capsys: Capture) -> None:
    assert run(["doc", "std", "-o", "library.html", "--format", "json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert told["entries"] > 80
    assert told["figures"] > told["sourced"] > told["unverified"]
    assert (folder / "library.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["std", "claims"])
def test_each_page_has_a_help_with_an_example(hwc: Callable[..., Any], name: str) -> None:
    done = hwc("doc", name, "--help")
    assert done.code == 0
    assert f"Example: hwc doc {name} " in done.out
