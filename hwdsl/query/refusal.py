"""Why a symbolic method does not answer."""

from __future__ import annotations


class Refused(Exception):
    """The symmetries found do not make the quotient small; the reason is the message."""
