"""Builtin functions that build regular and random networks: finite fields, difference sets, random graphs.

Like all builtins they take (args, call, env) and return a value or raise Mistake. `MAPS` holds those that keep index maps
symbolic: a sum in a field is a sum modulo its prime for each digit, so a rule over it needs no table.
"""

from __future__ import annotations

from collections.abc import Callable

from hwdsl.ir import index as ix
from hwdsl.ir.index import Ix, Sizes, Table
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.finite_field import ORDER_LIMIT, Field, field, prime_factors, prime_power
from hwdsl.sema.finite_field import difference_set as singer
from hwdsl.sema.mistake import mistake
from hwdsl.sema.operations import integer
from hwdsl.sema.random_graph import SWAPS_PER_LINK
from hwdsl.sema.random_graph import random_graph as random_links
from hwdsl.sema.show import described
from hwdsl.sema.values import FnValue, RangeVal, Value
from hwdsl.syntax import ast

Args = list[Value]
WORD = 1 << 64
"""Whole numbers of which it is decided whether they are prime powers; also the seeds."""
LINK_LIMIT = 50_000
"""Links of a random graph."""


def _whole(args: Args, call: ast.Call, count: int) -> list[int]:
    name = call.fn.name if isinstance(call.fn, ast.Name) else "this function"
    if len(args) != count:
        raise mistake("HW1205", f"`{name}` takes {count} argument{'s' if count > 1 else ''}, not {len(args)}", call.span)
    return [int(integer(a, call.span, "the argument")) for a in args]


def no_field(q: int) -> str:
    """Why there is no field of q elements; "" if there is one."""
    if 1 < q < WORD and prime_power(q) is not None:
        return ""
    if q < 2:
        return f"{q} is not a power of a prime: the smallest field has 2 elements"
    factors = f" = {' * '.join(str(f) for f in prime_factors(q))}" if q <= ORDER_LIMIT else ""
    return f"{q}{factors} is not a power of a prime: no field has {q} elements"


def field_of(q: int, call: ast.Call, env: Env) -> Field:
    """The field of q elements. Raises Mistake (HW1213)."""
    known = env.budget.fields.get(q)
    if known is not None:
        return known
    if q > ORDER_LIMIT:
        raise mistake("HW1213", f"a field of {q:,} elements is not built", call.span, notes=(f"up to {ORDER_LIMIT:,} are",))
    reason = no_field(q)
    if reason:
        raise mistake("HW1213", f"there is no finite field of {q} elements", call.span, notes=(reason,),
                      help="the sizes are 2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, ...: `is_prime_power(q)` tells")
    p, k = prime_power(q) or (q, 1)
    made = env.budget.fields[q] = field(p, k)
    return made


def _element(f: Field, value: int, call: ast.Call) -> int:
    if not 0 <= value < f.order:
        raise mistake("HW1204", f"{value} is no element of the field of {f.order}: they are 0 to {f.order - 1}", call.span)
    return value


def is_prime_power(args: Args, call: ast.Call, env: Env) -> Value:
    """is_prime_power(q): whether there is a finite field of q elements"""
    (q,) = _whole(args, call, 1)
    if q >= WORD:
        raise mistake("HW1205", "`is_prime_power` takes a number below 2^64", call.span)
    return not no_field(q)


def gf_add(args: Args, call: ast.Call, env: Env) -> Value:
    """gf_add(q, a, b): the sum in the field of q elements, which are numbered 0 to q - 1; for prime q, (a + b) % q"""
    q, a, b = _whole(args, call, 3)
    f = field_of(q, call, env)
    return f.add(_element(f, a, call), _element(f, b, call))


def gf_sub(args: Args, call: ast.Call, env: Env) -> Value:
    """gf_sub(q, a, b): the difference in the field of q elements"""
    q, a, b = _whole(args, call, 3)
    f = field_of(q, call, env)
    return f.sub(_element(f, a, call), _element(f, b, call))


def gf_mul(args: Args, call: ast.Call, env: Env) -> Value:
    """gf_mul(q, a, b): the product in the field of q elements; for prime q, a * b % q"""
    q, a, b = _whole(args, call, 3)
    f = field_of(q, call, env)
    return f.mul(_element(f, a, call), _element(f, b, call))


def gf_pow(args: Args, call: ast.Call, env: Env) -> Value:
    """gf_pow(q, a, n): a to the power n >= 0 in the field of q elements"""
    q, a, n = _whole(args, call, 3)
    f = field_of(q, call, env)
    if n < 0:
        raise mistake("HW1205", f"`gf_pow` takes a power >= 0; this is {n}", call.span)
    return f.power(_element(f, a, call), n)


def gf_primitive(args: Args, call: ast.Call, env: Env) -> Value:
    """gf_primitive(q): the first element whose powers are all elements of the field of q but 0"""
    (q,) = _whole(args, call, 1)
    return field_of(q, call, env).primitive()


def difference_set(args: Args, call: ast.Call, env: Env) -> Value:
    """difference_set(q): q + 1 numbers below n = q * q + q + 1 whose differences modulo n are 1 to n - 1, each once; q is a prime
    power"""
    (q,) = _whole(args, call, 1)
    f = field_of(q, call, env)
    _spend(env, 10 * q * q, call)
    return tuple(singer(f))


