"""Lists of selections and of planes are unions: what is named twice is there once."""

from __future__ import annotations

from hwdsl.ir.l0 import Box, Template
from hwdsl.ir.space import IndexSet
from hwdsl.node import replace
from hwdsl.query.selection import Group, PlaneItem, PlaneSelection
from hwdsl.sema.mistake import mistake
from hwdsl.source import Span


def union(groups: list[Group]) -> tuple[Group, ...]:
    """The groups in their order, each without what an earlier one names; a group under a filter stays as it is."""
    out: list[Group] = []
    for g in groups:
        pieces: list[Box] = [g.box]
        for other in out:
            if other.path == g.path and not g.flags and not other.flags:
                pieces = [p for piece in pieces for p in _without(piece, other.box)]
        out += [replace(g, box=p) for p in pieces]
    return tuple(out)


def _without(box: Box, other: Box) -> list[Box]:
    """Disjoint boxes that make up what of a box lies outside another."""
    common = [_both(a, b) for a, b in zip(box, other)]
    if not all(len(c) for c in common):
        return [box]
    out: list[Box] = []
    for k, side in enumerate(box):
        rest = _minus(side, common[k])
        if len(rest):
            out.append((*common[:k], rest, *box[k + 1:]))
    return out


def _both(a: IndexSet, b: IndexSet) -> IndexSet:
    if a == b:
        return a
    held = b if isinstance(b, range) else frozenset(b)
    return _compact(tuple(x for x in a if x in held))


def _minus(a: IndexSet, b: IndexSet) -> IndexSet:
    held = b if isinstance(b, range) else frozenset(b)
    return _compact(tuple(x for x in a if x not in held))


def _compact(values: tuple[int, ...]) -> IndexSet:
    """A run of indices as a range."""
    if values and values == tuple(range(values[0], values[-1] + 1)):
        return range(values[0], values[-1] + 1)
    return values


# ---------------------------------------------------------------- planes
def plane_union(owner: Template, items: list[PlaneItem], span: Span) -> PlaneSelection:
    """Planes of which no link lies in two. Raises Mistake where some overlap in a way that no single index tells apart."""
    kept: list[PlaneItem] = []
    for item in items:
        kept = [k for k in kept if not _within(k, item)] if not any(_within(item, k) for k in kept) else kept
        if not any(_within(item, k) for k in kept):
            kept.append(item)
    out: list[PlaneItem] = []
    for item in kept:
        joined = next((k for k, other in enumerate(out) if _joined(other, item) is not None), None)
        if joined is None:
            out.append(item)
            continue
        both = _joined(out[joined], item)
        assert both is not None
        out[joined] = both
    for k, a in enumerate(out):
        for b in out[:k]:
            if _overlap(a, b):
                raise mistake("HW5010", f"the planes named overlap: some links are in `{'.'.join((*a.prefix, *a.names))}` twice",
                              span, help="name every plane once")
    return PlaneSelection(owner, tuple(out))


def _sides(item: PlaneItem) -> tuple[IndexSet | None, ...]:
    return (*item.box, *item.family)


def _within(inner: PlaneItem, outer: PlaneItem) -> bool:
    """Whether all of one item lies in another."""
    if inner.prefix != outer.prefix or inner.names[: len(outer.names)] != outer.names:
        return False
    return all(o is None or (i is not None and not len(_minus(i, o))) for i, o in zip(_sides(inner), _sides(outer)))


def _overlap(a: PlaneItem, b: PlaneItem) -> bool:
    short = min(len(a.names), len(b.names))
    if a.prefix != b.prefix or a.names[:short] != b.names[:short]:
        return False
    return all(x is None or y is None or len(_both(x, y)) > 0 for x, y in zip(_sides(a), _sides(b)))


def _joined(a: PlaneItem, b: PlaneItem) -> PlaneItem | None:
    """Two items that differ in one set of indices as one; None if they do not."""
    if a.prefix != b.prefix or a.names != b.names:
        return None
    sides = list(_sides(a))
    unlike = [k for k, (x, y) in enumerate(zip(sides, _sides(b))) if x != y]
    if len(unlike) != 1:
        return None
    x, y = sides[unlike[0]], _sides(b)[unlike[0]]
    if x is None or y is None:
        return None
    sides[unlike[0]] = _compact(tuple(sorted({*x, *y})))
    return replace(a, box=tuple(s for s in sides[: len(a.box)] if s is not None), family=tuple(sides[len(a.box):]))
