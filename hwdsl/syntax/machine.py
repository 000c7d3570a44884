"""The LALR(1) machine: shifts tokens and reduces productions until the text ends or a token does not fit.

The machine knows nothing of recovery: `run` returns where it stopped, and whoever drives it may change the stack or the tokens and
call it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.syntax.lexer import END, Tokens
from hwdsl.syntax.tables import Tables

MAX_STACK = 400
"""States on the stack beyond which a text is nested too deeply: some 130 bodies or 200 brackets."""

ACCEPTED = "accepted"
STUCK = "stuck"
TOO_DEEP = "too deep"


class Program:
    """Tables with the lowering functions bound to their productions, ready to run."""

    __slots__ = ("chains", "ends", "rows", "rules", "soft", "starts")

    def __init__(self, tables: Tables, lowering: object) -> None:
        self.rows = tables.rows
        self.starts = tables.starts
        self.ends = tables.ends
        self.rules = [_bind(rule, lowering) for rule in tables.rules]
        self.soft = frozenset(k for s, k in tables.spelled.items() if s[0].isalpha() and s not in tables.reserved)
        self.chains: dict[tuple[int, int, str], int] = {}


_Bound = tuple[str, int, Callable[..., Any] | None, tuple[int, ...] | None, int]


def _bind(rule: Any, lowering: object) -> _Bound:
    """(origin, size, action, kept positions or None for all, position of the child that passes through)."""
    if not rule.action:
        return rule.origin, rule.size, None, None, rule.keep[0]
    keep = None if rule.keep == tuple(range(rule.size)) else rule.keep
    return rule.origin, rule.size, getattr(lowering, rule.action), keep, 0


class Machine:
    """A parse under way: the four stacks (state, value, start and end of each symbol) and the position in the tokens."""

    __slots__ = ("at", "end_state", "ends", "program", "starts", "states", "tokens", "values")

    def __init__(self, program: Program, tokens: Tokens, start: str) -> None:
        self.program = program
        self.tokens = tokens
        self.at = 0
        self.states = [program.starts[start]]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.end_state = program.ends[start]

    def run(self) -> str:
        """Go on until the text is accepted (its value is then `values[-1]`), token `at` does not fit, or nesting is too deep."""
        rows, rules, chains, soft = self.program.rows, self.program.rules, self.program.chains, self.program.soft
        states, values, starts, ends, tokens = self.states, self.values, self.starts, self.ends, self.tokens
        kinds, token_starts, token_ends, texts = tokens.kinds, tokens.starts, tokens.ends, tokens.texts
        at, end_state = self.at, self.end_state
        while True:
            if at >= len(kinds):
                tokens.fill()
            kind = kinds[at]
            while True:
                row = rows[states[-1]]
                act = row.get(kind)
                if act is None:
                    if kind in soft and "NAME" in row:
                        kind = "NAME"
                        continue
                    self.at = at
                    return ACCEPTED if kind == END and states[-1] == end_state else STUCK
                if act >= 0:
                    states.append(act)
                    values.append(texts[at])
                    starts.append(token_starts[at])
                    ends.append(token_ends[at])
                    break
                origin, size, action, keep, through = rules[~act]
                if action is None:
                    if size == 1:
                        key = (states[-2], states[-1], kind)
                        state = chains.get(key)
                        if state is None:
                            state = chains[key] = self._chain(kind)
                        states[-1] = state
                        continue
                    value = values[through - size]
                    end = ends[-1]
                    del values[-size:], ends[-size:], states[-size:], starts[1 - size:]
                    values.append(value)
                    ends.append(end)
                elif size:
                    start, end = starts[-size], ends[-1]
                    if keep is None:
                        value = action(start, end, *values[-size:])
                    else:
                        children = values[-size:]
                        value = action(start, end, *[children[i] if i >= 0 else None for i in keep])
                    if size == 1:
                        values[-1] = value
                        states.pop()
                    else:
                        del values[-size:], ends[-size:], states[-size:], starts[1 - size:]
                        values.append(value)
                        ends.append(end)
                else:
                    start = token_starts[at]
                    values.append(action(start, start))
                    starts.append(start)
                    ends.append(start)
                states.append(rows[states[-1]][origin])
            at += 1
            if len(states) > MAX_STACK:
                self.at = at
                return TOO_DEEP

    def _chain(self, kind: str) -> int:
        """State on top after all reductions before `kind` that only rename the top symbol."""
        rows, rules = self.program.rows, self.program.rules
        below, state = self.states[-2], self.states[-1]
        while True:
            act = rows[state].get(kind)
            if act is None or act >= 0:
                return state
            origin, size, action, _, _ = rules[~act]
            if size != 1 or action is not None:
                return state
            state = rows[below][origin]
