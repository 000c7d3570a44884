"""Templates of L0 as JSON-able data (see `hwdsl.ir.json_io`)."""

from __future__ import annotations

from typing import Any

from hwdsl.ir.json_values import Positions, encode_box, encode_ix, encode_position, encode_source, encode_space, encode_value
from hwdsl.ir.l0 import Attribute, BridgeMap, CarryMap, End, Placement, PlaneRef, PortArray, Rule, Template


class Writer:
    """Encodes one template after the other; members that are empty are left out."""

    def __init__(self, positions: Positions) -> None:
        self.at = positions.text

    def template(self, t: Template) -> dict[str, Any]:
        """One template; others stand in it by uid."""
        return _full(
            {
                "kind": t.kind,
                "name": t.name,
                "bases": list(t.bases),
                "doc": t.doc,
                "at": self.at(t.span),
                "parameters": {k: encode_value(v) for k, v in t.parameters.items()},
                "attributes": self._attributes(t.attributes),
                "parts": {
                    p.name: _full({"dims": list(p.dims), "template": p.template.uid, "at": self.at(p.span), "doc": p.doc})
                    for p in t.parts.values()
                },
                "ports": {p.name: self._port(p) for p in t.ports.values()},
                "planes": [
                    _full({"names": list(p.names), "sizes": list(p.sizes), "at": self.at(p.span), "doc": p.doc})
                    for p in sorted(t.planes.values(), key=lambda p: p.names)
                ],
                "rules": [self._rule(r) for r in t.rules],
                "carries": [self._carry(c) for c in t.carries],
                "bridges": [self._bridge(b) for b in t.bridges],
                "states": {
                    s.name: _full({"default": s.default, "bridges": [self._bridge(b) for b in s.bridges], "at": self.at(s.span)})
                    for s in t.states.values()
                },
                "buses": [
                    _full(
                        {
                            "name": b.name,
                            "plane": _plane(b.plane),
                            "template": b.template.uid,
                            "at": self.at(b.span),
                            "joins": [{"path": list(p), "box": encode_box(box)} for p, box in b.joins],
                        }
                    )
                    for b in t.buses
                ],
                "placements": [self._placement(p) for p in t.placements],
                "overrides": [
                    _full(
                        {
                            "target": o.target,
                            "path": list(o.path),
                            "box": encode_box(o.box),
                            "at": self.at(o.span),
                            "attributes": self._attributes(o.attributes),
                        }
                    )
                    for o in t.overrides
                ],
            }
        )

    def _attributes(self, attributes: dict[str, Attribute]) -> dict[str, Any]:
        return {
            name: {
                "is": encode_value(a.value),
                **_full({"sources": [encode_source(s) for s in a.sources], "at": self.at(a.span)}),
            }
            for name, a in attributes.items()
        }

    def _port(self, p: PortArray) -> dict[str, Any]:
        return _full(
            {
                "dims": list(p.dims),
                "link": p.link.uid,
                "modifier": p.modifier,
                "attributes": self._attributes(p.attributes),
                "at": self.at(p.span),
            }
        )

    def _rule(self, r: Rule) -> dict[str, Any]:
        via = [
            {"template": s.template.uid}
            if s.template is not None
            else {"through": _end(s.through)}
            if s.through is not None
            else {}
            for s in r.via
        ]
        return _full(
            {
                "number": r.number,
                "plane": _plane(r.plane),
                "space": encode_space(r.space),
                "a": _end(r.a),
                "b": _end(r.b),
                "via": via,
                "link": r.link.uid,
                "lanes": r.lanes,
                "directed": r.directed,
                "attributes": self._attributes(r.attributes),
                "sources": [encode_source(s) for s in r.sources],
                "at": self.at(r.span),
                "origin": r.origin,
                "text": r.text,
            }
        )

    def _carry(self, c: CarryMap) -> dict[str, Any]:
        return _full(
            {
                "port": _end(c.port),
                "connector": list(c.connector),
                "coords": [encode_ix(i) for i in c.coords],
                "unit": c.unit,
                "start": encode_ix(c.start),
                "width": c.width,
                "space": encode_space(c.space),
                "at": self.at(c.span),
            }
        )

    def _bridge(self, b: BridgeMap) -> dict[str, Any]:
        return _full({"left": _end(b.left), "right": _end(b.right), "space": encode_space(b.space),
                      "attributes": self._attributes(b.attributes), "at": self.at(b.span)})

    def _placement(self, p: Placement) -> dict[str, Any]:
        return _full({"what": list(p.what), "coords": [encode_ix(i) for i in p.coords], "box": encode_box(p.box),
                      "container": None if p.container is None else list(p.container),
                      "container_coords": [encode_ix(i) for i in p.container_coords], "how": p.how,
                      "position": [encode_position(a) for a in p.position], "stack": p.stack, "space": encode_space(p.space),
                      "sources": [encode_source(s) for s in p.sources], "at": self.at(p.span)})


def _full(members: dict[str, Any]) -> dict[str, Any]:
    """Members that say something: empty texts, lists and objects, null and false are what a reader assumes."""
    return {k: v for k, v in members.items() if v not in ("", [], {}, None, False) or (v == 0 and v is not False)}


def _end(end: End) -> dict[str, Any]:
    out: dict[str, Any] = {"path": list(end.path), "coords": [encode_ix(c) for c in end.coords]}
    if end.lane is not None:
        out["lane"] = [encode_ix(end.lane[0]), end.lane[1]]
    return out


def _plane(plane: PlaneRef) -> dict[str, Any]:
    indices = [None if i is None else encode_ix(i) for i in plane.indices]
    return _full({"names": list(plane.names), "indices": indices if plane.names else []})
