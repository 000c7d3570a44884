"""Diagnostics for programs: a JSON list, one object for each report, in the order of the reports.

Keys of an object, all always present:

code        "HW3002"
severity    "error", "warning" or "note"
message     one line
file        display path as the user gave it, null when the report stands in no file
line, column, end_line, end_column
            1-based, columns in characters, the end exclusive; null when there is no file or its text is not at hand
label       words at the place, may be ""
related     list of objects with `text` and the six keys of a place above
notes       list of strings
help        one thing to try, may be ""
path        instance path in the design, may be ""
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.source.text import SourceText

Json = dict[str, object]


def render_json(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]) -> str:
    """All `diagnostics` as one JSON document with a line end."""
    import json

    return json.dumps([to_json(d, sources) for d in diagnostics], indent=2, ensure_ascii=False) + "\n"


def to_json(d: Diagnostic, sources: Mapping[str, SourceText]) -> Json:
    """One diagnostic as an object ready for `json.dumps`."""
    return {
        "code": d.code, "severity": d.severity, "message": d.message, **_place(d.span, sources), "label": d.label,
        "related": [{**_place(r.span, sources), "text": r.text} for r in d.related],
        "notes": list(d.notes), "help": d.help, "path": d.path,
    }


def _place(span: Span, sources: Mapping[str, SourceText]) -> Json:
    source = sources.get(span.file)
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    if source is not None and span != NO_SPAN:
        line, column = source.line_column(span.start)
        end_line, end_column = source.line_column(max(span.end, span.start))
    return {"file": span.file if span != NO_SPAN else None, "line": line, "column": column, "end_line": end_line,
            "end_column": end_column}
