"""L0 as versioned JSON: written, read back, compared.

    {"format": "hwdsl-ir", "version": 1, "root": uid, "templates": {uid: {...}, ...}}

One object for each component, link, cable, connector ... that the design reaches, by its `uid`; the members are those of
`hwdsl.ir.l0`, the forms of values, index maps and positions those of `hwdsl.ir.json_values`. Left out is what is evaluated from the
source text later (asserts, modes, routes, scopes). Nothing in the file depends on the machine, the time or the hash seed: no
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
from hwdsl.ir.json_values import (Damaged, Places, Positions, decode_box, decode_ix, decode_position, decode_source, decode_space, decode_value,
                                  encode_box, encode_ix, encode_position, encode_source, encode_space, encode_value, field, names,
                                  natural_numbers, need)
from hwdsl.ir.json_verify import verify
from hwdsl.ir.l0 import (Attribute, BridgeMap, BusNet, CarryMap, End, OverrideDecl, PartArray, Placement, PlaneDecl, PlaneRef, PortArray, Rule,
                         StateDecl, Template, ViaStep)
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
    writer = _Writer(Positions(sources, rename, known))
    found = reachable(root)
    return {"format": FORMAT, "version": VERSION, "root": root.uid, "templates": {uid: writer.template(found[uid]) for uid in sorted(found)}}


def dumps(data: Mapping[str, Any]) -> str:
    """Canonical text: sorted keys, short objects on one line, final line end."""
    return _lay_out(data, "") + "\n"


def load(data: Any) -> Template:
    """The root template of dumped data. Raises Mistake (HW9001, HW9002) for a later version and for damaged data."""
    try:
        _check_header(data)
        return _Reader(data).root()
    except Damaged as error:
        raise mistake("HW9002", f"this is no design IR: {error}", NO_SPAN, help="write the file anew: `hwc compile FILE -o DIR --only json`") from None


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


# ---------------------------------------------------------------- writing
class _Writer:
    """Encodes one template after the other; members that are empty are left out."""

    def __init__(self, positions: Positions) -> None:
        self.at = positions.text

    def template(self, t: Template) -> dict[str, Any]:
        return _full({
            "kind": t.kind, "name": t.name, "bases": list(t.bases), "doc": t.doc, "at": self.at(t.span),
            "parameters": {k: encode_value(v) for k, v in t.parameters.items()},
            "attributes": self.attributes(t.attributes),
            "parts": {p.name: _full({"dims": list(p.dims), "template": p.template.uid, "at": self.at(p.span), "doc": p.doc}) for p in t.parts.values()},
            "ports": {p.name: self.port(p) for p in t.ports.values()},
            "planes": [_full({"names": list(p.names), "sizes": list(p.sizes), "at": self.at(p.span), "doc": p.doc})
                       for p in sorted(t.planes.values(), key=lambda p: p.names)],
            "rules": [self.rule(r) for r in t.rules],
            "carries": [self.carry(c) for c in t.carries],
            "bridges": [self.bridge(b) for b in t.bridges],
            "states": {s.name: _full({"default": s.default, "bridges": [self.bridge(b) for b in s.bridges], "at": self.at(s.span)})
                       for s in t.states.values()},
            "buses": [_full({"name": b.name, "plane": _plane(b.plane), "template": b.template.uid, "at": self.at(b.span),
                             "joins": [{"path": list(p), "box": encode_box(box)} for p, box in b.joins]}) for b in t.buses],
            "placements": [self.placement(p) for p in t.placements],
            "overrides": [_full({"target": o.target, "path": list(o.path), "box": encode_box(o.box), "at": self.at(o.span),
                                 "attributes": self.attributes(o.attributes)}) for o in t.overrides],
        })

    def attributes(self, attributes: dict[str, Attribute]) -> dict[str, Any]:
        return {name: {"is": encode_value(a.value), **_full({"sources": [encode_source(s) for s in a.sources], "at": self.at(a.span)})}
                for name, a in attributes.items()}

    def port(self, p: PortArray) -> dict[str, Any]:
        return _full({"dims": list(p.dims), "link": p.link.uid, "modifier": p.modifier, "attributes": self.attributes(p.attributes),
                      "at": self.at(p.span)})

    def rule(self, r: Rule) -> dict[str, Any]:
        via = [{"template": s.template.uid} if s.template is not None else {"through": _end(s.through)} if s.through is not None else {}
               for s in r.via]
        return _full({"number": r.number, "plane": _plane(r.plane), "space": encode_space(r.space), "a": _end(r.a), "b": _end(r.b),
                      "via": via, "link": r.link.uid, "lanes": r.lanes, "directed": r.directed,
                      "attributes": self.attributes(r.attributes), "sources": [encode_source(s) for s in r.sources],
                      "at": self.at(r.span), "origin": r.origin, "text": r.text})

    def carry(self, c: CarryMap) -> dict[str, Any]:
        return _full({"port": _end(c.port), "connector": list(c.connector), "coords": [encode_ix(i) for i in c.coords], "unit": c.unit,
                      "start": encode_ix(c.start), "width": c.width, "space": encode_space(c.space), "at": self.at(c.span)})

    def bridge(self, b: BridgeMap) -> dict[str, Any]:
        return _full({"left": _end(b.left), "right": _end(b.right), "space": encode_space(b.space),
                      "attributes": self.attributes(b.attributes), "at": self.at(b.span)})

    def placement(self, p: Placement) -> dict[str, Any]:
        return _full({"what": list(p.what), "coords": [encode_ix(i) for i in p.coords], "box": encode_box(p.box),
                      "container": None if p.container is None else list(p.container),
                      "container_coords": [encode_ix(i) for i in p.container_coords], "how": p.how,
                      "position": [encode_position(a) for a in p.position], "stack": p.stack, "space": encode_space(p.space),
                      "sources": [encode_source(s) for s in p.sources], "at": self.at(p.span)})


def _full(members: dict[str, Any]) -> dict[str, Any]:
    """Members that say something: empty texts, lists and objects, null and false are what a reader assumes."""
    return {k: v for k, v in members.items() if v not in ("", [], {}, None, False) or v == 0 and v is not False}


def _end(end: End) -> dict[str, Any]:
    out: dict[str, Any] = {"path": list(end.path), "coords": [encode_ix(c) for c in end.coords]}
    if end.lane is not None:
        out["lane"] = [encode_ix(end.lane[0]), end.lane[1]]
    return out


def _plane(plane: PlaneRef) -> dict[str, Any]:
    indices = [None if i is None else encode_ix(i) for i in plane.indices]
    return _full({"names": list(plane.names), "indices": indices if plane.names else []})


# ---------------------------------------------------------------- reading
class _Reader:
    """Decodes the templates of one file; references are made first, so that their order does not matter."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.raw = field(data, "templates", dict)
        self.root_uid = field(data, "root", str)
        self.positions = Positions()
        self.at = self.positions.span
        self.made: dict[str, Template] = {}

    def root(self) -> Template:
        for uid, raw in self.raw.items():
            need(raw, dict)
            self.made[uid] = Template(uid, field(raw, "kind", str), field(raw, "name", str))
        root = self.ref(self.root_uid)
        self.each(lambda uid: self.fill(self.made[uid], self.raw[uid]))
        self.each(lambda uid: verify(self.made[uid]))
        _check_acyclic(self.made)
        root.cached("positions", lambda _: self.positions.known)
        return root

    def each(self, work: Callable[[str], None]) -> None:
        """Do something with every template; what is damaged says in which."""
        for uid in self.made:
            try:
                work(uid)
            except Damaged as error:
                raise Damaged(f"in the template `{uid}`, {error}") from None

    def ref(self, uid: Any) -> Template:
        found = self.made.get(need(uid, str))
        if found is None:
            raise Damaged(f"there is no template `{uid}`")
        return found

    def fill(self, t: Template, raw: dict[str, Any]) -> None:
        unknown = set(raw) - _MEMBERS
        if unknown:
            raise Damaged(f"`{sorted(unknown)[0]}` is no member of a template")
        t.bases = names(raw.get("bases", []))
        t.doc, t.span = need(raw.get("doc", ""), str), self.at(raw.get("at", ""))
        t.parameters = {k: decode_value(v) for k, v in _dict(raw, "parameters").items()}
        t.attributes = self.attributes(raw)
        t.parts = {n: PartArray(n, natural_numbers(p.get("dims", [])), self.ref(field(p, "template", str)), self.at(p.get("at", "")),
                                need(p.get("doc", ""), str)) for n, p in _dicts(raw, "parts").items()}
        t.ports = {n: PortArray(n, natural_numbers(p.get("dims", [])), self.ref(field(p, "link", str)), need(p.get("modifier", ""), str),
                                self.attributes(p), self.at(p.get("at", ""))) for n, p in _dicts(raw, "ports").items()}
        for p in _list(raw, "planes"):
            sizes = tuple(None if s is None else need(s, int) for s in need(p.get("sizes", []), list))
            plane = PlaneDecl(names(p.get("names", [])), sizes, self.at(p.get("at", "")), need(p.get("doc", ""), str))
            t.planes[plane.names] = plane
        t.rules = [self.rule(r) for r in _list(raw, "rules")]
        t.carries = [self.carry(c) for c in _list(raw, "carries")]
        t.bridges = [self.bridge(b) for b in _list(raw, "bridges")]
        t.states = {n: StateDecl(n, need(s.get("default", False), bool), tuple(self.bridge(b) for b in _list(s, "bridges")), self.at(s.get("at", "")))
                    for n, s in _dicts(raw, "states").items()}
        t.buses = [BusNet(field(b, "name", str), _read_plane(b), self.ref(field(b, "template", str)),
                          tuple((names(j.get("path", [])), decode_box(j.get("box", []))) for j in _list(b, "joins")), self.at(b.get("at", "")))
                   for b in _list(raw, "buses")]
        t.placements = [self.placement(p) for p in _list(raw, "placements")]
        t.overrides = [OverrideDecl(field(o, "target", str), names(o.get("path", [])), decode_box(o.get("box", [])), self.attributes(o),
                                    self.at(o.get("at", ""))) for o in _list(raw, "overrides")]
        t.sealed = True

    def attributes(self, raw: dict[str, Any]) -> dict[str, Attribute]:
        out = {}
        for name, a in _dicts(raw, "attributes").items():
            if "is" not in a:
                raise Damaged(f"the attribute `{name}` has no value")
            out[name] = Attribute(decode_value(a["is"]), tuple(decode_source(s) for s in _list(a, "sources")), self.at(a.get("at", "")))
        return out

    def rule(self, r: dict[str, Any]) -> Rule:
        via = tuple(ViaStep(self.ref(s["template"]) if "template" in s else None, _read_end(s, "through") if "through" in s else None)
                    for s in _list(r, "via"))
        return Rule(field(r, "number", int), _read_plane(r), decode_space(field(r, "space", dict)), _read_end(r, "a"), _read_end(r, "b"),
                    via, self.ref(field(r, "link", str)), need(r.get("lanes", 0), int), need(r.get("directed", False), bool),
                    self.attributes(r), tuple(decode_source(s) for s in _list(r, "sources")), self.at(r.get("at", "")),
                    need(r.get("origin", 0), int), need(r.get("text", ""), str))

    def carry(self, c: dict[str, Any]) -> CarryMap:
        return CarryMap(_read_end(c, "port"), names(c.get("connector", [])), _maps(c, "coords"), need(c.get("unit", ""), str),
                        decode_ix(c.get("start", 0)), need(c.get("width", 0), int), decode_space(field(c, "space", dict)),
                        self.at(c.get("at", "")))

    def bridge(self, b: dict[str, Any]) -> BridgeMap:
        return BridgeMap(_read_end(b, "left"), _read_end(b, "right"), decode_space(field(b, "space", dict)), self.attributes(b),
                         self.at(b.get("at", "")))

    def placement(self, p: dict[str, Any]) -> Placement:
        container = None if p.get("container") is None else names(p["container"])
        return Placement(names(p.get("what", [])), _maps(p, "coords"), decode_box(p.get("box", [])), container, _maps(p, "container_coords"),
                         need(p.get("how", ""), str), tuple(decode_position(a) for a in need(p.get("position", []), list)),
                         need(p.get("stack", ""), str), decode_space(field(p, "space", dict)),
                         tuple(decode_source(s) for s in _list(p, "sources")), self.at(p.get("at", "")))


_MEMBERS = frozenset("kind name bases doc at parameters attributes parts ports planes rules carries bridges states buses placements overrides".split())


def _dict(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = need(raw.get(name, {}), dict)
    return found


def _dicts(raw: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    return {k: need(v, dict) for k, v in _dict(raw, name).items()}


def _list(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [need(item, dict) for item in need(raw.get(name, []), list)]


def _maps(raw: dict[str, Any], name: str):  # type: ignore[no-untyped-def]
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
