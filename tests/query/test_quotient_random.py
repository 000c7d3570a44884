"""Random networks: whatever symmetry the quotient finds, it must give the distances and loads of the network written out."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from random_networks import texts
from small_networks import Expanded, net_of, opened

from hwdsl.query.quotient import Refused, hops, loads, plan

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(texts(((3, 2), (2, 3), (4, 1), (5, 1), (2, 2), (4, 2))))
def test_random_networks(text: str) -> None:
    net = net_of(opened(text))
    full = Expanded(net)
    expected, missing = full.histogram()
    try:
        pl = plan(net)
        found = hops(pl)
    except Refused:
        return
    assert found.histogram == expected
    assert found.unreachable == missing
    try:
        flows = loads(pl)
    except Refused:
        return
    assert not missing
    classes: Counter[tuple[int, Fraction]] = Counter()
    for arc, links in flows.links.items():
        if flows.load.get(arc):
            classes[arc[0], flows.load[arc]] += links
    written: Counter[tuple[int, Fraction]] = Counter()
    for (rule, _, load), links in full.loads().items():
        if load:
            written[rule, load] += links
    assert classes == written
