"""Which links share a cable.

Links whose both ends sit in the same two connectors share cables, as many links to a cable as the lanes of the medium hold; a
link wider than the medium takes several. On a medium with more than two plugs (a breakout) links share the cable of the
connector on its common side. Several rules may join the same two connectors: they share, if their links are equally wide.

Proven symbolically where the structure shows it, by going through the links where it does not (bounded, TooLarge).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir.index import Ix, bounds, evaluate
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import ENUMERATION_LIMIT, Constraint, Space, TooLarge, image_size, points
from hwdsl.node import Record
from hwdsl.query.attach import Attachment
from hwdsl.query.lifted import Lifted

Sets = list[list[Constraint]]
Plugs = dict[tuple[int, ...], int]
"""Number of links by the coordinates of their plugs."""
_PYTHON_LIMIT = 4096


class Sharing(Record):
    """How the links of one rule share the cables of one medium.

    coords     maps whose values tell the cables' plugs apart; the first `split` belong to the left connector
    per_cable  links of one cable, 0 for any number
    per_link   cables of one link
    key        equal for rules that may share a cable, None for a rule on its own
    """

    coords: tuple[Ix, ...]
    split: int
    per_cable: int
    per_link: int
    key: Any

    @property
    def symmetric(self) -> bool:
        """Whether both ends are of one array of connectors, so that either end may be the left one."""
        return self.key is not None and len(self.key) == 4 and bool(self.key[2] == self.key[3])


def sharing(r: Lifted, medium: Template, left: Attachment, right: Attachment) -> Sharing:
    """How the links of a rule share the cables of a medium."""
    plugs = medium.figure("plugs")
    if isinstance(plugs, int) and plugs > 2:
        common = min((left, right), key=lambda end: image_size(end.coords, r.space))
        return Sharing(common.coords, len(common.coords), 0, 1,
                       None if common.connector is None else (medium.uid, common.connector))
    per_cable, per_link = fill(lanes_of_medium(medium), r.rule.lanes)
    ends = [left, right]
    if left.connector is None or right.connector is None:
        return Sharing(left.coords + right.coords, len(left.coords), per_cable, per_link, None)
    if right.connector < left.connector:
        ends.reverse()
    key = (medium.uid, r.rule.lanes, ends[0].connector, ends[1].connector)
    return Sharing(ends[0].coords + ends[1].coords, len(ends[0].coords), per_cable, per_link, key)


def lanes_of_medium(m: Template) -> int:
    """Lanes of one direction that a medium holds, 0 if it does not say."""
    lanes = m.figure("lanes")
    if isinstance(lanes, int):
        return lanes
    fibres = m.figure("fibres")
    return fibres // 2 if isinstance(fibres, int) else 0


def fill(wide: int, lanes: int) -> tuple[int, int]:
    """(links of a cable of `wide` lanes, 0 for any number; cables of a link of `lanes` lanes)."""
    if not wide or not lanes:
        return 0, 1
    return (wide // lanes, 1) if lanes <= wide else (1, -(-lanes // wide))


def apart(a: tuple[Ix, ...], a_space: Space, b: tuple[Ix, ...], b_space: Space) -> bool:
    """Whether two tuples of maps have no value in common, as far as ranges show."""
    if len(a) != len(b):
        return True
    for x, y in zip(a, b):
        (xlo, xhi), (ylo, yhi) = bounds(x, a_space.sizes), bounds(y, b_space.sizes)
        if xhi < ylo or yhi < xlo:
            return True
        if _residues_apart(x, y):
            return True
    return False


def _residues_apart(x: Ix, y: Ix) -> bool:
    """Whether two maps differ modulo a common divisor of all their coefficients."""
    from math import gcd

    step = 0
    for ix in (x, y):
        for c, _ in ix.terms:
            step = gcd(step, c)
    return step > 1 and (x.const - y.const) % step != 0


def plugs_of(s: Sharing, space: Space, sets: Sets, absent: Sets) -> Plugs:
    """Links by plugs, over the points in any of `sets` and none of `absent`, one by one. Raises TooLarge."""
    if space.volume > ENUMERATION_LIMIT:
        raise TooLarge(space.volume)
    found: Plugs = {}
    if space.volume > _PYTHON_LIMIT:
        rows = _rows(s.coords, space, sets, absent)
        for *key, n in rows:
            at = ordered(s, tuple(key))
            found[at] = found.get(at, 0) + n
        return found
    for env in points(space):
        if any(_within(env, c) for c in sets) and not any(_within(env, c) for c in absent):
            at = ordered(s, tuple(evaluate(i, env) for i in s.coords))
            found[at] = found.get(at, 0) + 1
    return found


def ordered(s: Sharing, plugs: tuple[int, ...]) -> tuple[int, ...]:
    """The plugs of a link, the lower end first where either may be the left one."""
    if s.symmetric and plugs[s.split:] < plugs[: s.split]:
        return plugs[s.split:] + plugs[: s.split]
    return plugs


def _within(env: dict[str, int], constraints: list[Constraint]) -> bool:
    return all(evaluate(ix, env) in allowed for ix, allowed in constraints)


def _rows(coords: tuple[Ix, ...], space: Space, sets: Sets, absent: Sets) -> list[list[int]]:
    """Distinct values of the maps with their number of points, by numpy."""
    import numpy as np

    from hwdsl.ir.arrays import evaluate_array, grid
    from hwdsl.ir.space import guard_mask

    env = grid([n for n, _ in space.vars], space.sizes)
    shape = tuple(n for _, n in space.vars)

    def inside(constraints: list[Constraint]) -> Any:
        mask: Any = np.ones((1,) * len(shape), dtype=bool)
        for ix, allowed in constraints:
            mask = mask & np.isin(evaluate_array(ix, env), np.asarray(allowed))
        return mask

    keep: Any = np.zeros((1,) * len(shape), dtype=bool)
    for c in sets:
        keep = keep | inside(c)
    for c in absent:
        keep = keep & ~inside(c)
    keep = np.broadcast_to(keep & guard_mask(space), shape)
    table = np.stack([np.broadcast_to(evaluate_array(c, env), shape)[keep] for c in coords], axis=1)
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    out: list[list[int]] = np.column_stack([distinct, counts]).tolist()
    return out


def cables_for(s: Sharing, plugs: Plugs) -> int:
    """Cables for links by plugs."""
    if s.per_link > 1:
        return s.per_link * sum(plugs.values())
    return sum(-(-n // s.per_cable) if s.per_cable else 1 for n in plugs.values())


def per_plug(links: int, plugs: int, s: Sharing) -> int:
    """Cables where every pair of plugs has the same number of links."""
    each = Fraction(links, plugs)
    return plugs * (-(-each.numerator // (each.denominator * s.per_cable)) if s.per_cable else 1)
