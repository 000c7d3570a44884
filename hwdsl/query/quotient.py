"""Engine Q: distances and uniform all-to-all loads on the quotient of a network by its verified variable symmetries.

Each coordinate of each block is a variable with a symmetry that is inferred from the rules and then checked, never trusted:
  S  all permutations: every rule uses the coordinate as one whole variable
  Z  rotations: rules may also shift it modulo its size
  N  none: each value is its own (constants, guards, meshes with ends, tied coordinates)
Coordinates joined by one rule variable move together; two coordinates of one block that move together are demoted to N.
Relative to one destination a vertex is described by, per coordinate, same/other (S), its offset (Z) or its value (N): a cell.
Cells are equitable, so distances and flows are constant on them; arcs of one rule and direction with equal N values and equal
offsets of what rotates together form one orbit, so loads are class totals divided by class sizes (proofs:
docs/rationale/symbolic-methods.md).
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from itertools import product
from typing import Any

from hwdsl.ir.index import Ix, Mod, evaluate, ix_vars
from hwdsl.ir.space import Cmp
from hwdsl.node import Record
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.refine import refine
from hwdsl.query.unroll import unrolled

CELL_LIMIT = 60_000
"""Cells times destination classes beyond which the quotient is not worth it."""

STEP_LIMIT = 400_000
"""Steps from cell to cell, likewise: a dense network has many to a cell."""

State = tuple[int, ...]
Cell = tuple[int, State]
Arc = tuple[int, bool, tuple[int, ...]]
"""(arc rule, forward?, values of its N coordinates at both ends and offsets of its Z coordinates): one orbit of directed
links."""


class Refused(Exception):
    """The symmetries found do not make the quotient small; the reason is the message."""


class Coordinate(Record):
    """One coordinate of a block: its size, symmetry and class of coordinates that move together."""

    size: int
    symmetry: str
    group: int


class Plan(Record):
    """The verified quotient of a network: coordinates by block, and the prepared arc rules."""

    network: Network
    coordinates: tuple[tuple[Coordinate, ...], ...]
    arcs: tuple[Any, ...]


class Use(Record):
    """How a rule uses one vertex coordinate: ("var", name, shift) or ("fixed", map)."""

    form: str
    name: str = ""
    shift: int = 0
    map: Ix = Ix(0)


def _use_of(ix: Ix, size: int, arc: ArcRule) -> Use:
    sizes = arc.space.sizes
    if len(ix.terms) == 1 and ix.terms[0][0] == 1:
        atom = ix.terms[0][1]
        if isinstance(atom, str) and ix.const == 0 and sizes[atom] == size:
            return Use("var", atom, 0, ix)
        if isinstance(atom, Mod) and ix.const == 0 and atom.m == size and len(atom.ix.terms) == 1:
            c, name = atom.ix.terms[0]
            if c == 1 and isinstance(name, str) and sizes[name] == size:
                return Use("var", name, atom.ix.const % size, ix)
    return Use("fixed", "", 0, ix)


def plan(network: Network) -> Plan:
    """Infer and verify the symmetries of a network. Raises Refused where the symbolic description does not cover it."""
    if network.exceptions:
        raise Refused("links or parts are out of service")
    if network.partial:
        raise Refused("the selection names single parts")
    network = unrolled(refine(network))
    uses = [([_use_of(m, s, arc) for m, s in zip(arc.a_maps, network.blocks[arc.a].shape)],
             [_use_of(m, s, arc) for m, s in zip(arc.b_maps, network.blocks[arc.b].shape)]) for arc in network.arcs]
    groups = _Groups(network)
    for arc, (a_uses, b_uses) in zip(network.arcs, uses):
        _constrain(arc, a_uses, b_uses, groups)
    groups.settle()
    for arc, (a_uses, b_uses) in zip(network.arcs, uses):
        _keep_offsets(arc, a_uses, b_uses, groups)
    coordinates = tuple(tuple(groups.coordinate(k, i) for i in range(len(b.shape))) for k, b in enumerate(network.blocks))
    prepared = tuple(_prepare(arc, u, coordinates) for arc, u in zip(network.arcs, uses))
    return Plan(network, coordinates, prepared)


class _Groups:
    """Union-find over coordinates (block, position), with the weakest symmetry of each class."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.parent: dict[tuple[int, int], tuple[int, int]] = {
            (k, i): (k, i) for k, b in enumerate(network.blocks) for i in range(len(b.shape))}
        self.symmetry: dict[tuple[int, int], str] = dict.fromkeys(self.parent, "S")

    def find(self, x: tuple[int, int]) -> tuple[int, int]:
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, x: tuple[int, int], y: tuple[int, int]) -> None:
        x, y = self.find(x), self.find(y)
        if x != y:
            self.parent[y] = x
            self.weaken(x, self.symmetry[y])

    def weaken(self, x: tuple[int, int], to: str) -> None:
        x = self.find(x)
        self.symmetry[x] = min(self.symmetry[x], to, key="NZS".index)

    def settle(self) -> None:
        """A class with two coordinates of one block, or of unequal sizes, is demoted."""
        seen: dict[tuple[tuple[int, int], int], int] = {}
        sizes: dict[tuple[int, int], int] = {}
        for k, b in enumerate(self.network.blocks):
            for i, size in enumerate(b.shape):
                root = self.find((k, i))
                if (root, k) in seen or sizes.setdefault(root, size) != size:
                    self.weaken(root, "N")
                seen[(root, k)] = i

    def coordinate(self, block: int, position: int) -> Coordinate:
        root = self.find((block, position))
        order = sorted({self.find(x) for x in self.parent})
        return Coordinate(self.network.blocks[block].shape[position], self.symmetry[root], order.index(root))


