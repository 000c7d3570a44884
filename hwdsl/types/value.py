"""`Quantity`: an exact, possibly uncertain number with a dimension and the conventions it was stated under.

Plain `int` and `Fraction` are dimensionless numbers; everything else is a `Quantity`. No float enters anywhere.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.types.dimension import LEVEL, NONE, TEMPERATURE, Dim
from hwdsl.types.unit import Number, suggest, tidy, unit

MAX_BITS = 1 << 13
"""Numerators and denominators beyond this many bits are refused: no figure of a design needs them, repeated squaring does."""


class UnitError(Exception):
    """A mistake in units or conventions; the evaluator turns it into a `Diagnostic` at the right span.

    code     one of `hwdsl.types.codes.CODES`
    message  one line, with both values and their units
    notes    facts
    help     one thing to try, may be empty
    """

    def __init__(self, code: str, message: str, notes: tuple[str, ...] = (), help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.notes = notes
        self.help = help


class Quantity:
    """An immutable value with a dimension.

    lo, nom, hi  in base units (`hwdsl.types.unit`); equal for an exact value, else a closed interval and its nominal value
    dim          the dimension
    unit         display hint: the unit it was written in, "" when none fits. A temperature written in `degC` is a point on the
                 scale, one in `K` a difference
    direction    "" (untagged: adopts the other operand's), "one" or "bidi" (both directions added up)
    coding       "" (untagged), "raw" or "net"
    missing      number of unknown parts; the known part is then a bound of the true value on the side that `bound` says
    bound        ">=" lower bound, "<=" upper bound, "?" neither, "in" both (lo to hi holds although parts are unknown, as in a
                 quotient by a lower bound); "" when nothing is missing
    form         how the interval was written: "typ" (its nominal value was stated), "+-" (a tolerance: on the right of `==` any
                 value inside is equal), ""

    Equality is by meaning: the display hint and `form` do not count.
    """

    __slots__ = ("bound", "coding", "dim", "direction", "form", "hi", "lo", "missing", "nom", "unit")
    lo: Number
    nom: Number
    hi: Number
    dim: Dim
    unit: str
    direction: str
    coding: str
    missing: int
    bound: str
    form: str

    def __init__(self, lo: Number, nom: Number, hi: Number, dim: Dim, unit: str = "", direction: str = "", coding: str = "",
                 missing: int = 0, bound: str = "", form: str = "") -> None:
        _lo(self, lo)
        _nom(self, nom)
        _hi(self, hi)
        _dim(self, dim)
        _unit(self, unit)
        _direction(self, direction)
        _coding(self, coding)
        _missing(self, missing)
        _bound(self, (bound or ">=") if missing else "")
        _form(self, form)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Quantity is immutable")

    def _values(self) -> tuple[Number, Number, Number, Dim, str, str, str, int, str, str]:
        return (self.lo, self.nom, self.hi, self.dim, self.unit, self.direction, self.coding, self.missing, self.bound, self.form)

    def __reduce__(self) -> tuple[object, ...]:
        return (Quantity, self._values())

    def _meaning(self) -> tuple[object, ...]:
        return (self.lo, self.nom, self.hi, self.dim, self.is_point, self.direction, self.coding, self.missing, self.bound)

    def __eq__(self, other: object) -> bool:
        return self._meaning() == other._meaning() if type(other) is Quantity else NotImplemented

    def __hash__(self) -> int:
        return hash(self._meaning())

    def __repr__(self) -> str:
        from hwdsl.types.format import text

        return f"<{text(self)}>"

    @property
    def is_exact(self) -> bool:
        """Whether this is one known number: no interval, nothing missing."""
        return not self.missing and (self.lo is self.hi or self.lo == self.hi)

    @property
    def is_point(self) -> bool:
        """Whether this is a temperature on the scale, not a difference."""
        return self.dim is TEMPERATURE and self.unit == "degC"


# Writing through the slots is the cheapest way past `__setattr__`.
_slots = vars(Quantity)
_lo = _slots["lo"].__set__
_nom = _slots["nom"].__set__
_hi = _slots["hi"].__set__
_dim = _slots["dim"].__set__
_unit = _slots["unit"].__set__
_direction = _slots["direction"].__set__
_coding = _slots["coding"].__set__
_missing = _slots["missing"].__set__
_bound = _slots["bound"].__set__
_form = _slots["form"].__set__

Value = int | Fraction | Quantity
"""What arithmetic takes and gives."""


def quantity(value: Number, unit_word: str) -> Quantity:
    """`value` in the unit `unit_word` (`quantity(400, "Gb/s")`).

    Raises UnitError HW1103, with a suggestion where there is one, when the word is no unit; HW1111 when the number is too large.
    """
    u = unit(unit_word)
    if u is None:
        raise unknown_unit(unit_word)
    base = value * u.factor
    if u.offset:
        base = base + u.offset
    base = bounded(base)
    return Quantity(base, base, base, u.dim, u.name)


def bounded(value: Number) -> Number:
    """`value`, as an int when it is whole. Raises UnitError HW1111 beyond `MAX_BITS`."""
    if type(value) is Fraction:
        if value.denominator == 1:
            value = value.numerator
        elif value.denominator.bit_length() > MAX_BITS or value.numerator.bit_length() > MAX_BITS:
            raise too_large()
        else:
            return value
    if value.bit_length() > MAX_BITS:  # type: ignore[union-attr]
        raise too_large()
    return value


def too_large() -> UnitError:
    """The error for a number beyond `MAX_BITS`."""
    return UnitError("HW1111", f"a number of more than {MAX_BITS} bits", ("no figure of a design is that large",),
                     "look for a power or a product that runs away")


def unknown_unit(word: str) -> UnitError:
    """The error for a word that is no unit."""
    guess = suggest(word)
    if guess:
        return UnitError("HW1103", f"unknown unit `{word}`", (), f"did you mean `{guess}`?")
    if "/" in word:
        bad = next((part for part in word.split("/") if unit(part) is None), word)
        return UnitError("HW1103", f"unknown unit `{word}`", (f"`{bad}` is no unit",),
                         f"to divide by a value, write blanks around `/`: `{word.replace('/', ' / ')}`")
    return UnitError("HW1103", f"unknown unit `{word}`")


def exact(value: Number, dim: Dim, unit: str = "", direction: str = "", coding: str = "") -> Value:
    """An exact value in base units; a plain number when `dim` is dimensionless."""
    value = tidy(value)
    if dim is NONE:
        return value
    return Quantity(value, value, value, dim, unit, direction, coding)


def unknown(dim: Dim, unit: str = "", missing: int = 1) -> Quantity:
    """A figure nobody published: at least 0 (of a level or a temperature not even that), `missing` parts unknown."""
    bound = "?" if dim is LEVEL or dim is TEMPERATURE else ">="
    return Quantity(0, 0, 0, dim, unit, "", "", missing, bound)


def tagged(value: Quantity, direction: str | None = None, coding: str | None = None) -> Quantity:
    """`value` stated under other conventions; the number does not change (see `bidi` for the conversion)."""
    return Quantity(value.lo, value.nom, value.hi, value.dim, value.unit, value.direction if direction is None else direction,
                    value.coding if coding is None else coding, value.missing, value.bound, value.form)


def as_quantity(value: Value) -> Quantity:
    """`value`, a plain number wrapped as a dimensionless quantity."""
    return value if type(value) is Quantity else Quantity(value, value, value, NONE)  # type: ignore[arg-type]


def collapsed(q: Quantity) -> Value:
    """A plain number where `q` is dimensionless and exact, else `q`."""
    return q.nom if q.dim is NONE and q.is_exact else q


def in_unit(value: Value, unit_word: str) -> Number:
    """The nominal number of `value` in `unit_word`, exact. ValueError when that unit measures something else."""
    u = unit(unit_word)
    q = as_quantity(value)
    if u is None or u.dim is not q.dim:
        raise ValueError(f"{describe(value)} is not measured in {unit_word}")
    return tidy(Fraction(q.nom - u.offset) / u.factor)


def describe(value: Value) -> str:
    """Dimension and value for a message: "power (6.3 kW)", "number (3)"."""
    from hwdsl.types.format import text

    name = value.dim.name if type(value) is Quantity else "number"
    if type(value) is Quantity and value.dim is NONE:
        name = "number"
    return f"{name} ({text(value)})"
