"""Evaluation of expressions: pure, total, exact.

`evaluate(expr, env)` returns a value (see hwdsl.sema.values) or raises `Mistake`. Names bound to `Ix` (variables of a rule being
lowered) flow through `+ - * / %` symbolically; any other operation on them is tabulated over the variables it depends on, so that
every pure expression of rule variables has an index map.

`/` on integers: with a `for` variable on its left it floors (it picks a digit); on counts it is an exact ratio.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwdsl.ir import index as ix
from hwdsl.ir.index import Ix
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import already_reported, did_you_mean, mistake
from hwdsl.sema.operations import combine, compare, from_unit_error, integer, need_number
from hwdsl.sema.show import show
from hwdsl.sema.values import UNKNOWN, ComponentValue, Def, FnValue, Namespace, RangeVal, Value, Word, kind_name
from hwdsl.sema.words import COMPONENT_KINDS, WORDS
from hwdsl.source.span import Span
from hwdsl.syntax import ast
from hwdsl.types import Quantity
from hwdsl.types import quantity as q

TABLE_LIMIT = 1_000_000
"""Entries of a tabulated index expression."""


def evaluate(expr: ast.Expr, env: Env) -> Value:
    """Value of `expr`; raises Mistake."""
    env.budget.steps -= 1
    if env.budget.steps < 0:
        raise mistake("HW1207", "this expression takes more than 3,000,000 steps to evaluate", expr.span,
                      help="comprehensions over large ranges belong in `for` clauses, which stay symbolic")
    handler = _HANDLERS.get(type(expr))
    if handler is None:
        raise mistake("HW1209", "this has no constant value", expr.span)
    try:
        return handler(expr, env)
    except q.UnitError as error:  # a function added or compared what does not fit
        raise from_unit_error(error, expr.span) from None


# ---------------------------------------------------------------- leaves
def _number(e: ast.Number, env: Env) -> Value:
    if e.unit is None:
        return e.value
    try:
        return q.quantity(e.value, e.unit)
    except q.UnitError as error:
        raise from_unit_error(error, e.span) from None


def _name(e: ast.Name, env: Env) -> Value:
    return lookup(e.name, env, e.span)


def lookup(name: str, env: Env, span: Span) -> Value:
    """What a bare name stands for: scopes inside out, the design's own names, the file, builtins, words. Raises Mistake."""
    found, value = env.find(name)
    if found:
        return value
    value = env.hooks.name(name, env, span)
    if value is not None:
        return value
    if env.module is not None:
        value = env.module.lookup(name)
        if value is not None:
            return of_definition(value, env)
        for item in env.module.file.items:
            if isinstance(item, ast.Enum) and any(m.name == name for m in item.members):
                return Word(name, item.name)
    if name == "unknown":
        return UNKNOWN
    from hwdsl.sema.builtins import BUILTINS

    if name in BUILTINS:
        return FnValue(name, None, None, BUILTINS[name])
    if name in WORDS or name in COMPONENT_KINDS:
        return Word(name)
    if env.module is not None and name in env.module.missing:
        raise already_reported()
    known = env.all_names() | set(BUILTINS) | set(env.hooks.functions()) | WORDS
    raise mistake("HW1001", f"unknown name `{name}`", span, help=did_you_mean(name, known))


def of_definition(value: Value, env: Env) -> Value:
    """The value of a declared item (a `Def`) seen from anywhere."""
    if not isinstance(value, Def):
        return value
    item, module = value.item, value.module
    if isinstance(item, ast.Component):
        return ComponentValue(value)
    if isinstance(item, ast.Fn):
        return FnValue(item.name, item, _module_env(module, env))
    if isinstance(item, ast.Const):
        return _module_const(item, _module_env(module, env))
    if isinstance(item, ast.Enum):
        return tuple(Word(m.name, item.name) for m in item.members)
    return value


def _module_env(module: Any, env: Env) -> Env:
    top = Env(module)
    top.budget = env.budget
    top.hooks = env.hooks
    return top


def _module_const(item: ast.Const, env: Env) -> Value:
    from hwdsl.sema.env import Thunk

    cache = env.module.constants if env.module is not None else {}
    thunk = cache.get(item.name)
    if thunk is None:
        thunk = cache[item.name] = Thunk(lambda: evaluate(item.value, env), item.span)
    return thunk.force(item.name)


