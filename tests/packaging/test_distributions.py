"""Wheel, sdist and bare checkout carry the same package, with grammar and library files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("hwdsl", "backends", "grammar", "stdlib", "examples", "docs", "tests", "benchmarks", ".ci")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md", "ARCHITECTURE.md",
         ".pre-commit-hooks.yaml")
MAPPED = {"hwdsl": "hwdsl", "backends": "hwdsl/backends", "grammar": "hwdsl/grammar", "stdlib": "hwdsl/stdlib"}
WHERE = """
import hwdsl, hwdsl.backends, hwdsl.grammar, hwdsl.stdlib
print(hwdsl.__file__, hwdsl.backends.__file__, hwdsl.grammar.__file__, hwdsl.stdlib.__file__)
"""


def source_data() -> set[str]:
    """Names, below `hwdsl`, of everything that is not a test artefact: modules, grammar, library, templates."""
    found = set()
    for folder, inside in MAPPED.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".nbi", ".nbc"):
                found.add(f"{inside}/{path.relative_to(ROOT / folder).as_posix()}")
    return found


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree as a clone has it: no build folders, no caches, not installed."""
    copy = tmp_path_factory.mktemp("clone") / "hwdsl"
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "*.nbi", "*.nbc", "*.egg-info")
    for folder in FOLDERS:
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    for name in FILES:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy / name)
    return copy


def build(checkout: Path, hook: str, out: Path) -> Path:
    """Call a build hook of setuptools as a front end would, without fetching anything."""
    code = f"import setuptools.build_meta as b; print(b.{hook}({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(checkout, "build_wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_puts_only_hwdsl_into_site_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"hwdsl"}
    assert len(tops) == 2


def test_the_wheel_carries_every_module_grammar_and_library_file(wheel: Path) -> None:
    names = {n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("hwdsl/")}
    assert names == source_data()
    assert any(n.startswith("hwdsl/grammar/") and n.endswith(".lark") for n in names)
    assert any(n.startswith("hwdsl/stdlib/") and n.endswith(".hw") for n in names)


def test_the_unpacked_wheel_runs_from_where_it_lies(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    done = subprocess.run([sys.executable, "-c", WHERE], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)},
                          capture_output=True, text=True, check=True)
    assert all(Path(p).is_relative_to(site / "hwdsl") for p in done.stdout.split())


def test_the_sdist_is_complete_and_builds_the_same_wheel(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    sdist = build(checkout, "build_sdist", tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    [source] = (tmp_path / "unpacked").iterdir()
    for needed in ("tests/packaging/test_distributions.py", "examples/nvl72.hw", "README.md", "LICENSE", ".ci/run"):
        assert (source / needed).is_file(), needed
    again = build(source, "build_wheel", tmp_path)
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def test_a_bare_checkout_runs_without_being_installed(checkout: Path, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WHERE], cwd=checkout, capture_output=True, text=True, check=True)
    assert all(Path(p).is_relative_to(checkout) for p in done.stdout.split()), done.stdout
    hwc = [sys.executable, "-m", "hwdsl"]
    version = subprocess.run([*hwc, "--version"], cwd=checkout, capture_output=True, text=True, check=True)
    assert version.stdout.startswith("hwc ")
    made = subprocess.run([*hwc, "compile", "examples/nvl72.hw", "-o", str(tmp_path / "out"), "--only", "json"],
                          cwd=checkout, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "out" / "design.json").is_file()


def test_the_console_script_is_registered(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [entry] = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
    assert "hwc = hwdsl.cli:main" in archive.read(entry).decode()


def test_the_wheel_declares_its_python_and_dependencies(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [name] = [n for n in archive.namelist() if n.endswith("METADATA")]
    metadata = archive.read(name).decode()
    assert "Requires-Python: <3.14,>=3.11" in metadata or "Requires-Python: >=3.11,<3.14" in metadata
    required = {line.split(": ")[1].split(">")[0].split("<")[0] for line in metadata.splitlines()
                if line.startswith("Requires-Dist") and "extra ==" not in line}
    assert required == {"click", "jinja2", "lark", "networkx", "numba", "numpy", "pygraphviz", "scipy"}
