"""Figures of one side: what is taken for scale-up and scale-out, islands, bounds, and what nobody published."""

from __future__ import annotations

import pytest

from hwdsl.api import Session
from hwdsl.perf.compare.result import Amount
from hwdsl.perf.compare.rows import compare
from hwdsl.perf.compare.sides import Choice, Opened, side
from hwdsl.sema.mistake import Mistake
from tests.perf.compare.machines import POD, example, of_text, pod


def test_a_pod_in_numbers() -> None:
    found = pod(4).amounts
    each = 2 * 2 * 100e9 / 8  # two links of two lanes
    assert found["injection_each"] == Amount("", each)
    assert found["injection"].value == 4 * each
    assert found["bisection"].value == 2 * each
    assert found["all_to_all_each"].value == pytest.approx(each)
    assert (found["mean_hops"].value, found["diameter"].value, found["domain"].value) == (2, 2, 4)
    assert found["power"].value == 4 * 700 + 2 * 100
    assert found["power_each"].value == 750
    assert found["power_per_bf16"].value == pytest.approx(3000 / 4000)
    assert found["price.USD"].value == 82_000
    assert found["memory_each"].value == 80e9


def test_times_are_latency_and_transfer() -> None:
    """Ring of four: 6 steps, each over two links and a switch of 300, 300 and 200 ns, and a quarter of the vector."""
    found = pod(4).amounts
    expected = 6 * (800e-9 + 2**20 / 4 / 50e9)
    assert found["all_reduce_1MiB"].value == pytest.approx(expected, rel=1e-12)
    assert found["all_reduce_1MiB"].bound == ""
    assert found["all_reduce_1MiB_bus"].value == pytest.approx(2**20 * 1.5 / expected, rel=1e-12)
    gap = found["all_reduce_1MiB_gap"].value
    assert gap is not None
    assert gap == pytest.approx(100 * (expected / (1.5 * 2**20 / 50e9) - 1), rel=1e-9)


def test_without_latency_times_are_lower_bounds() -> None:
    found = pod(4, latency="latency = unknown;").amounts
    assert (found["all_reduce_1MiB"].bound, found["all_reduce_1MiB_bus"].bound) == (">=", "<=")
    both = compare([pod(4), pod(4, latency="latency = unknown;")])
    assert both.row("all_reduce_1MiB").ratios == (1.0, None)


def test_what_nobody_published_is_unknown_and_never_zero() -> None:
    found = pod(4, net="unknown", power="unknown", memory="unknown").amounts
    for key in ("injection", "injection_each", "bisection", "all_to_all_each", "all_reduce_1MiB", "memory_bandwidth"):
        assert (found[key].bound, found[key].value) == ("unknown", None), key
    assert (found["power"].bound, found["power"].value, found["power"].missing) == (">=", 200, 4)
    assert (found["power_per_bf16"].bound, found["mean_hops"].value) == (">=", 2)


def test_an_interval_stays_one() -> None:
    found = pod(4, memory="2.5 TB/s to 3 TB/s").amounts["memory_bandwidth"]
    assert (found.bound, found.value, found.high) == ("in", 10e12, 12e12)


def test_rates_that_are_intervals_make_intervals() -> None:
    found, low, high = (pod(4, net=net).amounts for net in ("80 Gb/s to 100 Gb/s", "80 Gb/s", "100 Gb/s"))
    for key in ("injection", "injection_each", "bisection", "all_to_all_each", "all_reduce_1MiB_bus"):
        assert (found[key].bound, found[key].value, found[key].high) == ("in", low[key].value, high[key].value), key
    for key in ("all_reduce_1MiB", "all_to_all_1GiB"):
        assert (found[key].bound, found[key].value, found[key].high) == ("in", high[key].value, low[key].value), key
    nothing = "latency = unknown;"
    bare, fast = (pod(4, net=net, latency=nothing).amounts["all_reduce_1GiB"] for net in ("80 Gb/s to 100 Gb/s", "100 Gb/s"))
    assert (bare.bound, bare.value) == (">=", fast.value)


