"""Values of constant expressions.

An expression evaluates to: int, Fraction, bool, str, `Quantity` (hwdsl.types), tuple (a list), `Word` (an enumerated word),
`RangeVal`, `FnValue`, `ComponentValue`, `Namespace`, `UNKNOWN`, `Ix` (an integer that depends on rule variables), or a value of a
later layer (selections of a design) that the environment's hooks understand.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Union

from hwdsl.node import Record
from hwdsl.source.span import Span
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.sema.env import Env
    from hwdsl.sema.project import Module

Value = Any
"""A constant value (see the module docstring); the evaluator dispatches on its type."""

Number = Union[int, Fraction]


class Word(Record):
    """A bare word with a meaning of its own: `liquid`, `pam4`, `unverified`, a member of a declared enum."""

    text: str
    enum: str = ""


class RangeVal(Record):
    """`lo..hi`; bounds are ints, or Ix while a rule is lowered."""

    lo: Any
    hi: Any


class _Unknown:
    """A figure that nobody published."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = _Unknown()


class Def(Record):
    """A declared item and the module it stands in (compared by identity of the item)."""

    item: ast.Item
    module: Module

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Def) and other.item is self.item

    def __hash__(self) -> int:
        return id(self.item)


class FnValue(Record):
    """A declared function with the scope it closes over, or a builtin (`builtin`), possibly partly applied."""

    name: str
    item: ast.Fn | None
    env: Env | None
    builtin: Callable[..., Any] | None = None


class ComponentValue(Record):
    """A component, link or medium as a value: its definition and the arguments given so far.

    `args` is None until a call gives some; `scope` is where the arguments were written.
    """

    definition: Def
    args: tuple[tuple[str, Any], ...] | None = None
    span: Span | None = None


class Namespace(Record):
    """A module used as a name (`use std.nvidia;` then `nvidia.B200`)."""

    module: Module


class Source(Record):
    """Provenance of a figure or an assertion (`@source`)."""

    text: str
    date: str = ""
    url: str = ""
    boundary: str = ""
    figure: str = ""
    status: str = ""
    note: str = ""


def kind_name(value: Value) -> str:
    """What a value is, in the user's words."""
    from hwdsl.ir.index import Ix
    from hwdsl.types import Quantity

    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, Ix)):
        return "an integer"
    if isinstance(value, Fraction):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Quantity):
        name: str = value.dim.name
        return f"a quantity ({name})"
    if isinstance(value, tuple):
        return "a list"
    if isinstance(value, Word):
        return f"the word `{value.text}`"
    if isinstance(value, RangeVal):
        return "a range"
    if isinstance(value, FnValue):
        return f"the function `{value.name}`"
    if isinstance(value, ComponentValue):
        item = value.definition.item
        return f"the {item.kind} `{item.name}`" if isinstance(item, ast.Component) else "a component"
    if isinstance(value, Namespace):
        return "a module"
    if value is UNKNOWN:
        return "unknown"
    describe = getattr(value, "describe", None)
    return str(describe()) if describe else type(value).__name__
