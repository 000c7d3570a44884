"""Selectors: how paths, slices and filters become selections."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import PartArray, Path, Template
from hwdsl.ir.space import IndexSet
from hwdsl.node import replace
from hwdsl.query.distinct import union
from hwdsl.query.lifted import declared_paths
from hwdsl.query.selection import (
    AttributeOf,
    Element,
    Group,
    LinkSet,
    PlaneItem,
    PlaneSelection,
    Selection,
    is_port,
    target,
    template_of,
    whole,
)
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import did_you_mean, mistake
from hwdsl.sema.operations import integer
from hwdsl.sema.show import show
from hwdsl.sema.values import ComponentValue, Value, Word, kind_name
from hwdsl.sema.walk import walk
from hwdsl.sema.words import ATTRIBUTES
from hwdsl.source.span import Span
from hwdsl.syntax import ast

ELEMENT_FACTS = ("used", "carried")
"""Facts that differ from element to element; filters on them stay symbolic."""


def name_value(word: str, env: Env) -> Value:
    """What a bare name selects in the design of `env.context`: `self`, a part, port or plane of the body, `**.name`, a
    component."""
    owner = env.context
    if not isinstance(owner, Template) or not owner.sealed:
        return None
    if word == "self":
        return Selection(owner, (whole(owner, ()),))
    if word.startswith("**."):
        return any_depth(owner, word[3:])
    if owner.member(word) is not None:
        return Selection(owner, (whole(owner, (word,)),))
    planes = [d for d in owner.planes.values() if d.names == (word,)]
    if planes:
        return PlaneSelection(owner, (PlaneItem((), (), (word,), (None,)),))
    if env.module is not None and env.module.lookup(word) is not None:
        return None
    found = of_component(owner, word)
    return found if found.groups else None


def any_depth(owner: Template, name: str) -> Value:
    """`**.name`: parts, ports or planes of that name at any depth."""
    groups = []
    for path in declared_paths(owner):
        t = owner.at(path)
        if name in t.parts or name in t.ports:
            groups.append(whole(owner, (*path, name)))
    planes = None if groups else any_depth_planes(owner, name)
    return planes if planes is not None else Selection(owner, tuple(groups))


def nothing_at_any_depth(owner: Template, name: str, span: Span) -> Exception:
    """The Mistake for a `**.name` that nothing bears."""
    known: set[str] = set()
    for path in declared_paths(owner):
        t = owner.at(path)
        known |= {*t.parts, *t.ports, *(names[0] for names in t.planes)}
    return mistake("HW1001", f"no part, port or plane of `{owner.name}` is called `{name}`, at any depth", span,
                   help=did_you_mean(name, known))


def any_depth_planes(owner: Template, name: str) -> PlaneSelection | None:
    """Planes of that name at any depth; None if there are none."""
    planes = [PlaneItem(path, tuple(range(n) for n in owner.shape(path)), (name,), (None,))
              for path in declared_paths(owner) if (name,) in owner.at(path).planes]
    return PlaneSelection(owner, tuple(planes)) if planes else None


def of_component(owner: Template, name: str) -> Selection:
    """All instances of a component (or of a refinement of it)."""
    groups = []
    for path in declared_paths(owner):
        t = owner.at(path)
        if t.name == name or name in t.bases:
            groups.append(whole(owner, path))
    return Selection(owner, tuple(groups))


def of_kind(owner: Template, kind: str) -> Selection:
    """All instances of components of a kind."""
    return Selection(owner, tuple(whole(owner, p) for p in declared_paths(owner) if owner.at(p).kind == kind))


def as_selection(value: Value, owner: Template, span: Span) -> Selection:
    """Parts or ports: a selection as it is, a component's name as all its instances, a kind's word likewise. Raises Mistake."""
    if isinstance(value, Selection):
        return value
    if isinstance(value, ComponentValue):
        return of_component(owner, show(value))
    if isinstance(value, Word):
        return of_kind(owner, value.text)
    if isinstance(value, tuple) and value:
        parts = [as_selection(v, owner, span) for v in value]
        return Selection(owner, union([g for s in parts for g in s.groups]))
    raise mistake("HW5001", f"expected parts or ports, found {kind_name(value)}", span,
                  help="select with a path (`tray[*].gpu`), a component's name (`B200`) or `**.gpu`")


def member_value(base: Value, name: str, env: Env, span: Span) -> Value:
    """`base.name` for values of this layer, None for others. Raises Mistake."""
    if isinstance(base, Element):
        from hwdsl.query.functions.figures import figure_of

        return figure_of(base.owner, base.path, name, env.coding, span)
    if isinstance(base, Selection):
        return _selection_member(base, name, env, span)
    if isinstance(base, PlaneSelection):
        return _plane_member(base, name, span)
    if isinstance(base, LinkSet):
        return AttributeOf(base, name, env.coding)
    facts = getattr(base, "member", None)
    return facts(name, span) if facts is not None and not isinstance(base, Template) else None


def _selection_member(base: Selection, name: str, env: Env, span: Span) -> Value:
    owner = base.owner
    groups: list[Group] = []
    planes: list[PlaneItem] = []
    for g in base.groups:
        if is_port(owner, g.path):
            continue
        t = template_of(owner, g.path)
        if t.member(name) is not None:
            inner = whole(owner, (*g.path, name))
            groups.append(Group(inner.path, g.box + inner.box[len(g.box):], inner.last))
        elif (name,) in t.planes:
            planes.append(PlaneItem(g.path, g.box, (name,), (None,)))
    if groups:
        return Selection(owner, tuple(groups))
    if planes:
        return PlaneSelection(owner, tuple(planes))
    from hwdsl.query.functions.figures import known_attribute

    if name in ATTRIBUTES or any(known_attribute(owner, g.path, name) for g in base.groups):
        return AttributeOf(base, name, env.coding)
    here = sorted({template_of(owner, g.path).name for g in base.groups})
    members: set[str] = set()
    for g in base.groups:
        t = template_of(owner, g.path)
        members |= set(t.parts) | set(t.ports) | set(t.attributes) | {"rate", "kind"}
    raise mistake("HW1009", f"`{', '.join(here) or 'nothing'}` has no part, port, plane or attribute `{name}`", span,
                  help=did_you_mean(name, members))


def _plane_member(base: PlaneSelection, name: str, span: Span) -> Value:
    items = []
    for i in base.items:
        t = base.owner.at(i.prefix)
        if (*i.names, name) in t.planes:
            items.append(PlaneItem(i.prefix, i.box, (*i.names, name), (*i.family, None)))
    if not items:
        known = {d.names[-1] for i in base.items for d in base.owner.at(i.prefix).planes.values() if d.names[:-1] == i.names}
        raise mistake("HW5010", f"there is no plane `{name}` here", span, help=did_you_mean(name, known))
    return PlaneSelection(base.owner, tuple(items))


def index_value(base: Value, node: ast.Index, env: Env) -> Value:
    """`base[index]` for values of this layer, None for others. Raises Mistake."""
    if isinstance(base, PlaneSelection):
        return _plane_index(base, node, env)
    if not isinstance(base, Selection):
        return None
    groups: list[Group] = []
    for g in base.groups:
        groups += _index_group(base.owner, g, node, env)
    return Selection(base.owner, tuple(groups))


def _plane_index(base: PlaneSelection, node: ast.Index, env: Env) -> Value:
    items = []
    for i in base.items:
        decl = base.owner.at(i.prefix).planes[i.names]
        size = decl.sizes[-1]
        if size is None:
            raise mistake("HW3009", f"the plane `{'.'.join(i.names)}` is not a family; it takes no index", node.span)
        chosen = _chosen(node.index, size, i.names[-1], env)
        items.append(replace(i, family=(*i.family[:-1], chosen)))
    return PlaneSelection(base.owner, tuple(items))


def _index_group(owner: Template, g: Group, node: ast.Index, env: Env) -> list[Group]:
    if g.fill >= g.last:
        shown = ".".join(g.path) or owner.name
        raise mistake("HW3009", f"`{shown}` has {g.last} dimension{'s' if g.last != 1 else ''}; this is one index more",
                      node.span)
    at = len(g.box) - g.last + g.fill
    size = owner.shape(g.path)[at]
    flags = g.flags
    if isinstance(node.index, ast.Star) and node.index.guard is not None:
        keep, more = filter_group(owner, g, node.index.guard, env)
        if not keep:
            return []
        flags += more
    chosen = _chosen(node.index, size, g.path[-1], env)
    box = (*g.box[:at], chosen, *g.box[at + 1:])
    return [Group(g.path, box, g.last, g.fill + 1, flags)]


def _chosen(expr: ast.Expr, size: int, name: str, env: Env) -> IndexSet:
    if isinstance(expr, ast.Star):
        return range(size)
    if isinstance(expr, ast.Range):
        lo = integer(evaluate(expr.lo, env), expr.span) if expr.lo is not None else 0
        hi = integer(evaluate(expr.hi, env), expr.span) if expr.hi is not None else size
        if isinstance(lo, Ix) or isinstance(hi, Ix):
            raise mistake("HW1208", "an index here is a constant", expr.span)
        if lo < hi and (lo < 0 or hi > size):
            raise mistake("HW3001", f"`{name}[{lo}..{hi}]` is out of range: `{name}` has {size} elements", expr.span)
        return range(lo, max(lo, hi))
    value = evaluate(expr, env)
    if isinstance(value, tuple) and all(isinstance(v, int) for v in value):
        return tuple(sorted(set(value)))
    at = integer(value, expr.span)
    if isinstance(at, Ix) or not 0 <= at < size:
        raise mistake("HW3001", f"`{name}[{show(at)}]` is out of range: `{name}` has {size} elements", expr.span,
                      help=f"valid indices are 0 to {size - 1}" if size else "the array is empty")
    return range(at, at + 1)


def filter_group(owner: Template, g: Group, guard: ast.Expr, env: Env) -> tuple[bool, tuple[str, ...]]:
    """(keep the group at all, flags that stay symbolic). Raises Mistake."""
    if isinstance(guard, ast.Logic) and guard.op == "and":
        keep_a, flags_a = filter_group(owner, g, guard.left, env)
        keep_b, flags_b = filter_group(owner, g, guard.right, env)
        return keep_a and keep_b, flags_a + flags_b
    if isinstance(guard, ast.SubjectAttr) and guard.name in ELEMENT_FACTS:
        return True, (guard.name,)
    if isinstance(guard, ast.Not) and isinstance(guard.operand, ast.SubjectAttr) and guard.operand.name in ELEMENT_FACTS:
        return True, ("un" + guard.operand.name,)
    if any(isinstance(n, ast.SubjectAttr) and n.name in ELEMENT_FACTS for n in walk(guard)):
        raise mistake("HW5009", "`.used` and `.carried` differ from element to element; join them with `and`, "
                      "negate them with `not`", guard.span)
    inner = env.child()
    inner.subject = Element(owner, g.path)
    value = evaluate(guard, inner)
    if value is None:
        return False, ()
    if not isinstance(value, bool):
        raise mistake("HW5009", f"a filter is a condition; this is {kind_name(value)} ({show(value)})", guard.span,
                      help="compare it: `[* where .power > 1 kW]`")
    return value, ()


def part_paths(sel: Selection) -> list[Path]:
    """Paths of the parts of a selection."""
    return [g.path for g in sel.groups if isinstance(target(sel.owner, g.path), PartArray) or not g.path]


def filter_links(value: Any, guard: ast.Expr, env: Env) -> Any:
    """`links(x) where .rate == ..`: keep the filter for counting."""
    return replace(value, filters=(*value.filters, (guard, env)))
