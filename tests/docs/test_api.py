"""The examples of the Python interface run as they are printed."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import hwdsl.api

ROOT = Path(__file__).resolve().parents[2]


def test_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, attempted = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, encoding="utf-8")
    assert attempted > 15
    assert failed == 0


def test_the_module() -> None:
    failed, attempted = doctest.testmod(hwdsl.api)
    assert attempted > 3
    assert failed == 0
