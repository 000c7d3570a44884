"""L3, views for others' tools: the flat IR as a networkx or rustworkx graph.

Vertices are devices by number, with `name`, `kind`, `component` and `relay`; edges are links with `ports` (both ends by
number), `rule` (the link class), `plane`, `link`, `lanes`, `rate` (net, bit/s, one direction) and `length` (mm, -1 if not
stated). Parallel links stay apart. The libraries are imported when a view is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hwdsl.ir.l0 import Template
from hwdsl.ir.l2 import Flat


def to_networkx(flat: Flat, planes: Sequence[str] = ()) -> Any:
    """A `networkx.MultiGraph` of the planes (all for none); the key of an edge is its class and its lower port."""
    import networkx as nx

    graph = nx.MultiGraph()
    graph.add_nodes_from(devices(flat))
    graph.add_edges_from((a, b, (facts["rule"], facts["ports"][0]), facts) for a, b, facts in links(flat, planes))
    return graph


def to_rustworkx(flat: Flat, planes: Sequence[str] = ()) -> Any:
    """A `rustworkx.PyGraph` of the planes (all for none); vertex indices are device numbers."""
    import rustworkx as rx

    graph = rx.PyGraph(multigraph=True)
    graph.add_nodes_from([facts for _, facts in devices(flat)])
    graph.add_edges_from(list(links(flat, planes)))
    return graph


def devices(flat: Flat) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, facts) of every device."""
    names = flat.layout.device_names()
    for number, (name, t) in enumerate(zip(names, _templates(flat.layout.root))):
        yield number, {"name": name, "kind": t.kind, "component": t.name, "relay": t.relay}


def _templates(t: Template) -> Iterator[Template]:
    """The template of every device in the order of device numbers."""
    from hwdsl.ir.l0 import volume
    from hwdsl.ir.layout import extent

    if t.ports:
        yield t
    for slot in extent(t).slots:
        if extent(slot.template).devices:
            for _ in range(volume(slot.dims)):
                yield from _templates(slot.template)


def links(flat: Flat, planes: Sequence[str] = ()) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(device, device, facts) of every link once, in ascending order of its lower port."""
    facts = [{"rule": c.name, "plane": c.plane, "link": c.rule.link.name, "lanes": c.rule.lanes, "rate": c.rate,
              "length": c.length}
             for c in flat.classes]
    low, high, number = flat.edges(planes)
    for p, q, a, b, k in zip(low.tolist(), high.tolist(), flat.owner[low].tolist(), flat.owner[high].tolist(), number.tolist()):
        yield a, b, {"ports": (p, q), **facts[k]}
