"""The command group, and the one place where exceptions become exit codes."""

from __future__ import annotations

import os
import sys

import click

from hwdsl import __version__

OK, FINDINGS, USAGE, INTERNAL, BROKEN_PIPE = 0, 1, 2, 3, 141

COMMANDS: dict[str, str] = {
    "compile": "Turn a design into its artefacts: BOM, cables, drawings, bounds, report.",
    "check": "Look for mistakes, from syntax to assertions; write nothing.",
    "query": "Ask a design questions: counts, rates, power, bisection, ...",
    "perf": "Predict times of collectives and other traffic on a design's networks.",
    "compare": "Put designs, or modes of a design, side by side.",
    "test": "Run the assertions and test blocks of designs.",
    "doc": "Make a page: the standard library, or the published claims that designs check.",
    "explain": "Say what a diagnostic code means and how to mend it.",
    "completion": "Print the completion script for a shell.",
}
"""Command -> its line in `hwc --help`; the command itself is `command` in `hwdsl.cli.<name>_command`, imported when needed."""


class LazyGroup(click.Group):
    """Lists its commands from a table and imports a command's file only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module
        command = import_module(f"hwdsl.cli.{cmd_name}_command").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command `args` begin with; an unknown one is a usage error that suggests the nearest."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches
            near = get_close_matches(args[0], COMMANDS, 1, 0.5)
            file = os.path.exists(args[0]) or args[0].endswith(".hw")
            hint = f" Did you mean `hwc check {args[0]}`?" if file else f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"No such command `{args[0]}`.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: hwc compile examples/nvl72.hw -o out\n\n"
           "Exit codes: 0 all is well, 1 findings, 2 wrong usage, 3 an internal error, 130 interrupted.\n\n"
           "Environment: NO_COLOR switches colours off, HWC_TRACEBACK=1 prints the Python trace of an internal error.",
)
@click.version_option(__version__, "--version", prog_name="hwc", message="%(prog)s %(version)s")
def group() -> None:
    """Compile hardware designs: one `.hw` file in; a checked model, counts, a bill of materials, a cable schedule, drawings and
    performance bounds out.

    `hwc COMMAND --help` tells more about a command.
    """


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; see `hwdsl.cli` for their meaning."""
    try:
        if "_HWC_COMPLETE" in os.environ:
            group.main(arguments, prog_name="hwc", standalone_mode=True)
        with group.make_context("hwc", arguments, terminal_width=_help_width()) as context:
            code = group.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else OK
    except click.exceptions.Exit as e:
        return e.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as e:
        e.show()
        return USAGE
    except BrokenPipeError:
        _silence_stdout()
        return BROKEN_PIPE
    except Exception as e:
        from hwdsl.cli.crash import report
        report(e, arguments)
        return INTERNAL


def _help_width() -> int:
    """Columns for help texts. Click would find out itself, at the cost of importing shutil and three compression libraries."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        columns = 80
    return max(50, min(columns, 100) - 2)


def _silence_stdout() -> None:
    """The reader of our output has gone: let Python's flush at exit go nowhere."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
