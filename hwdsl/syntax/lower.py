"""From productions to the syntax tree: one method per production that makes a node.

The machine calls `method(start, end, *children)` when it reduces a production whose alias (or origin) is the method's name;
children are nodes, lists of nodes, texts of tokens, or None for optional parts left out. No parse tree stands in between. What a
production means is said by `grammar/*.lark` and by the class of the node it makes.
"""
# ruff: noqa: D102 (the docstring of a method would repeat that of its node)

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.node import replace
from hwdsl.source.span import Span
from hwdsl.syntax import ast

_Annots = list[ast.Annot] | None
_RuleTail = tuple[tuple[ast.Binder, ...], "ast.Expr | None", tuple[ast.Annot, ...], tuple[ast.Item, ...]]
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
MAX_ERRORS = 50
"""Mistakes of this sort reported for one file."""
MAX_DIGITS = 200
MAX_DEPTH = 120
"""Levels of expressions below one statement: passes over the tree may recurse."""
_tuple_new: Callable[..., Any] = tuple.__new__


def exact(text: str) -> tuple[int | Fraction, bool]:
    """Value of a number as written, exactly, and whether it was written as an integer.

    OverflowError for what no figure of a machine needs and exact arithmetic could not bear (`1e999999999`).
    """
    digits = text.replace("_", "")
    if len(digits) > MAX_DIGITS:
        raise OverflowError
    if digits.isdigit():
        return int(digits), True
    if len(digits.lower().partition("e")[2].lstrip("+-0")) > 3:
        raise OverflowError
    value = Fraction(digits)
    return (value.numerator if value.denominator == 1 else value), False


def is_deeper(node: ast.Node, limit: int) -> bool:
    """Whether the expressions of `node`, bodies apart, nest deeper than `limit`; does not recurse."""
    level: list[Any] = [getattr(node, f) for f in type(node)._fields if f not in ("body", "items")]
    for _ in range(limit + 1):
        below: list[Any] = []
        while level:
            value = level.pop()
            if isinstance(value, ast.Node):
                below += value._values()
            elif isinstance(value, tuple) and not isinstance(value, Span):
                level += value
        if not below:
            return False
        level = below
    return True


