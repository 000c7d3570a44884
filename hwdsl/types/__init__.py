"""Dimensions, units and exact quantities: every number knows what it measures, and how it was stated."""

from hwdsl.types.arithmetic import add, bidi, div, mul, neg, one_way, power, rem, sub
from hwdsl.types.dimension import Dim, money
from hwdsl.types.format import as_json, text
from hwdsl.types.interval import compare, interval, maximum, minimum, mismatch_hint, tolerance
from hwdsl.types.unit import Number, Unit, suggest, unit
from hwdsl.types.value import Quantity, UnitError, Value, describe, exact, expect, in_unit, quantity, tagged, unknown

__all__ = [
    "Dim", "Number", "Quantity", "Unit", "UnitError", "Value", "add", "as_json", "bidi", "compare", "describe", "div", "exact",
    "expect", "in_unit", "interval", "maximum", "minimum", "mismatch_hint", "money", "mul", "neg", "one_way", "power", "quantity",
    "rem", "sub", "suggest", "tagged", "text", "tolerance", "unit", "unknown",
]