def _constrain(arc: ArcRule, a_uses: list[Use], b_uses: list[Use], groups: _Groups) -> None:
    """Weaken and join coordinates by what one rule does with them."""
    ends = [((arc.a, i), u) for i, u in enumerate(a_uses)] + [((arc.b, i), u) for i, u in enumerate(b_uses)]
    by_var: dict[str, list[tuple[tuple[int, int], Use, int]]] = {}
    loose: set[str] = set()
    for at, (coordinate, use) in enumerate(ends):
        side = 0 if at < len(a_uses) else 1
        if use.form == "var":
            by_var.setdefault(use.name, []).append((coordinate, use, side))
        else:
            groups.weaken(coordinate, "N")
            loose |= ix_vars(use.map)
    mesh = mesh_pair(arc, a_uses, b_uses)
    tied = set(loose)
    for c in arc.space.guard:
        tied |= ix_vars(c.ix) if mesh is None else frozenset()
    for m, _ in arc.constraints:
        if m.terms:
            tied |= ix_vars(m)
    for name, members in by_var.items():
        for coordinate, use, _ in members[1:]:
            groups.join(members[0][0], coordinate)
            if use.shift != members[0][1].shift:
                groups.weaken(coordinate, "Z")
        if members[0][1].shift:
            groups.weaken(members[0][0], "Z")
        sides = [side for _, _, side in members]
        if name in tied or len(sides) != len(set(sides)):
            for coordinate, _, _ in members:
                groups.weaken(coordinate, "N")
    if mesh is not None:
        groups.join((arc.a, mesh), (arc.b, mesh))


def _keep_offsets(arc: ArcRule, a_uses: list[Use], b_uses: list[Use], groups: _Groups) -> None:
    """Where a rule joins coordinates of one class by different variables, how far apart its ends are tells its links apart: keep
    rotations only, under which that is a number. (A mesh joins what differs, which is one orbit of permutations.)"""
    mesh = mesh_pair(arc, a_uses, b_uses)
    for i, x in enumerate(a_uses):
        for j, y in enumerate(b_uses):
            if x.name != y.name and not i == j == mesh and groups.find((arc.a, i)) == groups.find((arc.b, j)):
                groups.weaken((arc.a, i), "Z")


