"""CSV cells: quoting, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest

from hwdsl.backends.csv_text import cell, row, some


@pytest.mark.parametrize(
    "text", ["=1+1", "+1 555", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "-", "=", "-1-1", "-1e", "--1", "-1.2.3"]
)
def test_a_formula_becomes_text(text: str) -> None:
    [[read]] = csv.reader(io.StringIO(cell(text) + "\n", newline=""))
    assert read == "'" + text


@pytest.mark.parametrize("text", ["-12.5", "-3", "-1e-6", "12", "", "a=b", "rack[0].tray[1]", ">= 3", "1 - 2"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_a_row_reads_back_as_it_was_written() -> None:
    cells: list[str | int] = ['a "word", and more', "two\nlines", 3, "Ethernet100(lanes = 2, x = 1)"]
    assert next(csv.reader(io.StringIO(row(cells), newline=""))) == [str(c) for c in cells]


def test_long_lists_are_cut() -> None:
    assert some(["a", "b"]) == "a; b"
    assert some(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"
