"""Port use: each end of a port is used at most once. Proven on index maps; expanded only where that does not settle it.

A use is one side of a rule, seen from the template that holds the rule. Two uses of one port array meet when they have the same
path, or when one comes from a template further in (`npu.die.ub` used in the node, `node.npu.die.ub` in the system).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hwdsl.diag import Label
from hwdsl.ir.index import Ix, bounds, evaluate, sub, variable
from hwdsl.ir.l0 import End, Path, Rule, Template
from hwdsl.ir.space import ENUMERATION_LIMIT, Space, TooLarge, determined, points
from hwdsl.node import Record
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.source.span import Span

_PYTHON_LIMIT = 20_000


class Use(Record):
    """One side of a rule as a set of port ends: `coords` over `space`, seen from the template of `path`."""

    path: Path
    coords: tuple[Ix, ...]
    space: Space
    rule: Rule
    side: str
    span: Span
    width: int = 0


def uses_of(t: Template) -> list[Use]:
    """The uses that a template's own rules make."""
    out: list[Use] = []
    for rule in t.rules:
        for end, side in ((rule.a, "left"), (rule.b, "right")):
            if end.path[-1] in t.at(end.path[:-1]).ports:
                coords, width = lane_coords(end)
                out.append(Use(end.path, coords, rule.space, rule, side, rule.span, width))
    return out


def lane_coords(end: End) -> tuple[tuple[Ix, ...], int]:
    """Coordinates of an end with, for a breakout, the first lane as a last coordinate; (coords, lanes of the slice or 0)."""
    if end.lane is None:
        return end.coords, 0
    return (*end.coords, end.lane[0]), end.lane[1]


def check_uses(t: Template) -> list[Mistake]:
    """Port ends used twice by the rules of `t`, or by one of them and a rule further in (HW3002): one mistake a statement."""
    found: dict[Span, Mistake] = {}
    own = uses_of(t)
    for use in own:
        with _noting(found, use):
            _check_self(use)
    by_path: dict[Path, list[Use]] = {}
    for use in own:
        by_path.setdefault(use.path, []).append(use)
    for path, group in by_path.items():
        ports = len(t.shape(path))
        inner = [_lift(other, prefix, t) for other, prefix in _inner_uses(t, path)]
        for k, use in enumerate(group):
            for other, owner in [*((u, None) for u in group[:k]), *((u, t) for u in inner)]:
                if use.span in found or other.span in found:
                    continue
                with _noting(found, use):
                    if not _disjoint(other, use, ports):
                        raise _twice(use, other, owner)
    return list(found.values())


@contextmanager
def _noting(found: dict[Span, Mistake], use: Use) -> Iterator[None]:
    """Note the mistake raised inside at the statement of `use`, and go on."""
    try:
        with _within_limits(use):
            yield
    except Mistake as error:
        found.setdefault(use.span, error)


@contextmanager
def _within_limits(use: Use) -> Iterator[None]:
    """Raise Mistake (HW3010) at the rule where only going through too many cases would settle the question inside."""
    try:
        yield
    except TooLarge as error:
        raise mistake("HW3010", f"that no port is used twice could only be checked by going through {error.points:,} cases",
                      use.span, label=f"the {use.side} side",
                      help="index maps of the form `a * i + b`, `i / c`, `i % c`, `(i + b) % n` are checked "
                      "without, if each variable can be read off from the indices") from None


def _inner_uses(t: Template, path: Path) -> list[tuple[Use, Path]]:
    """Uses of the same ports made inside the parts along `path`, with the prefix that leads to them."""
    out = []
    for k in range(1, len(path)):
        inner = t.at(path[:k])
        out += [(u, path[:k]) for u in inner.cached("uses", uses_of) if u.path == path[k:]]
    return out


def _lift(use: Use, prefix: Path, t: Template) -> Use:
    """A use from further in, seen from `t`: the outer coordinates run freely."""
    shape = t.shape(prefix)
    names = [f"^{k}" for k in range(len(shape))]
    space = Space((*zip(names, shape), *use.space.vars), use.space.guard)
    coords = tuple(variable(n) for n in names) + use.coords
    return Use(prefix + use.path, coords, space, use.rule, use.side, use.span, use.width)


def _check_self(use: Use) -> None:
    """Raise Mistake if the map of a use hits a port end twice."""
    space = use.space
    if determined(use.coords, space) >= {n for n, _ in space.vars}:
        return
    seen: dict[tuple[int, ...], dict[str, int]] = {}
    if space.volume <= _PYTHON_LIMIT:
        for env in points(space):
            key = tuple(evaluate(c, env) for c in use.coords)
            if key in seen:
                raise _collision(use, key, seen[key], dict(env))
            seen[key] = dict(env)
        return
    found = _array_duplicate(use.coords, space)
    if found is not None:
        first, second = found
        raise _collision(use, tuple(evaluate(c, second) for c in use.coords), first, second)


