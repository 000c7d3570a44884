"""Random networks: what L0 answers, with or without failures, is what the network written out gives."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_networks import texts
from small_networks import chips, opened
from written_out import WrittenOut, classes, failed

from hwdsl.ir.outages import Exclusion
from hwdsl.perf.symbolic import SymbolicLoads, uniform_loads
from hwdsl.query.network import network
from hwdsl.query.quotient import Refused

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
SHAPES = ((3, 2), (2, 3), (4, 1), (5, 1), (2, 2), (4, 2))


def agree(found: SymbolicLoads, full: WrittenOut) -> None:
    """Links that carry nothing are left aside: a random rule may join a vertex to itself, which is no link when written out."""
    mine, expected = ({k: n for k, n in counts.items() if k[1]} for counts in (classes(found), full.uniform()))
    assert mine == expected
    assert (found.hops.histogram, found.hops.unreachable) == full.histogram()
    assert found.endpoints == len(full.ends)


@SETTINGS
@given(texts(SHAPES))
def test_uniform_loads(text: str) -> None:
    design = opened(text)
    net = network(design.root, None, chips(design))
    try:
        found = uniform_loads(net)
    except Refused:
        return
    agree(found, WrittenOut(net))


@SETTINGS
@given(texts(SHAPES), st.lists(st.tuples(st.sampled_from(["a", "b", "c", "s"]), st.integers(0, 4), st.integers(0, 2)), min_size=1,
                               max_size=3))
def test_uniform_loads_with_failures(text: str, parts: list[tuple[str, int, int]]) -> None:
    design = opened(text)
    net = network(design.root, None, chips(design))
    gone: tuple[Exclusion, ...] = ()
    for name, i, j in parts:
        shape = design.root.shape((name,))
        at = (i % shape[0], j % shape[1]) if len(shape) == 2 else (i % shape[0],)
        gone += (failed(name, *at),)
    try:
        found = uniform_loads(net, failed=gone)
    except Refused:
        return
    agree(found, WrittenOut(net, gone))


def test_most_random_networks_are_answered() -> None:
    """The properties above are about something: few texts are refused."""
    answered = asked = 0

    @SETTINGS
    @given(texts(SHAPES))
    def ask(text: str) -> None:
        nonlocal answered, asked
        design = opened(text)
        asked += 1
        try:
            uniform_loads(network(design.root, None, chips(design)))
            answered += 1
        except Refused:
            pass

    ask()
    assert answered > asked * 3 / 4