def _subject(e: ast.SubjectAttr, env: Env) -> Value:
    if env.subject is None:
        raise mistake("HW1209", f"`.{e.name}` stands for an attribute of the element under test; there is none here", e.span,
                      help="write it inside a filter: `gpu[* where .power > 1 kW]`")
    return env.hooks.member(env.subject, e.name, env, e.span)


def _list(e: ast.ListExpr, env: Env) -> Value:
    return tuple(evaluate(i, env) for i in e.items)


def _annotated(e: ast.Annotated, env: Env) -> Value:
    return evaluate(e.value, env)


# ---------------------------------------------------------------- arithmetic
def _neg(e: ast.Neg, env: Env) -> Value:
    value = scalar(evaluate(e.operand, env), env, e.operand.span)
    if isinstance(value, Ix):
        return ix.scale(value, -1)
    if value is UNKNOWN:
        return UNKNOWN
    need_number(value, e.operand.span)
    try:
        return q.neg(value)
    except q.UnitError as error:
        raise from_unit_error(error, e.span) from None


def _binary(e: ast.Binary, env: Env) -> Value:
    a = scalar(evaluate(e.left, env), env, e.left.span)
    b = scalar(evaluate(e.right, env), env, e.right.span)
    return arithmetic(e, a, b, env)


def arithmetic(e: ast.Binary, a: Value, b: Value, env: Env) -> Value:
    """`a op b` on plain values and index maps; `e` gives the places."""
    if isinstance(a, Ix) or isinstance(b, Ix):
        return _symbolic(e, a, b, env)
    floors = e.op == "/" and isinstance(a, int) and isinstance(b, int) and mentions_binder(e.left, env)
    return combine(e, a, b, floors)


def mentions_binder(expr: ast.Expr, env: Env) -> bool:
    """Whether a `for` variable stands in `expr`."""
    return any(env.is_binder(n) for n in free_names(expr))


def _symbolic(e: ast.Binary, a: Value, b: Value, env: Env) -> Value:
    sizes = env.sizes
    if isinstance(a, (int, Ix)) and isinstance(b, (int, Ix)) and not isinstance(a, bool) and not isinstance(b, bool):
        left = a if isinstance(a, Ix) else Ix(a)
        right = b if isinstance(b, Ix) else Ix(b)
        if e.op == "+":
            return plain(ix.add(left, right))
        if e.op == "-":
            return plain(ix.sub(left, right))
        if e.op == "*" and not right.terms:
            return plain(ix.scale(left, right.const))
        if e.op == "*" and not left.terms:
            return plain(ix.scale(right, left.const))
        if e.op in "/%" and not right.terms:
            if right.const == 0:
                raise mistake("HW1202", "division by zero", e.right.span, label="this is 0")
            if right.const > 0:
                return plain(ix.div(left, right.const, sizes) if e.op == "/" else ix.mod(left, right.const, sizes))
    if not isinstance(a, (int, Ix)) or not isinstance(b, (int, Ix)):
        bad, span = (a, e.left.span) if not isinstance(a, (int, Ix)) else (b, e.right.span)
        if isinstance(bad, (Quantity, Fraction)):
            raise NeedsPoint(e)
        raise mistake("HW1201", f"an index is integer arithmetic; this is {kind_name(bad)} ({show(bad)})", span)
    return tabulated(e, env)


def plain(value: Ix) -> Value:
    """A constant map is an int."""
    return value if value.terms else value.const


class NeedsPoint(Exception):
    """The expression has no integer index map (it mixes rule variables and quantities): evaluate it point by point."""

    def __init__(self, expr: ast.Expr) -> None:
        super().__init__("needs a point")
        self.expr = expr


def symbolic_names(expr: ast.Expr, env: Env) -> dict[str, Ix]:
    """Names in `expr` bound to symbolic values."""
    out: dict[str, Ix] = {}
    for name in free_names(expr):
        found, value = env.find(name) if _bound(name, env) else (False, None)
        if found and isinstance(value, Ix):
            out[name] = value
    return out


def _bound(name: str, env: Env) -> bool:
    scope: Env | None = env
    while scope is not None:
        if name in scope.values:
            return isinstance(scope.values[name], Ix)
        scope = scope.parent
    return False


