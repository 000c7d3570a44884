"""Networks whose rates are published as intervals: evaluated at their lower ends, their nominal values and their upper ends.

Injection, flows, cuts and bounds of loads only grow with the capacity of links, so the figure at all lower ends is its lower end.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hwdsl.node import Record, replace
from hwdsl.query.network import Network
from hwdsl.query.quotient import Refused
from hwdsl.sema.values import UNKNOWN
from hwdsl.types import Quantity
from hwdsl.types.dimension import RATE

ENDS = ("lo", "nom", "hi")
"""Lower end, nominal value, upper end."""


class Range(Record):
    """A figure that grows with the rates of links: at their lower ends, nominal values and upper ends, in bit/s one direction."""

    lo: Fraction
    nom: Fraction
    hi: Fraction

    @property
    def exact(self) -> bool:
        """Whether the ends meet."""
        return self.lo == self.hi

    def divided(self, n: int) -> Range:
        """The n-th part."""
        return Range(self.lo / n, self.nom / n, self.hi / n)

    def rate(self) -> Quantity:
        """As a net rate of one direction, in bytes as machines are published."""
        lo, nom, hi = (x.numerator if x.denominator == 1 else x for x in (self.lo, self.nom, self.hi))
        return Quantity(lo, nom, hi, RATE, "TB/s" if self.hi >= 8 * 10**12 else "GB/s", direction="one", coding="net")


def between(network: Network) -> bool:
    """Whether the rate of any link is an interval."""
    return any(a.capacity is not UNKNOWN and not a.capacity.is_exact for a in network.arcs)


def at_end(network: Network, end: str) -> Network:
    """The network with every rate at one end. Raises Refused where that end is not known (`unknown` was added to a rate)."""
    return replace(network, arcs=tuple(replace(a, capacity=_at(a.capacity, end)) for a in network.arcs))


def _at(capacity: Any, end: str) -> Any:
    if capacity is UNKNOWN or capacity.is_exact:
        return capacity
    value = getattr(capacity, end)
    if isinstance(value, float):
        raise Refused("a rate is published in part only")
    return Quantity(value, value, value, capacity.dim, capacity.unit, capacity.direction, capacity.coding)


def at_ends(network: Network, figure: Callable[[Network], Fraction]) -> Range:
    """A figure at the three ends. Raises what `figure` does, and Refused."""
    if not between(network):
        value = figure(network)
        return Range(value, value, value)
    lo, nom, hi = (figure(at_end(network, end)) for end in ENDS)
    return Range(lo, nom, hi)