def mesh_pair(arc: ArcRule, a_uses: list[Use], b_uses: list[Use]) -> int | None:
    """Position of the coordinate in which a rule joins every pair i < j of one block, all else equal; None if it does not.

    All else: every other coordinate is a whole variable of its own, so that each vertex has a link to every other in its line.
    """
    if arc.a != arc.b or len(arc.space.guard) != 1 or arc.constraints or arc.directed:
        return None
    guard = arc.space.guard[0]
    different = [k for k, (x, y) in enumerate(zip(a_uses, b_uses)) if x != y]
    if len(different) != 1:
        return None
    k = different[0]
    x, y = a_uses[k], b_uses[k]
    if x.form != "var" or y.form != "var" or x.shift or y.shift:
        return None
    others = [u for i, u in enumerate(a_uses) if i != k]
    names = [x.name, y.name, *(u.name for u in others)]
    if any(u.form != "var" or u.shift for u in others) or len(set(names)) != len(names):
        return None
    wanted = [Cmp("<=", _difference(x.name, y.name)), Cmp("<=", _difference(y.name, x.name))]
    return k if guard in wanted else None


def _difference(x: str, y: str) -> Ix:
    terms = tuple(sorted(((1, x), (-1, y)), key=lambda t: t[1]))
    return Ix(1, terms)


class Prepared(Record):
    """An arc rule ready for expansion, in one direction.

    pattern  per coordinate of the near block: how its state gives variables
    far      per coordinate of the far block: how variables give its state
    offsets  (near position, far position, size) of rotating coordinates that move together: how far apart they are is fixed
    """

    number: int
    near: int
    far: int
    forward: bool
    near_uses: tuple[Use, ...]
    far_uses: tuple[Use, ...]
    near_coords: tuple[Coordinate, ...]
    far_coords: tuple[Coordinate, ...]
    free: tuple[tuple[str, int, str], ...]
    multiplicity: int
    mesh: int | None
    offsets: tuple[tuple[int, int, int], ...]
    loose: tuple[str, ...]
    guard: tuple[Cmp, ...]
    limits: tuple[Any, ...]
    sizes: dict[str, int]


def _prepare(arc: ArcRule, uses: tuple[list[Use], list[Use]],
             coordinates: tuple[tuple[Coordinate, ...], ...]) -> tuple[Prepared, ...]:
    a_uses, b_uses = uses
    mesh = mesh_pair(arc, a_uses, b_uses)
    out = [_direction(arc, a_uses, b_uses, arc.a, arc.b, True, coordinates, mesh)]
    if not arc.directed and mesh is None:  # the links of a mesh, both ways, are one class
        out.append(_direction(arc, b_uses, a_uses, arc.b, arc.a, False, coordinates, mesh))
    return tuple(out)


def _direction(arc: ArcRule, near: list[Use], far: list[Use], n: int, f: int, forward: bool,
               coordinates: tuple[tuple[Coordinate, ...], ...], mesh: int | None) -> Prepared:
    sizes = arc.space.sizes
    near_coords, far_coords = coordinates[n], coordinates[f]
    symmetric = {u.name: c.symmetry for u, c in (*zip(near, near_coords), *zip(far, far_coords))
                 if u.form == "var" and c.symmetry != "N"}
    fixed: set[str] = set()
    for u, c in (*zip(near, near_coords), *zip(far, far_coords)):
        if c.symmetry == "N":
            fixed |= ix_vars(u.map)
    for condition in (arc.space.guard if mesh is None else ()):
        fixed |= ix_vars(condition.ix)
    for m, _ in arc.constraints:
        fixed |= ix_vars(m)
    clash = fixed & set(symmetric)
    if clash and mesh is None:
        raise Refused(f"a variable is symmetric at one end only ({', '.join(sorted(clash))})")
    near_vars = {u.name for u in near if u.form == "var"}
    free = tuple((u.name, sizes[u.name], c.symmetry) for u, c in zip(far, far_coords)
                 if u.form == "var" and c.symmetry != "N" and u.name not in near_vars)
    offsets = tuple((i, j, c.size) for i, c in enumerate(near_coords) for j, other in enumerate(far_coords)
                    if c.symmetry == "Z" and c.group == other.group)
    used = set(symmetric) | fixed
    multiplicity = 1
    for name, size in arc.space.vars:
        if name not in used:
            multiplicity *= size
    return Prepared(arc.number, n, f, forward, tuple(near), tuple(far), near_coords, far_coords, free, multiplicity, mesh,
                    offsets, tuple(sorted(fixed)), arc.space.guard if mesh is None else (), arc.constraints, sizes)


