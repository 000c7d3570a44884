"""Units: the words after a number, and what they are worth.

`unit("GB/s")` gives dimension and exact factor to the base unit (bit, second, FLOP, joule, metre, kilogram, kelvin, ampere, dB,
dBm, one unit of a currency). A word is simple (`kW`) or compound (`Gb/s/mm`: the first over all that follow). `b` and `bit` are
bits, `B` and `byte` bytes; SI prefixes are powers of 1000, `Ki Mi Gi ...` of 1024. Words are looked up on demand and remembered.
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.node import Record
from hwdsl.types import dimension as d
from hwdsl.types.dimension import Dim

Number = int | Fraction


class Unit(Record):
    """A unit of measure.

    factor   exact worth in base units; a value is `number * factor + offset`
    offset   only `degC` has one (273.15 K)
    stem     the word without the prefix of its first part (`B/s` for `GB/s`), "" when it takes none
    ladder   prefixes a printer may put before `stem`, from small to large
    """

    name: str
    dim: Dim
    factor: Number
    offset: Number = 0
    stem: str = ""
    ladder: tuple[str, ...] = ()


SI: dict[str, Number] = {
    "f": Fraction(1, 10**15), "p": Fraction(1, 10**12), "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "µ": Fraction(1, 10**6),
    "μ": Fraction(1, 10**6), "m": Fraction(1, 1000), "c": Fraction(1, 100), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "P": 10**15, "E": 10**18, "Z": 10**21, "Y": 10**24,
}
IEC: dict[str, Number] = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60, "Zi": 2**70}
IEC_LADDER = ("", *IEC)

_UP = "k M G T P E Z Y"
_ANY = "f p n u µ μ m k M G T P E"
_LADDER_UP = ("", "k", "M", "G", "T", "P", "E", "Z")
_LADDER = ("f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P")

# word -> (dimension, factor, prefixes it may take, prefixes a printer may choose)
Row = tuple[Dim, Number, str, tuple[str, ...]]
PREFIXED: dict[str, Row] = {
    "b": (d.INFORMATION, 1, _UP + " IEC", _LADDER_UP),
    "bit": (d.INFORMATION, 1, _UP + " IEC", _LADDER_UP),
    "B": (d.INFORMATION, 8, _UP + " IEC", _LADDER_UP),
    "byte": (d.INFORMATION, 8, _UP + " IEC", _LADDER_UP),
    "bps": (d.RATE, 1, _UP, _LADDER_UP),
    "FLOP": (d.OP, 1, _UP, _LADDER_UP),
    "OP": (d.OP, 1, _UP, _LADDER_UP),
    "FLOPS": (d.OP_RATE, 1, _UP, _LADDER_UP),
    "OPS": (d.OP_RATE, 1, _UP, _LADDER_UP),
    "s": (d.TIME, 1, "f p n u µ μ m", ("f", "p", "n", "u", "m", "")),
    "W": (d.POWER, 1, _ANY, _LADDER),
    "J": (d.ENERGY, 1, _ANY, _LADDER),
    "Wh": (d.ENERGY, 3600, "m k M G T", ("m", "", "k", "M", "G", "T")),
    "eV": (d.ENERGY, Fraction(1602176634, 10**28), "m k M G", ("m", "", "k", "M", "G")),
    "m": (d.LENGTH, 1, "p n u µ μ m c k", ("n", "u", "m", "", "k")),
    "g": (d.MASS, Fraction(1, 1000), "n u µ μ m k", ("u", "m", "", "k")),
    "K": (d.TEMPERATURE, 1, "u µ μ m", ("m", "")),
    "A": (d.CURRENT, 1, "p n u µ μ m k M", ("n", "u", "m", "", "k")),
    "V": (d.VOLTAGE, 1, "n u µ μ m k M", ("u", "m", "", "k")),
    "ohm": (d.RESISTANCE, 1, "u µ μ m k M", ("u", "m", "", "k", "M")),
    "Hz": (d.FREQUENCY, 1, _ANY, ("m", "", "k", "M", "G", "T")),
    "Bd": (d.FREQUENCY, 1, _UP, ("", "k", "M", "G", "T")),
    "Pa": (d.PRESSURE, 1, "m k M", ("", "k", "M")),
    "bar": (d.PRESSURE, 10**5, "m", ("m", "")),
    "L": (d.VOLUME, Fraction(1, 1000), "u µ μ m k", ("m", "")),
    "USD": (d.money("USD"), 1, "k M G", ()),
    "CNY": (d.money("CNY"), 1, "k M G", ()),
    "EUR": (d.money("EUR"), 1, "k M G", ()),
}
PLAIN: dict[str, tuple[Dim, Number]] = {
    "bits": (d.INFORMATION, 1), "bytes": (d.INFORMATION, 8),
    "min": (d.TIME, 60), "h": (d.TIME, 3600), "d": (d.TIME, 86400), "day": (d.TIME, 86400), "week": (d.TIME, 7 * 86400),
    "yr": (d.TIME, 31557600), "year": (d.TIME, 31557600),
    "inch": (d.LENGTH, Fraction(254, 10**4)), "ft": (d.LENGTH, Fraction(3048, 10**4)), "mil": (d.LENGTH, Fraction(254, 10**7)),
    "U": (d.LENGTH, Fraction(4445, 10**5)), "OU": (d.LENGTH, Fraction(48, 1000)),
    "m2": (d.AREA, 1), "cm2": (d.AREA, Fraction(1, 10**4)), "mm2": (d.AREA, Fraction(1, 10**6)),
    "um2": (d.AREA, Fraction(1, 10**12)),
    "m3": (d.VOLUME, 1), "cm3": (d.VOLUME, Fraction(1, 10**6)), "mm3": (d.VOLUME, Fraction(1, 10**9)),
    "t": (d.MASS, 1000), "lb": (d.MASS, Fraction(45359237, 10**8)),
    "BTU": (d.ENERGY, Fraction(105505585262, 10**8)),
    "dB": (d.LOSS, 1), "dBm": (d.LEVEL, 1),
    "percent": (d.NONE, Fraction(1, 100)), "ppm": (d.NONE, Fraction(1, 10**6)),
    "$": (d.money("USD"), 1),
}
_DEG_C = Unit("degC", d.TEMPERATURE, 1, Fraction(27315, 100))
_known: dict[str, Unit | None] = {"degC": _DEG_C}
# Words come from the user's text; a ceiling keeps a long-lived session from remembering every typo.
_MEMORY = 4096


def tidy(value: Number) -> Number:
    """`value` as an int when it is whole."""
    if type(value) is Fraction and value.denominator == 1:
        return value.numerator
    return value


def unit(word: str) -> Unit | None:
    """The unit a word stands for, None when it is no unit (see `suggest`)."""
    try:
        return _known[word]
    except KeyError:
        found = _compound(word) if "/" in word else simple(word)
        if len(_known) < _MEMORY:
            _known[word] = found
        return found


def simple(word: str) -> Unit | None:
    """A unit without `/`, prefix included: `kW`, `GiB`, `min`."""
    plain = PLAIN.get(word)
    if plain is not None:
        return Unit(word, plain[0], plain[1])
    row = PREFIXED.get(word)
    if row is not None:
        return Unit(word, row[0], row[1], 0, word, row[3])
    for cut, prefixes in ((2, IEC), (1, SI)):
        row = PREFIXED.get(word[cut:])
        prefix = word[:cut]
        if row is None or prefix not in prefixes:
            continue
        if ("IEC" if cut == 2 else prefix) in row[2].split():
            ladder = IEC_LADDER if cut == 2 else row[3]
            return Unit(word, row[0], tidy(prefixes[prefix] * row[1]), 0, word[cut:], ladder)
    return None


def _compound(word: str) -> Unit | None:
    first, *rest = word.split("/")
    head = _transfers(first, rest) or unit(first)
    if head is None or head.dim is d.LEVEL:
        return None
    dim, factor = head.dim, head.factor
    for part in rest:
        below = unit(part)
        if below is None:
            return None
        dim = dim / below.dim
        factor = Fraction(factor) / below.factor
    stem = "/".join([head.stem, *rest]) if head.stem else ""
    return Unit(word, dim, tidy(factor), 0, stem, head.ladder)


def _transfers(first: str, rest: list[str]) -> Unit | None:
    """`GT/s`: one bit per transfer and lane; `T` is a unit only in front of `/s`."""
    if rest[:1] != ["s"] or first[-1:] != "T" or first[:-1] not in ("", "k", "M", "G", "T"):
        return None
    return Unit(first, d.INFORMATION, SI[first[0]] if len(first) == 2 else 1, 0, "T", ("", "k", "M", "G", "T"))


def suggest(word: str) -> str | None:
    """The unit somebody probably meant by an unknown word (`GBps`: `GB/s`, `in`: `inch`), None without a good guess."""
    from hwdsl.types.suggest import nearest

    return nearest(word)


_NATURAL: dict[Dim, str] = {
    d.INFORMATION: "B", d.TIME: "s", d.RATE: "b/s", d.OP: "FLOP", d.OP_RATE: "FLOPS", d.POWER: "W", d.ENERGY: "J",
    d.ENERGY_PER_BIT: "J/bit", d.LENGTH: "m", d.AREA: "mm2", d.VOLUME: "L", d.MASS: "kg", d.TEMPERATURE: "K", d.FLOW: "L/min",
    d.CURRENT: "A", d.VOLTAGE: "V", d.RESISTANCE: "ohm", d.FREQUENCY: "Hz", d.PRESSURE: "kPa", d.LOSS: "dB", d.LEVEL: "dBm",
    d.DENSITY: "b/s/mm", d.LOSS_PER_LENGTH: "dB/m", d.NONE: "",
}
_BASE_WORD = {"information": "bit", "time": "s", "operation": "FLOP", "energy": "J", "length": "m", "mass": "kg",
              "temperature": "K", "current": "A", "loss": "dB", "level": "dBm"}


def natural(dim: Dim) -> Unit:
    """The unit to print a value of `dim` in when nobody wrote one; composed of base units when there is no usual one."""
    word = _NATURAL.get(dim) or dim.currency
    found = unit(word) if word else None
    if found is not None:
        return found
    over: list[str] = []
    under: list[str] = []
    rest = dim
    if rest.exponent("energy") > 0 and rest.exponent("time") < 0:
        over.append("W")
        rest = rest / d.POWER
    for base, e in rest.exponents:
        word = _BASE_WORD.get(base, base[6:])
        (over if e > 0 else under).extend([word if abs(e) == 1 else f"{word}^{abs(e)}"])
    return Unit("/".join(["*".join(over) or "1", *under]) if dim.exponents else "", dim, 1)
