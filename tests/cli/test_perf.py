"""`hwc perf` from the command line: table, JSON, files, failures, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hwdsl.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
NVL72 = str(ROOT / "examples" / "nvl72.hw")
POD = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; }
chip Gpu { port x: Wire[2]; }
switch Sw { port p: Wire[8]; latency = 200 ns; }
system Pod(n: int = 4) {
    part gpu: Gpu[n];
    part sw: Sw[2];
    plane fabric { connect gpu[i].x[s] <-> sw[s].p[i]  for i in 0..n, s in 0..2; }
}
design = Pod;
study speed(size: quantity = 1 MiB) { all_reduce(size = size, algorithm = each [ring, in_network]); }
study worst { incast(size = 1 MiB); }
"""


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with two studies; nothing is cached."""
    monkeypatch.setenv("HWC_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "pod.hw"
    path.write_text(POD)
    return path


def test_a_table_a_study(pod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["perf", "pod.hw"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("study speed\n\nplane fabric, over gpu[*] (endpoints do not relay)\n  operation ")
    head, ring, tree = out.splitlines()[3:6]
    assert head.index("latency") + len("latency") == ring.index("2.4000 us") + len("2.4000 us")  # 6 steps of 400 ns
    assert "all_reduce  ring" in ring
    assert "all_reduce  in_network" in tree
    assert "\nstudy worst\n" in out
    assert "if one fails of" in out
    assert max(len(line) for line in out.splitlines() if line.startswith("  all_reduce")) < 160


def test_json_holds_the_whole_answer(pod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["perf", "pod.hw", "--study", "speed", "--json", "-P", "size=2 MiB", "-P", "n=6"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["command"], found["ok"], found["interrupted"], found["design"]) == ("perf", True, False, "Pod")
    assert found["version"] == 1  # of the command's answers; performance.json has a version of its own
    assert found["parameters"] == {"n": "6"}
    [study] = found["studies"]
    ring, tree = study["predictions"]
    assert ring["size"] == 2**24
    assert ring["ranks"] == 6
    assert ring["time"] == pytest.approx(10 * (400e-9 + 2**24 / 6 / 200e9))
    assert tree["time"] == pytest.approx(400e-9 + 2**24 / 200e9)
    assert {b["name"] for b in ring["bounds"]} >= {"endpoint", "latency"}
    assert ring["gap"] == pytest.approx(ring["time"] / max(b["seconds"] for b in ring["bounds"]) - 1)
    assert ring["question"] == {
        "schedule": "steps of a ring, one after the other", "flows": "fluid: a flow is split at will",
        "routing": "equal split over the ports of all minimal paths, hop by hop", "endpoints": "do not relay"}
    [scenario] = study["scenarios"]
    assert [x["part"] for x in scenario["losses"]] == ["gpu", "sw", "gpu.x <-> sw.p"]


def test_performance_json_is_written_and_canonical(pod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["perf", "pod.hw", "-o", "out"]) == 0
    first = (pod.parent / "out" / "performance.json").read_bytes()
    assert run(["perf", "pod.hw", "-o", "out"]) == 0
    assert (pod.parent / "out" / "performance.json").read_bytes() == first
    capsys.readouterr()
    found = json.loads(first)
    assert (found["format"], found["version"]) == ("hwdsl-performance", 2)
    assert found["studies"][0]["name"] == "speed"
    time = found["studies"][0]["predictions"][0]["time"]
    assert found["planes"]["fabric"]["all_reduce"]["1 MiB"]["time_s"] == pytest.approx(time)


def test_failures_from_the_command_line(pod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["perf", "pod.hw", "--study", "worst", "--fail", "sw[1]", "--fail", "gpu[3].x[0]"]) == 0
    assert "isolated, without any link: gpu[3]" in capsys.readouterr().err
    assert run(["perf", "pod.hw", "--study", "worst", "--fail", "sw[1]", "--json"]) == 0
    [study] = json.loads(capsys.readouterr().out)["studies"]
    [p] = study["predictions"]
    assert p["failed"] == ["sw[1]"]
    assert p["transfer"] == pytest.approx(3 * 2**23 / 100e9)
    assert study["scenarios"][0]["injection"]["mean"] == 100e9
    assert study["scenarios"][0]["injection"]["before"] == 200e9


@pytest.mark.parametrize(("arguments", "code"), [
    (["--study", "sped"], "HW6004"), (["--fail", "gpu[9]"], "HW6006"), (["--fail", "gpu[0"], "HW0103"),
    (["-P", "size=3 s"], "HW6002"), (["--mode", "x"], "HW3201")])
def test_mistakes_are_reports(pod: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["perf", "pod.hw", *arguments, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["ok"]
    assert code in [d["code"] for d in found["diagnostics"]]


def test_a_design_with_errors_is_not_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.hw").write_text("system Pod { part gpu: Nothing[4]; }\ndesign = Pod;\n")
    assert run(["perf", str(tmp_path / "bad.hw")]) == 1
    captured = capsys.readouterr()
    assert "HW1001" in captured.err
    assert captured.out == ""


def test_an_interruption_prints_what_is_finished(pod: Path, capsys: pytest.CaptureFixture[str],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    from hwdsl.perf.study import evaluate
    from hwdsl.perf.study.operation import Operation
    from hwdsl.perf.study.predict import predict
    from hwdsl.perf.study.result import Prediction
    from hwdsl.perf.study.view import View

    def once(view: View, op: Operation) -> Prediction:
        if op.algorithm == "in_network":
            raise KeyboardInterrupt
        return predict(view, op)

    monkeypatch.setattr(evaluate, "predict", once)
    assert run(["perf", "pod.hw", "-o", "out"]) == 130
    out = capsys.readouterr().out
    assert "all_reduce  ring" in out
    assert "stopped early: interrupted" in out
    [study] = json.loads((pod.parent / "out" / "performance.json").read_text())["studies"]
    assert len(study["predictions"]) == 1


def test_a_small_design_takes_no_kernel() -> None:
    """nvl72 with its study: neither numba nor networkx is imported."""
    code = ("import sys; from hwdsl.cli import main; main(['perf', sys.argv[1]]); "
            "print(sorted(set(sys.modules) & {'numba', 'networkx', 'scipy'}))")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, NVL72], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "[]"
