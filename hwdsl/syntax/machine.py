"""The LALR(1) machine: shifts tokens and reduces productions until the text ends or a token does not fit.

The machine knows nothing of recovery: `run` returns where it stopped, and whoever drives it may change the stack or the
tokens and call it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.syntax.lexer import END, Tokens
from hwdsl.syntax.tables import Tables

MAX_STACK = 400
"""States on the stack beyond which a text is nested too deeply: some 130 bodies or 200 brackets."""

LISTS = (("members", "member"), ("study_items", "study_item"), ("under_items", "under_item"), ("items", "item"))
"""Nonterminals of the lists of statements, and of one statement in each."""

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
            while at >= len(kinds):
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
                if action is None and size == 1:
                    key = (states[-2], states[-1], kind)
                    state = chains.get(key)
                    if state is None:
                        state = chains[key] = self._chain(kind)
                    states[-1] = state
                    continue
                if size:
                    start, end, children = starts[-size], ends[-1], values[-size:]
                    if action is None:
                        value = children[through]
                    elif keep is None:
                        value = action(start, end, *children)
                    else:
                        value = action(start, end, *[children[i] if i >= 0 else None for i in keep])
                    del values[-size:], starts[-size:], ends[-size:], states[-size:]
                else:
                    start = end = token_starts[at]
                    value = action(start, end)  # type: ignore[misc]  # a production of nothing has no child to pass through
                values.append(value)
                starts.append(start)
                ends.append(end)
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

    # ------------------------------------------------------------ for recovery
    def fits(self, *kinds: str, height: int | None = None) -> bool:
        """Whether tokens of `kinds` could follow now (or on the lowest `height` states); changes nothing."""
        rows, rules, soft = self.program.rows, self.program.rules, self.program.soft
        states = self.states[:height]
        for kind in kinds:
            while True:
                row = rows[states[-1]]
                act = row.get(kind)
                if act is None:
                    if kind not in soft or "NAME" not in row:
                        return kind == END and states[-1] == self.end_state
                    kind = "NAME"
                    continue
                if act >= 0:
                    states.append(act)
                    break
                origin, size = rules[~act][:2]
                if size:
                    del states[-size:]
                states.append(rows[states[-1]][origin])
        return True

    def legal(self) -> set[str]:
        """Terminals that could follow now."""
        return {kind for kind in self.program.rows[self.states[-1]] if kind.isupper() and self.fits(kind)}

    def settle(self, kind: str) -> None:
        """Do the reductions that a token of `kind`, which must fit, would bring about."""
        while True:
            act = self.program.rows[self.states[-1]][kind]
            if act >= 0:
                return
            origin, size, action, keep, through = self.program.rules[~act]
            at = self.tokens.starts[self.at]
            start, end = (self.starts[-size], self.ends[-1]) if size else (at, at)
            children = self.values[len(self.values) - size:]
            if action is None:
                value = children[through]
            else:
                value = action(start, end, *[children[i] if i >= 0 else None for i in keep or range(size)])
            self.cut(len(self.states) - size)
            self.push(origin, value, start, end)

    def cut(self, height: int) -> None:
        """Keep the lowest `height` states."""
        del self.states[height:], self.values[height - 1:], self.starts[height - 1:], self.ends[height - 1:]

    def push(self, symbol: str, value: Any, start: int, end: int) -> None:
        """Go on as if `symbol` had just been read."""
        self.states.append(self.program.rows[self.states[-1]][symbol])
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)

    def anchor(self) -> tuple[int, str]:
        """(number of states, symbol) of the innermost list of statements that is open: what stands above is the broken one.

        (0, "") when the text is no file.
        """
        for height in range(len(self.states), 0, -1):
            row = self.program.rows[self.states[height - 1]]
            for many, one in LISTS:
                if one in row:
                    return height, one
                if many in row:
                    return height, many
        return 0, ""
