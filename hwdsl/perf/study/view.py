"""The network a question is asked of: planes between endpoints, in a mode, with failures; ranks and their coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.ir.l0 import Path, Template
from hwdsl.ir.outages import Exclusion
from hwdsl.query.flat import OverBudget
from hwdsl.query.hopcount import effective_mode, mode_failures
from hwdsl.query.network import Network, network
from hwdsl.query.quotient import Plan, Refused, plan
from hwdsl.query.selection import Group, PlaneSelection, Selection, whole
from hwdsl.source import Span

if TYPE_CHECKING:
    from hwdsl.perf.flat import Fabric


class TooLong(Exception):
    """A flat answer would visit `steps` steps."""

    def __init__(self, steps: int) -> None:
        super().__init__(f"{steps:,} steps")
        self.steps = steps


class View:
    """One network, asked many things; everything it finds out is kept.

    root     the design; `plane` the name of its planes for people
    over     the endpoints, in the order of their ranks
    mode     the mode that holds, None where none matters
    failed   what is out of service besides the design's overrides; `planes` are in service, `lost_planes` names the others
    steps    destinations times links beyond which a flat answer is refused as too long (minutes, unless a caller is less patient)
    """

    def __init__(self, root: Template, plane: str, planes: PlaneSelection | None, over: Selection | None, hooks: Any,
                 span: Span, lost_planes: tuple[str, ...] = (), steps: int = 4_000_000_000) -> None:
        self.root, self.plane, self.planes, self.hooks, self.span = root, plane, planes, hooks, span
        self.over = over if over is not None else all_endpoints(root, planes)
        self.net: Network = network(root, planes, self.over)
        self.groups: tuple[Group, ...] = self.over.groups if self.over is not None else tuple(
            whole(root, self.net.blocks[k].path) for k in self.net.endpoints)
        self.mode: Any = effective_mode(self.net, hooks, span)
        self.failed: tuple[Exclusion, ...] = tuple(hooks.failed)
        self.lost_planes = lost_planes
        self.step_limit = steps
        self._plan: Plan | Refused | None = None
        self._lossy: Plan | Refused | None = None
        self._fabric: Any = None
        self.memo: dict[Any, Any] = {}

    @property
    def symbolic_reason(self) -> str:
        """Why nothing can be symbolic here; "" if something may be."""
        if self.mode is not None:
            return "the links of a mode are traced one by one"
        return ""

    @property
    def relays(self) -> bool:
        """Whether some endpoint passes traffic on."""
        return any(self.net.blocks[k].relay for k in self.net.endpoints)

    @property
    def mode_text(self) -> str:
        """The mode in words, "" for none."""
        return self.mode.text if self.mode is not None and self.mode.name else ""

    def plan(self) -> Plan:
        """The verified quotient. Raises Refused."""
        if self._plan is None:
            try:
                if self.symbolic_reason:
                    raise Refused(self.symbolic_reason)
                if self.failed:
                    raise Refused("links or parts are out of service")
                self._plan = plan(self.net)
            except Refused as reason:
                self._plan = reason
        if isinstance(self._plan, Refused):
            raise self._plan
        return self._plan

    def lossy_plan(self) -> Plan:
        """The verified quotient in which what is out of service is told apart. Raises Refused."""
        if self._lossy is None:
            try:
                if self.symbolic_reason:
                    raise Refused(self.symbolic_reason)
                self._lossy = plan(self.net, self.failed)
            except Refused as reason:
                self._lossy = reason
        if isinstance(self._lossy, Refused):
            raise self._lossy
        return self._lossy

    def fabric(self) -> Fabric:
        """The flat arrays. Raises OverBudget."""
        if self._fabric is None:
            from hwdsl.perf.flat import fabric

            self.hooks.reached("L2")
            try:
                gone = (*self.failed, *(e for e in mode_failures(self.root, self.mode, self.hooks) if e not in self.hooks.failed))
                self._fabric = fabric(self.root, self.planes, self.over, self.mode, gone, self.hooks.memory_budget)
            except OverBudget as error:
                self._fabric = error
        if isinstance(self._fabric, OverBudget):
            raise self._fabric
        found: Fabric = self._fabric
        return found

    def check_steps(self, destinations: int, limit: int | None = None) -> None:
        """Raise TooLong if a sweep over the links for every destination is too much; known before anything is allocated, and at
        most that many where parts have failed (links of a mode are counted on the flat arrays alone)."""
        if self.mode is None:
            visited = sum(a.links * (1 if a.directed else 2) for a in self.net.arcs) + sum(b.size for b in self.net.blocks)
        else:
            visited = self.fabric().arc_count + self.fabric().vertex_count
        if destinations * visited > (limit or self.step_limit):
            raise TooLong(destinations * visited)

    @property
    def ranks(self) -> int:
        """Endpoints that are in service."""
        if self.mode is not None or self.net.exceptions or any(e.target != "port" for e in self.failed):
            return len(self.fabric().endpoints)
        return self.selected

    @property
    def selected(self) -> int:
        """Endpoints, in service or not."""
        return sum(size(g) for g in self.groups)

    def also_failed(self, e: Exclusion) -> View:
        """The same network without one more part or port, and what that feeds."""
        from hwdsl.perf.study.power import unpowered

        gone = (*self.failed, e)
        return self._with((*gone, *(unpowered(self.root, gone) if e.target == "part" else ())))

    def without_failures(self) -> View:
        """The same network with everything in service that the design has."""
        return self._with(())

    def _with(self, failed: tuple[Exclusion, ...]) -> View:
        before = self.hooks.failed, self.hooks.mode
        try:
            self.hooks.failed = failed
            self.hooks.mode = self.mode
            return View(self.root, self.plane, self.planes, self.over, self.hooks, self.span, self.lost_planes,
                        self.step_limit)
        finally:
            self.hooks.failed, self.hooks.mode = before

    def ranks_of(self, sel: Selection) -> list[int] | None:
        """Ranks of the parts of a selection, in its order; None if one of them is no endpoint in service."""
        from itertools import product

        out: list[int] = []
        whole_box = not (self.failed or self.mode is not None or self.net.exceptions)
        number = {} if whole_box else {int(v): k for k, v in enumerate(self.fabric().endpoints.tolist())}
        for g in sel.groups:
            if whole_box:
                boxes = self._boxes(g.path)
                ranks = [next((r for first, places in boxes if (r := _place(coords, first, places)) is not None), None)
                         for coords in product(*g.box)]
            elif g.path in self.fabric().vertices.base:
                ranks = [number.get(int(self.fabric().vertices.ids(g.path, list(coords)))) for coords in product(*g.box)]
            else:
                return None
            if None in ranks:
                return None
            out += [r for r in ranks if r is not None]
        return out

    def _boxes(self, path: Path) -> list[tuple[int, list[dict[int, int]]]]:
        """(first rank, place of each index on each axis) of the boxes of endpoints at a path."""
        out, first = [], 0
        for h in self.groups:
            if h.path == path:
                out.append((first, [{x: k for k, x in enumerate(s)} for s in h.box]))
            first += size(h)
        return out

    def shape(self) -> tuple[int, ...]:
        """Extents of the coordinates of the ranks, outermost first; (N,) where they are not one whole box in service."""
        n = self.ranks
        if len(self.groups) == 1:
            extents = tuple(len(s) for s in self.groups[0].box if len(s) > 1)
            total = 1
            for e in extents:
                total *= e
            if total == n and extents:
                return extents
        return (n,)

    def levels(self) -> tuple[int, ...]:
        """Ranks of each level of containment, innermost first: one level for each coordinate of the ranks."""
        return self.shape()[::-1]


def _place(coords: tuple[int, ...], first: int, places: list[dict[int, int]]) -> int | None:
    """The rank of the part at some coordinates of a box whose ranks begin at `first`; None if it lies outside."""
    rank = 0
    for c, place in zip(coords, places):
        if c not in place:
            return None
        rank = rank * len(place) + place[c]
    return first + rank


def size(g: Group) -> int:
    """Parts in a group."""
    n = 1
    for s in g.box:
        n *= len(s)
    return n


def all_endpoints(root: Template, planes: PlaneSelection | None) -> Selection | None:
    """Who talks on some planes unless a study says so; None where one such part holds another."""
    net = network(root, planes, None)
    paths: list[Path] = sorted(net.blocks[k].path for k in net.endpoints)
    if any(a != b and b[: len(a)] == a for a in paths for b in paths):
        return None
    return Selection(root, tuple(whole(root, p) for p in paths))
