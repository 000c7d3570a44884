"""`for` clauses: binders and guards become index spaces.

A binder over `lo..hi` with constant bounds is a variable; one whose bounds depend on an earlier variable makes that variable
STATIC: the statement is unrolled over it into sub-rules. A binder over a list is a variable that looks its value up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hwdsl.elab.context import RANGE_LIMIT, SUBRULE_LIMIT
from hwdsl.ir import index as ix
from hwdsl.ir.index import Ix
from hwdsl.ir.space import Cmp, Space
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import TABLE_LIMIT, NeedsPoint, evaluate, scalar, tabulated
from hwdsl.sema.mistake import mistake
from hwdsl.sema.show import show
from hwdsl.sema.values import RangeVal, kind_name
from hwdsl.sema.walk import names_of
from hwdsl.syntax import ast


class SubSpace:
    """One sub-rule's variables: its scope, its index space, and the values of the variables that were unrolled."""

    __slots__ = ("env", "space", "statics")

    def __init__(self, env: Env, space: Space, statics: dict[str, Any]) -> None:
        self.env = env
        self.space = space
        self.statics = statics


def sub_spaces(binders: tuple[ast.Binder, ...], guard: ast.Expr | None, env: Env,
               static: frozenset[str] = frozenset()) -> list[SubSpace]:
    """The sub-rules of a `for` clause, one if nothing must be unrolled. Raises Mistake."""
    check_shadowing(binders, env)
    static = static | _ragged(binders)
    while True:
        try:
            return list(_expand(binders, guard, env, static))
        except _Static as more:
            if more.names <= static:
                raise mistake("HW1208", "this range depends on a variable in a way that cannot be unrolled",
                              more.expr.span) from None
            static = static | more.names


class _Static(Exception):
    def __init__(self, names: frozenset[str], expr: ast.Expr) -> None:
        super().__init__("static")
        self.names = names
        self.expr = expr


def check_shadowing(binders: tuple[ast.Binder, ...], env: Env) -> None:
    """Raise Mistake if a variable hides a member, a parameter or another variable."""
    seen: dict[str, ast.Binder] = {}
    members = env.context
    for b in binders:
        if b.name in seen:
            raise mistake("HW1007", f"`{b.name}` is bound twice in this `for`", b.span)
        seen[b.name] = b
        found, _ = env.find(b.name) if _bound_plainly(env, b.name) else (False, None)
        if found or (members is not None and members.member(b.name) is not None):
            raise mistake("HW1007", f"the `for` variable `{b.name}` hides a member or parameter of the same name", b.span,
                          help="give the variable another name")


def _bound_plainly(env: Env, name: str) -> bool:
    scope: Env | None = env
    while scope is not None:
        if name in scope.values:
            return True
        scope = scope.parent
    return False


def _ragged(binders: tuple[ast.Binder, ...]) -> frozenset[str]:
    """Variables that a later range mentions."""
    names = {b.name for b in binders}
    out: set[str] = set()
    for b in binders:
        out |= names_of(b.domain) & names
    return frozenset(out)


