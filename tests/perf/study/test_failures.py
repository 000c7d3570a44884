"""What failures leave, and what one more would take."""

from __future__ import annotations

import pytest
from studying import CLOS, STAR, session_of

from hwdsl.perf.study.result import Scenario, StudyResult

POD = CLOS.replace("RATE", "200 Gb/s")


def scenarios(text: str, study: str) -> tuple[StudyResult, dict[tuple[str, ...], Scenario]]:
    session, result = session_of(text + f"study s {{ {study} }}")
    assert not session.diagnostics.has_errors, session.report()
    return result, {s.failed: s for s in result.scenarios}


def test_bandwidth_left_when_a_link_fails() -> None:
    result, found = scenarios(POD, "all_to_all(size = 1 MiB); under failed gpu[1][2].x[0] { all_to_all(size = 1 MiB); }")
    whole, broken = result.predictions
    assert broken.time is not None
    assert whole.time is not None
    assert broken.time > whole.time
    left = found["gpu[1][2].x[0]",].injection
    assert left is not None
    assert (left.least, left.before) == (100e9, 200e9)
    assert left.mean == pytest.approx((15 * 200e9 + 100e9) / 16)
    assert left.pair is not None
    assert left.pair[0] == "gpu[1][2]"
    assert left.worst_pair == pytest.approx(100e9)  # the most that flows to or from its one link


def test_losses_of_each_kind_of_part() -> None:
    _, found = scenarios(POD, "all_to_all(size = 1 MiB);")
    by_part = {x.part: x for x in found[()].losses}
    assert set(by_part) == {"gpu", "leaf", "spine", "gpu.x <-> leaf.d", "leaf.u <-> spine.p"}
    leaf, spine, gpu = by_part["leaf"], by_part["spine"], by_part["gpu"]
    assert (leaf.count, leaf.inside, leaf.cut, leaf.worst) == (4, 0, 4, 0.0)
    assert leaf.split == 4 * 3 + 2 * 4 * 12
    assert leaf.lost == pytest.approx(4 * 200e9)
    assert (spine.cut, spine.lost, spine.worst) == (0, 0.0, 1.0)
    assert spine.left == pytest.approx(600 / 640)  # of the 800 Gb/s of a leaf's ranks, 12/15 go up; three uplinks carry 600
    assert (gpu.inside, gpu.cut) == (1, 0)
    assert gpu.left == pytest.approx(1.0)
    access, trunk = by_part["gpu.x <-> leaf.d"], by_part["leaf.u <-> spine.p"]
    assert (access.count, access.kind, access.lost, access.worst) == (32, "link", 100e9, 0.5)
    assert (trunk.count, trunk.kind, trunk.lost, trunk.worst) == (16, "link", 0.0, 1.0)
    assert access.left == pytest.approx(1 / 2)  # the one link that is left brings all that comes down to the rank
    assert [x.part for x in found[()].losses] == ["leaf", "gpu", "gpu.x <-> leaf.d", "leaf.u <-> spine.p", "spine"]


def test_the_next_failure_is_of_something_in_service() -> None:
    text = CLOS.replace("RATE", "200 Gb/s")
    _, found = scenarios(text, "all_to_all(size = 1 MiB); under failed leaf[0] { all_to_all(over = gpu[1..4], size = 1 MiB); }")
    access = next(x for x in found["leaf[0]",].losses if x.part == "gpu.x <-> leaf.d")
    assert access.lost == pytest.approx(100e9)
    assert access.left is not None
    assert access.left < 1


def test_a_tapered_network_loses_with_each_spine() -> None:
    _, found = scenarios(CLOS.replace("RATE", "50 Gb/s"), "all_to_all(size = 1 MiB);")
    by_part = {x.part: x for x in found[()].losses}
    assert by_part["spine"].left == pytest.approx(3 / 4)


def test_ports_parts_and_planes_fail() -> None:
    star = STAR.replace("N]", "4]").replace("..N", "..4")
    parts = [f"under failed {x} {{ all_to_all(size = 1 MiB); }}" for x in ("sw", "gpu[3]", "star")]
    result, _ = scenarios(star, " ".join(["all_to_all(size = 1 MiB);", *parts]))
    assert [(p.outcome, p.ranks, p.failed) for p in result.predictions] == [
        ("time", 4, ()), ("unreachable", 4, ("sw",)), ("time", 3, ("gpu[3]",)), ("unreachable", 4, ("plane star",))]


