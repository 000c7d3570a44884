"""Routing models by the word a study uses, in words."""

from __future__ import annotations

ROUTINGS = {
    "ecmp": "equal split over the ports of all minimal paths, hop by hop", "hashed": "one minimal path a flow, by hash",
    "dimension_order": "dimension order", "valiant": "Valiant: over a random vertex between", "up_down": "up, then down",
    "least_latency": "paths of least latency", "static": "static tables", "adaptive": "adaptive: the best split there is",
    "local_global_local": "hierarchical: at most one local hop, one global hop, one local hop",
}
