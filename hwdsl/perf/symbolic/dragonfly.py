"""Dragonfly under hierarchical routing: at most one local hop, the one link between two groups, one local hop.

This is another model than graph-minimal paths, which also take two global links where that is as short. Whatever the arrangement
of the global links: if every two groups of `a` routers share exactly one link, every router has `h` of them and the routers of a
group are all joined, then with p endpoints a router a global link carries (a p)^2 and a local one p^2 (1 + 2 a h).
"""

from __future__ import annotations

from fractions import Fraction

from hwdsl.query.factored.answer import LoadClass, SymbolicLoads, arc_label, merged_classes, published
from hwdsl.query.factored.contract import Contracted
from hwdsl.query.network import ArcRule, Network
from hwdsl.query.quotient import Hops, Refused
from hwdsl.query.symmetry import mesh_pair, uses_of

LINK_LIMIT = 20_000_000
"""Global links that are counted one by one, as arrays."""


def local_global_local(c: Contracted) -> SymbolicLoads:
    """Loads of a dragonfly whose groups are all joined in pairs. Raises Refused if the network is not one."""
    net = c.network
    if len(net.blocks) != 1 or len(net.blocks[0].shape) != 2 or not net.blocks[0].relay:
        raise Refused("hierarchical routing is known on a dragonfly of groups and routers")
    local, group = _local_rule(net)
    groups, routers = net.blocks[0].shape[group], net.blocks[0].shape[1 - group]
    far = [a for a in net.arcs if a is not local]
    each = _links_per_router(far, group, groups, routers)
    p, n = c.weight[0], c.endpoints
    classes = c.bridge_classes(n * (n - 1), True)
    for arc, load in [(local, Fraction(p * p * (1 + 2 * routers * each)))] + [(a, Fraction((routers * p) ** 2)) for a in far]:
        label = arc_label(net, arc, True)
        classes.append(LoadClass(arc.number, label, load, 2 * arc.links, published(arc)))
    total = groups * routers
    between = groups * (groups - 1)
    pairs = {0: total, 1: total * (routers - 1) + between, 2: 2 * between * (routers - 1), 3: between * (routers - 1) ** 2}
    hops = c.histogram({(0, 0): {d: k for d, k in pairs.items() if k}})
    return SymbolicLoads(merged_classes(classes), "closed form", 1, n, Hops(hops, 0), "local, global, local")


def _local_rule(net: Network) -> tuple[ArcRule, int]:
    """(the rule that joins all routers of a group, position of the group)."""
    for arc in net.arcs:
        uses = uses_of(arc, net)
        mesh = mesh_pair(arc, *uses)
        if mesh is not None and arc.links == net.blocks[0].size * (net.blocks[0].shape[mesh] - 1) // 2:
            return arc, 1 - mesh
    raise Refused("the routers of a group are not all joined")


def _links_per_router(far: list[ArcRule], group: int, groups: int, routers: int) -> int:
    """Global links of a router. Raises Refused unless every router has as many, and every two groups share exactly one."""
    links = sum(a.links for a in far)
    if links != groups * (groups - 1) // 2 or links > LINK_LIMIT or 2 * links % (groups * routers):
        raise Refused("not exactly one link between every two groups, or too many groups to check it")
    import numpy as np

    from hwdsl.query.flat import expand

    pair, ends = [], []
    for arc in far:
        found = [np.atleast_1d(x) for x in expand(arc.space, list(arc.constraints), [*arc.a_maps, *arc.b_maps])]
        a, b = ([np.broadcast_to(x, (arc.links,)) for x in half] for half in (found[:2], found[2:]))
        pair.append(np.minimum(a[group], b[group]) * groups + np.maximum(a[group], b[group]))
        ends += [end[group] * routers + end[1 - group] for end in (a, b)]
    pairs, count = np.unique(np.concatenate(pair)), np.bincount(np.concatenate(ends), minlength=groups * routers)
    each = 2 * links // (groups * routers)
    if len(pairs) != links or bool((pairs // groups == pairs % groups).any()) or not bool((count == each).all()):
        raise Refused("not exactly one link between every two groups, or routers with unlike numbers of them")
    return each
