"""Codes of the cable schedule."""

CODES: dict[str, str] = {
    "HW9003": "too many lines for a cable schedule",
}
