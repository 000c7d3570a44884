"""What one company makes is declared once: no two files of the library export a component of the same name."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from hwdsl.api import library_dir

EXPORT = re.compile(r"^pub (?!use|const|fn|enum)[a-z]+ ([A-Za-z0-9_]+)", re.MULTILINE)


def test_no_component_is_declared_twice() -> None:
    files = sorted(Path(library_dir()).rglob("*.hw"))
    names = Counter(name for path in files for name in EXPORT.findall(path.read_text(encoding="utf-8")))
    assert len(names) > 100
    assert {name: n for name, n in names.items() if n > 1} == {}