def test_a_mode_that_isolates_an_accelerator_says_which() -> None:
    text = """
link Fibre { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 5 ns; }
chip Xpu { port x: Fibre[2]; relay = true; latency = 0 ns; }
ocs Ocs { port p: Fibre[8]; }
system Pod {
    part xpu: Xpu[4];
    part ocs: Ocs;
    plane up { connect xpu[i].x[k] <-> ocs.p[2 * i + k]  for i in 0..4, k in 0..2; }
    mode ring(n: int) { circuit ocs.p[2 * i] <-> ocs.p[2 * ((i + 1) % n) + 1]  for i in 0..n; }
}
design = Pod;
study s {
    under mode ring(n = 4) { all_reduce(over = xpu, size = 1 MiB); }
    under mode ring(n = 3) { all_reduce(over = xpu, size = 1 MiB); all_reduce(over = xpu[0..3], size = 1 MiB); }
}
"""
    session, result = session_of(text)
    [report] = session.diagnostics.items
    assert report.code == "HW6008"
    assert "isolated, without any link: xpu[3]" in report.message
    ring, lost, three = result.predictions
    assert [p.outcome for p in (ring, lost, three)] == ["time", "unreachable", "time"]
    assert ring.mode == "ring(n = 4)"
    assert ring.time == pytest.approx(6 * (5e-9 + 2**23 / 4 / 100e9))
    assert three.time == pytest.approx(4 * (5e-9 + 2**23 / 3 / 100e9))


FED = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 0 ns; }
link Ac { voltage = 415 V; }
link Dc { voltage = 54 V; }
power Pdu { output port outlet: Ac[4]; }
power Psu { input port ac: Ac; output port dc: Dc; }
chip Gpu { port x: Wire; }
tray Tray { part gpu: Gpu[2]; input port dc: Dc; }
switch Sw { port p: Wire[8]; latency = 0 ns; input port ac: Ac[2]; }
rack Rack {
    part tray: Tray[4];
    part psu: Psu[4];
    part pdu: Pdu[2];
    part sw: Sw;
    plane net { connect tray[t].gpu[g].x <-> sw.p[2 * t + g]  for t in 0..4, g in 0..2; }
    plane supply {
        connect pdu[p / 2].outlet[p % 2] -> psu[p].ac  for p in 0..4;
        connect pdu[f].outlet[2] -> sw.ac[f]           for f in 0..2;
        bus left:  Dc joins psu[0].dc, psu[1].dc, tray[0..2].dc;
        bus right: Dc joins psu[2].dc, psu[3].dc, tray[2..4].dc;
    }
}
design = Rack;
"""


def test_what_a_feed_supplies_goes_with_it() -> None:
    """A rail of two supplies stands one failure; both hang on one feed; the switch has two."""
    ask = "all_to_all(over = **.gpu, plane = net, size = 1 MiB);"
    parts = ("psu[0]", "psu[0..2]", "pdu[0]", "pdu[*]")
    result, found = scenarios(FED, ask + "".join(f"under failed {x} {{ {ask} }}" for x in parts))
    assert [(p.failed, p.ranks, p.outcome) for p in result.predictions] == [
        ((), 8, "time"), (("psu[0]",), 8, "time"), (("psu[0..2]", "tray[0]", "tray[1]"), 4, "time"),
        (("pdu[0]", "psu[0]", "psu[1]", "tray[0]", "tray[1]"), 4, "time"),
        (("pdu[*]", "psu[*]", "sw", "tray[*]"), 0, "refused")]
    rows = {x.part: (x.count, x.inside, x.cut) for x in found[()].losses}
    assert rows["pdu"] == (2, 4, 0)
    assert rows["psu"] == (4, 0, 0)
    assert rows["sw"] == (1, 0, 8)
    assert found["psu[0..2]", "tray[0]", "tray[1]"].gone == 4


def test_in_network_with_a_failed_switch_of_several() -> None:
    text = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 10 ns; }
chip Gpu { port x: Wire[4]; }
switch Sw { port p: Wire[8]; latency = 0 ns; }
system Pod {
    part gpu: Gpu[8];
    part sw: Sw[4];
    connect gpu[i].x[s] <-> sw[s].p[i]  for i in 0..8, s in 0..4;
}
design = Pod;
"""
    result, _ = scenarios(text, "all_reduce(size = 1 MiB, algorithm = in_network); "
                                "under failed sw[2] { all_reduce(size = 1 MiB, algorithm = in_network); }")
    assert [p.time for p in result.predictions] == pytest.approx([20e-9 + 2**23 / 400e9, 20e-9 + 2**23 / 300e9])
