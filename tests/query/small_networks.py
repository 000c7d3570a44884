"""Small networks as text, and the brute-force reading of a network: every link written out, every destination by itself."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from fractions import Fraction
from pathlib import Path

from hwdsl.api import Design, Session
from hwdsl.ir.index import evaluate
from hwdsl.ir.space import points
from hwdsl.query.lifted import declared_paths
from hwdsl.query.network import Network, network
from hwdsl.query.selection import Selection, whole

Vertex = tuple[int, tuple[int, ...]]
Hop = tuple[int, bool, Vertex]
"""(arc rule, forward?, far vertex)"""

HEAD = """
link L { lanes = 1; raw = 106.25 Gb/s; net = 100 Gb/s; }
"""


def opened(text: str, mode: str | None = None) -> Design:
    """The design of a text that must be free of mistakes."""
    session = Session(cache_dir=None)
    design = session.open_text(HEAD + text, mode=mode)
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


class Expanded:
    """Every vertex and every link of a network, and plain equal-cost routing on it."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.out: dict[Vertex, list[Hop]] = defaultdict(list)
        self.into: dict[Vertex, list[Vertex]] = defaultdict(list)
        self.links: list[tuple[int, Vertex, Vertex]] = []
        for arc in net.arcs:
            for p in points(arc.space):
                if not all(evaluate(m, p) in s for m, s in arc.constraints):
                    continue
                a = (arc.a, tuple(evaluate(m, p) for m in arc.a_maps))
                b = (arc.b, tuple(evaluate(m, p) for m in arc.b_maps))
                self.links.append((arc.number, a, b))
                self.out[a].append((arc.number, True, b))
                self.into[b].append(a)
                if not arc.directed:
                    self.out[b].append((arc.number, False, a))
                    self.into[a].append(b)
        self.ends = [(k, c) for k in net.endpoints for c in _coordinates(net.blocks[k].shape)]

    def relays(self, v: Vertex) -> bool:
        """Whether traffic may pass through."""
        return self.net.blocks[v[0]].relay

    def distances(self, destination: Vertex) -> dict[Vertex, int]:
        """Hops to a destination; a directed link carries from its output to its input."""
        found = {destination: 0}
        queue = deque([destination])
        while queue:
            v = queue.popleft()
            if v != destination and not self.relays(v):
                continue
            for near in self.into[v]:
                if near not in found:
                    found[near] = found[v] + 1
                    queue.append(near)
        return found

    def histogram(self) -> tuple[dict[int, int], int]:
        """(hops -> ordered pairs of endpoints, unreachable pairs)."""
        total: Counter[int] = Counter()
        missing = 0
        for d in self.ends:
            found = self.distances(d)
            total.update(found[s] for s in self.ends if s != d and s in found)
            missing += sum(1 for s in self.ends if s not in found)
        return dict(sorted(total.items())), missing

    def loads(self) -> Counter[tuple[int, bool, Fraction]]:
        """How many directed links of each rule carry which load under equal split, every ordered pair exchanging 1."""
        load: dict[tuple[int, bool, int], Fraction] = defaultdict(Fraction)
        numbered: dict[Vertex, list[tuple[int, bool, int, Vertex]]] = defaultdict(list)
        for n, (rule, a, b) in enumerate(self.links):
            numbered[a].append((rule, True, n, b))
            load[rule, True, n] = Fraction(0)
            if (rule, False, a) in self.out[b]:
                numbered[b].append((rule, False, n, a))
                load[rule, False, n] = Fraction(0)
        for d in self.ends:
            distance = self.distances(d)
            flow: dict[Vertex, Fraction] = defaultdict(Fraction)
            for v in sorted(distance, key=lambda v: -distance[v]):
                mine = flow[v] + (1 if v in self.ends and v != d else 0)
                nearer = [h for h in numbered[v] if distance.get(h[3]) == distance[v] - 1 and (h[3] == d or self.relays(h[3]))]
                for rule, forward, n, far in nearer if mine else ():
                    load[rule, forward, n] += mine / len(nearer)
                    flow[far] += mine / len(nearer)
        return Counter((rule, forward, x) for (rule, forward, _), x in load.items())


