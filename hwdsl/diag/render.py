"""Both renderings of diagnostics in one import."""

from hwdsl.diag.render_json import render_json, to_json
from hwdsl.diag.render_text import render_text, summary

__all__ = ["render_json", "render_text", "summary", "to_json"]
