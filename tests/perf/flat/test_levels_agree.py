"""The flat level on designs: the same loads as the symbolic quotient, published figures, modes, failures, names and budgets."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from exact_routing import EXAMPLES, gallery

from hwdsl.api import Design, Session
from hwdsl.ir.outages import Exclusion
from hwdsl.perf.flat import OverBudget, estimate_fabric, estimate_loads, fabric, loads, uniform
from hwdsl.query import quotient
from hwdsl.query.hopcount import mode_failures
from hwdsl.query.network import network
from hwdsl.query.selection import Selection, whole

SYMMETRIC = ["KHopRing(n = 11, k = 2)", "Torus3(x = 3, y = 4, z = 2)", "HyperX(a = 4, b = 3)", "FatTree(k = 4)",
             "LeafSpine(leaves = 4, spines = 2, width = 2, hosts = 8)", "Dragonfly(a = 3, h = 1, p = 2)"]


def example(name: str, mode: str | None = None) -> Design:
    session = Session(cache_dir=None)
    made = session.open(str(EXAMPLES / name), mode=mode)
    assert made is not None, session.report()
    return made


@pytest.mark.parametrize("text", SYMMETRIC)
def test_flat_equals_the_quotient(text: str) -> None:
    """By rule and direction: as many arcs of each load."""
    root = gallery(text).root
    net = network(root, None, None)
    exact = quotient.loads(quotient.plan(net))
    kinds: Counter[float] = Counter()
    for arc, n in exact.links.items():
        kinds[round(float(exact.load.get(arc, 0)), 9)] += n
    f = fabric(root, None, None)
    got = loads(f, uniform())
    assert Counter(np.round(got.load, 9).tolist()) == kinds
    hops = quotient.hops(quotient.plan(net))
    assert (got.histogram, got.unreachable) == (hops.histogram, hops.unreachable)


def test_all_to_all_on_a_torus_is_never_faster_than_its_bound() -> None:
    """8 x 8 x 8 at 50 GB/s a link, 1 GiB a rank: 21.47 ms."""
    root = gallery("Torus3(x = 8, y = 8, z = 8)").root
    f = fabric(root, None, Selection(root, (whole(root, ("router",)),)))
    per_pair = 2**30 / 512 * 8
    got = loads(f, uniform())
    arc, _ = got.slowest(f)
    assert got.load[arc] * per_pair / 400e9 == pytest.approx(21.47e-3, rel=1e-3)


def test_names() -> None:
    f = fabric(example("nvl72.hw").root, None, None)
    names = [f.vertex_name(v) for v in range(f.vertex_count)]
    assert len(set(names)) == f.vertex_count
    assert "compute[0].gpu[0]" in names
    a = int(f.start[names.index("compute[3].gpu[1]")])
    assert f.arc_name(a).startswith("compute[3].gpu[1] -> ")
    assert f.arc_name(int(f.reverse[a])).endswith(" -> " + "compute[3].gpu[1]" + f.arc_name(int(f.reverse[a]))[len(
        f"{f.vertex_name(int(f.head[a]))} -> compute[3].gpu[1]"):])
    everything = [f.arc_name(k) for k in range(f.arc_count)]
    assert len(set(everything)) == f.arc_count


def test_arcs_are_consistent() -> None:
    f = fabric(gallery("LeafSpine(leaves = 4, spines = 2, width = 2, hosts = 8)").root, None, None)
    arcs = np.arange(f.arc_count)
    assert np.array_equal(f.reverse[f.reverse], arcs)
    assert np.array_equal(f.tail[f.reverse], f.head)
    assert np.array_equal(f.link[f.reverse], f.link)
    assert (np.diff(f.tail) >= 0).all()
    assert np.array_equal(np.repeat(np.arange(f.vertex_count), np.diff(f.start)), f.tail)
    assert np.array_equal(np.bincount(f.link), np.full(f.arc_count // 2, 2))
    net = network(gallery("LeafSpine(leaves = 4, spines = 2, width = 2, hosts = 8)").root, None, None)
    assert np.bincount(f.rule[f.forward]).tolist() == [arc.links for arc in net.arcs]


def test_failed_parts_are_no_endpoints() -> None:
    root = gallery("FatTree(k = 4)").root
    f = fabric(root, None, None, failed=(Exclusion(("host",), (range(1),) * len(root.shape(("host",))), "part", "failed"),))
    assert len(f.endpoints) == 15
    assert loads(f, uniform()).unreachable == 0
    edge = Exclusion(("edge",), (range(1),) * len(root.shape(("edge",))), "part", "failed")
    cut = fabric(root, None, None, failed=(edge,))
    assert loads(cut, uniform()).unreachable == 14 * 2 * 2 + 2


@pytest.mark.parametrize("mode", ["slice(i = 4, j = 4, k = 4)", "twisted(n = 4)"])
def test_modes(mode: str) -> None:
    """A mode's circuits are traced: capacity of the narrowest piece, a rule for every link."""
    made = example("tpuv4.hw", mode)
    hooks = made.session.hooks
    root = made.root
    f = fabric(root, None, None, hooks.mode, mode_failures(root, hooks.mode, hooks))
    rules = len(network(root, None, None).arcs)
    assert f.arc_count
    assert ((f.rule >= 0) & (f.rule < rules)).all()
    assert np.array_equal(f.tail[f.reverse], f.head)


def test_budgets_are_kept_before_anything_is_allocated() -> None:
    root = gallery("FatTree(k = 128)").root
    needed = estimate_fabric(root, None, None, None)
    assert needed > 2**29
    with pytest.raises(OverBudget) as refused:
        fabric(root, None, None, budget=2**29)
    assert refused.value.needed == needed
    small = fabric(gallery("FatTree(k = 4)").root, None, None)
    with pytest.raises(OverBudget):
        loads(small, uniform(), budget=1000)
    assert estimate_loads(small, uniform()).method == "brute force"


def test_the_estimate_covers_what_is_allocated() -> None:
    """Peak of the whole process beyond its start, at 16,000 accelerators."""
    code = f"""
import resource
from hwdsl.api import Session
from hwdsl.perf.flat import estimate_fabric, fabric
root = Session(cache_dir=None).open_text("use fabrics_indirect.FatTree;\\ndesign = FatTree(k = 40);\\n",
                                         {str(EXAMPLES / "asked.hw")!r}).root
import numpy
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
f = fabric(root, None, None)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(after - before, estimate_fabric(root, None, None, None))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert int(out[0]) <= 1.1 * int(out[1])


def test_small_designs_take_no_compiled_kernel() -> None:
    code = f"""
import sys
from hwdsl.api import Session
from hwdsl.perf.flat import fabric, loads, route, uniform
from hwdsl.query.selection import Selection, whole
root = Session(cache_dir=None).open({str(EXAMPLES / "nvl72.hw")!r}).root
f = fabric(root, None, Selection(root, (whole(root, ("compute", "gpu")),)))
for routing in ("ecmp", "hashed", "up_down", "valiant"):
    loads(f, uniform(), routing)
route(f, [0, 1], [5, 6])
assert not {{"numba", "scipy", "networkx"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


