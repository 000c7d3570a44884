"""Sides of comparisons for tests: examples, and small designs given as text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hwdsl.api import Session
from hwdsl.perf.compare.result import Comparison, Side
from hwdsl.perf.compare.rows import compare
from hwdsl.perf.compare.sides import Choice, Opened, side

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

POD = """
link Lane {{ lanes = 2; raw = 106.25 Gb/s; net = {net}; {latency} }}
chip Gpu {{ port x: Lane[2]; bf16 = 1 PFLOPS; memory = 80 GB; memory_bandwidth = {memory}; power = {power}; price = {price}; }}
switch Sw {{ port p: Lane[{ports}]; power = 100 W; price = $1_000; latency = 200 ns; }}
system Pod {{
    part gpu: Gpu[{n}];
    part sw: Sw[2];
    plane fabric {{ connect gpu[g].x[s] <-> sw[s].p[g]  for g in 0..{n}, s in 0..2; }}
}}
design = Pod;
"""


def of_text(text: str, label: str = "Pod", choice: Choice | None = None, mode: str | None = None) -> Side:
    """The side of a design given as text."""
    session = Session(cache_dir=None)
    design = session.open_text(text, "design.hw", mode=mode)
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return side(Opened(label, "design.hw", design.name, mode or "", {}, design.root, session.hooks), choice or Choice())


def pod(n: int = 4, net: str = "100 Gb/s", memory: str = "3 TB/s", power: str = "700 W", price: str = "$20_000",
        latency: str = "latency = 300 ns;") -> Side:
    """A pod of accelerators under two switches."""
    text = POD.format(n=n, ports=n, net=net, memory=memory, power=power, price=price, latency=latency)
    return of_text(text, f"Pod{n}")


@cache
def example(name: str) -> Side:
    """The side of an example, in its default mode."""
    session = Session(cache_dir=None)
    design = session.open(str(EXAMPLES / f"{name}.hw"))
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return side(Opened(design.name, name, design.name, "", design.parameters, design.root, session.hooks), Choice())


@cache
def article() -> Comparison:
    """CloudMatrix384 against NVL72."""
    return compare([example("cloudmatrix384"), example("nvl72")])
