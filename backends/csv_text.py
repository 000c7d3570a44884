"""CSV cells as RFC 4180 has them, safe in a spreadsheet: a text that would be read as a formula is led by an apostrophe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: str | int) -> str:
    """One cell, quoted where it must be. Numbers are given as int, or as text through `number`."""
    if isinstance(value, int):
        return str(value)
    if value.startswith(_FORMULA) and not _is_number(value):
        value = "'" + value
    if any(c in value for c in ',"\n\r'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _is_number(text: str) -> bool:
    """Whether a text is a plain decimal number ("-12.5", "1e-6"): what a spreadsheet may read as one."""
    body = text[1:] if text[:1] == "-" else text
    head, _, tail = body.partition("e")
    whole, _, part = head.partition(".")
    return (whole.isdecimal() and whole.isascii() and (part.isdecimal() or not part) and "." not in part
            and (not tail or tail.lstrip("-").isdecimal()) and not body.endswith((".", "e")))


def row(cells: Iterable[str | int]) -> str:
    """One line with its line end."""
    return ",".join(cell(c) for c in cells) + "\n"


def some(texts: Sequence[str], most: int = 3) -> str:
    """The first few of a list of texts, and how many more there are."""
    shown = "; ".join(texts[:most])
    return f"{shown}; and {len(texts) - most} more" if len(texts) > most else shown