def tabulated(expr: ast.Expr, env: Env) -> Value:
    """The index map of an expression without one: a table over the rule variables it depends on. Raises Mistake."""
    bound = symbolic_names(expr, env)
    names = tuple(sorted(frozenset().union(*(ix.ix_vars(v) for v in bound.values())))) if bound else ()
    size = 1
    for n in names:
        size *= env.sizes[n]
    if size > TABLE_LIMIT:
        raise mistake("HW1207", f"this index expression is not affine, and a table of it would have {size:,} entries", expr.span,
                      help="write it with `+`, `-`, `* constant`, `/ constant` and `% constant`")

    def at(point: dict[str, int]) -> int:
        value = evaluate(expr, at_point(bound, point, env))
        if isinstance(value, bool):
            return int(value)
        if not isinstance(value, int):
            raise mistake("HW1203", f"an index must be an integer; this is {show(value)}", expr.span,
                          notes=("at " + ", ".join(f"{n} = {point[n]}" for n in names),))
        return value

    return plain(ix.tabulate(at, names, env.sizes))


def at_point(bound: dict[str, Ix], point: dict[str, int], env: Env) -> Env:
    """A scope in which the symbolic names have their values at `point`, still marked as `for` variables."""
    inner = env.child()
    for name, value in bound.items():
        inner.bind(name, ix.evaluate(value, point), binder=True)
    return inner


# ---------------------------------------------------------------- comparison and logic
def _compare(e: ast.Compare, env: Env) -> Value:
    a = scalar(evaluate(e.left, env), env, e.left.span)
    b = scalar(evaluate(e.right, env), env, e.right.span)
    if isinstance(a, Ix) or isinstance(b, Ix):
        return _truth_table(e, env)
    return compare(e, a, b)


def _logic(e: ast.Logic, env: Env) -> Value:
    a = _truth(e.left, env)
    if isinstance(a, Ix):
        return _truth_table(e, env)
    if a is (e.op == "or"):
        return a
    b = _truth(e.right, env)
    if isinstance(b, Ix):
        return _truth_table(e, env)
    if e.op == "and":
        return False if b is False else (None if a is None or b is None else True)
    return True if b is True else (None if a is None or b is None else False)


def _not(e: ast.Not, env: Env) -> Value:
    a = _truth(e.operand, env)
    if isinstance(a, Ix):
        return _truth_table(e, env)
    return None if a is None else not a


def _truth_table(expr: ast.Expr, env: Env) -> Value:
    """A condition on rule variables: its table of 0 and 1; a truth value where it is the same at every point."""
    value = tabulated(expr, env)
    return value if isinstance(value, Ix) else bool(value)


def _truth(expr: ast.Expr, env: Env) -> Any:
    value = scalar(evaluate(expr, env), env, expr.span)
    if value is None or isinstance(value, (bool, Ix)):
        return value
    if value is UNKNOWN:
        return None
    raise mistake("HW1201", f"expected a condition (true or false), found {kind_name(value)} ({show(value)})", expr.span)


def _cond(e: ast.Cond, env: Env) -> Value:
    test = _truth(e.test, env)
    if isinstance(test, Ix):
        return _symbolic_cond(e, env)
    if test is None:
        return UNKNOWN
    return evaluate(e.yes if test else e.no, env)


def _symbolic_cond(e: ast.Cond, env: Env) -> Value:
    yes = evaluate(e.yes, env)
    if isinstance(yes, (int, Ix)) and not isinstance(yes, bool):
        return tabulated(e, env)
    raise NeedsPoint(e)


# ---------------------------------------------------------------- ranges, intervals
def _range(e: ast.Range, env: Env) -> Value:
    if e.lo is None or e.hi is None:
        raise mistake("HW1209", "a range outside an index has both bounds", e.span, help="write `0..n`")
    lo = integer(evaluate(e.lo, env), e.lo.span, "a range bound")
    hi = integer(evaluate(e.hi, env), e.hi.span, "a range bound")
    return RangeVal(lo, hi)


def _interval(e: ast.Interval, env: Env) -> Value:
    lo, hi = evaluate(e.lo, env), evaluate(e.hi, env)
    typ = evaluate(e.typ, env) if e.typ is not None else None
    for v, s in ((lo, e.lo.span), (hi, e.hi.span)):
        need_number(v, s)
    if e.typ is not None:
        need_number(typ, e.typ.span)
    try:
        return q.interval(lo, hi, typ)
    except q.UnitError as error:
        raise from_unit_error(error, e.span) from None


def _tolerance(e: ast.Tolerance, env: Env) -> Value:
    mid, tol = evaluate(e.mid, env), evaluate(e.tol, env)
    need_number(mid, e.mid.span)
    need_number(tol, e.tol.span)
    try:
        return q.tolerance(mid, tol)
    except q.UnitError as error:
        raise from_unit_error(error, e.span) from None


