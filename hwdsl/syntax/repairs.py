"""Local repairs: the smallest change of the tokens after which the machine can go on.

Each repair is a method that looks at the token on which the machine is stuck, and either explains the mistake, mends the tokens
and returns True, or changes nothing and returns False. Nothing is put in or exchanged unless the machine confirms that the token
and, where one token proves little, its successor fit afterwards; so every repair consumes a token and parsing stays linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from hwdsl.diag.diagnostic import Diagnostic, Label
from hwdsl.source.span import Span
from hwdsl.source.text import SourceText
from hwdsl.syntax import wording
from hwdsl.syntax.lexer import BAD_NUMBER, BAD_STRING, END, STRAY, Tokens
from hwdsl.syntax.machine import Machine
from hwdsl.syntax.tables import Tables

_NUMBER = re.compile(r"\$?[0-9][0-9_]*(?:\.[0-9][0-9_]*)?")
_CLOSERS = {"(": ("RPAR", ")"), "[": ("RSQB", "]")}
_OPERANDS = frozenset(("NAME", "NUMBER", "QUANTITY", "RPAR", "RSQB"))
_SWAPS = (
    ("COLON", "ASSIGN", "a value is given with `=`; `:` comes before a type"),
    ("ASSIGN", "COLON", "`:` comes before a type; a value is given with `=`"),
    ("ASSIGN", "COMPARE", "`=` gives a value, `==` compares"),
    ("COMPARE", "ASSIGN", "`==` compares, `=` gives a value"),
    ("ASSIGN", "IN", "a `for` variable ranges: `for i in 0..4`"),
    ("COLON", "ONEWAY", "the type of a function's result stands behind `->`"),
    ("BOTHWAYS", "ONEWAY", "the type of a function's result stands behind `->`"),
    ("RSQB", "RPAR", ""), ("RPAR", "RSQB", ""), ("RBRACE", "RPAR", ""), ("RBRACE", "RSQB", ""),
    ("COMMA", "SEMI", "a statement ends with `;`"),
    ("COLON", "SEMI", "a statement ends with `;`"),
    ("SEMI", "COMMA", "inside brackets `,` separates"),
)
_CONNECTIVES = ("COMMA", "COLON", "ASSIGN", "IN", "BOTHWAYS", "ON", "ALONG", "THEN")
_TYPOGRAPHY = {"−": "MINUS", "–": "MINUS", "×": "STAR", "·": "STAR", "÷": "DIVIDE", "→": "ONEWAY", "↔": "BOTHWAYS", "…": "RANGE",
               "±": "PLUSMINUS", "&&": "AND", "&": "AND", "||": "OR", "|": "OR", "!": "NOT",
               "；": "SEMI", "，": "COMMA", "：": "COLON", "（": "LPAR", "）": "RPAR", "＝": "ASSIGN",
               "｛": "LBRACE", "｝": "RBRACE",
               "≤": "COMPARE", "≥": "COMPARE", "≠": "COMPARE"}
_MEANT = {"≤": "<=", "≥": ">=", "≠": "!=", "÷": "/"}


class Repairs:
    """Repairs at the token where `machine` is stuck; what they have to say is in `diagnostics`."""

    def __init__(self, source: SourceText, tables: Tables, machine: Machine) -> None:
        self.source = source
        self.tables = tables
        self.machine = machine
        self.tokens: Tokens = machine.tokens
        self.spelling = {kind: spelling for spelling, kind in sorted(tables.spelled.items(), reverse=True)}
        self.diagnostics: list[Diagnostic] = []
        self.stopped = False  # too many reports: no more of them
        self.silent_at = -1  # a mistake at this token follows from the last one reported

    # ------------------------------------------------------------ what stands there
    def kind(self, ahead: int = 0) -> str:
        """Terminal of the token `ahead` of the one on which the machine is stuck."""
        return self.tokens.kinds[self.tokens.have(self.machine.at + ahead)]

    def behind(self) -> int:
        """Offset just behind the last token read: where something is missing."""
        return self.tokens.ends[self.machine.at - 1] if self.machine.at else 0

    def begins_statement(self) -> bool:
        """Whether the machine stands between two statements."""
        return self.machine.anchor()[0] == len(self.machine.states)

    def first(self) -> int:
        """Index of the first token of the statement that is broken."""
        height, _ = self.machine.anchor()
        if height == 0:
            return 0
        if height == len(self.machine.states):
            return self.machine.at
        return bisect_left(self.tokens.starts, self.machine.starts[height - 1], 0, self.machine.at)

    def openers(self) -> list[tuple[str, int]]:
        """(bracket, offset) of the brackets open in the broken statement, innermost first."""
        machine = self.machine
        height, _ = machine.anchor()
        return [(value, machine.starts[i]) for i, value in reversed(list(enumerate(machine.values)))
                if i >= height - 1 and isinstance(value, str) and value in _CLOSERS]

    # ------------------------------------------------------------ reports
    def report(self, code: str, message: str, start: int, end: int, *, label: str = "", help: str = "",
               related: tuple[Label, ...] = ()) -> None:
        """Report a mistake, unless it is a consequence of the one before."""
        if self.silent_at != self.machine.at and not self.stopped:
            span = Span(self.source.path, start, end)
            self.diagnostics.append(Diagnostic(code, "error", message, span, label, related, (), help))

    def report_token(self, code: str, message: str, *, label: str = "", help: str = "") -> None:
        """Report a mistake at the token on which the machine is stuck."""
        at = self.machine.at
        self.report(code, message, self.tokens.starts[at], self.tokens.ends[at], label=label, help=help)

    def found(self) -> str:
        """The token on which the machine is stuck, in words."""
        return wording.found(self.kind(), self.tokens.texts[self.machine.at])

    def insert(self, *kinds: str) -> None:
        """Put tokens of `kinds` where the machine stands."""
        at, where = self.machine.at, self.behind()
        for i, kind in enumerate(kinds):
            self.tokens.insert(at + i, kind, self.spelling.get(kind, ""), where, where)

    def local(self) -> bool:
        """Try all repairs, the most certain first."""
        return (self.lexical() or self.end_in_body() or self.between_statements() or self.split_quantity() or self.reserved_name()
                or self.comment_in_brackets() or self.incomplete() or self.swapped() or self.index_comma() or self.no_body()
                or self.misspelt_statement() or self.no_connective() or self.no_else() or self.superfluous())

    # ------------------------------------------------------------ tokens that are none
    def lexical(self) -> bool:
        """A number touching a word, a string without end, a character outside the language."""
        at, tokens = self.machine.at, self.tokens
        kind, text = tokens.kinds[at], tokens.texts[at]
        if kind == BAD_NUMBER:
            number = _NUMBER.match(text)
            digits = number[0] if number else "0"
            word = text[len(digits):]
            if word[:1].isalpha() or word[:1] == "_":
                self.report_token("HW0113", f"`{word}` touches the number `{digits}`",
                                  help=f"for a product write `{digits} * {word}`, for a unit `{digits} {word}`")
                tokens.kinds[at] = "MISSING"  # quantity or product: later passes must not complain about a guess
            else:
                self.report_token("HW0113", f"`{text}` is no number", help="a number has one decimal point at most")
                tokens.kinds[at], tokens.texts[at] = "MONEY" if digits.startswith("$") else "NUMBER", digits
        elif kind == BAD_STRING and text.startswith('"'):
            self.report_token("HW0111", "the string is not closed on its line",
                              help='a string ends with `"` on the line it begins on')
            tokens.kinds[at] = "STRING"
        elif kind == BAD_STRING:
            self.report_token("HW0112", f"strings stand in `\"`, not in `{text[0]}`", help=f'write `"{text[1:-1]}"`')
            tokens.kinds[at], tokens.texts[at] = "STRING", f'"{text[1:-1]}"'
        elif kind == STRAY:
            self.stray(at, text)
        else:
            return False
        self.silent_at = at
        return True

    def stray(self, at: int, text: str) -> None:
        """A character no token begins with: read as what it is meant for, or passed over."""
        meant = _TYPOGRAPHY.get(text)
        if meant:
            sign = _MEANT.get(text) or self.spelling[meant]
            self.report_token("HW0112", f"`{text}` is not part of the language", help=f"write `{sign}`")
            self.tokens.kinds[at], self.tokens.texts[at] = meant, sign
            return
        hint = {"'": 'strings stand in `"`', "#": "a comment begins with `//`", "`": 'strings stand in `"`'}.get(text, "")
        if text in "“”„’‘«»":
            hint = 'strings stand in straight quotes `"`'
        shown = text if text.isprintable() else f"U+{ord(text[0]):04X}"
        what = f"characters `{shown[:20]}` are" if len(text) > 1 else f"character `{shown}` is"
        self.report_token("HW0112", f"the {what} not part of the language", help=hint)
        if text == "#":
            while self.tokens.kinds[self.tokens.have(at + 1)] != END and not self.tokens.begins_line(at + 1):
                self.tokens.remove(at + 1)
        self.tokens.remove(at)

    # ------------------------------------------------------------ between statements
    def end_in_body(self) -> bool:
        """The text ends inside a body."""
        if self.kind() != END or not self.machine.fits("RBRACE"):
            return False
        if not self.diagnostics:
            self.report("HW0108", "the text ends inside a body", self.behind(), self.behind(), help="a `}` is missing")
        self.insert("RBRACE")
        return True

    def between_statements(self) -> bool:
        """What can begin no statement: a second `;`, a `}` that closes nothing, a misspelt declaration."""
        if not self.begins_statement():
            return False
        at, kind = self.machine.at, self.kind()
        if kind == "SEMI":
            after_body = at > 0 and self.tokens.kinds[at - 1] == "RBRACE"
            self.report_token("HW0120", "superfluous `;`", help="no `;` after a body in braces" if after_body else "")
        elif kind in ("RBRACE", "RPAR", "RSQB"):
            self.report_token("HW0109", f"{self.found()} closes nothing")
        else:
            return kind == "NAME" and self.kind(1) != "ASSIGN" and self.exchange_word(at, self.kind(1))
        self.tokens.remove(at)
        self.silent_at = at if self.silent_at == at else -1
        return True

    def exchange_word(self, at: int, after: str) -> bool:
        """Read the unknown word `at`, first of a statement, as the statement's word it resembles, if `after` may follow."""
        height, _ = self.machine.anchor()
        words = sorted(w for w, k in self.tables.spelled.items() if w[0].isalpha() and self.machine.fits(k, after, height=height)
                       and (self.machine.fits(k, height=height) and k != "NAME"))
        near = wording.nearest(self.tokens.texts[at], words)
        if not near:
            return False
        self.report("HW0118", f"`{self.tokens.texts[at]}` begins no statement", self.tokens.starts[at], self.tokens.ends[at],
                    help=f"did you mean `{near}`?")
        self.tokens.kinds[at], self.tokens.texts[at] = self.tables.spelled[near], near
        return True

    def misspelt_statement(self) -> bool:
        """`conect a <-> b;`: the name of an attribute that is followed by no `=`."""
        first = self.first()
        if self.machine.at != first + 1 or self.tokens.kinds[first] != "NAME":
            return False
        height, symbol = self.machine.anchor()
        if symbol not in ("member", "members") or not self.exchange_word(first, self.kind()):
            return False
        self.machine.cut(height)
        self.machine.at = first
        return True

    # ------------------------------------------------------------ inside a statement
    def split_quantity(self) -> bool:
        """`a = 8 b = 9;`: where `;` is missing, the next word was taken for a unit."""
        machine, tokens, at = self.machine, self.tokens, self.machine.at
        before = at - 1
        if self.kind() != "ASSIGN" or before < 0 or tokens.kinds[before] != "QUANTITY":
            return False
        if not machine.starts or machine.starts[-1] != tokens.starts[before]:
            return False
        if not machine.fits("NUMBER", "SEMI", "NAME", "ASSIGN", height=len(machine.states) - 1):
            return False
        digits, word = tokens.texts[before].split()
        start, end = tokens.starts[before], tokens.ends[before]
        self.report("HW0102", f"expected `;` after {self.statement()}", start + len(digits), start + len(digits))
        machine.cut(len(machine.states) - 1)
        tokens.kinds[before], tokens.texts[before], tokens.ends[before] = "NUMBER", digits, start + len(digits)
        tokens.insert(at, "NAME", word, end - len(word), end)
        tokens.insert(at, "SEMI", ";", start + len(digits), start + len(digits))
        machine.at = before
        return True

    def statement(self) -> str:
        """The broken statement, in words."""
        first = self.first()
        after = self.tokens.kinds[first + 1] if first + 1 < len(self.tokens.kinds) else ""
        return wording.statement(self.tokens.kinds[first], after)

    def reserved_name(self) -> bool:
        """A reserved word where only a name may stand."""
        at = self.machine.at
        text = self.tokens.texts[at]
        if text not in self.tables.reserved or not self.machine.fits("NAME", self.kind(1)):
            return False
        other = {"in": "`inlet`", "on": "`on_state`"}.get(text, f"`{text}_`")
        self.report_token("HW0105", f"`{text}` is a reserved word and cannot be a name", help=f"call it {other}, for instance")
        self.tokens.kinds[at] = "NAME"
        return True

    def comment_in_brackets(self) -> bool:
        """`p // 2` inside brackets: the rest of the line is a comment."""
        tokens, at = self.tokens, self.machine.at
        openers = self.openers()
        if not openers:
            return False
        for i in range(at, max(self.first(), 0), -1):
            if tokens.starts[i - 1] < openers[-1][1]:
                return False
            gap = self.source.text[tokens.ends[i - 1]:tokens.starts[i]]
            offset = gap.find("//")
            doc = gap[offset + 2:offset + 3] in ("/", "!")
            if offset < 0 or doc or "\n" in gap[:offset] or tokens.kinds[i - 1] not in _OPERANDS:
                continue
            start = tokens.ends[i - 1] + offset
            line_end = self.source.text.find("\n", start)
            self.report("HW0115", "`//` begins a comment, and the bracket before it is still open", start, start + 2,
                        label="the rest of the line is a comment", help="integer division is `/`")
            if i == at and self.machine.fits("DIVIDE"):
                tokens.reread(at, start + 1, line_end if line_end >= 0 else len(self.source.text))
                return True
            self.silent_at = at
            return False
        return False

    def incomplete(self) -> bool:
        """An expression, closing brackets or `;` are missing before this token."""
        kind, openers = self.kind(), self.openers()[:8]
        closers = [_CLOSERS[bracket][0] for bracket, _ in openers]
        at, begins = self.machine.at, self.tokens.begins_line(self.machine.at)
        if kind == "SEMI" and self.machine.fits("COMMA", self.kind(1), self.kind(2)) \
                and not self.machine.fits(*closers, "SEMI", self.kind(1), self.kind(2)):
            return False  # f(a; b)
        ends_line = kind in ("RBRACE", END) or begins
        aligned = begins and self.tokens.column(at) <= self.tokens.column(self.first())
        follow = (kind,) if aligned or kind in ("RBRACE", "SEMI", "LBRACE", END) else (kind, self.kind(1))
        for missing in ((), ("MISSING",)):
            for count in range(len(closers) + 1):
                for semi in ((), ("SEMI",)) if ends_line or not missing else ((),):
                    put = (*missing, *closers[:count], *semi)
                    proof = (kind,) if kind == END and semi else follow
                    if not put or not self.machine.fits(*put, *proof):
                        continue
                    self.explain_incomplete(bool(missing), openers[:count])
                    self.insert(*put)
                    return True
        return False

    def explain_incomplete(self, missing: bool, openers: list[tuple[str, int]]) -> None:
        """Say what `incomplete` puts in."""
        where, at = self.behind(), self.machine.at
        last = self.tokens.texts[at - 1] if at else ""
        if missing and (last == ".." or self.kind() == "RANGE"):
            self.report("HW0106", "`..` needs a bound on either side", where, where,
                        help="a range open at one end is legal only inside an index: `gpu[2..]`")
        elif missing:
            self.report("HW0106", f"expected an expression after `{last}`" if last else "expected an expression", where, where,
                        label=f"before {self.found()}")
        elif openers:
            bracket, start = openers[0]
            self.report("HW0103", f"expected `{_CLOSERS[bracket][1]}`", where, where,
                        related=(Label(Span(self.source.path, start, start + 1), f"`{bracket}` opened here"),))
        else:
            self.report("HW0102", f"expected `;` after {self.statement()}", where, where)

    def swapped(self) -> bool:
        """One sign stands for another."""
        at, kind, after = self.machine.at, self.kind(), self.kind(1)
        for wrong, right, hint in _SWAPS:
            if kind != wrong or not self.machine.fits(right, after):
                continue
            if right == "SEMI" and not (after in ("RBRACE", END) or self.tokens.begins_line(at + 1)):
                continue
            if (wrong, right) == ("COMPARE", "ASSIGN") and self.tokens.texts[at] != "==":
                continue
            sign = "==" if right == "COMPARE" else self.spelling[right]
            self.report_token("HW0116", f"expected `{sign}`, found {self.found()}", help=hint)
            self.tokens.kinds[at], self.tokens.texts[at] = right, sign
            return True
        return False

    def index_comma(self) -> bool:
        """`x[i, j]`."""
        if self.kind() != "COMMA" or not self.machine.fits("RSQB", "LSQB", self.kind(1)):
            return False
        self.report_token("HW0116", "one index to a bracket", help="write `x[i][j]`")
        self.tokens.remove(self.machine.at)
        self.insert("RSQB", "LSQB")
        return True

    def no_body(self) -> bool:
        """The `{` of a body is missing."""
        if self.kind() == END or not self.machine.fits("LBRACE", self.kind(), self.kind(1)):
            return False
        where = self.behind()
        self.report("HW0104", f"expected `{{` before the body of {self.statement()}", where, where)
        self.insert("LBRACE")
        return True

    def no_connective(self) -> bool:
        """A sign or word between two parts is missing: `,` `:` `=` `in` ..."""
        at, first = self.machine.at, self.first()
        for sign in _CONNECTIVES:
            if sign == "ASSIGN" and at == first + 1 and (self.kind() in ("DOT", "LPAR") or self.tokens.kinds[first] == "CHECK"):
                continue
            if self.machine.fits(sign, self.kind(), self.kind(1)):
                where = self.behind()
                self.report("HW0117", f"expected `{self.spelling[sign]}` before {self.found()}", where, where)
                self.insert(sign)
                return True
        return False

    def no_else(self) -> bool:
        """`if a then b` is no expression: it has no value when `a` is false."""
        if not self.machine.fits("ELSE", "MISSING", self.kind()):
            return False
        where = self.behind()
        self.report("HW0117", f"expected `else` before {self.found()}", where, where,
                    help="an `if` is a value and needs both branches")
        self.insert("ELSE", "MISSING")
        return True

    def superfluous(self) -> bool:
        """Without this token the text goes on well."""
        at, kind = self.machine.at, self.kind()
        if kind in ("LBRACE", "RBRACE", END) or self.tokens.begins_line(at) or not self.machine.fits(self.kind(1), self.kind(2)):
            return False
        self.unexpected()
        self.tokens.remove(at)
        return True

    def unexpected(self) -> None:
        """The report for everything that has no better one."""
        at, tokens = self.machine.at, self.tokens
        legal = self.machine.legal()
        if len(legal) > 1 and at == self.first() + 1 and tokens.kinds[at - 1] not in ("NAME", "KIND", "LINK", "CABLE"):
            legal.discard("ASSIGN")  # a word that begins a statement is hardly meant as the name of an attribute
        if self.kind() == "COMPARE" and "AND" in legal:
            message = "comparisons do not chain"
        else:
            expected = wording.expected(legal, self.tables.spelled)
            if expected == "a name" and at and tokens.kinds[at - 1] == "COLON":
                expected = "a type"
            message = f"expected {expected}, found {self.found()}"
        if at and (self.kind() == END or tokens.begins_line(at)) and not self.begins_statement():
            self.report("HW0101", message, self.behind(), self.behind(), help=self.hint())
        else:
            self.report_token("HW0101", message, help=self.hint())

    def hint(self) -> str:
        """Help for frequent mistakes that leave nothing to repair."""
        tokens, at, kind = self.tokens, self.machine.at, self.kind()
        first, before = self.first(), tokens.kinds[at - 1] if at else ""
        if kind == "IN" and before == "NUMBER":
            return "`in` is a reserved word; the unit of length is `inch`"
        if kind == "COMPARE":
            return "write `a < b and b < c`"
        if kind == "NUMBER" and before == "DOT":
            return "a number has digits on both sides of its point: `0.4`"
        if before == "DOT" and at > 1 and tokens.kinds[at - 2] == "NUMBER":
            return "a number has digits on both sides of its point: `1.0`"
        if kind == "FOR" and at == first:
            return "`for` stands behind the statement it repeats: `connect a[i] <-> b[i] for i in 0..4;`"
        if kind in ("VIA", "FOR", "WHERE") and at > first:
            return "the order is `via`, `for`, `where`, annotations"
        if at == first + 1 and kind == "DOT":
            return "an attribute is given by its bare name inside the body of its part; a state by `set a.b = state;`"
        if at == first + 1 and kind == "LPAR":
            return "a pattern is used by `connect name(..);`; calls stand in a `study`"
        if tokens.texts[first] in ("assert", "require") and self.machine.anchor()[1] in ("study_item", "study_items"):
            return "a study asserts under a mode or a failure: `under mode m { assert ..; }`"
        top = tokens.kinds[first] in ("DESIGN", "STUDY", "TEST", "PATTERN", "USE", "PUB")
        if top and self.machine.anchor()[1] in ("member", "members"):
            return f"`{tokens.texts[first]}` stands at top level, not in a body; is a `}}` missing above?"
        if at == first and self.machine.anchor()[1] in ("item", "items") and (kind == "NAME" or kind in _MEMBER_WORDS):
            return f"`{tokens.texts[at]}` stands in the body of a component, not at top level" if kind != "NAME" else \
                "a file holds `use`, `const`, `fn`, components such as `tray` or `rack`, patterns, studies, tests and `design`"
        return ""


_MEMBER_WORDS = frozenset(("PART", "PORT", "SPARE", "INPUT", "OUTPUT", "BUS", "CARRY", "CONNECT", "BRIDGE", "STATE", "PLANE",
                           "MODE", "SET", "CIRCUIT", "PLACE", "ROUTE", "OVERRIDE", "UNDER", "CHECK", "DEFAULT"))
