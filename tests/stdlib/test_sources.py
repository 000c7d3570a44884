"""Every file of the library: it checks clean, all of it elaborates, and every figure says where it is from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hwdsl.api import Session, library_dir
from hwdsl.sema.walk import walk
from hwdsl.sema.words import MEDIUM_KINDS
from hwdsl.syntax import ast

LIBRARY = Path(library_dir())
FILES = sorted(p for p in LIBRARY.rglob("*.hw"))


def parsed(path: Path) -> ast.File:
    """The tree of a library file."""
    module = Session().project.load(str(path))
    assert module is not None
    return module.file


def components(tree: ast.File) -> list[ast.Component]:
    return [item for item in tree.items if isinstance(item, ast.Component)]


def sources(item: ast.Item | ast.Expr) -> Iterator[ast.Annot]:
    """The `@source`s of a statement and of the values in it."""
    for node in walk(item):
        if isinstance(node, ast.Annot) and node.name == "source":
            yield node


def fields(source: ast.Annot) -> dict[str, str]:
    """Texts and words of a source by field; the first argument is the text."""
    found = {}
    for arg in source.args:
        if isinstance(arg.value, ast.String):
            found[arg.name or "text"] = arg.value.value
        elif isinstance(arg.value, ast.Name):
            found[arg.name or "text"] = arg.value.name
    return found


def is_figure(value: ast.Expr) -> bool:
    """Whether a value states a number: not a word, a text, a truth, `unknown` or a parameter."""
    return any(isinstance(node, ast.Number) for node in walk(value))


def has_unit(value: ast.Expr) -> bool:
    return any(isinstance(node, ast.Number) and node.unit for node in walk(value))


def bare(items: tuple[ast.Item, ...]) -> Iterator[str]:
    """Names of the figures without a source: attributes, and constants with a unit, in bodies of any depth."""
    for item in items:
        if isinstance(item, (ast.Attr, ast.Const)):
            counts = is_figure(item.value) if isinstance(item, ast.Attr) else has_unit(item.value)
            if counts and not any(sources(item)):
                yield item.name
        elif not any(a.name == "source" for a in item.annots):
            inside = f"{item.name}." if isinstance(item, ast.Component) else ""
            body = getattr(item, "body", ())
            if isinstance(body, tuple):  # that of a function is an expression
                yield from (inside + name for name in bare(body))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_figure_has_a_source_or_is_unknown(path: Path) -> None:
    assert list(bare(parsed(path).items)) == []


def test_a_figure_without_a_source_is_found() -> None:
    text = """const reach = 2 m;
    chip A { power = 1 kW; price = unknown; cores = 4; lanes = lanes; cooling = liquid; }
    @source("a data sheet") chip B { power = 1 kW; }
    module C { const loss = 3 dB; const ways = 4; state on { loss = 2 dB; } mass = 1 kg @source("a data sheet"); }"""
    assert list(bare(Session().project.load_text("a.hw", text).file.items)) == ["reach", "A.power", "A.cores", "C.loss", "C.loss"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_hearsay_is_marked_unverified(path: Path) -> None:
    for item in parsed(path).items:
        for source in sources(item):
            said = fields(source)
            assert said["text"].strip()
            if "from memory" in said["text"] or said["text"].startswith("assumed"):
                assert said.get("status") == "unverified", said["text"]
            assert said.get("url", "https://").startswith(("http://", "https://")), said["text"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_file_checks_clean(path: Path) -> None:
    session = Session()
    session.check(str(path))
    assert [d.message for d in session.diagnostics.items if d.severity != "note"] == []


def passed_on() -> Iterator[tuple[str, str]]:
    """(package, name) of everything that a package passes on from another."""
    for path in FILES:
        for item in parsed(path).items:
            if isinstance(item, ast.Use) and item.pub:
                yield from ((path.stem, name) for name in ([n.name for n in item.names] if item.names else item.path[-1:]))


PASSED_ON = list(passed_on())


@pytest.mark.parametrize(("package", "name"), PASSED_ON, ids=[f"{package}.{name}" for package, name in PASSED_ON])
def test_what_is_passed_on_is_there(package: str, name: str) -> None:
    session = Session()
    module = session.project.load_text("user.hw", f"use std.{package}.{name} as It;\n")
    assert module.lookup("It") is not None
    assert [d.message for d in session.diagnostics.items] == []


def whole(path: Path) -> str:
    """A design that holds one of everything in a file that is public and whose parameters all have values."""
    tree = parsed(path)
    module = ".".join(("std", *path.relative_to(LIBRARY).with_suffix("").parts))
    usable = [c for c in components(tree) if c.pub and c.kind not in MEDIUM_KINDS and None not in [p.default for p in c.params]]
    links = [c.name for c in usable if c.kind == "link"]
    parts = [c.name for c in usable if c.kind != "link"]
    if not links and not parts:
        return ""
    ends = "".join(f"chip End{i} {{ port x: {name}; }}\n" for i, name in enumerate(links))
    named = [f"End{i}" for i in range(len(links))] + parts
    body = "".join(f"    part p{i}: {name};\n" for i, name in enumerate(named))
    return f"use {module}.{{{', '.join(links + parts)}}};\n{ends}system Whole {{\n{body}}}\ndesign = Whole;\n"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_one_of_everything_passes_the_design_rules(path: Path) -> None:
    text = whole(path)
    if text:
        session = Session()
        design = session.open_text(text)
        assert design is not None, session.report()
        assert [d.message for d in session.diagnostics.items if d.severity != "note"] == []
