"""The plug-in surface: what a backend is, which ones there are, and how they are run.

A backend turns a checked design into artefacts. It is an object (or a class without constructor arguments) with

    name       how `--only` calls it
    summary    one line for `hwc compile --help`
    api        the version of this surface it was written for: `API`
    artefacts  the file names it writes, all of them, every time
    needs      the lowest IR level it reads: "L0", "L1" or "L2"
    emit(design, sink, options)   writes them, through the sink only

and may report what the design does not allow through `sink.diagnostics`; an error there means that nothing at all is written.
The built-in ones are in `BUILTIN`; other distributions register theirs in the entry-point group `hwdsl.backends`. Modules are
imported when a backend is about to run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from hwdsl.node import Record
from hwdsl.sink import Artefact, Refused, Sink

if TYPE_CHECKING:
    from hwdsl.diag import Diagnostics
    from hwdsl.plugins import Plugin
    from hwdsl.source import SourceText

API = 1
GROUP = "hwdsl.backends"
MANIFEST = "manifest.json"

BUILTIN: dict[str, str] = {
    "json": "hwdsl.backends.design_json:BACKEND",
    "bom": "hwdsl.backends.bom:BACKEND",
    "cables": "hwdsl.backends.cables:BACKEND",
    "diagram": "hwdsl.backends.diagram:BACKEND",
    "racks": "hwdsl.backends.racks:BACKEND",
    "perf": "hwdsl.backends.perf:BACKEND",
    "report": "hwdsl.backends.report:BACKEND",
}
"""Name -> "module:attribute" of the backends that come with hwdsl, in the order they run."""


class Design(Protocol):
    """What the runner itself asks of a design; backends take the concrete `hwdsl.api.Design`."""

    @property
    def name(self) -> str:
        """Name of the root component."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """Parameters of the design as expression texts, defaults included."""

    @property
    def mode(self) -> str | None:
        """The mode it was opened in."""

    def counts(self) -> Mapping[str, int]:
        """Totals for the manifest, by name ("links", "chips", ...)."""


def silent(message: str) -> None:
    """Progress that nobody watches."""
    del message


class Options(Record):
    """How a run was asked for: `settings` by name (texts), and where to tell a person what takes long."""

    settings: Mapping[str, str] = {}
    progress: Callable[[str], None] = silent


class Backend(Protocol):
    """See the module. (Properties, so that plain class attributes of a narrower type fit.)"""

    @property
    def name(self) -> str:
        """How `--only` calls it."""

    @property
    def summary(self) -> str:
        """One line for people."""

    @property
    def api(self) -> int:
        """The version of this surface it was written for."""

    @property
    def artefacts(self) -> tuple[str, ...]:
        """The file names it writes, all of them, every time."""

    @property
    def needs(self) -> str:
        """The lowest IR level it reads: "L0", "L1" or "L2"."""

    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        """Write the artefacts of `design` into `sink`."""


class Selected(Record):
    """A loaded backend and the distribution it comes from ("" for the built-in ones)."""

    backend: Backend
    distribution: str


class Run(Record):
    """What a run has made: the artefacts (manifest.json last) and the seconds each backend took."""

    artefacts: tuple[Artefact, ...]
    seconds: tuple[tuple[str, float], ...]


# ---------------------------------------------------------------- finding backends
def backend_names(diagnostics: Diagnostics) -> tuple[str, ...]:
    """Names of all backends, the built-in ones first; imports none of them."""
    return (*BUILTIN, *_plugins(diagnostics))


def _plugins(diagnostics: Diagnostics) -> dict[str, Plugin]:
    from hwdsl.plugins import discover, usable
    return usable(GROUP, discover(GROUP), BUILTIN, diagnostics)


def select(names: Sequence[str], diagnostics: Diagnostics) -> list[Selected] | None:
    """Load the backends called `names` (all built-in ones when empty), each once, in the order they run.

    None, with diagnostics, when a plug-in cannot be used. A name that nobody has raises KeyError: check with `backend_names`.
    """
    wanted = set(names or BUILTIN)
    chosen = [Selected(_load_builtin(name), "") for name in BUILTIN if name in wanted]
    missing = wanted - set(BUILTIN)
    if not missing:
        return chosen
    from hwdsl.plugins import load
    plugins = _plugins(diagnostics)
    fine = True
    for name in sorted(missing):
        plugin = plugins[name]
        loaded = load(plugin, GROUP, API, diagnostics)
        fault = "" if loaded is None else _contract_fault(loaded)
        if fault:
            diagnostics.error("HW0028", f"backend `{name}` of `{plugin.distribution}` {fault}",
                              notes=(f"registered as `{plugin.target}`",),
                              help=f"update `{plugin.distribution}`, or tell its authors")
        if loaded is None or fault:
            fine = False
        else:
            backend: Any = loaded
            chosen.append(Selected(backend, plugin.distribution))
    return chosen if fine else None


def _load_builtin(name: str) -> Backend:
    from importlib import import_module
    module, _, attribute = BUILTIN[name].partition(":")
    loaded: Any = getattr(import_module(module), attribute)
    backend: Backend = loaded() if isinstance(loaded, type) else loaded
    return backend


def _contract_fault(backend: Any) -> str:
    """What the object lacks to be a backend, in words; empty when it is one."""
    for field, kind in (("name", str), ("summary", str), ("needs", str)):
        if not isinstance(getattr(backend, field, None), kind):
            return f"has no text `{field}`"
    artefacts = getattr(backend, "artefacts", None)
    if not isinstance(artefacts, (tuple, list)) or not all(isinstance(a, str) and _plain(a) for a in artefacts):
        return "has no `artefacts`, a tuple of plain file names"
    if backend.needs not in ("L0", "L1", "L2"):
        return f'needs the IR level "{backend.needs}", which is none of L0, L1, L2'
    if not callable(getattr(backend, "emit", None)):
        return "has no method `emit`"
    return ""


def _plain(name: str) -> bool:
    return bool(name) and name not in (".", "..", MANIFEST) and not set(name) & set("/\\\0")


# ---------------------------------------------------------------- running them
def run(design: Design, backends: Sequence[Selected], directory: str, diagnostics: Diagnostics, *,
        sources: Mapping[str, SourceText], main: str, check: bool = False, options: Options | None = None,
        pass_times: Sequence[tuple[str, float]] | None = None) -> Run | None:
    """Run `backends` on `design` and put their artefacts and manifest.json into `directory`; with `check`, only compare.

    `sources` are the texts the design was read from, by display path, `main` the path of the design file. `pass_times` (seconds
    by pass) asks for timings in the manifest. None, with diagnostics, when anything went wrong: then nothing was written.
    """
    options = options or Options()
    errors_before = _errors(diagnostics)
    seconds: list[tuple[str, float]] = []
    try:
        with Sink(directory, diagnostics, check=check) as sink:
            for selected in backends:
                options.progress(f"writing {', '.join(selected.backend.artefacts)}")
                start = time.perf_counter()
                if not _emit(design, selected, sink, options):
                    return None
                seconds.append((f"emit {selected.backend.name}", time.perf_counter() - start))
            if _errors(diagnostics) > errors_before:
                return None
            times = None if pass_times is None or check else [*pass_times, *seconds]
            sink.text(MANIFEST, manifest_text(design, sink.artefacts, sources, main, times))
            if not sink.commit():
                return None
            return Run(tuple(sink.artefacts), tuple(seconds))
    except Refused:
        return None


def _errors(diagnostics: Diagnostics) -> int:
    return sum(d.severity == "error" for d in diagnostics.items)


def _emit(design: Design, selected: Selected, sink: Sink, options: Options) -> bool:
    """Run one backend and check that it wrote what it declares. The fault of a plug-in is reported, one of ours is raised."""
    backend, distribution = selected.backend, selected.distribution
    before = len(sink.artefacts)
    errors_before = _errors(sink.diagnostics)
    try:
        backend.emit(design, sink, options)
    except Refused:
        raise
    except Exception as e:
        e.add_note(f"pass: emit {backend.name}")
        if not distribution:
            raise
        sink.diagnostics.error("HW0029", f"backend `{backend.name}` of `{distribution}` crashed: {type(e).__name__}: {e}",
                               notes=("nothing was written",),
                               help=f"leave it out with `--only`, and tell the authors of `{distribution}`")
        return False
    if _errors(sink.diagnostics) > errors_before:
        return False
    fault = _artefact_fault(set(backend.artefacts), {a.name for a in sink.artefacts[before:]})
    if not fault:
        return True
    if not distribution:
        raise AssertionError(f"backend {backend.name} {fault}")
    sink.diagnostics.error("HW0028", f"backend `{backend.name}` of `{distribution}` {fault}", notes=("nothing was written",),
                           help=f"leave it out with `--only`, and tell the authors of `{distribution}`")
    return False


def _artefact_fault(declared: set[str], written: set[str]) -> str:
    """How what was written differs from what was declared, in words; empty when it does not."""
    faults = []
    if declared - written:
        faults.append("did not write " + ", ".join(f"`{n}`" for n in sorted(declared - written)))
    if written - declared:
        faults.append("wrote " + ", ".join(f"`{n}`" for n in sorted(written - declared)) + " without declaring it")
    return " and ".join(faults)


# ---------------------------------------------------------------- the manifest
def manifest_text(design: Design, artefacts: Sequence[Artefact], sources: Mapping[str, SourceText], main: str,
                  times: Sequence[tuple[str, float]] | None = None) -> str:
    """manifest.json: canonical JSON (sorted keys, two blanks, final line end), the same on every machine for the same texts.

    Paths of sources are relative to the folder of the design file, those of the library begin with `std/`; hashes are of the
    texts as UTF-8. `times` are seconds by pass, in order.
    """
    import hashlib
    import json

    from hwdsl import __version__
    document: dict[str, Any] = {
        "format": "hwdsl-manifest",
        "version": 1,
        "tool": {"name": "hwdsl", "version": __version__},
        "design": design.name,
        "parameters": dict(design.parameters),
        "mode": design.mode,
        "counts": dict(design.counts()),
        "sources": [
            {"path": path, "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()}
            for path, text in sorted((portable_path(shown, main), source.text) for shown, source in sources.items())
        ],
        "artefacts": [
            {"name": a.name, "sha256": a.sha256, "bytes": a.bytes} for a in sorted(artefacts, key=lambda a: a.name)
        ],
    }
    if times is not None:
        document["timings"] = [{"pass": name, "seconds": round(s, 6)} for name, s in times]
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def portable_path(path: str, main: str) -> str:
    """`path` as seen from the design file's folder, with `/`; a file of the library as `std/...`; other names as they are."""
    import os

    from hwdsl import stdlib
    full = os.path.abspath(path)
    for folder in stdlib.__path__:
        inside = os.path.relpath(full, os.path.abspath(folder))
        if not inside.startswith(os.pardir):
            return "std/" + inside.replace(os.sep, "/")
    if not os.path.exists(full):
        return path
    return os.path.relpath(full, os.path.dirname(os.path.abspath(main))).replace(os.sep, "/")
