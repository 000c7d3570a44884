"""The commands with the real compiler behind them, on files that are right and files that are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Any]

PAIR = """
//! Two chips, some links.
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Node(p: int) { port out: Wire[p]; }
system Pair(n: int = 3 where n <= 8) {
    part node: Node(p = n)[2];
    plane data { connect node[0].out[i] <-> node[1].out[i] for i in 0..n; }
    assert count(links(data)) == n;
    assert count(Node) == 2;
}
design = Pair;
test "more links" { design = Pair(n = 5); assert count(links(data)) == 5; }
"""


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    path = tmp_path / "pair.hw"
    path.write_text(PAIR, encoding="utf-8")
    return path


def test_check(hwc: Run, pair: Path) -> None:
    done = hwc("check", str(pair))
    assert (done.code, done.err) == (0, "")
    assert done.out == "ok: 1 file, 2 assertions hold\n"


def test_query(hwc: Run, pair: Path) -> None:
    assert hwc("query", str(pair), "count(links(data))").out == "3\n"
    assert hwc("query", str(pair), "count(links(data))", "-P", "n=2 * 3").out == "6\n"
    document = json.loads(hwc("query", str(pair), "count(Node)", "--json").out)
    assert document["ok"] is True
    assert document["results"][0]["text"] == "2"


def test_test(hwc: Run, pair: Path, tmp_path: Path) -> None:
    done = hwc("test", str(pair), "--junit", str(tmp_path / "report.xml"))
    assert done.code == 0, done.out + done.err
    assert "more links" in done.out
    assert "failed" not in done.out
    assert 'failures="0"' in (tmp_path / "report.xml").read_text()


def test_compile_and_check_what_was_compiled(hwc: Run, pair: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = hwc("compile", str(pair), "-o", str(out), "--only", "json,bom")
    assert done.code == 0, done.err
    assert sorted(os.listdir(out)) == ["bom.csv", "design.json", "manifest.json"]
    manifest = json.loads((out / "manifest.json").read_text())
    assert [s["path"] for s in manifest["sources"]] == ["pair.hw"]
    assert hwc("compile", str(pair), "-o", str(out), "--only", "json,bom", "--check").code == 0
    done = hwc("compile", str(pair), "-o", str(out), "--only", "json,bom", "--check", "-P", "n=4")
    assert done.code == 1
    assert "HW0024" in done.err


def test_nothing_is_written_for_a_design_with_errors(hwc: Run, pair: Path, tmp_path: Path) -> None:
    pair.write_text(PAIR.replace("count(Node) == 2", "count(Node) == 3"), encoding="utf-8")
    done = hwc("compile", str(pair), "-o", str(tmp_path / "out"), "--only", "bom")
    assert done.code == 1
    assert not (tmp_path / "out").exists()
    assert "pair.hw:9:" in done.err


@pytest.mark.parametrize(("arguments", "code"), [
    (["-P", "m=4"], "HW20"),
    (["-P", "n=9"], "HW20"),
    (["-P", "n=1 +"], "HW01"),
    (["--mode", "ring"], "HW32"),
])
def test_wrong_parameters_and_modes_are_findings(hwc: Run, pair: Path, arguments: list[str], code: str) -> None:
    done = hwc("query", str(pair), "count(Node)", *arguments)
    assert done.code == 1
    assert f"[{code}" in done.err


def test_files_that_cannot_be_read_are_findings(hwc: Run, tmp_path: Path) -> None:
    (tmp_path / "bytes.hw").write_bytes(b"chip A {}\n\xff\xfe")
    for name, code in (("absent.hw", "HW0001"), (".", "HW0002"), ("bytes.hw", "HW0004")):
        for command in (["check"], ["query"], ["compile"], *([["test"]] if name != "." else [])):  # `hwc test` takes folders
            rest = {"query": ["1"], "compile": ["-o", str(tmp_path / "out")]}.get(command[0], [])
            done = hwc(*command, str(tmp_path / name), *rest)
            assert done.code == 1, (command, name)
            assert code in done.err
    assert sorted(os.listdir(tmp_path)) == ["bytes.hw"]


@pytest.mark.parametrize("example", ["nvl72.hw"])
def test_artefacts_are_the_same_bytes_under_two_hash_seeds(example: str, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        done = subprocess.run([sys.executable, "-m", "hwdsl", "compile", f"examples/{example}", "-o", str(tmp_path / seed)],
                              cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    names = sorted(os.listdir(tmp_path / "1"))
    assert names == sorted(os.listdir(tmp_path / "2"))
    assert "manifest.json" in names
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_every_code_is_listed_and_explained(hwc: Run) -> None:
    done = hwc("explain")
    assert done.code == 0
    assert "HW0020  output directory cannot be written" in done.out.splitlines()
    for code in ("HW0020", "hw0020", "20"):
        assert hwc("explain", code.rjust(4, "0") if code.isdigit() else code).out.count("HW0020") >= 1