def _expand(binders: tuple[ast.Binder, ...], guard: ast.Expr | None, env: Env, static: frozenset[str]) -> Iterator[SubSpace]:
    made = 0

    def run(k: int, scope: Env, variables: tuple[tuple[str, int], ...], statics: dict[str, Any]) -> Iterator[SubSpace]:
        nonlocal made
        if k == len(binders):
            made += 1
            if made > SUBRULE_LIMIT:
                raise mistake("HW3013", f"this statement would be unrolled into more than {SUBRULE_LIMIT:,} sub-rules",
                              binders[0].span, help="a variable that bounds another range is unrolled; "
                              "give the other range a constant bound and a `where`")
            space = Space(variables, lower_guard(guard, scope) if guard is not None else ())
            if any(not c.ix.terms and not _constant_holds(c) for c in space.guard):
                return
            yield SubSpace(scope, Space(space.vars, tuple(c for c in space.guard if c.ix.terms)), statics)
            return
        b = binders[k]
        domain = evaluate(b.domain, scope)
        if isinstance(domain, RangeVal) and (isinstance(domain.lo, Ix) or isinstance(domain.hi, Ix)):
            loose = ix.ix_vars(domain.lo) if isinstance(domain.lo, Ix) else frozenset()
            loose |= ix.ix_vars(domain.hi) if isinstance(domain.hi, Ix) else frozenset()
            raise _Static(loose, b.domain)
        if not isinstance(domain, (RangeVal, tuple)):
            raise mistake("HW1201", f"a `for` variable runs over a range or a list, not {kind_name(domain)} ({show(domain)})",
                          b.domain.span,
                          help=f"write `{b.name} in 0..n`")
        if isinstance(domain, RangeVal) and domain.hi - domain.lo > RANGE_LIMIT:
            size = domain.hi - domain.lo
            raise mistake("HW2008", f"`{b.name}` would run over {size:,} values; a variable may have {RANGE_LIMIT:,}",
                          b.domain.span, help="is there a digit too many?")
        values = range(domain.lo, domain.hi) if isinstance(domain, RangeVal) else domain
        if b.name in static:
            for value in values:
                inner = scope.child()
                inner.bind(b.name, value, binder=True)
                yield from run(k + 1, inner, variables, {**statics, b.name: value})
            return
        inner = scope.child()
        inner.sizes = dict(scope.sizes)
        name = b.name
        while name in scope.sizes:  # a pattern's own variable may bear the name of one outside
            name += "'"
        inner.sizes[name] = len(values)
        inner.bind(b.name, _symbol(b, name, values), binder=True)
        yield from run(k + 1, inner, (*variables, (name, len(values))), statics)

    start = env.child()
    start.sizes = dict(env.sizes)
    yield from run(0, start, (), {})


def _constant_holds(c: Cmp) -> bool:
    v = c.ix.const
    return v == 0 if c.op == "==" else v != 0 if c.op == "!=" else v <= 0


def _symbol(b: ast.Binder, name: str, values: Any) -> Any:
    if isinstance(values, range):
        if len(values) == 1:
            return values[0]
        return Ix(values.start, ((1, name),))
    if not all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        raise mistake("HW1203", "a list that a rule runs over holds integers", b.domain.span)
    if len(values) > TABLE_LIMIT:
        raise mistake("HW1207", f"a list of {len(values):,} values", b.domain.span)
    value = ix.table((name,), (len(values),), tuple(values)) if values else Ix(0)
    return value if value.terms else value.const


def lower_guard(guard: ast.Expr, env: Env) -> tuple[Cmp, ...]:
    """A guard as comparisons that must all hold. Raises Mistake."""
    if isinstance(guard, ast.Logic) and guard.op == "and":
        return lower_guard(guard.left, env) + lower_guard(guard.right, env)
    if isinstance(guard, ast.Compare):
        a = scalar(evaluate(guard.left, env), env, guard.left.span)
        b = scalar(evaluate(guard.right, env), env, guard.right.span)
        if _integral(a) and _integral(b) and (isinstance(a, Ix) or isinstance(b, Ix)):
            return (_cmp(guard.op, a if isinstance(a, Ix) else Ix(a), b if isinstance(b, Ix) else Ix(b)),)
    try:
        value = evaluate(guard, env)
    except NeedsPoint:
        value = tabulated(guard, env)
    number = isinstance(guard, (ast.Name, ast.Binary, ast.Neg, ast.Number)) and _integral(value)
    if isinstance(value, Ix) and not number:  # the table of a condition
        return (Cmp("!=", value),)
    if isinstance(value, int) and value in (0, 1) and not number:
        return (Cmp("==", Ix(0 if value else 1)),)
    raise mistake("HW1201", f"expected a condition (true or false), found {kind_name(value)} ({show(value)})", guard.span)


def _integral(value: Any) -> bool:
    return isinstance(value, (int, Ix)) and not isinstance(value, bool)


def _cmp(op: str, a: Ix, b: Ix) -> Cmp:
    if op in ("==", "!="):
        return Cmp(op, ix.sub(a, b))
    if op == "<=":
        return Cmp("<=", ix.sub(a, b))
    if op == "<":
        return Cmp("<=", ix.add(ix.sub(a, b), Ix(1)))
    if op == ">=":
        return Cmp("<=", ix.sub(b, a))
    return Cmp("<=", ix.add(ix.sub(b, a), Ix(1)))
