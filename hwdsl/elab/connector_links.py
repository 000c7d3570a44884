"""Connections between connectors: lane i of one joins lane i of the other, and makes the links those lanes carry.

A rule whose end is a connector, a module or a composite port with ports carried on it is replaced by one rule per pair of carry
maps, with the lanes as further variables. What a connector carries is said by the `carry` statements of the bodies along its
path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.ir.digits import split_digits
from hwdsl.ir.index import Ix, bounds, div, mod, sub, substitute, variable
from hwdsl.ir.l0 import CarryMap, End, Path, PlaneRef, PortArray, Rule, Template
from hwdsl.ir.space import Cmp, Space
from hwdsl.node import Record, replace
from hwdsl.sema.mistake import mistake

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


class Side(Record):
    """One way to resolve an end: the port behind it, over the rule's variables and new ones, and the lane it starts at."""

    path: Path
    coords: tuple[Ix, ...]
    start: Ix | None
    unit: str
    free: tuple[tuple[str, int], ...]
    guard: tuple[Cmp, ...]


def expand_connectors(el: Elaborator, t: Template) -> None:
    """Replace the rules of `t` that name connectors."""
    out: list[Rule] = []
    for rule in t.rules:
        carried = [_carries(t, e.path) for e in (rule.a, rule.b)]
        plain = [e.path[-1] in t.at(e.path[:-1]).ports and not c for e, c in zip((rule.a, rule.b), carried)]
        if all(plain):
            out.append(replace(rule, number=len(out)))
            continue
        with el.reporting():
            for new in _expand(t, rule, carried, plain):
                out.append(replace(new, number=len(out)))
    t.rules[:] = out


def _carries(t: Template, path: Path) -> list[tuple[int, CarryMap]]:
    """(depth of the body that says it, carry) for everything carried on the connector or port at `path`."""
    out = []
    for k in range(len(path)):
        body = t.at(path[:k])
        out += [(k, c) for c in body.carries if c.connector == path[k:]]
    return out


def _expand(t: Template, rule: Rule, carried: list[list[tuple[int, CarryMap]]], plain: list[bool]) -> list[Rule]:
    sides: list[list[Side]] = []
    for end, carries, is_plain, mark in zip((rule.a, rule.b), carried, plain, "<>"):
        if is_plain:
            sides.append([Side(end.path, end.coords, None, "", (), ())])
            continue
        if not carries:
            raise mistake("HW3106", f"the connector `{'.'.join(end.path)}` carries no port, so this makes no link", rule.span,
                          help="say with `carry port on connector.lane[..]` which ports use it")
        found = [s for s in (_side(t, rule, end, depth, c, mark) for depth, c in carries) if s is not None]
        sides.append(found)
    out = []
    for a in sides[0]:
        for b in sides[1]:
            new = _join(t, rule, a, b)
            if new is not None:
                out.append(new)
    if not out:
        raise mistake("HW3106", "the two connectors carry no ports on the same lanes, so this makes no link", rule.span)
    return out


