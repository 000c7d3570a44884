"""`@claim`: what an annotation may say, where it may stand, and what becomes of it."""

from __future__ import annotations

import pytest

from hwdsl.api import Session
from hwdsl.sema.claims import Claim

FULL = '@claim(5, "A paper: a title", says = "48 units", verdict = holds)'
RACK = "rack Rack { units = 48; assert self.units == 48 %s; }\ndesign = Rack;\n"


def reports(text: str) -> list[tuple[str, str]]:
    session = Session(cache_dir=None)
    session.check_text(text)
    return [(d.code, d.message) for d in session.diagnostics.items]


def test_a_check_carries_its_claims() -> None:
    session = Session(cache_dir=None)
    design = session.open_text(RACK % (FULL + " @claim(7)"))
    assert design is not None, session.report()
    [check] = design.checks
    first, second = (replace_span(c) for c in check.claims)
    assert first == Claim(5, "A paper: a title", "48 units", "holds")
    assert first.stated
    assert second == Claim(7)
    assert not second.stated


def replace_span(claim: Claim) -> Claim:
    return Claim(claim.number, claim.article, claim.says, claim.verdict)


@pytest.mark.parametrize(("annotation", "said"), [
    ("@claim", "begins with the number"),
    ("@claim()", "begins with the number"),
    ('@claim("A paper")', "begins with the number"),
    ("@claim(0)", "begins with the number"),
    ("@claim(-3)", "begins with the number"),
    ("@claim(1.5)", "begins with the number"),
    ("@claim(3 kW)", "begins with the number"),
    ("@claim(number = 3)", "begins with the number"),
    ('@claim(3, "A paper")', "lacks `says`, `verdict`"),
    ('@claim(3, says = "x", verdict = wrong)', "lacks `article`"),
    ('@claim(3, "A paper", says = "x")', "lacks `verdict`"),
    ('@claim(3, "A paper", says = 48, verdict = wrong)', "`says` is a text"),
    ('@claim(3, "A paper", says = "  ", verdict = wrong)', "`says` is a text"),
    ('@claim(3, "A paper", says = "x", verdict = right)', "`verdict` is one of"),
    ('@claim(3, "A paper", says = "x", verdict = "wrong")', "`verdict` is one of"),
    ('@claim(3, "A paper", "another", says = "x", verdict = wrong)', "takes one article"),
    ('@claim(3, "A paper", says = "x", says = "y", verdict = wrong)', "takes one `says`"),
    ('@claim(3, "A paper", said = "x", verdict = wrong)', "has no `said`"),
])
def test_a_claim_written_wrongly_is_reported_once(annotation: str, said: str) -> None:
    [(code, message)] = reports(RACK % annotation)
    assert code == "HW1210"
    assert said in message


@pytest.mark.parametrize("text", [
    f"rack Rack {{ units = 48 {FULL}; }} design = Rack;",
    f"{FULL} rack Rack {{ units = 48; }} design = Rack;",
    f"chip C {{ power = 1 W; }} rack Rack {{ part c: C[2] {FULL}; }} design = Rack;",
    f"rack Rack {{ {FULL} under mode m {{ assert true; }} mode m {{ note = \"\"; }} }} design = Rack;",
])
def test_a_claim_stands_only_at_a_check(text: str) -> None:
    assert "HW1212" in [code for code, _ in reports(text)]


@pytest.mark.parametrize(("second", "codes"), [
    ("@claim(5)", []),
    (FULL, []),
    (FULL.replace("5", "6"), []),
    (FULL.replace("48 units", "49 units"), ["HW1211"]),
    (FULL.replace("holds", "wrong"), ["HW1211"]),
    (FULL.replace("A paper", "Another"), ["HW1211"]),
])
def test_a_number_means_one_claim(second: str, codes: list[str]) -> None:
    text = f"rack Rack {{ units = 48; assert self.units == 48 {FULL}; require self.units < 50 {second}; }} design = Rack;"
    assert [code for code, _ in reports(text)] == codes


def test_a_component_that_nothing_reaches_is_looked_at_too() -> None:
    assert [code for code, _ in reports(RACK % "" + 'tray T(n: int) { assert n > 1 @claim(1, "x"); }')] == ["HW1210"]


def test_the_words_of_a_verdict_are_free_as_names() -> None:
    assert reports("chip C { power = 1 W; } rack Rack { part wrong: C[2]; assert count(wrong) == 2; } design = Rack;") == []
