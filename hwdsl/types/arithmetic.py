"""Arithmetic of quantities: exact, with dimensions, intervals, unknown parts and conventions (direction, coding).

Operands are int, Fraction or Quantity; a dimensionless exact result is an int or a Fraction. Intervals follow interval arithmetic
with the nominal value computed alongside. Mistakes raise `UnitError`.

Logarithmic levels: dB add; dBm +- dB is dBm, dBm - dBm is dB. Temperatures: `degC` is a point, `K` a difference; point +-
difference is a point, point - point a difference.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.types.dimension import LEVEL, LOSS, NONE, TEMPERATURE, Dim
from hwdsl.types.unit import Number, natural, tidy, unit
from hwdsl.types.value import MAX_BITS, Quantity, UnitError, Value, as_quantity, bounded, collapsed, describe, too_large

_INF = float("inf")
_RACK_UNITS = ("U", "OU")
_NO_LOW = ("<=", "?")
_NO_HIGH = (">=", "?")
End = int | Fraction | float
"""An end of an interval; the only floats are the two infinities of figures with unknown parts."""


def add(a: Value, b: Value) -> Value:
    """`a + b`. Raises UnitError HW1101, HW1104..HW1107, HW1112."""
    return _sum(a, b, 1)


def sub(a: Value, b: Value) -> Value:
    """`a - b`. Raises as `add`."""
    return _sum(a, b, -1)


def _sum(a: Value, b: Value, sign: int) -> Value:
    if type(a) is not Quantity and type(b) is not Quantity:
        return bounded(a + b if sign > 0 else a - b)  # type: ignore[operator]
    p, q = as_quantity(a), as_quantity(b)
    dim, hint = p.dim, p.unit or q.unit
    if hint in _RACK_UNITS and q.unit != hint and q.unit:
        hint = "mm"  # a number of U that is partly OU would mislead
    if dim is not q.dim or dim is LEVEL:
        dim, hint = _sum_of_levels(a, b, p, q, sign)
    elif dim is TEMPERATURE:
        hint = _sum_of_temperatures(p, q, sign)
    direction, coding = p.direction, p.coding
    if direction != q.direction or coding != q.coding:
        direction, coding = merge_tags("add" if sign > 0 else "subtract", p, q)
    if p.lo is p.hi and q.lo is q.hi and not p.missing and not q.missing:
        total = p.nom + q.nom if sign > 0 else p.nom - q.nom
        if type(total) is Fraction:
            total = bounded(total)
        return total if dim is NONE else Quantity(total, total, total, dim, hint, direction, coding)
    r = q if sign > 0 else _negated(q)
    bound = _bound(p.bound in _NO_LOW or r.bound in _NO_LOW, p.bound in _NO_HIGH or r.bound in _NO_HIGH)
    form = "typ" if p.form == "typ" or q.form == "typ" else ""
    return collapsed(Quantity(bounded(p.lo + r.lo), bounded(p.nom + r.nom), bounded(p.hi + r.hi), dim, hint, direction, coding,
                              p.missing + q.missing, bound, form))


def _bound(open_lo: bool, open_hi: bool) -> str:
    """The `bound` of a value with missing parts whose low or high end is open."""
    if open_lo:
        return "?" if open_hi else "<="
    return ">=" if open_hi else "in"


def _sum_of_levels(a: Value, b: Value, p: Quantity, q: Quantity, sign: int) -> tuple[Dim, str]:
    verb = "add" if sign > 0 else "subtract"
    if p.dim is LEVEL and q.dim is LOSS:
        return LEVEL, p.unit
    if p.dim is LOSS and q.dim is LEVEL and sign > 0:
        return LEVEL, q.unit
    if p.dim is LEVEL and q.dim is LEVEL and sign < 0:
        return LOSS, "dB"
    if p.dim is LEVEL and q.dim is LEVEL:
        raise UnitError("HW1106", f"cannot add two optical power levels: {pair(p, q)}",
                        ("dBm is logarithmic: their sum means nothing",),
                        "add gains and losses in dB to one level, or subtract the levels")
    if p.dim is LOSS and q.dim is LEVEL:
        raise UnitError("HW1106", f"cannot subtract an optical power level from a loss: {pair(p, q)}", (),
                        "the power after a loss is level - loss")
    raise mixed(verb, a, b)


def _sum_of_temperatures(p: Quantity, q: Quantity, sign: int) -> str:
    if p.is_point and q.is_point:
        if sign < 0:
            return "K"
        raise UnitError("HW1107", f"cannot add two temperatures: {pair(p, q)}", (),
                        "a difference is written in K: `25 degC + 10 K`")
    if q.is_point and sign < 0:
        raise UnitError("HW1107", f"cannot subtract a temperature from a difference: {pair(p, q)}",
                        ("degC is a point on the scale, K a difference",), "write both in degC")
    return "degC" if p.is_point or q.is_point else p.unit or q.unit


def mixed(verb: str, a: Value, b: Value) -> UnitError:
    """The error for two dimensions that cannot be added (HW1101), compared (HW1102) or are two currencies (HW1112)."""
    code = "HW1102" if verb == "compare" else "HW1101"
    p, q = as_quantity(a), as_quantity(b)
    if p.dim.currency and q.dim.currency:
        return UnitError("HW1112", f"cannot {verb} {p.dim.currency} and {q.dim.currency}: {pair(p, q)}",
                         ("there are no exchange rates in the language",),
                         "convert with a rate of your own: `const usd_per_cny = 0.14 USD/CNY;`")
    from hwdsl.types.format import text

    advice = ""
    if p.dim is NONE or q.dim is NONE:
        bare, other = (a, q) if p.dim is NONE else (b, p)
        if type(bare) is not Quantity:
            advice = f"give the number a unit: `{text(bare)} {_hint(other)}`"
    return UnitError(code, f"cannot {verb} {describe(a)} and {describe(b)}", (), advice)


def _hint(q: Quantity) -> str:
    return q.unit or natural(q.dim).name


def pair(a: Value, b: Value) -> str:
    """Both values for a message."""
    from hwdsl.types.format import text

    return f"{text(a)} and {text(b)}"


_DIRECTION = {"one": "a one-direction", "bidi": "a both-directions"}


def merge_tags(verb: str, p: Quantity, q: Quantity) -> tuple[str, str]:
    """Direction and coding of a sum or a comparison: untagged adopts the other's. Raises UnitError HW1104, HW1105."""
    from hwdsl.types.format import text

    if p.coding and q.coding and p.coding != q.coding:
        raise UnitError("HW1104", f"cannot {verb} a {p.coding} figure ({text(p)}) and a {q.coding} one ({text(q)})",
                        ("raw counts the bits on the wire, net what remains after encoding and FEC",),
                        "convert one of them: `net(x)` or `raw(x)`")
    if p.direction and q.direction and p.direction != q.direction:
        raise UnitError("HW1105", f"cannot {verb} {_DIRECTION[p.direction]} figure ({text(p)}) and {_DIRECTION[q.direction]} one "
                        f"({text(q)})", (), "convert one of them: `bidi(x)` counts both directions")
    return p.direction or q.direction, p.coding or q.coding


