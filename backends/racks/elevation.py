"""What rack elevations show, taken from L0: every distinct rack once, what stands at which height, and what is not placed.

Racks that hold the same components at the same heights are one `Elevation` with its number of instances; the names in it are
those of the first. The cost is that of the placed things, one by one (bounded), never that of the links.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from hwdsl.backends.drawing.palette import CATEGORIES, category
from hwdsl.backends.drawing.text import number, times
from hwdsl.backends.origins import positions
from hwdsl.elab.places import EXPANSION_LIMIT, Placed, placed
from hwdsl.elab.uses import port_text
from hwdsl.ir.l0 import Path, Template, volume
from hwdsl.node import Record
from hwdsl.query.lifted import declared_paths
from hwdsl.sema.words import CONNECTOR_KINDS
from hwdsl.types import Quantity
from hwdsl.types.format import text as quantity_text

if TYPE_CHECKING:
    from hwdsl.api import Design

RACK_LIMIT = 20_000
"""Racks that are compared with each other one by one."""


class Thing(Record):
    """Something in a place: from `start` upward over `size` units (or slots); `start` is None where only the rack is known."""

    how: str
    start: int | None
    size: int
    name: str
    component: str
    contents: str
    category: str
    tooltip: str
    uid: str = ""


class Elevation(Record):
    """One rack, for `count` alike. `units`, `slots` as stated (None: not stated); `missing` says what of it is not placed."""

    name: str
    component: str
    count: int
    first: str
    units: int | None
    slots: int | None
    facts: tuple[str, ...]
    things: tuple[Thing, ...]
    missing: tuple[str, ...]


class RowPlan(Record):
    """A row of racks seen from above: `cells` as (slot, name, category)."""

    name: str
    component: str
    slots: int
    cells: tuple[tuple[int, str, str], ...]


class Floor(Record):
    """Everything drawn."""

    title: str
    subtitle: str
    rows: tuple[RowPlan, ...]
    racks: tuple[Elevation, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


class _Place(Record):
    """One placed thing as seen from the root: the path of its rack, and its coordinates after `free` ones that may be any."""

    rack: Path
    free: int
    coords: tuple[int, ...]
    owner: Template
    item: Placed


def floor(design: Design) -> Floor:
    """The racks of a design."""
    return _Floor(design).build()


class _Floor:
    def __init__(self, design: Design) -> None:
        self.design = design
        self.root = design.root
        self.names = positions(design)
        self.notes: list[str] = []
        self.places: list[_Place] = []
        self.counts: dict[Path, int] = {}
        for prefix in declared_paths(self.root):
            self._collect(prefix, self.root.at(prefix))

    def _collect(self, prefix: Path, t: Template) -> None:
        if not t.placements:
            return
        total = sum(p.space.volume * volume(tuple(len(b) or 1 for b in p.box)) for p in t.placements)
        if total > EXPANSION_LIMIT:
            self.notes.append(f"{number(total)} things are placed in {'.'.join(prefix) or t.name}: too many to draw one by one.")
            return
        items: list[Placed] = t.cached("placed", placed)
        shape = self.root.shape(prefix)
        for item in items:
            what = prefix + item.what
            self.counts[what] = self.counts.get(what, 0) + volume(shape)
            self.places.append(_Place(prefix + item.container, len(shape), item.container_coords, t, item))

    def build(self) -> Floor:
        """Rows, racks, and what is nowhere."""
        racks = [e for path in declared_paths(self.root) if self.root.at(path).kind == "rack" for e in self._elevations(path)]
        missing = [] if self.root.kind == "rack" else self._missing(self.root, ())
        if not racks:
            missing = [] if not self.places else missing
            self.notes.insert(0, self._why_none())
        doc = self.design.module.file.doc.split("\n\n")[0].replace("\n", " ").strip()
        return Floor(self.design.name, doc, tuple(self._rows(racks)), tuple(racks), tuple(missing), tuple(self.notes))

    def _why_none(self) -> str:
        t = self.root
        if self.places:
            return "No rack elevation: things are placed, but in no rack."
        height = t.figure("height")
        size = f", {quantity_text(height)} high" if isinstance(height, Quantity) else ""
        return f"No rack elevation: the design declares no rack and places nothing. {t.name} is a {t.kind}{size}."

    # ---------------------------------------------------------------- racks
    def _elevations(self, path: Path) -> list[Elevation]:
        """The distinct racks of one part array (or the root)."""
        t = self.root.at(path)
        mine = [p for p in self.places if p.rack == path]
        shape = self.root.shape(path)
        free = min((p.free for p in mine if p.coords), default=len(shape))
        varied = shape[free:]
        if volume(varied) > RACK_LIMIT:
            self.notes.append(f"{number(volume(shape))} racks {'.'.join(path)} are filled one by one: too many to compare.")
            return []
        by_coords: dict[tuple[int, ...], list[_Place]] = {}
        shared = []
        for p in mine:
            if p.free + len(p.coords) == len(shape) and p.free == free and p.coords:
                by_coords.setdefault(p.coords, []).append(p)
            else:
                shared.append(p)
        groups: dict[tuple[Any, ...], list[tuple[tuple[int, ...], tuple[Thing, ...]]]] = {}
        for coords in product(*(range(n) for n in varied)):
            here = [*by_coords.get(coords, ()), *(p for p in shared if self._matches(p, free, coords))]
            things = tuple(
                sorted((self._thing(p) for p in here), key=lambda x: (x.how, -1 if x.start is None else x.start, x.name))
            )
            key = tuple((x.how, x.start, x.size, x.uid) for x in things)
            groups.setdefault(key, []).append((coords, things))
        return [self._elevation(path, t, volume(shape[:free]), members, len(groups) == 1) for members in groups.values()]

    def _matches(self, p: _Place, free: int, coords: tuple[int, ...]) -> bool:
        known = p.coords[max(0, free - p.free) :] if p.free < free else p.coords
        return not known or coords[len(coords) - len(known) :] == known

    def _elevation(
        self, path: Path, t: Template, times_each: int, members: list[tuple[tuple[int, ...], tuple[Thing, ...]]], only: bool
    ) -> Elevation:
        shape = self.root.shape(path)
        coords, things = members[0]
        first = port_text(path, (0,) * (len(shape) - len(coords)) + coords, self.root) if path else t.name
        name = ".".join(path) if path else t.name
        if not only and path:
            name = (
                _spans(path[-1], [m[0] for m in members])
                if len(coords) == 1
                else first + (" and others" if len(members) > 1 else "")
            )
        units, slots = t.figure("units"), t.figure("slots")
        return Elevation(
            name,
            t.name,
            times_each * len(members),
            first,
            units if isinstance(units, int) else None,
            slots if isinstance(slots, int) else None,
            _facts(t),
            things,
            tuple(self._missing(t, path)),
        )

    def _thing(self, p: _Place) -> Thing:
        t = p.owner.at(p.item.what)
        name = port_text(p.item.what, p.item.coords, p.owner)
        contents = " · ".join(
            f"{number(volume(a.dims))} {a.template.name}"
            for _, a in sorted(t.parts.items(), key=lambda x: _weight(x[1].template))
            if a.template.kind not in CONNECTOR_KINDS
        )
        unit = p.item.how or "place"
        where = (
            f"{unit} {p.item.start}" + (f" to {p.item.start + p.item.size - 1}" if p.item.size > 1 else "")
            if p.item.start is not None
            else "place not stated"
        )
        sources = [
            f"source: {s.text}" + (" (unverified)" if s.status == "unverified" else "") for s in p.item.by.sources if s.text
        ]
        tip = "\n".join(
            [
                f"{name}: {t.kind} {t.name}",
                where,
                *([contents] if contents else []),
                f"placed by {self.names.short(p.item.by.span)}",
                *sources,
            ]
        )
        return Thing(p.item.how, p.item.start, p.item.size, name, t.name, contents, category(t), tip, t.uid)

    # ---------------------------------------------------------------- what is not placed
    def _missing(self, t: Template, path: Path) -> list[str]:
        """Parts below `t` that stand nowhere: "leaf: RdmaLeaf × 12", "3 of 56 card: L2Card"."""
        out = []
        for name in sorted(t.parts):
            part = t.parts[name]
            here = (*path, name)
            if part.template.kind in CONNECTOR_KINDS or part.template.kind in ("rack", "row", "room"):
                continue
            total = volume(self.root.shape(here))
            done = self.counts.get(here, 0)
            if done >= total:
                continue
            inner = any(self.root.at(p).kind == "rack" for p in declared_paths(self.root) if p[: len(here)] == here)
            if inner or any(w[: len(here)] == here and w != here for w in self.counts):
                out += self._missing(part.template, here)
            elif done:
                out.append(f"{number(total - done)} of {number(total)} {'.'.join(here)}: {part.template.name}")
            else:
                out.append(f"{'.'.join(here)}: {part.template.name} {times(part.dims)}".rstrip())
        return out

    # ---------------------------------------------------------------- rows
    def _rows(self, racks: list[Elevation]) -> list[RowPlan]:
        """Rows and rooms with racks, and what stands between them, in numbered places."""
        looks: dict[str, str] = {}
        for e in racks:
            found = {x.category for x in e.things}
            looks.setdefault(e.component, next((c for c in CATEGORIES if c in found), "other"))
        out = []
        for path in declared_paths(self.root):
            t = self.root.at(path)
            cells = [
                (p.item.start, port_text(p.item.what, p.item.coords, p.owner), self._look(p.owner.at(p.item.what), looks))
                for p in self.places
                if p.rack == path and p.item.how == "slot" and p.item.start is not None
            ]
            if t.kind in ("row", "room") and cells:
                slots = t.figure("slots")
                size = slots if isinstance(slots, int) else max(c[0] for c in cells) + 1
                out.append(RowPlan(".".join(path) or t.name, t.name, size, tuple(sorted(cells))))
        return out

    @staticmethod
    def _look(t: Template, racks: dict[str, str]) -> str:
        """The category something in a row is drawn as: a rack as the first of its contents, anything else as itself."""
        return racks.get(t.name, "other") if t.kind == "rack" else category(t)


def _weight(t: Template) -> tuple[int, str]:
    """Order of contents: what a thing is for comes first."""
    order = [*CATEGORIES]
    return order.index(category(t)), t.name


def _facts(t: Template) -> tuple[str, ...]:
    """Figures of a rack worth a line each: size, then power and mass."""

    def shown(name: str) -> str:
        value = t.figure(name)
        return quantity_text(value) if isinstance(value, Quantity) else ""

    size = " × ".join(x for x in (shown("width"), shown("depth"), shown("height")) if x)
    more = " · ".join(x for x in (shown("power"), shown("mass")) if x)
    return tuple(x for x in (size, more) if x)


def _spans(name: str, coords: list[tuple[int, ...]]) -> str:
    """ "comm[0..3], comm[5]": consecutive indices as half-open ranges."""
    runs: list[list[int]] = []
    for (k,) in coords:
        if runs and runs[-1][1] == k:
            runs[-1][1] = k + 1
        else:
            runs.append([k, k + 1])
    shown = [f"{name}[{a}]" if b == a + 1 else f"{name}[{a}..{b}]" for a, b in runs]
    return ", ".join(shown[:4]) + (f" and {len(shown) - 4} more ranges" if len(shown) > 4 else "")
