"""Codes of the types layer: units, dimensions, conventions of a figure."""

CODES: dict[str, str] = {
    "HW1101": "quantities of different dimensions added or subtracted",
    "HW1102": "quantities of different dimensions compared",
    "HW1103": "unknown unit",
    "HW1104": "raw and net rates mixed",
    "HW1105": "one-direction and both-direction figures mixed",
    "HW1106": "arithmetic that an optical power level does not have",
    "HW1107": "arithmetic that a temperature does not have",
    "HW1108": "division by a quantity that is or may be zero",
    "HW1109": "interval or tolerance that contains nothing",
    "HW1110": "exponent that is no small whole number",
    "HW1111": "number too large to be meant",
    "HW1112": "amounts in different currencies mixed",
}
