"""`connect` statements become rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.diag import Label
from hwdsl.elab.attributes import evaluate_attributes, sources_of
from hwdsl.elab.paths import Resolved, is_connector, resolve
from hwdsl.elab.pattern import expand_pattern
from hwdsl.elab.ranges import check_range
from hwdsl.elab.spaces import SubSpace, sub_spaces
from hwdsl.elab.via import via_chain
from hwdsl.ir.digits import split_digits
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import End, PlaneRef, PortArray, Rule, Template
from hwdsl.ir.space import Space
from hwdsl.node import Record
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.sema.walk import names_of
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator


class Place(Record):
    """Where a `connect` stands: names and binders of the planes around it, the space of a pattern call, the statement's
    number."""

    names: tuple[str, ...] = ()
    binders: tuple[ast.Binder, ...] = ()
    family: tuple[str | None, ...] = ()
    outer: Space = Space(())
    origin: int = 0
    via_env: Env | None = None  # of the chain, where it is a pattern call's own
    calls: tuple[tuple[tuple[ast.Item, ...], tuple[ast.Annot, ...], Env], ...] = ()
    """What the pattern calls around it say of their links: attributes and annotations, read where the call stands."""


def connect(el: Elaborator, t: Template, stmt: ast.Connect, env: Env, place: Place) -> None:
    """Add the rules of one statement. Raises Mistake."""
    if stmt.right is None:
        expand_pattern(el, t, stmt, env, place)
        return
    binders = (*place.binders, *stmt.binders)
    check_binders(stmt, binders)
    for sub in sub_spaces(binders, stmt.guard, env):
        add_rule(el, t, stmt, sub, place)


def is_empty(space: Space) -> bool:
    """Whether some variable has no value, so that the rule makes no link."""
    return any(size <= 0 for _, size in space.vars)


def check_binders(stmt: ast.Connect, binders: tuple[ast.Binder, ...]) -> None:
    """Every variable must be used, and determine both ends. Raises Mistake (HW3004, HW3005)."""
    assert stmt.right is not None
    sides = [set(names_of(stmt.left)), set(names_of(stmt.right))]
    guard = names_of(stmt.guard) if stmt.guard is not None else frozenset()
    for b in reversed(binders):
        for side in sides:
            if b.name in side:
                side |= names_of(b.domain)
    for b in binders:
        on = [b.name in side for side in sides]
        if all(on):
            continue
        if not any(on) and b.name not in guard:
            raise mistake("HW3005", f"the variable `{b.name}` is not used: each link would be made once per value of `{b.name}`",
                          b.span, help="remove it, or index both sides with it")
        if any(on) or b.name in guard:
            missing = "right" if on[0] else "left"
            shown = stmt.right if on[0] else stmt.left
            raise mistake("HW3004", f"the variable `{b.name}` is not used on the {missing} side: "
                          "one port would take all its links", shown.span,
                          label=f"does not depend on `{b.name}`", related=(Label(b.span, "bound here"),),
                          help=f"index the {missing} side with `{b.name}`; several links to one part need several of its ports")


def add_rule(el: Elaborator, t: Template, stmt: ast.Connect, sub: SubSpace, place: Place) -> None:
    """The rule of one sub-space. Raises Mistake."""
    assert stmt.right is not None
    if is_empty(sub.space) or is_empty(place.outer):
        return
    left = resolve(t, stmt.left, sub.env)
    right = resolve(t, stmt.right, sub.env)
    for side in (left, right):
        _need_port(side)
    space = Space((*place.outer.vars, *sub.space.vars), (*place.outer.guard, *sub.space.guard))
    a_coords, b_coords, space = _pair_slices(left, right, space)
    lanes_a, lane_a = _lane_slice(left)
    lanes_b, lane_b = _lane_slice(right)
    link = _agree(stmt, left, right, lanes_a, lanes_b)
    via = via_chain(el, t, stmt.via, place.via_env or sub.env, link if link.kind == "link" else None)
    indices = tuple(_plane_index(name, sub.env) for name in place.family)
    maps = [*a_coords, *b_coords, *(i for i in indices if i is not None), *(s[0] for s in (lane_a, lane_b) if s is not None)]
    maps += [c for step in via if step.through is not None for c in step.through.coords]
    space, maps = split_digits(space, maps)
    take = iter(maps)
    a = End(left.path, tuple(next(take) for _ in a_coords))
    b = End(right.path, tuple(next(take) for _ in b_coords))
    indices = tuple(None if i is None else next(take) for i in indices)
    a = a if lane_a is None else End(a.path, a.coords, (next(take), lane_a[1]))
    b = b if lane_b is None else End(b.path, b.coords, (next(take), lane_b[1]))
    via = tuple(s if s.through is None
                else type(s)(s.template, End(s.through.path, tuple(next(take) for _ in s.through.coords))) for s in via)
    for end, expr in ((a, stmt.left), (b, stmt.right)):
        check_range(t, end.path, end.coords, space, expr.span, sub.statics)
    attrs = evaluate_attributes(el, stmt.body, sub.env)
    sources = sources_of(stmt.annots, sub.env)
    for body, annots, caller in place.calls:
        attrs = {**attrs, **evaluate_attributes(el, body, caller)}
        sources += sources_of(annots, caller)
    t.rules.append(Rule(len(t.rules), PlaneRef(place.names, indices), space, a, b, via, link,
                        min(lanes_a, lanes_b) if lanes_a and lanes_b else 0,
                        stmt.arrow == "->", attrs, sources, stmt.span, place.origin))


def _plane_index(name: str | None, env: Env) -> Ix | None:
    if name is None:
        return None
    _, value = env.find(name)
    return value if isinstance(value, Ix) else Ix(int(value))


def _need_port(side: Resolved) -> None:
    if isinstance(side.target, PortArray) or is_connector(side.target):
        return
    template = side.template
    ports = ", ".join(f"`.{n}`" for n in sorted(template.ports)) or "none"
    raise mistake("HW3007", f"this is a {template.kind} (`{template.name}`), not a port", side.span,
                  notes=(f"ports of `{template.name}`: {ports}",), help="connections join ports: name one of the part's ports")


def _pair_slices(left: Resolved, right: Resolved, space: Space) -> tuple[tuple[Ix, ...], tuple[Ix, ...], Space]:
    """`*` and slices: the k-th on the left runs with the k-th on the right."""
    loose = [[k for k, c in enumerate(s.coords) if not isinstance(c, Ix)] for s in (left, right)]
    if len(loose[0]) != len(loose[1]):
        raise mistake("HW3003", f"the left side has {len(loose[0])} slices, the right side {len(loose[1])}", right.span,
                      label="other side", related=(Label(left.span, "this side"),),
                      help="bind the indices with `for`, so that it is clear which goes where")
    coords = [list(left.coords), list(right.coords)]
    variables = list(space.vars)
    for n, (i, j) in enumerate(zip(*loose)):
        sizes = []
        for s, k in ((left, i), (right, j)):
            if not isinstance(s.coords[k], range):
                raise mistake("HW3008", "a slice in a connection has constant bounds", s.span, help="bind the index with `for`")
            sizes.append(len(s.coords[k]))
        if sizes[0] != sizes[1]:
            raise mistake("HW3003", f"the sides differ in size: {sizes[0]} on the left, {sizes[1]} on the right", right.span,
                          label=f"{sizes[1]} elements", related=(Label(left.span, f"{sizes[0]} elements"),))
        name = f"*{n}"
        variables.append((name, sizes[0]))
        for c, s, k in ((coords[0], left, i), (coords[1], right, j)):
            r = s.coords[k]
            c[k] = Ix(r.start, ((r.step, name),)) if sizes[0] > 1 else Ix(r.start if len(r) else 0)
    return tuple(coords[0]), tuple(coords[1]), Space(tuple(variables), space.guard)


def _lane_slice(side: Resolved) -> tuple[int, tuple[Ix, int] | None]:
    """Lanes of one link at this end, and the slice (start, width) if only some lanes are joined. Raises Mistake."""
    total = link_lanes(side.target.link) if isinstance(side.target, PortArray) else _connector_lanes(side)
    if not side.unit:
        return total, None
    start, width = slice_bounds(side.lane, side.span)
    if side.unit != "lane":
        raise mistake("HW3102", f"a connection breaks a port out by `.lane`, not by `.{side.unit}`", side.span)
    if total % width:
        raise mistake("HW3102", f"a slice of {width} lanes does not divide the port's {total}", side.span)
    return width, (start, width)


def _connector_lanes(side: Resolved) -> int:
    lanes = side.template.figure("lanes")
    return lanes if isinstance(lanes, int) else 0


def slice_bounds(value: Any, span: Any) -> tuple[Ix, int]:
    """(start, width) of a lane index or slice; the width must be constant. Raises Mistake."""
    from hwdsl.ir.index import sub

    if isinstance(value, Ix):
        return value, 1
    if isinstance(value, range):
        return Ix(value.start), max(0, value.stop - value.start)  # `len` has no room for absurd slices
    lo, hi = value
    width = sub(hi, lo)
    if width.terms or width.const <= 0:
        raise mistake("HW3102", "a slice of lanes has a constant width greater than 0", span,
                      help="write `.lane[4 * i .. 4 * i + 4]`")
    return lo, width.const


def link_lanes(link: Template) -> int:
    """Lanes of a link, one direction; 0 for power and coolant."""
    lanes = link.figure("lanes")
    return lanes if isinstance(lanes, int) else 0


def _agree(stmt: ast.Connect, left: Resolved, right: Resolved, lanes_a: int, lanes_b: int) -> Template:
    """The link of the rule; both ends must fit. Raises Mistake (HW3006, HW3011)."""
    assert stmt.right is not None
    if not isinstance(left.target, PortArray) or not isinstance(right.target, PortArray):  # resolved by elab/connector_links
        target = left.target if isinstance(left.target, PortArray) else right.target
        return target.link if isinstance(target, PortArray) else left.template
    la, lb = left.target.link, right.target.link
    if la.name != lb.name and not _interoperate(la, lb):
        raise mistake("HW3006", f"`{la.name}` on the left does not fit `{lb.name}` on the right", stmt.right.span,
                      label=f"a {lb.name} port", related=(Label(stmt.left.span, f"a {la.name} port"),),
                      help=f"if they do interoperate, say so: `interoperates = [{lb.name}];` in `{la.name}`")
    if lanes_a != lanes_b:
        raise mistake("HW3006", f"a link of {lanes_a} lanes on the left, {lanes_b} on the right", stmt.right.span,
                      label=f"{lanes_b} lanes", related=(Label(stmt.left.span, f"{lanes_a} lanes"),),
                      help="break the wider port out: `port.lane[4 * i .. 4 * i + 4]`")
    ma, mb = left.target.modifier, right.target.modifier
    if "" not in (ma, mb) and ma == mb and ma in ("input", "output"):
        raise mistake("HW3011", f"both ends are {ma}s", stmt.right.span, label=f"an {mb}",
                      related=(Label(stmt.left.span, f"an {ma}"),),
                      help="an `output port` feeds an `input port`; is one of the two declared the wrong way round?")
    if stmt.arrow == "->" and (ma == "input" or mb == "output"):
        raise mistake("HW3011", "`->` leads from an output to an input", stmt.right.span, help="swap the two sides")
    return la


def _interoperate(a: Template, b: Template) -> bool:
    if b.name in a.bases or a.name in b.bases or set(a.bases) & set(b.bases):
        return True
    for x, y in ((a, b), (b, a)):
        listed = x.figure("interoperates")
        if isinstance(listed, tuple) and any(getattr(getattr(v, "definition", None), "item", None) is not None
                                             and v.definition.item.name == y.name for v in listed):
            return True
    return False


