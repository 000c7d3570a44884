"""docs/claims.md is what the examples compute, and nothing that the press claims is left out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hwdsl.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "claims.md"
ARGUMENTS = ["doc", "claims", "examples", "--unchecked", "docs/unchecked_claims.json"]
COUNT = 49
"""Claims of five articles of 2025 that are about hardware."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page, made anew where the old one stands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = f"{tmp_path_factory.mktemp('page').name}.md"
        try:
            code = run([*ARGUMENTS, "-o", f"docs/{name}"])
            text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        finally:
            (ROOT / "docs" / name).unlink(missing_ok=True)
    assert code == 0
    return text


def test_the_page_is_what_the_examples_compute(made: str) -> None:
    again = " ".join(["hwc", *ARGUMENTS, "-o", "docs/claims.md"])
    assert made == PAGE.read_text(encoding="utf-8"), f"an example has changed; make the page again: {again}"


def test_every_claim_is_checked_or_said_to_be_uncheckable(made: str) -> None:
    checked = {int(n) for n in re.findall(r"^### Claim (\d+)$", made, re.M)}
    rest = {row["number"] for row in json.loads((ROOT / "docs" / "unchecked_claims.json").read_text(encoding="utf-8"))}
    assert checked | rest == set(range(1, COUNT + 1))
    assert not checked & rest


def test_every_check_holds(made: str) -> None:
    assert "does not hold" not in made
    assert "cannot be evaluated" not in made
    assert not re.search(r"^  computed .*, open", made, re.M)


def test_each_claim_has_one_verdict_and_every_wrong_one_says_what_is_right(made: str) -> None:
    sections = re.split(r"^### Claim ", made.split("## What no design")[0], flags=re.M)[1:]
    for section in sections:
        verdicts = re.findall(r"\*\*(Holds|Wrong|Ambiguous)\.\*\*", section)
        assert len(verdicts) == 1, section
        assert "computed **" in section
        if verdicts != ["Holds"]:
            assert re.search(r"^  \(.+\)", section, re.M), f"no reason: {section}"


def test_the_files_and_lines_it_points_to_are_asserts(made: str) -> None:
    links = re.findall(r"\]\(\.\./(examples/\w+\.hw)#L(\d+)\)", made)
    assert len(links) > 60
    for name, line in links:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        statement = " ".join(lines[int(line) - 1 : int(line) + 6])
        assert re.match(r"\s*(@\w+\(|assert |require |test |///|under )", statement), f"{name}:{line}: {statement}"