def steps(p: Prepared, state: State) -> list[tuple[State, int, tuple[int, ...]]]:
    """(far state, links from one near vertex, N values of the arc) for a vertex in `state` of the near block."""
    if p.mesh is not None:
        return _mesh_steps(p, state)
    values: dict[str, int] = {}
    fixed: list[tuple[Ix, int]] = []
    for u, c, s in zip(p.near_uses, p.near_coords, state):
        if c.symmetry == "N":
            fixed.append((u.map, s))
        elif c.symmetry == "Z":
            values[u.name] = (s - u.shift) % c.size
        else:
            values[u.name] = s
    out = []
    for env in _points(p, fixed):
        for choice in product(*[_choices(size, sym) for _, size, sym in p.free]):
            weight = p.multiplicity
            here = dict(values)
            for (name, _, _), (value, w) in zip(p.free, choice):
                here[name] = value
                weight *= w
            if not weight:
                continue
            far = tuple(_far_state(u, c, here, env) for u, c in zip(p.far_uses, p.far_coords))
            out.append((far, weight, _label(p, state, far)))
    return out


def _label(p: Prepared, near: State, far: State) -> tuple[int, ...]:
    mine = tuple(s for s, c in zip(near, p.near_coords) if c.symmetry == "N")
    other = tuple(s for s, c in zip(far, p.far_coords) if c.symmetry == "N")
    return mine + other + tuple((far[j] - near[i]) % n for i, j, n in p.offsets)


def _mesh_steps(p: Prepared, state: State) -> list[tuple[State, int, tuple[int, ...]]]:
    """All the others in the line of the mesh, whatever the symmetry of its coordinate."""
    k = p.mesh
    assert k is not None
    size = p.near_coords[k].size
    if p.near_coords[k].symmetry == "S":
        targets = [(1, size - 1)] if state[k] == 0 else [(0, 1), (1, size - 2)]
    else:
        targets = [(s, 1) for s in range(size) if s != state[k]]
    out = []
    for s, w in targets:
        far = (*state[:k], s, *state[k + 1:])
        if w > 0:
            out.append((far, w * p.multiplicity, _label(p, state, far)))
    return out


def _choices(size: int, symmetry: str) -> list[tuple[int, int]]:
    if symmetry == "S":
        return [(0, 1), (1, size - 1)] if size > 1 else [(0, 1)]
    return [(k, 1) for k in range(size)]


def _far_state(u: Use, c: Coordinate, values: dict[str, int], env: dict[str, int]) -> int:
    if c.symmetry == "N":
        return evaluate(u.map, env)
    value = values[u.name]
    return (value + u.shift) % c.size if c.symmetry == "Z" else value


def _points(p: Prepared, fixed: list[tuple[Ix, int]]) -> list[dict[str, int]]:
    """Values of the variables without symmetry that agree with the near state, the guard and the limits."""
    if not p.loose:
        return [{}] if all(evaluate(m, {}) == s for m, s in fixed) and _guard(p, {}) else []
    size = 1
    direct: dict[str, int] = {}
    for m, s in fixed:  # digits are read off
        direct.update(_read_off(m, s, p.sizes))
    ranges = []
    for name in p.loose:
        n = p.sizes[name]
        if name in direct:
            ranges.append([direct[name]] if 0 <= direct[name] < n else [])
        else:
            ranges.append(list(range(n)))
        size *= len(ranges[-1])
    if size > CELL_LIMIT:
        raise Refused(f"{size:,} combinations of variables without symmetry")
    out = []
    for values in product(*ranges):
        env = dict(zip(p.loose, values))
        if all(evaluate(m, env) == s for m, s in fixed) and _guard(p, env):
            out.append(env)
    return out


