"""Rates of links: one direction, net unless raw is asked for."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.ir.space import count
from hwdsl.query.lifted import lifted_carries
from hwdsl.query.selection import Group
from hwdsl.sema.values import UNKNOWN
from hwdsl.types import Quantity
from hwdsl.types import quantity as q


def lane_rate(link: Template, coding: str) -> Any:
    """Rate of one lane, one direction: `net`, or `raw` for coding "raw"; UNKNOWN if not stated."""
    name = "raw" if coding == "raw" else "net"
    value = link.figure(name)
    if value is None:
        return UNKNOWN
    return q.tagged(value, direction="one", coding=name) if isinstance(value, Quantity) else value


def link_rate(link: Template, coding: str, lanes: int | None = None) -> Any:
    """Rate of one link of `lanes` lanes (the link's own if None), one direction; UNKNOWN if not stated."""
    rate = lane_rate(link, coding)
    n = lanes if lanes is not None else link.figure("lanes")
    if rate is UNKNOWN or not isinstance(n, int):
        return UNKNOWN
    return q.mul(rate, n)


def sum_carried(owner: Template, g: Group, coding: str) -> Any:
    """Rate of the connectors of a group: the sum over the ports they carry; None if they carry none."""
    total: Any = None
    for c in lifted_carries(owner):
        if c.connector != g.path:
            continue
        n = count(c.space, list(zip(c.coords, g.box)))
        if not n:
            continue
        rate = link_rate(owner.port_at(c.port).link, coding)
        if rate is UNKNOWN:
            return UNKNOWN
        piece = q.mul(rate, n)
        total = piece if total is None else q.add(total, piece)
    return total
