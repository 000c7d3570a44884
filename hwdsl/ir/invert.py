"""Solving index maps: which point of a space has given values. The inverse of a rule side, digit by digit.

A map inverts where its equations, taken in some order, each determine their open variables: a number system of plain variables, a
number system modulo a constant, a table of one variable. What does not is answered from a table of all points, which is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd

from hwdsl.ir.index import Div, Ix, Mod, Table, atom_vars, evaluate, ix_vars
from hwdsl.ir.space import Space, TooLarge, holds, points

LOOKUP_LIMIT = 2_000_000
"""Points of a rule that may be tabulated where its map does not invert."""

Env = dict[str, int]
Step = Callable[[int, Env], bool]
"""Given the value of the equation and what is known, determine more variables; False if there is no solution."""


class Inverse:
    """The inverse of `maps` over a space. Raises TooLarge if it takes a table beyond the limit."""

    __slots__ = ("_lookup", "_steps", "maps", "space")

    def __init__(self, maps: tuple[Ix, ...], space: Space) -> None:
        self.maps = maps
        self.space = space
        self._steps, open_vars = _plan(maps, space)
        self._lookup: dict[tuple[int, ...], Env] | None = _tabulate(maps, space) if open_vars else None

    def solve(self, values: tuple[int, ...]) -> Env | None:
        """The point with these values, None if there is none."""
        if self._lookup is not None:
            return self._lookup.get(values)
        env = {name: 0 for name, size in self.space.vars if size == 1}
        for k, step in self._steps:
            if not step(values[k], env):
                return None
        if any(evaluate(m, env) != v for m, v in zip(self.maps, values)) or not all(holds(c, env) for c in self.space.guard):
            return None
        return env


def _tabulate(maps: tuple[Ix, ...], space: Space) -> dict[tuple[int, ...], Env]:
    if space.volume > LOOKUP_LIMIT:
        raise TooLarge(space.volume)
    return {tuple(evaluate(m, env) for m in maps): dict(env) for env in points(space)}


def _plan(maps: tuple[Ix, ...], space: Space) -> tuple[list[tuple[int, Step]], set[str]]:
    """Steps that determine variables one equation after the other, and the variables that stay open."""
    sizes = space.sizes
    known = {name for name, size in space.vars if size == 1}
    steps: list[tuple[int, Step]] = []
    progress = True
    while progress:
        progress = False
        for k, m in enumerate(maps):
            if ix_vars(m) <= known:
                continue
            step = _step(m, sizes, known)
            if step is not None:
                steps.append((k, step))
                known |= ix_vars(m)
                progress = True
    return steps, set(sizes) - known


def _step(m: Ix, sizes: dict[str, int], known: set[str]) -> Step | None:
    closed = Ix(m.const, tuple(t for t in m.terms if atom_vars(t[1]) <= known))
    loose = [t for t in m.terms if not atom_vars(t[1]) <= known]
    plain = [(c, a) for c, a in loose if isinstance(a, str)]
    if len(plain) == len(loose):
        decode = _digits(plain, sizes, 0)
        return None if decode is None else lambda value, env: decode(value - evaluate(closed, env), env)
    if len(loose) != 1:
        return None
    coefficient, atom = loose[0]
    if isinstance(atom, (str, Div)):
        return None
    inner = _table(atom) if isinstance(atom, Table) else _modulo(atom, sizes, known)
    if inner is None:
        return None

    def step(value: int, env: Env) -> bool:
        quotient, rest = divmod(value - evaluate(closed, env), coefficient)
        return rest == 0 and inner(quotient, env)

    return step


def _digits(terms: list[tuple[int, str]], sizes: dict[str, int], modulus: int) -> Step | None:
    """Decode a sum of plain variables that is a number system (modulo `modulus` if that is > 0)."""
    ordered = sorted(terms, key=lambda t: -abs(t[0]))
    span = shift = 0
    for c, name in reversed(ordered):
        if abs(c) <= span:
            return None
        span += abs(c) * (sizes[name] - 1)
        shift += min(c, 0) * (sizes[name] - 1)
    if modulus and span >= modulus:
        return None

    def step(value: int, env: Env) -> bool:
        rest = (value - shift) % modulus if modulus else value - shift
        if rest < 0:
            return False
        for c, name in ordered:
            digit, rest = divmod(rest, abs(c))
            if digit >= sizes[name]:
                return False
            env[name] = digit if c > 0 else sizes[name] - 1 - digit
        return rest == 0

    return step


def _modulo(atom: Mod, sizes: dict[str, int], known: set[str]) -> Step | None:
    closed = Ix(atom.ix.const, tuple(t for t in atom.ix.terms if atom_vars(t[1]) <= known))
    terms = [(c, a) for c, a in atom.ix.terms if not atom_vars(a) <= known and isinstance(a, str)]
    if len(terms) + len(closed.terms) != len(atom.ix.terms):
        return None
    m = atom.m
    if len(terms) == 1:
        c, name = terms[0]
        g = gcd(c, m)
        if sizes[name] > m // g:
            return None
        inverse = pow(c // g, -1, m // g) if m // g > 1 else 0

        def single(value: int, env: Env) -> bool:
            rest = (value - evaluate(closed, env)) % m
            env[name] = rest // g * inverse % (m // g)
            return 0 <= value < m and rest % g == 0 and env[name] < sizes[name]

        return single
    decode = _digits(terms, sizes, m)
    return None if decode is None else lambda value, env: 0 <= value < m and decode(value - evaluate(closed, env), env)


def _table(atom: Table) -> Step | None:
    if len(atom.vars) != 1 or len(set(atom.data)) != len(atom.data):
        return None
    name, at = atom.vars[0], {v: k for k, v in enumerate(atom.data)}

    def step(value: int, env: Env) -> bool:
        env[name] = at.get(value, 0)
        return value in at

    return step
