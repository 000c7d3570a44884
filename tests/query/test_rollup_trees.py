"""Roll-ups of random trees of parts against plain recursion: boundaries, own figures, unknown ones, absent parts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import opened

from hwdsl.api import Session

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None)


class Part:
    """A component: how it states its power, and arrays of parts."""

    def __init__(self, name: str, stated: str, watts: int, parts: list[tuple[int, Part]]) -> None:
        self.name = name
        self.stated = stated
        self.watts = watts
        self.parts = parts

    def text(self) -> str:
        """Its declaration, after those of its parts."""
        line = {"all": f"power = {self.watts} W;", "own": f"own_power = {self.watts} W;", "unknown": "power = unknown;",
                "nothing": ""}[self.stated]
        members = "".join(f" part p{k}: {c.name}[{n}];" for k, (n, c) in enumerate(self.parts))
        kind = "tray" if self.parts else "chip"
        return "".join(c.text() for _, c in self.parts) + f"{kind} {self.name} {{ {line}{members} }}\n"

    def power(self) -> tuple[int, int]:
        """(watts known, parts unknown)."""
        if self.stated == "all":
            return self.watts, 0
        if self.stated == "unknown" or (self.stated == "nothing" and not self.parts):
            return 0, 1
        known, missing = (self.watts if self.stated == "own" else 0), 0
        for n, c in self.parts:
            w, m = c.power()
            known, missing = known + n * w, missing + n * m
        return known, missing


@st.composite
def trees(draw: Any, name: str = "C", depth: int = 3) -> Part:
    """A random tree; what states all has room for everything inside."""
    parts: list[tuple[int, Part]] = []
    if depth:
        parts = [(draw(st.integers(1, 3)), draw(trees(f"{name}{k}", depth - 1))) for k in range(draw(st.integers(0, 2)))]
    stated = draw(st.sampled_from(("all", "own", "unknown", "nothing")))
    return Part(name, stated, draw(st.integers(1, 9)) * 100 ** depth, parts)


@SETTINGS
@given(st.lists(trees(), min_size=1, max_size=1), st.integers(1, 3))
def test_power_of_a_tree(roots: list[Part], copies: int) -> None:
    root = Part("Top", "nothing", 0, [(copies, roots[0])])
    design = opened(root.text() + "design = Top;")
    known, missing = root.power()
    answer = design.query("power(self)")
    assert answer is not None, design.session.report()
    assert answer.value.missing == missing
    assert answer.value.nom == known
    if missing:
        assert (f"({missing} part" if known else "unknown") in answer.text
    half = design.query("power(p0[0])")
    assert half is not None
    assert (half.value.nom, half.value.missing) == roots[0].power()


RACK = """
chip Gpu {{ power = 1 kW; }}
chip Nic {{ power = {nic}; }}
tray Tray {{ part gpu: Gpu[4];  part nic: Nic[2];  own_power = 100 W; }}
rack Rack {{
    part tray: Tray[3];
    {more}
}}
design = Rack;
"""


def outcomes(nic: str, more: str) -> list[str]:
    """Outcomes of the checks of a rack."""
    session = Session(cache_dir=None)
    design = session.open_text(RACK.format(nic=nic, more=more))
    assert design is not None, session.report()
    return [c.outcome for c in design.checks]


def test_a_check_on_an_unknown_figure_is_undecided_unless_the_known_part_settles_it() -> None:
    assert outcomes("unknown", "assert power(self) <= 20 kW;  assert power(self) <= 12 kW;  assert power(self) >= 12 kW;"
                               " assert power(self) == 13 kW;  assert power(self) == 12 kW;") \
        == ["undecided", "failed", "passed", "undecided", "failed"]
    assert outcomes("100 W", "assert power(self) == 12.9 kW;  assert power(tray[0]) == 4.3 kW;") == ["passed", "passed"]


def test_three_valued_logic() -> None:
    unsettled = "power(self) <= 20 kW"
    assert outcomes("unknown", f"assert {unsettled} or 1 == 1;  assert {unsettled} and 1 == 1;  assert not ({unsettled});"
                               f" assert {unsettled} and 1 == 2;  assert 1 == 2 or {unsettled};") \
        == ["passed", "undecided", "undecided", "failed", "undecided"]


def test_an_interval_is_decided_only_where_it_lies_on_one_side() -> None:
    checks = "assert power(self) <= 14 kW;  assert power(self) <= 13 kW;  assert power(self) <= 12 kW;"
    assert outcomes("100 W to 200 W", checks) \
        == ["passed", "undecided", "failed"]


@pytest.mark.parametrize(("status", "watts", "bought"), [
    ("absent", 4300, 2), ("failed", 0, 3), ("planned", 0, 3), ("spare", 0, 3)])
def test_absent_parts_are_not_there_and_failed_ones_are(status: str, watts: int, bought: int) -> None:
    design = opened(RACK.format(nic="100 W", more=f"override part tray[1] {{ status = {status}; }}"))
    power, count = design.query("power(self)"), design.query("count(tray)")
    assert power is not None
    assert count is not None
    assert power.value.nom == 12_900 - watts
    assert count.value == bought


def test_absent_parts_inside_others() -> None:
    design = opened(RACK.format(nic="unknown", more="override part tray[0..2].nic[1] { status = absent; }"))
    power, count = design.query("power(self)"), design.query("count(**.nic)")
    assert power is not None
    assert count is not None
    assert (power.value.nom, power.value.missing, count.value) == (12_300, 4, 4)


def test_a_thing_and_its_inside_are_not_added() -> None:
    design = opened(RACK.format(nic="100 W", more=""))
    assert design.query("power([tray, tray[0].gpu])") is None
    assert [d.code for d in design.session.diagnostics.items] == ["HW5006"]


def test_failing_checks_show_operands_with_units() -> None:
    session = Session(cache_dir=None)
    session.open_text(RACK.format(nic="100 W", more="assert power(tray[*]) <= 12 kW;"))
    (found,) = session.diagnostics.items
    assert found.code == "HW4001"
    assert "12.9 kW" in found.message
    assert "12 kW" in found.message