def neg(a: Value) -> Value:
    """`-a`. Raises UnitError for a level or a temperature (`-5 degC` is a literal, not a negation)."""
    if type(a) is not Quantity:
        return -a  # type: ignore[operator]
    if a.dim is LEVEL or a.is_point:
        raise _no_scale("negate", a)
    return collapsed(_negated(a))


def _negated(q: Quantity) -> Quantity:
    bound = {">=": "<=", "<=": ">="}.get(q.bound, q.bound)
    if q.lo is q.hi:
        lo = nom = hi = -q.nom
    else:
        lo, nom, hi = -q.hi, -q.nom, -q.lo
    return Quantity(lo, nom, hi, q.dim, q.unit, q.direction, q.coding, q.missing, bound, q.form)


def _no_scale(verb: str, q: Quantity) -> UnitError:
    if q.dim is LEVEL:
        return UnitError("HW1106", f"cannot {verb} {describe(q)}", ("dBm is logarithmic",),
                         "a ratio is a difference in dB: `level + 3 dB`")
    return UnitError("HW1107", f"cannot {verb} {describe(q)}", ("degC is a point on the scale",),
                     "take a difference first: `x - 0 degC` is in K")


def mul(a: Value, b: Value) -> Value:
    """`a * b`. Raises UnitError HW1106, HW1107, HW1111."""
    if type(a) is not Quantity and type(b) is not Quantity:
        return bounded(a * b)  # type: ignore[operator]
    p, q = as_quantity(a), as_quantity(b)
    dim = p.dim * q.dim
    for x in (p, q):
        if x.dim is LEVEL or x.unit == "degC":
            raise _no_scale("multiply", x)
    hint = _product_hint(p, q, dim)
    direction, coding = _product_tags(p, q, dim)
    if p.lo is p.hi and q.lo is q.hi and not p.missing and not q.missing:
        total = bounded(p.nom * q.nom)
        return total if dim is NONE else Quantity(total, total, total, dim, hint, direction, coding)
    form = "typ" if p.form == "typ" or q.form == "typ" else ""
    lo, hi = _corners(ends(p), ends(q))
    return opened(lo, bounded(p.nom * q.nom), hi, dim, hint, direction, coding, p.missing + q.missing, form)


