"""A call in a study: its arguments, `each` spread out, and the one network it is asked of."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.node import Record, replace
from hwdsl.perf.study.latency import Assumed
from hwdsl.perf.study.routings import ROUTINGS
from hwdsl.perf.traffic.arrivals import PATTERNS, SIZES
from hwdsl.perf.traffic.collectives import ALGORITHMS, HIERARCHICAL, IN_NETWORK
from hwdsl.perf.traffic.experts import PLACEMENTS
from hwdsl.perf.traffic.permutations import KINDS
from hwdsl.query.arguments import need_parts, planes_of
from hwdsl.query.distinct import plane_union
from hwdsl.query.select import as_selection
from hwdsl.query.selection import PlaneSelection, Selection, group_text
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import did_you_mean, mistake
from hwdsl.sema.operations import integer
from hwdsl.sema.show import described, show
from hwdsl.sema.values import RangeVal, Value, Word, kind_name
from hwdsl.source import Span
from hwdsl.syntax import ast
from hwdsl.types import Quantity

COMMON = ("over", "plane", "routing", "table", "seed", "sharing", "link_latency", "switch_latency", "packet")
TAKES: dict[str, tuple[str, ...]] = {
    "all_reduce": ("size", "algorithm", "group"), "all_gather": ("size", "algorithm", "group"),
    "reduce_scatter": ("size", "algorithm", "group"), "broadcast": ("size", "algorithm"),
    "all_to_all": ("size", "schedule"), "all_to_all_v": ("matrix", "schedule"),
    "permutation": ("size", "kind", "by", "targets"), "send_recv": ("size", "src", "dst"), "incast": ("size", "root"),
    "halo": ("size", "shape", "periodic"), "flows": ("trace",),
    "arrivals": ("load", "size", "distribution", "count", "pattern", "root"),
    "moe_dispatch": ("experts", "top_k", "tokens", "hidden", "bytes", "overhead", "placement", "imbalance", "deduplicate"),
    "moe_combine": ("experts", "top_k", "tokens", "hidden", "bytes", "overhead", "placement", "imbalance", "deduplicate"),
}
"""Arguments of each kind of traffic beside those in COMMON."""

COME_AND_GO = ("flows", "arrivals")
"""Traffic whose flows begin at times of their own: they share links max-min fairly, whatever `sharing` says of steps."""

WORDS = ("algorithm", "routing", "schedule", "kind", "placement", "sharing", "distribution", "pattern")
"""Arguments whose value is a word, whatever else in the design bears that name."""


MOST_BITS = 10**100
"""Times are floating-point numbers in the end."""


class Call(Record):
    """One call with every argument settled: `name`, values by argument, the expressions they come from, and where it stands."""

    name: str
    values: dict[str, Value]
    args: dict[str, ast.Arg]
    span: Span
    text: str

    def value(self, name: str, default: Value = None) -> Value:
        """The value of an argument."""
        return self.values.get(name, default)

    def at(self, name: str) -> Span:
        """Where an argument stands."""
        return self.args[name].span if name in self.args else self.span


def settle(expr: ast.Expr, env: Env, defaults: dict[str, ast.Expr]) -> Iterator[Call]:
    """Every call that a statement of a study makes: one for each combination of its `each` lists. Raises Mistake."""
    if not isinstance(expr, ast.Call) or not isinstance(expr.fn, ast.Name):
        raise mistake("HW6001", "a study holds calls such as `all_to_all(over = **.gpu, size = 1 GiB);`", expr.span)
    name = expr.fn.name
    if name not in TAKES:
        raise mistake("HW6001", f"`{name}` is no traffic a study knows", expr.fn.span,
                      notes=("it knows " + ", ".join(f"`{n}`" for n in TAKES),), help=did_you_mean(name, set(TAKES)))
    allowed = tuple(a for a in (*COMMON, *TAKES[name]) if a != "sharing" or name not in COME_AND_GO)
    args: dict[str, ast.Arg] = {}
    for a in expr.args:
        if a.name is None:
            raise mistake("HW6002", f"arguments of `{name}` are named", a.span, help=f"write `{allowed[0]} = ...`")
        if a.name == "algorithm" and name == "all_to_all":
            a = replace(a, name="schedule")
        if a.name not in allowed:
            raise mistake("HW6002", f"`{name}` has no argument `{a.name}`", a.span,
                          notes=("it takes " + ", ".join(f"`{n}`" for n in allowed),),
                          help=did_you_mean(str(a.name), set(allowed)))
        if a.name in args:
            raise mistake("HW6002", f"`{a.name}` is given twice", a.span)
        args[a.name] = a
    own = set(args)
    for key, default in defaults.items():
        if key in allowed and key not in args:
            args[key] = ast.Arg(default.span, key, default)
    order = list(args)
    choices = [_choices(args[key], env) for key in order]
    for values in product(*choices):
        settled = dict(zip(order, values))
        check_words(Call(name, settled, args, expr.span, name))
        shown = ", ".join(f"{k} = {_shown(v)}" for k, v in settled.items()
                          if k in own or isinstance(args[k].value, ast.Sweep))
        yield Call(name, settled, args, expr.span, f"{name}({shown})")


def known_words(name: str) -> dict[str, tuple[str, ...]]:
    """The words that each argument of a kind of traffic may be."""
    out: dict[str, tuple[str, ...]] = {"routing": tuple(ROUTINGS), "sharing": ("fluid", "max_min"), "placement": PLACEMENTS,
                                       "kind": KINDS, "distribution": SIZES, "pattern": PATTERNS}
    if name in ALGORITHMS:
        out["algorithm"] = algorithms(name)
    out["schedule"] = ("concurrent", "pairwise", "direct") if name == "all_to_all" else ("concurrent", "pairwise")
    return out


def check_words(call: Call) -> None:
    """Raise Mistake for a word that an argument does not know."""
    for argument, known in known_words(call.name).items():
        if argument in call.values:
            word(call, argument, known, "", "a study" if argument in ("routing", "sharing") else "")


def _shown(value: Value) -> str:
    if isinstance(value, Selection):
        names = [group_text(value.owner, g) for g in value.groups]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]" if len(names) < 5 else f"{len(names)} selections"
    if isinstance(value, PlaneSelection):
        return plane_name(value)
    return show(value)


def plane_name(planes: PlaneSelection | None) -> str:
    """Planes in words."""
    if planes is None:
        return "links"
    return ", ".join(dict.fromkeys(".".join(i.names) for i in planes.items))


def _choices(arg: ast.Arg, env: Env) -> list[Value]:
    expr = arg.value
    if not isinstance(expr, ast.Sweep):
        return [_value(arg.name or "", expr, env)]
    if isinstance(expr.values, ast.ListExpr):
        out = [_value(arg.name or "", item, env) for item in expr.values.items]
    else:
        value = evaluate(expr.values, env)
        if isinstance(value, RangeVal):
            out = list(range(integer(value.lo, expr.span), integer(value.hi, expr.span)))
        elif isinstance(value, tuple):
            out = list(value)
        else:
            raise mistake("HW6002", f"`each` takes a list or a range, not {kind_name(value)}", expr.span)
    if not out:
        raise mistake("HW6002", "`each` of an empty list: there is nothing to evaluate", expr.span)
    return out


def _value(name: str, expr: ast.Expr, env: Env) -> Value:
    if name in WORDS and isinstance(expr, ast.Name) and not env.find(expr.name)[0]:
        return Word(expr.name)
    owner = env.context
    if name == "plane":
        return _planes(expr, env, owner)
    if name in ("over", "src", "dst") or (name == "root" and not isinstance(expr, ast.Number)):
        value = evaluate(expr, env)
        if name == "root" and isinstance(value, int):
            return value
        if name in ("src", "dst") and isinstance(value, tuple) and value:  # a flow for every mention
            mentions = [as_selection(v, owner, expr.span) for v in value]
            return need_parts(Selection(owner, tuple(g for s in mentions for g in s.groups)), expr.span)
        found = need_parts(as_selection(value, owner, expr.span), expr.span)
        return _apart(found, expr.span) if name == "over" else found
    return evaluate(expr, env)


def _apart(found: Selection, span: Span) -> Selection:
    """Endpoints of which none holds another. Raises Mistake."""
    paths = [g.path for g in found.groups]
    for a in paths:
        for b in paths:
            if a != b and b[: len(a)] == a:
                raise mistake("HW6002", f"`over` names `{'.'.join(a) or 'self'}` and `{'.'.join(b)}`, which lies in it", span,
                              help="endpoints are parts side by side: name the outer or the inner ones")
    return found


def _planes(expr: ast.Expr, env: Env, owner: Template) -> PlaneSelection:
    written = expr.items if isinstance(expr, ast.ListExpr) else (expr,)
    items: list[Any] = []
    for e in written:
        value = planes_of(e, owner) or evaluate(e, env)
        for v in value if isinstance(value, tuple) else (value,):
            if not isinstance(v, PlaneSelection):
                known = ", ".join(f"`{n}`" for n in sorted({d.names[0] for d in owner.planes.values()}))
                raise mistake("HW5010", f"expected a plane, found {described(v)}", e.span,
                              help=f"planes here: {known}" if known else "")
            items += v.items
    if not items:
        raise mistake("HW5010", "`plane` is an empty list: no plane is named", expr.span)
    return plane_union(owner, items, expr.span)


# ---------------------------------------------------------------- values of arguments
def bits(call: Call, name: str, default: Fraction | None = None) -> Fraction:
    """An amount of information in bits. Raises Mistake."""
    value = call.value(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise mistake("HW6002", f"`{call.name}` needs `{name}`", call.span, help=f"for example `{name} = 1 GiB`")
    if not isinstance(value, Quantity) or value.dim.name != "information" or not value.is_exact:
        raise mistake("HW6002", f"`{name}` is an amount of information such as `1 GiB`, not {_said(value)}",
                      call.at(name))
    if value.nom < 0:
        raise mistake("HW6002", f"`{name}` is negative ({show(value)})", call.at(name))
    if value.nom > MOST_BITS:
        raise mistake("HW6002", f"`{name}` is too large to reckon with: above 1e100 bits", call.at(name))
    return Fraction(value.nom)


def _said(value: Value) -> str:
    return f"an interval ({show(value)})" if isinstance(value, Quantity) and not value.is_exact else described(value)


def count(call: Call, name: str, default: int | None = None, least: int = 1) -> int:
    """A whole number of at least `least`. Raises Mistake."""
    value = call.value(name, default)
    if value is None:
        raise mistake("HW6002", f"`{call.name}` needs `{name}`", call.span)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise mistake("HW6002", f"`{name}` is a whole number of at least {least}, not {show(value)}", call.at(name))
    return value


def time(call: Call, name: str) -> Fraction | None:
    """A time in s, None if not given. Raises Mistake."""
    value = call.value(name)
    if value is None:
        return None
    if not isinstance(value, Quantity) or value.dim.name != "time" or not value.is_exact or value.nom < 0:
        raise mistake("HW6002", f"`{name}` is a time such as `250 ns`, not {_said(value)}", call.at(name))
    return Fraction(value.nom)


def word(call: Call, name: str, known: tuple[str, ...], default: str, what: str = "") -> str:
    """A word out of `known`. Raises Mistake with a suggestion."""
    value = call.value(name)
    if value is None:
        return default
    code = "HW6001" if name == "algorithm" else "HW6002"
    if not isinstance(value, (Word, str)):
        raise mistake(code, f"`{name}` is a word, not {described(value)}", call.at(name),
                      notes=("there are " + ", ".join(f"`{k}`" for k in known),))
    text = value.text if isinstance(value, Word) else value
    if text not in known:
        raise mistake(code, f"{what or f'`{call.name}`'} has no {name} `{text}`", call.at(name),
                      notes=("there are " + ", ".join(f"`{k}`" for k in known),), help=did_you_mean(text, set(known)))
    return text


def text(call: Call, name: str, example: str) -> str:
    """The name of a file beside the design. Raises Mistake."""
    value = call.value(name)
    if not isinstance(value, str):
        raise mistake("HW6002", f"`{name}` is the name of a CSV file beside the design, such as `{name} = \"{example}\"`"
                      + ("" if value is None else f", not {show(value)}"), call.at(name))
    return value


def truth(call: Call, name: str) -> bool:
    """`true` or `false`, false unless given. Raises Mistake."""
    value = call.value(name, False)
    if not isinstance(value, bool):
        raise mistake("HW6002", f"`{name}` is true or false, not {show(value)}", call.at(name))
    return value


def algorithms(collective: str) -> tuple[str, ...]:
    """Algorithms of a collective."""
    return (*ALGORITHMS[collective], *(["hierarchical"] if collective in HIERARCHICAL else []),
            *(["in_network"] if collective in IN_NETWORK else []))


def routing(call: Call) -> str:
    """The routing model. Raises Mistake."""
    return word(call, "routing", tuple(ROUTINGS), "ecmp", "a study")


def sharing(call: Call) -> str:
    """How flows of one step share links. Raises Mistake."""
    return word(call, "sharing", ("fluid", "max_min"), "fluid", "a study")


def assumed(call: Call) -> Assumed:
    """Latencies for what has none of its own. Raises Mistake."""
    packet = bits(call, "packet") if call.value("packet") is not None else None
    return Assumed(time(call, "link_latency"), time(call, "switch_latency"), packet)
