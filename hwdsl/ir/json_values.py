"""JSON forms of what stands in the IR: values with their units, index maps, spaces, positions in the source.

Encoders give JSON-able data, decoders the same thing back; a decoder raises `Damaged` for data that no encoder gives. Forms:

    values      null, true, 12, "a text"; {"word": "liquid"}; {"unknown": true}; {"ratio": "1/3"}; a list; {"range": [0, 4]};
                {"component": "Dac400", "args": {}}; {"index": index map}; {"other": "words for a reader"}
    quantities  {"value": "63/10", "unit": "kW"}: exact, in that unit; "lo" and "hi" of an interval; "dim" (exponents of base
                dimensions) instead of a unit, then in base units; "direction", "coding", "missing", "bound", "form" if not empty
    index maps  4, "t", or [constant, [coefficient, atom], ...]; an atom is "t", {"div": map, "by": 4}, {"mod": map, "by": 4} or
                {"table": [..], "vars": ["t"], "sizes": [4]}
    index sets  [start, stop] (half-open), or {"set": [0, 3, 5]}
    positions   "pod.hw:12:5 310-342": file, line, column (from 1), characters start to end (from 0, half-open); "" for nowhere
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from hwdsl.ir.index import Atom, Div, Ix, Mod, Table
from hwdsl.ir.l0 import Box, PointTable
from hwdsl.ir.space import Cmp, IndexSet, Space
from hwdsl.node import Record
from hwdsl.sema.values import UNKNOWN, ComponentValue, RangeVal, Source, Word, kind_name
from hwdsl.source import SourceText
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.types import Quantity
from hwdsl.types.dimension import NONE, Dim
from hwdsl.types.unit import tidy, unit

Places = dict[tuple[str, int], tuple[int, int]]
"""Line and column by (file, character)."""

_AT = re.compile(r"(.*):(\d{1,9}):(\d{1,9}) (\d{1,12})-(\d{1,12})", re.DOTALL)
_OPS = ("==", "!=", "<=")
_SOURCE = ("text", "date", "url", "boundary", "figure", "status", "note")


class Damaged(Exception):
    """Data that is no IR; the text says what is wrong with it."""


class NamedComponent(Record):
    """A component that a value names, in an IR that was read back: its declaration is not there, its name is."""

    name: str
    args: tuple[tuple[str, Any], ...] = ()

    def describe(self) -> str:
        """For messages."""
        return f"the component `{self.name}`"


class Other(Record):
    """A value that only a reader understands, in an IR that was read back."""

    text: str

    def describe(self) -> str:
        """For messages."""
        return self.text


class Positions:
    """Turns spans into text and back: `sources` by display path, `rename` from display paths to the ones written."""

    def __init__(
        self, sources: Mapping[str, SourceText] = {}, rename: Callable[[str], str] = str, known: Places | None = None
    ) -> None:
        self.known: Places = dict(known or {})
        self._sources = sources
        self._names: dict[str, str] = {}
        self._rename = rename

    def text(self, span: Span) -> str:
        """The form in the file."""
        if span == NO_SPAN or not span.file:
            return ""
        line, column = self.line_column(span)
        return f"{self.name(span.file)}:{line}:{column} {span.start}-{span.end}"

    def short(self, span: Span) -> str:
        """`file:line`, for a reader."""
        return f"{self.name(span.file)}:{self.line_column(span)[0]}" if span.file else ""

    def name(self, file: str) -> str:
        """A display path as it is written; one that was read from a file is written as it was."""
        if file not in self._names:
            self._names[file] = self._rename(file) if file in self._sources or not self.known else file
        return self._names[file]

    def line_column(self, span: Span) -> tuple[int, int]:
        """Line and column of the start of a span, from 1; (0, 0) when neither the text nor its positions are known."""
        source = self._sources.get(span.file)
        if source is not None:
            return source.line_column(span.start)
        return self.known.get((span.file, span.start), (0, 0))

    def span(self, text: Any) -> Span:
        """The span of a text; its line and column are kept."""
        if text == "":
            return NO_SPAN
        match = _AT.fullmatch(need(text, str))
        if match is None:
            raise Damaged(f"{text!r} is no position")
        span = Span(match[1], int(match[4]), int(match[5]))
        self.known[span.file, span.start] = (int(match[2]), int(match[3]))
        return span


# ---------------------------------------------------------------- checked access
def need(data: Any, kind: type) -> Any:
    """`data`, which must be of that JSON type (a truth value is no number)."""
    if type(data) is not kind:
        raise Damaged(f"{_short(data)} stands where {_KINDS[kind]} belongs")
    return data


_KINDS: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}


def _short(data: Any) -> str:
    text = repr(data)
    return text if len(text) <= 60 else text[:57] + "..."


def field(data: dict[str, Any], name: str, kind: type) -> Any:
    """The member `name` of an object; a text is not empty."""
    if name not in data or data[name] == "":
        raise Damaged(f"`{name}` is missing")
    return need(data[name], kind)


def natural_numbers(data: Any) -> tuple[int, ...]:
    """A list of whole numbers from 0."""
    out = tuple(need(n, int) for n in need(data, list))
    if any(n < 0 for n in out):
        raise Damaged(f"{_short(data)} holds a negative size")
    return out


def names(data: Any) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(need(n, str) for n in need(data, list))


# ---------------------------------------------------------------- numbers and quantities
def _number(value: int | Fraction) -> str:
    return str(value)


def _rational(text: Any) -> int | Fraction:
    if not re.fullmatch(r"-?\d{1,3000}(/\d{1,3000})?", need(text, str)):
        raise Damaged(f"{_short(text)} is no rational number")
    top, _, bottom = text.partition("/")
    if bottom and not int(bottom):
        raise Damaged(f"{_short(text)} divides by zero")
    return tidy(Fraction(int(top), int(bottom or 1)))


def _encode_quantity(q: Quantity) -> dict[str, Any]:
    u = unit(q.unit) if q.unit else None
    out: dict[str, Any] = {}
    if u is not None and u.dim is q.dim:
        out["unit"] = q.unit
        factor, offset = u.factor, u.offset
    else:
        out["dim"] = dict(q.dim.exponents)
        factor, offset = 1, 0

    def shown(value: int | Fraction) -> str:
        return _number(tidy((Fraction(value) - offset) / factor))

    out["value"] = shown(q.nom)
    if q.lo != q.hi:
        out["lo"], out["hi"] = shown(q.lo), shown(q.hi)
    for name in ("direction", "coding", "missing", "bound", "form"):
        if getattr(q, name):
            out[name] = getattr(q, name)
    return out


def _decode_quantity(data: dict[str, Any]) -> Quantity:
    factor: int | Fraction = 1
    offset: int | Fraction = 0
    word = ""
    if "unit" in data:
        word = field(data, "unit", str)
        u = unit(word)
        if u is None:
            raise Damaged(f"{_short(word)} is no unit")
        dim, factor, offset = u.dim, u.factor, u.offset
    else:
        dim = _decode_dim(field(data, "dim", dict))

    def base(name: str) -> int | Fraction:
        return tidy(Fraction(_rational(field(data, name, str))) * factor + offset)

    nom = base("value")
    lo, hi = (base("lo"), base("hi")) if "lo" in data else (nom, nom)
    texts = [need(data.get(n, ""), str) for n in ("direction", "coding", "bound", "form")]
    return Quantity(lo, nom, hi, dim, word, texts[0], texts[1], need(data.get("missing", 0), int), texts[2], texts[3])


def _decode_dim(data: dict[str, Any]) -> Dim:
    from hwdsl.types.dimension import _ORDER, _intern, _rank

    for base in data:
        if base not in _ORDER and not base.startswith("money:"):
            raise Damaged(f"{_short(base)} is no base dimension")
    items = tuple(sorted(((base, need(e, int)) for base, e in data.items() if e), key=_rank))
    return _intern(items) if items else NONE


# ---------------------------------------------------------------- values
def encode_value(value: Any) -> Any:
    """A value of the design."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Fraction):
        return {"ratio": _number(value)}
    if isinstance(value, Quantity):
        return _encode_quantity(value)
    if isinstance(value, Word):
        return {"word": value.text, **({"enum": value.enum} if value.enum else {})}
    if value is UNKNOWN:
        return {"unknown": True}
    if isinstance(value, tuple):
        return [encode_value(v) for v in value]
    if isinstance(value, RangeVal):
        return {"range": [encode_value(value.lo), encode_value(value.hi)]}
    if isinstance(value, Ix):
        return {"index": encode_ix(value)}
    if isinstance(value, (ComponentValue, NamedComponent)):
        name = value.name if isinstance(value, NamedComponent) else getattr(value.definition.item, "name", "")
        return {"component": name, "args": {k: encode_value(v) for k, v in value.args or ()}}
    return {"other": kind_name(value)}


