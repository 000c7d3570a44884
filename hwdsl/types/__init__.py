"""Dimensions, units and exact quantities: every number knows what it measures, and how it was stated.

`hwdsl.types.quantity.quantity(400, "Gb/s")` makes one, `hwdsl.types.unit.unit` looks a unit up: functions that bear the name of
their module are not repeated here.
"""

from hwdsl.types.arithmetic import add, bidi, div, mul, neg, one_way, power, sub
from hwdsl.types.comparison import compare, interval, maximum, minimum, mismatch_hint, tolerance
from hwdsl.types.dimension import Dim, money
from hwdsl.types.format import as_json, text
from hwdsl.types.unit import Number, Unit, suggest
from hwdsl.types.value import Quantity, UnitError, Value, describe, exact, in_unit, tagged, unknown

__all__ = [
    "Dim", "Number", "Quantity", "Unit", "UnitError", "Value", "add", "as_json", "bidi", "compare", "describe", "div", "exact",
    "in_unit", "interval", "maximum", "minimum", "mismatch_hint", "money", "mul", "neg", "one_way", "power",
    "sub", "suggest", "tagged", "text", "tolerance", "unknown",
]
