"""Running backends: contract, manifest, and plug-ins that misbehave."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hwdsl import backend_api, plugins
from hwdsl.backend_api import API, BUILTIN, GROUP, Options, Selected, backend_names, run, select
from hwdsl.diag import Diagnostics
from hwdsl.plugins import Plugin
from hwdsl.sink import Sink
from hwdsl.source import SourceText


class Design:
    name = "Pod"
    mode: str | None = None

    @property
    def parameters(self) -> dict[str, str]:
        return {"n": "4"}

    def counts(self) -> dict[str, int]:
        return {"links": 6, "chips": 4}


class Rows:
    """A sound backend; its subclasses are not."""

    name = "rows"
    summary = "rows"
    api = API
    artefacts = ("rows.csv",)
    needs = "L0"

    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        sink.text("rows.csv", f"{design.name}\n")


class Crashing(Rows):
    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        raise LookupError("no such row")


class Silent(Rows):
    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        sink.text("other.csv", "")


class Complaining(Rows):
    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        sink.text("rows.csv", "half")
        sink.diagnostics.error("HW9001", "not for this design")


def build(tmp_path: Path, *backends: Any, distribution: str = "", **options: Any) -> tuple[Any, list[str]]:
    diagnostics = Diagnostics()
    main = tmp_path / "design.hw"
    main.write_text("design = Pod;\n")
    sources = {str(main): SourceText(str(main), "design = Pod;\n")}
    made = run(Design(), [Selected(b, distribution) for b in backends], str(tmp_path / "out"), diagnostics, sources=sources,
               main=str(main), **options)
    return made, [d.code for d in diagnostics.items]


def test_artefacts_and_manifest(tmp_path: Path) -> None:
    import hashlib
    made, codes = build(tmp_path, Rows())
    assert codes == []
    assert [a.name for a in made.artefacts] == ["rows.csv", "manifest.json"]
    text = (tmp_path / "out" / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["artefacts"] == [{"name": "rows.csv", "bytes": 4, "sha256": hashlib.sha256(b"Pod\n").hexdigest()}]
    assert manifest["sources"] == [{"path": "design.hw", "sha256": hashlib.sha256(b"design = Pod;\n").hexdigest()}]
    assert (manifest["design"], manifest["parameters"], manifest["mode"]) == ("Pod", {"n": "4"}, None)
    assert manifest["counts"] == {"chips": 4, "links": 6}
    assert "timings" not in manifest
    assert text == json.dumps(manifest, indent=2, sort_keys=True) + "\n"


def test_timings_are_recorded_on_request_only(tmp_path: Path) -> None:
    build(tmp_path, Rows(), pass_times=[("parse", 0.5)])
    timings = json.loads((tmp_path / "out" / "manifest.json").read_text())["timings"]
    assert [t["pass"] for t in timings] == ["parse", "emit rows"]
    assert timings[0]["seconds"] == 0.5


def test_check_says_what_differs(tmp_path: Path) -> None:
    build(tmp_path, Rows())
    made, codes = build(tmp_path, Rows(), check=True)
    assert (made is not None, codes) == (True, [])
    (tmp_path / "out" / "rows.csv").write_text("Pad\n")
    assert build(tmp_path, Rows(), check=True) == (None, ["HW0024"])


def test_library_sources_do_not_show_where_they_are_installed(tmp_path: Path) -> None:
    from hwdsl import stdlib
    part = os.path.join(stdlib.__path__[0], "vendor", "part.hw")
    text = backend_api.manifest_text(Design(), [], {part: SourceText(part, "")}, str(tmp_path / "a.hw"))
    assert [s["path"] for s in json.loads(text)["sources"]] == ["std/vendor/part.hw"]


@pytest.mark.parametrize("backend", [Crashing(), Silent()])
def test_a_fault_of_our_own_backend_is_an_internal_error(tmp_path: Path, backend: Rows) -> None:
    with pytest.raises((LookupError, AssertionError)):
        build(tmp_path, backend)
    assert os.listdir(tmp_path) == ["design.hw"]


@pytest.mark.parametrize(("backend", "code"), [(Crashing(), "HW0029"), (Silent(), "HW0028"), (Complaining(), "HW9001")])
def test_a_fault_of_a_plug_in_is_a_diagnostic(tmp_path: Path, backend: Rows, code: str) -> None:
    assert build(tmp_path, Rows(), distribution="acme 1.2")[1] == []
    before = (tmp_path / "out" / "rows.csv").stat()
    assert build(tmp_path, backend, distribution="acme 1.2") == (None, [code])
    assert (tmp_path / "out" / "rows.csv").stat().st_mtime_ns == before.st_mtime_ns
    assert sorted(os.listdir(tmp_path)) == ["design.hw", "out"]


def test_an_error_of_our_own_backend_means_that_nothing_is_written(tmp_path: Path) -> None:
    assert build(tmp_path, Complaining()) == (None, ["HW9001"])
    assert os.listdir(tmp_path) == ["design.hw"]


# ---------------------------------------------------------------- plug-ins
@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Pretend that distributions register these entry points: (name, distribution, object or exception)."""
    def register(*entries: tuple[str, str, object]) -> None:
        def loader(thing: object) -> Callable[[], object]:
            def load() -> object:
                if isinstance(thing, Exception):
                    raise thing
                return thing
            return load

        found = [Plugin(n, d, f"acme.{n}:B", loader(t)) for n, d, t in entries]
        found.sort(key=lambda p: (p.name, p.distribution))
        monkeypatch.setattr(plugins, "discover", lambda group: tuple(found) if group == GROUP else ())
    return register