def test_islands_are_domains() -> None:
    found = example("dgx_h100_superpod")
    assert found.accelerators == "248 H100"
    assert (found.amounts["domain"].value, found.amounts["diameter"].value) == (8, 2)
    assert found.amounts["bisection"] == Amount("", 1.8e12, note=found.amounts["bisection"].note)
    assert any("31 domains of 8" in r for r in found.remarks)
    assert found.scale_out == "plane compute, at ConnectX7"


TWO = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
link Fast { lanes = 1; raw = 400 Gb/s; net = 400 Gb/s; }
chip Gpu { port x: Lane; port y: Fast; bf16 = unknown; }
chip Host { port y: Fast[2]; }
switch Sw { port p: Lane[4]; }
system Pod {
    part gpu: Gpu[4];
    part host: Host[2];
    part sw: Sw;
    plane slow { connect gpu[g].x <-> sw.p[g]  for g in 0..4; }
    plane fast { connect gpu[g].y <-> host[g / 2].y[g % 2]  for g in 0..4; }
}
design = Pod;
"""


def test_a_plane_that_joins_no_accelerators_is_not_scale_up() -> None:
    """`fast` has four times the bandwidth, but a host passes nothing on."""
    found = of_text(TWO)
    assert (found.scale_up, found.amounts["injection_each"].value) == ("slow", 12.5e9)
    assert found.amounts["bf16"].bound == "unknown"
    assert found.scale_out == ""
    assert found.amounts["scale_out"].bound == "none"


def test_the_reader_may_choose() -> None:
    forced = of_text(TWO, choice=Choice(scale_up="fast"))
    assert forced.scale_up == ""
    assert "domain" not in forced.amounts
    assert any("joins its accelerators" in r for r in forced.remarks)
    with pytest.raises(Mistake) as error:
        of_text(TWO, choice=Choice(scale_up="fats"))
    found = error.value.diagnostic
    assert found is not None
    assert (found.code, found.help) == ("HW6012", "did you mean `fast`?")
    with pytest.raises(Mistake) as error:
        of_text(TWO, choice=Choice(scale_out="slow"))
    assert error.value.diagnostic is not None
    assert error.value.diagnostic.code == "HW6012"


def test_no_accelerators() -> None:
    text = POD.format(n=4, ports=4, net="100 Gb/s", memory="1 TB/s", power="1 W", price="$1", latency="")
    with pytest.raises(Mistake) as error:
        of_text(text.replace("bf16 = 1 PFLOPS;", ""))
    assert error.value.diagnostic is not None
    assert error.value.diagnostic.code == "HW6011"
    assert error.value.diagnostic.help == "say which parts they are: `--accelerators Gpu`"


SPLIT = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Wire; bf16 = 1 PFLOPS; }
switch Sw { port p: Wire[4]; port up: Wire[3]; }
system Pod {
    part gpu: Gpu[4][4];
    part sw: Sw[4];
    plane access { connect gpu[s][g].x <-> sw[s].p[g]  for s in 0..4, g in 0..4; }
    plane local  { connect sw[a].up[b - 1] <-> sw[b].up[a]  for a in 0..4, b in 0..4 where a < b; }
}
design = Pod;
"""


def test_planes_behind_the_switches_belong_to_the_network() -> None:
    """Four switches, each with four accelerators, all joined to all by a plane that reaches no accelerator."""
    found = of_text(SPLIT)
    assert found.scale_up == "access, local"
    assert (found.amounts["domain"].value, found.amounts["diameter"].value) == (16, 3)
    assert found.amounts["mean_hops"].value == pytest.approx((3 * 2 + 12 * 3) / 15)
    alone = of_text(SPLIT, choice=Choice(scale_up="access"))
    assert (alone.amounts["domain"].value, alone.amounts["diameter"].value) == (4, 2)
    assert of_text(SPLIT, choice=Choice(scale_up="access,local")).amounts == found.amounts


