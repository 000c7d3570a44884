"""What the tests of the examples share: opening one, asking it, and what was reported where it is refused."""

from __future__ import annotations

from pathlib import Path

from hwdsl.api import Design, Session

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def opened(name: str, mode: str | None = None, **parameters: object) -> Design:
    """The design of an example, with these parameters and in this mode; it must be free of errors."""
    session = Session()
    design = session.open(str(EXAMPLES / f"{name}.hw"), mode=mode, parameters={k: str(v) for k, v in parameters.items()})
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


def answer(design: Design, query: str) -> str:
    """The text of a query's answer; a mistake in the query fails the test with the report."""
    result = design.query(query)
    assert result is not None, design.session.report()
    return result.text


def outcomes(design: Design) -> set[str]:
    """How the checks of a design ended."""
    return {check.outcome for check in design.checks}


def refusal(name: str, mode: str | None = None, **parameters: object) -> set[str]:
    """The codes of the errors for which an example is refused with these parameters, or has no such mode."""
    session = Session()
    session.open(str(EXAMPLES / f"{name}.hw"), mode=mode, parameters={k: str(v) for k, v in parameters.items()})
    return {d.code for d in session.diagnostics.items if d.severity == "error"}
