"""`hwc compare` from the command line: table, JSON, files, modes, choices, mistakes, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hwdsl.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
CLOUDMATRIX, NVL72 = (str(ROOT / "examples" / f"{name}.hw") for name in ("cloudmatrix384", "nvl72"))
POD = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; }
chip Gpu { port x: Wire[2]; bf16 = 1 PFLOPS; memory = 80 GB; power = 1 kW; }
chip Cpu { port x: Wire; }
switch Sw { port p: Wire[2 * 16]; latency = 200 ns; }
system Pod(n: int = 4, cpus: int = 1) {
    part gpu: Gpu[n];
    part cpu: Cpu[cpus];
    part sw: Sw;
    plane fabric { connect gpu[i].x[s] <-> sw.p[2 * i + s]  for i in 0..n, s in 0..2; }
    plane host   { connect cpu[i].x <-> sw.p[31 - i]        for i in 0..cpus; }
}
design = Pod;
"""
RING = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port e: Wire; port w: Wire; bf16 = 1 PFLOPS; relay = true; }
ocs Cross { port a: Wire[8]; port b: Wire[8]; }
system Ring {
    part gpu: Gpu[8];
    part cross: Cross;
    connect gpu[g].e <-> cross.a[g]  for g in 0..8;
    connect gpu[g].w <-> cross.b[g]  for g in 0..8;
    mode ring { circuit cross.a[i] <-> cross.b[(i + 1) % 8]  for i in 0..8; }
    mode skip { circuit cross.a[i] <-> cross.b[(i + 3) % 8]  for i in 0..8; }
}
design = Ring;
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two designs; nothing is cached."""
    monkeypatch.setenv("HWC_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pod.hw").write_text(POD)
    (tmp_path / "other.hw").write_text(POD.replace("Pod(n: int = 4", "Other(m: int = 8").replace("Gpu[n]", "Gpu[m]")
                                       .replace("0..n", "0..m").replace("design = Pod", "design = Other"))
    (tmp_path / "ring.hw").write_text(RING)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    """The JSON document of a comparison."""
    assert run(["compare", *arguments, "--json"]) == code
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def row(found: dict[str, object], key: str) -> dict[str, object]:
    """One row of the document."""
    rows = found["rows"]
    assert isinstance(rows, list)
    return next(r for r in rows if r["key"] == key)


def values(found: dict[str, object], key: str) -> list[object]:
    """The values of a row."""
    amounts = row(found, key)["amounts"]
    assert isinstance(amounts, list)
    return [a["value"] for a in amounts]


def test_the_table_of_the_article(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", CLOUDMATRIX, NVL72]) == 0
    out = capsys.readouterr().out
    lines = {line.strip().split("  ")[0]: " ".join(line.split()) for line in out.splitlines()}
    assert lines["bf16, all"] == "bf16, all PFLOPS 288.8 180 1/1.60"
    assert lines["memory, all"] == "memory, all TB 49.15 13.82 1/3.56"
    assert lines["memory bandwidth, all"] == "memory bandwidth, all TB/s 1,229 576 1/2.13"
    assert lines["injection, all"] == "injection, all TB/s 134.4* 64.8 1/2.07"
    assert lines["scale-out, all"] == "scale-out, all TB/s 19.2 3.6 1/5.33"
    assert "power kW unknown 120" in {" ".join(line.split()) for line in out.splitlines()}
    assert "power of CloudMatrix384: no figure is published, 2837 parts without a figure" in out
    assert "power of Nvl72: boundary rack, stated of Nvl72" in out
    assert "CloudMatrix384: scale-up: plane ub (most bandwidth an accelerator; not host, rdma, vpc)" in out


def test_columns_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "pod.hw", "other.hw", "pod.hw"]) == 0
    table = capsys.readouterr().out.split("\n\n")[0].splitlines()
    whole = [line for line in table if line.startswith("  ")]
    assert len({line.index("GB/s") for line in whole if " GB/s " in line}) == 1
    head = table[0]
    ends = [head.index("Pod (1)") + len("Pod (1)"), head.index("Other") + len("Other"), head.index("Pod (3)") + len("Pod (3)")]
    for line in whole[2:]:
        assert all(line.ljust(ends[2] + 2)[e + 1] == " " for e in ends), line


def test_a_document_that_says_all(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "pod.hw", "other.hw")
    assert (found["ok"], found["format"], found["diagnostics"]) == (True, "hwdsl-comparison", [])
    assert values(found, "accelerators") == [4, 8]
    assert row(found, "accelerators")["ratios"] == [1, 2]
    assert values(found, "power") == [4000, 8000]
    assert values(found, "injection_each") == [25e9, 25e9]


def test_modes_as_sides(capsys: pytest.CaptureFixture[str]) -> None:
    twice = answer(capsys, "ring.hw", "--mode", "ring", "--mode", "skip")
    behind = answer(capsys, "ring.hw@ring", "ring.hw@skip")
    assert twice["rows"] == behind["rows"]
    sides = twice["sides"]
    assert isinstance(sides, list)
    assert [s["label"] for s in sides] == ["Ring @ ring", "Ring @ skip"]
    assert values(twice, "diameter") == [4, 4]


def test_a_file_with_an_at_sign(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "a@b.hw").write_text(POD)
    assert values(answer(capsys, "a@b.hw", "pod.hw"), "accelerators") == [4, 4]


def test_parameters_go_where_they_belong(capsys: pytest.CaptureFixture[str]) -> None:
    assert values(answer(capsys, "pod.hw", "other.hw", "-P", "n=6"), "accelerators") == [6, 8]
    assert values(answer(capsys, "pod.hw", "other.hw", "-P", "n=6", "-P", "m=3"), "accelerators") == [6, 3]
    assert run(["compare", "pod.hw", "other.hw", "-P", "k=6"]) == 1
    assert capsys.readouterr().err.count("error[HW2001]") == 1


def test_choices_for_one_side(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "pod.hw", "other.hw", "--plane-map", "2=fabric", "--accelerators", "other=Gpu",
                   "--accelerators", "1=**.gpu")
    assert values(found, "injection_each") == [25e9, 25e9]
    for side in ("2", "other", "Other", "other.hw"):
        assert run(["compare", "pod.hw", "other.hw", "--plane-map", f"{side}=nvlink"]) == 1
        err = capsys.readouterr().err
        assert "error[HW6012]: `Other` has no data plane `nvlink`" in err
    assert run(["compare", "pod.hw", "other.hw", "--plane-map", "third=fabric"]) == 1
    assert "no side of the comparison is called `third`" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code"), [
    (["pod.hw"], "HW6010"), (["ring.hw", "--mode", "ring"], "HW6010"), (["pod.hw", "ring.hw", "--mode", "ring"], "HW6010"),
    (["pod.hw", "missing.hw"], "HW0001"), (["ring.hw@ring", "ring.hw@rink"], "HW3201"), (["pod.hw", "broken.hw"], "HW0117"),
    (["pod.hw", "other.hw", "--accelerators", "**.sw["], "HW0106"),
])
def test_bad_input_has_a_code(arguments: list[str], code: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "broken.hw").write_text("system Pod { part gpu Gpu; }\n")
    assert run(["compare", *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"error[{code}]" in shown.err
    assert "internal" not in shown.err


def test_no_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare"]) == 2
    assert "Missing argument" in capsys.readouterr().err


def test_files_are_the_same_every_time(folder: Path) -> None:
    made = []
    for name, seed in (("a", "1"), ("b", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "HWC_CACHE_DIR": ""}
        done = subprocess.run([sys.executable, "-m", "hwdsl", "compare", CLOUDMATRIX, NVL72, "-o", name], cwd=folder,
                              env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        made.append({p.name: p.read_bytes() for p in sorted((folder / name).iterdir())})
    assert sorted(made[0]) == ["compare-bars.svg", "compare-radar.svg", "compare.json"]
    assert made[0] == made[1]
    for name in ("compare-bars.svg", "compare-radar.svg"):
        ElementTree.fromstring(made[0][name])
    assert json.loads(made[0]["compare.json"])["format"] == "hwdsl-comparison"


def test_two_small_designs_need_no_kernel(folder: Path) -> None:
    code = ("import sys; from hwdsl.cli.app import run; code = run(sys.argv[1:]); "
            "sys.exit(code or (9 if {'numba', 'networkx', 'scipy', 'jinja2'} & set(sys.modules) else 0))")
    done = subprocess.run([sys.executable, "-c", code, "compare", CLOUDMATRIX, NVL72], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "HWC_CACHE_DIR": ""})
    assert done.returncode == 0, done.stderr