def _side(t: Template, rule: Rule, end: End, depth: int, c: CarryMap, mark: str) -> Side | None:
    """The end seen through one carry; None if the carry has nothing to do with the connectors of this rule."""
    outer = len(t.shape(end.path[:depth]))
    names = {n: f"{n}{mark}" for n, _ in c.space.vars}
    sizes = {**rule.space.sizes, **{names[n]: s for n, s in c.space.vars}}
    renamed = {n: variable(names[n]) for n in names}
    guard = tuple(Cmp(g.op, substitute(g.ix, renamed, sizes)) for g in c.space.guard)
    values: dict[str, Ix] = {}
    for want, have in zip(c.coords, end.coords[outer:]):
        want = substitute(want, renamed, sizes)
        lo, hi = bounds(want, sizes)
        hlo, hhi = bounds(have, rule.space.sizes)
        if hhi < lo or hi < hlo:
            return None
        step = 1
        solved = True
        terms = sorted(want.terms, key=lambda x: x[0])
        for k, (coeff, name) in enumerate(terms):
            if coeff != step or not isinstance(name, str) or name in values:
                solved = False
                break
            digit = div(Ix(have.const - want.const, have.terms), coeff, sizes)
            values[name] = digit if k == len(terms) - 1 else mod(digit, sizes[name], sizes)
            step = coeff * sizes[name]
        if not solved:
            guard += (Cmp("==", sub(want, have)),)
            continue
        if hlo < lo:
            guard += (Cmp("<=", sub(Ix(lo), have)),)
        if hhi > hi:
            guard += (Cmp("<=", sub(have, Ix(hi))),)
    free = tuple((names[n], s) for n, s in c.space.vars if names[n] not in values)
    coords = tuple(substitute(substitute(m, renamed, sizes), values, sizes) for m in c.port.coords)
    start = substitute(substitute(c.start, renamed, sizes), values, sizes)
    return Side(end.path[:depth] + c.port.path, end.coords[:outer] + coords, start, c.unit, free,
                tuple(Cmp(g.op, substitute(g.ix, values, sizes)) for g in guard))


def _join(t: Template, rule: Rule, a: Side, b: Side) -> Rule | None:
    """The links between two resolved ends whose lanes agree."""
    space = Space((*rule.space.vars, *a.free, *b.free), (*rule.space.guard, *a.guard, *b.guard))
    values: dict[str, Ix] = {}
    if a.start is not None and b.start is not None:
        if a.unit != b.unit:
            raise mistake("HW3102", f"one side counts its lanes by `{a.unit or 'connector'}`, "
                          f"the other by `{b.unit or 'connector'}`", rule.span)
        same = _unify(a.start, b.start, dict(b.free), dict(a.free))
        if same is not None:
            values = same
            space = Space(tuple(v for v in space.vars if v[0] not in values), space.guard)
        else:
            gap = sub(a.start, b.start)
            if not gap.terms and gap.const:
                return None
            if gap.terms:
                space = Space(space.vars, (*space.guard, Cmp("==", gap)))
    sizes = dict((*rule.space.vars, *a.free, *b.free))
    guard = tuple(Cmp(g.op, substitute(g.ix, values, sizes)) for g in space.guard)
    if any(not g.ix.terms and not (g.ix.const <= 0 if g.op == "<=" else (g.ix.const == 0) == (g.op == "==")) for g in guard):
        return None
    maps = [substitute(m, values, sizes) for m in (*a.coords, *b.coords, *(i for i in rule.plane.indices if i is not None))]
    space, maps = split_digits(Space(space.vars, tuple(g for g in guard if g.ix.terms)), maps)
    take = iter(maps)
    end_a = End(a.path, tuple(next(take) for _ in a.coords))
    end_b = End(b.path, tuple(next(take) for _ in b.coords))
    indices = tuple(None if i is None else next(take) for i in rule.plane.indices)
    link = _link(t, end_a.path)
    lanes = link.figure("lanes")
    return replace(rule, a=end_a, b=end_b, space=space, link=link, lanes=lanes if isinstance(lanes, int) else 0,
                   plane=PlaneRef(rule.plane.names, indices))


def _unify(a: Ix, b: Ix, loose: dict[str, int], mine: dict[str, int]) -> dict[str, Ix] | None:
    """`b`'s one free variable as `a`'s, where both count lanes alike (`2 * l` and `2 * m`); None if they do not."""
    if len(a.terms) != 1 or len(b.terms) != 1 or a.const != b.const or a.terms[0][0] != b.terms[0][0]:
        return None
    x, y = a.terms[0][1], b.terms[0][1]
    if not isinstance(x, str) or not isinstance(y, str) or y not in loose or x not in mine or mine[x] != loose[y]:
        return None
    return {y: variable(x)}


def _link(t: Template, path: Path) -> Template:
    port = t.at(path[:-1]).ports[path[-1]]
    assert isinstance(port, PortArray)
    return port.link