def _coordinates(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    out: list[tuple[int, ...]] = [()]
    for n in shape:
        out = [(*c, k) for c in out for k in range(n)]
    return out


def chips(design: Design) -> Selection:
    """All chips."""
    paths = sorted({path for path in declared_paths(design.root) if design.root.at(path).kind == "chip"})
    return Selection(design.root, tuple(whole(design.root, path) for path in paths))


def net_of(design: Design) -> Network:
    """The network of all planes of a design; its chips are the endpoints."""
    return network(design.root, None, chips(design))


def clos2(gpus: int, leaves: int, spines: int, ways: int = 1) -> str:
    """Two tiers, `ways` parallel links from a leaf to a spine."""
    return f"""
chip Gpu {{ port x: L; }}
switch Leaf {{ port down: L[{gpus}];  port up: L[{spines * ways}]; }}
switch Spine {{ port p: L[{leaves * ways}]; }}
system S {{
    part gpu: Gpu[{leaves * gpus}];
    part leaf: Leaf[{leaves}];
    part spine: Spine[{spines}];
    connect gpu[g].x <-> leaf[g / {gpus}].down[g % {gpus}]  for g in 0..{leaves * gpus};
    connect leaf[l].up[u] <-> spine[u % {spines}].p[{ways} * l + u / {spines}]  for l in 0..{leaves}, u in 0..{spines * ways};
}}
design = S;
"""


def clos3_planes(planes: int = 2) -> str:
    """Three tiers in planes: 2 pods of 2 leaves of 2 accelerators with one port a plane."""
    return f"""
chip Gpu {{ port x: L[{planes}]; }}
switch Leaf {{ port down: L[2];  port up: L[2]; }}
switch Agg {{ port down: L[2];  port up: L[2]; }}
switch Core {{ port p: L[2]; }}
system S {{
    part gpu: Gpu[2][2][2];
    part leaf: Leaf[{planes}][2][2];
    part agg: Agg[{planes}][2][2];
    part core: Core[{planes}][2][2];
    plane fabric for q in 0..{planes} {{
        connect gpu[p][l][g].x[q] <-> leaf[q][p][l].down[g]  for p in 0..2, l in 0..2, g in 0..2;
        connect leaf[q][p][l].up[a] <-> agg[q][p][a].down[l]  for p in 0..2, l in 0..2, a in 0..2;
        connect agg[q][p][a].up[c] <-> core[q][a][c].p[p]  for p in 0..2, a in 0..2, c in 0..2;
    }}
}}
design = S;
"""


def rails(nodes: int, gpus: int) -> str:
    """Rails: accelerator g of every node on switch g, and a switch inside every node."""
    return f"""
chip Gpu {{ port nv: L;  port nic: L; }}
switch Chip {{ port p: L[{gpus}]; }}
switch Rail {{ port p: L[{nodes}]; }}
node Node {{
    part gpu: Gpu[{gpus}];
    part chip: Chip;
    connect gpu[g].nv <-> chip.p[g]  for g in 0..{gpus};
}}
system S {{
    part node: Node[{nodes}];
    part rail: Rail[{gpus}];
    connect node[n].gpu[g].nic <-> rail[g].p[n]  for n in 0..{nodes}, g in 0..{gpus};
}}
design = S;
"""


def k_ring(n: int, k: int) -> str:
    """Ring of relaying chips with links to the k next."""
    return f"""
chip Gpu {{ relay = true;  port up: L[{k}];  port down: L[{k}]; }}
system S {{
    part gpu: Gpu[{n}];
    connect gpu[i].up[h] <-> gpu[(i + h + 1) % {n}].down[h]  for i in 0..{n}, h in 0..{k};
}}
design = S;
"""


def torus(*sizes: int) -> str:
    """Torus of any rank."""
    rank = len(sizes)
    names = "xyzw"[:rank]
    dims = "".join(f"[{n}]" for n in sizes)
    here = "".join(f"[{v}]" for v in names)
    rules = []
    for d, n in enumerate(sizes):
        there = "".join(f"[({v} + 1) % {n}]" if k == d else f"[{v}]" for k, v in enumerate(names))
        ranges = ", ".join(f"{v} in 0..{s}" for v, s in zip(names, sizes))
        rules.append(f"    connect gpu{here}.plus[{d}] <-> gpu{there}.minus[{d}]  for {ranges};")
    return f"""
chip Gpu {{ relay = true;  port plus: L[{rank}];  port minus: L[{rank}]; }}
system S {{
    part gpu: Gpu{dims};
{chr(10).join(rules)}
}}
design = S;
"""


def full_mesh(n: int, relay: str = "true") -> str:
    """All pairs."""
    return f"""
chip Gpu {{ relay = {relay};  port p: L[{n - 1}]; }}
system S {{
    part gpu: Gpu[{n}];
    connect gpu[i].p[j - 1] <-> gpu[j].p[i]  for i in 0..{n}, j in 0..{n} where i < j;
}}
design = S;
"""


def hyperx(a: int, b: int) -> str:
    """All pairs in each of two dimensions."""
    return f"""
chip Gpu {{ relay = true;  port p: L[{a - 1}];  port q: L[{b - 1}]; }}
system S {{
    part gpu: Gpu[{a}][{b}];
    connect gpu[i][y].p[j - 1] <-> gpu[j][y].p[i]  for y in 0..{b}, i in 0..{a}, j in 0..{a} where i < j;
    connect gpu[x][i].q[j - 1] <-> gpu[x][j].q[i]  for x in 0..{a}, i in 0..{b}, j in 0..{b} where i < j;
}}
design = S;
"""


def hypercube(rank: int) -> str:
    """One dimension of size 2 each."""
    names = "abcd"[:rank]
    rules = []
    for d in range(rank):
        left = "".join("[0]" if k == d else f"[{v}]" for k, v in enumerate(names))
        right = "".join("[1]" if k == d else f"[{v}]" for k, v in enumerate(names))
        ranges = ", ".join(f"{v} in 0..2" for k, v in enumerate(names) if k != d)
        rules.append(f"    connect gpu{left}.p[{d}] <-> gpu{right}.p[{d}]  for {ranges};")
    return f"""
chip Gpu {{ relay = true;  port p: L[{rank}]; }}
system S {{
    part gpu: Gpu{"[2]" * rank};
{chr(10).join(rules)}
}}
design = S;
"""


def node_ring(nodes: int, gpus: int) -> str:
    """Ring of nodes, each a switch with accelerators."""
    return f"""
chip Gpu {{ port x: L; }}
switch Chip {{ port p: L[{gpus}];  port next: L;  port last: L; }}
node Node {{
    part gpu: Gpu[{gpus}];
    part chip: Chip;
    connect gpu[g].x <-> chip.p[g]  for g in 0..{gpus};
}}
system S {{
    part node: Node[{nodes}];
    connect node[i].chip.next <-> node[(i + 1) % {nodes}].chip.last  for i in 0..{nodes};
}}
design = S;
"""


def dragonfly(n: int) -> str:
    """Groups of n routers, all pairs inside; router r of group g reaches group g + r + 1 modulo the groups."""
    groups = n + 1
    return f"""
chip Gpu {{ port x: L; }}
switch Router {{ port gpu: L;  port local: L[{n - 1}];  port far: L; }}
system S {{
    part gpu: Gpu[{groups}][{n}];
    part router: Router[{groups}][{n}];
    connect gpu[g][r].x <-> router[g][r].gpu  for g in 0..{groups}, r in 0..{n};
    connect router[g][i].local[j - 1] <-> router[g][j].local[i]  for g in 0..{groups}, i in 0..{n}, j in 0..{n} where i < j;
    connect router[g][r].far <-> router[g + r + 1][{n - 1} - r - g - g + g].far  for g in 0..1, r in 0..{n};
    connect router[g][r].far <-> router[(g + r + 1) % {groups}][{n - 1} - r].far
        for g in 1..{groups}, r in 0..{n} where g + r + 1 < {groups};
}}
design = S;
"""


def swap(n: int) -> str:
    """Swap network: node (x, y) to node (y, x), and all pairs in a row."""
    return f"""
chip Gpu {{ relay = true;  port p: L[{n - 1}];  port out: L; }}
system S {{
    part gpu: Gpu[{n}][{n}];
    connect gpu[x][i].p[j - 1] <-> gpu[x][j].p[i]  for x in 0..{n}, i in 0..{n}, j in 0..{n} where i < j;
    connect gpu[x][y].out <-> gpu[y][x].out  for x in 0..{n}, y in 0..{n} where x < y;
}}
design = S;
"""


def mesh_lines(*sizes: int) -> str:
    """Grid with ends."""
    a, b = sizes
    return f"""
chip Gpu {{ relay = true;  port plus: L[2];  port minus: L[2]; }}
system S {{
    part gpu: Gpu[{a}][{b}];
    connect gpu[x][y].plus[0] <-> gpu[x + 1][y].minus[0]  for x in 0..{a - 1}, y in 0..{b};
    connect gpu[x][y].plus[1] <-> gpu[x][y + 1].minus[1]  for x in 0..{a}, y in 0..{b - 1};
}}
design = S;
"""


def frucht() -> str:
    """The Frucht graph: every vertex of degree 3, no symmetry at all."""
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 0), (0, 7), (1, 7), (2, 8), (3, 9), (4, 9), (5, 10), (6, 10),
             (7, 11), (8, 11), (8, 9), (10, 11)]
    used: Counter[int] = Counter()
    rules = []
    for a, b in edges:
        rules.append(f"    connect gpu[{a}].p[{used[a]}] <-> gpu[{b}].p[{used[b]}];")
        used.update((a, b))
    return f"""
chip Gpu {{ relay = true;  port p: L[3]; }}
system S {{
    part gpu: Gpu[12];
{chr(10).join(rules)}
}}
design = S;
"""


