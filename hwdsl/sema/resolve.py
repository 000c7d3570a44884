"""Names in bodies that nothing elaborates: every bare name must mean something, whatever the parameters."""

from __future__ import annotations

from collections.abc import Collection

from hwdsl.diag import Diagnostics
from hwdsl.sema.builtins import BUILTINS
from hwdsl.sema.mistake import did_you_mean
from hwdsl.sema.project import Module
from hwdsl.sema.values import Def
from hwdsl.sema.walk import walk
from hwdsl.sema.words import ATTRIBUTES, COMPONENT_KINDS, WORDS
from hwdsl.syntax import ast

_ALWAYS = frozenset(BUILTINS) | WORDS | COMPONENT_KINDS | frozenset(ATTRIBUTES) \
    | {"unknown", "auto", "U", "slot", "xy", "edge", "side"}


def resolve_module(module: Module, diagnostics: Diagnostics, reached: Collection[ast.Item] = (),
                   functions: Collection[str] = ()) -> None:
    """Report unknown names in the components and patterns of a file that were not elaborated (`reached` were).

    `functions` are the names that queries add to the language.
    """
    for name in sorted(module.items):
        item = module.items[name].item
        if isinstance(item, (ast.Component, ast.Pattern)) and item not in reached:
            _resolve(module, item, diagnostics, frozenset(functions))


def _resolve(module: Module, item: ast.Component | ast.Pattern, diagnostics: Diagnostics, functions: frozenset[str]) -> None:
    known = set(_ALWAYS | functions) | module.names() | module.missing
    known |= _declared(item)
    known |= {m.name for other in module.file.items if isinstance(other, ast.Enum) for m in other.members}
    base = item.base if isinstance(item, ast.Component) else None
    while base is not None:
        found = module.lookup(base.path[0])
        if not isinstance(found, Def) or not isinstance(found.item, ast.Component):
            return
        known |= _declared(found.item)
        base = found.item.base
        module = found.module
        known |= module.names()
    for node in walk(item):
        if isinstance(node, ast.Name) and node.name not in known:
            diagnostics.error("HW1001", f"unknown name `{node.name}`", node.span, help=did_you_mean(node.name, known))


def _declared(item: ast.Item) -> set[str]:
    """Every name a body declares, at any depth (an over-approximation: it may hide a mistake, it never invents one)."""
    out: set[str] = set()
    for node in walk(item):
        if isinstance(node, (ast.Binder, ast.Param, ast.Const, ast.Fn, ast.Part, ast.Port, ast.Plane, ast.Mode, ast.State,
                             ast.Component, ast.Bus, ast.Arg)):
            if node.name:
                out.add(node.name)
        elif isinstance(node, ast.Enum):
            out |= {m.name for m in node.members}
        elif isinstance(node, ast.TypeRef):
            for d in node.dims:
                if isinstance(d, ast.Name):
                    out.add(d.name)
    return out
