"""Codes of the mistakes of form: HW01xx."""

from __future__ import annotations

CODES = {
    "HW0101": "unexpected text",
    "HW0102": "missing `;`",
    "HW0103": "bracket not closed",
    "HW0104": "missing `{`",
    "HW0105": "reserved word used as a name",
    "HW0106": "missing expression",
    "HW0107": "unknown escape in a string",
    "HW0108": "`{` never closed",
    "HW0109": "closing bracket without an opening one",
    "HW0110": "nested too deeply",
    "HW0111": "string not closed",
    "HW0112": "character outside the language",
    "HW0113": "word touches a number",
    "HW0114": "`pub` before what cannot be used from another file",
    "HW0115": "`//` inside brackets",
    "HW0116": "one sign written for another",
    "HW0117": "missing sign or word between two parts",
    "HW0118": "unknown statement or kind of component",
    "HW0119": "too many mistakes of form",
    "HW0120": "superfluous sign",
    "HW0121": "number out of range",
}
"""Code -> title in one line; the pages of `hwc explain` are written from it."""
