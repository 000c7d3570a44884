"""README.md is true: its two commands are the ones .ci/run runs, and what it shows exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def marked(name: str) -> str:
    """The fenced block after a marker, which must be one line."""
    found = re.findall(rf"<!-- ci: {name} -->\n```[a-z]*\n(.*?)\n```", README, re.DOTALL)
    assert len(found) == 1, f"README.md has {len(found)} blocks marked `ci: {name}`"
    block: str = found[0]
    assert "\n" not in block, f"the command marked `ci: {name}` is not one line"
    return block


@pytest.mark.parametrize(("name", "parts"), [
    ("try", ["python3 -m venv --clear .venv", "pip install", "hwc compile examples/nvl72.hw -o out"]),
    ("test", ["python3 -m venv --clear .venv-dev", "pip install", "[dev]", "pytest"]),
])
def test_the_commands_are_one_line_and_make_their_own_environment(name: str, parts: list[str]) -> None:
    command = marked(name)
    for part in parts:
        assert part in command
    assert subprocess.run(["bash", "-n", "-c", command]).returncode == 0


@pytest.mark.parametrize("name", ["try", "test"])
def test_the_ci_script_takes_the_commands_from_the_readme(name: str) -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    [extractor] = [line for line in script.splitlines() if line.startswith("readme() ")]
    done = subprocess.run(["bash", "-c", f"{extractor}\nreadme {name}"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.rstrip("\n") == marked(name)
    assert f"$(readme {name})" in script


def test_every_file_it_points_to_exists() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    missing = [t for t in targets if "://" not in t and not (ROOT / t).exists()]
    assert targets
    assert missing == []


def test_it_lists_every_command() -> None:
    from hwdsl.cli.app import COMMANDS
    for name in COMMANDS:
        assert f"`hwc {name}" in README


def test_the_excerpt_is_part_of_the_example_it_names() -> None:
    """Each statement of a `hw` block stands in the file named above the block (spacing apart)."""
    blocks = re.findall(r"<!-- from: (\S+) -->\n```\w*\n(.*?)\n```", README, re.DOTALL)
    assert blocks
    for file, block in blocks:
        text = " ".join((ROOT / file).read_text(encoding="utf-8").split())
        for line in block.splitlines():
            words = " ".join(line.split())
            assert words in ("", "...") or words in text, f"`{words}` is not in {file}"
