"""Usage errors, help and version: what happens before the compiler is asked anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import hwdsl
from hwdsl.cli.app import COMMANDS

Run = Callable[..., Any]


def test_version_is_that_of_the_package(hwc: Run) -> None:
    done = hwc("--version")
    assert (done.code, done.out) == (0, f"hwc {hwdsl.__version__}\n")


def test_help_lists_every_command_with_its_line(hwc: Run) -> None:
    done = hwc("--help")
    assert done.code == 0
    words = " ".join(done.out.split())
    for name, line in COMMANDS.items():
        assert f"{name} {line}" in words


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help_with_an_example(hwc: Run, name: str) -> None:
    done = hwc(name, "--help")
    assert done.code == 0
    assert f"Example: hwc {name} " in done.out
    assert hwc(name, "-h").out == done.out


def test_help_follows_the_width_of_the_terminal(hwc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, hwc("--help").out.splitlines())) <= 60


@pytest.mark.parametrize(("arguments", "said"), [
    (["chek", "a.hw"], "Did you mean `check`?"),
    (["design.hw"], "Did you mean `hwc check design.hw`?"),
    (["zzz"], "No such command `zzz`."),
    (["--nonsense"], "No such option"),
    (["check"], "Missing argument"),
    (["check", "a.hw", "--format", "xml"], "'xml' is not one of"),
    (["compile", "a.hw"], "Missing option '-o'"),
    (["compile", "a.hw", "-o", "out", "--only", "bmo"], "there is no backend `bmo`. Did you mean `bom`?"),
    (["compile", "a.hw", "-o", "out", "--only", ","], "no backend is named"),
    (["compile", "a.hw", "-o", "out", "-P", "n"], "`n` is not of the form name=value"),
    (["query", "a.hw", "1", "-P", "=3"], "`=3` is not of the form name=value"),
    (["query", "a.hw", "1", "-P", "a b=3"], "`a b` is not the name of a parameter"),
    (["query", "a.hw", "1", "-P", "n=3", "-P", "n=4"], "`n` is given twice: `3` and `4`"),
    (["query", "a.hw"], "Missing argument"),
    (["check", "a.hw", "--memory", "lots"], "`lots` is not an amount of memory"),
    (["check", "a.hw", "--memory", "0"], "`0` leaves no memory"),
    (["explain", "HW9"], "there is no code `HW9`"),
    (["completion", "tcsh"], "'tcsh' is not one of"),
])
def test_wrong_usage_is_exit_code_2_and_says_what_is_wrong(hwc: Run, arguments: list[str], said: str) -> None:
    done = hwc(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert said in " ".join(done.err.split())


def test_no_command_prints_the_help_and_is_wrong_usage(hwc: Run) -> None:
    done = hwc()
    assert done.code == 2
    assert "Commands:" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_calls_back(hwc: Run, shell: str) -> None:
    done = hwc("completion", shell)
    assert done.code == 0
    assert "_HWC_COMPLETE" in done.out


def test_completion_offers_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from hwdsl.cli import main
    monkeypatch.setenv("_HWC_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "hwc co")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit) as e:
        main([])
    assert e.value.code == 0
    assert capsys.readouterr().out.split() == ["plain,compile", "plain,compare", "plain,completion"]


@pytest.mark.parametrize(("text", "size"), [
    ("512MiB", 512 * 1024**2), ("8GB", 8 * 10**9), ("1.5 GiB", 1536 * 1024**2), ("4096", 4096),
])
def test_memory_sizes(hwc: Run, fake: Any, text: str, size: int) -> None:
    assert hwc("query", "a.hw", "1", "--memory", text).code == 0
    assert fake.opened[0]["memory"] == size


def test_parameters_reach_the_session_as_texts(hwc: Run, fake: Any) -> None:
    done = hwc("query", "a.hw", "1", "-P", "n = 2 * 8", "-P", "rate=400 Gb/s", "--mode", "groups(size = 4)")
    assert done.code == 0
    assert fake.opened == [{"path": "a.hw", "parameters": {"n": "2 * 8", "rate": "400 Gb/s"}, "mode": "groups(size = 4)",
                            "memory": 2 * 1024**3}]
