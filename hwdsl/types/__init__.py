"""Dimensions, units and exact quantities: every number knows what it measures, and how it was stated."""

from hwdsl.types.dimension import Dim, money
from hwdsl.types.format import as_json, text
from hwdsl.types.quantity import (Number, Quantity, UnitError, Value, add, bidi, compare, describe, div, exact, expect, in_unit, interval,
                                  maximum, minimum, mismatch_hint, mul, neg, one_way, power, quantity, rem, sub, tagged, tolerance, unknown)
from hwdsl.types.unit import Unit, suggest, unit

__all__ = [
    "Dim", "Number", "Quantity", "Unit", "UnitError", "Value", "add", "as_json", "bidi", "compare", "describe", "div", "exact", "expect",
    "in_unit", "interval", "maximum", "minimum", "mismatch_hint", "money", "mul", "neg", "one_way", "power", "quantity", "rem", "sub",
    "suggest", "tagged", "text", "tolerance", "unit", "unknown",
]
