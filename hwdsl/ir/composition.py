"""Composing index maps: the variables of one space as maps of another, where maps over both must have the same values.

`compose` answers `maps(w) = have(v)` for w: digit by digit where the maps are number systems, from a table of all points where
they are not (bounded). So a link that enters a panel is followed without going through the links.
"""

from __future__ import annotations

from collections.abc import Sequence

from hwdsl.ir.index import (
    Atom,
    Div,
    Ix,
    Mod,
    Sizes,
    Table,
    atom_vars,
    bounds,
    div,
    evaluate,
    ix_vars,
    mod,
    scale,
    sub,
    substitute,
    tabulate,
)
from hwdsl.ir.invert import Inverse
from hwdsl.ir.l0 import volume
from hwdsl.ir.space import Cmp, Constraint, Space, TooLarge

TABLE_LIMIT = 1_000_000
"""Points that a table of an inverse may have."""

Values = dict[str, Ix]
Terms = list[tuple[int, str]]


def compose(maps: Sequence[Ix], space: Space, have: Sequence[Ix], sizes: Sizes) -> tuple[Values, list[list[Constraint]]] | None:
    """The variables of `space` at which `maps` have the values `have` (over variables of `sizes`), and when there are any: in one
    of the lists, which exclude each other, all constraints hold. None if there never are. Raises TooLarge."""
    solved = _solve(maps, space, have, sizes)
    if solved is None:
        values, conditions = _tabulated(tuple(maps), space, have, sizes)
        alternatives: list[list[Constraint]] = [conditions]
    else:
        values, conditions = solved
        alternatives = [conditions]
        for cmp in space.guard:
            ways = guard_constraints(Cmp(cmp.op, put(cmp.ix, values, space.sizes, sizes)), sizes)
            alternatives = [[*a, w] for a in alternatives for w in ways]
    left = [[c for c in a if not _always(c, sizes)] for a in alternatives if not any(_never(c, sizes) for c in a)]
    return (values, left) if left else None


def guard_constraints(cmp: Cmp, sizes: Sizes) -> list[Constraint]:
    """A comparison as constraints of which exactly one holds where it does."""
    lo, hi = bounds(cmp.ix, sizes)
    if cmp.op == "==":
        return [(cmp.ix, range(1))]
    if cmp.op == "<=":
        return [(cmp.ix, range(min(lo, 1), 1))]
    return [(cmp.ix, range(min(lo, 0), 0)), (cmp.ix, range(1, max(hi, 0) + 1))]


def _always(constraint: Constraint, sizes: Sizes) -> bool:
    ix, allowed = constraint
    lo, hi = bounds(ix, sizes)
    return isinstance(allowed, range) and allowed.step == 1 and allowed.start <= lo and hi < allowed.stop


def _never(constraint: Constraint, sizes: Sizes) -> bool:
    ix, allowed = constraint
    lo, hi = bounds(ix, sizes)
    return not len(allowed) or allowed[-1] < lo or hi < allowed[0]


def _solve(maps: Sequence[Ix], space: Space, have: Sequence[Ix], sizes: Sizes) -> tuple[Values, list[Constraint]] | None:
    """Values and conditions, the guard of the space apart; None where the maps do not invert digit by digit."""
    values: Values = {name: Ix(0) for name, size in space.vars if size == 1}
    conditions: list[Constraint] = []
    pending = list(zip(maps, have))
    while pending:
        for k, (m, h) in enumerate(pending):
            loose = [(c, a) for c, a in m.terms if not atom_vars(a) <= values.keys()]
            known = Ix(m.const, tuple(t for t in m.terms if t not in loose))
            rest = sub(h, put(known, values, space.sizes, sizes))
            if _equation(loose, rest, space.sizes, values, conditions, sizes):
                del pending[k]
                break
        else:
            return None
    return (values, conditions) if values.keys() >= space.sizes.keys() else None


