"""L0 as versioned JSON: written, read back, compared.

    {"format": "hwdsl-ir", "version": 1, "root": uid, "templates": {uid: {...}, ...}}

One object for each component, link, cable, connector ... that the design reaches, by its `uid`; the members are those of
`hwdsl.ir.l0`, the forms of values, index maps and positions those of `hwdsl.ir.json_values`. Left out is what is evaluated from
the source text later (asserts, modes, routes, scopes). Nothing in the file depends on the machine, the time or the hash seed: no
absolute path, no timestamp, stable order.

`load` gives an L0 back that answers every count, roll-up and placement like the one that was dumped, and
`dump(load(dump(x))) == dump(x)`. A reader of version 1 refuses later versions (HW9001); members it does not know are a sign of
damage (HW9002), as is everything that no writer gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from hwdsl.ir.json_compare import differences
from hwdsl.ir.json_read import Reader
from hwdsl.ir.json_values import Damaged, Places, Positions, field
from hwdsl.ir.json_write import Writer
from hwdsl.ir.l0 import Template
from hwdsl.sema.mistake import mistake
from hwdsl.source import SourceText
from hwdsl.source.span import NO_SPAN

FORMAT = "hwdsl-ir"
VERSION = 1
_WIDTH = 140
"""Objects and lists that fit so many characters stand on one line."""


# ---------------------------------------------------------------- public
def dump(root: Template, sources: Mapping[str, SourceText] = {}, rename: Callable[[str], str] = str) -> dict[str, Any]:
    """The IR below `root` as JSON-able data.

    `sources` are the texts by display path (for lines and columns), `rename` maps display paths to those written.
    """
    known: Places = root.cached("positions", lambda _: {})
    writer = Writer(Positions(sources, rename, known))
    found = reachable(root)
    return {
        "format": FORMAT,
        "version": VERSION,
        "root": root.uid,
        "templates": {uid: writer.template(found[uid]) for uid in sorted(found)},
    }


def dumps(data: Mapping[str, Any]) -> str:
    """Canonical text: sorted keys, short objects on one line, final line end."""
    return _lay_out(data, "") + "\n"


def load(data: Any) -> Template:
    """The root template of dumped data. Raises Mistake (HW9001, HW9002) for a later version and for damaged data."""
    try:
        _check_header(data)
        return Reader(data).root()
    except Damaged as error:
        raise mistake(
            "HW9002", f"this is no design IR: {error}", NO_SPAN, help="write the file anew: `hwc compile FILE -o DIR --only json`"
        ) from None


def loads(text: str) -> Template:
    """The root template of a dumped text. Raises Mistake (HW9001, HW9002)."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise mistake("HW9002", f"this is no design IR: it is not JSON ({why})", NO_SPAN,
                      help="write the file anew: `hwc compile FILE -o DIR --only json`") from None
    return load(data)


def compare(a: Template, b: Template) -> list[str]:
    """How design `b` differs from design `a`, in words; [] when they say the same. Positions in the source do not count."""
    return differences(dump(a), dump(b))


def reachable(root: Template) -> dict[str, Template]:
    """Every template that `root` reaches by uid: parts, links of ports, media and modules of rules, buses."""
    found: dict[str, Template] = {}
    waiting = [root]
    while waiting:
        t = waiting.pop()
        if t.uid in found:
            continue
        found[t.uid] = t
        waiting += [p.template for p in t.parts.values()] + [p.link for p in t.ports.values()] + [b.template for b in t.buses]
        for rule in t.rules:
            waiting += [rule.link, *(s.template for s in rule.via if s.template is not None)]
    return found


def _check_header(data: Any) -> None:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Damaged(f'its `format` is not "{FORMAT}"')
    version = field(data, "version", int)
    if version > VERSION:
        raise mistake("HW9001", f"this design IR has version {version}; this compiler reads versions up to {VERSION}", NO_SPAN,
                      help="read it with a later release of hwdsl, or compile the design anew with this one")
    if version != VERSION:
        raise Damaged(f"there is no version {version}")


def _lay_out(data: Any, indent: str) -> str:
    flat = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(", ", ": "))
    if len(flat) + len(indent) <= _WIDTH or not isinstance(data, (dict, list)) or not data:
        return flat
    deeper = indent + " "
    if isinstance(data, dict):
        rows = [f"{deeper}{json.dumps(k, ensure_ascii=False)}: {_lay_out(data[k], deeper)}" for k in sorted(data)]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + _lay_out(item, deeper) for item in data) + f"\n{indent}]"
