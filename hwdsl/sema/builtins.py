"""Builtin pure functions of constant expressions. Each takes (args, call, env) and returns a value or raises Mistake."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hwdsl.sema import algebra
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import call_function
from hwdsl.sema.mistake import mistake
from hwdsl.sema.operations import integer, need_number
from hwdsl.sema.show import described, show
from hwdsl.sema.values import FnValue, RangeVal, Value, kind_name
from hwdsl.syntax import ast
from hwdsl.types import Quantity
from hwdsl.types import quantity as q

Args = list[Value]


def _arity(args: Args, call: ast.Call, *counts: int) -> None:
    if len(args) not in counts:
        name = call.fn.name if isinstance(call.fn, ast.Name) else "this function"
        wanted = " or ".join(str(c) for c in counts)
        raise mistake("HW1205", f"`{name}` takes {wanted} argument{'s' if counts != (1,) else ''}, not {len(args)}", call.span)


def _items(value: Value, call: ast.Call) -> tuple[Value, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, RangeVal):
        return tuple(range(value.lo, value.hi))
    raise mistake("HW1201", f"expected a list, found {described(value)}", call.span)


def _int(value: Value, call: ast.Call) -> int:
    out: int = integer(value, call.span, "the argument")
    return out


def length(args: Args, call: ast.Call, env: Env) -> Value:
    """len(list)"""
    _arity(args, call, 1)
    if isinstance(args[0], str):
        return len(args[0])
    return len(_items(args[0], call))


def prefix_sum(args: Args, call: ast.Call, env: Env) -> Value:
    """prefix_sum([5, 4, 4, 5]) = [0, 5, 9, 13, 18]: one longer than its argument"""
    _arity(args, call, 1)
    values = _items(args[0], call)
    for v in values:
        need_number(v, call.span)
    out: list[Value] = [q.mul(values[0], 0) if values else 0]
    for v in values:
        out.append(q.add(out[-1], v))
    return tuple(out)


def _fold_numbers(values: tuple[Value, ...], call: ast.Call, step: Callable[[Any, Any], Any], what: str) -> Value:
    if not values:
        raise mistake("HW1205", f"`{what}` of an empty list", call.span)
    out = values[0]
    for v in values:
        need_number(v, call.span)
    try:
        for v in values[1:]:
            out = step(out, v)
    except q.UnitError as error:
        raise mistake(error.code, error.message, call.span, notes=error.notes, help=error.help) from None
    return out


def total(args: Args, call: ast.Call, env: Env) -> Value:
    """sum(list)"""
    _arity(args, call, 1)
    values = _items(args[0], call)
    return _fold_numbers(values, call, q.add, "sum") if values else 0


def least(args: Args, call: ast.Call, env: Env) -> Value:
    """min(list), min(a, b, ...)"""
    values = _items(args[0], call) if len(args) == 1 else tuple(args)
    return _fold_numbers(values, call, q.minimum, "min")


def greatest(args: Args, call: ast.Call, env: Env) -> Value:
    """max(list), max(a, b, ...)"""
    values = _items(args[0], call) if len(args) == 1 else tuple(args)
    return _fold_numbers(values, call, q.maximum, "max")


def contains(args: Args, call: ast.Call, env: Env) -> Value:
    """contains(list, value)"""
    _arity(args, call, 2)
    return args[1] in _items(args[0], call)


def unique(args: Args, call: ast.Call, env: Env) -> Value:
    """unique(list): first occurrences, in order"""
    _arity(args, call, 1)
    return tuple(dict.fromkeys(_items(args[0], call)))


def reverse(args: Args, call: ast.Call, env: Env) -> Value:
    """reverse(list)"""
    _arity(args, call, 1)
    return tuple(reversed(_items(args[0], call)))


def sort(args: Args, call: ast.Call, env: Env) -> Value:
    """sort(list of numbers)"""
    _arity(args, call, 1)
    values = _items(args[0], call)
    for v in values:
        if not isinstance(v, (int, Fraction)):
            raise mistake("HW1201", f"`sort` takes numbers, found {kind_name(v)}", call.span)
    return tuple(sorted(values))


def concat(args: Args, call: ast.Call, env: Env) -> Value:
    """concat(list, list, ...)"""
    return tuple(v for a in args for v in _items(a, call))


def index_of(args: Args, call: ast.Call, env: Env) -> Value:
    """index_of(list, value): its first place"""
    _arity(args, call, 2)
    values = _items(args[0], call)
    if args[1] not in values:
        raise mistake("HW1204", f"{show(args[1])} is not in the list", call.span)
    return values.index(args[1])


def runs(args: Args, call: ast.Call, env: Env) -> Value:
    """runs(list, n): maximal runs of consecutive members modulo n, as [start, length] pairs"""
    _arity(args, call, 2)
    n = _int(args[1], call)
    members = sorted({_int(v, call) % n for v in _items(args[0], call)}) if n > 0 else []
    inside = set(members)
    if len(members) == n and n:
        return ((0, n),)
    out = []
    for m in members:
        if (m - 1) % n not in inside:
            size = 1
            while (m + size) % n in inside:
                size += 1
            out.append((m, size))
    return tuple(out)


def gcd(args: Args, call: ast.Call, env: Env) -> Value:
    """gcd(a, b)"""
    _arity(args, call, 2)
    return math.gcd(_int(args[0], call), _int(args[1], call))


def lcm(args: Args, call: ast.Call, env: Env) -> Value:
    """lcm(a, b)"""
    _arity(args, call, 2)
    return math.lcm(_int(args[0], call), _int(args[1], call))


def pow_mod(args: Args, call: ast.Call, env: Env) -> Value:
    """pow_mod(base, exponent, modulus)"""
    _arity(args, call, 3)
    base, exponent, modulus = (_int(a, call) for a in args)
    if modulus <= 0 or exponent < 0:
        raise mistake("HW1205", f"`pow_mod` takes an exponent >= 0 and a modulus > 0; these are {exponent} and {modulus}",
                      call.span)
    return pow(base, exponent, modulus)


def power_of(args: Args, call: ast.Call, env: Env) -> Value:
    """pow(base, exponent): a number or quantity to a whole power of at most 4096"""
    _arity(args, call, 2)
    for value in args:
        need_number(value, call.span)
    if args[0] == 0 and q.compare("<", args[1], 0):
        raise mistake("HW1202", "division by zero: 0 to a negative power", call.span)
    try:
        return q.power(args[0], args[1])
    except q.UnitError as error:
        raise mistake(error.code, error.message, call.span, notes=error.notes, help=error.help) from None


def isqrt(args: Args, call: ast.Call, env: Env) -> Value:
    """isqrt(n): floor of the square root"""
    _arity(args, call, 1)
    n = _int(args[0], call)
    if n < 0:
        raise mistake("HW1205", f"`isqrt` of {n}", call.span)
    return math.isqrt(n)


def log2(args: Args, call: ast.Call, env: Env) -> Value:
    """log2(n): exact; n must be a power of two"""
    _arity(args, call, 1)
    n = _int(args[0], call)
    if n <= 0 or n & (n - 1):
        raise mistake("HW1205", f"`log2` takes a power of two; this is {n}", call.span, help="`ceil_log2` rounds up")
    return n.bit_length() - 1


def ceil_log2(args: Args, call: ast.Call, env: Env) -> Value:
    """ceil_log2(n)"""
    _arity(args, call, 1)
    n = _int(args[0], call)
    if n <= 0:
        raise mistake("HW1205", f"`ceil_log2` of {n}", call.span)
    return (n - 1).bit_length()


def floor(args: Args, call: ast.Call, env: Env) -> Value:
    """floor(x) of a plain number"""
    return _rounded(args, call, math.floor)


def ceil(args: Args, call: ast.Call, env: Env) -> Value:
    """ceil(x) of a plain number"""
    return _rounded(args, call, math.ceil)


def _rounded(args: Args, call: ast.Call, how: Callable[[Fraction], int]) -> int:
    _arity(args, call, 1)
    if not isinstance(args[0], (int, Fraction)) or isinstance(args[0], bool):
        raise mistake("HW1201", f"expected a plain number, found {kind_name(args[0])} ({show(args[0])})", call.span,
                      help="divide by a unit first: `ceil(x / (1 kW))`")
    return how(Fraction(args[0]))


def absolute(args: Args, call: ast.Call, env: Env) -> Value:
    """abs(x)"""
    _arity(args, call, 1)
    need_number(args[0], call.span)
    below = q.compare("<", args[0], q.mul(args[0], 0)) if isinstance(args[0], Quantity) else args[0] < 0
    return q.neg(args[0]) if below else args[0]


def fold(args: Args, call: ast.Call, env: Env) -> Value:
    """fold(list, start, f) with f(so_far, item)"""
    _arity(args, call, 3)
    fn = args[2]
    if not isinstance(fn, FnValue):
        raise mistake("HW1205", f"the third argument of `fold` is a function, not {kind_name(fn)}", call.span)
    out = args[1]
    for item in _items(args[0], call):
        env.budget.steps -= 1
        if fn.builtin is not None:
            out = fn.builtin([out, item], call, env)
        else:
            out = call_function(fn, [out, item], _synthetic(call), env)
    return out


def _synthetic(call: ast.Call) -> ast.Call:
    args = tuple(ast.Arg(call.span, None, ast.Number(call.span, 0)) for _ in range(2))
    return ast.Call(call.span, call.fn, args)


BUILTINS: dict[str, Callable[[Args, ast.Call, Env], Value]] = {
    "len": length, "prefix_sum": prefix_sum, "sum": total, "min": least, "max": greatest, "contains": contains, "unique": unique,
    "reverse": reverse, "sort": sort, "concat": concat, "index_of": index_of, "runs": runs, "gcd": gcd, "lcm": lcm,
    "pow_mod": pow_mod, "pow": power_of, "isqrt": isqrt, "log2": log2, "ceil_log2": ceil_log2, "floor": floor, "ceil": ceil,
    "abs": absolute, "fold": fold, **algebra.FUNCTIONS,
}
