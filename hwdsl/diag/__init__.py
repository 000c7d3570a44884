"""Diagnostics: the record, the code table, the renderers and the pages of `hwc explain`."""

from hwdsl.diag.diagnostic import Diagnostic, Diagnostics, Label

__all__ = ["Diagnostic", "Diagnostics", "Label"]