class Named(Rows):
    name = "acme"
    summary = "acme"


def test_a_plug_in_is_listed_and_loaded(registered: Any) -> None:
    registered(("acme", "acme 1.2", Named))
    diagnostics = Diagnostics()
    assert backend_names(diagnostics) == (*BUILTIN, "acme")
    chosen = select(["acme"], diagnostics)
    assert chosen is not None
    assert isinstance(chosen[0].backend, Named)
    assert chosen[0].distribution == "acme 1.2"
    assert diagnostics.items == ()


class Old(Named):
    api = API + 1


class Unversioned:
    name = "acme"


class Nameless(Named):
    artefacts = ("../escape.csv",)


class Deep(Named):
    needs = "L9"


@pytest.mark.parametrize(("thing", "code", "said"), [
    (ImportError("No module named 'gone'"), "HW0027", "ImportError: No module named 'gone'"),
    (Old, "HW0026", "API version 2, hwdsl needs 1"),
    (Unversioned, "HW0026", "no API version"),
    (Nameless, "HW0028", "plain file names"),
    (Deep, "HW0028", "none of L0, L1, L2"),
])
def test_a_broken_plug_in_is_a_diagnostic_with_its_distribution(registered: Any, thing: object, code: str, said: str) -> None:
    registered(("acme", "acme-hwdsl 1.2", thing))
    diagnostics = Diagnostics()
    assert select(["acme"], diagnostics) is None
    [found] = diagnostics.items
    assert found.code == code
    assert said in found.message
    assert "acme-hwdsl 1.2" in found.message


def test_names_collide_without_breaking_anything(registered: Any) -> None:
    registered(("bom", "acme 1.2", Named), ("both", "beta 1", Named), ("both", "alpha 2", Named))
    diagnostics = Diagnostics()
    assert backend_names(diagnostics) == (*BUILTIN, "both")
    assert [(d.code, d.severity) for d in diagnostics.items] == [("HW0025", "warning")] * 2
    assert "`acme 1.2` registers `bom`" in diagnostics.items[0].message
    assert "`beta 1` registers `both`" in diagnostics.items[1].message
    assert "`alpha 2` holds" in diagnostics.items[1].message


def test_entry_points_are_read_from_installed_distributions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "acme_hwdsl-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-hwdsl\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[hwdsl.backends]\nacme = acme_backend_that_is_absent:B\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    diagnostics = Diagnostics()
    assert "acme" in backend_names(diagnostics)
    assert select(["acme"], diagnostics) is None
    assert [d.code for d in diagnostics.items] == ["HW0027"]
    assert "`acme-hwdsl 1.2`" in diagnostics.items[0].message


# ---------------------------------------------------------------- the built-in table
def test_every_built_in_backend_keeps_the_contract_and_its_line_in_the_help() -> None:
    from hwdsl.cli.compile_command import command
    chosen = select([], Diagnostics())
    assert chosen is not None
    assert [c.backend.name for c in chosen] == list(BUILTIN)
    written = [name for c in chosen for name in c.backend.artefacts]
    assert len(written) == len(set(written))
    for c in chosen:
        assert backend_api._contract_fault(c.backend) == ""
        assert f"{c.backend.name:<8} {', '.join(c.backend.artefacts)} " in (command.help or "")
