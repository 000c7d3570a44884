"""Templates of L0 from JSON data (see `hwdsl.ir.json_io`); whatever no writer gives is `Damaged`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwdsl.ir.index import Ix
from hwdsl.ir.json_values import (
    Damaged,
    Positions,
    decode_box,
    decode_ix,
    decode_position,
    decode_source,
    decode_space,
    decode_value,
    field,
    names,
    natural_numbers,
    need,
)
from hwdsl.ir.json_verify import verify
from hwdsl.ir.l0 import (
    Attribute,
    BridgeMap,
    BusNet,
    CarryMap,
    End,
    OverrideDecl,
    PartArray,
    Placement,
    PlaneDecl,
    PlaneRef,
    PortArray,
    Rule,
    StateDecl,
    Template,
    ViaStep,
)


class Reader:
    """Decodes the templates of one file; references are made first, so that their order does not matter."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.raw = field(data, "templates", dict)
        self.root_uid = field(data, "root", str)
        self.positions = Positions()
        self.at = self.positions.span
        self.made: dict[str, Template] = {}

    def root(self) -> Template:
        """The root with everything below it. Raises Damaged."""
        for uid, raw in self.raw.items():
            need(raw, dict)
            self.made[uid] = Template(uid, field(raw, "kind", str), field(raw, "name", str))
        root = self._ref(self.root_uid)
        self._each(lambda uid: self._fill(self.made[uid], self.raw[uid]))
        self._each(lambda uid: verify(self.made[uid]))
        _check_acyclic(self.made)
        root.cached("positions", lambda _: self.positions.known)
        return root

    def _each(self, work: Callable[[str], None]) -> None:
        """Do something with every template; what is damaged says in which."""
        for uid in self.made:
            try:
                work(uid)
            except Damaged as error:
                raise Damaged(f"in the template `{uid}`, {error}") from None

    def _ref(self, uid: Any) -> Template:
        found = self.made.get(need(uid, str))
        if found is None:
            raise Damaged(f"there is no template `{uid}`")
        return found

    def _fill(self, t: Template, raw: dict[str, Any]) -> None:
        unknown = set(raw) - _MEMBERS
        if unknown:
            raise Damaged(f"`{sorted(unknown)[0]}` is no member of a template")
        t.bases = names(raw.get("bases", []))
        t.doc, t.span = need(raw.get("doc", ""), str), self.at(raw.get("at", ""))
        t.parameters = {k: decode_value(v) for k, v in _dict(raw, "parameters").items()}
        t.attributes = self._attributes(raw)
        t.parts = {n: self._part(n, p) for n, p in _dicts(raw, "parts").items()}
        t.ports = {n: self._port(n, p) for n, p in _dicts(raw, "ports").items()}
        for p in _list(raw, "planes"):
            sizes = tuple(None if s is None else need(s, int) for s in need(p.get("sizes", []), list))
            plane = PlaneDecl(names(p.get("names", [])), sizes, self.at(p.get("at", "")), need(p.get("doc", ""), str))
            t.planes[plane.names] = plane
        t.rules = [self._rule(r) for r in _list(raw, "rules")]
        t.carries = [self._carry(c) for c in _list(raw, "carries")]
        t.bridges = [self._bridge(b) for b in _list(raw, "bridges")]
        t.states = {n: self._state(n, s) for n, s in _dicts(raw, "states").items()}
        t.buses = [self._bus(b) for b in _list(raw, "buses")]
        t.placements = [self._placement(p) for p in _list(raw, "placements")]
        t.overrides = [self._override(o) for o in _list(raw, "overrides")]
        t.sealed = True

    def _part(self, name: str, p: dict[str, Any]) -> PartArray:
        dims, template = natural_numbers(p.get("dims", [])), self._ref(field(p, "template", str))
        return PartArray(name, dims, template, self.at(p.get("at", "")), need(p.get("doc", ""), str))

    def _port(self, name: str, p: dict[str, Any]) -> PortArray:
        dims, link = natural_numbers(p.get("dims", [])), self._ref(field(p, "link", str))
        return PortArray(name, dims, link, need(p.get("modifier", ""), str), self._attributes(p), self.at(p.get("at", "")))

    def _state(self, name: str, s: dict[str, Any]) -> StateDecl:
        bridges = tuple(self._bridge(b) for b in _list(s, "bridges"))
        return StateDecl(name, need(s.get("default", False), bool), bridges, self.at(s.get("at", "")))

    def _bus(self, b: dict[str, Any]) -> BusNet:
        joins = tuple((names(j.get("path", [])), decode_box(j.get("box", []))) for j in _list(b, "joins"))
        name, template = field(b, "name", str), self._ref(field(b, "template", str))
        return BusNet(name, _read_plane(b), template, joins, self.at(b.get("at", "")))

    def _override(self, o: dict[str, Any]) -> OverrideDecl:
        path, box = names(o.get("path", [])), decode_box(o.get("box", []))
        return OverrideDecl(field(o, "target", str), path, box, self._attributes(o), self.at(o.get("at", "")))

    def _attributes(self, raw: dict[str, Any]) -> dict[str, Attribute]:
        out = {}
        for name, a in _dicts(raw, "attributes").items():
            if "is" not in a:
                raise Damaged(f"the attribute `{name}` has no value")
            out[name] = Attribute(
                decode_value(a["is"]), tuple(decode_source(s) for s in _list(a, "sources")), self.at(a.get("at", ""))
            )
        return out

    def _rule(self, r: dict[str, Any]) -> Rule:
        via = tuple(
            ViaStep(self._ref(s["template"]) if "template" in s else None, _read_end(s, "through") if "through" in s else None)
            for s in _list(r, "via")
        )
        return Rule(
            field(r, "number", int),
            _read_plane(r),
            decode_space(field(r, "space", dict)),
            _read_end(r, "a"),
            _read_end(r, "b"),
            via,
            self._ref(field(r, "link", str)),
            need(r.get("lanes", 0), int),
            need(r.get("directed", False), bool),
            self._attributes(r),
            tuple(decode_source(s) for s in _list(r, "sources")),
            self.at(r.get("at", "")),
            need(r.get("origin", 0), int),
            need(r.get("text", ""), str),
        )

    def _carry(self, c: dict[str, Any]) -> CarryMap:
        return CarryMap(_read_end(c, "port"), names(c.get("connector", [])), _maps(c, "coords"), need(c.get("unit", ""), str),
                        decode_ix(c.get("start", 0)), need(c.get("width", 0), int), decode_space(field(c, "space", dict)),
                        self.at(c.get("at", "")))

    def _bridge(self, b: dict[str, Any]) -> BridgeMap:
        return BridgeMap(_read_end(b, "left"), _read_end(b, "right"), decode_space(field(b, "space", dict)), self._attributes(b),
                         self.at(b.get("at", "")))

    def _placement(self, p: dict[str, Any]) -> Placement:
        container = None if p.get("container") is None else names(p["container"])
        return Placement(
            names(p.get("what", [])),
            _maps(p, "coords"),
            decode_box(p.get("box", [])),
            container,
            _maps(p, "container_coords"),
            need(p.get("how", ""), str),
            tuple(decode_position(a) for a in need(p.get("position", []), list)),
            need(p.get("stack", ""), str),
            decode_space(field(p, "space", dict)),
            tuple(decode_source(s) for s in _list(p, "sources")),
            self.at(p.get("at", "")),
        )


