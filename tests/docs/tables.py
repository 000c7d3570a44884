"""The tables of docs/reference.md, made from those of the compiler. `python tests/docs/tables.py` writes them into the file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

from hwdsl.elab.context import ARRAY_LIMIT, DEPTH_LIMIT, INSTANCE_LIMIT, RANGE_LIMIT, SUBRULE_LIMIT
from hwdsl.query.functions import TABLE, function
from hwdsl.sema.algebra import LINK_LIMIT
from hwdsl.sema.builtins import BUILTINS
from hwdsl.sema.env import STEP_LIMIT
from hwdsl.sema.evaluate import TABLE_LIMIT
from hwdsl.sema.finite_field import ORDER_LIMIT
from hwdsl.sema.project import SIZE_LIMIT
from hwdsl.sema.words import ATTRIBUTES, WORDS
from hwdsl.syntax.lower import MAX_DEPTH, MAX_DIGITS
from hwdsl.types.unit import PLAIN, PREFIXED, unit

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
SLOT = re.compile(r"<!-- table: ([a-z ]+) -->\n(?:.*?<!-- end -->\n)?", re.S)


def usage(doc: str | None) -> tuple[str, str]:
    """(call, meaning) of a docstring `name(args): meaning`."""
    call, _, meaning = " ".join((doc or "").split("\n\n")[0].split()).partition(": ")
    return call, meaning


def rows(*columns: str, body: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [columns, tuple("---" for _ in columns), *body]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def units() -> str:
    """Units that take prefixes."""
    body = []
    for word, (dim, _, prefixes, _) in PREFIXED.items():
        shown = prefixes.replace("µ μ ", "").replace("IEC", "Ki Mi Gi Ti Pi Ei Zi")
        body.append((f"`{word}`", shown, str(dim.name)))
    return rows("unit", "prefixes", "dimension", body=body)


def plain_units() -> str:
    """Units that take none."""
    by_dimension: dict[str, list[str]] = {}
    for word in [*PLAIN, "degC"]:
        found = unit(word)
        assert found is not None
        by_dimension.setdefault(found.dim.name, []).append(f"`{word}`")
    return rows("dimension", "units", body=[(dim or "number", " ".join(words)) for dim, words in by_dimension.items()])


def builtins() -> str:
    """Functions on values."""
    return rows("function", "meaning", body=[(f"`{name}`", text(f.__doc__, name)) for name, f in BUILTINS.items()])


def text(doc: str | None, name: str) -> str:
    """The call and its meaning in one cell."""
    call, meaning = usage(doc)
    call = call or name
    return f"`{call}`" + (f": {meaning}" if meaning else "")


def queries() -> str:
    """Query functions."""
    body = []
    for name in TABLE:
        f = function(name)
        assert f is not None
        body.append((f"`{name}`", text(QUERY_DOCS.get(name) or f.__doc__, name)))
    return rows("function", "meaning", body=body)


QUERY_DOCS = {
    "links": "links(x), links(x, y): logical links at x, or between x and y",
    "lanes": "lanes(x): lanes of those links, one direction",
    "pairs": "pairs(x): differential pairs of the electrical ones",
    "fibres": "fibres(x): fibres of the optical ones",
    "cables": "cables(x): things that are pulled",
    "assemblies": "assemblies(x): things that are ordered",
    "modules": "modules(x): pluggable transceivers",
    "optics": "optics(x): the same as modules",
    "plugs": "plugs(x): ends of cables",
    "sum": "sum(x.attribute), sum(list): the total",
    "min": "min(x.attribute), min(list), min(a, b): the least",
    "max": "max(x.attribute), max(list), max(a, b): the greatest",
    "avg": "avg(x.attribute): the mean",
    "power": "power(x): what the parts draw, with everything inside them",
    "price": "price(x): what they cost, with everything inside them",
    "mass": "mass(x): what they weigh, with everything inside them",
    "length": "length(cables): kept for routed cables, not evaluated yet",
    "loss_budget": "loss_budget(path): kept for routed cables, not evaluated yet",
    "loss_margin": "loss_margin(paths): kept for routed cables, not evaluated yet",
    "paths": "paths(a, b): kept for routed cables, not evaluated yet",
    "raw": "raw(x): every bit on the wire, before coding overhead is taken off",
    "net": "net(x): what is left after coding overhead",
}


def attributes() -> str:
    """Known attributes by what they must be."""
    by_kind: dict[str, list[str]] = {}
    for name, wanted in sorted(ATTRIBUTES.items()):
        by_kind.setdefault(wanted, []).append(f"`{name}`")
    return rows("must be", "attributes", body=[(kind, " ".join(names)) for kind, names in sorted(by_kind.items())])


def words() -> str:
    """Words that are values."""
    return textwrap.fill(" ".join(f"`{w}`" for w in sorted(WORDS)), 80, break_on_hyphens=False) + "\n"


def limits() -> str:
    """Limits with the report that names them."""
    body = [
        ("size of a file", f"{SIZE_LIMIT:,} bytes", "HW0005"),
        ("nesting of an expression", f"{MAX_DEPTH}", "HW0110"),
        ("digits of a number", f"{MAX_DIGITS}", "HW0121"),
        ("steps of one constant expression", f"{STEP_LIMIT:,}", "HW1207"),
        ("entries of an index table", f"{TABLE_LIMIT:,}", "HW1207"),
        ("elements of an array", f"{ARRAY_LIMIT:,}", "HW2008"),
        ("values of a `for` variable", f"{RANGE_LIMIT:,}", "HW2008"),
        ("instances of a design", f"{INSTANCE_LIMIT:,}", "HW2008"),
        ("nesting of components", f"{DEPTH_LIMIT}", "HW2009"),
        ("elements of a finite field", f"{ORDER_LIMIT:,}", "HW1213"),
        ("links of a random graph", f"{LINK_LIMIT:,}", "HW1207"),
        ("sub-rules of a statement", f"{SUBRULE_LIMIT:,}", "HW3013"),
        ("memory of a flat answer", "2 GiB, or `--memory`", "HW5004"),
    ]
    return rows("what", "limit", "report", body=body)


TABLES = {
    "limits": limits, "units": units, "plain units": plain_units, "builtins": builtins, "queries": queries,
    "attributes": attributes,
    "words": words,
}


def filled(document: str) -> str:
    """The document with its tables as they should be."""
    return SLOT.sub(lambda m: f"<!-- table: {m[1]} -->\n{TABLES[m[1]]()}<!-- end -->\n", document)


if __name__ == "__main__":
    REFERENCE.write_text(filled(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
