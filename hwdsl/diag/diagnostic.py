"""What the compiler has to say to its user."""

from __future__ import annotations

from hwdsl.node import Record
from hwdsl.source.span import NO_SPAN, Span


class Label(Record):
    """A secondary place: `text` says what is there ("first use")."""

    span: Span
    text: str


class Diagnostic(Record):
    """One mistake, reported once.

    code      stable, `HW` and four digits; `hwc explain CODE` prints its page
    severity  "error", "warning" or "note"
    message   one line: what is wrong, with the value and its unit
    span      the primary place, `NO_SPAN` where there is none (command line, file system)
    label     words at the primary place ("second use, at t = 4, g = 1"), may be empty
    related   secondary places
    notes     facts: instance path, provenance, computed operands
    help      one thing to try, may be empty
    path      instance path in the design ("superpod.pod[0]"), may be empty
    """

    code: str
    severity: str
    message: str
    span: Span = NO_SPAN
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    path: str = ""


class Diagnostics:
    """Collector: keeps the order of reports, drops exact repeats (same code, place and message)."""

    __slots__ = ("_items", "_seen")

    def __init__(self) -> None:
        self._items: list[Diagnostic] = []
        self._seen: set[tuple[str, Span, str]] = set()

    def add(self, diagnostic: Diagnostic) -> None:
        """Report `diagnostic` unless the same was reported before."""
        where = diagnostic.message if diagnostic.span == NO_SPAN else ""
        key = (diagnostic.code, diagnostic.span, where)
        if key not in self._seen:
            self._seen.add(key)
            self._items.append(diagnostic)

    def extend(self, diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> None:
        """Report each of `diagnostics`."""
        for d in diagnostics:
            self.add(d)

    def error(self, code: str, message: str, span: Span = NO_SPAN, *, label: str = "", related: tuple[Label, ...] = (),
              notes: tuple[str, ...] = (), help: str = "", path: str = "") -> None:
        """Report an error."""
        self.add(Diagnostic(code, "error", message, span, label, related, notes, help, path))

    def warning(self, code: str, message: str, span: Span = NO_SPAN, *, label: str = "", related: tuple[Label, ...] = (),
                notes: tuple[str, ...] = (), help: str = "", path: str = "") -> None:
        """Report a warning."""
        self.add(Diagnostic(code, "warning", message, span, label, related, notes, help, path))

    @property
    def items(self) -> tuple[Diagnostic, ...]:
        """All reports, in the order they were made."""
        return tuple(self._items)

    @property
    def has_errors(self) -> bool:
        """Whether any report is an error."""
        return any(d.severity == "error" for d in self._items)
