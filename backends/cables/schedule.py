"""The cable schedule of a design: what `hwdsl.backends.cables` writes, as blocks of CSV text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hwdsl.backends.bom import decimal
from hwdsl.backends.bom.lines import lacks_medium, with_status
from hwdsl.backends.cables.numbering import Numbers
from hwdsl.backends.cables.rows import End, Points, Words, column, marked, path_words, rendered, table_text
from hwdsl.backends.csv_text import cell
from hwdsl.backends.origins import positions
from hwdsl.ir.arrays import IntArray
from hwdsl.ir.index import Ix, table, variable
from hwdsl.ir.l0 import BusNet, Path, PlaneRef, Template, volume
from hwdsl.ir.space import IndexSet, Space
from hwdsl.node import Record
from hwdsl.query.attach import Attachment, attachments
from hwdsl.query.lifted import Exclusion, Lifted, count_rule, declared_paths, exclusions, lifted_rules
from hwdsl.query.locate import HOW, Located, Locator
from hwdsl.query.media import all_apart
from hwdsl.query.sharing import Sharing, sharing
from hwdsl.sema.words import MEDIUM_KINDS
from hwdsl.types import Quantity
from hwdsl.types.quantity import in_unit

_STATUSES = ("failed", "planned", "spare")
_PULLED = ("cable", "fibre")
_MEASURED = (*_PULLED, "backplane")
_ESTIMATE = "estimate: rectilinear between racks; no slack"
_UPRIGHT = "estimate: upright between rack units; no depth, no slack"
_U = HOW.index("U")
_KINDS = {"cable": "cable", "fibre": "cable", "backplane": "backplane", "trace": "trace"}


class Side(Record):
    """One end of a rule and where it is plugged."""

    path: Path
    coords: tuple[Ix, ...]
    lane: tuple[Ix, int] | None
    plug: Attachment
    module: str


class Schedule:
    """Reads the design's IR; `blocks` gives the text."""

    def __init__(self, design: Any) -> None:
        self.root: Template = design.root
        self.at = positions(design)
        self.rules = lifted_rules(self.root)
        self.locator = Locator(self.root)
        self.absent = exclusions(self.root)
        self.marks = {word: with_status(self.root, word) for word in _STATUSES}
        self.lengths = _stated_lengths(self.root)
        self.numbers = Numbers(self.root, _common_keys(self.root, self.rules))
        self.plan, self.x, self.y = self.locator.floor()
        self.rack_unit = self.locator.rack_units()
        self.written = 0

    def line_count(self) -> int:
        """Links (each piece of those through panels) and drops of the design. Raises TooLarge."""
        drops = sum(volume(self.root.shape(prefix)) * sum(volume(tuple(len(s) for s in box)) for _, box in bus.joins)
                    for prefix in declared_paths(self.root) for bus in self.root.at(prefix).buses)
        return sum(count_rule(self.root, r, []) for r in self.rules) + drops

    def blocks(self) -> Iterator[tuple[int, str]]:
        """(lines so far, text of the next block)."""
        for r in self.rules:
            yield from self._rule(r)
        for prefix in declared_paths(self.root):
            for bus in self.root.at(prefix).buses:
                yield from self._bus(prefix, bus)

    # ------------------------------------------------------------ rules
    def _rule(self, r: Lifted) -> Iterator[tuple[int, str]]:
        left, right = attachments(self.root, r)
        modules = self._modules(r, left, right)
        sides = (Side(r.a, r.a_coords, r.rule.a.lane, left, modules[0]), Side(r.b, r.b_coords, r.rule.b.lane, right, modules[1]))
        points = Points(r.space, [End(s.path, s.coords) for s in sides], self.absent)
        cables = self._cables(r, points)
        failed = self._whole_cables(points, cables)
        media = [s.template for s in r.rule.via if s.template is not None and s.template.kind in MEDIUM_KINDS]
        kind = _KINDS[media[0].kind] if media else "open" if lacks_medium(self.root, r) else "board"
        medium = cell("; ".join(m.uid for m in media))
        made = cell(f"{r.template.name}:{r.rule.number} {self.at.short(r.rule.span)}")
        first = 0
        for env in points.blocks():
            rows = len(env[""])
            part = [(numbers[first: first + rows], each) for numbers, each in cables]
            ends = [self._end(s, r.rule.lanes, env) for s in sides]
            length = self._length(r, media, sides, env, [e[1] for e in ends])
            cells = [
                Words().put(np.arange(self.written + 1, self.written + rows + 1)),
                _cable_words(part),
                Words(kind),
                _plane(r.rule.plane, env),
                Words(cell(r.rule.link.uid)),
                Words(str(r.rule.lanes)),
                Words("yes" if r.rule.directed else "no"),
                Words(medium),
                self._through(r, env),
                *ends[0][0],
                *ends[1][0],
                *length,
                self._status(sides, env, part, failed),
                Words(made),
            ]
            first += rows
            self.written += rows
            yield self.written, table_text(cells, rows)

    def _cables(self, r: Lifted, points: Points) -> list[tuple[IntArray, int]]:
        """Cable numbers of all rows of a rule, one entry for each medium that is pulled."""
        media = [s.template for s in r.rule.via if s.template is not None and s.template.kind in _PULLED]
        if not media:
            return []
        rows = points.columns(())[0]
        return [
            self.numbers.of_rule(r, m, media[:k].count(m), rows, lambda maps: points.columns(maps)[1])
            for k, m in enumerate(media)
        ]

    def _whole_cables(self, points: Points, cables: list[tuple[IntArray, int]]) -> dict[str, set[int]]:
        """Cables all of whose links have a status, because an override names the cable by one of its ends."""
        out: dict[str, set[int]] = {}
        for word, marks in self.marks.items():
            mine = [m for m in marks if m.target == "cable"]
            if not mine or not cables:
                continue
            hit = np.concatenate([marked(points.ends, env, mine) for env in points.blocks()])
            out[word] = set(cables[0][0][hit].tolist())
        return out

    def _modules(self, r: Lifted, left: Attachment, right: Attachment) -> tuple[str, str]:
        out = []
        steps = [s.template for s in r.rule.via]
        for k, plug in ((0, left), (len(steps) - 1, right)):
            t = _connector_part(self.root, plug)
            if t is not None and t.kind == "module":
                out.append(cell(t.uid))
                continue
            step = steps[k] if steps and (plug is left or len(steps) > 1) else None
            out.append(cell(step.uid) if step is not None and step.kind == "module" else "")
        return out[0], out[1]

    # ------------------------------------------------------------ cells
    def _end(self, side: Side, lanes: int, env: dict[str, IntArray]) -> tuple[list[Words], Located]:
        """Cells of one end, and where it is."""
        values = [column(c, env) for c in side.coords]
        rows = len(env[""])
        rank = len(self.root.shape(side.path[:-1]))
        place = self.locator.locate(side.path[:-1], values[:rank], rows)
        rack = rendered(place.rack, lambda n: self.locator.rack_name(n) if n >= 0 else "")
        where = rendered(place.how * (1 << 40) + place.start, _position)
        part = path_words(self.root, side.path[:-1], values[:rank]) if len(side.path) > 1 else Words(cell(self.root.name))
        port = path_words(self.root.at(side.path[:-1]), side.path[-1:], values[rank:])
        if side.lane is not None:
            start = column(side.lane[0], env)
            port.text(".lane[").put(start).text("..").put(start + side.lane[1]).text("]")
        return [
            Words().put(rack),
            Words().put(where),
            part,
            port,
            self._connector(side.plug, lanes, env),
            Words(side.module),
        ], place

    def _connector(self, plug: Attachment, lanes: int, env: dict[str, IntArray]) -> Words:
        if plug.several:
            texts = np.full(len(env[""]), "", dtype=object)
            which = column(plug.coords[0], env)
            for k, path in enumerate(plug.several):
                words = self._on(path, plug.coords[1:], plug, lanes, env)
                texts = np.where(which == k, words.each(len(env[""])), texts)
            return Words().put(texts)
        if plug.connector is None:
            return Words()
        words = self._on(plug.connector, plug.coords, plug, lanes, env)
        if plug.coords[-1] == Ix(0):
            return words
        loose = column(plug.coords[-1], env) != 0  # ports that no carry takes to a connector
        texts = words.each(len(env[""]))
        texts[loose] = ""
        return Words().put(texts)

    def _on(self, path: Path, coords: tuple[Ix, ...], plug: Attachment, lanes: int, env: dict[str, IntArray]) -> Words:
        """A connector and what a link uses of it."""
        words = path_words(self.root, path, [column(c, env) for c in coords[: len(self.root.shape(path))]])
        start = column(plug.start, env)
        if plug.unit == "half":
            words.text(".half[").put(start).text("]")
        elif plug.unit:
            width = 2 * lanes if plug.unit == "pair" else lanes
            words.text(f".{plug.unit}[").put(start).text("..").put(start + width).text("]")
        return words

    def _through(self, r: Lifted, env: dict[str, IntArray]) -> Words:
        out = Words()
        rank = len(self.root.shape(r.prefix))
        outer = [column(variable(n), env) for n in r.outer[:rank]]
        for k, end in enumerate(s.through for s in r.rule.via if s.through is not None):
            words = path_words(self.root, r.prefix + end.path, [*outer, *(column(c, env) for c in end.coords)])
            out.text("; " if k else "")
            for text, value in zip(words.texts, words.values):
                out.text(text).put(value)
            out.text(words.texts[-1])
        return out

    def _status(
        self, sides: tuple[Side, ...], env: dict[str, IntArray], cables: list[tuple[IntArray, int]], whole: dict[str, set[int]]
    ) -> Words:
        if not any(self.marks.values()):
            return Words()
        out = np.full(len(env[""]), "", dtype=object)
        for word in reversed(_STATUSES):
            hit = marked([End(s.path, s.coords) for s in sides], env, self.marks[word])
            if whole.get(word) and cables:
                hit |= np.isin(cables[0][0], np.asarray(sorted(whole[word]), dtype=np.int64))
            out[hit] = word
        return Words().put(out)

    def _length(
        self, r: Lifted, media: list[Template], sides: tuple[Side, ...], env: dict[str, IntArray], places: list[Located]
    ) -> list[Words]:
        """Length in metres and what it is based on."""
        rows = len(env[""])
        length, basis = np.full(rows, "", dtype=object), np.full(rows, "", dtype=object)
        stated = r.rule.attributes.get("length")
        general = _metres(stated.value) if stated is not None else ""
        why = "stated by the connection"
        if not general and media:
            general, why = "; ".join(filter(None, (_metres(m.figure("length")) for m in media))), "stated by the medium"
        if general:
            length[:], basis[:] = general, why
        elif media and media[0].kind in _MEASURED:
            a, b = (p.rack for p in places)
            same = (a >= 0) & (a == b) & (places[0].how == _U) & (places[1].how == _U)
            up = np.abs(places[0].start[same] - places[1].start[same]) * self.rack_unit[a[same]]
            length[same] = [f"{d:.2f}" for d in up.tolist()]
            basis[same] = _UPRIGHT
            known = (a >= 0) & (b >= 0) & (a != b)
            known[known] = (self.plan[a[known]] >= 0) & (self.plan[a[known]] == self.plan[b[known]])
            away = np.abs(self.x[a[known]] - self.x[b[known]]) + np.abs(self.y[a[known]] - self.y[b[known]])
            length[known] = [f"{d:.2f}" for d in away.tolist()]
            basis[known] = _ESTIMATE
        for mark, text in self.lengths:
            hit = marked([End(s.path, s.coords) for s in sides], env, [mark])
            length[hit], basis[hit] = text, "stated by an override"
        return [Words().put(length), Words().put(basis)]

    # ------------------------------------------------------------ buses
    def _bus(self, prefix: Path, bus: BusNet) -> Iterator[tuple[int, str]]:
        made = cell(f"{self.root.at(prefix).name}:{bus.name} {self.at.short(bus.span)}")
        outer = len(self.root.shape(prefix))
        for path, box in bus.joins:
            full = (*(range(n) for n in self.root.shape(prefix)), *box)
            space, coords = _box_space(full)
            side = Side(prefix + path, coords, None, Attachment(None, (), Ix(0), ""), "")
            for env in Points(space, [End(side.path, coords)], self.absent).blocks():
                rows = len(env[""])
                net = path_words(self.root, prefix, [column(c, env) for c in coords[:outer]])
                net.text(("." if prefix else "") + bus.name)
                link = self.root.port_at(side.path).link
                cells = [
                    Words().put(np.arange(self.written + 1, self.written + rows + 1)),
                    Words(),
                    Words("drop"),
                    _plane(bus.plane, env),
                    Words(cell(link.uid)),
                    Words(),
                    Words("no"),
                    Words(cell(bus.template.uid)),
                    Words(),
                    *self._end(side, 0, env)[0],
                    Words(),
                    Words(),
                    net,
                    Words(),
                    Words(),
                    Words(),
                    Words(),
                    Words(),
                    self._status((side,), env, [], {}),
                    Words(made),
                ]
                self.written += rows
                yield self.written, table_text(cells, rows)


