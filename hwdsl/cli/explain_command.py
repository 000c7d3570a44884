"""`hwc explain`: what a diagnostic code means."""

from __future__ import annotations

import click

from hwdsl.cli.console import Console
from hwdsl.cli.options import output_options


def _normal(code: str) -> str:
    """`HW4012` for `hw4012` and `4012`."""
    code = code.strip().upper()
    return "HW" + code if code.isdigit() else code


@click.command(name="explain", epilog="Example: hwc explain HW0001")
@click.argument("code", required=False)
@output_options
@click.pass_context
def command(ctx: click.Context, code: str | None, form: str, color: str) -> int:
    """Say what the diagnostic CODE means: why it is reported, an example, and how to mend it. Without CODE: list all codes."""
    from hwdsl.diag.pages import page, titles
    console = Console(form, color)
    known = titles()
    if code is None:
        for name, title in sorted(known.items()):
            console.say(f"{name}  {title}")
        console.document({"command": "explain", "codes": dict(sorted(known.items()))}, (), {})
        return 0
    code = _normal(code)
    if code not in known:
        from difflib import get_close_matches
        near = get_close_matches(code, known, 3, 0.7)
        hint = f" Near it: {', '.join(near)}." if near else ""
        raise click.BadParameter(f"there is no code `{code}`.{hint} `hwc explain` lists them all.", ctx, param_hint="CODE")
    text = page(code)
    console.say(text.rstrip("\n"))
    console.document({"command": "explain", "code": code, "title": known[code], "page": text}, (), {})
    return 0
