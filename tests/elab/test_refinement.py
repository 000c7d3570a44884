"""Parameters of refinements: inherited where there are none of their own, passed on where they are named."""

from __future__ import annotations

import pytest
from designs import ask, codes, opened

BASE = """
chip Gpu { power = 1 kW; }
rack Base(n: int where n >= 2, per: int = 4) where n * per <= 64 { part gpu: Gpu[n * per]; label = n; }
"""


def test_a_refinement_without_parameters_takes_those_of_its_base() -> None:
    design = opened(BASE + "rack Twice: Base { assert count(gpu) == n * per; }\ndesign = Twice(n = 8);")
    assert ask(design, "count(gpu)") == 32
    assert ask(design, "self.label == 8") is True


def test_what_it_fixes_is_no_parameter_of_it() -> None:
    text = BASE + "rack Fixed: Base(per = 8) { }\n"
    assert ask(opened(text + "design = Fixed(n = 2);"), "count(gpu)") == 16
    assert codes(text + "design = Fixed(n = 2, per = 4);") == ["HW2001"]


def test_it_is_inherited_through_several_refinements() -> None:
    text = BASE + "rack Middle: Base(per = 2) { }\nrack Last: Middle { assert per == 2; }\n"
    assert ask(opened(text + "design = Last(n = 3);"), "count(gpu)") == 6
    assert ask(opened(text + "system Pod { part r: Last[2] { n = 5; } }\ndesign = Pod;"), "count(Gpu)") == 20


@pytest.mark.parametrize(("header", "use", "expected"), [
    ("rack R: Base", "R", ["HW2002"]),
    ("rack R: Base", "R(n = 1)", ["HW2004"]),
    ("rack R: Base", "R(n = true)", ["HW2003"]),
    ("rack R: Base", "R(n = 17)", ["HW2004"]),
    ("rack R: Base", "R(m = 4)", ["HW2001"]),
    ("rack R: Base where n % 2 == 0", "R(n = 3)", ["HW2004"]),
    ("rack R: Base where n % 2 == 0", "R(n = 4)", []),
    ("rack R: Base where per == 4", "R(n = 4)", []),
    ("rack R(k: int): Base(n = 2 * k) where n < 8 and k > 1", "R(k = 3)", []),
    ("rack R(k: int): Base(n = 2 * k) where n < 8 and k > 1", "R(k = 4)", ["HW2004"]),
    ("rack R(k: int): Base(n = 2 * k)", "R(n = 4)", ["HW2001"]),
    ("rack R(k: int = 2): Base", "R", ["HW2002"]),
    ("rack R: R", "R", ["HW2005"]),
])
def test_conditions_and_mistakes(header: str, use: str, expected: list[str]) -> None:
    assert codes(BASE + f"{header} {{ }}\ndesign = {use};") == expected


def test_a_circle_of_refinements_is_reported() -> None:
    assert codes("rack A: B { }\nrack B: A { }\ndesign = A;")[:1] == ["HW2005"]


def test_the_command_line_sets_inherited_parameters() -> None:
    from hwdsl.api import Session

    session = Session(cache_dir=None)
    design = session.open_text(BASE + "rack Twice: Base { }\ndesign = Twice(n = 8);", parameters={"n": "3"})
    assert design is not None, session.report()
    assert ask(design, "count(gpu)") == 12


def test_check_leaves_out_what_needs_inherited_arguments() -> None:
    from hwdsl.api import Session

    session = Session(cache_dir=None)
    session.check_text(BASE + "rack Twice: Base { }\n")
    assert not session.diagnostics.items, session.report()
