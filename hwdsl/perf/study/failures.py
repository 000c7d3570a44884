"""What is out of service: parts and ports by path, planes by name."""

from __future__ import annotations

from typing import Any

from hwdsl.elab.bus import box_side
from hwdsl.elab.paths import resolve
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import PortArray, Template
from hwdsl.ir.outages import Exclusion
from hwdsl.node import Record
from hwdsl.query.arguments import planes_of
from hwdsl.query.lifted import declared_paths
from hwdsl.query.select import any_depth_planes
from hwdsl.query.selection import PlaneItem, PlaneSelection
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.syntax import ast


class Failed(Record):
    """Parts and ports, planes, and all of them in words."""

    parts: tuple[Exclusion, ...] = ()
    planes: tuple[PlaneItem, ...] = ()

    def plus(self, other: Failed) -> Failed:
        """Both."""
        return Failed((*self.parts, *other.parts), (*self.planes, *other.planes))

    def in_all(self, root: Template) -> tuple[Exclusion, ...]:
        """The parts and ports, and the parts that lose their supply with them."""
        if not self.parts:
            return ()
        from hwdsl.perf.study.power import unpowered

        return (*self.parts, *unpowered(root, self.parts))

    @property
    def plane_names(self) -> tuple[str, ...]:
        """The planes in words."""
        return tuple(dict.fromkeys("plane " + ".".join((*i.prefix, *i.names)) for i in self.planes))

    def planes_left(self, root: Template, planes: PlaneSelection | None) -> PlaneSelection | None:
        """The planes of a question (None: all links) that have not failed."""
        if not self.planes:
            return planes
        if planes is None:
            named = {names[0] for path in declared_paths(root) for names in root.at(path).planes}
            found = [any_depth_planes(root, n) for n in sorted(named)]
            planes = PlaneSelection(root, tuple(i for p in found if p is not None for i in p.items))
        gone = {(i.prefix, i.names) for i in self.planes if all(f is None for f in i.family)}
        items = []
        for item in planes.items:
            if (item.prefix, item.names) in gone:
                continue
            items.append(item)
        return PlaneSelection(planes.owner, tuple(items))


def outage(root: Template, expr: ast.Expr, env: Env) -> Failed:
    """What an `under failed X` or `--fail X` takes out of service. Raises Mistake."""
    if isinstance(expr, (ast.Name, ast.AnyDepth)):
        value = _plane(expr, env, root)
        if value is not None:
            return Failed((), value.items)
    try:
        found = resolve(root, expr, env, partial=True)
    except Mistake as error:
        if error.diagnostic is None:
            raise
        d = error.diagnostic
        raise mistake("HW6006", f"what should fail does not exist: {d.message}", d.span, notes=d.notes,
                      help=d.help or "a failure is a path such as `rack[0].leaf[2]`, a port or a plane") from None
    if not all(isinstance(c, (Ix, range)) for c in found.coords) or any(isinstance(c, Ix) and c.terms for c in found.coords):
        raise mistake("HW3008", "a failure names parts with constant indices", expr.span)
    if not found.path:
        raise mistake("HW6006", "what should fail is the whole design", expr.span,
                      help="a failure is a path such as `rack[0].leaf[2]`, a port or a plane")
    shape = root.shape(found.path)
    box = tuple(box_side(c) for c in found.coords)
    for axis, (side, n) in enumerate(zip(box, shape)):
        beyond = [x for x in side if not 0 <= x < n]
        if beyond:
            raise mistake("HW6006", f"what should fail does not exist: index {beyond[0]} of `{'.'.join(found.path)}` is outside "
                                    f"0 to {n - 1}", expr.span, notes=(f"axis {axis} of {len(shape)}",) if len(shape) > 1 else ())
    target = "port" if isinstance(found.target, PortArray) else "part"
    return Failed((Exclusion(found.path, box, target, "failed"),), ())


def _plane(expr: ast.Expr, env: Env, root: Template) -> PlaneSelection | None:
    if isinstance(expr, ast.AnyDepth):
        return planes_of(expr, root)
    if isinstance(expr, ast.Name) and any(d.names == (expr.name,) for d in root.planes.values()):
        value: Any = evaluate(expr, env)
        return value if isinstance(value, PlaneSelection) else None
    return None
