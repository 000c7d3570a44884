"""Where a command's words go: answers to stdout, diagnostics and progress to stderr, or one JSON document to stdout."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hwdsl.diag import Diagnostic
    from hwdsl.source import SourceText

_PATIENCE = 0.5
"""Seconds before progress is shown at all, so that short work does not flicker."""
_PERIOD = 0.1


class Console:
    """The output of one command: `form` is "text" or "json", `color` "auto", "always" or "never"."""

    def __init__(self, form: str, color: str) -> None:
        self.json = form == "json"
        self.color = color == "always" or (color == "auto" and _wants_color())
        self._live = _is_terminal() and not self.json
        self._start = time.monotonic()
        self._last = 0.0
        self._shown = False

    # ---------------------------------------------------------------- progress
    def progress(self, message: str) -> None:
        """Show what is being done, on a terminal only, in place of the last such line."""
        now = time.monotonic()
        if not self._live or now - self._start < _PATIENCE or now - self._last < _PERIOD:
            return
        self._last = now
        self._shown = True
        width = _terminal_width()
        print(f"\r\x1b[2K{message[:width - 1]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the progress line away."""
        if self._shown:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._shown = False

    # ---------------------------------------------------------------- words
    def findings(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]) -> None:
        """Render diagnostics to stderr (with JSON they are part of the document: see `document`)."""
        self.clear()
        items = list(diagnostics)
        if items and not self.json:
            from hwdsl.diag.render import render_text
            sys.stdout.flush()
            width = _terminal_width() if sys.stderr.isatty() else 120
            print(render_text(items, sources, color=self.color, width=width), file=sys.stderr, end="")

    def say(self, text: str) -> None:
        """One line of the answer, on stdout; nothing with JSON."""
        self.clear()
        if not self.json:
            print(text)

    def aside(self, text: str) -> None:
        """A line about the work itself, on stderr; nothing with JSON."""
        self.clear()
        if not self.json:
            print(text, file=sys.stderr)

    def document(self, content: Mapping[str, Any], diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]) -> None:
        """With JSON: print the whole answer as one document, diagnostics included."""
        self.clear()
        if self.json:
            import json

            from hwdsl.diag.render import to_json
            whole = {"version": 1, **content, "diagnostics": [to_json(d, sources) for d in diagnostics]}
            print(json.dumps(whole, indent=2, ensure_ascii=False))


def timings(pass_times: Iterable[tuple[str, float]]) -> str:
    """A table of passes and the milliseconds they took, with their sum."""
    rows = list(pass_times)
    total = sum(seconds for _, seconds in rows)
    width = max([len(name) for name, _ in rows] + [5])
    lines = [f"  {name:<{width}}  {seconds * 1e3:9.1f} ms" for name, seconds in rows]
    return "\n".join(["time by pass:", *lines, f"  {'total':<{width}}  {total * 1e3:9.1f} ms"])


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _wants_color() -> bool:
    return _is_terminal() and not os.environ.get("NO_COLOR")


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80
