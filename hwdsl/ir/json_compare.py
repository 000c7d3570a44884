"""Differences of two dumped designs, in words. Positions in the source do not count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_NAMED = {"parameters": "parameter", "attributes": "attribute", "parts": "part", "ports": "port", "states": "state"}
_LISTED = {
    "planes": "plane",
    "rules": "connection",
    "carries": "carry",
    "bridges": "bridge",
    "buses": "bus",
    "placements": "placement",
    "overrides": "override",
}
_PLAIN = {"kind": "kind", "name": "name", "bases": "bases", "doc": "description"}
_UNSEEN = ("at", "number", "origin")


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """How dumped data `b` differs from dumped data `a`; [] when they say the same."""
    out = []
    if a["root"] != b["root"]:
        out.append(f"the design is `{b['root']}`; it was `{a['root']}`")
    old, new = a["templates"], b["templates"]
    out += [f"`{uid}` is gone" for uid in sorted(set(old) - set(new))]
    out += [f"`{uid}` is new" for uid in sorted(set(new) - set(old))]
    for uid in sorted(set(old) & set(new)):
        out += [f"`{uid}`: {text}" for text in _template(_seen(old[uid]), _seen(new[uid]))]
    return out


def _seen(data: Any) -> Any:
    """The data without positions and running numbers."""
    if isinstance(data, dict):
        return {k: _seen(v) for k, v in data.items() if k not in _UNSEEN}
    return [_seen(v) for v in data] if isinstance(data, list) else data


def _template(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    out = []
    for key, word in _PLAIN.items():
        if a.get(key) != b.get(key):
            out.append(f"its {word} was {_text(a.get(key))}, is {_text(b.get(key))}")
    for key, word in _NAMED.items():
        old, new = a.get(key, {}), b.get(key, {})
        for name in sorted({*old, *new}):
            if name not in new:
                out.append(f"{word} `{name}` is gone (was {_named(old[name])})")
            elif name not in old:
                out.append(f"{word} `{name}` is new ({_named(new[name])})")
            elif old[name] != new[name]:
                out.append(_changed(f"{word} `{name}`", old[name], new[name]))
    for key, word in _LISTED.items():
        texts = [[_line(item) for item in side.get(key, [])] for side in (a, b)]
        out += [f"{word} is gone: {text}" for text in _beyond(texts[0], texts[1])]
        out += [f"{word} is new: {text}" for text in _beyond(texts[1], texts[0])]
        if sorted(texts[0]) == sorted(texts[1]) and texts[0] != texts[1]:
            out.append(f"the {word}s stand in another order")
    return out


def _changed(what: str, old: Any, new: Any) -> str:
    before, after = _named(old), _named(new)
    if before != after:
        return f"{what} was {before}, is {after}"
    return f"{what} is told otherwise: {_line(old)} became {_line(new)}"


def _beyond(here: list[str], there: list[str]) -> list[str]:
    """What stands more often here than there, in order."""
    rest = list(there)
    out = []
    for text in here:
        if text in rest:
            rest.remove(text)
        else:
            out.append(text)
    return out


def _named(data: Any) -> str:
    """A part, a port, an attribute or a value for a reader."""
    if isinstance(data, dict):
        times = " x ".join(str(n) for n in data.get("dims", []))
        of = data.get("template") or data.get("link")
        if of:
            return f"{times} x {of}" if times else str(of)
        if "is" in data:
            return _text(data["is"])
    return _text(data)


def _text(value: Any) -> str:
    """A value for a reader."""
    if isinstance(value, dict):
        if "value" in value:
            span = f" ({value['lo']} to {value['hi']})" if "lo" in value else ""
            return f"{value['value']} {value.get('unit', '')}{span}".strip()
        if "word" in value:
            return str(value["word"])
        if value.get("unknown"):
            return "unknown"
    return "nothing" if value is None else _line(value)


def _line(data: Any) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)