def _array_duplicate(coords: tuple[Ix, ...], space: Space) -> tuple[dict[str, int], dict[str, int]] | None:
    import numpy as np

    code, shape = codes(coords, space, [bounds(c, space.sizes) for c in coords])
    flat = code.reshape(-1)
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    same = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ordered[1:] >= 0))
    if not len(same):
        return None
    names = [n for n, _ in space.vars]
    at = [dict(zip(names, (int(v) for v in np.unravel_index(int(order[same[0] + k]), shape)))) for k in (0, 1)]
    return at[0], at[1]


def codes(coords: tuple[Ix, ...], space: Space, ranges: list[tuple[int, int]]) -> Any:
    """(mixed-radix code of the tuple of values at every point, -1 where the guard fails; shape). Raises TooLarge."""
    import numpy as np

    from hwdsl.ir.arrays import evaluate_array, grid
    from hwdsl.ir.space import guard_mask

    if space.volume > ENUMERATION_LIMIT:
        raise TooLarge(space.volume)
    shape = tuple(s for _, s in space.vars) or (1,)
    env = grid([n for n, _ in space.vars], space.sizes)
    code = np.zeros((1,) * len(shape), dtype=np.int64)
    for c, (lo, hi) in zip(coords, ranges):
        code = code * (hi - lo + 1) + (evaluate_array(c, env) - lo)
    code = np.broadcast_to(code, shape)
    if space.guard:
        code = np.where(np.broadcast_to(guard_mask(space), shape), code, -1)
    return code, shape


def _disjoint(a: Use, b: Use, ports: int) -> bool:
    """Whether two uses of one port array never meet. Exact. Raises TooLarge.

    The first `ports` coordinates say which port; a use of the whole port meets every use of its lanes.
    """
    if any(s <= 0 for u in (a, b) for _, s in u.space.vars):
        return True
    for k, (ca, cb) in enumerate(zip(a.coords, b.coords)):
        if k < ports and coordinates_apart(ca, a.space, cb, b.space):
            return True
    if a.width and b.width and _lanes_apart(a, b):
        return True
    if _ordered_apart(a, b, ports):
        return True
    return not _meet(a, b, ports)


def _ordered_apart(a: Use, b: Use, ports: int) -> bool:
    """The difference of two coordinates keeps two uses apart: above the diagonal in one, below it in the other (a full mesh)."""
    for k in range(ports):
        for n in range(k + 1, ports):
            first, second = sub(a.coords[n], a.coords[k]), sub(b.coords[n], b.coords[k])
            if first.terms and second.terms and coordinates_apart(first, a.space, second, b.space):
                return True
    return False


def _lanes_apart(a: Use, b: Use) -> bool:
    alo, ahi = bounds(a.coords[-1], a.space.sizes)
    blo, bhi = bounds(b.coords[-1], b.space.sizes)
    return ahi + a.width <= blo or bhi + b.width <= alo


def coordinates_apart(a: Ix, sa: Space, b: Ix, sb: Space) -> bool:
    """One coordinate keeps two uses apart: ranges that do not overlap, or residues that differ."""
    from math import gcd

    from hwdsl.ir.space import range_of

    alo, ahi = range_of(a, sa)
    blo, bhi = range_of(b, sb)
    if ahi < blo or bhi < alo:
        return True
    g = 0
    for c, _ in (*a.terms, *b.terms):
        g = gcd(g, c)
    return g > 1 and (a.const - b.const) % g != 0


def _meet(a: Use, b: Use, ports: int) -> bool:
    """Expand the coordinates that do not run freely in either use, and compare."""
    keep = [k for k in range(ports) if not (_free(a, k) or _free(b, k))]
    lanes = bool(a.width and b.width)
    sets = []
    for u in (a, b):
        coords = tuple(u.coords[k] for k in keep)
        names = frozenset().union(*(_vars(c) for c in coords)) if coords else frozenset()
        guard = tuple(c for c in u.space.guard if _vars(c.ix) & names or not names)
        for c in guard:
            names |= _vars(c.ix)
        part = Space(tuple(v for v in u.space.vars if v[0] in names), guard)
        if lanes:
            return _meet_lanes(a, b, ports)
        sets.append((coords, part))
    if min(p.volume for _, p in sets) <= _PYTHON_LIMIT and max(p.volume for _, p in sets) <= _PYTHON_LIMIT:
        seen = {tuple(evaluate(c, env) for c in sets[0][0]) for env in points(sets[0][1])}
        return any(tuple(evaluate(c, env) for c in sets[1][0]) in seen for env in points(sets[1][1]))
    import numpy as np

    ranges = []
    for ca, cb in zip(sets[0][0], sets[1][0]):
        alo, ahi = bounds(ca, sets[0][1].sizes)
        blo, bhi = bounds(cb, sets[1][1].sizes)
        ranges.append((min(alo, blo), max(ahi, bhi)))
    both = [np.unique(codes(c, p, ranges)[0]) for c, p in sets]
    both = [x[x >= 0] for x in both]
    return bool(np.intersect1d(both[0], both[1], assume_unique=True).size)


