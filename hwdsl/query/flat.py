"""The flat logical graph: for modes, failures and networks without usable symmetry. Needs numpy; sizes are checked first.

Vertices are numbered block by block, coordinates in mixed radix. In a mode the graph is traced: from a port over its cable,
through the bridges and circuits of pass-through parts, to the port of the next vertex. A hop is one logical link.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.arrays import evaluate_array, grid
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Path, Template, volume
from hwdsl.ir.space import Constraint, IndexSet, Space, guard_mask
from hwdsl.query.lifted import Exclusion, covers, exclusions
from hwdsl.query.network import OUT_OF_SERVICE, contracted_relay, data_rules, is_endpoint
from hwdsl.query.rates import link_rate
from hwdsl.query.selection import PlaneSelection, Selection
from hwdsl.sema.values import UNKNOWN

Ints = npt.NDArray[np.int64]


class OverBudget(Exception):
    """A flat answer needs `needed` bytes, more than `budget`."""

    def __init__(self, needed: int, budget: int) -> None:
        super().__init__(f"{needed} bytes")
        self.needed = needed
        self.budget = budget


class Numbering:
    """Vertex and port numbers: `base[path] + mixed radix of the coordinates`."""

    def __init__(self) -> None:
        self.base: dict[Path, int] = {}
        self.shape: dict[Path, tuple[int, ...]] = {}
        self.total = 0

    def add(self, path: Path, shape: tuple[int, ...]) -> None:
        """Number the things of a path, once."""
        if path not in self.base:
            self.base[path] = self.total
            self.shape[path] = shape
            self.total += volume(shape)

    def ids(self, path: Path, coords: list[Any]) -> Any:
        """Numbers of things given arrays of coordinates."""
        at: Any = np.int64(0)
        for c, n in zip(coords, self.shape[path]):
            at = at * n + c
        return at + self.base[path]

    def block_of(self, ids: Ints) -> tuple[Ints, list[Path]]:
        """(block number of each id, the paths in order)."""
        paths = sorted(self.base, key=lambda p: self.base[p])
        starts = np.array([self.base[p] for p in paths], dtype=np.int64)
        return np.searchsorted(starts, ids, side="right") - 1, paths


class LinkTable:
    """Links between numbered things, one entry each: `tails`, `heads`, `capacity` in bit/s one direction and `latency` in s
    (both nan if unpublished), `rule` (ArcRule.number of the rule that made it; of a traced link, of its first piece) and
    `directed` (from tail to head only)."""

    def __init__(self, tails: Ints, heads: Ints, capacity: npt.NDArray[np.float64], latency: npt.NDArray[np.float64], rule: Ints,
                 directed: npt.NDArray[np.bool_]) -> None:
        self.tails = tails
        self.heads = heads
        self.capacity = capacity
        self.latency = latency
        self.rule = rule
        self.directed = directed

    def at(self, which: Any, tails: Ints | None = None, heads: Ints | None = None) -> LinkTable:
        """The chosen links, between other things if given (those of the chosen links)."""
        return LinkTable(self.tails[which] if tails is None else tails, self.heads[which] if heads is None else heads,
                         self.capacity[which], self.latency[which], self.rule[which], self.directed[which])


class FlatGraph:
    """An undirected multigraph of vertices: `tails`, `heads` (one entry a logical link), `capacity` in bit/s (nan if
    unpublished); `links` holds the same with latency, rule and direction."""

    def __init__(self, vertices: Numbering, links: LinkTable, relay: npt.NDArray[np.bool_], endpoints: Ints) -> None:
        self.vertices = vertices
        self.links = links
        self.tails = links.tails
        self.heads = links.heads
        self.capacity = links.capacity
        self.relay = relay
        self.endpoints = endpoints


def expand(space: Space, constraints: list[Constraint], maps: list[Ix]) -> list[Ints]:
    """Values of maps at every point of a space under its guard and constraints, as 1-D arrays of equal length."""
    shape = tuple(s for _, s in space.vars) or (1,)
    env = grid([n for n, _ in space.vars], space.sizes)
    mask = np.broadcast_to(guard_mask(space), shape) if space.vars else np.ones(1, dtype=bool)
    for m, allowed in constraints:
        value = evaluate_array(m, env)
        if isinstance(allowed, range):
            inside = (value >= allowed.start) & (value < allowed.stop)
        else:
            inside = np.isin(value, np.asarray(allowed))
        mask = mask & np.broadcast_to(inside, shape)
    flat = mask.reshape(-1)
    keep = None if bool(flat.all()) else np.flatnonzero(flat)
    out = []
    for m in maps:
        value = np.broadcast_to(evaluate_array(m, env), shape).reshape(-1)
        out.append(value if keep is None else value[keep])
    return out


def estimate(owner: Template, planes: PlaneSelection | None, over: Selection | None, mode: Any) -> int:
    """Bytes that the flat graph of some planes takes: links, every port of the arrays they join (lane by lane where a bridge
    splits them), and the vertices."""
    rules = [r for r, _ in data_rules(owner, planes)]
    lanes = lane_paths(owner, mode)
    ports = {p: volume(owner.shape(p)) * (r.rule.lanes if p in lanes else 1) for r in rules for p in (r.a, r.b)}
    links = sum(r.space.volume * (r.rule.lanes if r.a in lanes else 1) for r in rules)
    vertices = {p[:-1] for p in ports} | {g.path for g in (over.groups if over is not None else ())}
    return 128 * links + 48 * sum(ports.values()) + 32 * sum(volume(owner.shape(p)) for p in vertices)


def flat_graph(owner: Template, planes: PlaneSelection | None, over: Selection | None, mode: Any, failed: tuple[Exclusion, ...],
               budget: int, statuses: tuple[str, ...] = OUT_OF_SERVICE, end: str = "nom") -> FlatGraph:
    """The logical graph of some planes in a mode (None: the physical graph), without what is `failed` or has one of the
    `statuses`; of rates that are intervals the lower end ("lo"), the nominal value or the upper end ("hi"). Raises OverBudget."""
    needed = estimate(owner, planes, over, mode)
    if needed > budget:
        raise OverBudget(needed, budget)
    ports, links = _port_links(owner, planes, failed, mode, statuses, end)
    if mode is not None:
        from hwdsl.query.trace import trace

        links = trace(owner, ports, links, mode)
    return _contract(owner, ports, links, over, failed)


def _port_links(owner: Template, planes: PlaneSelection | None, failed: tuple[Exclusion, ...],
                mode: Any, statuses: tuple[str, ...], end: str) -> tuple[Numbering, LinkTable]:
    """Every data port numbered, and the physical links between them of the planes (in a mode they are then traced)."""
    rules = data_rules(owner, planes)
    ports = Numbering()
    tails, heads, figures = [], [], []
    gone = [*exclusions(owner, statuses), *failed]
    lanes = lane_paths(owner, mode)
    for number, (r, constraints) in enumerate(rules):
        ends = []
        a_maps, b_maps = list(r.a_coords), list(r.b_coords)
        split = r.a in lanes or r.b in lanes
        space = r.space
        if split:
            name = "~lane"
            space = Space((*space.vars, (name, r.rule.lanes)), space.guard)
            lane = Ix(0, ((1, name),)) if r.rule.lanes > 1 else Ix(0)
            from hwdsl.ir.index import add

            a_maps.append(add(r.rule.a.lane[0], lane) if r.rule.a.lane else lane)
            b_maps.append(add(r.rule.b.lane[0], lane) if r.rule.b.lane else lane)
        values = expand(space, constraints, [*a_maps, *b_maps])
        ok = _in_service(r.a, values[: len(r.a_coords)], gone) & _in_service(r.b, values[len(a_maps):][: len(r.b_coords)], gone)
        for path, vals in ((r.a, values[: len(a_maps)]), (r.b, values[len(a_maps):])):
            key, shape = path, owner.shape(path)
            if split:
                key, shape = (*path, "lane"), (*shape, _port_lanes(owner, path, r.rule.lanes))
            ports.add(key, shape)
            ends.append(ports.ids(key, vals)[ok] if not ok.all() else np.asarray(ports.ids(key, vals)))
        tails.append(np.broadcast_to(ends[0], ok.shape if ends[0].ndim == 0 else ends[0].shape).reshape(-1))
        heads.append(np.broadcast_to(ends[1], tails[-1].shape).reshape(-1))
        rate = link_rate(r.rule.link, "", 1 if split else r.rule.lanes)
        latency = number_or_nan(r.rule.link.figure("latency"))
        figures.append((len(tails[-1]), number_or_nan(rate, end), latency, number, r.rule.directed))
    if not tails:
        none = np.zeros(0, dtype=np.int64)
        return ports, LinkTable(none, none, np.zeros(0), np.zeros(0), none, np.zeros(0, dtype=bool))
    n, rates, latencies, numbers, directed = (np.array(column) for column in zip(*figures))
    return ports, LinkTable(np.concatenate(tails), np.concatenate(heads), np.repeat(rates, n), np.repeat(latencies, n),
                            np.repeat(numbers, n), np.repeat(directed, n))


def number_or_nan(figure: Any, end: str = "nom") -> float:
    """The nominal value (or another end) of a figure in the base unit; nan if it is not stated or not published."""
    return np.nan if figure is None or figure is UNKNOWN else float(getattr(figure, end))


def _port_lanes(owner: Template, path: Path, lanes: int) -> int:
    stated = owner.port_at(path).link.figure("lanes")
    return stated if isinstance(stated, int) else lanes


def lane_paths(owner: Template, mode: Any) -> frozenset[Path]:
    """Port arrays that some bridge of a pass-through part splits by lanes (they are traced lane by lane)."""
    from hwdsl.query.lifted import declared_paths, lifted_rules

    out: set[Path] = set()
    if mode is None:
        return frozenset()
    bridged: list[tuple[Path, Path]] = []
    for path in declared_paths(owner):
        t = owner.at(path)
        for b in (*t.bridges, *(b for s in t.states.values() for b in s.bridges)):
            bridged.append((path + b.left.path, path + b.right.path))
            out |= {path + e.path for e in (b.left, b.right) if e.lane is not None}
    changed = bool(out)
    while changed:  # a cable carries lanes to lanes, and so does a bridge
        changed = False
        for left, right in bridged:
            if (left in out) != (right in out):
                out |= {left, right}
                changed = True
        for r in lifted_rules(owner):
            if (r.a in out) != (r.b in out):
                out |= {r.a, r.b}
                changed = True
    return frozenset(out)


def _in_service(path: Path, coords: list[Ints], gone: list[Exclusion]) -> npt.NDArray[np.bool_]:
    n = max((len(c) for c in coords), default=1)
    ok = np.ones(n, dtype=bool)
    for e in gone:
        if covers(e.path, path):
            inside = np.ones(n, dtype=bool)
            for c, s in zip(coords, e.box):
                inside &= np.isin(c, np.asarray(s))
            ok &= ~inside
    return ok


def _contract(owner: Template, ports: Numbering, links: LinkTable, over: Selection | None,
              failed: tuple[Exclusion, ...]) -> FlatGraph:
    """From ports to vertices: the owner of each port, or the selected part it lies in."""
    vertices = Numbering()
    relay: dict[Path, bool] = {}
    of_port = np.zeros(max(ports.total, 1), dtype=np.int64)
    groups = list(over.groups) if over is not None else []
    for g in groups:
        vertices.add(g.path, owner.shape(g.path))
        relay[g.path] = owner.at(g.path).relay
    for path in ports.base:
        home = next((g.path for g in groups if covers(g.path, path)), path[:-2] if path[-1] == "lane" else path[:-1])
        shape = owner.shape(home)
        vertices.add(home, shape)
        inner = path[:-2] if path[-1] == "lane" else path[:-1]
        relay[home] = relay.get(home, False) or (contracted_relay(owner, home, inner) if inner != home else owner.at(home).relay)
        n = volume(ports.shape[path])
        each = n // max(1, volume(shape))
        of_port[ports.base[path]: ports.base[path] + n] = vertices.base[home] + np.arange(n, dtype=np.int64) // max(1, each)
    t, h = of_port[links.tails], of_port[links.heads]
    different = t != h
    relays = np.zeros(max(vertices.total, 1), dtype=bool)
    for path, base in vertices.base.items():
        relays[base: base + volume(vertices.shape[path])] = relay[path]
    ends = _endpoints(owner, vertices, over, relay, failed)
    return FlatGraph(vertices, links.at(different, t[different], h[different]), relays, ends)


def _endpoints(owner: Template, vertices: Numbering, over: Selection | None, relay: dict[Path, bool],
               failed: tuple[Exclusion, ...]) -> Ints:
    out = []
    gone = [*exclusions(owner, OUT_OF_SERVICE), *failed]
    if over is None:
        chosen: list[tuple[Path, tuple[IndexSet, ...]]] = [
            (p, tuple(range(n) for n in vertices.shape[p])) for p in vertices.base
            if is_endpoint(owner.at(p), relay[p])]
    else:
        chosen = [(g.path, g.box) for g in over.groups]
    for path, box in chosen:
        axes = np.meshgrid(*[np.asarray(s, dtype=np.int64) for s in box], indexing="ij") if box else []
        coords = [a.reshape(-1) for a in axes]
        ids = np.asarray(vertices.ids(path, coords)).reshape(-1)
        ok = _in_service(path, coords, [e for e in gone if e.target == "part"]) if coords else np.ones(len(ids), dtype=bool)
        out.append(ids[ok])
    return np.concatenate(out) if out else np.zeros(0, dtype=np.int64)
