"""The cache gives what the parser gives, and is never a reason to fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hwdsl.source.text import SourceText
from hwdsl.syntax import cache, parser
from hwdsl.syntax.cache import entry_name, load, load_expr
from hwdsl.syntax.parser import parse, parse_expr


def entries(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"*.{suffix}"))


def test_a_hit_equals_a_parse(tmp_path: Path, design: str) -> None:
    source = SourceText("d.hw", design)
    first = load(source, str(tmp_path))
    assert entries(tmp_path, "ast")
    assert load(source, str(tmp_path)) == first == parse(source)


def test_reports_are_kept_too(tmp_path: Path) -> None:
    source = SourceText("d.hw", "tray A {\n  x = 1\n  y = ;\n}")
    assert load(source, str(tmp_path)) == load(source, str(tmp_path)) == parse(source)
    assert len(load(source, str(tmp_path))[1]) == 2


def test_a_hit_does_not_parse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = SourceText("d.hw", "tray A { }")
    first = load(source, str(tmp_path))
    monkeypatch.setattr(cache, "parser", lambda folder: pytest.fail("parsed again"))
    assert load(source, str(tmp_path)) == first


def test_text_and_path_decide(tmp_path: Path) -> None:
    names = {entry_name(SourceText(path, text)) for path in ("a", "b") for text in ("", "x", "y", "\ud800")}
    assert len(names) == 8
    file, _ = load(SourceText("a.hw", "tray A { }"), str(tmp_path))
    other, _ = load(SourceText("b.hw", "tray A { }"), str(tmp_path))
    assert (file.items[0].span.file, other.items[0].span.file) == ("a.hw", "b.hw")


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 200, None])
def test_a_damaged_entry_is_parsed_again(tmp_path: Path, damage: bytes | None) -> None:
    source = SourceText("d.hw", "tray A { x = 1; }")
    first = load(source, str(tmp_path))
    (entry,) = entries(tmp_path, "ast")
    data = entry.read_bytes()
    entry.write_bytes(data[:-3] if damage is None else damage)
    assert load(source, str(tmp_path)) == first
    assert entry.read_bytes() == data


def test_a_directory_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (str(tmp_path / "file"), str(tmp_path / "file" / "below"), "/dev/null/x"):
        file, found = load(SourceText("d.hw", "tray A { }"), folder)
        assert (len(file.items), found) == (1, ())


def test_nothing_but_entries_is_left(tmp_path: Path) -> None:
    load(SourceText("d.hw", "tray A { }"), str(tmp_path / "new"))
    assert {p.suffix for p in (tmp_path / "new").iterdir()} <= {".ast", ".lalr"}


def test_without_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = SourceText("d.hw", "tray A { }")
    assert load(source, None) == parse(source)
    assert list(tmp_path.iterdir()) == []


def test_tables_are_cached_and_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "shared", [])
    source = SourceText("q", "count(**.gpu) + 1")
    first = load_expr(source, str(tmp_path))
    (tables,) = entries(tmp_path, "lalr")
    monkeypatch.setattr(parser, "shared", [])
    monkeypatch.setattr("hwdsl.syntax.tables.build", lambda: pytest.fail("built again"))
    assert load_expr(source, str(tmp_path)) == first
    monkeypatch.undo()
    tables.write_bytes(b"damaged")
    monkeypatch.setattr(parser, "shared", [])
    assert load_expr(source, str(tmp_path)) == first == parse_expr(source)


def test_lark_is_imported_only_to_build_the_tables(tmp_path: Path) -> None:
    """First run builds, the second reads the tables, the third reads the tree."""
    script = ("import sys; from hwdsl.syntax.cache import load; from hwdsl.source.text import SourceText; "
              f"load(SourceText(sys.argv[1], 'tray A {{ }}'), {str(tmp_path)!r}); "
              "print('lark' in sys.modules, 'hwdsl.syntax.parser' in sys.modules)")
    root = Path(cache.__file__).resolve().parents[2]
    answers = [subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True, check=True, cwd=root,
                              env={**os.environ, "PYTHONPATH": str(root)}).stdout.split() for name in ("a.hw", "b.hw", "b.hw")]
    assert answers == [["True", "True"], ["False", "True"], ["False", "False"]]


def test_trees_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    """Lark numbers states by the order of sets; trees and reports must not follow."""
    script = ("import sys; from hwdsl.syntax.parser import parse; from hwdsl.source.text import SourceText; "
              "print(parse(SourceText('d.hw', open(sys.argv[1], encoding='utf-8').read())))")
    text = (Path(__file__).parent / "data" / "pod.hw").read_text(encoding="utf-8")
    broken = tmp_path / "broken.hw"
    broken.write_text(text.replace(", p in", " p in").replace("1 U;", "1 U").replace("<->", "", 1), encoding="utf-8")
    root = Path(cache.__file__).resolve().parents[2]
    answers = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed}
        answers.add(subprocess.run([sys.executable, "-c", script, str(broken)], capture_output=True, text=True, check=True,
                                   cwd=root,
                                   env=environment).stdout)
    assert len(answers) == 1
    assert "HW0117" in answers.pop()
