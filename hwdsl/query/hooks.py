"""How names and functions of a design enter evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.query import select
from hwdsl.query.functions import TABLE, function
from hwdsl.query.selection import AttributeOf
from hwdsl.sema.env import Env, Hooks
from hwdsl.source.span import Span
from hwdsl.syntax import ast


class QueryHooks(Hooks):
    """Selections and query functions of the design in `env.context`.

    `options` holds what queries need beside the template: the memory budget, the current mode and the failures of an `under`.
    """

    def __init__(self) -> None:
        self.memory_budget = 2 * 1024**3
        self.mode: Any = None
        self.failed: tuple[Any, ...] = ()
        self.level = "L0"
        self.progress: Any = None

    def name(self, word: str, env: Env, span: Span) -> Any:
        """A part, port or plane of the design, `**.name`, `self`."""
        found = select.name_value(word, env)
        if word.startswith("**.") and found is not None and not getattr(found, "groups", True):
            raise select.nothing_at_any_depth(env.context, word[3:], span)
        return found

    def names(self, env: Env) -> Iterator[str]:
        """Members of the body, for suggestions."""
        owner = env.context
        if isinstance(owner, Template):
            yield from owner.parts
            yield from owner.ports
            yield from (d.names[0] for d in owner.planes.values())

    def member(self, value: Any, name: str, env: Env, span: Span) -> Any:
        """A selection inside another, or an attribute of one."""
        return select.member_value(value, name, env, span)

    def index(self, value: Any, node: ast.Index, env: Env) -> Any:
        """A selection narrowed by an index, a slice or a filter."""
        return select.index_value(value, node, env)

    def function(self, name: str) -> Callable[[ast.Call, Env], Any] | None:
        """The query function of that name, None if there is none."""
        return function(name)

    def functions(self) -> Iterator[str]:
        """Names of all query functions."""
        return iter(TABLE)

    def scalar(self, value: Any, span: Span) -> Any:
        """The one figure of an attribute selection; any other value as it is."""
        if isinstance(value, AttributeOf):
            from hwdsl.query.functions.figures import scalar

            return scalar(value, span)
        return value

    def reached(self, level: str) -> None:
        """Note the lowest IR level a query needed."""
        self.level = max(self.level, level)