def div(a: Value, b: Value) -> Value:
    """`a / b`, exact. Raises UnitError HW1106..HW1108, HW1105 for a both-directions figure over a one-direction one."""
    if type(a) is not Quantity and type(b) is not Quantity:
        if not b:
            raise _by_zero(a, b)
        return bounded(Fraction(a) / b)  # type: ignore[arg-type,operator]
    p, q = as_quantity(a), as_quantity(b)
    for x in (p, q):
        if x.dim is LEVEL or x.unit == "degC":
            raise _no_scale("divide", x)
    if p.direction and q.direction and p.direction != q.direction and p.dim is q.dim:
        merge_tags("divide", p, q)
    dim = p.dim / q.dim
    hint = _quotient_hint(p, q, dim)
    direction, coding = _product_tags(p, q, dim)
    if p.lo is p.hi and q.lo is q.hi and not p.missing and not q.missing:
        if not q.nom:
            raise _by_zero(a, b)
        total = bounded(Fraction(p.nom) / q.nom)
        return total if dim is NONE else Quantity(total, total, total, dim, hint, direction, coding)
    form = "typ" if p.form == "typ" or q.form == "typ" else ""
    lo, hi = _corners(ends(p), _inverse(a, b, q))
    nom = bounded(Fraction(p.nom) / q.nom) if q.nom else 0
    return opened(lo, nom, hi, dim, hint, direction, coding, p.missing + q.missing, form)


def _by_zero(a: Value, b: Value) -> UnitError:
    from hwdsl.types.format import text

    return UnitError("HW1108", f"division by zero: {text(a)} / {text(b)}")


def _inverse(a: Value, b: Value, q: Quantity) -> tuple[End, End]:
    lo, hi = ends(q)
    if lo <= 0 <= hi:
        if q.missing:  # nothing is known about the divisor, so nothing about the quotient
            return -_INF, _INF
        raise _by_zero(a, b)
    # 1/inf is the open end 0
    return (0 if hi == _INF else 1 / Fraction(hi)), (0 if lo == -_INF else 1 / Fraction(lo))


def ends(q: Quantity) -> tuple[End, End]:
    """Smallest and largest value `q` may have; infinite where parts are unknown."""
    if not q.missing:
        return q.lo, q.hi
    return (-_INF if q.bound in _NO_LOW else q.lo), (_INF if q.bound in _NO_HIGH else q.hi)


def _corner(x: End, y: End) -> End:
    if not x or not y:
        return 0
    if type(x) is float or type(y) is float:
        return _INF if (x > 0) == (y > 0) else -_INF
    return x * y


def _corners(a: tuple[End, End], b: tuple[End, End]) -> tuple[End, End]:
    corners = [_corner(x, y) for x in a for y in b]
    return min(corners), max(corners)


