"""`bus`: multi-drop nets (busbars, manifolds, laser splitters)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwdsl.elab.paths import resolve
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import Box, BusNet, Path, PlaneRef, PortArray, Template
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import mistake
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.elab.connect import Place
    from hwdsl.elab.context import Elaborator


def add_bus(el: Elaborator, t: Template, item: ast.Bus, env: Env, place: Place) -> None:
    """Add one net. Raises Mistake."""
    from hwdsl.elab.specialise import component_type, specialise

    template = specialise(el, component_type(el, item.type, env), item.type.span)
    joins: list[tuple[Path, Box]] = []
    for expr in item.joins:
        found = resolve(t, expr, env, partial=True)
        if not isinstance(found.target, PortArray):
            raise mistake("HW3007", f"a bus joins ports; this is a {found.template.kind}", expr.span,
                          notes=("ports: " + (", ".join(f"`.{n}`" for n in sorted(found.template.ports)) or "none"),))
        joins.append((found.path, tuple(box_side(c) for c in found.coords)))
    t.buses.append(BusNet(item.name, PlaneRef(place.names, tuple(None for _ in place.names)), template, tuple(joins), item.span))


def box_side(value: object) -> range:
    """A constant index or slice as an index set."""
    if isinstance(value, range):
        return value
    assert isinstance(value, Ix)
    assert not value.terms, "constant index expected"
    return range(value.const, value.const + 1)
