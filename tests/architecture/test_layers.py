"""Layers import downward only. Every module of the package has a layer; a new folder is entered here, or the test says so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"hwdsl": "hwdsl", "backends": "hwdsl.backends", "grammar": "hwdsl.grammar", "stdlib": "hwdsl.stdlib"}

LAYERS: tuple[tuple[str, ...], ...] = (
    ("hwdsl", "hwdsl.node", "hwdsl.grammar", "hwdsl.stdlib"),
    ("hwdsl.source",),
    ("hwdsl.diag",),
    ("hwdsl.syntax",),
    ("hwdsl.types",),
    ("hwdsl.ir.index",),  # index maps: what expressions over rule variables evaluate to; the rest of ir stands above sema
    ("hwdsl.sema",),
    ("hwdsl.ir",),
    ("hwdsl.elab",),
    ("hwdsl.query",),
    ("hwdsl.rules",),
    ("hwdsl.perf",),
    ("hwdsl.sink", "hwdsl.plugins"),
    ("hwdsl.backend_api",),
    ("hwdsl.backends",),
    ("hwdsl.api", "hwdsl.testing"),
    ("hwdsl.cli",),
    ("hwdsl.__main__",),
)
"""From the bottom up; a module may import its own layer and those below."""
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
LAZY = {("hwdsl", "hwdsl.api")}
"""`hwdsl.Session` is found on first use, so that `import hwdsl` stays empty."""
ANNOTATED = {("hwdsl.backends", "hwdsl.api")}
"""What a backend is handed is a `Design`: it may name the type under `if TYPE_CHECKING`, and import nothing of it."""


def modules() -> dict[str, Path]:
    """Every module of the package by its import name."""
    found = {}
    for folder, package in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            found[".".join((package, *parts))] = path
    return found


MODULES = modules()


def layer(module: str) -> str:
    """The longest entry of LAYERS that `module` belongs to."""
    name = module
    while name not in RANK and "." in name:
        name = name.rpartition(".")[0]
    return name


def run_time(tree: ast.Module) -> ast.Module:
    """The module without its top-level `if TYPE_CHECKING:` blocks."""
    kept = [n for n in tree.body
            if not (isinstance(n, ast.If) and isinstance(n.test, ast.Name) and n.test.id == "TYPE_CHECKING")]
    return ast.Module(kept, [])


def imports(module: str, path: Path, annotations: bool = True) -> set[str]:
    """Modules of the project that `module` imports, anywhere in its text; with or without those for annotations alone."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree if annotations else run_time(tree)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively, line {node.lineno}"
            base = node.module or ""
            found |= {f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names}
    return {name for name in found if name.split(".")[0] == "hwdsl"}


def upward(module: str) -> list[str]:
    """Imports of `module` that climb."""
    own = layer(module)
    climbing = {t for t in imports(module, MODULES[module]) if RANK[layer(t)] > RANK[own] and (own, layer(t)) not in LAZY}
    needed = imports(module, MODULES[module], annotations=False)
    return sorted(t for t in climbing if t in needed or (own, layer(t)) not in ANNOTATED)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_go_downward(module: str) -> None:
    package = ".".join(module.split(".")[:2])
    assert package in RANK, f"{package} has no layer: enter it in LAYERS"
    assert upward(module) == []


def test_the_check_sees_an_upward_import(tmp_path: Path) -> None:
    """The check itself: an import of a higher layer is found wherever it stands."""
    path = tmp_path / "m.py"
    path.write_text("def f():\n    from hwdsl.cli import main\n    import hwdsl.source\n")
    assert imports("hwdsl.diag.m", path) == {"hwdsl.cli", "hwdsl.source"}
    assert RANK[layer("hwdsl.cli.app")] > RANK[layer("hwdsl.diag.m")] > RANK[layer("hwdsl.source")]


def test_imported_modules_exist() -> None:
    missing = {(m, t) for m, p in MODULES.items() for t in imports(m, p) if t not in MODULES}
    assert missing == set()
