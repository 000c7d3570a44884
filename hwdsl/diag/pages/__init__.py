"""The pages of `hwc explain`, one Markdown file for each code, and how to read them."""

from hwdsl.diag import codes

__all__ = ["page", "titles"]

titles = codes.titles


def page(code: str) -> str:
    """What `hwc explain` prints for a declared code: its page, or its title where it has none. KeyError for another code."""
    return codes.page(code) or f"# {code}: {titles()[code]}\n"
