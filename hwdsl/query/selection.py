"""Values of selectors.

A selection never lists instances: it is a union of boxes of coordinates, one `Group` a declared path.
"""

from __future__ import annotations

from typing import Any

from hwdsl.ir.l0 import Box, PartArray, Path, PortArray, Template
from hwdsl.ir.space import IndexSet
from hwdsl.node import Record


class Group(Record):
    """Things at one declared path below `owner`: `box` has one index set per coordinate.

    last   coordinates of the last name (the rest belong to the names before it)
    fill   how many of those were indexed already
    flags  per-element conditions kept symbolic: "used", "unused", "carried", "uncarried"
    """

    path: Path
    box: Box
    last: int = 0
    fill: int = 0
    flags: tuple[str, ...] = ()


class Selection(Record):
    """Parts or ports of the design below `owner`; the owner itself is the empty path."""

    owner: Template
    groups: tuple[Group, ...]

    def describe(self) -> str:
        """For messages."""
        kinds = {"port" if is_port(self.owner, g.path) else "part" for g in self.groups}
        return "a selection of " + (" and ".join(sorted(k + "s" for k in kinds)) or "nothing")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selection) and self.owner is other.owner and self.groups == other.groups

    def __hash__(self) -> int:
        return hash((self.owner.uid, self.groups))


class PlaneItem(Record):
    """One declared plane: the parts it lies in (`prefix`, `box`), its names, an index set per family (None: plain or all)."""

    prefix: Path
    box: Box
    names: Path
    family: tuple[IndexSet | None, ...]


class PlaneSelection(Record):
    """Planes of the design below `owner`."""

    owner: Template
    items: tuple[PlaneItem, ...]

    def describe(self) -> str:
        """For messages."""
        return "a plane"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlaneSelection) and self.owner is other.owner and self.items == other.items

    def __hash__(self) -> int:
        return hash((self.owner.uid, self.items))


class LinkSet(Record):
    """Links, cables, modules ... of a plane, selection or the whole design; `what` says which things are counted."""

    owner: Template
    what: str
    operands: tuple[Any, ...]
    filters: tuple[Any, ...] = ()

    def describe(self) -> str:
        """For messages."""
        return f"a set of {self.what}"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class AttributeOf(Record):
    """`selection.attr`: the figure of each selected thing."""

    of: Any
    name: str
    coding: str = ""

    def describe(self) -> str:
        """For messages."""
        return f"the `{self.name}` of {self.of.describe()}"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Element(Record):
    """One group under a filter: what `.attr` refers to."""

    owner: Template
    path: Path

    def describe(self) -> str:
        """For messages."""
        return "an element"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def group_text(owner: Template, g: Group) -> str:
    """`rack[0].leaf[2..4]`; arrays that are there whole without indices."""
    out: list[str] = []
    used = 0
    for k, name in enumerate(g.path):
        shape = owner.shape(g.path[: k + 1])
        sides = list(zip(g.box[used:], shape[used:]))
        whole_array = all(len(s) == n for s, n in sides)
        out.append(name + ("" if whole_array else "".join(f"[{_side_text(s, n)}]" for s, n in sides)))
        used = len(shape)
    return ".".join(out) or "self"


def _side_text(side: IndexSet, extent: int) -> str:
    if len(side) == extent:
        return "*"
    if len(side) > 1 and list(side) == list(range(side[0], side[-1] + 1)):
        return f"{side[0]}..{side[-1] + 1}"
    return ", ".join(map(str, side[:8])) + (", ..." if len(side) > 8 else "")


def is_port(owner: Template, path: Path) -> bool:
    """Whether a path ends at a port array."""
    return bool(path) and path[-1] in owner.at(path[:-1]).ports and path[-1] not in owner.at(path[:-1]).parts


def target(owner: Template, path: Path) -> PartArray | PortArray | None:
    """The array at a path; None for the owner itself."""
    return owner.at(path[:-1]).member(path[-1]) if path else None


def template_of(owner: Template, path: Path) -> Template:
    """The template of the parts at a path."""
    return owner.at(path)


def whole(owner: Template, path: Path) -> Group:
    """All elements at a path."""
    shape = owner.shape(path)
    before = owner.shape(path[:-1]) if path else ()
    return Group(path, tuple(range(n) for n in shape), len(shape) - len(before))


def group_size(g: Group) -> int:
    """Number of coordinate tuples in a group, overrides and flags not considered."""
    n = 1
    for s in g.box:
        n *= len(s)
    return n


def intersect(a: IndexSet, b: IndexSet) -> IndexSet:
    """Common values of two index sets."""
    if isinstance(a, range) and isinstance(b, range) and a.step == 1 and b.step == 1:
        lo, hi = max(a.start, b.start), min(a.stop, b.stop)
        return range(lo, max(lo, hi))
    inside = set(b)
    return tuple(x for x in a if x in inside)


def intersect_boxes(a: Box, b: Box) -> Box | None:
    """Common part of two boxes of equal rank, None if empty."""
    out = tuple(intersect(x, y) for x, y in zip(a, b))
    return None if any(len(s) == 0 for s in out) else out