def _equation(loose: list[tuple[int, Atom]], rest: Ix, inner: Sizes, values: Values, conditions: list[Constraint],
              sizes: Sizes) -> bool:
    """Solve `sum of loose terms = rest`; False if it does not determine its variables."""
    if not loose:
        conditions.append((rest, range(1)))
        return True
    plain = [(c, a) for c, a in loose if isinstance(a, str)]
    if len(plain) == len(loose):
        return _digits(sorted(plain, key=lambda t: abs(t[0])), rest, inner, values, conditions, sizes)
    if len(loose) == 1 and loose[0][0] == 1 and isinstance(loose[0][1], Mod):
        return _rotation(loose[0][1], rest, inner, values, conditions, sizes)
    return False


def _digits(terms: Terms, rest: Ix, inner: Sizes, values: Values, conditions: list[Constraint], sizes: Sizes) -> bool:
    weights = [abs(c) for c, _ in terms]
    if any(big % small or small * inner[name] > big for (_, name), small, big in zip(terms, weights, weights[1:])):
        return False
    for c, name in terms:  # of a falling variable, how far it is below its greatest value
        rest = Ix(rest.const - c * (inner[name] - 1), rest.terms) if c < 0 else rest
    if weights[0] > 1:
        conditions.append((mod(rest, weights[0], sizes), range(1)))
    for k, (c, name) in enumerate(terms):
        digit = div(rest, weights[k], sizes)
        if k + 1 < len(terms):
            digit = mod(digit, weights[k + 1] // weights[k], sizes)
        values[name] = digit if c > 0 else sub(Ix(inner[name] - 1), digit)
        conditions.append((digit, range(inner[name])))
    return True


def _rotation(atom: Mod, rest: Ix, inner: Sizes, values: Values, conditions: list[Constraint], sizes: Sizes) -> bool:
    """`(name + shift) % m = rest`."""
    loose = [(c, a) for c, a in atom.ix.terms if not atom_vars(a) <= values.keys()]
    if len(loose) != 1 or loose[0][0] not in (1, -1) or not isinstance(loose[0][1], str) or inner[loose[0][1]] > atom.m:
        return False
    sign, name = loose[0]
    assert isinstance(name, str)
    shift = put(Ix(atom.ix.const, tuple(t for t in atom.ix.terms if t not in loose)), values, inner, sizes)
    values[name] = mod(scale(sub(rest, shift), sign), atom.m, sizes)
    conditions += [(rest, range(atom.m)), (values[name], range(inner[name]))]
    return True


def put(ix: Ix, values: Values, inner: Sizes, sizes: Sizes) -> Ix:
    """A map over the inner variables as one over the outer; right wherever the constraints of `compose` hold."""
    if any(isinstance(a, Table) for a in _atoms(ix)):  # a table is only looked up inside its range
        values = {n: mod(v, inner[n], sizes) if n in inner else v for n, v in values.items()}
    return substitute(ix, values, sizes)


def _atoms(ix: Ix) -> list[Atom]:
    return [b for _, a in ix.terms for b in ([a, *_atoms(a.ix)] if isinstance(a, (Div, Mod)) else [a])]


def _tabulated(maps: tuple[Ix, ...], space: Space, have: Sequence[Ix], sizes: Sizes) -> tuple[Values, list[Constraint]]:
    inverse = Inverse(maps, space)
    names = tuple(sorted(frozenset().union(*(ix_vars(h) for h in have))))
    points = volume(tuple(sizes[n] for n in names))
    if points > TABLE_LIMIT:
        raise TooLarge(points)

    def at(name: str | None) -> Ix:
        def value(env: dict[str, int]) -> int:
            found = inverse.solve(tuple(evaluate(h, env) for h in have))
            return int(found is not None) if name is None else found[name] if found is not None else 0

        return tabulate(value, names, sizes)

    return {n: at(n) for n, _ in space.vars}, [(at(None), range(1, 2))]
