"""Every diagnostic code: declared once, with a title, a page and a fixture; every code in the source is declared."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"hwdsl": "hwdsl", "backends": "hwdsl.backends"}
CODE = re.compile(r"HW\d{4}")


def tables() -> dict[str, dict[str, str]]:
    """The `CODES` table of every module called `codes`, by module name."""
    found = {}
    for folder, package in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("codes.py")):
            module = ".".join((package, *path.relative_to(ROOT / folder).with_suffix("").parts))
            codes = getattr(import_module(module), "CODES", None)
            if codes is not None:
                found[module] = codes
    return found


TABLES = tables()
CODES = sorted({code for table in TABLES.values() for code in table})


def used() -> dict[str, set[str]]:
    """Codes that stand as text constants in the source, with the modules they stand in."""
    found: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name == "codes.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    found.setdefault(node.value, set()).add(path.relative_to(ROOT).as_posix())
    return found


USED = used()


def test_there_are_codes() -> None:
    assert len(CODES) > 30
    assert all(CODE.fullmatch(code) for code in CODES)


def test_each_code_is_declared_once() -> None:
    owners: dict[str, list[str]] = {}
    for module, table in TABLES.items():
        for code in table:
            owners.setdefault(code, []).append(module)
    assert {c: m for c, m in owners.items() if len(m) > 1} == {}


def test_each_reported_code_is_declared() -> None:
    assert {code: where for code, where in USED.items() if code not in CODES} == {}


@pytest.mark.parametrize("code", CODES)
def test_each_code_is_reported_somewhere(code: str) -> None:
    assert code in USED, f"{code} is declared and never reported"


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page(code: str) -> None:
    from hwdsl.diag.pages import page, titles
    assert code in titles()
    text = page(code)
    assert code in text
    assert len(text.split()) >= 15, f"the page of {code} says next to nothing"


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_fixture(code: str) -> None:
    fixtures = sorted((ROOT / "tests" / "diagnostics").glob(f"**/{code}*"))
    assert fixtures, f"tests/diagnostics has no fixture for {code}"