def decode_value(data: Any) -> Any:
    """The value back; components come back as `NamedComponent`, what has no form as `Other`."""
    if data is None or isinstance(data, (bool, int, str)):
        return data
    if isinstance(data, list):
        return tuple(decode_value(v) for v in data)
    need(data, dict)
    if "value" in data:
        return _decode_quantity(data)
    if "ratio" in data:
        return _rational(data["ratio"])
    if "word" in data:
        return Word(field(data, "word", str), need(data.get("enum", ""), str))
    if data.get("unknown") is True:
        return UNKNOWN
    if "range" in data:
        bounds = field(data, "range", list)
        if len(bounds) != 2:
            raise Damaged("a range has two bounds")
        return RangeVal(decode_value(bounds[0]), decode_value(bounds[1]))
    if "index" in data:
        return decode_ix(data["index"])
    if "component" in data:
        args = need(data.get("args", {}), dict)
        return NamedComponent(field(data, "component", str), tuple((k, decode_value(args[k])) for k in sorted(args)))
    if "other" in data:
        return Other(field(data, "other", str))
    raise Damaged(f"{_short(data)} is no value")


def encode_source(source: Source) -> dict[str, str]:
    """A source, empty fields left out."""
    return {name: getattr(source, name) for name in _SOURCE if getattr(source, name)}


