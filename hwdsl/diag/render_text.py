"""Diagnostics for a reader at a terminal.

```
error[HW3002]: port `fabric[3].chip[1].port[17]` is connected twice
  --> designs/pod.hw:41:42
   |
41 |     connect compute[t].gpu[g].nvl[p] <-> fabric[p / 2].chip[p % 2].port[4 * t + g]
   |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ second use, at t = 4
33 |     connect mgmt.p[0] <-> fabric[3].chip[1].port[17];
   |                           -------------------------- first use
   = note: in `pod[0]`
   = help: `hwc explain HW3002`

1 error
```

The primary place comes first, marked with carets; secondary places follow in the order they were reported, marked with dashes,
places in another file under a line `::: file:line:column`. Of a span over several lines the first and the last are shown. Colour
is ANSI and only on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.diag.snippet import View, clean, column, show, view
from hwdsl.node import Record
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.source.text import SourceText

_SEVERITY = {"error": "1;31", "warning": "1;33", "note": "1;36"}
_FRAME = "1;34"
_STRONG = "1"


class _Mark(Record):
    """One underlined stretch of one line; `label` stands after it, `elided` lines were left out before it."""

    line: int
    start: int
    end: int
    sign: str
    label: str
    elided: bool = False


class _Style:
    """Paints text, or leaves it alone."""

    def __init__(self, color: bool, severity: str) -> None:
        self.color = color
        self.severity = _SEVERITY.get(severity, _STRONG)

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText], color: bool = False,
                width: int = 120) -> str:
    """All `diagnostics`, one block each, and a last line that counts them; "" when there are none.

    `sources` gives the texts by display path; a file that is not there is named without its line. `width` is that of the
    terminal, in columns: longer source lines are shown in part.
    """
    items = list(diagnostics)
    if not items:
        return ""
    blocks = [_block(d, sources, _Style(color, d.severity), width) for d in items]
    return "\n".join([*blocks, summary(items)]) + "\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; "" for none."""
    found = [d.severity for d in diagnostics]
    counts = [(found.count(word), word) for word in _SEVERITY]
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)


def _block(d: Diagnostic, sources: Mapping[str, SourceText], style: _Style, width: int) -> str:
    code = f"[{d.code}]" if d.code else ""
    lines = [style(d.severity + code, style.severity) + style(": " + _inline(d.message, 2), _STRONG)]
    places = [(d.span, d.label, "^")] if d.span != NO_SPAN else []
    places += [(r.span, r.text, "-") for r in d.related if r.span != NO_SPAN]
    gutter = _gutter(places, sources)
    page = _Page(gutter, style, max(width - gutter - 3, 20))
    for span, label, sign in places:
        page.place(span, label, sign, sources.get(span.file))
    lines += page.lines
    pad = " " * gutter
    facts = [f"in `{d.path}`"] if d.path else []
    facts += [r.text for r in d.related if r.span == NO_SPAN]
    for fact in [*facts, *d.notes]:
        lines.append(f"{pad} {style('=', _FRAME)} {style('note', _STRONG)}: {_inline(fact, gutter + 9)}")
    advice = d.help or (f"`hwc explain {d.code}`" if d.code else "")
    if advice:
        lines.append(f"{pad} {style('=', _FRAME)} {style('help', _STRONG)}: {_inline(advice, gutter + 9)}")
    return "\n".join(lines) + "\n"


def _inline(text: str, indent: int) -> str:
    return clean(text).rstrip().replace("\t", " ").replace("\n", "\n" + " " * indent)


def _gutter(places: list[tuple[Span, str, str]], sources: Mapping[str, SourceText]) -> int:
    """Columns of the longest line number of the block."""
    last = [sources[s.file].line_column(max(s.end, s.start))[0] for s, _, _ in places if s.file in sources]
    return max((len(str(n)) for n in last), default=1)


class _Page:
    """The snippets of one diagnostic, built place by place."""

    def __init__(self, gutter: int, style: _Style, room: int) -> None:
        self.lines: list[str] = []
        self.style = style
        self.pad = " " * gutter
        self.room = room
        self.bar = style("|", _FRAME)
        self.file = ""
        self.last: tuple[int, View] | None = None

    def place(self, span: Span, label: str, sign: str, source: SourceText | None) -> None:
        """Add one place; a header only when the file changes."""
        arrow = self.style("-->" if sign == "^" else ":::", _FRAME)
        if source is None:
            words = f" ({_inline(label, 0)})" if label else ""
            self.lines.append(f"{self.pad}{arrow} {clean(span.file)}{words}")
            self.file = ""
            return
        if span.file != self.file:
            line, col = source.line_column(span.start)
            self.lines += [f"{self.pad}{arrow} {clean(span.file)}:{line}:{col}", f"{self.pad} {self.bar}"]
            self.file, self.last = span.file, None
        for mark in _marks(span, label, sign, source):
            self._mark(mark, source)

    def _mark(self, mark: _Mark, source: SourceText) -> None:
        if mark.elided:
            self.lines.append(self.style("...", _FRAME))
        shown = show(source.line(mark.line))
        start, end = column(shown, mark.start), column(shown, mark.end)
        if self.last and self.last[0] == mark.line and self.last[1].left <= start and end <= self.last[1].right:
            part = self.last[1]  # the line was just printed
        else:
            part = view(shown, start, end, self.room)
            number = self.style(f"{mark.line:>{len(self.pad)}} |", _FRAME)
            self.lines.append(f"{number} {part.text}".rstrip())
        self.last = (mark.line, part)
        start, end = max(start, part.left), min(end, part.right)
        words = f"{mark.sign * max(end - start, 1)} {_inline(mark.label, 4)}".rstrip()
        paint = self.style.severity if mark.sign == "^" else _FRAME
        self.lines.append(f"{self.pad} {self.bar} {' ' * (start + part.shift)}{self.style(words, paint)}")


def _marks(span: Span, label: str, sign: str, source: SourceText) -> list[_Mark]:
    """One mark for a span inside a line, two (first and last line) for a longer one."""
    first, start = source.line_column(span.start)
    last, end = source.line_column(max(span.end, span.start))
    if last > first and end == 1:  # the line end belongs to the line it ends
        last -= 1
        end = len(source.line(last)) + 1
    if last == first:
        return [_Mark(first, start - 1, end - 1, sign, label)]
    text = source.line(last)
    indent = min(len(text) - len(text.lstrip()), end - 1)
    return [_Mark(first, start - 1, max(len(source.line(first).rstrip()), start), sign, ""),
            _Mark(last, indent, end - 1, sign, label, last > first + 1)]