def random_regular(args: Args, call: ast.Call, env: Env) -> Value:
    """random_regular(n, degree, seed): random_graph of n nodes with `degree` links each"""
    n, degree, seed = _whole(args, call, 3)
    if n < 0 or degree < 0:
        raise mistake("HW1205", f"`random_regular` takes numbers >= 0; these are {n} and {degree}", call.span)
    if n and degree >= n:
        raise mistake("HW1214", f"{n} nodes cannot have {degree} links each to different nodes: there are {n - 1} others",
                      call.span)
    if n * degree % 2:
        raise mistake("HW1214", f"{n} nodes of {degree} links each have {n * degree} ends of links: an odd number makes no pairs",
                      call.span, help="make the number of nodes or of links even")
    _within_limit(n * degree // 2, call)
    return _wires((degree,) * (n if degree else 0), seed, call, env)


def random_graph(args: Args, call: ast.Call, env: Env) -> Value:
    """random_graph(degrees, seed): links [node, port, node, port] of a random graph; node i has degrees[i] ports, all in use, and
    two nodes have at most one link"""
    if len(args) != 2:
        raise mistake("HW1205", f"`random_graph` takes 2 arguments, not {len(args)}", call.span)
    given = tuple(range(args[0].lo, args[0].hi)) if isinstance(args[0], RangeVal) else args[0]
    if not isinstance(given, tuple):
        raise mistake("HW1201", f"expected a list, found {described(given)}", call.span)
    degrees = tuple(int(integer(d, call.span, "a number of links")) for d in given)
    if any(d < 0 for d in degrees):
        raise mistake("HW1205", f"`random_graph` takes numbers >= 0; one is {min(degrees)}", call.span)
    if sum(degrees) % 2:
        raise mistake("HW1214", f"{len(degrees)} nodes with {sum(degrees)} ends of links: an odd number makes no pairs",
                      call.span)
    return _wires(degrees, int(integer(args[1], call.span, "the seed")), call, env)


def _wires(degrees: tuple[int, ...], seed: int, call: ast.Call, env: Env) -> Value:
    if not 0 <= seed < WORD:
        raise mistake("HW1205", f"a seed is a number from 0 to 2^64 - 1; this is {seed}", call.span)
    _within_limit(sum(degrees) // 2, call)
    _spend(env, SWAPS_PER_LINK * (sum(degrees) // 2), call)
    links = random_links(degrees, seed)
    if links is None:
        raise mistake("HW1214", f"no graph has nodes of {len(degrees)} such degrees without loops and double links", call.span,
                      notes=(f"the greatest is {max(degrees)}, the sum {sum(degrees)}",),
                      help="nodes with many links need as many others that still have a port free")
    used = [0] * len(degrees)
    out = []
    for a, b in links:
        out.append((a, used[a], b, used[b]))
        used[a] += 1
        used[b] += 1
    return tuple(out)


def _within_limit(links: int, call: ast.Call) -> None:
    if links > LINK_LIMIT:
        raise mistake("HW1207", f"a random graph of {links:,} links", call.span, notes=(f"the limit is {LINK_LIMIT:,}",))


def _spend(env: Env, steps: int, call: ast.Call) -> None:
    """Take as many steps off the budget as the work is worth."""
    env.budget.steps -= steps
    if env.budget.steps < 0:
        raise mistake("HW1207", "this expression takes more than 3,000,000 steps to evaluate", call.span)


# ---------------------------------------------------------------- sums of index maps
def _digit(value: Ix, place: int, p: int, sizes: Sizes) -> Ix:
    """One base-p digit of a map, `place` a power of p; of a table, the table of the digits."""
    if len(value.terms) == 1 and value.const == 0 and value.terms[0][0] == 1:
        atom = value.terms[0][1]
        if isinstance(atom, Table):
            return ix.table(atom.vars, atom.sizes, tuple(x // place % p for x in atom.data))
    return ix.mod(ix.div(value, place, sizes), p, sizes)


def _sum_map(args: Args, call: ast.Call, env: Env, sign: int) -> Value | None:
    """The map of a + sign * b; None where the field is not constant or an argument may leave it."""
    if len(args) != 3 or not isinstance(args[0], int) or any(not isinstance(a, (int, Ix)) for a in args[1:]):
        return None
    f = field_of(args[0], call, env)
    left, right = (a if isinstance(a, Ix) else Ix(a) for a in args[1:])
    for side in (left, right):
        low, high = ix.bounds(side, env.sizes)
        if low < 0 or high >= f.order:
            return None
    out = Ix(0)
    for i in range(f.k):
        a, b = (_digit(side, f.p**i, f.p, env.sizes) for side in (left, right))
        out = ix.add(out, ix.scale(ix.mod(ix.add(a, ix.scale(b, sign)), f.p, env.sizes), f.p**i))
    return out if out.terms else out.const


def _add_map(args: Args, call: ast.Call, env: Env) -> Value | None:
    return _sum_map(args, call, env, 1)


def _sub_map(args: Args, call: ast.Call, env: Env) -> Value | None:
    return _sum_map(args, call, env, -1)


Builtin = Callable[[Args, ast.Call, Env], Value]

FUNCTIONS: dict[str, Builtin] = {
    "is_prime_power": is_prime_power, "gf_add": gf_add, "gf_sub": gf_sub, "gf_mul": gf_mul, "gf_pow": gf_pow,
    "gf_primitive": gf_primitive, "difference_set": difference_set,
    "random_regular": random_regular, "random_graph": random_graph,
}
MAPS: dict[str, Builtin] = {"gf_add": _add_map, "gf_sub": _sub_map}
"""Functions of index maps by name of the builtin: an index map, or None where only a table will do."""


def because(condition: ast.Expr, env: Env) -> tuple[str, ...]:
    """Why a condition does not hold, where a builtin of this file can say more than its name: notes for the report."""
    if not isinstance(condition, ast.Call) or not isinstance(condition.fn, ast.Name) or len(condition.args) != 1:
        return ()
    asked = evaluate(condition.fn, env)
    q = evaluate(condition.args[0].value, env)
    mine = isinstance(asked, FnValue) and asked.builtin is is_prime_power
    return (no_field(q),) if mine and isinstance(q, int) else ()
