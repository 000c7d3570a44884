"""The syntax tree of a `.hw` file.

Frozen records; every node has a `span`. Nothing here knows what names mean. Statements that could not be parsed are `ErrorItem`s:
the tree of a broken file is complete around them. Doc comments (`///`, attached by position to the item that follows) are text
without the slashes; other trivia lives in a side table (see `hwdsl.syntax.trivia`).
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.node import Record
from hwdsl.source.span import Span


class Node(Record):
    """Base: where the text of this node stands."""

    span: Span


# ---------------------------------------------------------------- expressions
class Expr(Node):
    """Base of expressions."""


class Number(Expr):
    """`400 Gb/s`, `18`, `0.35 dB`, `$199_000` (unit "USD"). `value` is exact; `is_int` tells `18` from `18.0`.

    A unary minus directly before a number is folded in (`-5 degC`).
    """

    value: int | Fraction
    unit: str | None = None
    is_int: bool = True


class String(Expr):
    """`"text"`, escapes resolved."""

    value: str


class Bool(Expr):
    """`true`, `false`."""

    value: bool


class SelfRef(Expr):
    """`self`: the component whose body this stands in; in a query, the whole design."""


class Name(Expr):
    """A bare name."""

    name: str


class SubjectAttr(Expr):
    """`.rate` in a filter: the attribute of the element under test."""

    name: str


class AnyDepth(Expr):
    """`**.gpu`: parts of that name at any depth."""

    name: str


class Member(Expr):
    """`base.name`."""

    base: Expr
    name: str


class Index(Expr):
    """`base[index]`; `index` is an expression, a `Range` or a `Star`."""

    base: Expr
    index: Expr


class Arg(Node):
    """Positional (`name` None) or named argument; `guard` is the `where` filter at its end."""

    name: str | None
    value: Expr
    guard: Expr | None = None


class Call(Expr):
    """`fn(args)`: a function, a query, a parametrised component or mode."""

    fn: Expr
    args: tuple[Arg, ...]


class ListExpr(Expr):
    """`[a, b, c]`."""

    items: tuple[Expr, ...]


class Binder(Node):
    """`name in domain`."""

    name: str
    domain: Expr


class Comprehension(Expr):
    """`[body for i in r, ... where guard]`."""

    body: Expr
    binders: tuple[Binder, ...]
    guard: Expr | None = None


class Neg(Expr):
    """`-operand`."""

    operand: Expr


class Not(Expr):
    """`not operand`."""

    operand: Expr


class Binary(Expr):
    """`left op right` with op one of + - * / %."""

    op: str
    left: Expr
    right: Expr


class Compare(Expr):
    """`left op right` with op one of == != <= >= < >."""

    op: str
    left: Expr
    right: Expr


class Logic(Expr):
    """`left op right` with op "and" or "or"."""

    op: str
    left: Expr
    right: Expr


class Cond(Expr):
    """`if test then yes else no`."""

    test: Expr
    yes: Expr
    no: Expr


class Range(Expr):
    """`lo..hi`, half open; a bound is None when left out inside an index (`[2..]`, `[..4]`)."""

    lo: Expr | None
    hi: Expr | None


class Star(Expr):
    """`*` inside an index, `guard` from `[* where .kind == chip]`."""

    guard: Expr | None = None


class Interval(Expr):
    """`lo to hi`, `lo to hi typ nominal` (closed)."""

    lo: Expr
    hi: Expr
    typ: Expr | None = None


class Tolerance(Expr):
    """`mid +- tol`."""

    mid: Expr
    tol: Expr


class FromTo(Expr):
    """`a -> b` as an argument: from a to b."""

    left: Expr
    right: Expr


class Sweep(Expr):
    """`each [..]` in a study."""

    values: Expr


class Annot(Node):
    """`@name(args)`; `@source("..", date = "..", status = unverified)`."""

    name: str
    args: tuple[Arg, ...]


class Annotated(Expr):
    """A value with its annotations."""

    value: Expr
    annots: tuple[Annot, ...]


class ErrorExpr(Expr):
    """Stands where an expression could not be read; already reported."""


# ---------------------------------------------------------------- declarations
class TypeRef(Node):
    """`Osfp400Lpo(lanes = 4)[7][8]`: dotted name, arguments (None without parentheses), dimensions."""

    path: tuple[str, ...]
    args: tuple[Arg, ...] | None = None
    dims: tuple[Expr, ...] = ()


class Param(Node):
    """`name: type = default where guard`."""

    name: str
    type: TypeRef
    default: Expr | None = None
    guard: Expr | None = None


class Item(Node):
    """Base of everything that stands at top level or in a body."""

    annots: tuple[Annot, ...]
    doc: str


class ErrorItem(Item):
    """Text that could not be read; already reported."""


class Use(Item):
    """`use a.b.{c, d};` (`names`), `use a.b;` (names None), `use a.b as c;`; `pub use` re-exports."""

    path: tuple[str, ...]
    names: tuple[Name, ...] | None = None
    alias: str | None = None
    pub: bool = False


class Const(Item):
    """`const name: type = value;`."""

    name: str
    type: TypeRef | None
    value: Expr
    pub: bool = False


class Enum(Item):
    """`enum name { a, b }`."""

    name: str
    members: tuple[Name, ...]
    pub: bool = False


class Fn(Item):
    """`fn name(params) -> type = body;` pure and total."""

    name: str
    params: tuple[Param, ...]
    result: TypeRef
    body: Expr
    pub: bool = False


class Component(Item):
    """`kind name(params): base where guard { body }`; links, media and connectors are components of their kind."""

    kind: str
    name: str
    params: tuple[Param, ...]
    base: TypeRef | None
    guard: Expr | None
    body: tuple[Item, ...]
    name_span: Span
    pub: bool = False


class Pattern(Item):
    """`pattern name(p: port[n][m]) where guard { connect ...; }`."""

    name: str
    params: tuple[Param, ...]
    guard: Expr | None
    body: tuple[Item, ...]
    pub: bool = False


class Design(Item):
    """`design = expr;`, `design name = expr;`."""

    name: str | None
    value: Expr


class Study(Item):
    """`study name(params) { ... }`: kept for evaluation; `items` are Attr, CallItem and Under."""

    name: str
    params: tuple[Param, ...]
    items: tuple[Item, ...]


class CallItem(Item):
    """`all_reduce(over = .., size = ..);` in a study."""

    call: Expr


class Test(Item):
    """`test "name" { design = ..; assert ..; }`."""

    name: str
    body: tuple[Item, ...]


# ---------------------------------------------------------------- members of a body
class Attr(Item):
    """`name = value;`."""

    name: str
    value: Expr


class Part(Item):
    """`part name: type { body }`."""

    name: str
    type: TypeRef
    body: tuple[Item, ...] = ()


class Port(Item):
    """`input port name: type { body }`; `modifier` is "", "input", "output" or "spare"."""

    modifier: str
    name: str
    type: TypeRef
    body: tuple[Item, ...] = ()


class Bus(Item):
    """`bus name: type joins a, b, c { body }`: a multi-drop net."""

    name: str
    type: TypeRef
    joins: tuple[Expr, ...]
    body: tuple[Item, ...] = ()


class Ruled(Item):
    """Base of statements that range over `for` variables under a guard, with a body of attributes."""

    binders: tuple[Binder, ...]
    guard: Expr | None
    body: tuple[Item, ...]


class Carry(Ruled):
    """`carry port on connector.lane[a .. b]`."""

    port: Expr
    on: Expr


class Connect(Ruled):
    """`connect left <-> right via chain` (arrow "<->" or "->"); a pattern call has arrow and right None."""

    left: Expr
    arrow: str | None
    right: Expr | None
    via: tuple[Expr, ...]


class Bridge(Ruled):
    """`bridge left <-> right`: which port continues as which inside a pass-through part."""

    left: Expr
    arrow: str
    right: Expr


class Set(Ruled):
    """`set part = state`, `default set` for the base."""

    default: bool
    target: Expr
    value: Expr


class Circuit(Ruled):
    """`circuit ocs[d].port[i] <-> ocs[d].port[j]`."""

    left: Expr
    arrow: str
    right: Expr


class Place(Ruled):
    """`place what in container at position` (`how` "at" or "from", None without a position); `down` stacks downward."""

    what: Expr
    container: Expr | None
    how: str | None
    position: Expr | None
    down: bool


class Route(Ruled):
    """`route cables along a, b`."""

    what: Expr
    along: tuple[Expr, ...]


class Override(Ruled):
    """`override link SEL { ... }`; `target` is link, cable, part or port."""

    target: str
    selection: Expr


class Check(Item):
    """`assert cond "message" for .. where ..;` (`kind` "assert" or "require")."""

    kind: str
    cond: Expr
    message: str
    binders: tuple[Binder, ...]
    guard: Expr | None


class Under(Item):
    """`under mode m(..) { asserts }`, `under failed pdu[f] for f in 0..2 { asserts }`; `what` "mode" or "failed"."""

    what: str
    subject: Expr
    binders: tuple[Binder, ...]
    body: tuple[Item, ...]


class State(Item):
    """`state name { bridge .. }`; `default` marks the state of a part no mode mentions."""

    name: str
    default: bool
    body: tuple[Item, ...]


class Plane(Item):
    """`plane name for r in 0..8 { connects }`."""

    name: str
    binders: tuple[Binder, ...]
    body: tuple[Item, ...]


class Mode(Item):
    """`mode name(params) where guard { sets, circuits }`."""

    name: str
    default: bool
    params: tuple[Param, ...]
    guard: Expr | None
    body: tuple[Item, ...]


class File(Record):
    """A parsed file: its display path, the `//!` comment at its top, and its items."""

    path: str
    doc: str
    items: tuple[Item, ...]
