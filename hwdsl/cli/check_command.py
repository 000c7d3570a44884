"""`hwc check`: look for mistakes, write nothing."""

from __future__ import annotations

import click

from hwdsl.cli.console import Console, plural, timings
from hwdsl.cli.options import FILE, memory_option, output_options, parameter_option


@click.command(name="check", epilog="Example: hwc check examples/*.hw")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--time-passes", "times", is_flag=True, help="Print the time each pass took.")
@parameter_option
@memory_option
@output_options
def command(files: tuple[str, ...], times: bool, parameters: dict[str, str], memory: int, form: str, color: str) -> int:
    """Look for mistakes in each FILE: syntax, names, units, ports, rules, modes, placement, and assertions.

    No backend runs and nothing is written. A file without `design = ...;` (a library) is checked as far as its declarations go.
    """
    from hwdsl.api import Session
    console = Console(form, color)
    session = Session(progress=console.progress, memory_budget=memory)
    summaries = [session.check(file, parameters=parameters) for file in dict.fromkeys(files)]
    items = session.diagnostics.items
    console.findings(items, session.sources)
    errors = sum(d.severity == "error" for d in items)
    warnings = sum(d.severity == "warning" for d in items)
    asserts, undecided = sum(s.asserts for s in summaries), sum(s.undecided for s in summaries)
    checked = sum(s.files for s in summaries)
    words = [plural(errors, "error"), plural(warnings, "warning")] if errors else \
        [plural(asserts - undecided, "assertion") + " hold" * (asserts - undecided != 1) + " holds" * (asserts - undecided == 1)]
    if not errors and undecided:
        words.append(f"{undecided} undecided")
    if not errors and warnings:
        words.append(plural(warnings, "warning"))
    console.say(f"{'failed' if errors else 'ok'}: {plural(checked, 'file')}, {', '.join(words)}")
    content: dict[str, object] = {
        "command": "check", "ok": not errors, "files": checked, "asserts": asserts, "undecided": undecided,
    }
    if times:
        content["timings"] = [{"pass": name, "seconds": seconds} for name, seconds in session.pass_times]
        console.aside(timings(session.pass_times))
    console.document(content, items, session.sources)
    return 1 if errors else 0
