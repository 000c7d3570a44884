"""UB-Mesh as its paper counts it: the mesh against closed forms, and the tables of failures and cost against arithmetic."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from hwdsl.api import Design, Session
from tests.examples.machines import EXAMPLES, answer, opened

FILE = EXAMPLES / "ub_mesh_paper.hw"
SIZES = (8, 8, 4, 4)
NODES = 8 * 8 * 4 * 4


def mean_distance(sizes: tuple[int, ...]) -> Fraction:
    """Mean hops of a product of complete graphs: a coordinate differs with probability 1 - 1/L."""
    nodes = 1
    for size in sizes:
        nodes *= size
    return Fraction(nodes, nodes - 1) * sum(1 - Fraction(1, size) for size in sizes)


@pytest.fixture(scope="module")
def design() -> Design:
    return opened("ub_mesh_paper")


@pytest.mark.parametrize(("query", "text"), [
    ("count(npu)", str(NODES)),
    ("count(links(mesh))", str(NODES * sum(size - 1 for size in SIZES) // 2)),
    ("count(links(npu.x)) + count(links(npu.y))", "7168"),
    ("count(lanes(links(npu[*][*][1][2], npu[*][*][3][2])))", "128"),
    ("count(links(npu[*][*][0][0], npu[*][*][1][1]))", "0"),
    ("diameter(npu)", "4"),
    ("mean_hops(npu) * 1023", str(mean_distance(SIZES) * 1023)),
    ("mean_hops(npu[*][*][0][0]) * 9", str(mean_distance((8, 8)) * 9)),
    ("sum(npu[0][0][0][0].x.lanes) + sum(npu[0][0][0][0].z.lanes) + sum(npu[0][0][0][0].a.lanes)", "40"),
])
def test_mesh(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


def outcomes(path: Path) -> dict[str, str]:
    """Outcome of each `test` block."""
    return {r.name: r.outcome for r in Session().test(str(path)) if not r.name.startswith(("assert", "design"))}


def test_blocks_pass() -> None:
    assert outcomes(FILE) == dict.fromkeys(
        ("hops", "cables", "72 small switches a rack", "failures and availability", "cost"), "passed")


@pytest.mark.parametrize(("published", "wrong", "fails"), [
    ("[5.82, 1.55, 81, 0.56]", "[5.82, 1.55, 84, 0.56]", {"failures and availability", "72 small switches a rack"}),
    ("[13.8, 574, 18, 27]", "[13.8, 574, 18, 37]", {"failures and availability", "72 small switches a rack"}),
    ("availability(98.5 h, 75 min)", "availability(98.5 h, 95 min)", {"failures and availability"}),
    ("1.65, 2.46]", "1.65, 2.54]", {"cost"}),
    ("[86.7, 7.2", "[86.7, 7.3", {"cables"}),
])
def test_other_figures_do_not_pass(tmp_path: Path, published: str, wrong: str, fails: set[str]) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text.count(published) == 1
    for name in ("ub_mesh.hw", FILE.name):
        (tmp_path / name).write_text((FILE.parent / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / FILE.name).write_text(text.replace(published, wrong), encoding="utf-8")
    assert {name for name, outcome in outcomes(tmp_path / FILE.name).items() if outcome == "failed"} == fails
