"""Links of slices and between slices of random networks, and ports in use, against the links written out."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_networks import texts
from small_networks import Expanded, Vertex, net_of, opened

from hwdsl.api import Design
from hwdsl.ir.index import evaluate
from hwdsl.ir.space import points
from hwdsl.query.lifted import lifted_rules

SETTINGS = settings(max_examples=50, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def number(design: Design, query: str) -> int:
    """The whole number that answers a query."""
    answer = design.query(query)
    assert answer is not None, design.session.report()
    assert isinstance(answer.value, int)
    return answer.value


@st.composite
def slices(draw: Any, full: Expanded) -> tuple[str, set[Vertex]]:
    """(text, vertices) of a slice of one array."""
    k = draw(st.sampled_from([k for k, b in enumerate(full.net.blocks)]))
    block = full.net.blocks[k]
    text = block.path[0]
    chosen: list[tuple[int, ...]] = [()]
    for n in block.shape:
        lo = draw(st.integers(0, n - 1))
        hi = draw(st.integers(lo + 1, n))
        text += f"[{lo}]" if hi == lo + 1 else f"[{lo}..{hi}]" if hi - lo < n else "[*]"
        chosen = [(*c, x) for c in chosen for x in range(lo, hi)]
    return text, {(k, tuple(c)) for c in chosen}


@SETTINGS
@given(texts(((3, 2), (2, 3), (4, 1), (2, 2))), st.data())
def test_links_of_slices(text: str, data: Any) -> None:
    design = opened(text)
    full = Expanded(net_of(design))
    first, mine = data.draw(slices(full))
    second, yours = data.draw(slices(full))
    assert number(design, f"count(links({first}))") == sum(1 for _, a, b in full.links if a in mine or b in mine)
    between = sum(1 for _, a, b in full.links if (a in mine and b in yours) or (a in yours and b in mine))
    assert number(design, f"count(links({first}, {second}))") == between


@SETTINGS
@given(texts(((3, 2), (2, 3), (2, 2))), st.data())
def test_ports_in_use(text: str, data: Any) -> None:
    design = opened(text)
    rule = data.draw(st.sampled_from(lifted_rules(design.root)))
    used = {tuple(evaluate(c, p) for c in rule.a_coords) for p in points(rule.space)}
    path = ".".join(rule.a)
    rank = len(design.root.shape(rule.a)) - len(design.root.shape(rule.a[:-1]))
    assert number(design, f"count({path}{'[*]' * (rank - 1)}[* where .used])") == len(used)
    assert number(design, f"count({path}{'[*]' * (rank - 1)}[* where not .used])") == number(design, f"count({path})") - len(used)
