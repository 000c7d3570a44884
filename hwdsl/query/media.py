"""Cables, assemblies, modules, fibres and plugs: what is pulled, ordered and plugged, counted from structure.

Links whose both ends sit in the same two connectors share one cable, up to the lanes of the medium. A module in a `via` exists
once per occupied connector (or half, unless it is a twin-port module with halves of its own); a module that is a part is counted
once, however many links a `carry` puts onto it or end at its own ports. A backplane is ordered as assemblies that hold so many
pairs; it has no cables. A medium with more than two plugs is a breakout: one cable an occupied connector on its common side.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hwdsl.ir.index import Ix, Sizes, bounds, ix_vars, substitute
from hwdsl.ir.l0 import Path, Template, volume
from hwdsl.ir.space import Cmp, Constraint, IndexSet, Space, count, determined, image_size
from hwdsl.node import Record, replace
from hwdsl.query.attach import Attachment, attachments
from hwdsl.query.counting import Sets, count_sets
from hwdsl.query.endtoend import bundles, piece_sets
from hwdsl.query.lifted import Exclusion, Lifted, covers, end_constraints, exclusions, lifted_rules
from hwdsl.query.sharing import Plugs, Sharing, apart, cables_for, per_plug, plugs_of, sharing
from hwdsl.sema.words import MEDIUM_KINDS

Keep = Callable[[Lifted], bool] | None
"""Which rules count; None for all."""


class Tally(Record):
    """Things of the pieces of one rule (`links` are pieces: a link through panels has several). `via_modules` by module template,
    `part_modules` by path of the module part, `media` by medium."""

    links: int = 0
    lanes: int = 0
    pairs: int = 0
    fibres: int = 0
    cables: int = 0
    assemblies: int = 0
    plugs: int = 0
    via_modules: tuple[tuple[Template, int], ...] = ()
    part_modules: tuple[tuple[Path, int], ...] = ()
    media: tuple[tuple[Template, int, int], ...] = ()
    """(medium, cables, assemblies)"""


def restrict(space: Space, constraints: list[Constraint]) -> tuple[Space, dict[str, Ix]]:
    """The space under constraints: variables shrunk where a constraint is a range of one plain variable, guards elsewhere.

    Returns the space and the replacement of each shrunk variable (apply it to maps over the old space).
    """
    sizes = space.sizes
    values: dict[str, Ix] = {}
    guard = list(space.guard)
    for ix, allowed in constraints:
        lo, hi = bounds(ix, sizes)
        if isinstance(allowed, range) and allowed.step == 1:
            if allowed.start <= lo and hi < allowed.stop:
                continue
            if len(ix.terms) == 1 and ix.terms[0][0] == 1 and isinstance(ix.terms[0][1], str) and ix.terms[0][1] not in values:
                name = ix.terms[0][1]
                first, last = max(0, allowed.start - ix.const), min(sizes[name], allowed.stop - ix.const)
                sizes[name] = max(0, last - first)
                values[name] = Ix(first, ((1, name),))
                continue
            guard += [Cmp("<=", Ix(allowed.start - ix.const, tuple((-c, a) for c, a in ix.terms))),
                      Cmp("<=", Ix(ix.const - allowed.stop + 1, ix.terms))]
        else:
            guard.append(_member_of(ix, allowed, sizes))
    new = Space(tuple((n, sizes[n]) for n, _ in space.vars),
                tuple(Cmp(c.op, substitute(c.ix, values, sizes)) for c in guard) if values else tuple(guard))
    return new, values


def _member_of(ix: Ix, allowed: IndexSet, sizes: Sizes) -> Cmp:
    from hwdsl.ir.index import evaluate, tabulate

    inside = set(allowed)
    names = tuple(sorted(ix_vars(ix)))
    return Cmp("!=", tabulate(lambda env: int(evaluate(ix, env) in inside), names, sizes))


def images(space: Space, coords: tuple[Ix, ...], constraints: list[Constraint]) -> tuple[int, int | None]:
    """(distinct plugs, links on each if all hold the same number) under constraints."""
    part, values = restrict(space, constraints)
    if any(s == 0 for _, s in part.vars):
        return 0, 0
    maps = tuple(substitute(c, values, part.sizes) for c in coords) if values else coords
    n = image_size(maps, part)
    used: frozenset[str] = frozenset().union(*(ix_vars(c) for c in maps)) if maps else frozenset()
    uniform = not part.guard and determined(maps, part) >= used
    total = count(part)
    return n, (total // n if n else 0) if uniform or (n and total == n) else (1 if n == total else None)


def tally(owner: Template, r: Lifted, operands: tuple[object, ...], cables: bool = True) -> Tally:
    """Everything one rule contributes for the operands of `links(...)`; without `cables` only links, lanes and modules."""
    gone = exclusions(owner)
    sets = piece_sets(owner, r, operands)
    links = count_sets(owner, r, sets, gone)
    if links == 0:
        return Tally()
    lanes = links * r.rule.lanes
    media = [s.template for s in r.rule.via if s.template is not None and s.template.kind in MEDIUM_KINDS]
    electrical = not any(m.kind == "fibre" for m in media)
    absent = absent_sets(r, gone)
    left, right = attachments(owner, r)
    media = media if cables else []
    pieces = [_medium(owner, r, m, left, right, sets, absent, links) for m in media]
    return Tally(links, lanes, 2 * lanes if electrical else 0, sum(p.fibres for p in pieces), sum(p.cables for p in pieces),
                 sum(p.assemblies for p in pieces), sum(p.plugs for p in pieces),
                 tuple((h.template, _held(r, h, sets, absent)) for h in _via_holders(r, left, right)),
                 tuple((h.path, _held(r, h, sets, absent)) for h in _part_holders(owner, r, left, right)),
                 tuple((m, p.cables, p.assemblies) for m, p in zip(media, pieces)))


def absent_sets(r: Lifted, gone: list[Exclusion]) -> Sets:
    """When a link of a rule is taken away; [] if none is."""
    found = [end_constraints(c, e.box) for e in gone for p, c in ((r.a, r.a_coords), (r.b, r.b_coords)) if covers(e.path, p)]
    return [c for c in found if count(r.space, c)]


def _plugs(r: Lifted, coords: tuple[Ix, ...], sets: Sets, absent: Sets) -> int:
    """Distinct tuples over a union of sets; those whose links are all taken away are left out."""
    if absent:
        return len(plugs_of(Sharing(coords, 0, 0, 1, None), r.space, sets, absent))

    def union(rest: Sets, base: list[Constraint]) -> int:
        total = 0
        for k, first in enumerate(rest):
            mine = [*base, *first]
            alone = images(r.space, coords, mine)[0]
            if alone:
                total += alone - union(rest[k + 1:], mine)
        return total

    return union(sets, [])


def _cables(r: Lifted, s: Sharing, sets: Sets, absent: Sets, links: int) -> int:
    """Cables of one rule, other rules not considered."""
    if s.per_link > 1 or s.per_cable == 1:
        return links * s.per_link
    turned = s.symmetric and not apart(s.coords[: s.split], r.space, s.coords[s.split:], r.space)
    if not absent and not turned:
        n = _plugs(r, s.coords, sets, [])
        if n == links or not s.per_cable:
            return n
        if len(sets) == 1 and images(r.space, s.coords, sets[0])[1] is not None:
            return per_plug(links, n, s)
    return cables_for(s, plugs_of(s, r.space, sets, absent))


class _Medium(Record):
    fibres: int = 0
    cables: int = 0
    assemblies: int = 0
    plugs: int = 0


def _medium(owner: Template, r: Lifted, m: Template, left: Attachment, right: Attachment, sets: Sets, absent: Sets,
            links: int) -> _Medium:
    fibres = links * fibres_per_link(owner, r, left) if m.kind == "fibre" else 0
    if m.kind == "trace":
        return _Medium(fibres)
    if m.kind == "backplane":
        return _Medium(fibres, 0, _backplanes(r, m, links))
    cables = _cables(r, sharing(r, m, left, right), sets, absent, links)
    return _Medium(fibres, cables, cables, cables * _int(m, "plugs", 2))


def _backplanes(r: Lifted, m: Template, links: int) -> int:
    """Assemblies of a backplane: the pairs of all rules of one body that run over it, filled up; shared by the rules in
    proportion."""
    pairs = _int(m, "pairs", 0)
    mine = [x for x in r.template.rules if any(s.template is m for s in x.via)]
    per_body = sum(2 * x.lanes * count(x.space) for x in mine)
    bodies = Fraction(links, max(1, count(r.rule.space)))
    if not pairs:
        return int(bodies) if mine and mine[0] is r.rule else 0
    needed = -(-per_body // pairs)
    return int(bodies * needed) if mine[0] is r.rule else 0


def fibres_per_link(owner: Template, r: Lifted, left: Attachment) -> int:
    """Fibres of one link: what its module says, else two a lane."""
    candidates = [s.template for s in r.rule.via if s.template is not None and s.template.kind == "module"]
    if left.connector is not None:
        candidates.append(owner.at(left.connector))
    for t in candidates:
        stated = t.figure("fibres_per_link")
        if isinstance(stated, int):
            return stated
    return 2 * r.rule.lanes


class _Holder(Record):
    """What holds modules at one end of a rule: distinct `coords` under `extra` are modules; equal keys may mean the same ones."""

    template: Template
    path: Path
    coords: tuple[Ix, ...]
    extra: tuple[Constraint, ...]
    key: object


def _via_holders(r: Lifted, left: Attachment, right: Attachment) -> list[_Holder]:
    """Modules named in the via chain: at its first and last step, once per occupied connector."""
    out = []
    via = r.rule.via
    for n, step in enumerate(via):
        if step.template is None or step.template.kind != "module":
            continue
        end = left if n == 0 else right if n == len(via) - 1 else None
        coords = end.coords if end is not None else left.coords + right.coords
        if end is not None and end.unit == "half" and _int(step.template, "halves", 1) > 1:
            coords = (*coords[:-2], coords[-1])  # a twin-port module fills both halves
        key = None if end is None or end.connector is None else ("via", step.template.uid, end.connector)
        out.append(_Holder(step.template, (), coords, (), key))
    return out


def _part_holders(owner: Template, r: Lifted, left: Attachment, right: Attachment) -> list[_Holder]:
    """Modules that are parts at either end: with a `carry` of the port there, or with the port itself."""
    out = []
    for end, port, coords in ((left, r.a, r.a_coords), (right, r.b, r.b_coords)):
        home = port[:-1]
        if r.rule.lanes and home and owner.at(home).kind == "module":
            out.append(_Holder(owner.at(home), home, coords[: len(owner.shape(home))], (), ("part", home)))
        loose = end.coords[-1] if end.coords else Ix(0)
        for which, path in enumerate((end.connector,) if end.connector is not None else end.several):
            t = owner.at(path)
            if t.kind != "module":
                continue
            rank, first = len(owner.shape(path)), 1 if end.several else 0
            extra: list[Constraint] = [(end.coords[0], range(which, which + 1))] if end.several else []
            if not end.several and (loose.terms or loose.const):
                extra.append((loose, range(1)))
            out.append(_Holder(t, path, end.coords[first: first + rank], tuple(extra), ("part", path)))
    return out


def _held(r: Lifted, h: _Holder, sets: Sets, absent: Sets) -> int:
    return _plugs(r, h.coords, [[*c, *h.extra] for c in sets], absent)


def _count_modules_once(owner: Template, out: list[tuple[Lifted, Tally]], operands: tuple[object, ...]) -> None:
    """A module that several rules, or both ends of one, use is counted with the first."""
    groups: dict[object, list[tuple[int, int, _Holder]]] = {}
    for k, (r, _) in enumerate(out):
        ends = attachments(owner, r)
        for holders in (_via_holders(r, *ends), _part_holders(owner, r, *ends)):
            for n, h in enumerate(holders):
                if h.key is not None:
                    groups.setdefault(h.key, []).append((k, n, h))
    gone = exclusions(owner)
    for group in groups.values():
        if all(apart(h.coords, out[k][0].space, g.coords, out[j][0].space)
               for i, (k, _, h) in enumerate(group) for j, _, g in group[i + 1:]):
            continue
        seen: set[tuple[int, ...]] = set()
        done = False
        for k, n, h in sorted(group, key=lambda at: not _all_of_them(owner, out[at[0]][1], at[1], at[2])):
            r, t = out[k]
            if done:  # one end has all that there are: the others have none of their own
                out[k] = (r, replace(t, part_modules=(*t.part_modules[:n], (h.path, 0), *t.part_modules[n + 1:])))
                continue
            if _all_of_them(owner, t, n, h):
                done = True
                continue
            sets = [[*c, *h.extra] for c in piece_sets(owner, r, operands)]
            new = plugs_of(Sharing(h.coords, 0, 0, 1, None), r.space, sets, absent_sets(r, gone)).keys() - seen
            seen |= new
            if h.path:
                parts = (*t.part_modules[:n], (h.path, len(new)), *t.part_modules[n + 1:])
                out[k] = (r, replace(t, part_modules=parts))
            else:
                via = (*t.via_modules[:n], (h.template, len(new)), *t.via_modules[n + 1:])
                out[k] = (r, replace(t, via_modules=via))


def _all_of_them(owner: Template, t: Tally, n: int, h: _Holder) -> bool:
    """Whether a holder at either end of a rule has every module part of its path."""
    return bool(h.path) and t.part_modules[n][1] == volume(owner.shape(h.path))


def _int(t: Template, name: str, default: int) -> int:
    value = t.figure(name)
    return value if isinstance(value, int) else default


def tallies(owner: Template, operands: tuple[object, ...], keep: Keep = None) -> list[tuple[Lifted, Tally]]:
    """The tally of every rule that contributes; a cable or module that several rules use is counted with the first.

    That of the whole design is kept: the BOM, the counts of the manifest and the report ask for it alike.
    """
    if operands or keep is not None or owner.failing:
        return _tallies(owner, operands, keep)
    found: list[tuple[Lifted, Tally]] = owner.cached("tallies", lambda _: _tallies(owner, (), None))
    return found


def _tallies(owner: Template, operands: tuple[object, ...], keep: Keep, cables: bool = True) -> list[tuple[Lifted, Tally]]:
    out = []
    for r in lifted_rules(owner):
        if keep is not None and not keep(r):
            continue
        t = tally(owner, r, operands, cables)
        if t.links:
            out.append((r, t))
    return _without_repeats(owner, out, operands)


def _without_repeats(owner: Template, found: list[tuple[Lifted, Tally]],
                     operands: tuple[object, ...]) -> list[tuple[Lifted, Tally]]:
    """Leave out of each rule's cables and modules those that earlier rules have."""
    groups: dict[object, list[tuple[int, int, Sharing]]] = {}
    for k, (r, t) in enumerate(found):
        for m, (medium, cables, _) in enumerate(t.media):
            if cables:
                s = sharing(r, medium, *attachments(owner, r))
                if s.key is not None and s.per_cable != 1 and s.per_link == 1:
                    groups.setdefault(s.key, []).append((k, m, s))
    out = list(found)
    for group in groups.values():
        if len({k for k, _, _ in group}) > 1 and not all_apart([(found[k][0], s) for k, _, s in group]):
            _deduct(owner, out, group, operands)
    _count_modules_once(owner, out, operands)
    return out


