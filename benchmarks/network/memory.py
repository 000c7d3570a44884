"""Peak memory of a new process that answers uniform loads at about 100,000 accelerators: flat and symbolic, each in a child."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.network.measure import verdict

ROOT = Path(__file__).resolve().parents[2]
FLAT = """
from benchmarks.network.measure import family
from hwdsl.perf.flat import fabric, loads, uniform
f = fabric(family({component!r}), None, None, budget=8 * 1024**3)
print(len(f.endpoints), f.arc_count // 2, loads(f, uniform()).method)
"""
SYMBOLIC = """
from benchmarks.network.measure import family, of_planes
from hwdsl.perf.symbolic import uniform_loads
net = of_planes(family({component!r}), None)
found = uniform_loads(net)
print(found.endpoints, sum(a.links for a in net.arcs), found.method)
"""
PODS = ("FatTree(k = 74)", "Rails(pods = 391)", "Rails(pods = 391, planes = 16)")


def child(program: str) -> tuple[float, list[str]]:
    """(peak MB of resident memory, words printed) of a Python program in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    said, wrong = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    if process.returncode:
        raise SystemExit(wrong.decode(errors="replace"))
    return usage.ru_maxrss / 1024, said.decode().split(maxsplit=2)


def memory(quick: bool) -> None:
    """Print both peaks. To be measured first: the peak of a child begins with what its parent holds when it starts."""
    print("Peak memory of a new process, uniform loads at about 100,000 accelerators (aims: flat < 2 GB, symbolic < 200 MB)")
    for component in PODS[:1] if quick else PODS:
        flat, (endpoints, links, method) = child(FLAT.format(component=component))
        symbolic, (_, _, how) = child(SYMBOLIC.format(component=component))
        print(f"    {component}: {int(endpoints):,} endpoints, {int(links):,} links: flat ({method.strip()}) {flat:,.0f} MB "
              f"({verdict(flat < 2000)}), symbolic ({how.strip()}) {symbolic:,.0f} MB ({verdict(symbolic < 200)})", flush=True)
