"""`bus`: multi-drop nets (busbars, manifolds, laser splitters); in a plane family one for each of its values."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hwdsl.elab.paths import resolve
from hwdsl.elab.spaces import sub_spaces
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Box, BusNet, Path, PlaneRef, PortArray, Template
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.sema.walk import names_of
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.connect import Place
    from hwdsl.elab.context import Elaborator


def add_bus(el: Elaborator, t: Template, item: ast.Bus, env: Env, place: Place) -> None:
    """Add one net, or one for each value of the families around it. Raises Mistake."""
    used = frozenset(itertools.chain.from_iterable(names_of(e) for e in item.joins))
    for b in place.binders:
        if b.name not in used:
            raise mistake("HW3005", f"the variable `{b.name}` is not used: there would be one net of the same ports for each "
                          f"value of `{b.name}`", b.span,
                          help="index a port that it joins with it, or move the bus out of the family")
    for sub in sub_spaces(place.binders, None, env, frozenset(b.name for b in place.binders)):
        _add_net(el, t, item, sub.env, place)


def _add_net(el: Elaborator, t: Template, item: ast.Bus, env: Env, place: Place) -> None:
    from hwdsl.elab.specialise import component_type, specialise

    template = specialise(el, component_type(el, item.type, env), item.type.span)
    joins: list[tuple[Path, Box]] = []
    for expr in item.joins:
        found = resolve(t, expr, env, partial=True)
        if not isinstance(found.target, PortArray):
            raise mistake("HW3007", f"a bus joins ports; this is a {found.template.kind}", expr.span,
                          notes=("ports: " + (", ".join(f"`.{n}`" for n in sorted(found.template.ports)) or "none"),))
        joins.append((found.path, tuple(box_side(c) for c in found.coords)))
    indices = tuple(None if name is None else Ix(env.find(name)[1]) for name in place.family)
    t.buses.append(BusNet(item.name, PlaneRef(place.names, indices), template, tuple(joins), item.span))


def box_side(value: object) -> range:
    """A constant index or slice as an index set."""
    if isinstance(value, range):
        return value
    assert isinstance(value, Ix)
    assert not value.terms, "constant index expected"
    return range(value.const, value.const + 1)
