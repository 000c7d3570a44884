"""Codes of the symbolic IR in files."""

CODES: dict[str, str] = {
    "HW9001": "design IR of a later version",
    "HW9002": "damaged design IR",
}
