"""Tokens of a text.

One regular expression, put together from the grammar's terminals, cuts the text. What a word is depends on its spelling only;
the one contextual decision, that a soft word is a NAME where its own terminal is not legal, is left to the machine, which knows
the state.

Tokens are four parallel lists (kind, start, end, text): an object per token would cost more than parsing it. They are made in
batches on demand, so that a file of noise is given up before it is cut to its end. The last token of a text is `$END`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice

from hwdsl.syntax.tables import Tables

BATCH = 4096
END = "$END"
BAD_NUMBER = "BAD_NUMBER"
BAD_STRING = "BAD_STRING"
STRAY = "STRAY"
_DOC = "DOC"


def token_pattern(tables: Tables) -> re.Pattern[str]:
    """The regular expression of one token with the trivia before it; the group that matched is named by the token's class."""
    signs = sorted((s for s in tables.spelled if not s[0].isalpha()), key=lambda s: (-len(s), s))
    plain = {name: re.sub(r"\((?!\?)", "(?:", pattern) for name, pattern in tables.patterns.items()}
    groups = (
        ("SPELLED", "[A-Za-z_][A-Za-z0-9_]*+|(?!//)(?:" + "|".join(re.escape(s) for s in signs) + ")"),
        ("QUANTITY", plain["QUANTITY"]),
        ("NUMBER", plain["NUMBER"]),
        ("STRING", plain["STRING"]),
        (_DOC, r"//[/!][^\n]*+"),
        ("MONEY", plain["MONEY"]),
        (BAD_NUMBER, r"\$?[0-9][A-Za-z0-9_]*+(?:\.[0-9][A-Za-z0-9_]*+)*+"),
        (BAD_STRING, r""""(?:[^\n]*[^\s;,)\]}])?|'[^'\n]*'|[“”„«][^“”»"\n]*[“”»"]"""),
        (STRAY, r"[^\x00-\x7f]++|&&|\|\||."),
        (END, r"\Z"),
    )
    body = "|".join(f"(?P<{name.replace('$', '')}>{pattern})" for name, pattern in groups)
    return re.compile(r"(?:[ \t\r\n\f\ufeff]++|//(?!/(?!/)|!)[^\n]*+)*+(?:" + body + ")")


class Tokens:
    """The tokens of `text`, made in batches: `fill()` appends the next one to the four lists.

    `docs` maps the start of a token to the `///` text that stands before it; `file_doc` is the `//!` text before the first token.
    """

    __slots__ = ("_matches", "_names", "_pattern", "_pending", "_spelled", "_text", "docs", "done", "ends", "file_doc", "kinds",
                 "starts", "texts")

    def __init__(self, text: str, tables: Tables, pattern: re.Pattern[str]) -> None:
        self._text = text
        self._spelled = tables.spelled
        self._pattern = pattern
        self._matches = pattern.finditer(text)
        self._names = {i: ("$END" if name == "END" else name) for name, i in pattern.groupindex.items()}
        self._pending: list[str] = []
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.texts: list[str] = []
        self.docs: dict[int, str] = {}
        self.file_doc = ""
        self.done = False

    def fill(self) -> None:
        """Append up to `BATCH` further tokens; sets `done` when the last was `$END`."""
        kinds, starts, ends, texts = self.kinds, self.starts, self.ends, self.texts
        spelled = self._spelled
        for match in islice(self._matches, BATCH):
            group = match.lastindex
            text = match[group]  # type: ignore[index]
            if group == 1:
                kind = spelled.get(text, "NAME")
            else:
                kind = self._names[group]  # type: ignore[index]
                if kind == _DOC:
                    self._doc(text, match.start(group))  # type: ignore[arg-type]
                    continue
            start = match.start(group)  # type: ignore[arg-type]
            if self._pending:
                self.docs[start] = "\n".join(self._pending)
                self._pending.clear()
            kinds.append(kind)
            starts.append(start)
            ends.append(match.end())
            texts.append(text)
            if kind == END:
                self.done = True
                return

    def have(self, at: int) -> int:
        """`at`, or the index of `$END` if the text has fewer tokens; the tokens up to there are made."""
        while at >= len(self.kinds) and not self.done:
            self.fill()
        return min(at, len(self.kinds) - 1)

    def insert(self, at: int, kind: str, text: str, start: int, end: int) -> None:
        """Put a token before token `at`."""
        self.kinds.insert(at, kind)
        self.texts.insert(at, text)
        self.starts.insert(at, start)
        self.ends.insert(at, end)

    def remove(self, at: int) -> None:
        """Take out token `at`."""
        del self.kinds[at], self.texts[at], self.starts[at], self.ends[at]

    def cut_short(self, at: int) -> None:
        """Let the text end before token `at`."""
        start = self.starts[at]
        del self.kinds[at:], self.texts[at:], self.starts[at:], self.ends[at:]
        self.insert(at, END, "", start, start)
        self._matches = iter(())
        self.done = True

    def close(self, closers: list[tuple[int, int]]) -> None:
        """Put a `}` at each offset of `closers` (in text order), for a text known to lack them."""
        while not self.done:
            self.fill()
        at = 0
        for offset, _ in closers:
            at = bisect_left(self.starts, offset, at)
            where = self.ends[at - 1] if at else 0
            self.insert(at, "RBRACE", "}", where, where)
            at += 1

    def begins_line(self, at: int) -> bool:
        """Whether token `at` is the first on its line."""
        return at == 0 or "\n" in self._text[self.ends[at - 1]:self.starts[at]]

    def column(self, at: int) -> int:
        """Characters left of token `at` on its line."""
        return self.starts[at] - self._text.rfind("\n", 0, self.starts[at]) - 1

    def reread(self, at: int, start: int, end: int) -> None:
        """Put the tokens of the text `start..end` before token `at`."""
        for match in self._pattern.finditer(self._text, start, end):
            group = match.lastindex or 0
            kind = self._spelled.get(match[group], "NAME") if group == 1 else self._names[group]
            if kind == END:
                return
            self.insert(at, kind, match[group], match.start(group), match.end())
            at += 1

    def _doc(self, text: str, start: int) -> None:
        """Keep a doc comment for the next token; one that stands right of another token documents nothing."""
        body = text[4:] if text[3:4] == " " else text[3:]
        if text.startswith("//!"):
            if not self.kinds:
                self.file_doc = f"{self.file_doc}\n{body}" if self.file_doc else body
        elif not self.kinds or "\n" in self._text[self.ends[-1]:start]:
            self._pending.append(body.rstrip())
