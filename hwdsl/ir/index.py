"""Index maps: integer functions of rule variables that stay symbolic.

An `Ix` is `const + sum(coeff * atom)`; an atom is a variable (its name, ranging over `0..size`), `Div(ix, d)` (floor), `Mod(ix,
m)` (never negative) or a `Table` (a constant list looked up by some variables). Constructors simplify with the ranges of the
variables, so that `(4 * t + g) / 4` with `g in 0..4` is `t`: what remains of `/` and `%` is what really mixes digits.

Classes (in the sense of the rationale "index maps"): no Div, Mod or Table left: AFF; Mod around a linear form: LIN; Table:
OPAQUE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Union

from hwdsl.node import Record

Sizes = Mapping[str, int]
"""Size of each variable: `v` ranges over `0..size`."""


class Ix(Record):
    """`const + sum of coeff * atom`, terms sorted, no zero coefficient."""

    const: int
    terms: tuple[tuple[int, Atom], ...] = ()


class Div(Record):
    """`floor(ix / d)`, d > 1."""

    ix: Ix
    d: int


class Mod(Record):
    """`ix mod m` in `0..m`, m > 1."""

    ix: Ix
    m: int


class Table(Record):
    """`data[mixed radix number of vars]`, the last variable fastest."""

    vars: tuple[str, ...]
    sizes: tuple[int, ...]
    data: tuple[int, ...]


Atom = Union[str, Div, Mod, Table]


def constant(value: int) -> Ix:
    """The constant map."""
    return Ix(value)


def variable(name: str) -> Ix:
    """The variable itself."""
    return Ix(0, ((1, name),))


def _key(atom: Atom) -> tuple[int, str]:
    return (0, atom) if isinstance(atom, str) else (1, repr(atom))


def _build(const: int, acc: dict[Atom, int]) -> Ix:
    terms = [(c, a) for a, c in acc.items() if c]
    if len(terms) > 1:
        terms.sort(key=lambda t: _key(t[1]))
    return Ix(const, tuple(terms))


def add(a: Ix, b: Ix) -> Ix:
    """a + b."""
    if not b.terms:
        return Ix(a.const + b.const, a.terms)
    if not a.terms:
        return Ix(a.const + b.const, b.terms)
    acc: dict[Atom, int] = {atom: c for c, atom in a.terms}
    for c, atom in b.terms:
        acc[atom] = acc.get(atom, 0) + c
    return _build(a.const + b.const, acc)


def scale(a: Ix, k: int) -> Ix:
    """k * a."""
    if k == 0:
        return Ix(0)
    return Ix(a.const * k, tuple((c * k, atom) for c, atom in a.terms))


def sub(a: Ix, b: Ix) -> Ix:
    """a - b."""
    return add(a, scale(b, -1))


def atom_bounds(atom: Atom, sizes: Sizes) -> tuple[int, int]:
    """Least and greatest value (inclusive); may be wider than the truth for nested atoms, never narrower."""
    if isinstance(atom, str):
        return 0, max(sizes[atom] - 1, 0)
    if isinstance(atom, Mod):
        return 0, atom.m - 1
    if isinstance(atom, Div):
        lo, hi = bounds(atom.ix, sizes)
        return lo // atom.d, hi // atom.d
    return min(atom.data, default=0), max(atom.data, default=0)


def bounds(ix: Ix, sizes: Sizes) -> tuple[int, int]:
    """Least and greatest value (inclusive), by interval arithmetic; exact for a linear form over variables."""
    lo = hi = ix.const
    for c, atom in ix.terms:
        alo, ahi = atom_bounds(atom, sizes)
        if c > 0:
            lo += c * alo
            hi += c * ahi
        else:
            lo += c * ahi
            hi += c * alo
    return lo, hi


def _split(ix: Ix, k: int, sizes: Sizes) -> tuple[int, Ix, Ix] | None:
    """`ix = g * high + low` with `0 <= low < g`, g dividing k, 1 < g: (g, high, low); None if there is none."""
    for g in sorted({abs(c) for c, _ in ix.terms if abs(c) > 1 and k % abs(c) == 0}, reverse=True):
        low = Ix(ix.const % g, tuple(t for t in ix.terms if t[0] % g))
        lo, hi = bounds(low, sizes)
        if lo >= 0 and hi < g:
            return g, Ix(ix.const // g, tuple((c // g, a) for c, a in ix.terms if c % g == 0)), low
    return None


def div(ix: Ix, d: int, sizes: Sizes) -> Ix:
    """floor(ix / d), simplified; d > 0."""
    if d == 1:
        return ix
    whole = Ix(ix.const // d, tuple((c // d, a) for c, a in ix.terms if c % d == 0))
    rest = Ix(ix.const % d, tuple(t for t in ix.terms if t[0] % d))
    lo, hi = bounds(rest, sizes)
    if lo // d == hi // d:
        return Ix(whole.const + lo // d, whole.terms)
    if len(rest.terms) == 1 and rest.const == 0 and rest.terms[0][0] == 1 and isinstance(rest.terms[0][1], Div):
        inner = rest.terms[0][1]
        return add(whole, div(inner.ix, inner.d * d, sizes))
    parts = _split(rest, d, sizes)
    if parts is not None:
        return add(whole, div(parts[1], d // parts[0], sizes))
    return add(whole, Ix(0, ((1, Div(rest, d)),)))


def mod(ix: Ix, m: int, sizes: Sizes) -> Ix:
    """ix mod m in `0..m`, simplified; m > 0."""
    if m == 1:
        return Ix(0)
    rest = Ix(ix.const % m, tuple(t for t in ix.terms if t[0] % m))
    lo, hi = bounds(rest, sizes)
    if lo // m == hi // m:
        return Ix(rest.const - m * (lo // m), rest.terms)
    parts = _split(rest, m, sizes)
    if parts is not None:
        g, high, low = parts
        return add(scale(mod(high, m // g, sizes), g), low)
    if any(isinstance(a, Mod) and c * a.m % m == 0 for c, a in rest.terms):  # a rotation of a rotation
        flat = Ix(rest.const)
        for c, a in rest.terms:
            inside = isinstance(a, Mod) and c * a.m % m == 0
            flat = add(flat, scale(a.ix, c) if inside and isinstance(a, Mod) else Ix(0, ((c, a),)))
        return mod(flat, m, sizes)
    return Ix(0, ((1, Mod(rest, m)),))


def table(names: tuple[str, ...], table_sizes: tuple[int, ...], data: tuple[int, ...]) -> Ix:
    """A looked-up value; a constant table is a constant, an arithmetic progression over one variable is affine."""
    if data and min(data) == max(data):
        return Ix(data[0])
    if len(names) == 1 and len(data) > 1:
        step = data[1] - data[0]
        if all(data[k + 1] - data[k] == step for k in range(len(data) - 1)):
            return Ix(data[0], ((step, names[0]),))
    return Ix(0, ((1, Table(names, table_sizes, data)),))


def atom_vars(atom: Atom) -> frozenset[str]:
    """Variables an atom depends on."""
    if isinstance(atom, str):
        return frozenset((atom,))
    if isinstance(atom, Table):
        return frozenset(atom.vars)
    return ix_vars(atom.ix)


def ix_vars(ix: Ix) -> frozenset[str]:
    """Variables the map depends on."""
    out: frozenset[str] = frozenset()
    for _, atom in ix.terms:
        out |= atom_vars(atom)
    return out


def evaluate(ix: Ix, env: Mapping[str, int]) -> int:
    """Value at one point."""
    total = ix.const
    for c, atom in ix.terms:
        if isinstance(atom, str):
            total += c * env[atom]
        elif isinstance(atom, Div):
            total += c * (evaluate(atom.ix, env) // atom.d)
        elif isinstance(atom, Mod):
            total += c * (evaluate(atom.ix, env) % atom.m)
        else:
            at = 0
            for name, size in zip(atom.vars, atom.sizes):
                at = at * size + env[name]
            total += c * atom.data[at]
    return total


def substitute(ix: Ix, values: Mapping[str, Ix], sizes: Sizes) -> Ix:
    """Replace variables by maps; `sizes` holds the sizes of the variables of the result. Tables keep plain variables and
    constants only where the replacement is one of them or all their variables are constants; else they are re-tabulated."""
    out = Ix(ix.const)
    for c, atom in ix.terms:
        if isinstance(atom, str):
            new = values.get(atom, Ix(0, ((1, atom),)))
        elif isinstance(atom, Div):
            new = div(substitute(atom.ix, values, sizes), atom.d, sizes)
        elif isinstance(atom, Mod):
            new = mod(substitute(atom.ix, values, sizes), atom.m, sizes)
        else:
            new = _retabulate(atom, values, sizes)
        out = add(out, scale(new, c))
    return out


def _retabulate(atom: Table, values: Mapping[str, Ix], sizes: Sizes) -> Ix:
    inner = [values.get(v, Ix(0, ((1, v),))) for v in atom.vars]
    names = tuple(sorted(frozenset().union(*(ix_vars(i) for i in inner))))
    return tabulate(lambda env: atom.data[_digits(inner, atom.sizes, env)], names, sizes)


def _digits(inner: list[Ix], radices: tuple[int, ...], env: Mapping[str, int]) -> int:
    at = 0
    for i, size in zip(inner, radices):
        at = at * size + evaluate(i, env)
    return at


def tabulate(fn: Callable[[dict[str, int]], int], names: tuple[str, ...], sizes: Sizes) -> Ix:
    """Table of `fn` over all values of `names`."""
    radices = tuple(sizes[n] for n in names)
    data: list[int] = []
    env = dict.fromkeys(names, 0)

    def fill(k: int) -> None:
        if k == len(names):
            data.append(fn(env))
            return
        for x in range(radices[k]):
            env[names[k]] = x
            fill(k + 1)

    fill(0)
    return table(names, radices, tuple(data)) if names else Ix(data[0])


def index_class(ix: Ix) -> str:
    """"AFF", "LIN" or "OPAQUE"."""
    worst = "AFF"
    for _, atom in ix.terms:
        if isinstance(atom, Table):
            return "OPAQUE"
        if isinstance(atom, (Div, Mod)):
            inner = index_class(atom.ix)
            if inner == "OPAQUE" or isinstance(atom, Div):
                return "OPAQUE"
            worst = "LIN"
    return worst


def text(ix: Ix) -> str:
    """As a reader would write it."""
    parts: list[str] = []
    for c, atom in ix.terms:
        if isinstance(atom, str):
            name = atom
        elif isinstance(atom, Div):
            name = f"({text(atom.ix)}) / {atom.d}"
        elif isinstance(atom, Mod):
            name = f"({text(atom.ix)}) % {atom.m}"
        else:
            name = f"table[{', '.join(atom.vars)}]"
        piece = name if abs(c) == 1 else f"{abs(c)} * {name}"
        parts.append((" - " if c < 0 else " + ") + piece if parts else ("-" if c < 0 else "") + piece)
    if ix.const or not parts:
        parts.append(str(ix.const) if not parts else f" {'-' if ix.const < 0 else '+'} {abs(ix.const)}")
    return "".join(parts)
