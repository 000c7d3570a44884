"""The parse tables: what Lark makes of the grammar, as plain data.

`build()` gives the grammar to Lark and keeps its LALR(1) table, its rules and its terminals as nested tuples, lists and dicts of
strings and integers, so that they go through `marshal` and Lark is imported only when the grammar changed. `hwdsl.syntax.machine`
runs them, because recovery needs the stack between two tokens, and because a loop that builds no intermediate tree is three times
as fast as Lark's own.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from hwdsl.node import Record

START_SYMBOLS = ("file", "item", "expr")


class Rule(Record):
    """One production.

    origin   nonterminal it reduces to
    size     symbols it pops
    action   name of the lowering function, "" where the one kept child passes through
    keep     positions of the children handed to the action, -1 for an optional part left out
    """

    origin: str
    size: int
    action: str
    keep: tuple[int, ...]


class Tables(Record):
    """LALR(1) tables and the lexical facts of the grammar.

    rows      per state: symbol -> next state (terminals: shift, nonterminals: goto) or `~rule` (reduce)
    rules     the productions
    starts    start symbol -> first state
    ends      start symbol -> state that accepts when the input is at its end
    spelled   word or sign -> its terminal, for all terminals that are finite sets of spellings
    patterns  terminal -> regular expression, for NAME, NUMBER, QUANTITY, MONEY and STRING
    reserved  words that are never names
    """

    rows: list[dict[str, int]]
    rules: list[Rule]
    starts: dict[str, int]
    ends: dict[str, int]
    spelled: dict[str, str]
    patterns: dict[str, str]
    reserved: tuple[str, ...]


def to_data(tables: Tables) -> tuple[Any, ...]:
    """`tables` as tuples, lists, dicts, strings and integers, for `marshal`."""
    values = tables._values()
    return (values[0], [rule._values() for rule in tables.rules], *values[2:])


def from_data(data: tuple[Any, ...]) -> Tables:
    """Inverse of `to_data`."""
    return Tables(data[0], [Rule(*rule) for rule in data[1]], *data[2:])


def grammar_text() -> str:
    """The grammar, its pieces joined."""
    pieces = import_module("hwdsl.grammar")
    return "\n".join(_read(f"{pieces.__path__[0]}/{piece}") for piece in pieces.PIECES)


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as f:
        return f.read()


def lark_parser(strict: bool = False) -> Any:
    """Lark's own parser for the grammar (contextual lexer); `strict` makes every conflict an error and needs `interegular`."""
    from lark import Lark

    return Lark(grammar_text(), parser="lalr", lexer="contextual", start=list(START_SYMBOLS), maybe_placeholders=True,
                propagate_positions=True, strict=strict)


def build() -> Tables:
    """Tables of the grammar as it stands on disk (0.2 s: use `hwdsl.syntax.cache`)."""
    parser = lark_parser()
    table = parser.parser.parser._parse_table
    index = {id(rule): i for i, rule in enumerate(parser.rules)}
    numbers = {rule: i for i, rule in enumerate(parser.rules)}
    rows: list[dict[str, int]] = [{} for _ in range(len(table.states))]
    for state, row in table.states.items():
        for symbol, (action, arg) in row.items():
            is_shift = action.name == "Shift"
            rows[state][symbol] = arg if is_shift else ~index.get(id(arg), numbers[arg])
    spelled, patterns = _terminals(parser.terminals)
    reserved = tuple(sorted(w for w in spelled if w[0].isalpha() and not re.fullmatch(patterns["NAME"], w)))
    rules = [_rule(r) for r in parser.rules]
    return Tables(_share(rows), rules, dict(table.start_states), dict(table.end_states), spelled, patterns, reserved)


def _share(rows: list[dict[str, int]]) -> list[dict[str, int]]:
    """The rows with equal ones made identical, which keeps the marshalled table small."""
    seen: dict[tuple[tuple[str, int], ...], dict[str, int]] = {}
    return [seen.setdefault(tuple(sorted(row.items())), row) for row in rows]


def _rule(rule: Any) -> Rule:
    """`rule` of Lark as data; optional parts left out become -1 in `keep`, as `maybe_placeholders` would make them None."""
    expansion, empty = rule.expansion, rule.options.empty_indices
    gaps = [len(ones) for ones in "".join(str(int(b)) for b in empty).split("0")] if empty else [0] * (len(expansion) + 1)
    keep: list[int] = []
    for i, symbol in enumerate(expansion):
        keep += [-1] * gaps[i]
        if not (symbol.is_term and symbol.filter_out):
            keep.append(i)
    keep += [-1] * gaps[-1]
    passes = rule.alias == "inner" or (rule.alias is None and rule.options.expand1 and len(keep) == 1)
    return Rule(str(rule.origin.name), len(expansion), "" if passes else str(rule.alias or rule.origin.name), tuple(keep))


def _terminals(terminals: list[Any]) -> tuple[dict[str, str], dict[str, str]]:
    """(spelling -> terminal, terminal -> pattern) of all that is not trivia."""
    spelled: dict[str, str] = {}
    patterns: dict[str, str] = {}
    for terminal in terminals:
        pattern = terminal.pattern.value
        if terminal.name in ("NAME", "NUMBER", "QUANTITY", "MONEY", "STRING"):
            patterns[terminal.name] = pattern
        elif terminal.pattern.type == "str":
            spelled[pattern] = terminal.name
        elif terminal.name not in ("COMMENT", "BLANK"):
            for spelling in spellings(pattern):
                spelled[spelling] = terminal.name
    return spelled, patterns


def spellings(pattern: str) -> list[str]:
    """The spellings of a terminal written as `(a|b|c)`, with or without a lookahead behind it."""
    inner = re.fullmatch(r"\((?:\?:)?([^()]*)\)(?:\(\?!\[A-Za-z0-9_\]\))?", pattern)
    if inner is None:
        raise ValueError(f"terminal is no list of spellings: {pattern}")
    return [re.sub(r"\\(.)", r"\1", s) for s in inner.group(1).split("|")]