def _meet_lanes(a: Use, b: Use, ports: int) -> bool:
    if a.space.volume + b.space.volume > 2 * _PYTHON_LIMIT:
        raise TooLarge(a.space.volume + b.space.volume)
    seen: set[tuple[int, ...]] = set()
    for env in points(a.space):
        head = tuple(evaluate(c, env) for c in a.coords[:ports])
        start = evaluate(a.coords[ports], env)
        seen.update((*head, lane) for lane in range(start, start + a.width))
    for env in points(b.space):
        head = tuple(evaluate(c, env) for c in b.coords[:ports])
        start = evaluate(b.coords[ports], env)
        if any((*head, lane) in seen for lane in range(start, start + b.width)):
            return True
    return False


def _vars(ix: Ix) -> frozenset[str]:
    from hwdsl.ir.index import ix_vars

    return ix_vars(ix)


def _free(u: Use, k: int) -> bool:
    """Whether a coordinate runs over its whole array on its own (a lifted outer index)."""
    terms = u.coords[k].terms
    return len(terms) == 1 and isinstance(terms[0][1], str) and terms[0][1].startswith("^")


def _collision(use: Use, key: tuple[int, ...], first: dict[str, int], second: dict[str, int]) -> Exception:
    port = port_text(use.path, key[: len(key)], None)
    return mistake("HW3002", f"port `{port}` is connected twice by this rule", use.span,
                   label=f"at {_point(first)}, and again at {_point(second)} ({use.side} side)",
                   help="two points of the `for` give the same port; is an index missing or divided too far?")


def _twice(use: Use, other: Use, t: Template | None) -> Exception:
    at = _common_point(use, other)
    port = "`" + ".".join(use.path) + "`" if at is None else f"`{port_text(use.path, at[0], t)}`"
    label = "second use" + (f", at {_point(at[1])}" if at and at[1] else "")
    if use.rule.span == other.rule.span:
        return mistake("HW3002", f"port {port} is connected twice by this rule", use.span, label=label,
                       help="its two sides, or two values of an unrolled variable, give the same port")
    return mistake("HW3002", f"port {port} is connected twice", use.span, label=label, related=(Label(other.span, "first use"),))


def _common_point(use: Use, other: Use) -> tuple[tuple[int, ...], dict[str, int]] | None:
    if use.space.volume > _PYTHON_LIMIT or other.space.volume > 10 * _PYTHON_LIMIT:
        return None
    taken = {tuple(evaluate(c, env) for c in other.coords) for env in points(other.space)}
    for env in points(use.space):
        key = tuple(evaluate(c, env) for c in use.coords)
        if key in taken:
            return key, dict(env)
    return None


def _point(env: dict[str, int]) -> str:
    """Index values for a message; digits of one variable stand apart as `p.1`, `p.0`."""
    shown = [f"{n} = {v}" for n, v in env.items() if not n.startswith(("^", "*"))]
    return ", ".join(shown)


def port_text(path: Path, coords: tuple[int, ...], t: Template | None) -> str:
    """`tray[3].gpu[1].nvl[5]`; without a template the indices follow the whole path."""
    if t is None:
        return ".".join(path) + "".join(f"[{c}]" for c in coords)
    out, at = [], 0
    for k, name in enumerate(path):
        n = len(t.shape(path[: k + 1])) - at
        out.append(name + "".join(f"[{c}]" for c in coords[at: at + n]))
        at += n
    return ".".join(out)




class Meeting(Record):
    """Two uses of one thing: `port` as text, a label with the point of the second."""

    port: str
    first: Use
    second: Use
    label: str


def uses_meet(uses: list[Use], t: Template) -> Meeting | None:
    """The first two of `uses` that take the same thing, None if none do (for modes: circuits, states)."""
    for use in uses:
        try:
            _check_self(use)
        except Mistake as error:
            d = error.diagnostic
            return Meeting(f"`{d.message.split(chr(96))[1]}`" if d else "", use, use, d.label if d else "")
    for k, use in enumerate(uses):
        for other in uses[:k]:
            if other.path == use.path and not _disjoint(other, use, len(use.coords)):
                at = _common_point(use, other)
                name = port_text(use.path, at[0], t) if at else ".".join(use.path)
                return Meeting(f"`{name}`", other, use, f"second, at {_point(at[1])}" if at and at[1] else "second")
    return None
