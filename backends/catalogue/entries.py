"""What the catalogue says of a library, as plain records of text: packages, in each its components, links, media and patterns.

A component whose parameters all have defaults is elaborated, so that inherited and computed figures show their values; of one
that needs arguments the figures are shown as they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.backends.drawing.text import grouped, number
from hwdsl.backends.report.figures import Cited, about, cited
from hwdsl.diag import Diagnostics
from hwdsl.elab.attributes import sources_of
from hwdsl.elab.context import Elaborator
from hwdsl.elab.elaborate import elaborate
from hwdsl.elab.refinement import parameters_of
from hwdsl.ir.l0 import Template, volume
from hwdsl.ir.space import TooLarge
from hwdsl.node import Record
from hwdsl.sema.mistake import Mistake
from hwdsl.sema.show import show
from hwdsl.sema.values import UNKNOWN, ComponentValue, Def, Source, Value, Word
from hwdsl.sema.walk import names_of
from hwdsl.syntax import ast
from hwdsl.types import Quantity
from hwdsl.types.arithmetic import mul

if TYPE_CHECKING:
    from hwdsl.api import Session
    from hwdsl.sema.project import Module

KINDS = ("chip", "memory", "switch", "engine", "ocs", "module", "connector", "board", "tray", "node", "rack", "row", "room",
         "system", "panel", "power", "cooling", "link", "cable", "fibre", "backplane", "trace", "pathway", "workload", "pattern",
         "function", "constant", "words")
"""Order of the kinds in a package."""


class Row(Record):
    """One figure or fact: `written` is the expression where it depends on a parameter, `base` what it is inherited from.

    `is_fact`: a word, a text, a truth or components, not a number. `named` are the components of such a value, with anchors.
    """

    name: str
    value: str
    is_fact: bool
    named: tuple[tuple[str, str], ...]
    written: str
    is_unknown: bool
    unverified: bool
    about: str
    base: str
    sources: tuple[Cited, ...]


class Member(Record):
    """A port or part array: how many (as written where a parameter says it), of which type; `anchor` of the type or ""."""

    what: str
    name: str
    count: str
    type: str
    anchor: str
    cited: tuple[Cited, ...]


class Entry(Record):
    """One declaration. `code` is the text of a pattern's rules, of a function or of a constant; `rate` what a link carries with
    its default lanes.

    `unpublished` names the figures that are unknown and have no source to cite for that; they have no row.
    """

    anchor: str
    name: str
    kind: str
    parameters: tuple[str, ...]
    condition: str
    base: str
    base_anchor: str
    doc: tuple[str, ...]
    rate: str
    rows: tuple[Row, ...]
    unpublished: tuple[str, ...]
    members: tuple[Member, ...]
    code: str
    cited: tuple[Cited, ...]


class Package(Record):
    """A file of the library; `passed` are the names, with their anchors, that it passes on from others (`pub use`)."""

    name: str
    anchor: str
    doc: tuple[str, ...]
    entries: tuple[Entry, ...]
    passed: tuple[tuple[str, str], ...]


Declared = ast.Component | ast.Pattern | ast.Fn | ast.Const | ast.Enum
"""What has an entry."""


def packages(session: Session, files: dict[str, str]) -> list[Package]:
    """The catalogue of `files`, file path by package name (`std.nvidia`)."""
    loaded = {name: session.project.load(path) for name, path in sorted(files.items())}
    modules = {name: m for name, m in loaded.items() if m is not None}
    anchors = {d.item: f"{name}.{d.item.name}" for name, m in modules.items() for d in m.items.values()
               if isinstance(d.item, Declared) and d.item.name in m.public_names()}
    el = Elaborator(session.project, Diagnostics(), session.hooks)
    out = []
    for name, m in modules.items():
        reader = _Reader(session, el, m, anchors)
        items = [d.item for d in m.items.values() if isinstance(d.item, Declared) and d.item in anchors]
        entries = sorted((reader.entry(i) for i in items), key=lambda e: KINDS.index(e.kind) if e.kind in KINDS else len(KINDS))
        out.append(Package(name, name, paragraphs(m.file.doc), tuple(entries), tuple(_passed(m, anchors))))
    return out


def _passed(module: Module, anchors: dict[Any, str]) -> list[tuple[str, str]]:
    """The names of the `pub use` statements of a file that lead to an entry."""
    names = [n.name for i in module.file.items if isinstance(i, ast.Use) and i.pub
             for n in i.names or (ast.Name(i.span, i.alias or i.path[-1]),)]
    found = ((name, module.imports().get(name)) for name in names)
    return sorted((name, anchors[d.item]) for name, d in found if isinstance(d, Def) and d.item in anchors)


def paragraphs(doc: str) -> tuple[str, ...]:
    """The paragraphs of a comment, each on one line."""
    return tuple(" ".join(p.split()) for p in doc.split("\n\n") if p.strip())


class _Reader:
    """Reads the declarations of one file."""

    def __init__(self, session: Session, el: Elaborator, module: Module, anchors: dict[Any, str]) -> None:
        self.texts = session.sources
        self.el = el
        self.module = module
        self.env = el.module_env(module)
        self.anchors = anchors

    def entry(self, item: Declared) -> Entry:
        """What is to be said of one declaration."""
        if not isinstance(item, (ast.Component, ast.Pattern)):
            return self._value(item)
        t = self._template(item)
        base = item.base if isinstance(item, ast.Component) else None
        rows = self._rows(item, t)
        bare = tuple(r.name for r in rows if r.is_unknown and not r.sources and not r.base)
        return Entry(
            self.anchors[item], item.name, item.kind if isinstance(item, ast.Component) else "pattern",
            tuple(self.text(p) for p in item.params), self.text(item.guard) if item.guard is not None else "",
            ".".join(base.path) if base is not None else "", self._anchor(base) if base is not None else "",
            paragraphs(item.doc), _rate(t), tuple(r for r in rows if r.name not in bare), bare,
            tuple(self._members(item, t)),
            self._rules(item) if isinstance(item, ast.Pattern) else "", tuple(cited(s) for s in self._sources(item.annots)))

    def _value(self, item: ast.Fn | ast.Const | ast.Enum) -> Entry:
        """A function, a constant or the words of an enumeration."""
        annots = item.annots
        if isinstance(item, ast.Fn):
            kind, code = "function", f"-> {self.text(item.result)} = {self.text(item.body)}"
        elif isinstance(item, ast.Enum):
            kind, code = "words", ", ".join(m.name for m in item.members)
        else:
            value = item.value
            if isinstance(value, ast.Annotated):
                annots, value = (*annots, *value.annots), value.value
            kind, code = "constant", f"= {self.text(value)}"
        parameters = tuple(self.text(p) for p in item.params) if isinstance(item, ast.Fn) else ()
        return Entry(self.anchors[item], item.name, kind, parameters, "", "", "", paragraphs(item.doc), "", (), (), (), code,
                     tuple(cited(s) for s in self._sources(annots)))

    def text(self, node: ast.Node) -> str:
        """The node as it is written, on one line."""
        source = self.texts.get(node.span.file)
        return " ".join(source.text[node.span.start:node.span.end].split()) if source is not None else ""

    def _template(self, item: ast.Component | ast.Pattern) -> Template | None:
        if not isinstance(item, ast.Component):
            return None
        if any(p.default is None for p in parameters_of(self.el, Def(item, self.module))):
            return None
        try:
            return elaborate(self.el, ComponentValue(Def(item, self.module)), item.name_span)
        except (Mistake, TooLarge):
            return None

    def _sources(self, annots: tuple[ast.Annot, ...]) -> tuple[Source, ...]:
        try:
            return sources_of(annots, self.env)
        except Mistake:
            return ()

    def _rows(self, item: ast.Component | ast.Pattern, t: Template | None) -> list[Row]:
        parameters = {p.name for p in item.params}
        own = {i.name: i for i in item.body if isinstance(i, ast.Attr)}
        out = []
        for name, a in own.items():
            expr, annots = a.value, a.annots
            if isinstance(expr, ast.Annotated):
                annots += expr.annots
                expr = expr.value
            found = t.attributes.get(name) if t is not None else None
            sources = found.sources if found is not None else self._sources(annots)
            written = self.text(expr)
            bound = bool(names_of(expr) & parameters)
            value = grouped(show(found.value)) if found is not None else written
            unknown = found.value is UNKNOWN if found is not None else isinstance(expr, ast.Name) and expr.name == "unknown"
            out.append(self._row(name, value, found.value if found is not None else None,
                                 written if bound and found is not None else "", unknown, sources))
        if t is not None:
            base = t.bases[0] if t.bases else ""
            out += [self._row(name, grouped(show(a.value)), a.value, "", a.value is UNKNOWN, a.sources, base)
                    for name, a in t.attributes.items() if name not in own]
        return out

    def _row(self, name: str, text: str, value: Value | None, written: str, unknown: bool, sources: tuple[Source, ...],
             base: str = "") -> Row:
        """A row; `value` is None where nothing was evaluated."""
        several = value if isinstance(value, tuple) else (value,)
        components = [v for v in several if isinstance(v, ComponentValue)]
        named = tuple((show(v), self.anchors.get(v.definition.item, "")) for v in components)
        is_fact = all(isinstance(v, (Word, str, bool, ComponentValue)) for v in several)
        return Row(name, text, is_fact, named if len(named) == len(several) else (), written, unknown,
                   any(s.status == "unverified" for s in sources), ", ".join(about(sources)), base,
                   tuple(cited(s) for s in sources if s.text or s.url))

    def _members(self, item: ast.Component | ast.Pattern, t: Template | None) -> list[Member]:
        out = []
        for i in item.body:
            if not isinstance(i, (ast.Port, ast.Part)):
                continue
            found = t.member(i.name) if t is not None else None
            count = number(volume(found.dims)) if found is not None else " x ".join(self.text(d) for d in i.type.dims) or "1"
            what = f"{i.modifier} port".strip() if isinstance(i, ast.Port) else "part"
            arguments = "(" + ", ".join(self.text(a) for a in i.type.args) + ")" if i.type.args else ""
            out.append(Member(what, i.name, count, ".".join(i.type.path) + arguments, self._anchor(i.type),
                              tuple(cited(s) for s in self._sources(i.annots))))
        return out

    def _anchor(self, ref: ast.TypeRef) -> str:
        found: Any = self.module.lookup(ref.path[0])
        for name in ref.path[1:]:
            found = found.module.exported(name)[0] if hasattr(found, "module") and not isinstance(found, Def) else None
        return self.anchors.get(found.item, "") if isinstance(found, Def) else ""

    def _rules(self, item: ast.Pattern) -> str:
        """The body of a pattern, its lines as they stand."""
        source = self.texts.get(item.span.file)
        if source is None or not item.body:
            return ""
        written = source.text[item.body[0].span.start:item.body[-1].span.end]
        return "\n".join(line.removeprefix("    ") for line in written.split("\n"))


def _rate(t: Template | None) -> str:
    """Raw and net rate of one link, all its lanes, one direction."""
    if t is None or t.kind != "link":
        return ""
    lanes = t.figure("lanes")
    if not isinstance(lanes, int) or lanes < 2:
        return ""
    words = [f"{grouped(show(mul(t.figure(n), lanes)))} {n}" for n in ("raw", "net") if isinstance(t.figure(n), Quantity)]
    return f"{number(lanes)} lanes, one direction: {', '.join(words)}" if words else ""
