"""Alibaba HPN: the published counts, ratios and failures, asked one by one."""

from __future__ import annotations

import pytest

from hwdsl.api import Design
from tests.examples.machines import answer, opened, outcomes, refusal

HPN = [
    ("count(HpnGpu)", "16320"),
    ("count(segment[*].host[0..128].gpu)", "15360"),
    ("count(segment[0].host[0..128].gpu)", "1024"),
    ("count(segment[0].host[128..136].gpu)", "64"),
    ("count(HpnNic)", "16320"),
    ("count(HpnFrontendNic)", "2040"),
    ("count(segment[0].tor)", "16"),
    ("count(HpnTor)", "240"),
    ("count(agg[0][*])", "60"),
    ("count(HpnAgg)", "120"),
    ("count(links(backend))", "14400"),
    ("count(links(segment[*].backend))", "32640"),
    ("count(links(segment[*].host[0..128], segment[*].tor))", "30720"),
    ("count(links(segment[*].host[128..136], segment[*].tor))", "1920"),
    ("count(links(segment[3].backend.rail[7]))", "272"),
    ("count(modules(backend))", "28800"),
    ("rate(segment[0].tor[0][0].down[*])", "27.2 Tb/s"),
    ("rate(segment[0].tor[0][0].up[*])", "24 Tb/s"),
    ("rate(segment[0].host[0].nic[0].port[*])", "400 Gb/s"),
    ("oversubscription(segment[*].tor, plane = **.backend, downlinks = 128) * 15", "16"),
    ("oversubscription(agg, plane = **.backend)", "15"),
    ("diameter(segment[0].host[*].nic[0], plane = **.backend)", "2"),
    ("diameter(**.nic, plane = **.backend)", "4"),
    ("components(segment[*].tor[0][*], plane = backend)", "[15, 15]"),
    ("fault_domain(segment[0].tor[0][0], plane = **.backend).cut", "0"),
    ("fault_domain(segment[0].tor[0][0], plane = **.backend).rate", "3.4 TB/s"),
    ("fault_domain(agg[0][0], plane = **.backend).cut", "0"),
    ("articulation(HpnTor, plane = **.backend)", "0"),
]


@pytest.fixture(scope="module")
def design() -> Design:
    return opened("hpn")


@pytest.mark.parametrize(("query", "text"), HPN, ids=[query for query, _ in HPN])
def test_published_figure(design: Design, query: str, text: str) -> None:
    assert answer(design, query) == text


@pytest.mark.parametrize("segments", [1, 2, 8])
def test_smaller_pods_hold_their_asserts(segments: int) -> None:
    assert outcomes(opened("hpn", segments=segments)) == {"passed"}


def test_a_pod_has_ports_for_fifteen_segments() -> None:
    assert refusal("hpn", segments=16) == {"HW2004"}
