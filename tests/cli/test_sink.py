"""The sink: whole or not at all, whatever the file system does."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from hwdsl.diag import Diagnostics
from hwdsl.sink import Refused, Sink


def codes(diagnostics: Diagnostics) -> list[str]:
    return [d.code for d in diagnostics.items]


def tree(folder: Path) -> dict[str, str]:
    """Every file below `folder`, hidden ones included, with its text."""
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(directory: Path, files: dict[str, str], *, check: bool = False) -> tuple[bool, Diagnostics]:
    diagnostics = Diagnostics()
    try:
        with Sink(str(directory), diagnostics, check=check) as sink:
            for name, text in files.items():
                sink.text(name, text)
            return sink.commit(), diagnostics
    except Refused:
        return False, diagnostics


def test_a_new_directory_appears_with_all_files_and_nothing_else(tmp_path: Path) -> None:
    done, diagnostics = write(tmp_path / "deep" / "out", {"b.csv": "1\n", "a.csv": "µ\n"})
    assert done
    assert codes(diagnostics) == []
    assert tree(tmp_path) == {"deep/out/a.csv": "µ\n", "deep/out/b.csv": "1\n"}
    assert os.listdir(tmp_path) == ["deep"]


def test_a_new_directory_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": ""})
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a").write_text("")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert (tmp_path / "out" / "a").stat().st_mode == (tmp_path / "plain" / "a").stat().st_mode


def test_other_files_of_the_directory_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "a.csv").write_text("old")
    assert write(tmp_path, {"a.csv": "new"})[0]
    assert tree(tmp_path) == {"a.csv": "new", "notes.txt": "mine"}


def test_artefacts_are_hashed_and_streams_need_no_memory(tmp_path: Path) -> None:
    import hashlib
    diagnostics = Diagnostics()
    with Sink(str(tmp_path / "out"), diagnostics) as sink:
        with sink.stream("rows.csv") as out:
            for i in range(30_000):
                assert out.write(f"{i},µ\n") == len(f"{i},µ\n")
        assert sink.commit()
    data = (tmp_path / "out" / "rows.csv").read_bytes()
    [artefact] = sink.artefacts
    assert (artefact.name, artefact.bytes, artefact.sha256) == ("rows.csv", len(data), hashlib.sha256(data).hexdigest())
    assert data.startswith("0,µ\n1,".encode())


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "a\\b", "a\0b"])
def test_names_cannot_leave_the_directory(tmp_path: Path, name: str) -> None:
    with Sink(str(tmp_path), Diagnostics()) as sink, pytest.raises(ValueError, match="plain file name"):
        sink.text(name, "")


def test_a_name_is_written_once(tmp_path: Path) -> None:
    with Sink(str(tmp_path), Diagnostics()) as sink:
        sink.text("a", "1")
        with pytest.raises(ValueError, match="twice"):
            sink.text("a", "2")


def test_an_exception_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with Sink(str(tmp_path / "out"), Diagnostics()) as sink:
            sink.text("a.csv", "half")
            with sink.stream("b.csv") as out:
                out.write("half")
                raise KeyError("backend")

    with pytest.raises(KeyError):
        fail()
    assert os.listdir(tmp_path) == []


def test_without_commit_nothing_appears(tmp_path: Path) -> None:
    with Sink(str(tmp_path / "out"), Diagnostics()) as sink:
        sink.text("a.csv", "whole")
    assert os.listdir(tmp_path) == []


def test_a_file_where_the_directory_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    for target in (tmp_path / "out", tmp_path / "out" / "below"):
        done, diagnostics = write(target, {"a": "1"})
        assert not done
        assert codes(diagnostics) == ["HW0021"]
    assert tree(tmp_path) == {"out": "mine"}


@pytest.mark.parametrize("below", ["", "out"])
def test_a_directory_that_cannot_be_written(tmp_path: Path, below: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**where: str) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", where["dir"])

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)  # permissions would not stop root, who may run this
    done, diagnostics = write(tmp_path / below, {"a": "1"})
    assert not done
    assert codes(diagnostics) == ["HW0020"]
    assert "permission denied" in diagnostics.items[0].message
    assert os.listdir(tmp_path) == []


def test_a_directory_that_the_system_refuses_to_write() -> None:
    done, diagnostics = write(Path("/proc/self/out"), {"a": "1"})
    assert not done
    assert codes(diagnostics) == ["HW0020"]


def test_a_directory_in_the_place_of_an_artefact_is_found_before_anything_changes(tmp_path: Path) -> None:
    (tmp_path / "b.csv").mkdir()
    (tmp_path / "a.csv").write_text("old")
    done, diagnostics = write(tmp_path, {"a.csv": "new", "b.csv": "new"})
    assert not done
    assert codes(diagnostics) == ["HW0022"]
    assert tree(tmp_path) == {"a.csv": "old"}


def test_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    diagnostics = Diagnostics()
    with Sink(str(tmp_path), diagnostics) as sink:
        sink.text("a.csv", "new")
        [stage] = [p for p in tmp_path.iterdir() if p.is_dir()]
        (stage / "b.csv").symlink_to("/dev/full")
        with pytest.raises(Refused):
            sink.text("b.csv", "new")
    assert codes(diagnostics) == ["HW0023"]
    assert "no space left" in diagnostics.items[0].message
    assert tree(tmp_path) == {"a.csv": "old"}


def test_a_failed_move_puts_back_what_was_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("old")
    real = os.replace

    def replace(source: str, target: str) -> None:
        if target.endswith("c.csv"):
            raise PermissionError(1, "Operation not permitted")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    done, diagnostics = write(tmp_path, {"a.csv": "new", "b.csv": "new", "c.csv": "new"})
    assert not done
    assert codes(diagnostics) == ["HW0023"]
    assert tree(tmp_path) == {"a.csv": "old"}


def test_check_compares_and_writes_nothing(tmp_path: Path) -> None:
    files = {"a.csv": "1\n2\n", "b.csv": "x\n"}
    write(tmp_path / "out", files)
    before = tree(tmp_path)
    assert write(tmp_path / "out", files, check=True)[0]
    done, diagnostics = write(tmp_path / "out", {"a.csv": "1\n3\n", "b.csv": "x\n", "c.csv": ""}, check=True)
    assert not done
    assert codes(diagnostics) == ["HW0024", "HW0024"]
    assert "first in line 2" in diagnostics.items[0].message
    assert "does not exist" in diagnostics.items[1].message
    assert tree(tmp_path) == before
