"""Recovery: drives the machine over a text with mistakes, to the end of the text.

A mistake is mended locally where that is certain (`repairs`). Otherwise the broken statement becomes an `ErrorItem` in the body
it stands in, and reading goes on at the next statement. Either way the statements around it are kept and the mistake is reported
once. Every step consumes a token, puts a bounded number of tokens in, or stops; the number of reports is bounded.
"""

from __future__ import annotations

from typing import Any

from hwdsl.source.span import Span
from hwdsl.syntax import ast
from hwdsl.syntax.lexer import END
from hwdsl.syntax.machine import ACCEPTED, MAX_STACK, TOO_DEEP
from hwdsl.syntax.repairs import Repairs

MAX_REPORTS = 50
"""Mistakes of form after which the rest of a text is not read: it is noise, or one mistake that was misunderstood."""
_MAX_STEPS = 10 * MAX_REPORTS
_HEADED = frozenset(("KIND", "LINK", "CABLE", "PATTERN", "STUDY", "TEST", "PLANE", "MODE", "STATE", "UNDER", "PUB", "DEFAULT",
                     "ANNOTATE"))


class Recovery(Repairs):
    """Reads a text to its end, whatever stands in it."""

    def drive(self) -> Any:
        """The value of the start symbol, None where the text is no file and could not be mended."""
        steps = 0
        seen: tuple[int, int, int, str] | None = None
        while True:
            status = self.machine.run()
            if status == ACCEPTED:
                return self.machine.values[0]
            steps += 1
            here = (self.machine.at, len(self.tokens.kinds), len(self.machine.states), self.kind())
            if here == seen and self.kind() != END:
                self.machine.at += 1  # what should have helped did not: the token goes
            seen = here
            depth = 0
            if status == TOO_DEEP:
                depth = self.leave_depth()
                start = self.behind()
                self.report("HW0110", f"nested too deeply: more than {MAX_STACK} open parts", start - 1, start,
                            help="name inner parts with `const`, or declare inner components on their own")
                mended = False
            else:
                self.settle()
                mended = self.rewind() or self.local()
            if not mended:
                if self.machine.anchor()[0] == 0:
                    if status != TOO_DEEP:
                        self.unexpected()
                    return None
                self.panic(status == TOO_DEEP, depth)
            if not self.stopped and (len(self.diagnostics) >= MAX_REPORTS or steps >= _MAX_STEPS):
                self.stop()

    def settle(self) -> None:
        """Finish the statement before the token that does not fit, if it is complete."""
        for kind in ("RBRACE", "USE"):
            if self.machine.fits(kind):
                self.machine.settle(kind)
                return

    def stop(self) -> None:
        """Give up: the text ends here."""
        self.silent_at = -1
        at = self.tokens.have(self.machine.at)
        start = self.tokens.starts[at]
        self.report("HW0119", f"{len(self.diagnostics)} mistakes of form: the rest of the file is not read", start, start,
                    help="mend the first ones and run again")
        self.stopped = True
        self.machine.at = at
        self.tokens.cut_short(at)

    def rewind(self) -> bool:
        """`power =` and on the next line `cooling = liquid;`: step back before the word that begins the next statement.

        Always False: what is missing before that word is then found by the repairs.
        """
        machine, tokens = self.machine, self.tokens
        before, first = machine.at - 1, self.first()
        height, _ = machine.anchor()
        if before <= first or not height or machine.starts[-1] != tokens.starts[before] or not tokens.begins_line(before):
            return False
        if tokens.column(before) > tokens.column(first) or not machine.fits(tokens.kinds[before], self.kind(), height=height):
            return False
        machine.cut(len(machine.states) - 1)
        machine.at = before
        return False

    # ------------------------------------------------------------ panic mode
    def leave_depth(self) -> int:
        """Drop innermost bodies until there is room on the stack; their number.

        The statement that holds them is then the broken one.
        """
        machine, bodies = self.machine, 0
        while True:
            height, symbol = machine.anchor()
            if height <= MAX_STACK - 20:
                return bodies
            machine.cut(height - (1 if symbol.endswith("s") else 2))  # the brace, with the list of statements if it has begun
            bodies += 1

    def panic(self, explained: bool, depth: int) -> None:
        """Give up the broken statement, in which `depth` bodies are open.

        Its body is kept if only its header is broken, else an `ErrorItem` replaces it.
        """
        if not explained:
            self.unexpected()
        if not explained and self.reach_body():
            return
        machine, tokens = self.machine, self.tokens
        first = self.first()
        start = tokens.starts[first]
        height, symbol = machine.anchor()
        machine.cut(height)
        if symbol.endswith("s"):
            machine.push(symbol, [], start, start)
            symbol = symbol[:-1]
        end = self.skip(first, machine.at, symbol == "item", depth)
        machine.at = end
        stop = tokens.ends[end - 1] if end else start
        span = Span(self.source.path, start, max(start, stop))
        machine.push(symbol, ast.ErrorItem(span, (), ""), start, max(start, stop))
        self.silent_at = end

    def reach_body(self) -> bool:
        """Drop the broken part of a header and go on at the `{` of its body."""
        machine, tokens = self.machine, self.tokens
        height, _ = machine.anchor()
        if height >= len(machine.states) or tokens.kinds[self.first()] not in _HEADED:
            return False
        at = machine.at
        while tokens.kinds[tokens.have(at)] not in ("LBRACE", "RBRACE", "SEMI", END):
            at += 1
        if tokens.kinds[tokens.have(at)] != "LBRACE":
            return False
        for upper in range(len(machine.states), height + 1, -1):
            if machine.fits("LBRACE", "RBRACE", height=upper):
                machine.cut(upper)
                machine.at = at
                return True
        return False

    def skip(self, first: int, at: int, top: bool, depth: int) -> int:
        """Index of the token at which the next statement may begin.

        The broken one begins at `first` and breaks at `at`, where `depth` of its bodies are open.
        """
        tokens, machine = self.tokens, self.machine
        begin = at
        indent, kinds = tokens.column(first), tokens.kinds
        while True:
            if at + 1 >= len(kinds):
                tokens.have(at + 1)
            kind = kinds[at]
            if kind == END:
                return at
            if at > first and at >= begin and tokens.begins_line(at) and kind != "RBRACE" and tokens.column(at) <= indent \
                    and machine.fits(kind, tokens.kinds[tokens.have(at + 1)]):
                return at
            if kind == "SEMI" and depth == 0:
                return at + 1
            if kind == "LBRACE":
                depth += 1
            elif kind == "RBRACE":
                if depth == 0 and not top:
                    return at
                depth -= 1
                if depth <= 0:
                    return at + 1
            at += 1
