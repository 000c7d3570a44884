"""Printing values: for people (`text`) and for programs (`as_json`).

`text` shows at most 6 significant digits, exactly where that is exact; integers without a unit are never rounded. A value keeps
the unit it was written in while the number stays readable, else the prefix changes (`64800 GB/s` is `64.8 TB/s`); a value nobody
wrote a unit for gets the usual one of its dimension.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.types.dimension import NONE
from hwdsl.types.unit import IEC, SI, Number, Unit, natural, tidy
from hwdsl.types.unit import unit as look_up
from hwdsl.types.value import Quantity, Value, unknown_unit

_READABLE_FROM = Fraction(1, 100)
_READABLE_BELOW = 10**4


def text(value: Value, unit: str | None = None, digits: int = 6) -> str:
    """`value` for a reader: "64.8 TB/s", "5184", "60 us to 80 us typ 70 us", ">= 113.4 kW (9 parts unknown)".

    `unit` forces a unit (UnitError HW1103 when it is none), `digits` the number of significant digits.
    """
    if type(value) is not Quantity:
        return digits_of(value, digits)  # type: ignore[arg-type]
    u = _forced(unit) if unit is not None else display_unit(value)
    if value.is_exact:
        return _with_unit(value.nom, u, digits)
    if value.missing:
        return _bounded(value, u, digits)
    if value.form == "+-":
        return _tolerance(value, u, digits)
    out = f"{_with_unit(value.lo, u, digits)} to {_with_unit(value.hi, u, digits)}"
    if value.form == "typ" or value.nom * 2 != value.lo + value.hi:
        out += f" typ {_with_unit(value.nom, u, digits)}"
    return out


def _tolerance(value: Quantity, u: Unit, digits: int) -> str:
    mid, span = scaled(value.nom, u), tidy(Fraction(value.hi - value.lo) / 2 / u.factor)
    if span and mid:  # enough digits to show what the tolerance is about
        digits = max(digits, min(18, _exponent(abs(Fraction(mid))) - _exponent(Fraction(span)) + 1))
    return f"{_joined(digits_of(mid, digits), u.name)} +- {_joined(digits_of(span, digits), 'K' if u.offset else u.name)}"


def _bounded(value: Quantity, u: Unit, digits: int) -> str:
    parts = f"{value.missing} part{'' if value.missing == 1 else 's'} unknown"
    if value.bound == "in":
        return f"{_with_unit(value.lo, u, digits)} to {_with_unit(value.hi, u, digits)} ({parts})"
    if value.bound == "?" or (value.bound == ">=" and not value.lo):
        return f"unknown ({parts})" if value.missing > 1 else "unknown"
    return f"{value.bound} {_with_unit(value.lo if value.bound == '>=' else value.hi, u, digits)} ({parts})"


def both(a: Value, b: Value) -> tuple[str, str]:
    """`text` of two different values, with as many digits as it takes to tell them apart (at most 18)."""
    digits = 6
    while True:
        shown = text(a, digits=digits), text(b, digits=digits)
        if shown[0] != shown[1] or digits >= 18:
            return shown
        digits += 4


def _forced(word: str) -> Unit:
    u = look_up(word)
    if u is None:
        raise unknown_unit(word)
    return u


def _with_unit(number: Number, u: Unit, digits: int) -> str:
    return _joined(digits_of(scaled(number, u), digits), u.name)


def _joined(number: str, name: str) -> str:
    return f"{number} {name}" if name else number


def scaled(number: Number, u: Unit) -> Number:
    """A number of base units in the unit `u`, exact."""
    return tidy((Fraction(number) - u.offset) / u.factor)


def display_unit(value: Quantity) -> Unit:
    """The unit `text` prints `value` in."""
    u = look_up(value.unit) if value.unit else None
    written = u is not None and u.dim is value.dim
    if u is None or not written:
        u = natural(value.dim)
    size = max(value.nom, -value.nom) or max(value.hi, -value.lo)
    if not size or not u.stem or u.offset:
        return u
    if written and _READABLE_FROM <= Fraction(size) / u.factor < _READABLE_BELOW:
        return u
    return _prefixed(u, size)


def _prefixed(u: Unit, size: Number) -> Unit:
    """`u` with the prefix that puts `size` between 1 and 1000 (1024), as far as its ladder goes."""
    best: Unit | None = None
    one = look_up(u.stem) or u
    worth = one.factor if one is not u else Fraction(u.factor) / _prefix_value(u)
    for prefix in u.ladder:
        factor = worth * (SI.get(prefix) or IEC.get(prefix) or 1)
        if best is None or factor <= size:
            best = Unit(prefix + u.stem, u.dim, factor)
    return best or u


def _prefix_value(u: Unit) -> Number:
    prefix = u.name[: len(u.name) - len(u.stem)]
    return SI.get(prefix) or IEC.get(prefix) or 1


def digits_of(number: Number, digits: int = 6) -> str:
    """`number` in decimal with at most `digits` significant digits (integer digits are never cut below 10**15).

    >>> digits_of(Fraction(1, 3)), digits_of(5184), digits_of(Fraction(13, 10)), digits_of(Fraction(1, 10**6))
    ('0.333333', '5184', '1.3', '1e-6')
    """
    if type(number) is int and number.bit_length() < 200:
        return str(number)
    if not number:
        return "0"
    sign, x = ("-", -Fraction(number)) if number < 0 else ("", Fraction(number))
    exponent = _exponent(x)
    keep = max(digits, exponent + 1) if exponent < 15 else digits
    whole = _rounded(x, keep - 1 - exponent)
    if whole >= 10**keep:  # 9.999996 rounds to 10.0000
        exponent += 1
        whole = _rounded(x, keep - 1 - exponent)
    figures = str(whole).rstrip("0")
    if -5 <= exponent < max(digits, 15):
        return sign + _plain(figures, exponent)
    return f"{sign}{figures[0]}{'.' if figures[1:] else ''}{figures[1:]}e{exponent}"


def _rounded(x: Fraction, places: int) -> int:
    return round(x * Fraction(10) ** places)


def _plain(figures: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + figures
    if len(figures) <= exponent + 1:
        return figures + "0" * (exponent + 1 - len(figures))
    return f"{figures[: exponent + 1]}.{figures[exponent + 1:]}"


def _exponent(x: Fraction) -> int:
    """The e with 10**e <= x < 10**(e + 1), without printing huge integers."""
    n, m = x.numerator, x.denominator
    e = (n.bit_length() - m.bit_length()) * 30103 // 100000 - 1
    while (m * 10 ** (e + 1) if e + 1 >= 0 else m) <= (n if e + 1 >= 0 else n * 10 ** -(e + 1)):
        e += 1
    return e


def as_json(value: Value) -> object:
    """A JSON value: a number for an int, else a dict.

    Keys: `value` (nominal number in `unit`, null beyond the range of a float), `unit`, `exact` (the same as
    "p/q"), and, where they apply, `lo`, `hi`, `missing`, `bound`, `direction`, `coding`.
    """
    if type(value) is int:
        return value
    if type(value) is not Quantity:
        return {"value": _float(value), "unit": "", "exact": _ratio(value)}  # type: ignore[arg-type]
    u = display_unit(value) if value.dim is not NONE or value.unit else natural(NONE)
    nom = scaled(value.nom, u)
    out: dict[str, object] = {"value": _float(nom), "unit": u.name, "exact": _ratio(nom)}
    if value.lo != value.hi:
        out["lo"], out["hi"] = _float(scaled(value.lo, u)), _float(scaled(value.hi, u))
    if value.missing:
        out["missing"], out["bound"] = value.missing, value.bound
    if value.direction:
        out["direction"] = value.direction
    if value.coding:
        out["coding"] = value.coding
    return out


def _ratio(number: Number) -> str:
    return f"{number.numerator}/{number.denominator}" if number.denominator != 1 else str(number.numerator)


def _float(number: Number) -> int | float | None:
    if type(number) is int:
        return number
    try:
        return float(number)
    except OverflowError:
        return None
