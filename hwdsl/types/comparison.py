"""Intervals, tolerances, extremes and comparisons of quantities."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.types.arithmetic import End, add, ends, merge_tags, mixed, opened, sub
from hwdsl.types.dimension import LENGTH, NONE, TEMPERATURE
from hwdsl.types.unit import IEC, Number, tidy
from hwdsl.types.value import Quantity, UnitError, Value, as_quantity, collapsed


def interval(lo: Value, hi: Value, typ: Value | None = None) -> Value:
    """The closed interval `lo to hi`, nominal value `typ` (the middle when None).

    Raises UnitError HW1109 when it is empty, `typ` lies outside or an end is not exact; HW1101, HW1104, HW1105, HW1107 when
    the ends differ in kind.
    """
    from hwdsl.types.format import text

    p, q = as_quantity(lo), as_quantity(hi)
    parts = [p, q] if typ is None else [p, q, as_quantity(typ)]
    direction, coding = _same_kind("span an interval between", parts)
    if not all(x.is_exact for x in parts):
        raise UnitError("HW1109", f"the ends of an interval are exact values, found {text(lo)} and {text(hi)}")
    if p.nom > q.nom:
        raise UnitError("HW1109", f"empty interval: {text(lo)} is more than {text(hi)}", (), "write the smaller end first")
    nom = parts[2].nom if typ is not None else tidy(Fraction(p.nom + q.nom) / 2)
    if typ is not None and not p.nom <= nom <= q.nom:
        raise UnitError("HW1109", f"typical value {text(typ)} outside {text(lo)} to {text(hi)}")
    unit = next((x.unit for x in parts if x.unit), "")
    return collapsed(Quantity(p.nom, nom, q.nom, p.dim, unit, direction, coding, form="typ" if typ is not None else ""))


def tolerance(mid: Value, tol: Value) -> Value:
    """`mid +- tol`: on the right of `==`, equal to every value inside. Raises UnitError as `interval`."""
    from hwdsl.types.format import text

    p, q = as_quantity(mid), as_quantity(tol)
    if not p.is_exact or not q.is_exact or q.nom < 0:
        raise UnitError("HW1109", f"a tolerance is an exact value that is not negative, found {text(mid)} +- {text(tol)}")
    if p.is_point and q.is_point:
        raise UnitError("HW1107", f"a tolerance is a difference, found {text(tol)}", (), "write it in K")
    low, high = as_quantity(sub(mid, tol)), as_quantity(add(mid, tol))
    return collapsed(Quantity(low.nom, p.nom, high.nom, high.dim, high.unit, high.direction, high.coding, form="+-"))


def _same_kind(verb: str, values: list[Quantity]) -> tuple[str, str]:
    direction = coding = ""
    first = values[0]
    for x in values[1:]:
        if x.dim is not first.dim:
            raise mixed(verb, collapsed(first), collapsed(x))
        if x.dim is TEMPERATURE and x.is_point is not first.is_point:
            raise _point_or_difference(verb, first, x)
    for x in values:
        one, two = merge_tags(verb, first, x)
        direction, coding = direction or one, coding or two
    return direction, coding


def _point_or_difference(verb: str, p: Quantity, q: Quantity) -> UnitError:
    from hwdsl.types.format import text

    point, difference = (p, q) if p.is_point else (q, p)
    return UnitError("HW1107", f"cannot {verb} a temperature ({text(point)}) and a difference ({text(difference)})",
                     (f"{text(difference)} as a temperature is {text(difference, 'degC')}",),
                     "temperatures are written in degC, differences in K")


def maximum(first: Value, *others: Value) -> Value:
    """The largest; of intervals, the interval of the largest. Raises UnitError as `compare`."""
    return _extreme(1, first, others)


def minimum(first: Value, *others: Value) -> Value:
    """The smallest; of intervals, the interval of the smallest. Raises UnitError as `compare`."""
    return _extreme(-1, first, others)


def _extreme(sign: int, first: Value, others: tuple[Value, ...]) -> Value:
    best = first
    for other in others:
        p, q = as_quantity(best), as_quantity(other)
        direction, coding = _same_kind("compare", [p, q])
        if p.is_exact and q.is_exact:
            best = other if (q.nom > p.nom if sign > 0 else q.nom < p.nom) else best
            continue
        pick = max if sign > 0 else min
        best = _from_ends(pick(ends(p)[0], ends(q)[0]), pick(p.nom, q.nom), pick(ends(p)[1], ends(q)[1]), p, q, direction, coding)
    return best


def _from_ends(lo: End, nom: Number, hi: End, p: Quantity, q: Quantity, direction: str, coding: str) -> Value:
    """The extreme of two values of which one is not exact."""
    # A bound that cannot decide the extreme any more (min of an exact 3 W and "at least 5 W") leaves nothing unknown.
    missing = p.missing + q.missing if type(lo) is float or type(hi) is float else 0
    return opened(lo, nom, hi, p.dim, p.unit or q.unit, direction, coding, missing, "")


def compare(op: str, a: Value, b: Value) -> bool | None:
    """`a op b` for op in == != < <= > >=; None where intervals overlap or unknown parts leave it open.

    `==` against a tolerance on the right holds for any value inside. Raises UnitError HW1102, HW1104, HW1105, HW1107, HW1112.
    """
    if type(a) is Quantity or type(b) is Quantity:
        p, q = as_quantity(a), as_quantity(b)
        if p.dim is not q.dim:
            raise mixed("compare", a, b)
        if p.dim is TEMPERATURE and p.is_point is not q.is_point:
            raise _point_or_difference("compare", p, q)
        if p.direction != q.direction or p.coding != q.coding:
            merge_tags("compare", p, q)
        if not (p.lo is p.hi and q.lo is q.hi) or p.missing or q.missing:
            return _decided(op, ends(p), ends(q), q.form == "+-")
        a, b = p.nom, q.nom
    if op == "==":
        return a == b
    if op == "!=":
        return a != b
    if op in (">", ">="):
        a, b = b, a
    return a < b if op in ("<", ">") else a <= b  # type: ignore[operator]


def _decided(op: str, a: tuple[End, End], b: tuple[End, End], tolerant: bool) -> bool | None:
    if op in ("==", "!="):
        same = _equal(a, b, tolerant)
        return same if op == "==" or same is None else not same
    if op in (">", ">="):
        a, b = b, a
    if op in ("<", ">"):
        return True if a[1] < b[0] else False if a[0] >= b[1] else None
    return True if a[1] <= b[0] else False if a[0] > b[1] else None


def _equal(a: tuple[End, End], b: tuple[End, End], tolerant: bool) -> bool | None:
    if a[1] < b[0] or b[1] < a[0]:
        return False
    if a[0] == a[1] == b[0] == b[1]:
        return True
    return True if tolerant and b[0] <= a[0] and a[1] <= b[1] else None


def mismatch_hint(a: Value, b: Value) -> str | None:
    """What two figures that should agree were probably confused about (bits for bytes, both directions for one, ...), or None."""
    p, q = as_quantity(a), as_quantity(b)
    if p.dim is not q.dim or p.nom <= 0 or q.nom <= 0 or p.nom == q.nom:
        return None
    ratio = Fraction(max(p.nom, q.nom)) / min(p.nom, q.nom)
    if p.dim.exponent("information"):
        if ratio == 8:
            return "the two differ by exactly 8: bits for bytes?"
        if ratio == 2:
            return "the two differ by exactly 2: both directions for one?"
        if ratio == 16:
            return "the two differ by exactly 16: bits for bytes, and both directions for one?"
        for i, prefix in enumerate(IEC):
            if ratio == Fraction(1024, 1000) ** (i + 1):
                return f"the two differ by exactly (1024/1000)^{i + 1}: `{prefix}` for `{_decimal(prefix)}`?"
    if p.dim is LENGTH and ratio == Fraction(4800, 4445):
        return "the two differ by exactly 48/44.45: `OU` for `U`?"
    if p.dim is LENGTH and ratio == Fraction(254, 10):
        return "the two differ by exactly 25.4: inch for mm?"
    if p.dim is not NONE:
        for i in (1, 2, 3):
            if ratio == 1000**i:
                return f"the two differ by exactly {1000**i}: a wrong prefix?"
    return None


def _decimal(prefix: str) -> str:
    return "k" if prefix == "Ki" else prefix[0]
