"""`hwc doc`: pages made from designs and from the standard library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from hwdsl.cli.console import Console, plural
from hwdsl.cli.options import FILE, memory_option, output_options

if TYPE_CHECKING:
    from hwdsl.api import Session
    from hwdsl.backends.claims import Unchecked

_FIELDS = {"number": int, "article": str, "says": str, "why": str}


@click.group(name="doc", epilog="Example: hwc doc std -o library.html", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Make a page from designs or from the standard library."""


def _unchecked(ctx: click.Context, option: click.Parameter, path: str | None) -> tuple[Unchecked, ...]:
    """The list of claims that no design can check, from a JSON file."""
    import json

    from hwdsl.backends.claims import Unchecked
    if path is None:
        return ()
    try:
        with open(path, encoding="utf-8") as stream:
            rows: Any = json.load(stream)
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"`{path}` cannot be read as JSON: {error}", ctx, option) from None
    good = isinstance(rows, list) and all(
        isinstance(r, dict) and set(r) == set(_FIELDS) and all(type(r[n]) is kind for n, kind in _FIELDS.items()) for r in rows)
    if not good:
        raise click.BadParameter(f"`{path}` must be a list of objects with " + ", ".join(f"`{n}`" for n in _FIELDS), ctx, option)
    return tuple(Unchecked(**r) for r in rows)


@command.command(name="claims", short_help="The published claims that designs check, in Markdown.",
                 epilog="Example: hwc doc claims examples -o docs/claims.md")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--output", "output", metavar="PATH", type=click.Path(), help="Write the page there instead of to stdout.")
@click.option("--unchecked", metavar="PATH", type=click.Path(), callback=_unchecked,
              help="JSON list of the claims that no design can check: number, article, says, why.")
@memory_option
@output_options
def claims(files: tuple[str, ...], output: str | None, unchecked: tuple[Unchecked, ...], memory: int, form: str,
           color: str) -> int:
    """The published claims that the designs in FILE... check (`@claim`), as a Markdown page: what was printed, what is computed,
    and where. A folder stands for all `.hw` files below it.
    """
    from hwdsl.api import Session
    from hwdsl.backends.claims import entries, page
    from hwdsl.cli.test_command import below
    console = Console(form, color)
    session = Session(progress=console.progress, memory_budget=memory)
    paths = [p for f in files for p in (below(f) if os.path.isdir(f) else [f])]
    results = [r for path in dict.fromkeys(paths) if _has_claims(path) for r in session.test(path)]
    found = entries(results, session.sources, session.diagnostics)
    twice = sorted({u.number for u in unchecked} & {e.claim.number for e in found})
    if twice:
        raise click.UsageError(f"claim {twice[0]} is checked by a design and listed as one that none can check")
    shown = " ".join(["hwc doc claims", *files])
    text = page(found, unchecked, os.path.dirname(output or ""), shown)
    _deliver(console, session, output, text, f"{plural(len(found), 'claim')} checked, {len(unchecked)} not checkable")
    reports = [d for d in session.diagnostics.items if d.severity == "error"]
    console.findings(reports, session.sources)
    failed = bool(reports) or any(x.outcome in ("failed", "broken") for e in found for x in e.evidence)
    console.document({"command": "doc claims", "ok": not failed, "output": output, "claims": [
        {"number": e.claim.number, "verdict": e.claim.verdict,
         "computed": [v for x in e.evidence for v in x.computed]} for e in found]}, reports, session.sources)
    return 1 if failed else 0


@command.command(name="std", short_help="The standard library, on one offline HTML page.",
                 epilog="Example: hwc doc std -o library.html")
@click.option("-o", "--output", "output", metavar="PATH", type=click.Path(), help="Write the page there instead of to stdout.")
@output_options
def std(output: str | None, form: str, color: str) -> int:
    """The standard library as one HTML page that works offline: every component, link, medium and pattern, every figure with its
    source, and a search box.
    """
    from hwdsl.api import Session, library_dir
    from hwdsl.backends.catalogue import library_files, page
    console = Console(form, color)
    session = Session(progress=console.progress)
    html, totals = page(session, library_files(library_dir(), "std"), "Standard library")
    _deliver(console, session, output, html, f"{totals.packages} packages, {totals.entries} entries, {totals.figures} figures")
    found = [d for d in session.diagnostics.items if d.severity == "error"]
    console.findings(found, session.sources)
    console.document({"command": "doc std", "ok": not found, "output": output,
                      **{n: getattr(totals, n) for n in type(totals)._fields}}, found, session.sources)
    return 1 if found else 0


def _has_claims(path: str) -> bool:
    """Whether it is worth running the tests of a file: its text has a claim, or it cannot be read and running says why."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return "@claim" in stream.read()
    except OSError:
        return True


def _deliver(console: Console, session: Session, output: str | None, text: str, told: str) -> None:
    """Write a page to its place, or say it."""
    from hwdsl.sink import Refused, Sink
    if output is None:
        console.say(text.rstrip("\n"))
        return
    folder, name = os.path.split(output)
    if not name or os.path.isdir(output):
        session.diagnostics.error("HW0022", f"cannot write the page `{output}`: it is a directory", help="name a file")
        return
    try:
        with Sink(folder or ".", session.diagnostics) as sink:
            sink.text(name, text)
            sink.commit()
    except Refused:
        return
    console.say(f"{output}: {told}")
