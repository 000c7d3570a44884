"""From a design to its fabric: planes, endpoints, mode and failures as everywhere in queries; the size is checked first."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwdsl.ir.l0 import Template, volume
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.query.flat import OverBudget, estimate, flat_graph, number_or_nan
from hwdsl.query.lifted import Exclusion
from hwdsl.query.network import data_rules
from hwdsl.query.selection import PlaneSelection, Selection

ARC_BYTES = 120
"""Bytes of one directed arc in a fabric: its columns (60), its bundle (up to 36) and the order they are sorted by."""


def estimate_fabric(owner: Template, planes: PlaneSelection | None, over: Selection | None, mode: Any) -> int:
    """Bytes that the fabric takes while it is made."""
    links = sum(r.space.volume * r.rule.lanes if mode is not None else r.space.volume for r, _ in data_rules(owner, planes))
    return estimate(owner, planes, over, mode) + 2 * ARC_BYTES * links


def fabric(owner: Template, planes: PlaneSelection | None, over: Selection | None, mode: Any = None,
           failed: tuple[Exclusion, ...] = (), budget: int = 2 * 1024**3) -> Fabric:
    """The directed arcs of some planes in a mode (None: as wired), without what has failed or is out of service.

    over    the parts that talk, contracted to one vertex each; None: all but switches
    mode    a hwdsl.query.modes.ModeInstance; `failed` must hold what it leaves out (hwdsl.query.hopcount.mode_failures)
    Raises OverBudget before anything is allocated.
    """
    needed = estimate_fabric(owner, planes, over, mode)
    if needed > budget:
        raise OverBudget(needed, budget)
    g = flat_graph(owner, planes, over, mode, failed, budget)
    through = np.full(len(g.relay), np.nan)
    for path, base in g.vertices.base.items():
        through[base: base + volume(g.vertices.shape[path])] = number_or_nan(owner.at(path).figure("latency"))
    return Fabric(g.vertices, g.links, g.relay, through, g.endpoints, (owner, planes, over))
