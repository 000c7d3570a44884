"""L0, the symbolic IR: the source of truth of an elaborated design.

A design is a tree of instances; L0 holds one `Template` per distinct component (definition, arguments, local changes) and in it
the arrays of parts, the ports and the rules of that body, once, whatever the number of instances. Rules join port arrays through
index maps (hwdsl.ir.index) over an index space (hwdsl.ir.space). Nothing here is proportional to the number of links.

Coordinates. A path `compute[t].gpu[g].nvl[p]` inside a template is `path = ("compute", "gpu", "nvl")` and the flat tuple of all
its indices; `Template.shape(path)` is the flat tuple of the array sizes along it.
"""

from __future__ import annotations

from typing import Any, Union

from hwdsl.ir.index import Ix
from hwdsl.ir.space import IndexSet, Space
from hwdsl.node import Record
from hwdsl.sema.values import Source
from hwdsl.source.span import NO_SPAN, Span

Path = tuple[str, ...]
Box = tuple[IndexSet, ...]
"""One set of allowed values per coordinate."""


class Attribute(Record):
    """A figure or fact: `value` as evaluated (UNKNOWN if nobody published it), where it was said and by whom."""

    value: Any
    sources: tuple[Source, ...] = ()
    span: Span = NO_SPAN

    @property
    def status(self) -> str:
        """"unverified" if any source says so, else ""."""
        return "unverified" if any(s.status == "unverified" for s in self.sources) else ""


class PortArray(Record):
    """Ports `name[dims]` typed by a link template; `modifier` is "", "input", "output" or "spare"."""

    name: str
    dims: tuple[int, ...]
    link: Template
    modifier: str = ""
    attributes: dict[str, Attribute] = {}  # noqa: RUF012 - records are never written to
    span: Span = NO_SPAN


class PartArray(Record):
    """Instances `name[dims]` of a template."""

    name: str
    dims: tuple[int, ...]
    template: Template
    span: Span = NO_SPAN
    doc: str = ""


class End(Record):
    """One side of a rule: a port (or a whole connector) as a function of the rule's variables.

    `lane` is None for the whole port; (start, width) for a slice of its lanes, `start` an index map.
    """

    path: Path
    coords: tuple[Ix, ...]
    lane: tuple[Ix, int] | None = None


class ViaStep(Record):
    """One step of a via chain: a medium or module template, or the panel ports it runs through (`through`)."""

    template: Template | None
    through: End | None = None


class PlaneRef(Record):
    """The plane a rule stands in: names from the outside in, with the family index of each (None for a plain plane)."""

    names: Path = ()
    indices: tuple[Ix | None, ...] = ()


class Rule(Record):
    """`connect a <-> b via chain for space`: one link per point of the space (in each instance of the template).

    number    position among the template's rules: the stable name of "the rule that made it" is `template:number`
    lanes     lanes of one link, one direction
    directed  written with `->`
    origin    index of the statement this rule was unrolled from; equal for the sub-rules of one statement
    """

    number: int
    plane: PlaneRef
    space: Space
    a: End
    b: End
    via: tuple[ViaStep, ...]
    link: Template
    lanes: int
    directed: bool
    attributes: dict[str, Attribute]
    sources: tuple[Source, ...]
    span: Span
    origin: int
    text: str = ""


class CarryMap(Record):
    """`carry port on connector.lane[start .. start + width]`; `unit` is "lane", "pair", "half" or "" (the whole connector)."""

    port: End
    connector: Path
    coords: tuple[Ix, ...]
    unit: str
    start: Ix
    width: int
    space: Space
    span: Span


class BridgeMap(Record):
    """`bridge left <-> right` inside a pass-through part."""

    left: End
    right: End
    space: Space
    attributes: dict[str, Attribute]
    span: Span


class StateDecl(Record):
    """A state of a reconfigurable part and the bridges it makes."""

    name: str
    default: bool
    bridges: tuple[BridgeMap, ...]
    span: Span


class BusNet(Record):
    """A multi-drop net: `joins` as (path, box) of the ports on it."""

    name: str
    plane: PlaneRef
    template: Template
    joins: tuple[tuple[Path, Box], ...]
    span: Span


class Placement(Record):
    """`place what in container at how(position)`; `what`, `container` with their index maps over `space`.

    how        "U", "slot", "xy", "edge", "side" or "" (contained, position unknown)
    position   arguments of `how`: an Ix, or a `PointTable` of exact quantities
    stack      "" for `at`; "up" or "down" for `from`: `what` is then a box, stacked in index order
    """

    what: Path
    coords: tuple[Ix, ...]
    box: Box
    container: Path | None
    container_coords: tuple[Ix, ...]
    how: str
    position: tuple[Any, ...]
    stack: str
    space: Space
    sources: tuple[Source, ...]
    span: Span


class PointTable(Record):
    """Values that depend on rule variables and have no integer index map: one value a point, the last variable fastest."""

    vars: tuple[str, ...]
    sizes: tuple[int, ...]
    data: tuple[Any, ...]