def _box_space(box: tuple[IndexSet, ...]) -> tuple[Space, tuple[Ix, ...]]:
    """A space that goes through a box, and its coordinates as maps."""
    names = [f"^{k}" for k in range(len(box))]
    space = Space(tuple((n, len(s)) for n, s in zip(names, box)))
    maps = [Ix(s.start, ((s.step, n),)) if isinstance(s, range) else table((n,), (len(s),), s) for n, s in zip(names, box)]
    return space, tuple(maps)


def _connector_part(root: Template, plug: Attachment) -> Template | None:
    path = plug.connector
    return root.at(path) if path and path[-1] in root.at(path[:-1]).parts else None


def _common_keys(root: Template, rules: list[Lifted]) -> set[Any]:
    """Keys of the rules that may share cables with other rules."""
    groups: dict[Any, list[tuple[Lifted, Sharing]]] = {}
    for r in rules:
        for m in dict.fromkeys(s.template for s in r.rule.via if s.template is not None and s.template.kind in _PULLED):
            s = sharing(r, m, *attachments(root, r))
            if s.key is not None:
                groups.setdefault(s.key, []).append((r, s))
    return {key for key, items in groups.items() if len(items) > 1 and not all_apart(items)}


def _stated_lengths(root: Template) -> list[tuple[Exclusion, str]]:
    """Lengths that overrides state for links and cables, in metres."""
    out = []
    for prefix in declared_paths(root):
        shape = root.shape(prefix)
        for o in root.at(prefix).overrides:
            text = _metres(o.attributes["length"].value) if "length" in o.attributes and o.target in ("link", "cable") else ""
            if text:
                out.append((Exclusion(prefix + o.path, tuple(range(n) for n in shape) + o.box, o.target, ""), text))
    return out


def _metres(value: Any) -> str:
    if not isinstance(value, Quantity) or value.dim.name != "length" or value.missing:
        return ""
    return decimal(in_unit(value, "m"))


def _position(code: int) -> str:
    """`U12`, `slot 3`, `side 1` from HOW * 2**40 + start; "" where unknown."""
    how = (code + (1 << 39)) >> 40
    start = code - (how << 40)
    return "" if how == 0 else f"{HOW[how]}{start}" if HOW[how] == "U" else f"{HOW[how]} {start}"


def _plane(plane: PlaneRef, env: dict[str, IntArray]) -> Words:
    words = Words()
    for k, name in enumerate(plane.names):
        words.text(("." if k else "") + name)
        index = plane.indices[k] if k < len(plane.indices) else None
        if index is not None:
            words.text("[").put(column(index, env)).text("]")
    return words


def _cable_words(cables: list[tuple[IntArray, int]]) -> Words:
    words = Words()
    for k, (first, each) in enumerate(cables):
        words.text("; " if k else "").put(first)
        if each > 1:
            words.text(" to ").put(first + each - 1)
    return words
