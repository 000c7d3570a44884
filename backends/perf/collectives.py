"""Closed forms of collectives: the bandwidth and the latency term apart."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query.cuts import capacity
from hwdsl.query.network import Network
from hwdsl.query.quotient import Hops, Refused
from hwdsl.sema.values import UNKNOWN


def weakest_injection(net: Network) -> Fraction:
    """Least rate at which one endpoint can send, over blocks of endpoints (mean within a block). Raises Refused."""
    per: dict[int, Fraction] = dict.fromkeys(net.endpoints, Fraction(0))
    for arc in net.arcs:
        for k in (arc.a, arc.b):
            if k in per:
                per[k] += capacity(arc) * arc.links / net.blocks[k].size
    return min(per.values())


def hop_latency(root: Template, net: Network, nearest: int) -> tuple[Fraction, int]:
    """(known latency in seconds, unknown parts) of a path of `nearest` hops: its links and the relays between."""
    known, missing = Fraction(0), 0
    links = [a.latency for a in net.arcs]
    relays = [root.at(b.path).figure("latency") for b in net.blocks if b.relay]
    for figures, count in ((links, nearest), (relays, nearest - 1)):
        if not figures or not count:
            continue
        if any(f is None or f is UNKNOWN for f in figures):
            missing += count
        else:
            known += count * min(Fraction(f.lo) for f in figures)
    return known, missing


def ring_all_reduce(root: Template, net: Network, hops: Hops, size: int) -> dict[str, Any]:
    """2 (N - 1) (a + V / (N B)): V bytes an endpoint, B the weakest endpoint's injection, a the latency between ring
    neighbours."""
    n = net.endpoint_count
    try:
        rate = weakest_injection(net)
    except Refused as reason:
        return {"unknown": str(reason)}
    if not rate:
        return {"unknown": "an endpoint has no link"}
    bandwidth = Fraction(2 * (n - 1) * size * 8, n) / rate
    latency, missing = hop_latency(root, net, min(hops.histogram))
    latency *= 2 * (n - 1)
    return {
        "formula": "ring: 2 (N - 1) (a + V / (N B))", "N": n, "V_bytes": size,
        "bandwidth_term_s": float(bandwidth), "latency_term_s": float(latency), "time_s": float(bandwidth + latency),
        "lower_bound": bool(missing), "unknown_latencies_per_step": missing,
    }