class Lowering:
    """Makes the nodes of one file; `diagnostics` are mistakes the grammar cannot see, `docs` maps item starts to `///` text."""

    def __init__(self, path: str, docs: dict[int, str]) -> None:
        self.path = path
        self.docs = docs
        self.diagnostics: list[Diagnostic] = []

    def _span(self, start: int, end: int) -> Span:
        span: Span = _tuple_new(Span, (self.path, start, end))
        return span

    def _error(self, code: str, message: str, span: Span, label: str = "", help: str = "") -> None:
        if len(self.diagnostics) < MAX_ERRORS:
            self.diagnostics.append(Diagnostic(code, "error", message, span, label, (), (), help))

    def _doc(self, start: int) -> str:
        return self.docs.get(start, "") if self.docs else ""

    # ------------------------------------------------------------ lists
    def list_none(self, start: int, end: int) -> list[Any]:
        return []

    def list_one(self, start: int, end: int, x: Any) -> list[Any]:
        return [x]

    def list_more(self, start: int, end: int, xs: list[Any], x: Any) -> list[Any]:
        xs.append(x)
        return xs

    def add_item(self, start: int, end: int, xs: list[ast.Item], x: ast.Item) -> list[ast.Item]:
        """As `list_more`, for statements: one whose expressions nest too deeply is replaced by an error."""
        if end - x.span.start > MAX_DEPTH and is_deeper(x, MAX_DEPTH):
            self._error("HW0110", f"expression nested more than {MAX_DEPTH} deep", x.span,
                        help="name its parts with `const`, or put the terms of a sum into a list: `sum([..])`")
            x = ast.ErrorItem(x.span, (), "")
        xs.append(x)
        return xs

    # ------------------------------------------------------------ expressions
    def missing(self, start: int, end: int, text: str) -> ast.ErrorExpr:
        return ast.ErrorExpr(self._span(start, end))

    def name(self, start: int, end: int, text: str) -> ast.Name:
        return ast.Name(_tuple_new(Span, (self.path, start, end)), text)

    def number(self, start: int, end: int, text: str) -> ast.Expr:
        return self._number(start, end, text, None)

    def quantity(self, start: int, end: int, text: str) -> ast.Expr:
        digits, unit = text.split()
        return self._number(start, end, digits, unit)

    def money(self, start: int, end: int, text: str) -> ast.Expr:
        return self._number(start, end, text[1:], "USD")

    def _number(self, start: int, end: int, digits: str, unit: str | None) -> ast.Expr:
        span = self._span(start, end)
        try:
            value, is_int = exact(digits)
        except OverflowError:
            self._error("HW0121", "number out of range", span,
                        help=f"a number has at most {MAX_DIGITS} digits, its exponent at most 3")
            return ast.ErrorExpr(span)
        return ast.Number(span, value, unit, is_int)

    def string(self, start: int, end: int, text: str) -> ast.String:
        return ast.String(self._span(start, end), self._unescape(start, text))

    def text(self, start: int, end: int, text: str) -> str:
        return self._unescape(start, text)

    def _unescape(self, start: int, text: str) -> str:
        """What a quoted text says; `start` is the offset of its quote."""
        body = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        if "\\" not in body:
            return body
        out, i = [], 0
        while i < len(body):
            c = body[i]
            if c == "\\" and i + 1 < len(body):
                i += 1
                c = _ESCAPES.get(body[i], "")
                if not c:
                    at = start + i
                    self._error("HW0107", f"unknown escape `\\{body[i]}` in a string", self._span(at, at + 2),
                                help="a string knows `\\n`, `\\t`, `\\\"` and `\\\\`")
                    c = body[i]
            out.append(c)
            i += 1
        return "".join(out)

    def true(self, start: int, end: int, text: str) -> ast.Bool:
        return ast.Bool(self._span(start, end), True)

    def false(self, start: int, end: int, text: str) -> ast.Bool:
        return ast.Bool(self._span(start, end), False)

    def self_ref(self, start: int, end: int, text: str) -> ast.SelfRef:
        return ast.SelfRef(self._span(start, end))

    def subject_attr(self, start: int, end: int, name: ast.Name) -> ast.SubjectAttr:
        return ast.SubjectAttr(self._span(start, end), name.name)

    def any_depth(self, start: int, end: int, name: ast.Name) -> ast.AnyDepth:
        return ast.AnyDepth(self._span(start, end), name.name)

    def member_of(self, start: int, end: int, base: ast.Expr, name: ast.Name) -> ast.Member:
        return ast.Member(self._span(start, end), base, name.name)

    def index(self, start: int, end: int, base: ast.Expr, index: ast.Expr) -> ast.Index:
        return ast.Index(self._span(start, end), base, index)

    def star(self, start: int, end: int, guard: ast.Expr | None) -> ast.Star:
        return ast.Star(self._span(start, end), guard)

    def range_(self, start: int, end: int, lo: ast.Expr, hi: ast.Expr) -> ast.Range:
        if isinstance(hi, ast.String):  # `assert x == 0.. "message"`: the message was taken for the bound
            self._error("HW0106", "`..` needs a bound on either side", Span(self.path, hi.span.start, hi.span.start),
                        help="a range open at one end is legal only inside an index: `gpu[2..]`")
        return ast.Range(self._span(start, end), lo, hi)

    def range_from(self, start: int, end: int, lo: ast.Expr) -> ast.Range:
        return ast.Range(self._span(start, end), lo, None)

    def range_to(self, start: int, end: int, hi: ast.Expr) -> ast.Range:
        return ast.Range(self._span(start, end), None, hi)

    def interval(self, start: int, end: int, lo: ast.Expr, hi: ast.Expr) -> ast.Interval:
        return ast.Interval(self._span(start, end), lo, hi)

    def interval_typ(self, start: int, end: int, lo: ast.Expr, hi: ast.Expr, typ: ast.Expr) -> ast.Interval:
        return ast.Interval(self._span(start, end), lo, hi, typ)

    def tolerance(self, start: int, end: int, mid: ast.Expr, tol: ast.Expr) -> ast.Tolerance:
        return ast.Tolerance(self._span(start, end), mid, tol)

    def binary(self, start: int, end: int, left: ast.Expr, op: str, right: ast.Expr) -> ast.Binary:
        return ast.Binary(self._span(start, end), op, left, right)

    def compare(self, start: int, end: int, left: ast.Expr, op: str, right: ast.Expr) -> ast.Compare:
        return ast.Compare(self._span(start, end), op, left, right)

    def logic_or(self, start: int, end: int, left: ast.Expr, right: ast.Expr) -> ast.Logic:
        return ast.Logic(self._span(start, end), "or", left, right)

    def logic_and(self, start: int, end: int, left: ast.Expr, right: ast.Expr) -> ast.Logic:
        return ast.Logic(self._span(start, end), "and", left, right)

    def logic_not(self, start: int, end: int, operand: ast.Expr) -> ast.Not:
        return ast.Not(self._span(start, end), operand)

    def neg(self, start: int, end: int, operand: ast.Expr) -> ast.Expr:
        """A minus directly before a number is part of it: -5 degC is no negated temperature. `-(5)` and `--5` are not folded."""
        span = self._span(start, end)
        if isinstance(operand, ast.Number) and operand.span.end == end and operand.value >= 0:
            return ast.Number(span, -operand.value, operand.unit, operand.is_int)
        return ast.Neg(span, operand)

    def cond(self, start: int, end: int, test: ast.Expr, yes: ast.Expr, no: ast.Expr) -> ast.Cond:
        return ast.Cond(self._span(start, end), test, yes, no)

    def call(self, start: int, end: int, fn: ast.Expr, args: list[ast.Arg]) -> ast.Call:
        return ast.Call(self._span(start, end), fn, tuple(args))

    def list_empty(self, start: int, end: int) -> ast.ListExpr:
        return ast.ListExpr(self._span(start, end), ())

    def list_expr(self, start: int, end: int, items: list[ast.Expr]) -> ast.ListExpr:
        return ast.ListExpr(self._span(start, end), tuple(items))

    def comprehension(self, start: int, end: int, body: ast.Expr, binders: list[ast.Binder],
                      guard: ast.Expr | None) -> ast.Comprehension:
        return ast.Comprehension(self._span(start, end), body, tuple(binders), guard)

    def binder(self, start: int, end: int, name: ast.Name, domain: ast.Expr) -> ast.Binder:
        return ast.Binder(self._span(start, end), name.name, domain)

    def annotated(self, start: int, end: int, value: ast.Expr, annots: list[ast.Annot]) -> ast.Annotated:
        return ast.Annotated(self._span(start, end), value, tuple(annots))

    def sweep(self, start: int, end: int, values: ast.Expr) -> ast.Sweep:
        return ast.Sweep(self._span(start, end), values)

    def args(self, start: int, end: int, args: list[ast.Arg]) -> list[ast.Arg]:
        return args

    def arg_plain(self, start: int, end: int, value: ast.Expr, guard: ast.Expr | None, annots: _Annots) -> ast.Arg:
        if annots:
            value = ast.Annotated(self._span(start, end), value, tuple(annots))
        return ast.Arg(self._span(start, end), None, value, guard)

    def arg_from_to(self, start: int, end: int, left: ast.Expr, right: ast.Expr, guard: ast.Expr | None) -> ast.Arg:
        pair = ast.FromTo(self._span(start, right.span.end), left, right)
        return ast.Arg(self._span(start, end), None, pair, guard)

    def arg_named(self, start: int, end: int, name: ast.Name, value: ast.Expr) -> ast.Arg:
        return ast.Arg(self._span(start, end), name.name, value)

    def arg_typ(self, start: int, end: int, name: ast.Name) -> ast.Arg:
        span = self._span(start, end)
        return ast.Arg(span, name.name, ast.Name(Span(span.file, span.end - 3, span.end), "typ"))

    def annot(self, start: int, end: int, name: ast.Name, args: list[ast.Arg] | None) -> ast.Annot:
        return ast.Annot(self._span(start, end), name.name, tuple(args or ()))

    # ------------------------------------------------------------ headers
    def params(self, start: int, end: int, params: list[ast.Param]) -> list[ast.Param]:
        return params

    def param(self, start: int, end: int, name: ast.Name, type: ast.TypeRef, default: ast.Expr | None,
              guard: ast.Expr | None) -> ast.Param:
        return ast.Param(self._span(start, end), name.name, type, default, guard)

    def type(self, start: int, end: int, path: list[ast.Name], args: list[ast.Arg] | None,
             dims: list[ast.Expr] | None) -> ast.TypeRef:
        given = None if args is None else tuple(args)
        return ast.TypeRef(self._span(start, end), tuple(n.name for n in path), given, tuple(dims or ()))

    def kind(self, start: int, end: int, text: str) -> str:
        return text

    modifier = arrow = condition = overridden = kind

    def default(self, start: int, end: int, text: str) -> bool:
        return True

    down = default

    # ------------------------------------------------------------ top level
    def file(self, start: int, end: int, items: list[ast.Item]) -> tuple[ast.Item, ...]:
        return tuple(items)

    def use_decl(self, start: int, end: int, path: list[ast.Name]) -> ast.Use:
        return ast.Use(self._span(start, end), (), self._doc(start), tuple(n.name for n in path))

    def use_names(self, start: int, end: int, path: list[ast.Name], names: list[ast.Name]) -> ast.Use:
        return ast.Use(self._span(start, end), (), self._doc(start), tuple(n.name for n in path), tuple(names))

    def use_as(self, start: int, end: int, path: list[ast.Name], alias: ast.Name) -> ast.Use:
        return ast.Use(self._span(start, end), (), self._doc(start), tuple(n.name for n in path), None, alias.name)

    def const_decl(self, start: int, end: int, name: ast.Name, type: ast.TypeRef | None, value: ast.Expr) -> ast.Const:
        return ast.Const(self._span(start, end), (), self._doc(start), name.name, type, value)

    def enum_decl(self, start: int, end: int, name: ast.Name, members: list[ast.Name]) -> ast.Enum:
        return ast.Enum(self._span(start, end), (), self._doc(start), name.name, tuple(members))

    def fn_decl(self, start: int, end: int, name: ast.Name, params: list[ast.Param], result: ast.TypeRef,
                body: ast.Expr) -> ast.Fn:
        return ast.Fn(self._span(start, end), (), self._doc(start), name.name, tuple(params), result, body)

    def design_decl(self, start: int, end: int, name: ast.Name | None, value: ast.Expr) -> ast.Design:
        return ast.Design(self._span(start, end), (), self._doc(start), name.name if name else None, value)

    def pattern_decl(self, start: int, end: int, name: ast.Name, params: list[ast.Param], guard: ast.Expr | None,
                     body: tuple[ast.Item, ...]) -> ast.Pattern:
        return ast.Pattern(self._span(start, end), (), self._doc(start), name.name, tuple(params), guard, body)

    def test_decl(self, start: int, end: int, name: str, body: tuple[ast.Item, ...]) -> ast.Test:
        """`design = ..;` in a test is the design under test, not an attribute."""
        items = tuple(ast.Design(i.span, i.annots, i.doc, None, i.value) if isinstance(i, ast.Attr) and i.name == "design" else i
                      for i in body)
        return ast.Test(self._span(start, end), (), self._doc(start), name, items)

    def study_decl(self, start: int, end: int, name: ast.Name, params: list[ast.Param] | None,
                   items: list[ast.Item]) -> ast.Study:
        return ast.Study(self._span(start, end), (), self._doc(start), name.name, tuple(params or ()), tuple(items))

    def call_item(self, start: int, end: int, call: ast.Expr, annots: _Annots) -> ast.CallItem:
        return ast.CallItem(self._span(start, end), tuple(annots or ()), self._doc(start), call)

    def component(self, start: int, end: int, kind: str, name: ast.Name, params: list[ast.Param] | None, base: ast.TypeRef | None,
                  guard: ast.Expr | None, body: tuple[ast.Item, ...]) -> ast.Component:
        return ast.Component(self._span(start, end), (), self._doc(start), kind, name.name, tuple(params or ()), base, guard,
                             body, name.span)

    def prefixed(self, start: int, end: int, annots: list[ast.Annot], item: ast.Item) -> ast.Item:
        """Annotations before an item, and the doc comment before them."""
        return replace(item, span=self._span(start, end), annots=tuple(annots) + item.annots, doc=self._doc(start) or item.doc)

    def published(self, start: int, end: int, item: ast.Item) -> ast.Item:
        doc, span = self._doc(start) or item.doc, self._span(start, end)
        if "pub" in type(item)._fields:
            return replace(item, span=span, doc=doc, pub=True)
        word = type(item).__name__.lower()
        self._error("HW0114", f"`pub` before a {word}: a {word} cannot be used from another file", self._span(start, start + 3),
                    help="leave out `pub`")
        return replace(item, span=span, doc=doc)

    # ------------------------------------------------------------ members
    def body(self, start: int, end: int, members: list[ast.Item]) -> tuple[ast.Item, ...]:
        return tuple(members)

    def attr(self, start: int, end: int, name: ast.Name, value: ast.Expr) -> ast.Attr:
        return ast.Attr(self._span(start, end), (), self._doc(start), name.name, value)

    def tail(self, start: int, end: int, annots: _Annots, body: tuple[ast.Item, ...] = ()) -> tuple[Any, Any]:
        return tuple(annots or ()), body

    def part(self, start: int, end: int, name: ast.Name, type: ast.TypeRef, tail: tuple[Any, Any]) -> ast.Part:
        return ast.Part(self._span(start, end), tail[0], self._doc(start), name.name, type, tail[1])

    def port(self, start: int, end: int, modifier: str | None, name: ast.Name, type: ast.TypeRef,
             tail: tuple[Any, Any]) -> ast.Port:
        return ast.Port(self._span(start, end), tail[0], self._doc(start), modifier or "", name.name, type, tail[1])

    def bus(self, start: int, end: int, name: ast.Name, type: ast.TypeRef, joins_word: str, joins: list[ast.Expr],
            tail: tuple[Any, Any]) -> ast.Bus:
        return ast.Bus(self._span(start, end), tail[0], self._doc(start), name.name, type, tuple(joins), tail[1])

    def rule_tail(self, start: int, end: int, binders: list[ast.Binder] | None, guard: ast.Expr | None, annots: _Annots,
                  body: tuple[ast.Item, ...] = ()) -> _RuleTail:
        return tuple(binders or ()), guard, tuple(annots or ()), body

    def carry(self, start: int, end: int, port: ast.Expr, on: ast.Expr, tail: _RuleTail) -> ast.Carry:
        binders, guard, annots, body = tail
        return ast.Carry(self._span(start, end), annots, self._doc(start), binders, guard, body, port, on)

    def connect(self, start: int, end: int, left: ast.Expr, arrow: str, right: ast.Expr, via: list[ast.Expr] | None,
                tail: _RuleTail) -> ast.Connect:
        binders, guard, annots, body = tail
        return ast.Connect(self._span(start, end), annots, self._doc(start), binders, guard, body, left, arrow, right,
                           tuple(via or ()))

    def connect_pattern(self, start: int, end: int, call: ast.Expr, via: list[ast.Expr] | None, tail: _RuleTail) -> ast.Connect:
        binders, guard, annots, body = tail
        return ast.Connect(self._span(start, end), annots, self._doc(start), binders, guard, body, call, None, None,
                           tuple(via or ()))

    def bridge(self, start: int, end: int, left: ast.Expr, arrow: str, right: ast.Expr, tail: _RuleTail) -> ast.Bridge:
        binders, guard, annots, body = tail
        return ast.Bridge(self._span(start, end), annots, self._doc(start), binders, guard, body, left, arrow, right)

    def set(self, start: int, end: int, default: bool | None, target: ast.Expr, value: ast.Expr, tail: _RuleTail) -> ast.Set:
        binders, guard, annots, body = tail
        return ast.Set(self._span(start, end), annots, self._doc(start), binders, guard, body, default is not None, target, value)

    def circuit(self, start: int, end: int, left: ast.Expr, arrow: str, right: ast.Expr, tail: _RuleTail) -> ast.Circuit:
        binders, guard, annots, body = tail
        return ast.Circuit(self._span(start, end), annots, self._doc(start), binders, guard, body, left, arrow, right)

    def position(self, start: int, end: int, how: str, at: ast.Expr, down: bool | None) -> tuple[str, ast.Expr, bool]:
        return how, at, down is not None

    def place(self, start: int, end: int, what: ast.Expr, container: ast.Expr | None, position: tuple[str, ast.Expr, bool] | None,
              tail: _RuleTail) -> ast.Place:
        binders, guard, annots, body = tail
        how, at, down = position or (None, None, False)
        return ast.Place(self._span(start, end), annots, self._doc(start), binders, guard, body, what, container, how, at, down)

    def route(self, start: int, end: int, what: ast.Expr, along: list[ast.Expr], tail: _RuleTail) -> ast.Route:
        binders, guard, annots, body = tail
        return ast.Route(self._span(start, end), annots, self._doc(start), binders, guard, body, what, tuple(along))

    def override(self, start: int, end: int, target: str, selection: ast.Expr, tail: _RuleTail) -> ast.Override:
        binders, guard, annots, body = tail
        return ast.Override(self._span(start, end), annots, self._doc(start), binders, guard, body, target, selection)

    def state(self, start: int, end: int, default: bool | None, name: ast.Name, body: tuple[ast.Item, ...]) -> ast.State:
        return ast.State(self._span(start, end), (), self._doc(start), name.name, default is not None, body)

    def plane(self, start: int, end: int, name: ast.Name, binders: list[ast.Binder] | None,
              body: tuple[ast.Item, ...]) -> ast.Plane:
        return ast.Plane(self._span(start, end), (), self._doc(start), name.name, tuple(binders or ()), body)

    def mode(self, start: int, end: int, default: bool | None, name: ast.Name, params: list[ast.Param] | None,
             guard: ast.Expr | None, body: tuple[ast.Item, ...]) -> ast.Mode:
        return ast.Mode(self._span(start, end), (), self._doc(start), name.name, default is not None, tuple(params or ()), guard,
                        body)

    def under(self, start: int, end: int, what: str, subject: ast.Expr, binders: list[ast.Binder] | None,
              body: tuple[ast.Item, ...]) -> ast.Under:
        return ast.Under(self._span(start, end), (), self._doc(start), what, subject, tuple(binders or ()), body)

    def under_study(self, start: int, end: int, what: str, subject: ast.Expr, binders: list[ast.Binder] | None,
                    items: list[ast.Item]) -> ast.Under:
        """`under` in a study holds calls and attributes beside checks."""
        return ast.Under(self._span(start, end), (), self._doc(start), what, subject, tuple(binders or ()), tuple(items))

    def check(self, start: int, end: int, kind: str, cond: ast.Expr, message: str | None, binders: list[ast.Binder] | None,
              guard: ast.Expr | None, annots: _Annots) -> ast.Check:
        return ast.Check(self._span(start, end), tuple(annots or ()), self._doc(start), kind, cond, message or "",
                         tuple(binders or ()), guard)