def decode_source(data: Any) -> Source:
    """The source back."""
    given = need(data, dict)
    if set(given) - set(_SOURCE):
        raise Damaged(f"a source has no `{sorted(set(given) - set(_SOURCE))[0]}`")
    return Source(**{name: need(given.get(name, ""), str) for name in _SOURCE})


# ---------------------------------------------------------------- index maps and spaces
def encode_ix(ix: Ix) -> Any:
    """An index map."""
    if not ix.terms:
        return ix.const
    if ix.const == 0 and len(ix.terms) == 1 and ix.terms[0][0] == 1 and isinstance(ix.terms[0][1], str):
        return ix.terms[0][1]
    return [ix.const, *([c, _encode_atom(a)] for c, a in ix.terms)]


def _encode_atom(atom: Atom) -> Any:
    if isinstance(atom, str):
        return atom
    if isinstance(atom, Div):
        return {"div": encode_ix(atom.ix), "by": atom.d}
    if isinstance(atom, Mod):
        return {"mod": encode_ix(atom.ix), "by": atom.m}
    return {"table": list(atom.data), "vars": list(atom.vars), "sizes": list(atom.sizes)}


def decode_ix(data: Any) -> Ix:
    """The index map back."""
    if isinstance(data, str):
        return Ix(0, ((1, data),))
    if not isinstance(data, list):
        return Ix(need(data, int))
    if not data:
        raise Damaged("an index map has a constant")
    terms = []
    for term in data[1:]:
        if len(need(term, list)) != 2:
            raise Damaged("a term of an index map is [coefficient, atom]")
        terms.append((need(term[0], int), _decode_atom(term[1])))
    return Ix(need(data[0], int), tuple(terms))


def _decode_atom(data: Any) -> Atom:
    if isinstance(data, str):
        return data
    need(data, dict)
    if "table" in data:
        vars_, sizes = names(field(data, "vars", list)), natural_numbers(field(data, "sizes", list))
        values = tuple(need(v, int) for v in field(data, "table", list))
        size = 1
        for n in sizes:
            size *= n
        if len(vars_) != len(sizes) or size != len(values):
            raise Damaged("a table has one value for each point of its variables")
        return Table(vars_, sizes, values)
    by = field(data, "by", int)
    if by < 1:
        raise Damaged("an index is divided by a number from 1")
    if "div" in data:
        return Div(decode_ix(data["div"]), by)
    if "mod" in data:
        return Mod(decode_ix(data["mod"]), by)
    raise Damaged(f"{_short(data)} is no part of an index map")


def encode_space(space: Space) -> dict[str, Any]:
    """An index space."""
    out: dict[str, Any] = {"vars": [[n, s] for n, s in space.vars]}
    if space.guard:
        out["guard"] = [[c.op, encode_ix(c.ix)] for c in space.guard]
    return out


def decode_space(data: Any) -> Space:
    """The index space back."""
    variables = []
    for item in field(need(data, dict), "vars", list):
        if len(need(item, list)) != 2:
            raise Damaged("a variable is [name, size]")
        variables.append((need(item[0], str), need(item[1], int)))
    guard = []
    for item in need(data.get("guard", []), list):
        if len(need(item, list)) != 2 or item[0] not in _OPS:
            raise Damaged("a condition is [comparison, index map]")
        guard.append(Cmp(item[0], decode_ix(item[1])))
    return Space(tuple(variables), tuple(guard))


def encode_set(values: IndexSet) -> Any:
    """Allowed values of one coordinate."""
    if isinstance(values, range) and values.step == 1:
        return [values.start, values.stop]
    return {"set": list(values)}


def decode_set(data: Any) -> IndexSet:
    """The values back."""
    if isinstance(data, list):
        if len(data) != 2:
            raise Damaged("an index range is [start, stop]")
        return range(need(data[0], int), need(data[1], int))
    return tuple(need(v, int) for v in field(need(data, dict), "set", list))


def encode_box(box: Box) -> list[Any]:
    """One index set a coordinate."""
    return [encode_set(s) for s in box]


def decode_box(data: Any) -> Box:
    """The box back."""
    return tuple(decode_set(s) for s in need(data, list))


def encode_position(argument: Any) -> Any:
    """An argument of a place: an index map, a table of values, or a constant value."""
    if isinstance(argument, Ix):
        return {"index": encode_ix(argument)}
    if isinstance(argument, PointTable):
        return {"points": [encode_value(v) for v in argument.data], "vars": list(argument.vars), "sizes": list(argument.sizes)}
    return encode_value(argument)


def decode_position(data: Any) -> Any:
    """The argument back."""
    if isinstance(data, dict) and "points" in data:
        values = tuple(decode_value(v) for v in field(data, "points", list))
        return PointTable(names(field(data, "vars", list)), natural_numbers(field(data, "sizes", list)), values)
    return decode_value(data)