RING = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
module Ocs { lanes = 1; }
chip Gpu { port e: Wire; port w: Wire; bf16 = 1 PFLOPS; relay = true; }
ocs Cross { port a: Wire[8]; port b: Wire[8]; }
system Ring {
    part gpu: Gpu[8];
    part cross: Cross;
    plane fabric {
        connect gpu[g].e <-> cross.a[g]  for g in 0..8;
        connect gpu[g].w <-> cross.b[g]  for g in 0..8;
    }
    mode ring  { circuit cross.a[i] <-> cross.b[(i + 1) % 8]  for i in 0..8; }
    mode pairs { circuit cross.a[i] <-> cross.b[4 * (i / 4) + (i + 1) % 4]  for i in 0..8; }
}
design = Ring;
"""


def test_modes_of_one_design() -> None:
    ring, pairs = of_text(RING, "ring", mode="ring"), of_text(RING, "pairs", mode="pairs")
    assert (ring.amounts["diameter"].value, ring.amounts["domain"].value) == (4, 8)
    assert (pairs.amounts["diameter"].value, pairs.amounts["domain"].value) == (2, 4)
    ratio = compare([ring, pairs]).row("diameter").ratios[1]
    assert ratio == 0.5


def test_islands_of_different_sizes() -> None:
    text = RING.replace("mode pairs { circuit cross.a[i] <-> cross.b[4 * (i / 4) + (i + 1) % 4]  for i in 0..8; }",
                        "mode uneven { circuit cross.a[i] <-> cross.b[(i + 1) % 3]  for i in 0..3; "
                        "circuit cross.a[i] <-> cross.b[3 + (i - 2) % 5]  for i in 3..8; }")
    found = of_text(text, mode="uneven")
    assert (found.amounts["domain"].value, found.amounts["diameter"].value) == (5, 2)
    assert any("1 domain of 5, 1 of 3" in r for r in found.remarks)


def test_injection_is_that_of_the_mode() -> None:
    """A ring of eight has 16 ends of 12.5 GB/s in use, a line of eight 14; gaps to bounds have no ratio."""
    text = RING.replace("mode pairs", "mode line { circuit cross.a[i] <-> cross.b[i + 1]  for i in 0..7; }  mode pairs")
    ring, line = of_text(text, "ring", mode="ring"), of_text(text, "line", mode="line")
    assert [x.amounts["injection"].value for x in (ring, line)] == [200e9, 175e9]
    found = compare([ring, line])
    assert found.row("injection").ratios[1] == 0.875
    assert {r.ratios for r in found.rows if r.unit == "%"} == {(None, None)}


def test_a_mode_is_asked_for_where_it_matters() -> None:
    found = of_text(RING)
    assert found.amounts["mean_hops"].bound == "unknown"
    assert found.amounts["domain"].bound == "unknown"
    assert any("FILE@MODE: pairs, ring" in r or "FILE@MODE: ring, pairs" in r for r in found.remarks)
    assert any("depends on the mode" in r for r in found.remarks)


def test_a_comparison_leaves_the_mode_of_the_session_alone() -> None:
    session = Session(cache_dir=None)
    design = session.open_text(RING, "ring.hw", mode="ring")
    assert design is not None
    before = session.hooks.mode
    side(Opened("r", "ring.hw", "Ring", "ring", {}, design.root, session.hooks), Choice())
    assert session.hooks.mode is before
    assert session.hooks.failed == ()


def test_what_differs_is_said() -> None:
    both = compare([example("dgx_h100_superpod"), example("nvl72")])
    assert any(r.startswith("power does not cover the same: ScalableUnit: boundary node") for r in both.remarks)
    assert compare([pod(4), pod(8)]).remarks == ()
