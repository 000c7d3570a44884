"""What a symbolic load computation answers: classes of directed links, the method taken, and the hops."""

from __future__ import annotations

from fractions import Fraction

from hwdsl.node import Record
from hwdsl.query.quotient import Hops


class LoadClass(Record):
    """Directed links that carry one load.

    rule      number of the arc rule they come from (`ArcRule.number`)
    label     readable, for example "gpu -> leaf"
    load      flow on one of them when the stated traffic is routed (exact)
    arcs      how many they are
    capacity  bit/s of one link in one direction; None if it is not published
    """

    rule: int
    label: str
    load: Fraction
    arcs: int
    capacity: Fraction | None


class SymbolicLoads(Record):
    """Loads of every directed link, by class.

    method     how they were found: "closed form", "product of factors", "quotient", ...
    cost       states visited, whatever the number of links
    endpoints  how many vertices talk
    hops       hops over ordered pairs of distinct endpoints, along the paths that the routing takes
    model      which question is answered, where the routing's name leaves it open ("graph-minimal", "local-global-local", ...)
    """

    classes: tuple[LoadClass, ...]
    method: str
    cost: int
    endpoints: int
    hops: Hops
    model: str = ""

    @property
    def greatest(self) -> Fraction:
        """The greatest load of a directed link."""
        return max((c.load for c in self.classes), default=Fraction(0))

    @property
    def total(self) -> Fraction:
        """Flow summed over all directed links: hops summed over all flows."""
        return sum((c.load * c.arcs for c in self.classes), Fraction(0))