class OverrideDecl(Record):
    """Sparse exception: `attributes` hold for `target` (link, cable, part, port) at `path` within `box`."""

    target: str
    path: Path
    box: Box
    attributes: dict[str, Attribute]
    span: Span


class PlaneDecl(Record):
    """A declared plane: its names from the outside in; `sizes` of the family indices (None for a plain plane)."""

    names: Path
    sizes: tuple[int | None, ...]
    span: Span
    doc: str = ""


Member = Union[PartArray, PortArray]


class Template:
    """One distinct component: everything its body says, evaluated.

    `uid` is unique in a design and stable across runs. `env`, `item`, `checks`, `modes` tie the template to its source for
    the statements that are evaluated later (asserts, modes); they are not part of the dumped IR.
    """

    __slots__ = ("_cache", "attributes", "bases", "bridges", "buses", "carries", "checks", "doc", "env", "failing", "item",
                 "kind", "modes", "name", "overrides", "parameters", "parts", "placements", "planes", "ports", "routes",
                 "rules", "sealed", "span", "states", "uid", "unders", "unusable")

    def __init__(self, uid: str, kind: str, name: str) -> None:
        self.uid = uid
        self.kind = kind
        self.name = name
        self.bases: tuple[str, ...] = ()
        self.doc = ""
        self.span: Span = NO_SPAN
        self.parameters: dict[str, Any] = {}
        self.attributes: dict[str, Attribute] = {}
        self.parts: dict[str, PartArray] = {}
        self.ports: dict[str, PortArray] = {}
        self.planes: dict[Path, PlaneDecl] = {}
        self.rules: list[Rule] = []
        self.carries: list[CarryMap] = []
        self.bridges: list[BridgeMap] = []
        self.states: dict[str, StateDecl] = {}
        self.buses: list[BusNet] = []
        self.placements: list[Placement] = []
        self.overrides: list[OverrideDecl] = []
        self.routes: list[Any] = []
        self.checks: list[Any] = []
        self.unders: list[Any] = []
        self.modes: dict[str, Any] = {}
        self.env: Any = None
        self.item: Any = None
        self.unusable: set[str] = set()
        """Parts and ports that are declared, but with a mistake that was reported."""
        self.failing: tuple[Any, ...] = ()
        """Exclusions in force while an `under failed` block is evaluated on this template."""
        self.sealed = False
        """Complete: nothing is added any more, derived facts may be kept."""
        self._cache: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<{self.kind} {self.uid}>"

    def cached(self, key: str, compute: Any) -> Any:
        """A derived fact, computed once per template."""
        if key not in self._cache:
            self._cache[key] = compute(self)
        return self._cache[key]

    def figure(self, name: str) -> Any:
        """Value of an attribute, None if not stated."""
        found = self.attributes.get(name)
        return None if found is None else found.value

    @property
    def relay(self) -> bool:
        """Whether traffic may pass through (true of switches unless stated)."""
        stated = self.figure("relay")
        return bool(stated) if stated is not None else self.kind == "switch"

    @property
    def passive(self) -> bool:
        """Whether the part only passes on what enters, always the same way: a patch panel, a shuffle box, a retimer."""
        return (bool(self.bridges) or self.kind == "panel") and not self.states and self.kind != "ocs"

    def member(self, name: str) -> Member | None:
        """The part or port array of that name."""
        return self.parts.get(name) or self.ports.get(name)

    def shape(self, path: Path) -> tuple[int, ...]:
        """Array sizes along a path of parts, the last may be a port; KeyError if there is no such path."""
        out: tuple[int, ...] = ()
        here = self
        for k, name in enumerate(path):
            part = here.parts.get(name)
            if part is not None:
                out += part.dims
                here = part.template
                continue
            if k != len(path) - 1:
                raise KeyError(name)
            out += here.ports[name].dims
        return out

    def at(self, path: Path) -> Template:
        """The template of the parts at a path (the owner, if the last name is a port)."""
        here = self
        for name in path:
            part = here.parts.get(name)
            if part is None:
                break
            here = part.template
        return here

    def port_at(self, path: Path) -> PortArray:
        """The port array at the end of a path."""
        return self.at(path[:-1]).ports[path[-1]]


def volume(dims: tuple[int, ...]) -> int:
    """Product of sizes (1 for a single thing)."""
    n = 1
    for d in dims:
        n *= d
    return n


def templates(root: Template) -> list[Template]:
    """Every component template below a root, parents before children, each once, in a stable order."""
    seen: dict[str, Template] = {}

    def visit(t: Template) -> None:
        if t.uid in seen:
            return
        seen[t.uid] = t
        for name in sorted(t.parts):
            visit(t.parts[name].template)

    visit(root)
    return list(seen.values())


def multiplicities(root: Template) -> dict[str, int]:
    """Number of instances of each template below a root, overrides not considered."""
    out: dict[str, int] = {}

    def visit(t: Template, n: int) -> None:
        out[t.uid] = out.get(t.uid, 0) + n
        for part in t.parts.values():
            visit(part.template, n * volume(part.dims))

    visit(root, 1)
    return out
