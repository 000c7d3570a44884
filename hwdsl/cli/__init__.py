"""The command line `hwc`: one file per command, each imported when it is called.

Exit codes: 0 all is well, 1 findings (errors in a design, a failed test, artefacts that differ), 2 wrong usage, 3 an internal
error, 130 interrupted. Answers go to stdout, diagnostics and progress to stderr; with `--format json` everything is one document
on stdout.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `hwc` on `arguments` (those of the process by default); returns the exit code."""
    import sys
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        from hwdsl.cli.app import run
        return run(list(arguments))
    except KeyboardInterrupt:
        print("\nhwc: interrupted", file=sys.stderr)
        return 130
