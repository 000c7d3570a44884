"""Arithmetic of amounts: what is a bound stays a bound, what is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from hwdsl.ir.l0 import Attribute
from hwdsl.perf.compare.result import NONE, UNKNOWN, Amount
from hwdsl.sema.values import UNKNOWN as UNPUBLISHED


def exact(value: float | Fraction, note: str = "") -> Amount:
    """A figure that is known."""
    return Amount("", float(value), note=note)


def count(n: int) -> Amount:
    """A number of things."""
    return Amount("", float(n))


def of_attribute(a: Attribute | None, unit: Fraction = Fraction(1)) -> Amount:
    """A stated figure in `unit` (its size in base units of the dimension)."""
    if a is None:
        return NONE
    told = Amount("unknown", None, None, 1, a.status == "unverified", _distinct(s.boundary for s in a.sources),
                  _distinct(s.figure for s in a.sources), _distinct(s.text for s in a.sources))
    if a.value is UNPUBLISHED or not hasattr(a.value, "lo"):
        return told
    low, high = (float(Fraction(x) / unit) for x in (a.value.lo, a.value.hi))
    return _with(told, "" if low == high else "in", low, None if low == high else high, 0)


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in words if w))


def times(a: Amount, n: float) -> Amount:
    """`n` of it."""
    return _with(a, a.bound, None if a.value is None else a.value * n, None if a.high is None else a.high * n,
                 round(a.missing * n) if n >= 1 else a.missing)


def _with(a: Amount, bound: str, value: float | None, high: float | None, missing: int, note: str | None = None) -> Amount:
    return Amount(bound, value, high, missing, a.unverified, a.boundary, a.figure, a.sources, a.note if note is None else note)


def total(parts: Iterable[Amount]) -> Amount:
    """The sum of figures that are not negative: a lower bound where one is unknown, unknown where all are, none without any."""
    found = [p for p in parts if p.bound != "none"]
    if not found:
        return NONE
    known = [p for p in found if p.value is not None]
    missing = sum(p.missing for p in found)
    told = Amount("unknown", None, None, missing, any(p.unverified for p in found),
                  _distinct(w for p in found for w in p.boundary), _distinct(w for p in found for w in p.figure),
                  _distinct(w for p in found for w in p.sources))
    if not known:
        return told
    low = sum(p.value for p in known if p.value is not None and p.bound != "<=")
    ends = [p.high if p.bound == "in" else p.value if p.bound in ("", "<=") else None for p in found]
    if any(e is None for e in ends):
        return _with(told, ">=", low, None, missing)
    high = sum(e for e in ends if e is not None)
    if not any(p.bound for p in found):
        return _with(told, "", low, None, missing)
    return _with(told, "in" if low else "<=", low or high, high if low else None, missing)


_FLIPPED = {"": "", ">=": "<=", "<=": ">=", "in": "in"}


def over(a: Amount, b: Amount) -> Amount:
    """The quotient, with its bound; unknown where a side is, or where the bounds of both say nothing together."""
    if "none" in (a.bound, b.bound):
        return NONE
    if not a.known and not b.known:
        return UNKNOWN
    if a.value is None or not b.value:
        return UNKNOWN
    both = Amount("", None, None, a.missing + b.missing, a.unverified or b.unverified, a.boundary, a.figure,
                  _distinct((*a.sources, *b.sources)))
    if b.known:
        return _with(both, a.bound, a.value / b.value, None if a.high is None else a.high / b.value, both.missing)
    if b.bound == "in" and b.high is not None:
        return _with(both, "in", a.value / b.high, a.value / b.value, both.missing)
    return _with(both, _FLIPPED[b.bound], a.value / b.value, None, both.missing)


def hull(a: Amount, b: Amount) -> Amount:
    """What holds if either does: a figure with all rates at one end of their intervals, and at the other."""
    if a == b:
        return a
    if a.value is None or b.value is None:
        return a if a.value is None else b
    if a.bound != b.bound and not {a.bound, b.bound} <= {"", "in"}:
        return _with(a, "unknown", None, None, max(a.missing, b.missing))
    if a.bound in (">=", "<="):
        return _with(a, a.bound, (min if a.bound == ">=" else max)(a.value, b.value), None, a.missing)
    ends = [x for x in (a.value, a.high, b.value, b.high) if x is not None]
    return _with(a, "in", min(ends), max(ends), a.missing)


def quantity_amount(value: Any, unit: Fraction) -> Amount:
    """A quantity of the roll-ups, in `unit`."""
    low, high = (float(Fraction(x) / unit) for x in (value.lo, value.hi))
    if value.missing:
        return Amount(">=", low, missing=value.missing) if low else Amount("unknown", missing=value.missing)
    return Amount("" if low == high else "in", low, None if low == high else high)