# ---------------------------------------------------------------- members, indices, calls
def _packaged(e: ast.Member, env: Env) -> Value:
    """`std.biren.Br166` without a `use`: a public item by the path of its package; None if it is not one."""
    parts = [e.name]
    base = e.base
    while isinstance(base, ast.Member):
        parts.insert(0, base.name)
        base = base.base
    if not isinstance(base, ast.Name) or env.module is None or env.find(base.name)[0] or env.module.lookup(base.name) is not None:
        return None
    found = env.module.packaged((base.name, *parts), e.span)
    return None if found is None else of_definition(found, env)


def _member(e: ast.Member, env: Env) -> Value:
    item = _packaged(e, env)
    if item is not None:
        return item
    base = evaluate(e.base, env)
    if isinstance(base, Namespace):
        value, public = base.module.exported(e.name)
        if value is None or not public:
            raise mistake("HW1001", f"module `{base.module.path}` has no public `{e.name}`", e.span,
                          help=did_you_mean(e.name, base.module.public_names()))
        return of_definition(value, env)
    value = env.hooks.member(base, e.name, env, e.span)
    if value is not None:
        return value
    raise mistake("HW1009", f"{kind_name(base)} has no member `{e.name}`", e.span)


def _index(e: ast.Index, env: Env) -> Value:
    base = evaluate(e.base, env)
    if isinstance(base, (tuple, str)):
        return _list_index(e, base, env)
    value = env.hooks.index(base, e, env)
    if value is not None:
        return value
    raise mistake("HW1201", f"{kind_name(base)} cannot be indexed", e.base.span)


def _list_index(e: ast.Index, base: tuple[Value, ...] | str, env: Env) -> Value:
    if isinstance(e.index, ast.Star):
        return base
    if isinstance(e.index, ast.Range):
        lo = integer(evaluate(e.index.lo, env), e.index.span) if e.index.lo is not None else 0
        hi = integer(evaluate(e.index.hi, env), e.index.span) if e.index.hi is not None else len(base)
        return base[lo:hi]
    at = integer(evaluate(e.index, env), e.index.span)
    if isinstance(at, Ix):
        return tabulated(e, env)
    if not 0 <= at < len(base):
        raise mistake("HW1204", f"index {at} is outside the list of {len(base)}", e.index.span,
                      label=f"this is {at}", help=f"valid indices are 0 to {len(base) - 1}" if base else "the list is empty")
    return base[at]


def _call(e: ast.Call, env: Env) -> Value:
    if isinstance(e.fn, ast.Name):
        if not env.find(e.fn.name)[0]:
            hook = env.hooks.function(e.fn.name)
            if hook is not None:
                return hook(e, env)
    fn = evaluate(e.fn, env)
    if isinstance(fn, ComponentValue):
        return component_call(fn, e, env)
    if not isinstance(fn, FnValue):
        raise mistake("HW1205", f"{kind_name(fn)} is not a function", e.fn.span)
    if any(a.guard is not None for a in e.args):
        raise mistake("HW1205", f"`{fn.name}` takes values, not filters", e.span)
    args = [evaluate(a.value, env) for a in e.args]
    if fn.item is not None:
        return call_function(fn, args, e, env)
    if any(isinstance(a, Ix) for a in args):
        from hwdsl.sema.algebra import MAPS

        symbolic = MAPS[fn.name](args, e, env) if fn.name in MAPS else None
        return symbolic if symbolic is not None else tabulated(e, env)
    assert fn.builtin is not None
    return fn.builtin(args, e, env)


def component_call(fn: ComponentValue, e: ast.Call, env: Env) -> ComponentValue:
    """`Server(k = 2)` as a value."""
    out: list[tuple[str, Value]] = list(fn.args or ())
    for a in e.args:
        if a.name is None:
            raise mistake("HW1205", "arguments of a component are named", a.span, help="write `name = value`")
        out.append((a.name, evaluate(a.value, env)))
    return ComponentValue(fn.definition, tuple(out), e.span)


