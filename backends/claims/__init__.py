"""The page of published claims: what was printed, what the designs compute, and where each check stands.

`entries` gathers the tagged checks (`@claim`, see hwdsl.sema.claims) of test results; `page` writes them as Markdown, by number,
with what no design can check at the end. Nothing on the page depends on time or machine: paths are written relative to the page.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from hwdsl.diag import Diagnostics
from hwdsl.node import Record
from hwdsl.sema.claims import Claim, different
from hwdsl.source import SourceText

if TYPE_CHECKING:
    from hwdsl.api import TestResult
    from hwdsl.query.checks import CheckResult

_OUTCOME = {"failed": "does not hold", "broken": "cannot be evaluated", "undecided": "open"}


class Unchecked(Record):
    """A published claim that no design can check, and why."""

    number: int
    article: str
    says: str
    why: str


class Evidence(Record):
    """One tagged statement: its condition as written, the values it compared, what it says, and where it stands.

    `computed` has one text per distinct outcome; `outcome` is "passed" unless one of them is not.
    """

    condition: str
    computed: tuple[str, ...]
    message: str
    sources: tuple[str, ...]
    test: str
    path: str
    line: int
    outcome: str


class Entry(Record):
    """A claim as stated, with every check of it."""

    claim: Claim
    evidence: tuple[Evidence, ...]


def entries(results: Iterable[TestResult], sources: Mapping[str, SourceText], diagnostics: Diagnostics) -> list[Entry]:
    """The claims of tests, by number. Reports numbers that are stated twice differently (HW1211) or nowhere (HW9004)."""
    stated: dict[int, Claim] = {}
    found: dict[int, dict[tuple[str, int, str], list[CheckResult]]] = {}
    for r in results:
        for number, check, test in _tagged(r, stated, diagnostics):
            places = found.setdefault(number, {})
            places.setdefault((os.path.normpath(check.span.file), check.span.start, test), []).append(check)
    out = []
    for number, places in sorted(found.items()):
        if number not in stated:
            first = next(iter(places.values()))[0]
            full = f'`@claim({number}, "outlet: title", says = "..", verdict = holds)`'
            diagnostics.error("HW9004", f"claim {number} is checked here and stated nowhere", first.span,
                              help=f"write {full} at one of its checks")
            continue
        out.append(Entry(stated[number], tuple(_evidence(checks, sources, test) for (_, _, test), checks in sorted(
            places.items(), key=lambda p: p[0]))))
    return out


def _tagged(r: TestResult, stated: dict[int, Claim], diagnostics: Diagnostics) -> Iterable[tuple[int, CheckResult, str]]:
    """(number, check, name of the test block it stands in or "") for each claim of a result; full statements go into `stated`."""
    def within(check: CheckResult) -> bool:
        """Whether the check is written in the block, not in the design that the block builds."""
        return check.span != r.span and check.span.file == r.span.file and r.span.start <= check.span.start < r.span.end

    own = {c.number for c in r.claims if any(within(check) for check in r.checks)}
    for claim in (*r.claims, *(c for check in r.checks for c in check.claims)):
        if claim.stated:
            clash = different(stated.setdefault(claim.number, claim), claim)
            if clash is not None:
                diagnostics.add(clash)
    for check in r.checks:
        inner = within(check)
        for number in sorted({c.number for c in check.claims} | (own if inner else set())):
            yield number, check, r.name if inner else ""


def _evidence(checks: list[CheckResult], sources: Mapping[str, SourceText], test: str) -> Evidence:
    first = checks[0]
    source = sources.get(first.span.file)
    text = " ".join(source.text[first.condition.start:first.condition.end].split()) if source is not None else ""
    line = source.line_column(first.span.start)[0] if source is not None else 0
    computed = dict.fromkeys(_value(c) for c in checks)
    worst = next((c.outcome for c in checks if c.outcome != "passed"), "passed")
    where = tuple(dict.fromkeys(", ".join(x for x in (s.text, s.date, s.url, s.status) if x) for s in first.sources if s.text))
    path = os.path.normpath(first.span.file)
    return Evidence(text, tuple(c for c in computed if c), first.message, where, test, path, line, worst)


def _value(c: CheckResult) -> str:
    """`48` for `48 == 48`; the comparison where the sides differ; what a bare condition came to."""
    left, equal, right = c.operands.partition(" == ")
    return left if equal and left == right else c.operands or ("true" if c.outcome == "passed" else "")


# ---------------------------------------------------------------- the page
def page(found: list[Entry], unchecked: Iterable[Unchecked], folder: str, command: str) -> str:
    """The Markdown text; links to the files are relative to `folder`, where the page will stand."""
    lines = ["# Published claims", "",
             f"Made by `{command}` from the `@claim` annotations of the designs; not written by hand. Every figure under",
             "*computed* was evaluated when the page was made. *Holds*: as printed. *Wrong*: the design shows what is right.",
             "*Ambiguous*: true at one boundary or unit, and not at another.", "",
             "| claim | article | it says | verdict | computed |", "| --- | --- | --- | --- | --- |"]
    for e in found:
        values = dict.fromkeys(", ".join(x.computed) + (f": {x.message}" if x.message else "") for x in e.evidence)
        outlets = dict.fromkeys(part.partition(":")[0] for part in e.claim.article.split("; "))
        lines.append(f"| [{e.claim.number}](#claim-{e.claim.number}) | {_cell('; '.join(outlets))} | {_cell(e.claim.says)} "
                     f"| {e.claim.verdict} | {'<br>'.join(_cell(v) for v in values)} |")
    rest = sorted(unchecked, key=lambda u: u.number)
    lines += ["", "## Checks", ""]
    for e in found:
        c = e.claim
        lines += [f"### Claim {c.number}", "", f"{c.article}: {c.says}. **{c.verdict.capitalize()}.**", ""]
        lines += [line for x in e.evidence for line in _item(x, folder)]
        lines.append("")
    if rest:
        lines += ["## What no design can check", "", "| claim | article | it says | why not |", "| --- | --- | --- | --- |"]
        lines += [f"| {u.number} | {_cell(u.article)} | {_cell(u.says)} | {_cell(u.why)} |" for u in rest]
        lines.append("")
    return "\n".join(lines)


def _item(x: Evidence, folder: str) -> list[str]:
    link = f"[{x.path}:{x.line}]({os.path.relpath(x.path, folder or '.').replace(os.sep, '/')}#L{x.line})"
    head = f"- {link}" + (f", test \"{x.test}\"" if x.test else "")
    out = [head + (f": `{x.condition}`" if x.condition else "")]
    computed = "; ".join(f"**{v}**" for v in x.computed)
    out.append(f"  computed {computed}" + (f", {_OUTCOME[x.outcome]}" if x.outcome != "passed" else ""))
    if x.message:
        out.append(f"  ({x.message})")
    out += [f"  source: {s}" for s in x.sources]
    return [line + "  " for line in out[:-1]] + out[-1:]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
