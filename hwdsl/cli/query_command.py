"""`hwc query`: ask a design questions."""

from __future__ import annotations

import click

from hwdsl.cli.console import Console
from hwdsl.cli.options import FILE, design_options, output_options


@click.command(name="query", epilog="Example: hwc query examples/nvl72.hw 'count(B200)' 'bisection(B200, plane = nvlink)'")
@click.argument("file", type=FILE)
@click.argument("expressions", nargs=-1, required=True, metavar="EXPR...")
@click.option("--json", "as_json", is_flag=True, help="The same as `--format json`.")
@design_options
@output_options
def command(file: str, expressions: tuple[str, ...], as_json: bool, memory: int, mode: str | None,
            parameters: dict[str, str], form: str, color: str) -> int:
    """Ask the design in FILE each EXPR, an expression of the language, and print the values with their units.

    The functions are those of assertions: count, sum, min, max, avg, power, price, mass, links, lanes, cables, rate, bisection,
    diameter, mean_hops, oversubscription, ... One EXPR prints its value alone; several print `EXPR = value`, a line each. JSON
    also says at which level of the model each was answered. When the design has errors, the exit code is 1.
    """
    from hwdsl.api import Session
    console = Console("json" if as_json else form, color)
    session = Session(progress=console.progress, memory_budget=memory)
    design = session.open(file, parameters=parameters, mode=mode)
    answers: list[dict[str, object]] = []
    for text in expressions if design is not None else ():
        assert design is not None
        result = design.query(text)
        if result is not None:
            answers.append({"query": text, "text": result.text, "value": result.json, "level": result.level})
            console.say(result.text if len(expressions) == 1 else f"{text} = {result.text}")
    items = [d for d in session.diagnostics.items if d.severity != "note"]  # undecided checks are told by `hwc check`
    console.findings(items, session.sources)
    failed = session.diagnostics.has_errors or len(answers) < len(expressions)
    content: dict[str, object] = {"command": "query", "ok": not failed, "results": answers}
    if design is not None:
        content |= {"design": design.name, "parameters": dict(design.parameters), "mode": mode}
    console.document(content, items, session.sources)
    return 1 if failed else 0