def frucht_tables() -> str:
    """The same graph by rules: a table and a cycle."""
    jumps = [-5, -2, -4, 2, 5, -2, 2, 5, -2, -5, 4, 2]
    pairs = sorted({tuple(sorted((i, (i + d) % 12))) for i, d in enumerate(jumps)})
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    return f"""
chip Gpu {{ relay = true;  port p: L[3]; }}
system S {{
    const a = {first};
    const b = {second};
    part gpu: Gpu[12];
    connect gpu[i].p[0] <-> gpu[(i + 1) % 12].p[1]  for i in 0..12;
    connect gpu[a[k]].p[2] <-> gpu[b[k]].p[2]  for k in 0..{len(pairs)};
}}
design = S;
"""


def circulant_extra(n: int) -> str:
    """A full mesh of relaying chips with one more cable: not symmetric any more."""
    return f"""
chip Gpu {{ relay = true;  port p: L[{n - 1}];  port odd: L; }}
system S {{
    part gpu: Gpu[{n}];
    connect gpu[i].p[j - 1] <-> gpu[j].p[i]  for i in 0..{n}, j in 0..{n} where i < j;
    connect gpu[0].odd <-> gpu[1].odd;
}}
design = S;
"""


def one_row_meshed(n: int) -> str:
    """Columns on switches, and all pairs of the first row only."""
    return f"""
chip Gpu {{ relay = true;  port x: L;  port p: L[{n - 1}]; }}
switch Column {{ port p: L[{n}]; }}
system S {{
    part gpu: Gpu[{n}][{n}];
    part column: Column[{n}];
    connect gpu[r][c].x <-> column[c].p[r]  for r in 0..{n}, c in 0..{n};
    connect gpu[0][i].p[j - 1] <-> gpu[0][j].p[i]  for i in 0..{n}, j in 0..{n} where i < j;
}}
design = S;
"""


