"""Which connector a rule's end is plugged into: a rule's map composed with the `carry` that takes its port to a connector."""

from __future__ import annotations

from collections.abc import Callable

from hwdsl.ir.index import Ix, bounds, div, evaluate, ix_vars, mod, substitute, tabulate
from hwdsl.ir.l0 import Path, Template, volume
from hwdsl.ir.space import Space, TooLarge, points
from hwdsl.node import Record
from hwdsl.query.lifted import Lifted, LiftedCarry, lifted_carries

_LIMIT = 1_000_000


class Attachment(Record):
    """The plug of one end: `coords` (over the rule's variables) tell plugs apart.

    connector  path of the connector or module part; None where each port is a connector of its own, or `several`
    coords     of the connector; then the half, if that is the unit; then 0, or a number for a port that no carry takes anywhere
    start      first lane, pair or half on it, over the rule's variables
    unit       "lane", "pair", "half" or ""
    several    paths of the connectors where ports of one array are carried on different ones: `coords` begin with which it is (an
               index into these paths), those of the connector are filled up with -1
    """

    connector: Path | None
    coords: tuple[Ix, ...]
    start: Ix
    unit: str
    several: tuple[Path, ...] = ()


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
        return Attachment(c.connector, (*to, Ix(0)), start, c.carry.unit)
    if all(_outside(c, coords, lifted.space) for c in found):
        return own
    return _tabulated(owner, path, found, coords, lifted.space)


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


def _tabulated(owner: Template, path: Path, found: list[LiftedCarry], coords: tuple[Ix, ...], space: Space) -> Attachment:
    """Look every port up, one by one: the carried ports of all carries of this port array, uncarried ones as themselves.

    Raises TooLarge.
    """
    used = frozenset().union(*(ix_vars(c) for c in coords)) if coords else frozenset()
    names = tuple(n for n, _ in space.vars if n in used)
    size = volume(tuple(space.sizes[n] for n in names))
    if size + sum(c.space.volume for c in found) > _LIMIT:
        raise TooLarge(size + sum(c.space.volume for c in found))
    connectors = tuple(dict.fromkeys(c.connector for c in found))
    where = _carried_ports(found, connectors)
    rank = max(len(to) for to, _ in where.values())
    shape, first = owner.shape(path), _first_number(owner, path, connectors)

    def at(k: int) -> Callable[[dict[str, int]], int]:
        def value(env: dict[str, int]) -> int:
            port = tuple(evaluate(i, env) for i in coords)
            hit = where.get(port)
            if hit is None:
                return -1 if k < rank else first + _code(port, shape) if k == rank else 0
            to, start = hit
            return (to[k] if k < len(to) else -1) if k < rank else 0 if k == rank else start
        return value

    maps = [tabulate(at(k), names, space.sizes) for k in range(rank + 2)]
    several = connectors if len(connectors) > 1 else ()
    return Attachment(None if several else connectors[0], tuple(maps[: rank + 1]), maps[rank + 1], found[0].carry.unit, several)


def _carried_ports(found: list[LiftedCarry], connectors: tuple[Path, ...]) -> dict[tuple[int, ...], tuple[tuple[int, ...], int]]:
    """(coordinates of the connector, start on it) by port; which connector comes first where there are several."""
    where: dict[tuple[int, ...], tuple[tuple[int, ...], int]] = {}
    for c in found:
        which = (connectors.index(c.connector),) if len(connectors) > 1 else ()
        for env in points(c.space):
            start = evaluate(c.start, env)
            to = which + tuple(evaluate(i, env) for i in c.coords) + ((start,) if c.carry.unit == "half" else ())
            where[tuple(evaluate(i, env) for i in c.port_coords)] = (to, start)
    return where


def _first_number(owner: Template, path: Path, connectors: tuple[Path, ...]) -> int:
    """Where the numbers of uncarried ports of this array begin: no two arrays carried on the same connectors share any."""
    arrays = sorted({c.port for c in lifted_carries(owner) if c.connector in connectors})
    return 1 + sum(volume(owner.shape(p)) for p in arrays[: arrays.index(path)])


def _code(port: tuple[int, ...], shape: tuple[int, ...]) -> int:
    out = 0
    for p, n in zip(port, shape):
        out = out * n + p
    return out
