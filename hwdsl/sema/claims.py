"""`@claim(5, "outlet: title", says = "..", verdict = holds)`: which published claim an assert, a require or a test checks.

A claim is stated once in full; `@claim(5)` elsewhere, in this file or another, is one more check of it. The arguments are read as
they stand in the text (a number, texts, a word), so that the claims of a file are known without evaluating any design.
"""

from __future__ import annotations

from collections.abc import Iterable

from hwdsl.diag import Diagnostic, Diagnostics, Label
from hwdsl.node import Record
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.sema.walk import walk
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.syntax import ast

VERDICTS = ("holds", "wrong", "ambiguous")
"""What a check can find of a claim: as printed; not as printed, the check says what is right; true at one boundary or unit."""
_TEXTS = ("article", "says")
_HELP = 'write `@claim(5, "outlet: title", says = "..", verdict = holds)` once, and `@claim(5)` for a further check'


class Claim(Record):
    """A published claim: its number, where it was printed, what it says there and what the check finds.

    All three texts are "" where the annotation only names the number.
    """

    number: int
    article: str = ""
    says: str = ""
    verdict: str = ""
    span: Span = NO_SPAN

    @property
    def stated(self) -> bool:
        """Whether this is the full statement and not one more check."""
        return bool(self.verdict)


def claims_of(annots: Iterable[ast.Annot]) -> tuple[Claim, ...]:
    """The `@claim`s among annotations; one that is written wrongly was reported when its file was read, and is left out."""
    out = []
    for a in annots:
        if a.name == "claim":
            try:
                out.append(_claim(a))
            except Mistake:
                continue
    return tuple(out)


def _claim(a: ast.Annot) -> Claim:
    """One `@claim`. Raises Mistake."""
    first = a.args[0] if a.args else None
    number = first.value.value if first is not None and first.name is None and isinstance(first.value, ast.Number) \
        and first.value.is_int and not first.value.unit else 0
    if number < 1:
        raise mistake("HW1210", "`@claim` begins with the number of the claim", first.span if first else a.span, help=_HELP)
    given: dict[str, str] = {}
    for k, arg in enumerate(a.args[1:]):
        name = arg.name or ("article" if k == 0 else "")
        if name in given:
            raise mistake("HW1210", f"`@claim` takes one `{name}`", arg.span, help=_HELP)
        if name in _TEXTS and isinstance(arg.value, ast.String) and arg.value.value.strip():
            given[name] = arg.value.value
        elif name == "verdict" and isinstance(arg.value, ast.Name) and arg.value.name in VERDICTS:
            given[name] = arg.value.name
        else:
            raise mistake("HW1210", _wanted(name), arg.span, help=_HELP)
    missing = [n for n in (*_TEXTS, "verdict") if n not in given]
    if given and missing:
        raise mistake("HW1210", f"`@claim({int(number)}, ...)` lacks " + ", ".join(f"`{n}`" for n in missing), a.span, help=_HELP)
    return Claim(int(number), given.get("article", ""), given.get("says", ""), given.get("verdict", ""), a.span)


def _wanted(name: str) -> str:
    if name == "verdict":
        return "`verdict` is one of " + ", ".join(f"`{v}`" for v in VERDICTS)
    return f"`{name}` is a text" if name in _TEXTS else f"`@claim` has no `{name}`" if name else "`@claim` takes one article"


def different(first: Claim, second: Claim) -> Diagnostic | None:
    """The report that two full statements of one claim say different things; None when they agree."""
    for name in (*_TEXTS, "verdict"):
        a, b = getattr(first, name), getattr(second, name)
        if a != b:
            return Diagnostic("HW1211", "error", f"claim {second.number} is stated twice, with another `{name}`", second.span,
                              f"`{b}`", (Label(first.span, f"first `{a}`"),), (),
                              f"state it once; write `@claim({second.number})` here")
    return None


def check_claims(file: ast.File, diagnostics: Diagnostics) -> None:
    """Report every wrong `@claim` of a file: its arguments, its place, and a number that is stated twice differently."""
    first: dict[int, Claim] = {}
    for node in (n for item in file.items for n in walk(item)):
        for a in getattr(node, "annots", ()):
            if a.name != "claim":
                continue
            try:
                if not isinstance(node, (ast.Check, ast.Test)):
                    raise mistake("HW1212", "a `@claim` stands at an assert, a require or a test", a.span,
                                  help="tag the assert that computes the figure")
                claim = _claim(a)
                report = different(first.setdefault(claim.number, claim), claim) if claim.stated else None
            except Mistake as error:
                report = error.diagnostic
            if report is not None:
                diagnostics.add(report)
