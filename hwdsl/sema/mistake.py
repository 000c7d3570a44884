"""How a mistake travels from where it is found to the statement that reports it.

Inside the compiler a user's mistake is raised as `Mistake` and caught by the pass that owns the statement, which adds the
diagnostic and goes on with the next one; it never leaves a public function.
"""

from __future__ import annotations

from hwdsl.diag import Diagnostic, Label
from hwdsl.source.span import Span


class Mistake(Exception):
    """Carries the one diagnostic of a mistake; `diagnostic` is None when it was reported before."""

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__(diagnostic.message if diagnostic else "already reported")
        self.diagnostic = diagnostic


def mistake(code: str, message: str, span: Span, *, label: str = "", related: tuple[Label, ...] = (),
            notes: tuple[str, ...] = (), help: str = "") -> Mistake:
    """A mistake ready to raise."""
    return Mistake(Diagnostic(code, "error", message, span, label, related, notes, help))


def already_reported() -> Mistake:
    """A mistake that depends on one that was reported: say nothing more."""
    return Mistake(None)


def nearest(word: str, known: list[str] | tuple[str, ...] | set[str] | frozenset[str]) -> str | None:
    """The known word closest to `word`, None if none is close (a third of the letters may differ)."""
    from difflib import get_close_matches

    folded = {k.lower(): k for k in sorted(known)}
    hit = get_close_matches(word.lower(), list(folded), n=1, cutoff=0.66)
    return folded[hit[0]] if hit else None


def did_you_mean(word: str, known: list[str] | tuple[str, ...] | set[str] | frozenset[str]) -> str:
    """Help text naming the nearest known word, or ""."""
    hit = nearest(word, known)
    return f"did you mean `{hit}`?" if hit else ""