def diagonal_mesh(n: int) -> str:
    """Rings in one coordinate; all pairs (i, i), (i, j) of a square."""
    return f"""
chip Gpu {{ relay = true;  port up: L;  port down: L;  port p: L[{n + 1}];  port q: L[{n + 1}]; }}
system S {{
    part gpu: Gpu[{n}][{n}];
    connect gpu[x][y].up <-> gpu[x][(y + 1) % {n}].down  for x in 0..{n}, y in 0..{n};
    connect gpu[i][i].p[j] <-> gpu[i][j].q[i]  for i in 0..{n}, j in 0..{n} where i < j;
    connect gpu[x][0].p[{n}] <-> gpu[(x + 1) % {n}][0].q[{n}]  for x in 0..{n};
}}
design = S;
"""


def paired_and_all(n: int, step: int = 0) -> str:
    """Two arrays of chips: every pair of them once, and i to i (or i + step) once more."""
    return f"""
chip Gpu {{ relay = true;  port p: L[{n}];  port more: L; }}
system S {{
    part a: Gpu[{n}];
    part b: Gpu[{n}];
    connect a[i].p[j] <-> b[j].p[i]  for i in 0..{n}, j in 0..{n};
    connect a[i].more <-> b[(i + {step}) % {n}].more  for i in 0..{n};
}}
design = S;
"""


