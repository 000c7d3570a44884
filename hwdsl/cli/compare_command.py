"""`hwc compare`: designs, or modes of a design, side by side."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from hwdsl.cli.console import Console
from hwdsl.cli.options import FILE, memory_option, output_options, parameter_option
from hwdsl.node import Record, replace

if TYPE_CHECKING:
    from hwdsl.api import Design, Session
    from hwdsl.diag import Diagnostic, Diagnostics
    from hwdsl.perf.compare.result import Comparison
    from hwdsl.perf.compare.sides import Choice, Opened


class Spec(Record):
    """What was named on the command line: a file and a mode of it, None for none."""

    file: str
    mode: str | None


@click.command(name="compare", epilog="Example: hwc compare examples/cloudmatrix384.hw examples/nvl72.hw -o out")
@click.argument("files", nargs=-1, required=True, metavar="FILE[@MODE]...", type=FILE)
@click.option("--mode", "modes", metavar="MODE", multiple=True,
              help="A mode of the one FILE; one side of the comparison each. Repeatable.")
@click.option("--plane-map", "planes", metavar="[SIDE=]PLANE[,PLANE...]", multiple=True,
              help="The scale-up plane or planes, of all sides or of SIDE (its name, file or number); without it the one with "
                   "the most bandwidth an accelerator. Repeatable.")
@click.option("--scale-out", "ways", metavar="[SIDE=]NAME", multiple=True,
              help="The plane, or the ports `Component.port`, that scale out; without it the widest. Repeatable.")
@click.option("--accelerators", "chips", metavar="[SIDE=]PARTS", multiple=True,
              help="The parts that compute: a component or `**.npu`; without it the chips with operations at a number format. "
                   "Repeatable.")
@click.option("-o", "directory", metavar="DIR", type=click.Path(), help="Also write compare.json and the pictures into DIR.")
@click.option("--json", "as_json", is_flag=True, help="The same as `--format json`.")
@memory_option
@parameter_option
@output_options
def command(files: tuple[str, ...], modes: tuple[str, ...], planes: tuple[str, ...], ways: tuple[str, ...],
            chips: tuple[str, ...], directory: str | None, as_json: bool, memory: int, parameters: dict[str, str], form: str,
            color: str) -> int:
    """Put two or more designs, or one design in several modes, side by side: compute, memory, scale-up and scale-out networks,
    collectives, power, price, modules, cables, racks.

    What nobody published stays `unknown`, or makes a bound; the ratio is to the first side and stands only where both figures are
    known. `-P` sets a parameter of every design that has it.
    """
    from hwdsl.diag import Diagnostics
    console = Console("json" if as_json else form, color)
    own = Diagnostics()
    specs = _specs(files, modes, own)
    sessions: list[Session] = []
    found: Comparison | None = None
    if not own.has_errors:
        opened = _open(specs, parameters, memory, console, sessions)
        if opened is not None:
            found = _compare(opened, sessions, {"scale_up": planes, "scale_out": ways, "accelerators": chips}, own)
    if found is not None:
        from hwdsl.perf.compare.table import comparison_lines
        for line in comparison_lines(found):
            console.say(line)
        if directory is not None:
            _write(found, directory, own)
    items: list[Diagnostic] = list(dict.fromkeys(d for s in (own, *(s.diagnostics for s in sessions)) for d in s.items
                                                 if d.severity != "note"))
    sources = {k: v for s in sessions for k, v in s.sources.items()}
    console.findings(items, sources)
    failed = found is None or any(d.severity == "error" for d in items)
    content: dict[str, object] = {"command": "compare", "ok": not failed}
    if found is not None:
        from hwdsl.perf.compare.document import document
        content |= document(found)
    console.document(content, items, sources)
    return 1 if failed else 0


def _specs(files: tuple[str, ...], modes: tuple[str, ...], own: Diagnostics) -> list[Spec]:
    """The sides that were asked for; a mistake is reported (HW6010)."""
    specs = [_spec(text) for text in files]
    if modes and len(specs) > 1:
        own.error("HW6010", "with several files, `--mode` does not say whose mode it is",
                  help=f"write the mode behind its file: `{specs[0].file}@{modes[0]}`")
        return []
    if modes:
        specs = [replace(specs[0], mode=m) for m in modes]
    if len(specs) < 2:
        own.error("HW6010", f"a comparison takes two sides or more; `{files[0]}` is one",
                  help=f"name a second design, or modes of this one: `hwc compare {specs[0].file} --mode a --mode b`")
        return []
    return specs


def _spec(text: str) -> Spec:
    """`file.hw@mode`; a file whose own name has an `@` is taken as it is."""
    if os.path.exists(text):
        return Spec(text, None)
    file, at, mode = text.rpartition("@")
    return Spec(file, mode) if at and file and mode else Spec(text, None)


# ---------------------------------------------------------------- opening
def _open(specs: list[Spec], parameters: dict[str, str], memory: int, console: Console,
          sessions: list[Session]) -> list[tuple[Spec, Design]] | None:
    """Each side in a session of its own, which joins `sessions`; None when one has no usable design."""
    from hwdsl.api import Session
    unused = dict(parameters)
    out: list[tuple[Spec, Design]] = []
    takes: list[set[str]] = []
    for spec in specs:
        sessions.append(Session(progress=console.progress, memory_budget=memory))
        takes.append(_parameters_of(sessions[-1], spec.file) if parameters else set())
    for names in takes:
        unused = {k: v for k, v in unused.items() if k not in names}
    for k, (spec, session) in enumerate(zip(specs, sessions)):
        given = {n: v for n, v in parameters.items() if n in takes[k] or (n in unused and k == 0)}
        design = session.open(spec.file, parameters=given, mode=spec.mode)
        if design is not None and not session.diagnostics.has_errors:
            out.append((spec, design))
    return out if len(out) == len(specs) else None


def _parameters_of(session: Session, file: str) -> set[str]:
    """Names of the parameters that the design of a file takes; none where it cannot be read (opening it says why)."""
    from hwdsl.elab.elaborate import design_component, find_design
    from hwdsl.elab.refinement import parameters_of
    from hwdsl.sema.mistake import Mistake
    module = session.project.load(file) if not file.endswith(".json") else None
    design = find_design(session.elaborator, module) if module is not None and not module.broken else None
    if module is None or design is None:
        return set()
    try:
        component, _ = design_component(session.elaborator, module, design.value, {})
    except Mistake:
        return set()
    return {p.name for p in parameters_of(session.elaborator, component.definition)}


# ---------------------------------------------------------------- comparing
def _compare(opened: list[tuple[Spec, Design]], sessions: list[Session], words: dict[str, tuple[str, ...]],
             own: Diagnostics) -> Comparison | None:
    """The comparison; None with a report where a side has none."""
    from hwdsl.ir.space import TooLarge
    from hwdsl.perf.compare.rows import compare
    from hwdsl.perf.compare.sides import side
    from hwdsl.query.checks import too_large
    from hwdsl.sema.mistake import Mistake
    labels = _labels(opened)
    choices = _choices(opened, labels, words, own)
    sides = []
    for k, (spec, design) in enumerate(opened):
        if own.has_errors:
            return None
        session = sessions[k]
        choice = _choice(session, choices[k])
        if choice is None:
            return None
        try:
            sides.append(side(_opened(labels[k], spec, design), choice))
        except (Mistake, TooLarge) as error:
            found = (error if isinstance(error, Mistake) else too_large(error, design.root.span)).diagnostic
            if found is not None:
                session.diagnostics.add(found)
            return None
    return compare(sides)


def _opened(label: str, spec: Spec, design: Design) -> Opened:
    from hwdsl.perf.compare.sides import Opened
    return Opened(label, spec.file, design.name, spec.mode or "", design.parameters, design.root, design.session.hooks)


def _labels(opened: list[tuple[Spec, Design]]) -> list[str]:
    """What each side is called: its design, with mode, parameters or number where that does not tell them apart."""
    out = [d.name + (f" @ {s.mode}" if s.mode else "") for s, d in opened]
    return [f"{label} ({k + 1})" if out.count(label) > 1 else label for k, label in enumerate(out)]


def _choices(opened: list[tuple[Spec, Design]], labels: list[str], words: dict[str, tuple[str, ...]],
             own: Diagnostics) -> list[dict[str, str]]:
    """What is prescribed for each side, by option; a side that does not exist is reported (HW6012)."""
    names: dict[str, int] = {}
    for k, (spec, design) in enumerate(opened):
        for name in (str(k + 1), labels[k], spec.file, os.path.basename(spec.file).removesuffix(".hw"), design.name):
            names.setdefault(name, k)
    out: list[dict[str, str]] = [{} for _ in opened]
    for option, texts in words.items():
        for text in texts:
            name, equals, value = text.partition("=")
            if not equals or (name not in names and option == "accelerators" and not name.strip().isidentifier()):
                for choice in out:
                    choice.setdefault(option, text)
            elif name in names:
                out[names[name]][option] = value
            else:
                have = ", ".join(f"`{label}`" for label in labels)
                own.error("HW6012", f"`{text}`: no side of the comparison is called `{name}`", notes=(f"there are {have}",),
                          help=f"write the name of a side, its file or its number: `1={value}`")
    return out


def _choice(session: Session, words: dict[str, str]) -> Choice | None:
    from hwdsl.perf.compare.sides import Choice
    from hwdsl.query.ask import parse_query
    chips = None
    if "accelerators" in words:
        text = words["accelerators"]
        chips = parse_query(text, f"--accelerators {text}", session.diagnostics, session.sources, session.cache_dir)
        if chips is None:
            return None
    return Choice(chips, words.get("scale_up", ""), words.get("scale_out", ""))


# ---------------------------------------------------------------- writing
def _write(found: Comparison, directory: str, own: Diagnostics) -> None:
    import json

    from hwdsl.backends.charts.bars import bars_svg
    from hwdsl.backends.charts.radar import radar_svg
    from hwdsl.perf.compare.document import document
    from hwdsl.sink import Refused, Sink
    text = json.dumps(document(found), indent=2, sort_keys=True, ensure_ascii=False)
    try:
        with Sink(directory, own) as sink:
            sink.text("compare.json", text + "\n")
            for name, svg in {"compare-radar.svg": radar_svg(found), "compare-bars.svg": bars_svg(found)}.items():
                if svg:
                    sink.text(name, svg)
            sink.commit()
    except Refused:
        return
