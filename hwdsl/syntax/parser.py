"""Parse a text: `parse` a file, `parse_expr` one expression. Neither ever raises: text in, (tree, diagnostics) out."""

from __future__ import annotations

import re
from typing import Any

from hwdsl.diag.diagnostic import Diagnostic, Label
from hwdsl.source.span import Span
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.braces import missing_closers
from hwdsl.syntax.lexer import Tokens, token_pattern
from hwdsl.syntax.lower import MAX_DEPTH, Lowering, is_deeper
from hwdsl.syntax.machine import Machine, Program
from hwdsl.syntax.recovery import MAX_REPORTS, Recovery
from hwdsl.syntax.tables import Tables


class Parser:
    """The grammar's tables, ready for any number of texts."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._pattern: re.Pattern[str] = token_pattern(tables)

    def file(self, source: SourceText) -> tuple[ast.File, tuple[Diagnostic, ...]]:
        """The tree of a file and what is wrong with its form, in the order of the text."""
        run = _Run(self, source, "file", [])
        if run.recovery.diagnostics and not run.recovery.stopped:
            closers = missing_closers(source.text, MAX_REPORTS)
            if closers:
                run = _Run(self, source, "file", closers)
        return ast.File(source.path, run.tokens.file_doc, run.value), run.diagnostics()

    def expression(self, source: SourceText) -> tuple[ast.Expr, tuple[Diagnostic, ...]]:
        """The tree of one expression and what is wrong with its form; an `ErrorExpr` if it could not be mended."""
        run = _Run(self, source, "expr", [])
        whole = Span(source.path, 0, len(source.text))
        value: ast.Expr = run.value if run.value is not None else ast.ErrorExpr(whole)
        if is_deeper(value, MAX_DEPTH):
            run.lowering.diagnostics.append(Diagnostic("HW0110", "error", f"expression nested more than {MAX_DEPTH} deep", whole))
            value = ast.ErrorExpr(whole)
        return value, run.diagnostics()


class _Run:
    """One text read once, with `}` put in at `closers` (offset, offset of the `{`)."""

    def __init__(self, parser: Parser, source: SourceText, start: str, closers: list[tuple[int, int]]) -> None:
        self.tokens = Tokens(source.text, parser.tables, parser._pattern)
        self.lowering = Lowering(source.path, self.tokens.docs)
        machine = Machine(Program(parser.tables, self.lowering), self.tokens, start)
        self.recovery = Recovery(source, parser.tables, machine)
        self.closers = closers
        self._path = source.path
        if closers:
            self.tokens.close(closers)
        self.value: Any = self.recovery.drive()

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        found = self.recovery.diagnostics + self.lowering.diagnostics
        for where, opener in self.closers:
            label = (Label(Span(self._path, where, where), "a `}` is missing here"),)
            brace = Span(self._path, opener, opener + 1)
            found.append(Diagnostic("HW0108", "error", "`{` is never closed", brace, "opened here", label))
        return tuple(sorted(found, key=lambda d: d.span.start))


shared: list[Parser] = []
"""At most one: the parser of the grammar on disk, constant for the life of the process, like the code."""


def shared_parser() -> Parser:
    """`shared`, made now (half a second) if `hwdsl.syntax.cache` has not made it from its tables on disk."""
    if not shared:
        from hwdsl.syntax.tables import build

        shared.append(Parser(build()))
    return shared[0]


def parse(source: SourceText) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """The tree of a file and what is wrong with its form, in the order of the text.

    `hwdsl.syntax.cache.load` gives the same, faster.
    """
    return shared_parser().file(source)


def parse_expr(source: SourceText) -> tuple[ast.Expr, tuple[Diagnostic, ...]]:
    """The tree of one expression (a query, the value of a parameter) and what is wrong with its form."""
    return shared_parser().expression(source)