def _read_off(m: Ix, value: int, sizes: dict[str, int]) -> dict[str, int]:
    """Values of the variables of a map that is a number system with digits from the lowest up; {} if it is not one."""
    out: dict[str, int] = {}
    rest, step = value - m.const, 1
    terms = sorted(m.terms, key=lambda t: t[0])
    for k, (c, name) in enumerate(terms):
        if c != step or not isinstance(name, str):
            return {}
        digit = rest // c
        out[name] = digit if k == len(terms) - 1 else digit % sizes[name]
        step *= sizes[name]
    return out


def _guard(p: Prepared, env: dict[str, int]) -> bool:
    for c in p.guard:
        v = evaluate(c.ix, env)
        if not (v == 0 if c.op == "==" else v != 0 if c.op == "!=" else v <= 0):
            return False
    return all(evaluate(m, env) in s for m, s in p.limits)


def cell_size(coords: tuple[Coordinate, ...], state: State) -> int:
    """Vertices in a cell."""
    n = 1
    for c, s in zip(coords, state):
        if c.symmetry == "S" and s == 1:
            n *= c.size - 1
    return n


def destinations(pl: Plan) -> list[tuple[Cell, int]]:
    """(representative destination, how many endpoints are like it)."""
    out = []
    for k in pl.network.endpoints:
        coords = pl.coordinates[k]
        fixed = [range(c.size) if c.symmetry == "N" else range(1) for c in coords]
        like = 1
        for c in coords:
            if c.symmetry != "N":
                like *= c.size
        states = 1
        for r in fixed:
            states *= len(r)
        if states > CELL_LIMIT:
            raise Refused(f"{states:,} classes of destinations")
        out += [((k, tuple(s)), like) for s in product(*fixed)]
    return out


class Reach(Record):
    """Everything seen from one destination: distance and expansion of each cell."""

    distance: dict[Cell, int]
    links: dict[Cell, list[tuple[Cell, int, Arc]]]


def reach(pl: Plan, destination: Cell, budget: list[int]) -> Reach:
    """Breadth-first search over cells; vertices that do not relay are reached, never crossed."""
    by_near: dict[int, list[Prepared]] = {}
    for pair in pl.arcs:
        for p in pair:
            by_near.setdefault(p.near, []).append(p)
    distance = {destination: 0}
    links: dict[Cell, list[tuple[Cell, int, Arc]]] = {}
    queue = deque([destination])
    while queue:
        cell = queue.popleft()
        budget[0] -= 1
        if budget[0] < 0:
            raise Refused(f"more than {CELL_LIMIT:,} cells")
        block, state = cell
        here: list[tuple[Cell, int, Arc]] = []
        for p in by_near.get(block, []):
            here += [((p.far, s), w, (p.number, p.forward, label)) for s, w, label in steps(p, state)]
        links[cell] = here
        if cell != destination and not pl.network.blocks[block].relay:
            continue
        for far, _, _ in here:
            if far not in distance:
                distance[far] = distance[cell] + 1
                queue.append(far)
    return Reach(distance, links)


class Hops(Record):
    """Hop counts over ordered pairs of distinct endpoints: `histogram` hops -> pairs, `unreachable` pairs."""

    histogram: dict[int, int]
    unreachable: int

    @property
    def diameter(self) -> int:
        """Greatest number of hops."""
        return max(self.histogram, default=0)

    @property
    def mean(self) -> Fraction:
        """Mean over reachable pairs."""
        pairs = sum(self.histogram.values())
        return Fraction(sum(h * n for h, n in self.histogram.items()), pairs) if pairs else Fraction(0)


def _affordable(seen: Reach, classes: int) -> None:
    """Raise Refused if as many cells for each class of destinations are over the limit."""
    cells = len(seen.distance)
    steps = sum(len(outward) for outward in seen.links.values())
    if cells * classes > CELL_LIMIT or steps * classes > STEP_LIMIT:
        raise Refused(f"{classes:,} classes of destinations with {cells:,} cells and {steps:,} steps between them each")


