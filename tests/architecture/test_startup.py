"""What a new process imports: `hwc --help` only click, `hwc check` none of the heavy libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"numba", "llvmlite", "networkx", "rustworkx", "jinja2", "pygraphviz", "numpy", "scipy"}
EXPANDING = {"fabrics_indirect.hw", "fabrics_random.hw", "hpn.hw", "nvl256_ranger.hw", "nvl36x2.hw", "nvl576.hw",
             "ub_mesh.hw", "ub_mesh_paper.hw"}
"""Examples with an assert that only expansion answers (a failure, a count without a proof, odd wiring): they take numpy."""
COMMAND = "import sys; from hwdsl.cli import main; sys.exit(main())"


def imported(*arguments: str, cache: Path) -> set[str]:
    """Names of all modules that a command line imports."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", COMMAND, *arguments], cwd=ROOT, env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines[1:]}


def third_party(modules: set[str]) -> set[str]:
    """Top-level names that are neither Python's nor the project's, nor what site itself loads (editable installs, .pth files)."""
    tops = {m.split(".")[0] for m in modules}
    return {t for t in tops if t not in sys.stdlib_module_names and t not in ("hwdsl", "sitecustomize", "usercustomize")
            and not t.startswith(("_", "__editable__"))}


def test_help_imports_no_third_party_library_but_click(tmp_path: Path) -> None:
    found = imported("--help", cache=tmp_path)
    assert third_party(found) == {"click"}
    assert {m for m in found if m.startswith("hwdsl")} == {"hwdsl", "hwdsl.cli", "hwdsl.cli.app"}


def test_version_costs_no_more_than_help(tmp_path: Path) -> None:
    assert third_party(imported("--version", cache=tmp_path)) == {"click"}


@pytest.mark.parametrize("example", sorted(p.name for p in (ROOT / "examples").glob("*.hw")))
def test_check_imports_no_heavy_library(example: str, tmp_path: Path) -> None:
    allowed = {"numpy"} if example in EXPANDING else set()
    for _ in ("cold", "warm"):
        assert third_party(imported("check", f"examples/{example}", cache=tmp_path)) & HEAVY <= allowed


def test_importing_the_package_imports_nothing(tmp_path: Path) -> None:
    code = "import sys; before = set(sys.modules); import hwdsl; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['hwdsl']"
