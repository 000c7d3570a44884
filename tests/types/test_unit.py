"""Unit words: what each is worth, what is no unit, what was probably meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hwdsl.types import UnitError, money, suggest
from hwdsl.types import dimension as d
from hwdsl.types.quantity import quantity
from hwdsl.types.suggest import _words
from hwdsl.types.unit import natural, unit

WORTH = [
    ("b", d.INFORMATION, 1), ("bit", d.INFORMATION, 1), ("bits", d.INFORMATION, 1), ("B", d.INFORMATION, 8),
    ("byte", d.INFORMATION, 8), ("GB", d.INFORMATION, 8 * 10**9), ("GiB", d.INFORMATION, 8 * 2**30), ("Kib", d.INFORMATION, 1024),
    ("TiB", d.INFORMATION, 8 * 2**40), ("Gbit", d.INFORMATION, 10**9), ("kB", d.INFORMATION, 8000),
    ("Gb/s", d.RATE, 10**9), ("Gbps", d.RATE, 10**9), ("GB/s", d.RATE, 8 * 10**9), ("GiB/s", d.RATE, 8 * 2**30),
    ("TB/s", d.RATE, 8 * 10**12), ("GT/s", d.RATE, 10**9), ("MT/s", d.RATE, 10**6), ("T/s", d.RATE, 1),
    ("Gbit/s", d.RATE, 10**9), ("GB/h", d.RATE, Fraction(8 * 10**9, 3600)),
    ("FLOP", d.OP, 1), ("TFLOPS", d.OP_RATE, 10**12), ("PFLOP/s", d.OP_RATE, 10**15), ("TOPS", d.OP_RATE, 10**12),
    ("EFLOPS", d.OP_RATE, 10**18),
    ("W", d.POWER, 1), ("kW", d.POWER, 1000), ("MW", d.POWER, 10**6), ("mW", d.POWER, Fraction(1, 1000)),
    ("Wh", d.ENERGY, 3600), ("kWh", d.ENERGY, 3600000), ("J", d.ENERGY, 1), ("pJ", d.ENERGY, Fraction(1, 10**12)),
    ("eV", d.ENERGY, Fraction(1602176634, 10**28)), ("BTU/h", d.POWER, Fraction(105505585262, 3600 * 10**8)),
    ("pJ/bit", d.ENERGY_PER_BIT, Fraction(1, 10**12)), ("pJ/b", d.ENERGY_PER_BIT, Fraction(1, 10**12)),
    ("m", d.LENGTH, 1), ("mm", d.LENGTH, Fraction(1, 1000)), ("cm", d.LENGTH, Fraction(1, 100)), ("km", d.LENGTH, 1000),
    ("um", d.LENGTH, Fraction(1, 10**6)), ("µm", d.LENGTH, Fraction(1, 10**6)), ("nm", d.LENGTH, Fraction(1, 10**9)),
    ("inch", d.LENGTH, Fraction(254, 10000)), ("ft", d.LENGTH, Fraction(3048, 10000)), ("U", d.LENGTH, Fraction(4445, 100000)),
    ("OU", d.LENGTH, Fraction(48, 1000)), ("mm2", d.AREA, Fraction(1, 10**6)), ("m2", d.AREA, 1),
    ("g", d.MASS, Fraction(1, 1000)), ("kg", d.MASS, 1), ("t", d.MASS, 1000), ("lb", d.MASS, Fraction(45359237, 10**8)),
    ("K", d.TEMPERATURE, 1), ("mK", d.TEMPERATURE, Fraction(1, 1000)),
    ("s", d.TIME, 1), ("ms", d.TIME, Fraction(1, 1000)), ("us", d.TIME, Fraction(1, 10**6)), ("ns", d.TIME, Fraction(1, 10**9)),
    ("ps", d.TIME, Fraction(1, 10**12)), ("min", d.TIME, 60), ("h", d.TIME, 3600), ("d", d.TIME, 86400), ("yr", d.TIME, 31557600),
    ("L/min", d.FLOW, Fraction(1, 60000)), ("m3/h", d.FLOW, Fraction(1, 3600)), ("L", d.VOLUME, Fraction(1, 1000)),
    ("A", d.CURRENT, 1), ("kA", d.CURRENT, 1000), ("V", d.VOLTAGE, 1), ("mV", d.VOLTAGE, Fraction(1, 1000)),
    ("mohm", d.RESISTANCE, Fraction(1, 1000)), ("GHz", d.FREQUENCY, 10**9), ("GBd", d.FREQUENCY, 10**9),
    ("kPa", d.PRESSURE, 1000), ("bar", d.PRESSURE, 10**5), ("dB", d.LOSS, 1), ("dBm", d.LEVEL, 1), ("dB/m", d.LOSS_PER_LENGTH, 1),
    ("dB/km", d.LOSS_PER_LENGTH, Fraction(1, 1000)), ("dB/mm", d.LOSS_PER_LENGTH, 1000),
    ("Gb/s/mm", d.DENSITY, 10**12), ("percent", d.NONE, Fraction(1, 100)), ("ppm", d.NONE, Fraction(1, 10**6)),
    ("USD", money("USD"), 1), ("$", money("USD"), 1), ("MUSD", money("USD"), 10**6), ("CNY", money("CNY"), 1),
    ("USD/yr", money("USD") / d.TIME, Fraction(1, 31557600)), ("USD/kWh", money("USD") / d.ENERGY, Fraction(1, 3600000)),
    ("USD/CNY", money("USD") / money("CNY"), 1), ("W/mm2", d.POWER / d.AREA, 10**6), ("K/W", d.TEMPERATURE / d.POWER, 1),
    ("degC/W", d.TEMPERATURE / d.POWER, 1), ("ns/m", d.TIME / d.LENGTH, Fraction(1, 10**9)),
]


@pytest.mark.parametrize(("word", "dim", "factor"), WORTH, ids=[w for w, _, _ in WORTH])
def test_worth(word: str, dim: d.Dim, factor: int | Fraction) -> None:
    found = unit(word)
    assert found is not None
    assert found.dim is dim
    assert found.factor == factor
    assert found.name == word


@pytest.mark.parametrize("word", [
    "", "x", "GT", "T", "KB", "Kb/s", "mb", "mB", "kT", "MTB", "KiW", "Kim", "GW/", "/s", "W//s", "GB/gpu", "kU", "mdB",
        "kmin", "MdegC",
    "W/GT", "GT/s/GT", "dBm/m", "in", "gb/s", "WATT", "kkW", "mmm", "U2",
])
def test_no_unit(word: str) -> None:
    assert unit(word) is None


def test_celsius_is_offset_from_kelvin() -> None:
    assert quantity(0, "degC").nom == Fraction(27315, 100)
    assert quantity(Fraction(-27315, 100), "degC").nom == 0
    assert quantity(-5, "degC").nom == Fraction(26815, 100)


@pytest.mark.parametrize(("word", "meant"), [
    ("GBps", "GB/s"), ("Gbs", "Gb/s"), ("GTps", "GT/s"), ("kw", "kW"), ("KW", "kW"), ("in", "inch"), ("KB", "kB"),
    ("gbps", "Gb/s"),
    ("gb/s", "Gb/s"), ("Gb/sec", "Gb/s"), ("usd", "USD"), ("C", "degC"), ("ghz", "GHz"), ("tflops", "TFLOPS"),
    ("pj/bit", "pJ/bit"),
    ("pJ/bti", "pJ/bit"), ("dbm", "dBm"), ("db", "dB"), ("Gb/s/mmm", "Gb/s/mm"), ("LPM", "L/min"), ("percnt", "percent"),
    ("meters", "m"), ("RU", "U"), ("hrs", "h"), ("tib", "Tib"),
])
def test_suggestion(word: str, meant: str) -> None:
    assert unit(word) is None
    assert suggest(word) == meant
    assert unit(meant) is not None


@pytest.mark.parametrize("word", ["lanes", "GB/gpu_count", "xyzzy", "", "//", "furlong/fortnight", "q" * 300])
def test_no_wild_suggestion(word: str) -> None:
    assert suggest(word) is None


def test_unknown_unit_error_tells_what_to_do() -> None:
    with pytest.raises(UnitError) as typo:
        quantity(5, "GBps")
    assert (typo.value.code, typo.value.message, typo.value.help) == ("HW1103", "unknown unit `GBps`", "did you mean `GB/s`?")
    with pytest.raises(UnitError) as division:
        quantity(5, "GB/gpu_count")
    assert "`gpu_count` is no unit" in division.value.notes
    assert "`GB / gpu_count`" in division.value.help
    with pytest.raises(UnitError) as nothing:
        quantity(5, "lanes")
    assert nothing.value.help == ""


def test_every_known_word_is_a_unit() -> None:
    words = _words()
    assert len(words) > 200
    assert [w for w in words if unit(w) is None] == []
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("dim", list(d.BY_NAME.values()), ids=list(d.BY_NAME))
def test_natural_unit_measures_its_dimension(dim: d.Dim) -> None:
    assert natural(dim).dim is dim


def test_names_of_dimensions() -> None:
    assert d.RATE.name == "information/time"
    assert d.POWER.name == "power"
    assert d.ENERGY_PER_BIT.name == "energy/information"
    assert d.LENGTH.name == "length"
    assert d.NONE.name == "ratio"
    assert d.VOLTAGE.name == "voltage"
    assert d.FLOW.name == "volume flow"
    assert (d.POWER / d.AREA).name == "power/area"
    assert d.DENSITY.name == "information/time/length"
    assert (d.NONE / d.LENGTH).name == "1/length"
    assert (d.LENGTH**4).name == "length^4"
    assert (money("USD") / d.TIME).name == "money (USD)/time"
    assert (d.TEMPERATURE / d.POWER).name == "temperature*time/energy"


def test_dims_are_interned_and_survive_pickling() -> None:
    import pickle

    assert d.POWER * d.TIME is d.ENERGY
    assert d.LENGTH**2 is d.AREA
    assert d.AREA / d.AREA is d.NONE
    assert pickle.loads(pickle.dumps(d.FLOW)) is d.FLOW
    assert money("USD") is not money("CNY")
    with pytest.raises(AttributeError):
        d.POWER.exponents = ()
