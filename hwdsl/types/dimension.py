"""Physical dimensions: what a number measures, apart from the unit it is written in.

A `Dim` is a product of base dimensions with integer exponents. Dims are interned: two equal dims are the same object, so `is`,
`==` and hashing cost nothing; products are memoised. The interning table holds pure values only (no state of a session).

Base dimensions: information (bit), time (s), operation (FLOP, OP), energy (J; power is energy/time), length (m), mass (kg),
temperature (K), current (A; voltage is power/current), loss (dB), level (dBm) and one money dimension per currency. Energy and
mass are independent bases: nothing in a design converts one into the other, and mixing them is a mistake worth reporting.
"""

from __future__ import annotations

_ORDER = ("operation", "energy", "information", "mass", "temperature", "loss", "level", "current", "time", "length")
_RANK = {name: i for i, name in enumerate(_ORDER)}

Exponents = tuple[tuple[str, int], ...]


def _rank(item: tuple[str, int]) -> tuple[int, str]:
    # Currencies come first: "money (USD)/time" reads better than the reverse.
    return _RANK.get(item[0], -1), item[0]


class Dim:
    """A dimension; obtain one from the constants of this module, from `money` or by `*`, `/`, `**`.

    `exponents` holds (base name, non-zero exponent) pairs in a fixed order.
    """

    __slots__ = ("exponents",)
    exponents: Exponents

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Dim is immutable")

    def __mul__(self, other: Dim) -> Dim:
        if not other.exponents:
            return self
        return _product(self, other, 1)

    def __truediv__(self, other: Dim) -> Dim:
        if not other.exponents:
            return self
        return _product(self, other, -1)

    def __pow__(self, exponent: int) -> Dim:
        return _intern(tuple((base, e * exponent) for base, e in self.exponents) if exponent else ())

    def __reduce__(self) -> tuple[object, ...]:
        return (_intern, (self.exponents,))

    def __repr__(self) -> str:
        return f"Dim({self.name})"

    @property
    def is_none(self) -> bool:
        """Whether this is the dimension of a plain number."""
        return not self.exponents

    def exponent(self, base: str) -> int:
        """Exponent of a base dimension, 0 when it does not occur."""
        for name, e in self.exponents:
            if name == base:
                return e
        return 0

    @property
    def currency(self) -> str:
        """The currency when this is an amount of money (not money per something), else ""."""
        if len(self.exponents) == 1 and self.exponents[0][1] == 1 and self.exponents[0][0].startswith("money:"):
            return self.exponents[0][0][6:]
        return ""

    @property
    def name(self) -> str:
        """What an engineer calls it: "power", "information/time", "ratio" (dimensionless)."""
        return _NAMES.get(self) or _compose(self)


_POOL: dict[Exponents, Dim] = {}
_PRODUCTS: dict[tuple[Dim, Dim, int], Dim] = {}


def _intern(exponents: Exponents) -> Dim:
    """The one `Dim` with these (already ordered, non-zero) exponents."""
    dim = _POOL.get(exponents)
    if dim is None:
        dim = Dim.__new__(Dim)
        object.__setattr__(dim, "exponents", exponents)
        dim = _POOL.setdefault(exponents, dim)
    return dim


def _product(a: Dim, b: Dim, sign: int) -> Dim:
    key = (a, b, sign)
    known = _PRODUCTS.get(key)
    if known is None:
        total = dict(a.exponents)
        for base, e in b.exponents:
            total[base] = total.get(base, 0) + sign * e
        known = _intern(tuple(sorted(((n, e) for n, e in total.items() if e), key=_rank)))
        _PRODUCTS[key] = known
    return known


def _base(name: str) -> Dim:
    return _intern(((name, 1),))


def money(currency: str) -> Dim:
    """An amount of money; currencies are different dimensions, there are no exchange rates."""
    return _base(f"money:{currency}")


NONE = _intern(())
INFORMATION = _base("information")
TIME = _base("time")
OP = _base("operation")
ENERGY = _base("energy")
LENGTH = _base("length")
MASS = _base("mass")
TEMPERATURE = _base("temperature")
CURRENT = _base("current")
LOSS = _base("loss")
LEVEL = _base("level")
RATE = INFORMATION / TIME
OP_RATE = OP / TIME
POWER = ENERGY / TIME
ENERGY_PER_BIT = ENERGY / INFORMATION
AREA = LENGTH**2
VOLUME = LENGTH**3
FLOW = VOLUME / TIME
VOLTAGE = POWER / CURRENT
RESISTANCE = VOLTAGE / CURRENT
FREQUENCY = NONE / TIME
PRESSURE = ENERGY / VOLUME
DENSITY = RATE / LENGTH
LOSS_PER_LENGTH = LOSS / LENGTH

_NAMES: dict[Dim, str] = {
    NONE: "ratio", LEVEL: "optical power level", POWER: "power", AREA: "area", VOLUME: "volume", FLOW: "volume flow",
    VOLTAGE: "voltage", RESISTANCE: "resistance", FREQUENCY: "frequency", PRESSURE: "pressure",
}
BY_NAME: dict[str, Dim] = {
    "information": INFORMATION, "time": TIME, "rate": RATE, "operation": OP, "operation_rate": OP_RATE, "power": POWER,
    "energy": ENERGY, "energy_per_bit": ENERGY_PER_BIT, "length": LENGTH, "area": AREA, "volume": VOLUME, "mass": MASS,
    "temperature": TEMPERATURE, "flow": FLOW, "current": CURRENT, "voltage": VOLTAGE, "resistance": RESISTANCE,
    "frequency": FREQUENCY, "pressure": PRESSURE, "loss": LOSS, "level": LEVEL, "ratio": NONE,
}
"""Dimensions under the words a type annotation may use."""

_DERIVED = ((VOLTAGE, "voltage"), (POWER, "power"))


def _compose(dim: Dim) -> str:
    over: list[str] = []
    under: list[str] = []
    rest = dim
    for derived, word in _DERIVED:
        # Only where it shortens: W/m2 is power/area, but J/bit stays energy/information.
        if all(rest.exponent(base) * e >= e * e for base, e in derived.exponents):
            over.append(word)
            rest = rest / derived
    for base, e in rest.exponents:
        word = f"money ({base[6:]})" if base.startswith("money:") else base
        for derived, known in ((AREA, "area"), (VOLUME, "volume")):
            if base == "length" and abs(e) == derived.exponents[0][1]:
                word, e = known, e // abs(e)
        (over if e > 0 else under).append(word if abs(e) == 1 else f"{word}^{abs(e)}")
    return "/".join(["*".join(over) or "1", *under])
