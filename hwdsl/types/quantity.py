"""The whole of quantities in one import: the value, its arithmetic, its comparisons (see the modules for the contracts)."""

from hwdsl.types.arithmetic import add, bidi, div, mul, neg, one_way, power, sub
from hwdsl.types.comparison import compare, interval, maximum, minimum, mismatch_hint, tolerance
from hwdsl.types.unit import Number
from hwdsl.types.value import Quantity, UnitError, Value, as_quantity, describe, exact, in_unit, quantity, tagged, unknown

__all__ = [
    "Number", "Quantity", "UnitError", "Value", "add", "as_quantity", "bidi", "compare", "describe", "div", "exact",
    "in_unit", "interval", "maximum", "minimum", "mismatch_hint", "mul", "neg", "one_way", "power", "quantity", "sub",
    "tagged", "tolerance", "unknown",
]
