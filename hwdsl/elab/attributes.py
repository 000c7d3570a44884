"""Attributes: evaluated figures with their sources, checked against the table of known attributes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hwdsl.diag import Label
from hwdsl.ir.l0 import Attribute, Template
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import Mistake, mistake, nearest
from hwdsl.sema.show import show
from hwdsl.sema.values import UNKNOWN, ComponentValue, Source, Value, Word, kind_name
from hwdsl.sema.words import ATTRIBUTES
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.syntax import ast
from hwdsl.types import Quantity

if TYPE_CHECKING:
    from hwdsl.elab.context import Elaborator

_PLAIN = {"count": (int,), "bool": (bool,), "word": (Word,), "text": (str,), "list": (tuple,)}
_SOURCE_FIELDS = ("text", "date", "url", "boundary", "figure", "status", "note")


def canonical(value: Value) -> Any:
    """A hashable form of a value for memo keys: equal values give equal keys."""
    if isinstance(value, tuple):
        return tuple(canonical(v) for v in value)
    if isinstance(value, ComponentValue):
        return (value.definition, tuple((k, canonical(v)) for k, v in value.args or ()))
    if isinstance(value, (int, Fraction, str, Word, Quantity)) or value is UNKNOWN:
        return (type(value).__name__, value)
    return (type(value).__name__, repr(value))


def sources_of(annots: tuple[ast.Annot, ...], env: Env) -> tuple[Source, ...]:
    """The `@source`s among annotations; other annotations become a Source with a note. Raises Mistake."""
    out = []
    for a in annots:
        if a.name in ("severity", "claim"):  # of a check: see severity_of, sema/claims.py
            continue
        if a.name != "source":
            if a.name == "note":
                out.append(Source("", note=" ".join(str(evaluate(x.value, env)) for x in a.args)))
                continue
            raise mistake("HW1001", f"unknown annotation `@{a.name}`", a.span,
                          help="`@source(\"text\", date = .., url = ..)` says where a figure is from")
        fields: dict[str, str] = {}
        for k, arg in enumerate(a.args):
            name = arg.name or ("text" if k == 0 else "")
            if name not in _SOURCE_FIELDS:
                raise mistake("HW1205", f"`@source` has no `{name or arg.value}`", arg.span,
                              help="it takes " + ", ".join(_SOURCE_FIELDS))
            value = arg.value.name if isinstance(arg.value, ast.Name) else evaluate(arg.value, env)
            fields[name] = value.text if isinstance(value, Word) else str(value)
        out.append(Source(**{"text": "", **fields}))
    return tuple(out)


def severity_of(annots: tuple[ast.Annot, ...]) -> str:
    """What `@severity(error)`, `@severity(warning)` or `@severity(note)` chooses; "" if none is given. Raises Mistake."""
    for a in annots:
        if a.name == "severity":
            word = a.args[0].value.name if len(a.args) == 1 and isinstance(a.args[0].value, ast.Name) else ""
            if word not in ("error", "warning", "note"):
                raise mistake("HW1205", "`@severity` takes `error`, `warning` or `note`", a.span)
            return word
    return ""


def evaluate_attributes(el: Elaborator, body: tuple[ast.Item, ...], env: Env, of_port: bool = False) -> dict[str, Attribute]:
    """All `name = value;` of a body; reports and leaves out the bad ones."""
    out: dict[str, Attribute] = {}
    for item in body:
        if not isinstance(item, ast.Attr):
            continue
        if item.name in out:
            el.diagnostics.error("HW1002", f"attribute `{item.name}` is given twice", item.span, label="second time",
                                 related=(Label(out[item.name].span, "first time"),))
            continue
        try:
            out[item.name] = attribute(item, env, of_port)
        except Mistake as error:
            el.report(error)
            out[item.name] = Attribute(UNKNOWN)  # without a place: not said to be unknown, but reported
    return out


def attribute(item: ast.Attr, env: Env, of_port: bool = False) -> Attribute:
    """One evaluated attribute. Raises Mistake."""
    expr, annots = item.value, item.annots
    if isinstance(expr, ast.Annotated):
        annots, expr = (*expr.annots, *annots), expr.value
    known = ATTRIBUTES.get(item.name)
    if of_port and item.name == "power":  # the optical power of a laser port is a level
        known = "any"
    if known is None:
        near = nearest(item.name, set(ATTRIBUTES))
        if near is not None and _one_slip(item.name, near):
            raise mistake("HW2007", f"`{item.name}` looks like `{near}` misspelt", item.span,
                          help=f"write `{near}`, or pick a name less like it")
    if known == "word" and isinstance(expr, ast.Name):
        found, value = env.find(expr.name)
        if not found:
            value = Word(expr.name) if expr.name != "unknown" else UNKNOWN
            if expr.name != "unknown":
                value = evaluate(expr, env)
    else:
        value = evaluate(expr, env)
    if isinstance(value, tuple) and isinstance(expr, ast.ListExpr) and known in (None, "list"):
        annots += tuple(a for i in expr.items if isinstance(i, ast.Annotated) for a in i.annots)
    check_dimension(item.name, known, value, expr.span)
    return Attribute(value, sources_of(annots, env), item.span)


def _one_slip(word: str, near: str) -> bool:
    """Whether two words differ by one typing slip (a letter more, less, other, or two swapped)."""
    if abs(len(word) - len(near)) > 1 or len(word) < 4 or word == near:
        return False
    if len(word) == len(near):
        diff = [k for k in range(len(word)) if word[k] != near[k]]
        if len(diff) == 1:
            return word[:-1] != near[:-1]
        return len(diff) == 2 and diff[1] == diff[0] + 1 and (word[diff[0]], word[diff[1]]) == (near[diff[1]], near[diff[0]])
    long, short = (word, near) if len(word) > len(near) else (near, word)
    return any(long[:k] + long[k + 1:] == short for k in range(len(long)))


def check_dimension(name: str, wanted: str | None, value: Value, span: Span) -> None:
    """Raise Mistake if a known attribute has a value of another dimension."""
    if wanted is None or wanted == "any" or value is UNKNOWN:
        return
    if wanted in _PLAIN:
        good = isinstance(value, _PLAIN[wanted]) and (wanted == "bool" or not isinstance(value, bool))
        found = kind_name(value)
    elif wanted == "ratio":
        good = isinstance(value, (int, Fraction)) or (isinstance(value, Quantity) and value.dim.is_none)
        found = kind_name(value)
    else:
        good = isinstance(value, Quantity) and (value.dim.name == wanted or value.dim.name.startswith(wanted + " "))
        if wanted == "money" and isinstance(value, Quantity):
            good = value.dim.name.startswith("money")
        found = value.dim.name if isinstance(value, Quantity) else kind_name(value)
    if not good:
        if isinstance(value, (int, Fraction)) and not isinstance(value, bool) and _unit_hint(wanted):
            found = "a plain number"
        raise mistake("HW2012", f"`{name}` must be {_wanted(wanted)}, not {found} ({show(value)})", span, help=_unit_hint(wanted))


def _wanted(wanted: str) -> str:
    return {"count": "a whole number", "bool": "true or false", "word": "a word", "text": "a text", "list": "a list",
            "information/time": "a rate (information/time)", "information": "an amount of information"}.get(wanted, f"a {wanted}")


def _unit_hint(wanted: str) -> str:
    units = {"length": "mm, m, U", "power": "W, kW", "money": "$, USD, CNY", "mass": "kg", "information": "GB, GiB",
             "information/time": "Gb/s, GB/s", "time": "ns, us", "loss": "dB", "energy/information": "pJ/bit",
             "operation/time": "TFLOPS, TOPS", "voltage": "V", "current": "A", "temperature": "degC",
             "volume flow": "L/min", "volume": "L", "loss/length": "dB/km"}.get(wanted)
    return f"give it a unit, such as {units}" if units else ""


def add_attributes(el: Elaborator, t: Template, new: dict[str, Attribute]) -> None:
    """Set attributes on a template: unset ones may be set, unknown ones told, intervals narrowed; a set value stays."""
    for name, attr in new.items():
        old = t.attributes.get(name)
        if old is not None and attr.span == NO_SPAN:
            continue
        if old is None or old.value is UNKNOWN or canonical(old.value) == canonical(attr.value) \
                or _narrows(old.value, attr.value):
            t.attributes[name] = attr
            continue
        el.diagnostics.error(
            "HW2006", f"`{name}` is already {show(old.value)}; a refinement cannot make it {show(attr.value)}", attr.span,
            related=(Label(old.span, "set here"),),
            help=f"write `override part self {{ {name} = {show(attr.value)}; }}` to change it")


def _narrows(old: Value, new: Value) -> bool:
    if not isinstance(old, Quantity) or not isinstance(new, Quantity) or old.dim != new.dim or old.lo == old.hi:
        return False
    return bool(old.lo <= new.lo and new.hi <= old.hi)


