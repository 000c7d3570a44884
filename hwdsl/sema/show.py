"""Values as messages and answers show them."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.ir import index as ix
from hwdsl.ir.index import Ix
from hwdsl.sema.values import UNKNOWN, ComponentValue, RangeVal, Value, Word, kind_name
from hwdsl.types import Quantity


def is_number(value: Value) -> bool:
    """An int, Fraction or Quantity (not a bool)."""
    return isinstance(value, (int, Fraction, Quantity)) and not isinstance(value, bool)


def described(value: Value) -> str:
    """A value by kind, and itself where that says more: `a list ([1, 2])`."""
    kind, shown = kind_name(value), show(value)
    return kind if kind == shown else f"{kind} ({shown})"


def show(value: Value) -> str:
    """A value as text, with its unit."""
    from hwdsl.types.format import text

    if value is None:
        return "undecided"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Ix):
        return ix.text(value)
    if is_number(value):
        return text(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(show(v) for v in value[:20]) + (", ..." if len(value) > 20 else "") + "]"
    if isinstance(value, Word):
        return value.text
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, RangeVal):
        return f"{show(value.lo)}..{show(value.hi)}"
    if isinstance(value, ComponentValue):
        return getattr(value.definition.item, "name", "component")
    if value is UNKNOWN:
        return "unknown"
    return kind_name(value)
