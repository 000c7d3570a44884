"""Split vertex coordinates into digits where rules use digits of them (`leaf[n / 4]`, `node[8 * r + k]`).

A coordinate of size 32 that one rule builds as `8 * r + k` and another uses whole becomes two coordinates of sizes 4 and 8; the
variable that is used whole is split alike, everywhere it stands. After it, more coordinates are whole variables, and symmetric.
"""

from __future__ import annotations

from hwdsl.ir.digits import cut_chain, split_variables
from hwdsl.ir.index import Ix, add, div, mod, scale, substitute, variable
from hwdsl.ir.space import Cmp, Space
from hwdsl.node import replace
from hwdsl.query.network import ArcRule, Network, Region, VertexBlock

Key = tuple[int, int]


def refine(network: Network) -> Network:
    """The network with split coordinates (the same network if nothing is to be split)."""
    coordinate_cuts, variable_cuts = _cuts(network)
    chains = {k: cut_chain(c, network.blocks[k[0]].shape[k[1]]) for k, c in coordinate_cuts.items()}
    chains = {k: c for k, c in chains.items() if c}
    if not chains:
        return network
    blocks = tuple(_split_block(b, k, chains) for k, b in enumerate(network.blocks))
    arcs = tuple(_split_arc(arc, network, chains, variable_cuts) for arc in network.arcs)
    return replace(network, blocks=blocks, arcs=arcs)


def _cuts(network: Network) -> tuple[dict[Key, set[int]], dict[tuple[int, str], set[int]]]:
    """Places at which coordinates and rule variables are cut, propagated until stable."""
    coordinates: dict[Key, set[int]] = {}
    variables: dict[tuple[int, str], set[int]] = {}
    changed = True
    while changed:
        changed = False
        for arc in network.arcs:
            sizes = arc.space.sizes
            for block, maps in ((arc.a, arc.a_maps), (arc.b, arc.b_maps)):
                for i, m in enumerate(maps):
                    size = network.blocks[block].shape[i]
                    terms = _digits(m, size, sizes)
                    if terms is None:
                        continue
                    mine = coordinates.setdefault((block, i), set())
                    for c, name, s in terms:
                        own = variables.setdefault((arc.number, name), set())
                        new = ({c} if c > 1 else set()) | {c * k for k in own}
                        back = {k // c for k in mine if k % c == 0 and 1 < k // c < s}
                        if new - mine or back - own:
                            mine |= new
                            own |= back
                            changed = True
    return coordinates, variables


def _digits(m: Ix, size: int, sizes: dict[str, int]) -> list[tuple[int, str, int]] | None:
    """(coefficient, variable, size) if the map is a complete number system over `0..size`, else None."""
    if m.const or not m.terms or not all(isinstance(a, str) for _, a in m.terms):
        return None
    step, out = 1, []
    for c, a in sorted(m.terms, key=lambda t: t[0]):
        assert isinstance(a, str)
        if c != step:
            return None
        out.append((c, a, sizes[a]))
        step *= sizes[a]
    return out if step == size else None


def _split_block(b: VertexBlock, k: int, chains: dict[Key, list[int]]) -> VertexBlock:
    shape: list[int] = []
    values: dict[str, Ix] = {}
    for i, size in enumerate(b.shape):
        marks = [1, *chains.get((k, i), []), size]
        value = Ix(0)
        for j in reversed(range(len(marks) - 1)):
            value = add(value, scale(variable(f"@{len(shape)}"), marks[j]))
            shape.append(marks[j + 1] // marks[j])
        values[f"@{i}"] = value
    split = replace(b, shape=tuple(shape))
    sizes = split.space.sizes
    return replace(split, only=None if b.only is None else substituted(b.only, values, sizes),
                   off=substituted(b.off, values, sizes))


def substituted(regions: tuple[Region, ...], values: dict[str, Ix], sizes: dict[str, int]) -> tuple[Region, ...]:
    """Regions in other variables."""
    return tuple(tuple((substitute(m, values, sizes), s) for m, s in region) for region in regions)


def _split_arc(arc: ArcRule, network: Network, chains: dict[Key, list[int]], cuts: dict[tuple[int, str], set[int]]) -> ArcRule:
    chosen = {n: cut_chain(cuts.get((arc.number, n), set()), size) for n, size in arc.space.vars}
    variables, values = split_variables(arc.space, chosen, ":")
    sizes = dict(variables)
    guard = tuple(Cmp(c.op, substitute(c.ix, values, sizes)) for c in arc.space.guard)
    limits = tuple((substitute(m, values, sizes), s) for m, s in arc.constraints)
    a = _split_maps(arc.a, arc.a_maps, network, chains, values, sizes)
    b = _split_maps(arc.b, arc.b_maps, network, chains, values, sizes)
    return replace(arc, a_maps=a, b_maps=b, space=Space(variables, guard), constraints=limits,
                   lost=substituted(arc.lost, values, sizes))


def _split_maps(block: int, maps: tuple[Ix, ...], network: Network, chains: dict[Key, list[int]], values: dict[str, Ix],
                sizes: dict[str, int]) -> tuple[Ix, ...]:
    out: list[Ix] = []
    for i, m in enumerate(maps):
        m = substitute(m, values, sizes) if values else m
        marks = [1, *chains.get((block, i), []), network.blocks[block].shape[i]]
        for j in reversed(range(len(marks) - 1)):
            high = div(m, marks[j], sizes) if marks[j] > 1 else m
            out.append(mod(high, marks[j + 1] // marks[j], sizes) if j < len(marks) - 2 else high)
    return tuple(out)
