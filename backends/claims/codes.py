"""Codes of the page of published claims."""

CODES: dict[str, str] = {
    "HW9004": "claim stated nowhere",
}
