"""Codes of the types layer: units, dimensions, conventions of a figure."""

CODES: dict[str, str] = {
    "HW1101": "quantities of different dimensions added or subtracted",
    "HW1102": "quantities of different dimensions compared",
    "HW1103": "unknown unit",
    "HW1104": "raw and net rates mixed",
    "HW1105": "one-direction and both-direction figures mixed",
    "HW1106": "arithmetic that an optical power level does not have",
    "HW1107": "arithmetic that a temperature does not have",
    "HW1108": "division by zero",
    "HW1109": "interval or tolerance that contains nothing",
    "HW1110": "exponent that is no small whole number",
    "HW1111": "a figure of another dimension expected",
    "HW1112": "suspicious unit",
    "HW1113": "number too large to be meant",
    "HW1114": "amounts in different currencies mixed",
    "HW1115": "remainder of something that is not whole",
}
