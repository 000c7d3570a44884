"""Operations on plain values: arithmetic, comparison, and the demands that go with them. They need no scope.

`/` on integers: where it `floors` it picks a digit; on counts it is an exact ratio.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.index import Ix
from hwdsl.sema.mistake import mistake
from hwdsl.sema.show import described, is_number, show
from hwdsl.sema.values import UNKNOWN, ComponentValue, Value, Word, kind_name
from hwdsl.source.span import Span
from hwdsl.syntax import ast
from hwdsl.types import Quantity
from hwdsl.types import quantity as q


def from_unit_error(error: q.UnitError, span: Span, label: str = "") -> Exception:
    """The Mistake for an arithmetic mistake at a place."""
    return mistake(error.code, error.message, span, label=label, notes=error.notes, help=error.help)


def need_number(value: Value, span: Span) -> None:
    """Raise unless `value` is a number or a quantity."""
    if not is_number(value):
        raise mistake("HW1201", f"expected a number, found {described(value)}", span)


def integer(value: Value, span: Span, what: str = "an index") -> Any:
    """An int or Ix. Raises Mistake."""
    if isinstance(value, (int, Ix)) and not isinstance(value, bool):
        return value
    if isinstance(value, Fraction):
        raise mistake("HW1203", f"{what} must be an integer; this is {show(value)}", span, notes=(f"exactly {value}",),
                      help="`/` on counts is exact; does the count divide?")
    raise mistake("HW1203", f"{what} must be an integer; this is {kind_name(value)} ({show(value)})", span)


def combine(e: ast.Binary, a: Value, b: Value, floors: bool) -> Value:
    """`a op b` on plain values; `e` gives the places, `floors` whether `/` on integers picks a digit. Raises Mistake."""
    if a is UNKNOWN or b is UNKNOWN:
        return _with_unknown(e.op, a, b)
    if isinstance(a, tuple) and isinstance(b, tuple) and e.op == "+":
        return a + b
    if isinstance(a, str) and isinstance(b, str) and e.op == "+":
        return a + b
    need_number(a, e.left.span)
    need_number(b, e.right.span)
    if e.op == "%" or (e.op == "/" and isinstance(a, int) and isinstance(b, int)):
        return _integer_division(e, a, b, floors)
    try:
        if e.op == "+":
            return q.add(a, b)
        if e.op == "-":
            return q.sub(a, b)
        if e.op == "*":
            return q.mul(a, b)
        if b == 0:
            raise mistake("HW1202", "division by zero", e.right.span, label="this is 0", notes=(f"{show(a)} / {show(b)}",))
        return q.div(a, b)
    except q.UnitError as error:
        raise from_unit_error(error, e.span) from None


def _with_unknown(op: str, a: Value, b: Value) -> Value:
    """A sum with an unknown summand is a bound; anything else with an unknown is unknown."""
    known = b if a is UNKNOWN else a
    if op == "+" and isinstance(known, Quantity):
        return q.add(known, Quantity(0, 0, 0, known.dim, known.unit, missing=1))
    return UNKNOWN


def _integer_division(e: ast.Binary, a: Value, b: Value, floors: bool) -> Value:
    if not isinstance(a, int) or not isinstance(b, int):
        raise mistake("HW1203", f"`%` takes integers; this is {show(a)} % {show(b)}", e.span,
                      help="percentages are written `15 percent`")
    if b == 0:
        raise mistake("HW1202", "division by zero", e.right.span, label="this is 0", notes=(f"{a} {e.op} 0",))
    if e.op == "%":
        return a % abs(b)
    if floors:
        return a // b
    return a // b if a % b == 0 else Fraction(a, b)


def compare(e: ast.Compare, a: Value, b: Value) -> bool | None:
    """Truth of `a op b`: True, False or None (undecided: an unknown figure or an open interval)."""
    if a is UNKNOWN or b is UNKNOWN:
        return None
    if is_number(a) and is_number(b):
        try:
            return q.compare(e.op, a, b)
        except q.UnitError as error:
            raise from_unit_error(error, e.span) from None
    if e.op in ("==", "!="):
        if isinstance(a, Word) and isinstance(b, Word):
            same = a.text == b.text
        elif isinstance(a, ComponentValue) and isinstance(b, ComponentValue):
            same = a.definition == b.definition
        elif type(a) is type(b):
            same = a == b
        else:
            raise mistake("HW1201", f"cannot compare {kind_name(a)} with {kind_name(b)}", e.span,
                          notes=(f"left is {show(a)}, right is {show(b)}",))
        return same if e.op == "==" else not same
    raise mistake("HW1201", f"`{e.op}` orders numbers; this is {kind_name(a)} {e.op} {kind_name(b)}", e.span)
