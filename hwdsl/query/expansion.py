"""From one cell of a quotient to the next: what an arc rule makes of the state of a vertex.

The state of a coordinate, relative to a destination: N its value; Z its offset; D its offset or the offset's negative, whichever
is less; S twice its part, plus 1 if it is not the destination's value. Where the destination has no coordinate of that class,
rotations that keep it move the coordinate freely: its state under Z and D is 0, and under S nothing is "the destination's".
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from hwdsl.ir.index import Ix, evaluate, ix_vars
from hwdsl.ir.space import Cmp
from hwdsl.node import Record
from hwdsl.query.network import ArcRule
from hwdsl.query.refusal import Refused
from hwdsl.query.symmetry import Coordinate, Use, Uses, mesh_pair
from hwdsl.query.taken import PAIR, TOUCHED, Conjunction

State = tuple[int, ...]
Frame = dict[int, int]
"""Classes of coordinates that the destination has: its part under S, 0 otherwise."""

Label = tuple[int, ...]
Step = tuple[State, int, Label]
"""(far state, links from one near vertex, what tells the arcs of the rule apart)"""

POINT_LIMIT = 60_000
"""Combinations of values of variables without symmetry."""


class Prepared(Record):
    """An arc rule ready for expansion from one of its ends.

    forward   the arcs counted here run from its end a to its end b (or their class holds both directions)
    sends     traffic may go from near to far; receives: from far to near
    free      variables that only the far end has: (name, coordinate)
    extra     variables that no end has but what is lost names: (name, size, named values)
    offsets   (near position, far position, coordinate) of rotating coordinates that move together: how far apart they are
    loose     variables without symmetry
    lost      links out of service
    """

    number: int
    near: int
    far: int
    forward: bool
    sends: bool
    receives: bool
    near_uses: tuple[Use, ...]
    far_uses: tuple[Use, ...]
    near_coords: tuple[Coordinate, ...]
    far_coords: tuple[Coordinate, ...]
    free: tuple[tuple[str, Coordinate], ...]
    extra: tuple[tuple[str, tuple[tuple[int | None, int], ...]], ...]
    multiplicity: int
    mesh: int | None
    offsets: tuple[tuple[int, int, Coordinate], ...]
    loose: tuple[str, ...]
    guard: tuple[Cmp, ...]
    limits: tuple[Any, ...]
    lost: tuple[Conjunction, ...]
    sizes: dict[str, int]
    merged: bool
    near_kinds: tuple[tuple[int, int], ...]
    far_kinds: tuple[tuple[int, int], ...]


def prepare(arc: ArcRule, uses: Uses, coordinates: tuple[tuple[Coordinate, ...], ...],
            lost: tuple[Conjunction, ...]) -> tuple[Prepared, ...]:
    """A rule from both of its ends."""
    a_uses, b_uses = uses
    mesh = mesh_pair(arc, a_uses, b_uses)
    merged = mesh is not None or merges_directions(arc, uses, coordinates)
    out = [_direction(arc, (a_uses, b_uses), True, coordinates, mesh, lost, merged)]
    if mesh is None:  # the links of a mesh are seen from either end at once
        out.append(_direction(arc, (b_uses, a_uses), False, coordinates, mesh, lost, merged))
    return tuple(out)


def merges_directions(arc: ArcRule, uses: Uses, coordinates: tuple[tuple[Coordinate, ...], ...]) -> bool:
    """Whether a reflection turns the links of a rule round: both directions are one class."""
    return any(x.form == "var" and x.name == y.name and x.shift != y.shift and c.symmetry == "D"
               for x in uses[0] for y, c in zip(uses[1], coordinates[arc.b]))


def _direction(arc: ArcRule, uses: Uses, first: bool, coordinates: tuple[tuple[Coordinate, ...], ...], mesh: int | None,
               lost: tuple[Conjunction, ...], merged: bool) -> Prepared:
    sizes = arc.space.sizes
    near, far = uses
    n, f = (arc.a, arc.b) if first else (arc.b, arc.a)
    near_coords, far_coords = coordinates[n], coordinates[f]
    ends = [*zip(near, near_coords), *zip(far, far_coords)]
    symmetric = {u.name for u, c in ends if u.form == "var" and c.symmetry != "N"}
    fixed = _fixed(arc, ends, mesh)
    clash = fixed & symmetric
    if clash and mesh is None:
        raise Refused(f"a variable is symmetric at one end only ({', '.join(sorted(clash))})")
    near_vars = {u.name for u in near if u.form == "var"}
    free = tuple((u.name, c) for u, c in zip(far, far_coords)
                 if u.form == "var" and c.symmetry != "N" and u.name not in near_vars)
    offsets = tuple((i, j, c) for i, c in enumerate(near_coords) for j, other in enumerate(far_coords)
                    if c.symmetry in "ZD" and c.group == other.group)
    used = symmetric | fixed
    named: dict[str, list[frozenset[int]]] = {}
    for conjunction in lost:
        for name, values in conjunction.items():
            if name in sizes and name not in used:
                named.setdefault(name, []).append(values)
    multiplicity = 1
    for name, size in arc.space.vars:
        if name not in used and name not in named:
            multiplicity *= size
    extra = tuple((name, _choices_of(sizes[name], sets)) for name, sets in named.items())
    return Prepared(arc.number, n, f, first or merged, first or not arc.directed, not (first and arc.directed), tuple(near),
                    tuple(far), near_coords, far_coords, free, extra, multiplicity, mesh, offsets, tuple(sorted(fixed)),
                    arc.space.guard if mesh is None else (), arc.constraints, lost, sizes, merged,
                    _kinds(near_coords), _kinds(far_coords))


def _fixed(arc: ArcRule, ends: list[tuple[Use, Coordinate]], mesh: int | None) -> set[str]:
    """Variables without symmetry: those of coordinates that have none, of guards and of constraints."""
    fixed: set[str] = set()
    for u, c in ends:
        if c.symmetry == "N" and u.form != "unit":
            fixed |= ix_vars(u.map)
    for condition in arc.space.guard if mesh is None else ():
        fixed |= ix_vars(condition.ix)
    for m, _ in arc.constraints:
        fixed |= ix_vars(m)
    return fixed


def _choices_of(size: int, sets: list[frozenset[int]]) -> tuple[tuple[int | None, int], ...]:
    """(a value, how many are named alike) of a variable that no vertex has."""
    by_signature: dict[tuple[bool, ...], list[int]] = {}
    for v in sorted(frozenset().union(*sets)):
        by_signature.setdefault(tuple(v in s for s in sets), []).append(v)
    rest = size - sum(len(v) for v in by_signature.values())
    return ((None, rest), *((v[0], len(v)) for v in by_signature.values()))


Points = dict[int, dict[tuple[int, ...], list[dict[str, int]]]]
"""Of rules by identity: values of their variables without symmetry, by the near values they lead to. Filled where needed."""


def steps(p: Prepared, state: State, frame: Frame, known: Points) -> list[Step]:
    """All links of a rule from a vertex in `state` of the near block, by far state and class."""
    if p.mesh is not None:
        return _mesh_steps(p, p.mesh, state, frame)
    values: dict[str, int] = {}
    fixed: list[tuple[Ix, int]] = []
    for u, c, s in zip(p.near_uses, p.near_coords, state):
        if u.form == "unit":
            continue
        if c.symmetry == "N":
            fixed.append((u.map, s))
        else:
            values[u.name] = s if c.symmetry == "S" else (s - u.shift) % c.size
    out = []
    options = [_choices(c, frame) for _, c in p.free]
    for env in _points(p, fixed, known):
        for choice in product(*options):
            weight = p.multiplicity
            here = dict(values)
            for (name, _), (value, w) in zip(p.free, choice):
                here[name] = value
                weight *= w
            if p.extra or p.lost:
                weight *= _in_service(p, here, env)
            if weight:
                raw = [_far_value(u, c, here, env) for u, c in zip(p.far_uses, p.far_coords)]
                far = tuple(folded(c, v, frame) for c, v in zip(p.far_coords, raw))
                out.append((far, weight, _label(p, state, raw)))
    return out


def folded(c: Coordinate, value: int, frame: Frame) -> int:
    """The state of a coordinate."""
    if c.symmetry == "D" or c.symmetry == "Z":
        if c.group not in frame:
            return 0
        return min(value, c.size - value) if c.symmetry == "D" else value
    return value


def _choices(c: Coordinate, frame: Frame) -> list[tuple[int, int]]:
    """(value, how many) of a variable that the near end does not have."""
    if c.symmetry != "S":
        return [(k, 1) for k in range(c.size)]
    own = frame.get(c.group)
    out = [] if own is None else [(2 * own, 1)]
    return out + [(2 * k + 1, n - (k == own)) for k, n in enumerate(c.parts) if n > (k == own)]


def _far_value(u: Use, c: Coordinate, values: dict[str, int], env: dict[str, int]) -> int:
    if u.form == "unit":
        return 0
    if c.symmetry == "N":
        return evaluate(u.map, env)
    return values[u.name] if c.symmetry == "S" else (values[u.name] + u.shift) % c.size


def _label(p: Prepared, near: State, far: list[int]) -> Label:
    """What tells the arcs of a rule apart: values without symmetry, parts of permuted ones, offsets of rotating ones."""
    out = [near[i] >> shift for i, shift in p.near_kinds]
    out += [far[i] >> shift for i, shift in p.far_kinds]
    for i, j, c in p.offsets:
        o = (far[j] - near[i]) % c.size
        out.append(min(o, c.size - o) if c.symmetry == "D" else o)
    return tuple(out)


def _kinds(coords: tuple[Coordinate, ...]) -> tuple[tuple[int, int], ...]:
    """Positions of coordinates whose value or part tells arcs apart, and by how many bits the state is to be shifted for it."""
    return tuple((i, int(c.symmetry == "S")) for i, c in enumerate(coords) if c.symmetry == "N" or len(c.parts) > 1)


def _in_service(p: Prepared, values: dict[str, int], env: dict[str, int]) -> int:
    """How many of the links, alike but for variables that no vertex has, are in service."""
    known: dict[str, int | None] = dict(env)
    for u, c in (*zip(p.near_uses, p.near_coords), *zip(p.far_uses, p.far_coords)):
        if u.form == "var" and u.name in values:
            known[u.name] = c.named[values[u.name] >> 1] if c.symmetry == "S" else None
    total = 0
    for choice in product(*[options for _, options in p.extra]):
        for (name, _), (value, _) in zip(p.extra, choice):
            known[name] = value
        if not any(all(known[n] in allowed for n, allowed in conjunction.items()) for conjunction in p.lost):
            n = 1
            for _, count in choice:
                n *= count
            total += n
    return total


def _mesh_steps(p: Prepared, k: int, state: State, frame: Frame) -> list[Step]:
    """All the others in the line of a mesh, whatever the symmetry of its coordinate."""
    c = p.near_coords[k]
    near = state[k]
    if c.symmetry == "S":
        targets = [(s, n - (s == near)) for s, n in _choices(c, frame) if n > (s == near)]
    else:
        targets = [(s, 1) for s in range(c.size) if s != near]
    out = []
    for s, w in targets:
        raw = [*state[:k], s, *state[k + 1:]]
        weight = w * p.multiplicity
        if p.extra or p.lost:
            weight = w * p.multiplicity * _mesh_in_service(p, k, state, s)
        if weight:
            far = tuple(folded(x, v, frame) for x, v in zip(p.far_coords, raw))
            out.append((far, weight, _label(p, state, raw)))
    return out


def _mesh_in_service(p: Prepared, k: int, state: State, s: int) -> int:
    """Likewise for a link of a mesh: what is lost is named by both ends, whichever is the lower."""
    known: dict[str, int | None] = {}
    for i, (u, c) in enumerate(zip(p.near_uses, p.near_coords)):
        if i != k and u.form == "var":
            known[u.name] = c.named[state[i] >> 1] if c.symmetry == "S" else state[i]
    c = p.near_coords[k]
    ends = (c.named[state[k] >> 1], c.named[s >> 1]) if c.symmetry == "S" else (state[k], s)
    total = 0
    for choice in product(*[options for _, options in p.extra]):
        n = 1
        for (name, _), (value, count) in zip(p.extra, choice):
            known[name] = value
            n *= count
        if not any(_mesh_lost(conjunction, known, ends) for conjunction in p.lost):
            total += n
    return total


def _mesh_lost(conjunction: Conjunction, known: dict[str, int | None], ends: tuple[int | None, int | None]) -> bool:
    for name, allowed in conjunction.items():
        if name == PAIR:
            hit = set(ends) == allowed
        elif name == TOUCHED:
            hit = ends[0] in allowed or ends[1] in allowed
        else:
            hit = known[name] in allowed
        if not hit:
            return False
    return True


def _points(p: Prepared, fixed: list[tuple[Ix, int]], known: Points) -> list[dict[str, int]]:
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
    if size > POINT_LIMIT:
        raise Refused(f"{size:,} combinations of variables without symmetry")
    if size > 1 and prod(p.sizes[name] for name in p.loose) <= POINT_LIMIT:  # one pass over the rule serves all its vertices
        if id(p) not in known:
            known[id(p)] = _by_near(p, [m for m, _ in fixed])
        return known[id(p)].get(tuple(s for _, s in fixed), [])
    out = []
    for values in product(*ranges):
        env = dict(zip(p.loose, values))
        if all(evaluate(m, env) == s for m, s in fixed) and _guard(p, env):
            out.append(env)
    return out


def _by_near(p: Prepared, maps: list[Ix]) -> dict[tuple[int, ...], list[dict[str, int]]]:
    """All values of the variables without symmetry, by what the maps make of them."""
    out: dict[tuple[int, ...], list[dict[str, int]]] = {}
    for values in product(*[range(p.sizes[name]) for name in p.loose]):
        env = dict(zip(p.loose, values))
        if _guard(p, env):
            out.setdefault(tuple(evaluate(m, env) for m in maps), []).append(env)
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
