"""Which connector a rule's end is plugged into: a rule's map composed with the `carry` that takes its port to a connector."""

from __future__ import annotations

from hwdsl.ir.index import Ix, bounds, div, evaluate, ix_vars, mod, substitute, tabulate
from hwdsl.ir.l0 import Path, Template
from hwdsl.ir.space import Space, points
from hwdsl.node import Record
from hwdsl.query.lifted import Lifted, LiftedCarry, lifted_carries

_LIMIT = 1_000_000


class Attachment(Record):
    """The plug of one end: `coords` (over the rule's variables) tell plugs apart.

    connector  path of the connector or module part; None where each port is a connector of its own
    start      first lane, pair or half on it, over the rule's variables
    unit       "lane", "pair", "half" or ""
    """

    connector: Path | None
    coords: tuple[Ix, ...]
    start: Ix
    unit: str


def attachments(owner: Template, lifted: Lifted) -> tuple[Attachment, Attachment]:
    """The plugs of the left and the right end of a rule."""
    cache: dict[int, tuple[Attachment, Attachment]] = owner.cached("attachments", lambda _: {})
    key = id(lifted)
    if key not in cache:
        cache[key] = (_attach(owner, lifted, lifted.a, lifted.a_coords), _attach(owner, lifted, lifted.b, lifted.b_coords))
    return cache[key]


def _attach(owner: Template, lifted: Lifted, path: Path, coords: tuple[Ix, ...]) -> Attachment:
    own = Attachment(None, coords, Ix(0), "")
    found = [c for c in lifted_carries(owner) if c.port == path]
    if not found:
        return own
    for c in found:
        values = _solve(c, coords, lifted.space)
        if values is None:
            continue
        if values == {} and c.space.vars and not _inside(c, coords, lifted.space):
            continue
        sizes = lifted.space.sizes
        to = [substitute(i, values, sizes) for i in c.coords]
        start = substitute(c.start, values, sizes)
        if c.carry.unit == "half":
            to.append(start)
        return Attachment(c.connector, tuple(to), start, c.carry.unit)
    if all(_outside(c, coords, lifted.space) for c in found):
        return own
    return _tabulated(found, coords, lifted.space) or own


def _solve(c: LiftedCarry, coords: tuple[Ix, ...], space: Space) -> dict[str, Ix] | None:
    """Values of the carry's variables as maps of the rule's, where its port maps invert digit by digit; else None."""
    values: dict[str, Ix] = {}
    carry_sizes = c.space.sizes
    if c.space.guard:
        return None
    for want, have in zip(c.port_coords, coords):
        lo, hi = bounds(have, space.sizes)
        terms = sorted(want.terms, key=lambda t: t[0])
        step = 1
        for k, (coeff, name) in enumerate(terms):
            if coeff != step or not isinstance(name, str) or name in values:
                return None
            shifted = Ix(have.const - want.const, have.terms)
            digit = div(shifted, coeff, space.sizes)
            values[name] = digit if k == len(terms) - 1 else mod(digit, carry_sizes[name], space.sizes)
            step = coeff * carry_sizes[name]
        if lo < want.const or hi >= want.const + step:
            return None
    return values if len(values) == len(carry_sizes) else None


def _inside(c: LiftedCarry, coords: tuple[Ix, ...], space: Space) -> bool:
    return all(bounds(w, c.space.sizes) == bounds(h, space.sizes) for w, h in zip(c.port_coords, coords))


def _outside(c: LiftedCarry, coords: tuple[Ix, ...], space: Space) -> bool:
    """Whether the rule's ports and the carried ports have nothing in common, as far as ranges show."""
    for want, have in zip(c.port_coords, coords):
        wlo, whi = bounds(want, c.space.sizes)
        lo, hi = bounds(have, space.sizes)
        if hi < wlo or whi < lo:
            return True
    return False


def _tabulated(found: list[LiftedCarry], coords: tuple[Ix, ...], space: Space) -> Attachment | None:
    """Look every port up (bounded): the carried ports of all carries of this port array, uncarried ones as themselves."""
    used = frozenset().union(*(ix_vars(c) for c in coords)) if coords else frozenset()
    names = tuple(n for n, _ in space.vars if n in used)
    volume = 1
    for n in names:
        volume *= space.sizes[n]
    if volume > _LIMIT or sum(c.space.volume for c in found) > _LIMIT or len({c.connector for c in found}) > 1:
        return None
    where: dict[tuple[int, ...], tuple[tuple[int, ...], int]] = {}
    for c in found:
        for env in points(c.space):
            port = tuple(evaluate(i, env) for i in c.port_coords)
            to = tuple(evaluate(i, env) for i in c.coords)
            start = evaluate(c.start, env)
            where[port] = (to + ((start,) if c.carry.unit == "half" else ()), start)
    rank = len(next(iter(where.values()))[0]) if where else 0
    loose: dict[tuple[int, ...], int] = {}  # ports that no carry takes anywhere, numbered from 1

    def at(k: int):  # type: ignore[no-untyped-def]
        def value(env: dict[str, int]) -> int:
            port = tuple(evaluate(i, env) for i in coords)
            hit = where.get(port)
            if k == rank:
                return 0 if hit is not None else loose.setdefault(port, len(loose) + 1)
            if k > rank:
                return hit[1] if hit is not None else 0
            return hit[0][k] if hit is not None else -1
        return value

    maps = [tabulate(at(k), names, space.sizes) for k in range(rank + 2)]
    return Attachment(found[0].connector, tuple(maps[: rank + 1]), maps[rank + 1], found[0].carry.unit)
