"""Diagnostic codes of drawings (HW9010 to HW9019): code -> title."""

from __future__ import annotations

CODES: dict[str, str] = {"HW9010": "drawn with a simple layout"}
