"""Paths in statements: `compute[t].gpu[g].nvl[p]` becomes names and index maps, checked against the template."""

from __future__ import annotations

from typing import Any

from hwdsl.diag import Label
from hwdsl.ir.index import Ix
from hwdsl.ir.l0 import PartArray, Path, PortArray, Template
from hwdsl.node import Record
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import already_reported, did_you_mean, mistake
from hwdsl.sema.operations import integer
from hwdsl.sema.show import show
from hwdsl.sema.words import CONNECTOR_KINDS
from hwdsl.source.span import Span
from hwdsl.syntax import ast

LANE_UNITS = ("lane", "pair", "half", "fibre")


class Step(Record):
    """One name of a path with its index expressions."""

    name: str
    indices: tuple[ast.Expr, ...]
    span: Span


class Resolved(Record):
    """A resolved path: names, one index (Ix, range for a slice) per dimension, and where it ends.

    target    the part or port array at its end; None for `self`
    template  the template of the part, or the owner of the port
    unit      "lane", "pair", "half", "fibre" after a port or connector, else ""
    lane      the index of that unit (Ix or RangeVal-like range), None without unit
    """

    path: Path
    coords: tuple[Any, ...]
    target: PartArray | PortArray | None
    template: Template
    unit: str
    lane: Any
    span: Span


def steps_of(expr: ast.Expr) -> list[Step]:
    """The names and indices of a path expression, outermost first. Raises Mistake if it is not a path."""
    indices: list[ast.Expr] = []
    out: list[Step] = []
    while True:
        if isinstance(expr, ast.Index):
            indices.insert(0, expr.index)
            expr = expr.base
        elif isinstance(expr, ast.Member):
            out.insert(0, Step(expr.name, tuple(indices), expr.span))
            indices = []
            expr = expr.base
        elif isinstance(expr, ast.Name):
            out.insert(0, Step(expr.name, tuple(indices), expr.span))
            return out
        elif isinstance(expr, ast.SelfRef):
            return out
        else:
            raise mistake("HW3007", "expected a path such as `tray[t].gpu[g].port[p]`", expr.span)


def resolve(t: Template, expr: ast.Expr, env: Env, *, partial: bool = False) -> Resolved:
    """Resolve a path inside template `t`. With `partial`, missing indices mean all elements; without, they are an error.

    Raises Mistake: unknown member (HW1009), too few or too many indices (HW3008, HW3009), index out of range (HW3001) where
    constant.
    """
    here, target = t, None
    path: Path = ()
    coords: list[Any] = []
    unit, lane = "", None
    steps = steps_of(expr)
    bound = _port_argument(steps, env)
    if bound is not None:
        path, coords, target, here = bound.path, list(substituted(bound, steps[0], env)), bound.target, bound.template
        steps = steps[1:]
    for k, step in enumerate(steps):
        if unit:
            raise mistake("HW1009", f"a {unit} has no member `{step.name}`", step.span)
        member = here.member(step.name) if not isinstance(target, PortArray) else None
        if member is None:
            if step.name in LANE_UNITS and target is not None and k == len(steps) - 1:
                unit, lane = step.name, _unit_index(step, env)
                continue
            raise _unknown_member(here, target, step)
        target = member
        path += (step.name,)
        coords.extend(_coordinates(step, member, env, partial))
        if isinstance(member, PartArray):
            here = member.template
    return Resolved(path, tuple(coords), target, here, unit, lane, expr.span)


class PortArgument(Record):
    """A path given to a pattern: `free` are the positions of the coordinates that the pattern indexes."""

    path: Path
    coords: tuple[Any, ...]
    free: tuple[int, ...]
    target: PartArray | PortArray | None
    template: Template

    def sizes(self) -> tuple[int, ...]:
        """Size of each free dimension."""
        return tuple(len(self.coords[k]) for k in self.free)


def _port_argument(steps: list[Step], env: Env) -> PortArgument | None:
    if not steps:
        return None
    found, value = env.find(steps[0].name)
    return value if found and isinstance(value, PortArgument) else None


def substituted(arg: PortArgument, step: Step, env: Env) -> tuple[Any, ...]:
    """Coordinates of `p[i][j]` inside a pattern: the free dimensions of the argument take the indices. Raises Mistake."""
    if len(step.indices) != len(arg.free):
        raise mistake("HW3008", f"`{step.name}` has {len(arg.free)} dimensions here, not {len(step.indices)}", step.span)
    coords = list(arg.coords)
    for at, expr in zip(arg.free, step.indices):
        allowed = arg.coords[at]
        value = index_value(expr, env, len(allowed))
        check_index(value, len(allowed), step.name, expr.span)
        if isinstance(value, Ix):
            coords[at] = Ix(value.const * allowed.step + allowed.start, tuple((c * allowed.step, a) for c, a in value.terms))
        elif isinstance(value, range):
            coords[at] = allowed[value.start:value.stop]
        else:
            raise mistake("HW3008", "a slice in a pattern has constant bounds", expr.span)
    return tuple(coords)