def call_function(fn: FnValue, args: list[Value], e: ast.Call, env: Env) -> Value:
    """Apply a declared function. Raises Mistake."""
    item = fn.item
    assert item is not None
    scope = Env(fn.env.module if fn.env else None, fn.env)
    scope.sizes = env.sizes
    scope.budget = env.budget
    by_name = {p.name: p for p in item.params}
    order = [p.name for p in item.params]
    for k, (a, value) in enumerate(zip(e.args, args)):
        name = a.name or (order[k] if k < len(order) else None)
        if name is None or name not in by_name:
            raise mistake("HW1205", f"`{item.name}` takes {len(order)} arguments ({', '.join(order)}), not {len(args)}", a.span)
        scope.bind(name, value, binder=isinstance(value, Ix) or mentions_binder(a.value, env))
    for p in item.params:
        if p.name not in scope.values:
            if p.default is None:
                raise mistake("HW1205", f"`{item.name}` needs an argument `{p.name}`", e.span)
            scope.bind(p.name, evaluate(p.default, scope))
    if env.budget.depth > 60:
        raise mistake("HW1206", f"`{item.name}` calls itself without end", e.span,
                      help="functions are total: they may not be recursive")
    env.budget.depth += 1
    try:
        return evaluate(item.body, scope)
    finally:
        env.budget.depth -= 1


def _comprehension(e: ast.Comprehension, env: Env) -> Value:
    if symbolic_names(e, env):
        raise NeedsPoint(e)
    out: list[Value] = []

    def run(k: int, scope: Env) -> None:
        if k == len(e.binders):
            if e.guard is None or _truth(e.guard, scope):
                out.append(evaluate(e.body, scope))
            return
        b = e.binders[k]
        for value in iterate(evaluate(b.domain, scope), b.domain.span):
            inner = scope.child()
            inner.bind(b.name, value, binder=True)
            run(k + 1, inner)

    run(0, env)
    return tuple(out)


def iterate(domain: Value, span: Span) -> Any:
    """The values of a `for` domain: a range or a list."""
    if isinstance(domain, RangeVal):
        return range(domain.lo, domain.hi)
    if isinstance(domain, tuple):
        return domain
    raise mistake("HW1201", f"a `for` variable runs over a range or a list, not {kind_name(domain)}", span,
                  help="write `i in 0..n`")


def _flow_only(e: ast.Expr, env: Env) -> Value:
    raise mistake("HW1209", "`a -> b` stands only as the argument of `rate`, `flow` or `latency`", e.span)


def _star(e: ast.Star, env: Env) -> Value:
    raise mistake("HW1209", "`*` stands only inside an index", e.span)


def _sweep(e: ast.Sweep, env: Env) -> Value:
    raise mistake("HW1209", "`each` stands only in a study", e.span)


def _any_depth(e: ast.AnyDepth, env: Env) -> Value:
    value = env.hooks.name("**." + e.name, env, e.span)
    if value is None:
        raise mistake("HW1209", f"`**.{e.name}` selects parts of a design; there is none here", e.span)
    return value


def _self(e: ast.SelfRef, env: Env) -> Value:
    value = env.hooks.name("self", env, e.span)
    if value is None:
        raise mistake("HW1209", "`self` is the component whose body this is; there is none here", e.span)
    return value


def _error(e: ast.ErrorExpr, env: Env) -> Value:
    raise already_reported()


# ---------------------------------------------------------------- helpers


def scalar(value: Value, env: Env, span: Span) -> Value:
    """A plain value: an attribute selection of one instance is its figure."""
    if value is None or isinstance(value, (int, Fraction, str, Quantity, tuple, Word, Ix)):
        return value
    return env.hooks.scalar(value, span)


def free_names(expr: ast.Expr) -> frozenset[str]:
    """All bare names in an expression (an over-approximation: comprehension binders are included)."""
    from hwdsl.sema.walk import names_of

    return names_of(expr)


_HANDLERS: dict[type, Any] = {
    ast.Number: _number, ast.String: lambda e, env: e.value, ast.Bool: lambda e, env: e.value, ast.Name: _name,
    ast.SubjectAttr: _subject, ast.ListExpr: _list, ast.Annotated: _annotated, ast.Neg: _neg, ast.Binary: _binary,
    ast.Compare: _compare, ast.Logic: _logic, ast.Not: _not, ast.Cond: _cond, ast.Range: _range, ast.Interval: _interval,
    ast.Tolerance: _tolerance, ast.Member: _member, ast.Index: _index, ast.Call: _call, ast.Comprehension: _comprehension,
    ast.FromTo: _flow_only, ast.Star: _star, ast.Sweep: _sweep, ast.AnyDepth: _any_depth, ast.SelfRef: _self,
    ast.ErrorExpr: _error,
}
