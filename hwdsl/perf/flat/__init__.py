"""Flat level of network performance: fabrics as arrays, routing models, loads, paths. Import it only where numpy may be loaded.

>>> from hwdsl.perf.flat import from_links, loads, uniform
>>> ring = from_links([0, 1, 2, 3], [1, 2, 3, 0], vertices=4)
>>> answer = loads(ring, uniform())
>>> answer.load.tolist(), answer.method, answer.histogram
([2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0], 'brute force', {1: 8, 2: 4})
"""

from __future__ import annotations

from hwdsl.perf.flat.answer import FlatLoads
from hwdsl.perf.flat.build import estimate_fabric, fabric
from hwdsl.perf.flat.fabric import Fabric, from_links
from hwdsl.perf.flat.failure_sweep import Case, Left, all_to_all_rate, drawn_links, failure_sweep
from hwdsl.perf.flat.failures import (
           Blast,
           Impact,
           Pair,
           TooMuchWork,
           blast_radius,
           impact,
           injection,
           max_flow,
           without,
           worst_pair,
)
from hwdsl.perf.flat.latency import LeastPath, Piece, least_path
from hwdsl.perf.flat.loads import Estimate, estimate_loads, loads
from hwdsl.perf.flat.models import ROUTINGS, Options, Unroutable
from hwdsl.perf.flat.paths import Paths
from hwdsl.perf.flat.routes import route
from hwdsl.perf.flat.traffic import BadTraffic, Traffic, matrix, uniform
from hwdsl.query.flat import OverBudget

__all__ = ["ROUTINGS", "BadTraffic", "Blast", "Case", "Estimate", "Fabric", "FlatLoads", "Impact", "LeastPath", "Left", "Options",
           "OverBudget", "Pair", "Paths", "Piece", "TooMuchWork", "Traffic", "Unroutable", "all_to_all_rate", "blast_radius",
           "drawn_links", "estimate_fabric", "estimate_loads", "fabric", "failure_sweep", "from_links", "impact", "injection",
           "least_path", "loads", "matrix", "max_flow", "route", "uniform", "without", "worst_pair"]
