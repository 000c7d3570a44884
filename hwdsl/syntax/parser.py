"""Parse a text: `parse` a file, `parse_expr` one expression. Neither ever raises: text in, (tree, diagnostics) out."""

from __future__ import annotations

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.source.span import Span
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.lexer import Tokens, token_pattern
from hwdsl.syntax.lower import Lowering
from hwdsl.syntax.machine import ACCEPTED, Machine, Program
from hwdsl.syntax.tables import Tables, build

_memo: list[Tables] = []


def _tables() -> Tables:
    if not _memo:
        _memo.append(build())
    return _memo[0]


def parse(source: SourceText) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """The tree of a file and what is wrong with it."""
    tables = _tables()
    tokens = Tokens(source.text, tables, token_pattern(tables))
    lowering = Lowering(source.path, tokens.docs)
    machine = Machine(Program(tables, lowering), tokens, "file")
    if machine.run() == ACCEPTED:
        return ast.File(source.path, tokens.file_doc, machine.values[0]), tuple(lowering.diagnostics)
    return ast.File(source.path, tokens.file_doc, ()), (_unexpected(source, machine),)


def parse_expr(source: SourceText) -> tuple[ast.Expr, tuple[Diagnostic, ...]]:
    """The tree of one expression (a query, the value of a parameter) and what is wrong with it."""
    tables = _tables()
    tokens = Tokens(source.text, tables, token_pattern(tables))
    lowering = Lowering(source.path, tokens.docs)
    machine = Machine(Program(tables, lowering), tokens, "expr")
    if machine.run() == ACCEPTED:
        value: ast.Expr = machine.values[0]
        return value, tuple(lowering.diagnostics)
    return ast.ErrorExpr(Span(source.path, 0, len(source.text))), (_unexpected(source, machine),)


def _unexpected(source: SourceText, machine: Machine) -> Diagnostic:
    tokens, at = machine.tokens, machine.at
    span = Span(source.path, tokens.starts[at], tokens.ends[at])
    return Diagnostic("HW0101", "error", f"unexpected `{tokens.texts[at]}`", span)
