"""The `digits` pass: split rule variables so that `p / 2` and `p % 2` become variables of their own.

After it, an index map that only picks digits of its variables is affine. A variable is split when the constants by which it is
divided form a chain (each divides the next) and the last divides its size; otherwise it is left as it is, and the maps that use
its quotients stay of class OPAQUE (they are answered by expansion).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hwdsl.ir.index import Atom, Div, Ix, Mod, add, scale, substitute, variable
from hwdsl.ir.space import Cmp, Space


def _cuts(ix: Ix, out: dict[str, set[int]]) -> None:
    for _, atom in ix.terms:
        _cuts_of_atom(atom, out)


def _cuts_of_atom(atom: Atom, out: dict[str, set[int]]) -> None:
    """Collect the places (products of radices) at which plain variables are cut."""
    if isinstance(atom, (Div, Mod)):
        inner = atom.ix
        k = atom.d if isinstance(atom, Div) else atom.m
        if len(inner.terms) == 1 and inner.const == 0 and inner.terms[0][0] == 1:
            below = inner.terms[0][1]
            if isinstance(below, str):
                out.setdefault(below, set()).add(k)
                return
            if isinstance(below, Div) and below.ix.const == 0 and len(below.ix.terms) == 1:
                c, name = below.ix.terms[0]
                if c == 1 and isinstance(name, str):
                    out.setdefault(name, set()).update((below.d, below.d * k))
                    return
        _cuts(inner, out)


def split_digits(space: Space, maps: Sequence[Ix]) -> tuple[Space, list[Ix]]:
    """The space with split variables, and the maps rewritten; digits of `p` are named `p.0` (lowest), `p.1`, ..."""
    cuts: dict[str, set[int]] = {}
    for m in maps:
        _cuts(m, cuts)
    for c in space.guard:
        _cuts(c.ix, cuts)
    if not cuts:
        return space, list(maps)
    variables, values = split_variables(space, {n: cut_chain(cuts.get(n, set()), size) for n, size in space.vars}, ".")
    if not values:
        return space, list(maps)
    sizes = dict(variables)
    guard = tuple(Cmp(c.op, substitute(c.ix, values, sizes)) for c in space.guard)
    return Space(variables, guard), [substitute(m, values, sizes) for m in maps]


def split_variables(space: Space, chains: Mapping[str, list[int]],
                    mark: str) -> tuple[tuple[tuple[str, int], ...], dict[str, Ix]]:
    """(variables with those of a chain replaced by their digits, what each replaced variable is).

    Digits of `p` are `p` + mark + number, 0 the lowest; the highest stands first, so that the order of points stays.
    """
    values: dict[str, Ix] = {}
    variables: list[tuple[str, int]] = []
    for name, size in space.vars:
        chain = chains.get(name)
        if not chain:
            variables.append((name, size))
            continue
        bounds = [1, *chain, size]
        total = Ix(0)
        digits = []
        for k in range(len(bounds) - 1):
            digit = f"{name}{mark}{k}"
            digits.append((digit, bounds[k + 1] // bounds[k]))
            total = add(total, scale(variable(digit), bounds[k]))
        variables.extend(reversed(digits))
        values[name] = total
    return tuple(variables), values


def cut_chain(cuts: set[int], size: int) -> list[int]:
    """Usable cut places in ascending order, [] if they do not nest or do not divide the size."""
    places = sorted(c for c in cuts if 1 < c < size)
    previous = 1
    for c in places:
        if c % previous:
            return []
        previous = c
    return places if places and size % previous == 0 else []
