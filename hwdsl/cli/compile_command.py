"""`hwc compile`: a design to its artefacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hwdsl.cli.console import Console, plural, timings
from hwdsl.cli.options import FILE, design_options, output_options

if TYPE_CHECKING:
    from hwdsl.api import Session
    from hwdsl.backend_api import Run


def _names(ctx: click.Context, option: click.Parameter, text: str | None) -> tuple[str, ...]:
    """`bom,cables` as backend names; an unknown one is a usage error that suggests the nearest."""
    if text is None:
        return ()
    from hwdsl.backend_api import BUILTIN, backend_names
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise click.BadParameter(f"no backend is named; there are {', '.join(BUILTIN)}.", ctx, option)
    unknown = [name for name in names if name not in BUILTIN]
    if unknown:
        from hwdsl.diag import Diagnostics
        known = backend_names(Diagnostics())
        for name in unknown:
            if name not in known:
                from difflib import get_close_matches
                near = get_close_matches(name, known, 1, 0.5)
                hint = f" Did you mean `{near[0]}`?" if near else ""
                raise click.BadParameter(f"there is no backend `{name}`.{hint} There are {', '.join(known)}.", ctx, option)
    return names


@click.command(name="compile", epilog="Example: hwc compile examples/nvl72.hw -o out --only bom,cables")
@click.argument("file", type=FILE)
@click.option("-o", "directory", metavar="DIR", required=True, type=click.Path(),
              help="Where the artefacts go; made when it does not exist. Other files in it are left alone.")
@click.option("--only", "names", metavar="NAMES", callback=_names,
              help="Only these backends, by name, separated by commas (manifest.json is always written).")
@click.option("--check", "check", is_flag=True,
              help="Write nothing: compare with what is in DIR; exit code 1 when anything differs.")
@click.option("--time-passes", "times", is_flag=True, help="Print the time each pass took, and record it in manifest.json.")
@design_options
@output_options
def command(file: str, directory: str, names: tuple[str, ...], check: bool, times: bool, memory: int, mode: str | None,
            parameters: dict[str, str], form: str, color: str) -> int:
    """Turn the design in FILE into its artefacts, in DIR.

    \b
    json     design.json                  the symbolic model, for other programs
    bom      bom.csv                      what to buy, with counts, prices and masses
    cables   cables.csv                   every cable with both ends, and the rule that made it
    diagram  topology.dot, topology.svg   the logical topology, repeated structure collapsed
    racks    racks.svg                    what stands where
    perf     performance.json             injection, bisection, hops, collective times
    report   report.html                  all of it on one page that works offline

    and manifest.json, with the hash of each. Artefacts appear whole or not at all: when the design has errors, nothing is
    written.
    """
    from hwdsl.api import Session
    console = Console(form, color)
    session = Session(progress=console.progress, memory_budget=memory)
    made = _compile(session, console, file, parameters, mode, names, directory, check, times)
    console.findings(session.diagnostics.items, session.sources)
    content: dict[str, object] = {"command": "compile", "ok": made is not None, "directory": directory, "checked": check}
    if made is not None:
        name, run = made
        content["design"] = name
        content["artefacts"] = [{"name": a.name, "sha256": a.sha256, "bytes": a.bytes} for a in run.artefacts]
        files = plural(len(run.artefacts), "artefact")
        console.say(f"{name}: {files} in {directory} up to date" if check else f"{name}: {files} in {directory}")
        if not check:
            for artefact in run.artefacts:
                console.say(f"  {artefact.name:<18} {_size(artefact.bytes):>9}")
    if times:
        rows = [*session.pass_times, *(made[1].seconds if made else ())]
        content["timings"] = [{"pass": name, "seconds": seconds} for name, seconds in rows]
        console.aside(timings(rows))
    console.document(content, session.diagnostics.items, session.sources)
    return 0 if made is not None else 1


def _compile(session: Session, console: Console, file: str, parameters: dict[str, str], mode: str | None, names: tuple[str, ...],
             directory: str, check: bool, times: bool) -> tuple[str, Run] | None:
    """Open, run the backends; the design's name and what was made, None when the session has errors to report."""
    from hwdsl.backend_api import Options, run, select
    design = session.open(file, parameters=parameters, mode=mode)
    if design is None or session.diagnostics.has_errors:
        return None
    backends = select(names, session.diagnostics)
    if backends is None:
        return None
    made = run(design, backends, directory, session.diagnostics, sources=session.sources, main=file, check=check,
               options=Options(progress=console.progress), pass_times=session.pass_times if times else None)
    return None if made is None else (design.name, made)


def _size(count: int) -> str:
    """A file size for people."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"