def all_apart(items: list[tuple[Lifted, Sharing]]) -> bool:
    """Whether no two of these rules have plugs in common, as far as ranges show."""
    for k, (r, s) in enumerate(items):
        for q, u in items[k + 1:]:
            if not apart(s.coords, r.space, u.coords, q.space):
                return False
            if s.symmetric and not apart(s.coords[s.split:] + s.coords[: s.split], r.space, u.coords, q.space):
                return False
    return True


def _deduct(owner: Template, out: list[tuple[Lifted, Tally]], group: list[tuple[int, int, Sharing]],
            operands: tuple[object, ...]) -> None:
    """Recount a group of rules that may share cables, link by link."""
    gone = exclusions(owner)
    seen: dict[int, Plugs] = {}
    had: dict[int, int] = {}
    for k, m, s in group:
        r, t = out[k]
        nth = sum(1 for i, j, _ in group if i == k and j < m)  # a chain may hold the same medium twice
        plugs = seen.setdefault(nth, {})
        for at, n in plugs_of(s, r.space, piece_sets(owner, r, operands), absent_sets(r, gone)).items():
            plugs[at] = plugs.get(at, 0) + n
        now = cables_for(s, plugs)
        mine, had[nth] = now - had.get(nth, 0), now
        medium, before, _ = t.media[m]
        media = (*t.media[:m], (medium, mine, mine), *t.media[m + 1:])
        less = before - mine
        out[k] = (r, replace(t, media=media, cables=t.cables - less, assemblies=t.assemblies - less,
                             plugs=t.plugs - less * _int(medium, "plugs", 2)))


def total(owner: Template, what: str, operands: tuple[object, ...], keep: Keep = None) -> int:
    """Number of links or lanes end to end, or of the pairs, fibres, cables, assemblies, modules or plugs of their pieces."""
    if what in ("links", "lanes"):
        return sum(b.links if what == "links" else b.lanes for b in bundles(owner, operands, keep))
    if what in ("modules", "optics"):  # how links share cables, which may take going through them, is not asked
        return sum(n for _, t in _tallies(owner, operands, keep, cables=False) for _, n in (*t.via_modules, *t.part_modules))
    found = tallies(owner, operands, keep)
    return sum(int(getattr(t, what)) for _, t in found)


def part_modules_total(owner: Template, found: list[tuple[Lifted, Tally]]) -> int:
    """Module parts that any of some rules occupies, from their tallies; never more than there are."""
    by_path: dict[Path, int] = {}
    for _, t in found:
        for path, n in t.part_modules:
            by_path[path] = by_path.get(path, 0) + n
    return sum(min(n, volume(owner.shape(path))) for path, n in by_path.items())
