"""State of one elaboration: what has been specialised, and where reports go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hwdsl.diag import Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.node import replace
from hwdsl.sema.env import Env, Hooks
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.project import Module, Project

ARRAY_LIMIT = 10**9
"""Elements of one array; more is an input mistake."""
RANGE_LIMIT = 10**12
"""Values of one `for` variable."""
INSTANCE_LIMIT = 10**12
"""Instances of one design."""
DEPTH_LIMIT = 64
"""Levels of components within components."""
SUBRULE_LIMIT = 20_000
"""Sub-rules that one statement may be unrolled into."""


class Elaborator:
    """Specialises components into templates, once per distinct (definition, arguments, local changes).

    `stack` is the chain of components being specialised (for cycles and instance paths in reports).
    """

    def __init__(self, project: Project, diagnostics: Diagnostics, hooks: Hooks) -> None:
        self.project = project
        self.diagnostics = diagnostics
        self.hooks = hooks
        self.memo: dict[Any, Template] = {}
        self.uids: dict[str, Any] = {}
        self.stack: list[tuple[Any, str]] = []

    def module_env(self, module: Module) -> Env:
        """The outermost scope of a file."""
        return Env(module, None, self.hooks)

    def fresh_uid(self, wanted: str, key: Any) -> str:
        """A unique, stable name for a template."""
        uid, n = wanted, 1
        while uid in self.uids and self.uids[uid] != key:
            n += 1
            uid = f"{wanted}~{n}"
        self.uids[uid] = key
        return uid

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Turn a Mistake raised inside into its report, and go on."""
        try:
            yield
        except Mistake as error:
            self.report(error)

    def report(self, error: Mistake) -> None:
        """Add the diagnostic of a mistake, with the instance path if there is one."""
        if error.diagnostic is not None:
            names = [name for _, name in self.stack]
            if len(names) > 8:
                names = [*names[:2], f"({len(names) - 5} more)", *names[-3:]]
            path = " > ".join(names)
            found = error.diagnostic
            self.diagnostics.add(found if found.path or not path else replace(found, path=path))
