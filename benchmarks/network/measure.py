"""Measuring: CPU time as the median of rounds, verdicts, slopes; and the designs that are measured."""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import hwdsl
from hwdsl.ir.l0 import Template, templates
from hwdsl.query.network import Network, network
from hwdsl.query.select import any_depth_planes

FAMILIES = Path(__file__).with_name("families.hw")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def verdict(met: bool) -> str:
    """As a word."""
    return "met" if met else "missed"


def median(work: Callable[[], Any], rounds: int) -> float:
    """CPU seconds of the median round."""
    times = []
    for _ in range(rounds):
        gc.collect()
        before = process_time()
        work()
        times.append(process_time() - before)
    return statistics.median(times)


def from_rules(root: Template, plane: str | None, ask: Callable[[Network], Any], rounds: int) -> float:
    """CPU seconds of the median round of a question about the network of some planes, of which nothing is known before: answers
    are kept with the design, so each round forgets them."""
    times = []
    for _ in range(rounds):
        net = of_planes(root, plane)
        gc.collect()
        before = process_time()
        ask(net)
        times.append(process_time() - before)
    return statistics.median(times)


def family(component: str) -> Template:
    """A network of families.hw at L0, in a session of its own."""
    text = FAMILIES.read_text(encoding="utf-8").split("\ndesign =")[0]
    session = hwdsl.Session()
    return opened(session, session.open_text(f"{text}\ndesign = {component};\n", str(FAMILIES)))


def example(file: str, **parameters: int) -> Template:
    """The design of an example at L0."""
    session = hwdsl.Session()
    return opened(session, session.open(str(EXAMPLES / file), parameters={k: str(v) for k, v in parameters.items()}))


def opened(session: Any, design: Any) -> Template:
    """The root of a design that has no mistakes."""
    if design is None or session.diagnostics.has_errors:
        raise SystemExit(session.report())
    root: Template = design.root
    return root


def of_planes(root: Template, plane: str | None) -> Network:
    """The network of the planes of one name, or of all links; everything derived before is forgotten, so that it starts at L0."""
    for t in templates(root):
        t._cache.clear()
    return network(root, None if plane is None else any_depth_planes(root, plane), None)


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Exponent of N that fits the times best (least squares of the logarithms); nan for fewer than two sizes."""
    if len(sizes) < 2:
        return math.nan
    x, y = [math.log(n) for n in sizes], [math.log(max(t, 1e-9)) for t in seconds]
    mx, my = statistics.fmean(x), statistics.fmean(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def seconds(t: float) -> str:
    """A time in words, three digits."""
    if t < 1e-3:
        return f"{t * 1e6:.0f} us"
    return f"{t * 1e3:.3g} ms" if t < 1 else f"{t:.3g} s"
