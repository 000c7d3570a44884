"""Index spaces: the box of a rule's variables under a guard, and what can be said of maps over it without expanding it.

`count` and `image_size` are exact. They split the variables into components tied by constraints or guards; a component with a
closed form costs nothing, any other is enumerated, so the cost is the size of the largest tied component, not of the space.
Enumerations beyond `ENUMERATION_LIMIT` points raise `TooLarge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Union

from hwdsl.ir.index import Atom, Ix, Mod, Sizes, atom_vars, bounds, evaluate, ix_vars
from hwdsl.node import Record

IndexSet = Union[range, "tuple[int, ...]"]
"""Allowed values of one coordinate: an ascending range, or a sorted tuple."""

ENUMERATION_LIMIT = 20_000_000
_PYTHON_LIMIT = 4096


class TooLarge(Exception):
    """An exact answer would enumerate `points` points."""

    def __init__(self, points: int) -> None:
        super().__init__(f"{points} points")
        self.points = points


class Cmp(Record):
    """`ix op 0` with op one of "==", "!=", "<="."""

    op: str
    ix: Ix


class Space(Record):
    """`vars` as (name, size), each from 0; all conditions of `guard` must hold."""

    vars: tuple[tuple[str, int], ...]
    guard: tuple[Cmp, ...] = ()

    @property
    def sizes(self) -> dict[str, int]:
        """Size by variable."""
        return dict(self.vars)

    @property
    def volume(self) -> int:
        """Points of the box, guard ignored."""
        n = 1
        for _, size in self.vars:
            n *= size
        return n


Constraint = tuple[Ix, IndexSet]


def holds(cmp: Cmp, env: dict[str, int]) -> bool:
    """Whether the comparison is true at a point."""
    value = evaluate(cmp.ix, env)
    return value == 0 if cmp.op == "==" else value != 0 if cmp.op == "!=" else value <= 0


def points(space: Space) -> Iterator[dict[str, int]]:
    """All points under the guard, the last variable fastest (one dict, reused)."""
    names = [n for n, _ in space.vars]
    sizes = [s for _, s in space.vars]
    env = dict.fromkeys(names, 0)
    if any(s <= 0 for s in sizes):
        return
    while True:
        if all(holds(c, env) for c in space.guard):
            yield env
        k = len(names) - 1
        while k >= 0:
            env[names[k]] += 1
            if env[names[k]] < sizes[k]:
                break
            env[names[k]] = 0
            k -= 1
        if k < 0:
            return


def tightened(space: Space) -> dict[str, tuple[int, int]]:
    """Inclusive range of each variable after propagating guards that are linear in plain variables."""
    box = {n: (0, s - 1) for n, s in space.vars}
    linear = [c for c in space.guard if c.op != "!=" and all(isinstance(a, str) for _, a in c.ix.terms)]
    for _ in range(2 * len(linear) + 1 if linear else 0):
        changed = False
        for c in linear:
            changed |= _propagate(c.ix, box)
            if c.op == "==":
                changed |= _propagate(Ix(-c.ix.const, tuple((-k, a) for k, a in c.ix.terms)), box)
        if not changed:
            break
    return box


def _propagate(ix: Ix, box: dict[str, tuple[int, int]]) -> bool:
    """Narrow `box` by `ix <= 0`."""
    low = ix.const + sum(c * (box[a][0] if c > 0 else box[a][1]) for c, a in ix.terms if isinstance(a, str))
    changed = False
    for c, a in ix.terms:
        assert isinstance(a, str)
        lo, hi = box[a]
        rest = low - c * (lo if c > 0 else hi)
        if c > 0 and -rest // c < hi:
            box[a] = (lo, -rest // c)
            changed = True
        elif c < 0 and -(rest // c) > lo:  # rounded up
            box[a] = (-(rest // c), hi)
            changed = True
    return changed


def range_of(ix: Ix, space: Space) -> tuple[int, int]:
    """Inclusive bounds of a map over the space, guards used where they are linear; never narrower than the truth."""
    if not space.guard or not all(isinstance(a, str) for _, a in ix.terms):
        return bounds(ix, space.sizes)
    box = tightened(space)
    lo = hi = ix.const
    for c, a in ix.terms:
        assert isinstance(a, str)
        alo, ahi = box[a]
        lo += c * (alo if c > 0 else ahi)
        hi += c * (ahi if c > 0 else alo)
    for cmp in space.guard:  # a guard on this very form bounds it: `i - j + 1 <= 0` makes `j - i` at least 1
        if cmp.op == "<=":
            if cmp.ix.terms == ix.terms:
                hi = min(hi, ix.const - cmp.ix.const)
            elif cmp.ix.terms == tuple((-c, a) for c, a in ix.terms):
                lo = max(lo, ix.const + cmp.ix.const)
    return lo, hi


def _components(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    parts: list[frozenset[str]] = []
    for g in groups:
        if not g:
            continue
        joined = g
        rest = []
        for p in parts:
            if p & g:
                joined |= p
            else:
                rest.append(p)
        parts = [*rest, joined]
    return parts


def count(space: Space, constraints: Sequence[Constraint] = ()) -> int:
    """Number of points under the guard whose maps lie in the given sets. Exact. Raises TooLarge."""
    sizes = space.sizes
    if any(s <= 0 for s in sizes.values()):
        return 0
    live = [(ix, s) for ix, s in constraints if not _always(ix, s, sizes)]
    parts = _components([ix_vars(ix) for ix, _ in live] + [ix_vars(c.ix) for c in space.guard])
    total = 1
    for ix, allowed in live:
        if not ix.terms and ix.const not in allowed:
            return 0
    for c in space.guard:
        if not c.ix.terms and not holds(c, {}):
            return 0
    tied: set[str] = set()
    for part in parts:
        tied |= part
        mine = [(ix, s) for ix, s in live if ix_vars(ix) & part]
        cmps = [c for c in space.guard if ix_vars(c.ix) & part]
        total *= _count_component([(n, s) for n, s in space.vars if n in part], mine, cmps)
        if total == 0:
            return 0
    for n, s in space.vars:
        if n not in tied:
            total *= s
    return total


def _always(ix: Ix, allowed: IndexSet, sizes: Sizes) -> bool:
    lo, hi = bounds(ix, sizes)
    return isinstance(allowed, range) and allowed.step == 1 and allowed.start <= lo and hi < allowed.stop


def _count_component(variables: list[tuple[str, int]], constraints: list[Constraint], cmps: list[Cmp]) -> int:
    if len(variables) == 1 and not cmps and len(constraints) == 1:
        closed = _count_single(variables[0][1], constraints[0])
        if closed is not None:
            return closed
    if len(variables) == 2 and not constraints and len(cmps) == 1:
        closed = _count_pair(dict(variables), cmps[0])
        if closed is not None:
            return closed
    space = Space(tuple(variables), tuple(cmps))
    if space.volume <= _PYTHON_LIMIT:
        return sum(1 for env in points(space) if all(evaluate(ix, env) in s for ix, s in constraints))
    if space.volume > ENUMERATION_LIMIT:
        raise TooLarge(space.volume)
    return _count_array(space, constraints)


def _count_single(size: int, constraint: Constraint) -> int | None:
    """`a * v + k in start..stop` for one variable."""
    ix, allowed = constraint
    if len(ix.terms) != 1 or not isinstance(ix.terms[0][1], str) or not isinstance(allowed, range) or allowed.step != 1:
        return None
    a, k = ix.terms[0][0], ix.const
    if a < 0:
        a, k = -a, k + a * (size - 1)
    first = max(0, -((k - allowed.start) // a))
    last = min(size - 1, (allowed.stop - 1 - k) // a)
    return max(0, last - first + 1)


def _count_pair(sizes: dict[str, int], cmp: Cmp) -> int | None:
    """One comparison of two variables with unit coefficients of opposite sign: `x - y + k op 0`."""
    if len(cmp.ix.terms) != 2 or not all(isinstance(a, str) for _, a in cmp.ix.terms):
        return None
    (c0, a0), (c1, a1) = cmp.ix.terms
    assert isinstance(a0, str)
    assert isinstance(a1, str)
    if {c0, c1} != {1, -1}:
        return None
    x, y = (a0, a1) if c0 == 1 else (a1, a0)
    n, m, k = sizes[x], sizes[y], cmp.ix.const
    if cmp.op == "<=":  # for each y: x <= y - k, x in 0..n
        return _clamped_sum(m, 1 - k, n)
    equal = max(0, min(n, m - k) - max(0, -k))  # x in 0..n with y = x + k in 0..m
    return equal if cmp.op == "==" else n * m - equal


def _clamped_sum(m: int, offset: int, n: int) -> int:
    """sum over y in 0..m of clamp(y + offset, 0, n)."""
    start = min(m, max(0, -offset))
    stop = min(m, max(start, n - offset))
    ramp = (stop - start) * (2 * offset + start + stop - 1) // 2
    return ramp + (m - stop) * n


def _count_array(space: Space, constraints: list[Constraint]) -> int:
    import numpy as np

    from hwdsl.ir.arrays import evaluate_array

    mask = guard_mask(space)
    env = _grid(space)
    for ix, allowed in constraints:
        value = evaluate_array(ix, env)
        if isinstance(allowed, range) and allowed.step == 1:
            mask = mask & (value >= allowed.start) & (value < allowed.stop)
        else:
            mask = mask & np.isin(value, np.asarray(allowed))
    return int(np.count_nonzero(np.broadcast_to(mask, tuple(s for _, s in space.vars))))


def _grid(space: Space) -> Any:
    from hwdsl.ir.arrays import grid

    return grid([n for n, _ in space.vars], space.sizes)


def guard_mask(space: Space) -> Any:
    """Boolean array over the box: where the guard holds (broadcastable)."""
    import numpy as np

    from hwdsl.ir.arrays import evaluate_array

    env = _grid(space)
    mask = np.ones((1,) * len(space.vars), dtype=bool)
    for c in space.guard:
        value = evaluate_array(c.ix, env)
        mask = mask & (value == 0 if c.op == "==" else value != 0 if c.op == "!=" else value <= 0)
    return mask


def determined(coords: Sequence[Ix], space: Space, known: Iterable[str] = ()) -> frozenset[str]:
    """Variables that the values of the maps determine, as far as mixed-radix reasoning shows. A sufficient test."""
    sizes = space.sizes
    got = set(known) | {n for n, s in space.vars if s == 1}
    progress = True
    while progress:
        progress = False
        for ix in coords:
            new = _decode(ix, sizes, got)
            if new - got:
                got |= new
                progress = True
    return frozenset(got)


def _decode(ix: Ix, sizes: Sizes, known: set[str]) -> frozenset[str]:
    open_terms = [(c, a) for c, a in ix.terms if not _atom_known(a, known)]
    if not open_terms:
        return frozenset()
    if all(isinstance(a, str) for _, a in open_terms):
        return _mixed_radix([(c, a) for c, a in open_terms if isinstance(a, str)], sizes, 0)
    if not _number_system(open_terms, sizes):
        return frozenset()
    out: frozenset[str] = frozenset()
    for _, atom in open_terms:  # each digit is known: a variable, or a sum modulo the radix
        if isinstance(atom, str):
            out |= {atom}
        elif isinstance(atom, Mod):
            terms = [(c, a) for c, a in atom.ix.terms if not _atom_known(a, known)]
            if all(isinstance(a, str) for _, a in terms):
                out |= _mixed_radix([(c, a) for c, a in terms if isinstance(a, str)], sizes, atom.m)
    return out


def _number_system(terms: Sequence[tuple[int, Atom]], sizes: Sizes) -> bool:
    """Whether the sum of variables and residues determines each of them: its digits do not run into each other."""
    if not all(isinstance(a, (str, Mod)) for _, a in terms):
        return False
    span = 0
    for c, atom in sorted(terms, key=lambda t: abs(t[0])):
        size = sizes[atom] if isinstance(atom, str) else atom.m if isinstance(atom, Mod) else 0
        if abs(c) <= span and size > 1:
            return False
        span += abs(c) * (size - 1)
    return True


def _atom_known(atom: Atom, known: set[str]) -> bool:
    return atom in known if isinstance(atom, str) else atom_vars(atom) <= known


def _mixed_radix(terms: list[tuple[int, str]], sizes: Sizes, modulus: int) -> frozenset[str]:
    """All variables of the sum if it is a number system (modulo `modulus` if > 0), else none."""
    if modulus and len(terms) == 1:
        from math import gcd

        c, name = terms[0]
        return frozenset((name,)) if sizes[name] <= modulus // gcd(abs(c), modulus) else frozenset()
    span = 0
    for c, name in sorted(terms, key=lambda t: abs(t[0])):
        if abs(c) <= span and sizes[name] > 1:
            return frozenset()
        span += abs(c) * (sizes[name] - 1)
    if modulus and span >= modulus:
        return frozenset()
    return frozenset(n for _, n in terms)


def injective(coords: Sequence[Ix], space: Space) -> bool | None:
    """True if proven symbolically, None if it takes an expansion to know."""
    return True if determined(coords, space) >= {n for n, _ in space.vars} else None


def image_size(coords: Sequence[Ix], space: Space) -> int:
    """Number of distinct tuples of values over the space. Exact. Raises TooLarge."""
    used: frozenset[str] = frozenset().union(*(ix_vars(c) for c in coords)) if coords else frozenset()
    sub = Space(tuple(v for v in space.vars if v[0] in used), tuple(c for c in space.guard if ix_vars(c.ix) <= used))
    if len(sub.guard) == len(space.guard) and determined(coords, sub) >= used:
        return count(sub) if all(s > 0 for _, s in space.vars) else 0
    full = sub if len(sub.guard) == len(space.guard) else space
    if any(s <= 0 for _, s in space.vars):
        return 0
    if full.volume <= _PYTHON_LIMIT:
        return len({tuple(evaluate(c, env) for c in coords) for env in points(full)})
    return len(image_array(coords, full))


def image_array(coords: Sequence[Ix], space: Space) -> Any:
    """Sorted distinct mixed-radix codes of the tuples of values, as int64. Raises TooLarge."""
    import numpy as np

    from hwdsl.ir.arrays import evaluate_array

    if space.volume > ENUMERATION_LIMIT:
        raise TooLarge(space.volume)
    env = _grid(space)
    shape = tuple(s for _, s in space.vars)
    code = np.zeros((1,) * len(shape), dtype=np.int64)
    for c in coords:
        lo, hi = bounds(c, space.sizes)
        code = code * (hi - lo + 1) + (evaluate_array(c, env) - lo)
    code = np.broadcast_to(code, shape)
    if space.guard:
        code = code[np.broadcast_to(guard_mask(space), shape)]
    return np.unique(code)