def opened(lo: End, nom: Number, hi: End, dim: Dim, hint: str, direction: str, coding: str, missing: int, form: str) -> Value:
    """A quantity from possibly infinite ends."""
    bound = _bound(lo == -_INF, hi == _INF)
    if not missing or bound == "in":
        return collapsed(Quantity(_finite(lo), tidy(nom), _finite(hi), dim, hint, direction, coding, missing, bound, form))
    if bound == "?":
        low = high = nom
    elif bound == "<=":
        high = _finite(hi)
        low = nom = min(nom, high)
    else:
        low = _finite(lo)
        high = nom = max(nom, low)
    return Quantity(low, nom, high, dim, hint, direction, coding, missing, bound, form)


def _finite(end: End) -> Number:
    return bounded(end)  # type: ignore[arg-type]


def _product_tags(p: Quantity, q: Quantity, dim: Dim) -> tuple[str, str]:
    """Conventions belong to information and rates; they leave with the bits, and where two disagree."""
    if not (p.direction or q.direction or p.coding or q.coding) or not dim.exponent("information"):
        return "", ""
    direction = p.direction if p.direction == q.direction or not q.direction else q.direction if not p.direction else ""
    coding = p.coding if p.coding == q.coding or not q.coding else q.coding if not p.coding else ""
    return direction, coding


def _product_hint(p: Quantity, q: Quantity, dim: Dim) -> str:
    if q.dim is NONE:
        return p.unit if dim is not NONE else ""
    if p.dim is NONE:
        return q.unit
    for x, y in ((p.unit, q.unit), (q.unit, p.unit)):
        head, _, last = x.rpartition("/")
        if head and last == y:
            return "K" if head == "degC" else head  # 2 degC/W * 10 W is a difference
    return ""


def _quotient_hint(p: Quantity, q: Quantity, dim: Dim) -> str:
    if dim is NONE:
        return ""
    if q.dim is NONE:
        return p.unit
    if p.unit and q.unit and "/" not in q.unit:
        word = f"{p.unit}/{q.unit}"
        found = unit(word)
        # W/V is A: a dimension with a unit of its own is printed in that
        if found is not None and found.dim is dim and "/" in natural(dim).name:
            return word
    return ""


def power(base: Value, exponent: Value) -> Value:
    """`base ** exponent` for a whole exponent of at most 4096. Raises UnitError HW1110, HW1108, HW1111."""
    if type(exponent) is Fraction and exponent.denominator == 1:
        exponent = exponent.numerator
    if not isinstance(exponent, int) or abs(exponent) > 4096:
        raise UnitError("HW1110", f"cannot raise {describe(base)} to {describe(exponent)}", (),
                        "the exponent is a whole number up to 4096")
    if exponent < 0:
        return div(1, power(base, -exponent))
    if type(base) is not Quantity:
        n, m = base.numerator, base.denominator  # type: ignore[union-attr]
        if max(n.bit_length(), m.bit_length()) * exponent > 2 * MAX_BITS:
            raise too_large()
        return bounded(base**exponent)  # type: ignore[operator]
    result: Value = 1
    for _ in range(exponent):
        result = mul(result, base)
    if exponent % 2 == 0 and type(result) is Quantity and base.lo < 0 < base.hi and not base.missing:
        # [-1, 1] ** 2 is [0, 1]: the factors are the same number
        return Quantity(0, result.nom, result.hi, result.dim, result.unit, form=result.form)
    return result


def bidi(value: Value) -> Value:
    """Both directions of a one-direction figure: twice the number, tagged."""
    q = as_quantity(value)
    if q.direction == "bidi":
        return value
    twice = as_quantity(mul(q, 2))
    return Quantity(twice.lo, twice.nom, twice.hi, q.dim, q.unit, "bidi", q.coding, q.missing, q.bound, q.form)


def one_way(value: Value) -> Value:
    """One direction of a figure: half of a both-directions one."""
    q = as_quantity(value)
    half = as_quantity(div(q, 2)) if q.direction == "bidi" else q
    return Quantity(half.lo, half.nom, half.hi, q.dim, q.unit, "one", q.coding, q.missing, q.bound, q.form)
