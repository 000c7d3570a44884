"""Files, modules and `use`.

A module is one file. `use a.b.{C};` looks for the file `a/b.hw`, first beside the using file's root folder, then (for `std`) in
the standard library. Only `pub` items of the library and of packages are visible; within one folder tree without `pub` items
every item of a file is visible, so that small projects need no ceremony.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from hwdsl.diag import Diagnostic, Diagnostics, Label
from hwdsl.sema.env import Thunk
from hwdsl.sema.mistake import did_you_mean
from hwdsl.sema.values import ComponentValue, Def, Namespace, Value
from hwdsl.source import NO_SPAN, SourceText, Span
from hwdsl.syntax import ast

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes of a source file; a larger one is refused unread."""


class Module:
    """A loaded file: its items by name, and the names its `use` statements bring in (resolved when first asked for)."""

    __slots__ = ("_imports", "_project", "broken", "constants", "file", "folder", "items", "missing")

    def __init__(self, project: Project, file: ast.File, folder: str) -> None:
        self._project = project
        self.file = file
        self.folder = folder
        self.items: dict[str, Def] = {}
        self._imports: dict[str, Value] | None = None
        self.missing: set[str] = set()
        """Names that a `use` was to bring in and could not, which was reported."""
        self.constants: dict[str, Thunk] = {}
        self.broken = any(isinstance(i, ast.ErrorItem) for i in file.items)
        for item in file.items:
            name = getattr(item, "name", None)
            if isinstance(item, (ast.Component, ast.Pattern, ast.Fn, ast.Const, ast.Enum)) and name:
                if name in self.items:
                    first = self.items[name].item
                    project.diagnostics.error(
                        "HW1002", f"`{name}` is declared twice in this file", name_span(item), label="second declaration",
                        related=(Label(name_span(first), "first declaration"),),
                        help="names of components, patterns, functions, constants and enums share one space; rename one of them")
                else:
                    self.items[name] = Def(item, self)

    @property
    def path(self) -> str:
        """Display path."""
        return self.file.path

    def imports(self) -> dict[str, Value]:
        """Names brought in by `use`."""
        if self._imports is None:
            self._imports = {}
            for item in self.file.items:
                if isinstance(item, ast.Use):
                    self._project.resolve_use(self, item, self._imports)
        return self._imports

    def names(self) -> set[str]:
        """Names visible in this file."""
        return set(self.items) | set(self.imports())

    def lookup(self, name: str) -> Value:
        """A `Def`, a `Namespace`, or None."""
        found = self.items.get(name)
        return found if found is not None else self.imports().get(name)

    def exported(self, name: str) -> tuple[Value, bool]:
        """(value, public) of an item for another module."""
        found = self.items.get(name)
        if found is not None:
            public = bool(getattr(found.item, "pub", False)) or not self.has_public()
            return found, public
        for item in self.file.items:
            if isinstance(item, ast.Use) and item.pub and name in self.imports():
                return self.imports()[name], True
        return None, False

    def packaged(self, path: tuple[str, ...], span: Span) -> Value:
        """A public item by its dotted package path, seen from this file; None if there is none."""
        file = self._project.find_package(path[:-1], self.folder) if len(path) > 1 else None
        other = self._project.load(file, span) if file else None
        value, public = other.exported(path[-1]) if other is not None else (None, False)
        return value if public else None

    def has_public(self) -> bool:
        """Whether any item is marked `pub` (if none is, all are visible)."""
        return any(getattr(i, "pub", False) for i in self.file.items)

    def public_names(self) -> set[str]:
        """Names other modules may use."""
        return {n for n, d in self.items.items() if getattr(d.item, "pub", False) or not self.has_public()}


def name_span(item: ast.Item) -> Span:
    """Where the name of a declaration stands (the whole item if unknown)."""
    return item.name_span if isinstance(item, ast.Component) else item.span


def _first_of_each(text: str, found: Iterable[Diagnostic]) -> tuple[list[Diagnostic], tuple[Span, ...]]:
    """(the first mistake of form of each statement, those statements): what follows in one is mostly a consequence."""
    kept: list[Diagnostic] = []
    statements: list[Span] = []
    for d in found:
        if not any(s.start <= d.span.start < s.end for s in statements):
            kept.append(d)
            statements.append(_statement(text, d.span, d.code))
    return kept, tuple(statements)


