"""One query: an expression over a design, evaluated at its root."""

from __future__ import annotations

from typing import Any

from hwdsl.diag import Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record, replace
from hwdsl.query.checks import too_large
from hwdsl.query.counting import count_selection
from hwdsl.query.functions.counts import count_things
from hwdsl.query.functions.figures import figures
from hwdsl.query.selection import AttributeOf, LinkSet, PlaneSelection, Selection
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import NeedsPoint, evaluate
from hwdsl.sema.mistake import Mistake, mistake
from hwdsl.sema.show import is_number, show
from hwdsl.sema.values import UNKNOWN, Value, Word
from hwdsl.source import NO_SPAN, SourceText, Span
from hwdsl.syntax import ast


class Answer(Record):
    """A value with its text and its JSON-able form."""

    value: Any
    text: str
    json: Any


def ask(root: Template, expr: ast.Expr, diagnostics: Diagnostics) -> Answer | None:
    """The answer to an expression at the root of a design; None for a mistake, which is reported."""
    env: Env = root.env.child()
    env.context = root
    try:
        value = evaluate(expr, env)
        return Answer(value, as_text(value, expr.span), as_json(value, expr.span))
    except Mistake as error:
        if error.diagnostic is not None:
            diagnostics.add(_suggest_depth(error.diagnostic, root))
    except TooLarge as error:
        found = too_large(error, expr.span).diagnostic
        if found is not None:
            diagnostics.add(found)
    except NeedsPoint as error:
        found = mistake("HW1209", "this has no constant value", error.expr.span).diagnostic
        if found is not None:
            diagnostics.add(found)
    return None


def _suggest_depth(d: Any, root: Template) -> Any:
    """An unknown name that a part bears further in: suggest `**.name`."""
    from hwdsl.query.lifted import declared_paths

    if d.code != "HW1001" or "`" not in d.message:
        return d
    word = d.message.split("`")[1]
    below = [root.at(p) for p in declared_paths(root)]
    if any(word in t.parts or word in t.ports or (word,) in t.planes for t in below):
        return replace(d, help=f"there is one further in: `**.{word}` selects it at any depth")
    return d


def as_text(value: Value, span: Span = NO_SPAN) -> str:
    """A result as text. Raises Mistake for the attribute of things that do not state it."""
    if isinstance(value, Selection):
        names = ", ".join(".".join(g.path) or value.owner.name for g in value.groups)
        return f"{count_selection(value)} x {names}" if value.groups else "nothing"
    if isinstance(value, LinkSet):
        return f"{count_things(value)} {value.what}"
    if isinstance(value, PlaneSelection):
        return "plane " + ", ".join(".".join((*i.prefix, *i.names)) for i in value.items)
    if isinstance(value, AttributeOf):
        return ", ".join(f"{show(v)} x {n}" for v, n in figures(value, span))
    describe = getattr(value, "as_text", None)
    return str(describe()) if describe else show(value)


def as_json(value: Value, span: Span = NO_SPAN) -> Any:
    """A result as a JSON-able object. Raises Mistake like `as_text`."""
    from hwdsl.types.format import as_json as number_json

    if value is None or isinstance(value, (bool, str)):
        return value
    if is_number(value):
        return number_json(value)
    if isinstance(value, tuple):
        return [as_json(v) for v in value]
    if isinstance(value, Word):
        return value.text
    if value is UNKNOWN:
        return {"unknown": True}
    if isinstance(value, Selection):
        return {"count": count_selection(value), "paths": [".".join(g.path) for g in value.groups]}
    if isinstance(value, LinkSet):
        return {"count": count_things(value), "of": value.what}
    describe = getattr(value, "as_json", None)
    return describe() if describe else as_text(value, span)


def parse_query(text: str, name: str, diagnostics: Diagnostics, sources: dict[str, SourceText],
                cache_dir: str | None = None) -> ast.Expr | None:
    """The expression of a query text, shown as file `name` in reports; None (reported) if it cannot be read.

    The parse tables come from `cache_dir`.
    """
    from hwdsl.syntax.cache import load_expr

    source = SourceText(name, text)
    sources[name] = source
    expr, found = load_expr(source, cache_dir)
    diagnostics.extend(found)
    return None if found or isinstance(expr, ast.ErrorExpr) else expr
