"""Tokens of a text.

One regular expression, put together from the grammar's terminals, cuts the text. What a word is depends on its spelling only; the
one contextual decision, that a soft word is a NAME where its own terminal is not legal, is left to the machine that knows the state.

Tokens are four parallel lists (kind, start, end, text): an object per token would cost more than parsing it. They are made in
batches on demand, so that a file of noise is given up before it is cut to its end. The last token of a text is `$END`.
"""

from __future__ import annotations

import re
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
        (BAD_STRING, r'"(?:[^\n]*[^\s;,)\]}])?'),
        (STRAY, r"[^\x00-\x7f]++|."),
        (END, r"\Z"),
    )
    body = "|".join(f"(?P<{name.replace('$', '')}>{pattern})" for name, pattern in groups)
    return re.compile(r"(?:[ \t\r\n\f\ufeff]++|//(?!/(?!/)|!)[^\n]*+)*+(?:" + body + ")")


class Tokens:
    """The tokens of `text`, made in batches: `fill()` appends the next one to the four lists.

    `docs` maps the start of a token to the `///` text that stands before it; `file_doc` is the `//!` text before the first token.
    """

    __slots__ = ("_matches", "_names", "_pending", "_spelled", "_text", "docs", "done", "ends", "file_doc", "kinds", "starts", "texts")

    def __init__(self, text: str, tables: Tables, pattern: re.Pattern[str]) -> None:
        self._text = text
        self._spelled = tables.spelled
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

    def _doc(self, text: str, start: int) -> None:
        """Keep a doc comment for the next token; one that stands right of another token documents nothing."""
        body = text[4:] if text[3:4] == " " else text[3:]
        if text.startswith("//!"):
            if not self.kinds:
                self.file_doc = f"{self.file_doc}\n{body}" if self.file_doc else body
        elif not self.kinds or "\n" in self._text[self.ends[-1]:start]:
            self._pending.append(body.rstrip())
