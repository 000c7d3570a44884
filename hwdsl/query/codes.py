"""Codes of asserts and queries."""

CODES: dict[str, str] = {
    "HW4001": "assert does not hold",
    "HW4002": "require does not hold",
    "HW4003": "check is undecided",
    "HW4004": "check is not a condition",
    "HW4005": "test failed",
    "HW5001": "not a selection",
    "HW5002": "which plane?",
    "HW5003": "which mode?",
    "HW5004": "too large for a flat answer",
    "HW5005": "several figures where one is needed",
    "HW5006": "figure counted twice",
    "HW5007": "attribute not stated",
    "HW5008": "wrong arguments of a query",
    "HW5009": "filter cannot be evaluated",
    "HW5010": "unknown plane",
    "HW5011": "not connected",
    "HW5012": "no uplinks",
    "HW5013": "needs routed cables",
    "HW5014": "figures of different kinds added",
}