def hops(pl: Plan) -> Hops:
    """The hop histogram of all ordered pairs of endpoints. Raises Refused."""
    total: dict[int, int] = {}
    unreachable = 0
    budget = [CELL_LIMIT]
    n = pl.network.endpoint_count
    ends = set(pl.network.endpoints)
    todo = destinations(pl)
    for k, (destination, like) in enumerate(todo):
        seen = reach(pl, destination, budget)
        _affordable(seen, len(todo) if k == 0 else 0)
        reached = 0
        for (block, state), d in seen.distance.items():
            if block in ends and d:
                size = cell_size(pl.coordinates[block], state)
                total[d] = total.get(d, 0) + size * like
                reached += size
        unreachable += (n - 1 - reached) * like
    return Hops(dict(sorted(total.items())), unreachable)


def _balance(pl: Plan, links: dict[Arc, int]) -> None:
    """Each rule has as many links counted forward as backward, and as many as it makes: a folding mistake shows here. The links
    of a mesh are counted both ways together. Raises Refused."""
    counted: dict[tuple[int, bool], int] = {}
    for (number, forward, _), n in links.items():
        counted[number, forward] = counted.get((number, forward), 0) + n
    made: dict[tuple[int, bool], int] = {}
    for arc, prepared in zip(pl.network.arcs, pl.arcs):
        for p in prepared:
            each = arc.links * (2 if p.mesh is not None else 1)
            made[arc.number, p.forward] = made.get((arc.number, p.forward), 0) + each
    for (number, forward), n in made.items():
        if counted.get((number, forward), 0) not in (0, n):
            raise Refused(f"the symmetries of rule {number} do not balance")


class Loads(Record):
    """ECMP loads when every ordered pair of endpoints exchanges 1: by class of directed links, `load` of one link and `links`."""

    load: dict[Arc, Fraction]
    links: dict[Arc, int]


def loads(pl: Plan) -> Loads:
    """Exact loads of uniform all-to-all under equal split over all ports that lead nearer. Raises Refused."""
    total: dict[Arc, Fraction] = {}
    links: dict[Arc, int] = {}
    budget = [CELL_LIMIT]
    ends = set(pl.network.endpoints)
    todo = destinations(pl)
    for n, (destination, like) in enumerate(todo):
        seen = reach(pl, destination, budget)
        _affordable(seen, len(todo) if n == 0 else 0)
        reached = sum(cell_size(pl.coordinates[c[0]], c[1]) for c in seen.distance if c[0] in ends)
        if reached != pl.network.endpoint_count:
            raise Refused("the network is not connected")
        flow: dict[Cell, Fraction] = {}
        for cell in sorted(seen.distance, key=lambda c: -seen.distance[c]):
            d = seen.distance[cell]
            block, state = cell
            mine = flow.get(cell, Fraction(0)) + (1 if block in ends and d else 0)
            if not d or not mine:
                continue
            nearer = [(far, w, arc) for far, w, arc in seen.links[cell] if seen.distance.get(far, d) == d - 1
                      and (far == destination or pl.network.blocks[far[0]].relay)]
            width = sum(w for _, w, _ in nearer)
            size = cell_size(pl.coordinates[block], state)
            for far, w, arc in nearer:
                part = mine * w / width
                total[arc] = total.get(arc, Fraction(0)) + part * size * like
                flow[far] = flow.get(far, Fraction(0)) + part * size / cell_size(pl.coordinates[far[0]], far[1])
        for cell, outward in seen.links.items() if n == 0 else ():  # one destination sees every link once
            size = cell_size(pl.coordinates[cell[0]], cell[1])
            for _, w, arc in outward:
                links[arc] = links.get(arc, 0) + w * size
    if any(a not in links for a in total):
        raise Refused("one destination does not see every link")
    _balance(pl, links)
    return Loads({a: f / links[a] for a, f in total.items()}, links)