def _statement(text: str, span: Span, code: str) -> Span:
    """The statement around a mistake of form, judged by `;` and braces."""
    start = max(text.rfind(sign, 0, span.start) for sign in ";{}") + 1
    if code == "HW0102":  # the `;` is missing here: what follows is another statement
        return Span(span.file, start, max(span.start, start + 1))
    ends = [at for at in (text.find(sign, span.start) for sign in ";}") if at >= 0]
    return Span(span.file, start, max(span.end, min(ends, default=len(text)) + 1))


class Project:
    """All modules of one session, loaded on demand; texts are kept for rendering diagnostics."""

    def __init__(self, diagnostics: Diagnostics, cache_dir: str | None, stdlib: str) -> None:
        self.diagnostics = diagnostics
        self.cache_dir = cache_dir
        self.stdlib = stdlib
        self.sources: dict[str, SourceText] = {}
        self._modules: dict[str, Module | None] = {}
        self._circular: set[str] = set()

    def load(self, path: str, span: Span = NO_SPAN) -> Module | None:
        """The module of a file; reports what is wrong with it. None if it cannot be read."""
        key = os.path.realpath(path)
        if key in self._modules:
            return self._modules[key]
        self._modules[key] = None
        text = self.read_text(path, span)
        if text is None:
            return None
        return self.load_text(path, text, key)

    def load_text(self, path: str, text: str, key: str | None = None) -> Module:
        """The module of a text that stands under `path`."""
        from hwdsl.syntax.cache import load

        source = SourceText(path, text)
        before = self.sources.get(path)
        if before is not None and before.text != text:
            self.diagnostics.forget(path)
        self.sources[path] = source
        file, found = load(source, self.cache_dir)
        self.diagnostics.unreadable(path, (), frozenset())
        kept, statements = _first_of_each(text, found)
        self.diagnostics.extend(kept)
        if found:
            words = frozenset(w for s in statements for w in re.findall(r"[A-Za-z_]\w*", text[s.start:s.end]))
            self.diagnostics.unreadable(path, statements, words)
        if "@claim" in text:
            from hwdsl.sema.claims import check_claims

            check_claims(file, self.diagnostics)
        module = Module(self, file, os.path.dirname(path))
        module.broken |= bool(found)
        self._modules[key or os.path.realpath(path)] = module
        return module

    def read_text(self, path: str, span: Span = NO_SPAN) -> str | None:
        """The text of a file; None, reported, when it cannot be read or is no UTF-8."""
        say = self.diagnostics.error
        try:
            size = os.stat(path).st_size
            if os.path.isdir(path):
                say("HW0002", f"`{path}` is a directory", span, help="name a `.hw` file in it")
                return None
            if size > SIZE_LIMIT:
                say("HW0005", f"`{path}` has {size:,} bytes; a design file may have {SIZE_LIMIT:,}", span,
                    help="arrays and rules keep designs small; split a hand-made list into `use`d files")
                return None
            with open(path, "rb") as stream:
                data = stream.read(SIZE_LIMIT + 1)
            if len(data) > SIZE_LIMIT:  # a device or pipe does not tell its size
                say("HW0005", f"`{path}` has no end within {SIZE_LIMIT:,} bytes", span, help="name a file of text")
                return None
        except FileNotFoundError:
            folder = os.path.dirname(path) or "."
            try:
                near = [n for n in os.listdir(folder) if n.endswith(".hw")]
            except OSError:
                near = []
            hint = did_you_mean(os.path.basename(path), near)
            say("HW0001", f"there is no file `{path}`", span, help=hint)
            return None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            say("HW0003", f"cannot read `{path}`: {reason}", span)
            return None
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            say("HW0004", f"`{path}` is not UTF-8 text: byte 0x{data[error.start]:02x} in line {line}", span,
                help="save the file as UTF-8")
            return None

    def find_package(self, path: Iterable[str], folder: str) -> str | None:
        """File of a dotted module path, None if there is none."""
        parts = list(path)
        roots = [folder]
        if parts and parts[0] == "std":
            parts, roots = parts[1:], [self.stdlib]
        for root in roots:
            if parts:
                candidate = os.path.join(root, *parts) + ".hw"
                if os.path.isfile(candidate):
                    return candidate
        return None

    def resolve_use(self, module: Module, use: ast.Use, into: dict[str, Value]) -> None:
        """Bind the names of one `use` statement, reporting what cannot be found."""
        whole = self.find_package(use.path, module.folder)
        if use.names is not None:
            wanted = [(n.name, n.name, n.span) for n in use.names]
        elif whole is not None:
            wanted = []
        else:
            wanted = [(use.path[-1], use.alias or use.path[-1], use.span)]
            whole = self.find_package(use.path[:-1], module.folder)
        names = {alias for _, alias, _ in wanted} or {use.alias or use.path[-1]}
        if whole is None:
            module.missing |= names
            tried = ".".join(use.path if use.names is not None else use.path[:-1] or use.path)
            self.diagnostics.error("HW1003", f"there is no module `{tried}`", use.span, label="used here",
                                   help=self._package_hint(use, module))
            return
        other = self.load(whole, use.span)
        if other is None:
            module.missing |= names
            return
        self._report_circle(module, other, use)
        if not wanted:
            self._bind(module, into, use.alias or use.path[-1], Namespace(other), use.span)
        for name, alias, span in wanted:
            value, public = other.exported(name)
            if value is None:
                module.missing.add(alias)
                if not other.broken:
                    self.diagnostics.error("HW1001", f"module `{other.path}` has no `{name}`", span,
                                           help=did_you_mean(name, other.public_names()))
                continue
            if not public:
                self.diagnostics.error("HW1005", f"`{name}` of `{other.path}` is not public", span,
                                       related=(Label(name_span(value.item), "declared here without `pub`"),),
                                       help=f"write `pub` before the declaration of `{name}`")
            self._bind(module, into, alias, value, span)

    def _bind(self, module: Module, into: dict[str, Value], name: str, value: Value, span: Span) -> None:
        if name in module.items:
            self.diagnostics.error("HW1002", f"`{name}` is declared in this file and brought in by `use`", span,
                                   label="brought in here",
                                   related=(Label(name_span(module.items[name].item), "declared here"),),
                                   help="rename the declaration, or bring the other in with `as`")
        elif name in into and into[name] != value:
            self.diagnostics.error("HW1002", f"`{name}` is brought in twice, from different modules", span,
                                   help="give one of them another name with `as`")
        else:
            into[name] = value

    def _report_circle(self, module: Module, other: Module, use: ast.Use) -> None:
        """Report a circle that `use` closes, once for all files in it. The names are bound all the same: no second report."""
        circle = self._circle(other, module)
        if not circle or self._circular >= set(circle):
            return
        self._circular |= set(circle)
        names = " > ".join(os.path.basename(path) for path in (module.path, *circle))
        self.diagnostics.error("HW1004", f"`{os.path.basename(module.path)}` uses itself through `{os.path.basename(other.path)}`"
                               if module is not other else f"`{os.path.basename(module.path)}` uses itself", use.span,
                               label="closes the circle", notes=(f"the circle is {names}",),
                               help="move what both need into a third file")

    def _circle(self, start: Module, goal: Module) -> list[str]:
        """Paths of the files from `start` to `goal` along their `use` statements, empty if there is no way."""
        todo: list[tuple[Module, tuple[str, ...]]] = [(start, (start.path,))]
        seen: set[str] = set()
        while todo:
            module, way = todo.pop()
            if module is goal:
                return list(way)
            if module.path in seen:
                continue
            seen.add(module.path)
            for item in module.file.items:
                if isinstance(item, ast.Use):
                    file = self.find_package(item.path, module.folder) or self.find_package(item.path[:-1], module.folder)
                    known = self._modules.get(os.path.realpath(file)) if file else None
                    if known is not None:
                        todo.append((known, (*way, known.path)))
        return []

    def _package_hint(self, use: ast.Use, module: Module) -> str:
        parts = list(use.path)
        root = self.stdlib if parts[0] == "std" else module.folder or "."
        wanted = parts[1] if parts[0] == "std" and len(parts) > 1 else parts[0]
        try:
            near = [n[:-3] for n in os.listdir(root) if n.endswith(".hw")]
        except OSError:
            near = []
        hint = did_you_mean(wanted, near)
        if hint and parts[0] == "std":
            hint = hint.replace("`", "`std.", 1)
        return hint or "a module is a file: `use a.b.{C};` reads `a/b.hw` beside this file, `use std. ...` the standard library"


def component_of(value: Value) -> ComponentValue | None:
    """The component a name stands for, if it is one."""
    if isinstance(value, ComponentValue):
        return value
    if isinstance(value, Def) and isinstance(value.item, ast.Component):
        return ComponentValue(value)
    return None
