"""Figures of the parts of a design: which are accelerators, what they compute and hold, what is stated of power and price."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hwdsl.ir.l0 import Attribute, Path, Template, multiplicities, templates, volume
from hwdsl.ir.outages import declared_paths
from hwdsl.ir.space import TooLarge
from hwdsl.node import replace
from hwdsl.perf.compare.amounts import count, of_attribute, over, quantity_amount, times, total
from hwdsl.perf.compare.result import NONE, Amount
from hwdsl.query.counting import count_group
from hwdsl.query.lifted import exclusions
from hwdsl.query.media import total as media_total
from hwdsl.query.rollup import QUANTITIES, Roll, roll_group
from hwdsl.query.selection import Group, Selection, whole
from hwdsl.types import quantity as q

FORMATS = ("fp4", "fp6", "fp8", "fp16", "bf16", "tf32", "fp32", "fp64", "int4", "int8")


def accelerators(root: Template) -> Selection:
    """The outermost chips that state operations at a number format, published or not."""
    out: list[Path] = []
    for path in declared_paths(root):
        if any(path[: len(p)] == p for p in out) or 0 in root.shape(path):
            continue
        t = root.at(path)
        if t.kind in ("chip", "engine", "board") and any(f in t.attributes for f in FORMATS):
            out.append(path)
    return Selection(root, tuple(whole(root, p) for p in out))


def in_words(sel: Selection) -> str:
    """ "384 Ascend910C"."""
    counts: dict[str, int] = {}
    for g, n in counted(sel):
        name = sel.owner.at(g.path).name
        counts[name] = counts.get(name, 0) + n
    return " + ".join(f"{n} {name}" for name, n in counts.items())


def counted(sel: Selection) -> Iterator[tuple[Group, int]]:
    """Groups with the number of parts in them that are there."""
    gone = exclusions(sel.owner)
    for g in sel.groups:
        yield g, count_group(sel.owner, g, gone)


def compute(sel: Selection) -> dict[str, Amount]:
    """Accelerators, operations per second by format, memory and its bandwidth: of all of them, and of one on average."""
    n = sum(k for _, k in counted(sel))
    out = {"accelerators": count(n)}
    byte = Fraction(q.quantity(1, "B").nom)
    units = {**dict.fromkeys(FORMATS, Fraction(q.quantity(1, "FLOPS").nom)), "memory": byte, "memory_bandwidth": byte}
    for word, unit in units.items():
        every = total(times(of_attribute(sel.owner.at(g.path).attributes.get(word), unit), k) for g, k in counted(sel) if k)
        if every.bound != "none":
            out[word] = every
            out[f"{word}_each"] = over(every, count(n)) if every.value is not None else every
    return out


# ---------------------------------------------------------------- power, price
def statements(root: Template, what: str) -> list[tuple[Template, Attribute]]:
    """Where a roll-up takes its figures from: the outermost components that state it, each once."""
    seen: set[str] = set()
    out: list[tuple[Template, Attribute]] = []

    def walk(t: Template) -> None:
        if t.uid in seen:
            return
        seen.add(t.uid)
        out.extend((t, t.attributes[name]) for name in (what, f"own_{what}") if name in t.attributes)
        if what not in t.attributes:
            for name in sorted(t.parts):
                if volume(t.parts[name].dims):
                    walk(t.parts[name].template)

    walk(root)
    return out


def rolled(root: Template, what: str) -> dict[str, Amount]:
    """Power or price of the whole design by currency ("" for power), and what it covers; none where nothing bears a figure."""
    try:
        roll = Roll().plus(roll_group(root, Group((), ()), what, exclusions(root)))
    except q.UnitError:
        return {"": Amount("unknown", note="prices in several currencies do not add up")}
    if roll.value is None and not roll.missing:
        return {"": NONE}
    value = roll.result(QUANTITIES[what])
    found = quantity_amount(value, Fraction(1))
    stated = [(t, of_attribute(a)) for t, a in statements(root, what)]
    known = [(t, a) for t, a in stated if a.value is not None]
    parts = total(a for _, a in known)
    where = "stated of " + ", ".join(dict.fromkeys(t.name for t, _ in known)) if known else "no figure is published"
    found = replace(found, unverified=parts.unverified, boundary=parts.boundary, figure=parts.figure, sources=parts.sources,
                    note=where)
    return {value.dim.currency if what == "price" else "": found}


# ---------------------------------------------------------------- things
def things(root: Template, n: int) -> dict[str, Amount]:
    """Optical and other pluggable modules, cables, links, racks and the floor they stand on."""
    out: dict[str, Amount] = {}
    for word in ("links", "cables", "assemblies", "modules"):
        try:
            out[word] = count(media_total(root, word, ()))
        except TooLarge as error:
            out[word] = Amount("unknown", note=f"not counted: {error}")
    out["modules_each"] = over(out["modules"], count(n))
    out["cables_each"] = over(out["cables"], count(n))
    number = multiplicities(root)
    racks = [(t, number[t.uid]) for t in templates(root) if t.kind == "rack" and number[t.uid]]
    out["racks"] = count(sum(k for _, k in racks))
    out["floor"] = total(times(_footprint(t), k) for t, k in racks)
    switches = [number[t.uid] for t in templates(root) if t.kind in ("switch", "ocs")]
    out["switches"] = count(sum(switches))
    return out


def _footprint(t: Template) -> Amount:
    metre = Fraction(q.quantity(1, "m").nom)
    wide, deep = (of_attribute(t.attributes.get(w), metre) for w in ("width", "depth"))
    if not wide.known or not deep.known or wide.value is None or deep.value is None:
        return Amount("unknown", missing=1)
    both = total((wide, deep))
    return replace(both, value=wide.value * deep.value)


def kinds(root: Template) -> dict[str, dict[str, int]]:
    """Components by kind of part, the design's own among them, with their number."""
    number = multiplicities(root)
    out: dict[str, dict[str, int]] = {}
    for t in templates(root):
        if not number[t.uid]:
            continue
        of_kind: dict[str, Any] = out.setdefault(t.kind, {})
        of_kind[t.name] = of_kind.get(t.name, 0) + number[t.uid]
    return out
