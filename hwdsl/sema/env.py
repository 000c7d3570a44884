"""Scopes of names, and the hooks by which later layers give meaning to names of a design."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from hwdsl.sema.mistake import Mistake, already_reported
from hwdsl.source.span import Span
from hwdsl.syntax import ast

if TYPE_CHECKING:
    from hwdsl.sema.finite_field import Field
    from hwdsl.sema.project import Module

STEP_LIMIT = 3_000_000
"""Evaluation steps of one compilation unit's constants; beyond it the expression is refused (HW1207)."""


class Thunk:
    """A value computed when first asked for, so that the order of declarations does not matter."""

    __slots__ = ("_compute", "_state", "_value", "span")

    def __init__(self, compute: Callable[[], Any], span: Span) -> None:
        self._compute = compute
        self._state = "new"
        self._value: Any = None
        self.span = span

    def force(self, name: str) -> Any:
        """The value; raises Mistake, once with the report and silently after that."""
        if self._state == "done":
            return self._value
        if self._state == "failed":
            raise already_reported()
        if self._state == "busy":
            from hwdsl.sema.mistake import mistake

            self._state = "failed"
            raise mistake("HW1006", f"`{name}` is defined by itself", self.span,
                          help="constants may use each other in any order, but not in a circle")
        self._state = "busy"
        try:
            self._value = self._compute()
        except Mistake:
            self._state = "failed"
            raise
        self._state = "done"
        return self._value


class Budget:
    """Evaluation steps left, and the finite fields built so far, by number of elements."""

    __slots__ = ("depth", "fields", "steps")

    def __init__(self, steps: int = STEP_LIMIT) -> None:
        self.steps = steps
        self.depth = 0
        self.fields: dict[int, Field] = {}


class Hooks:
    """What a later layer adds to evaluation; the default adds nothing.

    name(word, env, span)          value of a name that no scope has, or None
    member(value, name, env, span) value of `value.name`, or None if `value` is not of the layer
    index(value, node, env)        value of `value[..]`, or None
    function(name)                 a query function `(call, env) -> value`, or None
    binary(op, a, b, span)         arithmetic on values of the layer, or None
    """

    def name(self, word: str, env: Env, span: Span) -> Any:
        """Value of a name that no scope has."""
        return None

    def names(self, env: Env) -> Iterator[str]:
        """Names `name` would answer, for suggestions."""
        return iter(())

    def member(self, value: Any, name: str, env: Env, span: Span) -> Any:
        """Value of `value.name`."""
        return None

    def index(self, value: Any, node: ast.Index, env: Env) -> Any:
        """Value of `value[..]`."""
        return None

    def function(self, name: str) -> Callable[[ast.Call, Env], Any] | None:
        """A query function."""
        return None

    def functions(self) -> Iterator[str]:
        """Names `function` would answer, for suggestions."""
        return iter(())

    def scalar(self, value: Any, span: Span) -> Any:
        """A plain value for arithmetic and comparison (an attribute of one instance is its figure); else `value`."""
        return value


class Env:
    """Names in scope, innermost first.

    values   names bound here (values or Thunks); `binders` are those bound by `for`, on which `/` floors
    sizes    sizes of rule variables while a rule is lowered (see hwdsl.ir.index)
    subject  the element under test in a filter, for `.attr`
    coding   "raw" or "" : which rate `raw(...)`, `net(...)` ask for
    """

    __slots__ = ("binders", "budget", "coding", "context", "hooks", "module", "parent", "sizes", "subject", "values")

    def __init__(self, module: Module | None, parent: Env | None = None, hooks: Hooks | None = None) -> None:
        self.module = module
        self.parent = parent
        self.values: dict[str, Any] = {}
        self.binders: set[str] = set()
        self.sizes: dict[str, int] = parent.sizes if parent else {}
        self.hooks: Hooks = hooks or (parent.hooks if parent else Hooks())
        self.budget: Budget = parent.budget if parent else Budget()
        self.subject: Any = parent.subject if parent else None
        self.coding: str = parent.coding if parent else ""
        self.context: Any = parent.context if parent else None

    def child(self, module: Module | None = None) -> Env:
        """A nested scope."""
        return Env(module or self.module, self)

    def bind(self, name: str, value: Any, binder: bool = False) -> None:
        """Bind a name here."""
        self.values[name] = value
        if binder:
            self.binders.add(name)

    def find(self, name: str) -> tuple[bool, Any]:
        """(found, value) looking outward through scopes; Thunks are forced."""
        env: Env | None = self
        while env is not None:
            if name in env.values:
                value = env.values[name]
                return True, value.force(name) if isinstance(value, Thunk) else value
            env = env.parent
        return False, None

    def is_binder(self, name: str) -> bool:
        """Whether the nearest binding of `name` is a `for` variable."""
        env: Env | None = self
        while env is not None:
            if name in env.values:
                return name in env.binders
            env = env.parent
        return False

    def all_names(self) -> set[str]:
        """Every name in scope, for suggestions."""
        out: set[str] = set()
        env: Env | None = self
        while env is not None:
            out.update(env.values)
            env = env.parent
        if self.module is not None:
            out.update(self.module.names())
        out.update(self.hooks.names(self))
        return out