def _unknown_member(here: Template, target: PartArray | PortArray | None, step: Step) -> Exception:
    if isinstance(target, PortArray):
        return mistake("HW1009", f"the port `{target.name}` has no member `{step.name}`", step.span,
                       help="a port offers `.lane[..]` for a breakout")
    if step.name in here.unusable:
        return already_reported()
    members: dict[str, PartArray | PortArray] = {**here.parts, **here.ports}
    ports = ", ".join(f"`{n}{''.join(f'[{d}]' for d in m.dims)}`" for n, m in sorted(members.items())[:12])
    return mistake("HW1009", f"`{here.name}` has no part or port `{step.name}`", step.span,
                   related=(Label(here.span, f"`{here.name}` is declared here"),) if here.span.file else (),
                   notes=(f"it has {ports}",) if members else ("it has neither parts nor ports",),
                   help=did_you_mean(step.name, set(members)))


def _unit_index(step: Step, env: Env) -> Any:
    if len(step.indices) != 1:
        raise mistake("HW3008", f"`.{step.name}` takes one index or slice", step.span)
    return index_value(step.indices[0], env, None)


def _coordinates(step: Step, member: PartArray | PortArray, env: Env, partial: bool) -> list[Any]:
    dims = member.dims
    if len(step.indices) > len(dims):
        shape = "".join(f"[{d}]" for d in dims) or "a single thing, without index"
        plural = "s" if len(dims) != 1 else ""
        raise mistake("HW3009", f"`{step.name}` has {len(dims)} dimension{plural}, not {len(step.indices)}", step.span,
                      notes=(f"it is declared as {step.name}{shape}" if dims else f"`{step.name}` is {shape}",))
    if len(step.indices) < len(dims) and not partial:
        raise mistake("HW3008", f"`{step.name}` is an array of {' x '.join(map(str, dims))}; say which element", step.span,
                      help=f"write `{step.name}{''.join(f'[{c}]' for c in 'ijkl'[:len(dims)])}` and bind the indices with `for`")
    out = []
    for expr, size in zip(step.indices, dims):
        value = index_value(expr, env, size)
        check_index(value, size, step.name, expr.span)
        out.append(value)
    out.extend(range(d) for d in dims[len(step.indices):])
    return out


def index_value(expr: ast.Expr, env: Env, size: int | None) -> Any:
    """An index: Ix for one element, `range` (or (Ix, Ix) bounds while symbolic) for a slice."""
    if isinstance(expr, ast.Star):
        if expr.guard is not None:
            raise mistake("HW3007", "a filter stands in queries, not in statements", expr.span)
        if size is None:
            raise mistake("HW3008", "`*` needs an array of known size", expr.span)
        return range(size)
    if isinstance(expr, ast.Range):
        lo = integer(evaluate(expr.lo, env), expr.span) if expr.lo is not None else 0
        hi = integer(evaluate(expr.hi, env), expr.span) if expr.hi is not None else size
        if hi is None:
            raise mistake("HW3008", "a slice without an upper bound needs an array of known size", expr.span)
        if isinstance(lo, int) and isinstance(hi, int):
            return range(lo, hi)
        return (lo if isinstance(lo, Ix) else Ix(lo), hi if isinstance(hi, Ix) else Ix(hi))
    value = integer(evaluate(expr, env), expr.span)
    return value if isinstance(value, Ix) else Ix(value)


def check_index(value: Any, size: int, name: str, span: Span) -> None:
    """Raise Mistake for a constant index or slice outside `0..size`."""
    if isinstance(value, Ix) and not value.terms and not 0 <= value.const < size:
        valid = f"valid indices are 0 to {size - 1}" if size else "the array is empty"
        raise mistake("HW3001", f"`{name}[{value.const}]` is out of range: `{name}` has {size} elements", span,
                      label=f"this is {value.const}",
                      help=valid)
    if isinstance(value, range) and len(value) and (value.start < 0 or value[-1] >= size):
        raise mistake("HW3001", f"`{name}[{value.start}..{value.stop}]` is out of range: `{name}` has {size} elements", span,
                      help="slices are half open: `0..n` has n elements")


def is_connector(target: PartArray | PortArray | None) -> bool:
    """Whether a path ends at a connector or pluggable module."""
    return isinstance(target, PartArray) and target.template.kind in CONNECTOR_KINDS


def describe(value: Any) -> str:
    """An index for a message."""
    if isinstance(value, range):
        return f"{value.start}..{value.stop}"
    return show(value)
