"""What a symbolic load computation answers: classes of directed links, the method taken, and the hops."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hwdsl.node import Record
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.quotient import Hops
from hwdsl.sema.values import UNKNOWN


class LoadClass(Record):
    """Directed links that carry one load. A rule that joins some vertices to themselves counts those links too, with load 0.

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


def arc_label(net: Network, arc: ArcRule, forward: bool) -> str:
    """`from -> to` by the names of the parts."""
    names = [".".join(net.blocks[k].path) or net.owner.name for k in (arc.a, arc.b)]
    return " -> ".join(names if forward else names[::-1])


def published(arc: ArcRule) -> Fraction | None:
    """Capacity of one link, bit/s one direction; None if it is not published."""
    return None if arc.capacity is UNKNOWN else Fraction(arc.capacity.nom)


def merged_classes(classes: Iterable[LoadClass]) -> tuple[LoadClass, ...]:
    """Classes of one rule, direction and load together, in a stable order."""
    total: dict[tuple[int, str, Fraction, Fraction | None], int] = {}
    for c in classes:
        key = c.rule, c.label, c.load, c.capacity
        total[key] = total.get(key, 0) + c.arcs
    return tuple(LoadClass(rule, label, load, arcs, capacity)
                 for (rule, label, load, capacity), arcs in sorted(total.items(), key=lambda item: item[0][:3]) if arcs)
