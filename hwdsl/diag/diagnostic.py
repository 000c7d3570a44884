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


_UNKNOWN = frozenset(("HW1001", "HW1008", "HW1009", "HW2001"))
"""Reports that a name is unknown: where a file could not be read in full, its declaration may be what is missing."""


class Diagnostics:
    """Collector: keeps the order of reports, drops exact repeats (same code, place and message) and consequences of what could
    not be read (see `unreadable`)."""

    __slots__ = ("_items", "_seen", "_unreadable")

    def __init__(self) -> None:
        self._items: list[Diagnostic] = []
        self._seen: set[tuple[str, Span, str]] = set()
        self._unreadable: dict[str, tuple[tuple[Span, ...], frozenset[str]]] = {}

    def unreadable(self, file: str, statements: tuple[Span, ...], words: frozenset[str]) -> None:
        """Mistakes of form were reported in these statements of `file`, which hold `words`. Later reports inside them are taken
        for consequences; so are those of unknown names in the file, if the name is one of the words or has no better guess."""
        self._unreadable[file] = statements, words

    def forget(self, file: str) -> None:
        """The text of `file` has changed: what was reported about it has no place any more, and may be reported again."""
        self._items = [d for d in self._items if d.span.file != file]
        self._seen = {key for key in self._seen if key[1].file != file}

    def _is_consequence(self, d: Diagnostic) -> bool:
        statements, words = self._unreadable.get(d.span.file, ((), frozenset()))
        if not statements:
            return False
        if d.code in _UNKNOWN and (not d.help.startswith("did you mean") or not words.isdisjoint(d.message.split("`")[1::2])):
            return True
        return any(s.start <= d.span.start < s.end for s in statements)

    def add(self, diagnostic: Diagnostic) -> None:
        """Report `diagnostic` unless the same was reported before."""
        if self._unreadable and self._is_consequence(diagnostic):
            return
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