def mesh_on_ring(n: int) -> str:
    """All pairs, and a ring besides."""
    return f"""
chip Gpu {{ relay = true;  port p: L[{n - 1}];  port up: L;  port down: L; }}
system S {{
    part gpu: Gpu[{n}];
    connect gpu[i].p[j - 1] <-> gpu[j].p[i]  for i in 0..{n}, j in 0..{n} where i < j;
    connect gpu[i].up <-> gpu[(i + 1) % {n}].down  for i in 0..{n};
}}
design = S;
"""


def crossed_rails(n: int) -> str:
    """Chips whose two coordinates are swapped on the way to the switches."""
    return f"""
chip Gpu {{ port a: L;  port b: L; }}
switch Row {{ port p: L[{n}]; }}
system S {{
    part gpu: Gpu[{n}][{n}];
    part row: Row[{n}];
    part column: Row[{n}];
    connect gpu[x][y].a <-> row[x].p[y]  for x in 0..{n}, y in 0..{n};
    connect gpu[x][y].b <-> column[y].p[x]  for x in 0..{n}, y in 0..{n};
}}
design = S;
"""


def diagonal(n: int) -> str:
    """Chips (x, y) on switch x by one port, on switch x + y by the other."""
    return f"""
chip Gpu {{ port a: L;  port b: L; }}
switch Row {{ port p: L[{n}]; }}
system S {{
    part gpu: Gpu[{n}][{n}];
    part row: Row[{n}];
    part slant: Row[{n}];
    connect gpu[x][y].a <-> row[x].p[y]  for x in 0..{n}, y in 0..{n};
    connect gpu[x][y].b <-> slant[(x + y) % {n}].p[x]  for x in 0..{n}, y in 0..{n};
}}
design = S;
"""


def twisted(a: int, b: int, shift: int) -> str:
    """Torus whose wrap in x moves along y."""
    return f"""
chip Gpu {{ relay = true;  port plus: L[2];  port minus: L[2]; }}
system S {{
    part gpu: Gpu[{a}][{b}];
    connect gpu[x][y].plus[0] <-> gpu[x + 1][y].minus[0]  for x in 0..{a - 1}, y in 0..{b};
    connect gpu[{a - 1}][y].plus[0] <-> gpu[0][(y + {shift}) % {b}].minus[0]  for y in 0..{b};
    connect gpu[x][y].plus[1] <-> gpu[x][(y + 1) % {b}].minus[1]  for x in 0..{a}, y in 0..{b};
}}
design = S;
"""


def reflected(n: int) -> str:
    """Two rings joined i to -i: a reflection, which rotations do not commute with."""
    return f"""
chip Gpu {{ relay = true;  port up: L;  port down: L;  port out: L; }}
system S {{
    part a: Gpu[{n}];
    part b: Gpu[{n}];
    connect a[i].up <-> a[(i + 1) % {n}].down  for i in 0..{n};
    connect b[i].up <-> b[(i + 1) % {n}].down  for i in 0..{n};
    connect a[i].out <-> b[{n - 1} - i].out  for i in 0..{n};
}}
design = S;
"""


def uneven_rings(n: int) -> str:
    """Two rings of one size, steps 1 and 2, joined i to i."""
    return f"""
chip Gpu {{ relay = true;  port up: L;  port down: L;  port out: L; }}
system S {{
    part a: Gpu[{n}];
    part b: Gpu[{n}];
    connect a[i].up <-> a[(i + 1) % {n}].down  for i in 0..{n};
    connect b[i].up <-> b[(i + 2) % {n}].down  for i in 0..{n};
    connect a[i].out <-> b[i].out  for i in 0..{n};
}}
design = S;
"""


def of_example(file: str, component: str) -> Design:
    """A component of an example file as the design."""
    path = Path(__file__).resolve().parents[2] / "examples" / file
    session = Session(cache_dir=None)
    text = path.read_text(encoding="utf-8").split("\ndesign =")[0]
    design = session.open_text(f"{text}\ndesign = {component};\n", str(path))
    assert design is not None, session.report()
    return design