_MEMBERS = frozenset((
    "at", "attributes", "bases", "bridges", "buses", "carries", "doc", "kind", "name", "overrides", "parameters", "parts",
    "placements", "planes", "ports", "rules", "states"))


def _dict(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = need(raw.get(name, {}), dict)
    return found


def _dicts(raw: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    return {k: need(v, dict) for k, v in _dict(raw, name).items()}


def _list(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [need(item, dict) for item in need(raw.get(name, []), list)]


def _maps(raw: dict[str, Any], name: str) -> tuple[Ix, ...]:
    return tuple(decode_ix(i) for i in need(raw.get(name, []), list))


def _read_end(raw: dict[str, Any], name: str) -> End:
    data = field(raw, name, dict)
    lane = None
    if "lane" in data:
        parts = field(data, "lane", list)
        if len(parts) != 2:
            raise Damaged("a slice of lanes is [start, width]")
        lane = (decode_ix(parts[0]), need(parts[1], int))
    return End(names(data.get("path", [])), _maps(data, "coords"), lane)


def _read_plane(raw: dict[str, Any]) -> PlaneRef:
    data = _dict(raw, "plane")
    indices = need(data.get("indices", []), list)
    return PlaneRef(names(data.get("names", [])), tuple(None if i is None else decode_ix(i) for i in indices))


def _check_acyclic(made: dict[str, Template]) -> None:
    """No template contains itself. Raises Damaged."""
    done: set[str] = set()
    for uid in made:
        stack: list[tuple[str, Any]] = [(uid, None)]
        open_: list[str] = []
        while stack:
            here, children = stack.pop()
            if children is None:
                if here in done:
                    continue
                if here in open_:
                    raise Damaged(f"the template `{here}` contains itself")
                open_.append(here)
                children = iter(sorted({p.template.uid for p in made[here].parts.values()}))
            child = next(children, None)
            if child is None:
                done.add(here)
                open_.pop()
                continue
            stack += [(here, children), (child, None)]
