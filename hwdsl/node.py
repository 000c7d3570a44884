"""Cheap immutable records: the base of AST nodes, IR nodes and values.

A `dataclass` costs about half a millisecond of import time per class; the compiler has some hundred record types and `hwc --help`
must answer in 50 ms. `Record` costs microseconds: the metaclass turns the annotations of a class into `__slots__`, and one shared
constructor fills them. Type checkers treat subclasses as frozen dataclasses (`typing.dataclass_transform`).

Contract: fields are the annotations of the class and its bases, in order; defaults are given in the class body; instances are
equal when type and fields are equal, hashable when their fields are, and pickle as (type, fields).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T", bound="Record")


class _RecordMeta(type):
    _fields: tuple[str, ...]
    _defaults: dict[str, Any]
    _setters: tuple[Callable[[Any, Any], None], ...]

    def __new__(mcs, name: str, bases: tuple[type, ...], ns: dict[str, Any]) -> _RecordMeta:
        own = [f for f in ns.get("__annotations__", {}) if not f.startswith("_")]
        fields: list[str] = []
        defaults: dict[str, Any] = {}
        for base in bases:
            fields += [f for f in getattr(base, "_fields", ()) if f not in fields]
            defaults.update(getattr(base, "_defaults", {}))
        inherited = set(fields)
        for f in own:
            if f in ns:
                defaults[f] = ns.pop(f)
            if f not in inherited:
                fields.append(f)
        ns["__slots__"] = tuple(f for f in own if f not in inherited)
        ns["_fields"] = tuple(fields)
        ns["_defaults"] = defaults
        ns["__match_args__"] = tuple(fields)
        cls = super().__new__(mcs, name, bases, ns)
        cls._setters = tuple(getattr(cls, f).__set__ for f in fields)
        return cls


@dataclass_transform(frozen_default=True)
class Record(metaclass=_RecordMeta):
    """Base of immutable records; subclass it with annotated fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cls = type(self)
        if len(args) == len(cls._setters) and not kwargs:  # parsers and unpickling: all fields, by position
            for fill, value in zip(cls._setters, args):
                fill(self, value)
            return
        fields = cls._fields
        put = object.__setattr__
        if len(args) > len(fields):
            raise TypeError(f"{cls.__name__} takes {len(fields)} fields, got {len(args)}")
        for name, value in zip(fields, args):
            put(self, name, value)
        defaults = cls._defaults
        for name in fields[len(args):]:
            if name in kwargs:
                put(self, name, kwargs.pop(name))
            elif name in defaults:
                put(self, name, defaults[name])
            else:
                raise TypeError(f"{cls.__name__} needs field {name!r}")
        if kwargs:
            raise TypeError(f"{cls.__name__} has no field {next(iter(kwargs))!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, f) for f in type(self)._fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), self._values())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._values()))

    def __repr__(self) -> str:
        cls = type(self)
        return f"{cls.__name__}({', '.join(f'{f}={getattr(self, f)!r}' for f in cls._fields)})"


def replace(record: _T, **changes: Any) -> _T:
    """The same record with some fields changed."""
    values = {f: getattr(record, f) for f in type(record)._fields}
    values.update(changes)
    return type(record)(**values)
