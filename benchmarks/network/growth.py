"""How the cost of exact uniform loads grows with the number of accelerators, family by family, with and without one failed link.

Every measurement starts from L0: network, verification of symmetries, loads. The exponent is the slope of log time over log N.
What no symbolic method covers is refused with its reason, and named here; Jellyfish has no symmetry and is answered flat.
"""

from __future__ import annotations

from time import process_time
from typing import Any

from benchmarks.network.measure import family, median, of_planes, seconds, slope
from hwdsl.ir.l0 import Template
from hwdsl.ir.outages import Exclusion
from hwdsl.node import Record
from hwdsl.perf.symbolic import uniform_loads
from hwdsl.query.quotient import Refused

PATIENCE = 2.0
"""CPU seconds of one answer above which larger sizes of a family are left out."""


class Family(Record):
    """A family at some sizes, smallest first; `port` is one end of the link that fails, by path and coordinates."""

    name: str
    designs: tuple[str, ...]
    port: tuple[str, tuple[int, ...]]
    routing: str = "ecmp"
    sides: tuple[tuple[int, ...], ...] = ()


def _sized(component: str, names: str, sides: tuple[tuple[int, ...], ...]) -> tuple[str, ...]:
    """`Torus(x = 9, y = 10, z = 11)` for each row of numbers."""
    return tuple(f"{component}({', '.join(f'{n} = {v}' for n, v in zip(names.split(), row))})" for row in sides)


CUBIC = ((9, 10, 11), (21, 22, 23), (46, 47, 48), (99, 100, 101))
PER_POD = ((4,), (39,), (391,), (3906,))
FAMILIES = (
    Family("torus, unequal sides", _sized("Torus", "x y z", CUBIC), ("node.net", (0, 0, 0, 0))),
    Family("ring of 4 hops", _sized("KHopRing", "n", ((1000,), (10_000,), (100_000,), (1_000_000,))), ("node.net", (0, 0))),
    Family("HyperX", _sized("HyperX", "a b c", CUBIC), ("node.net", (0, 0, 0, 0))),
    Family("fat tree, three tiers", _sized("FatTree", "k", ((16,), (34,), (74,), (158,))), ("agg.net", (0, 0, 0))),
    Family("rails and planes", _sized("Rails", "pods", PER_POD), ("leaf.net", (0, 0, 0, 0))),
    Family("Clos of 8 x 8 x 8 cubes", _sized("ClosOfCubes", "cubes", ((2,), (20,), (195,), (1953,))), ("tor.net", (0, 0, 0))),
    Family("rings of 32 nodes", _sized("NodeRings", "pods", PER_POD), ("chip.net", (0, 0, 2))),
    Family("one ring of nodes", _sized("NodeRing", "n", ((125,), (1250,), (12_500,), (125_000,))), ("chip.net", (0, 0))),
    Family("Slim Fly", _sized("SlimFly", "q", ((9,), (19,), (41,), (89,))), ("router.net", (0, 0, 0, 0))),
    Family("PolarFly", _sized("PolarFly", "q", ((11,), (27,), (59,), (127,))), ("router.net", (0, 0))),
    Family("dragonfly, hierarchical", _sized("Dragonfly", "h", ((4,), (7,), (13,), (22,))), ("router.net", (0, 0, 0)),
           "local_global_local"),
    Family("dragonfly, graph-minimal", _sized("Dragonfly", "h", ((4,), (7,), (13,), (22,))), ("router.net", (0, 0, 0))),
)


class Row(Record):
    """What was measured: sizes and times of the answers, the method, and what ended the list early."""

    sizes: tuple[int, ...]
    times: tuple[float, ...]
    method: str
    end: str


def growth(quick: bool) -> None:
    """Print the table."""
    print("Growth of exact uniform all-to-all loads from L0 with the number of accelerators N (CPU time; exponent: slope of log "
          "time over log N)")
    of_planes(family(FAMILIES[0].designs[0]), None)
    for f in FAMILIES:
        designs = [(family(d), d) for d in (f.designs[:3] if quick else f.designs)]
        _line(f.name, _grown(f, designs, (), 1 if quick else 3))
        if f.routing == "ecmp":
            path, box = f.port
            gone = Exclusion(tuple(path.split(".")), tuple(range(x, x + 1) for x in box), "port", "failed")
            _line("    one failed link", _grown(f, designs, (gone,), 1))
    _jellyfish((120, 1250) if quick else (120, 1250, 6250))


def _grown(f: Family, designs: list[tuple[Template, str]], failed: tuple[Exclusion, ...], rounds: int) -> Row:
    sizes: list[int] = []
    times: list[float] = []
    method = end = ""
    for root, text in designs:
        def solve(root: Template = root) -> Any:
            return uniform_loads(of_planes(root, None), f.routing, failed)

        before = process_time()
        try:
            found = solve()
        except Refused as reason:
            end = f"refused: {text}: {reason}"
            break
        first = process_time() - before
        sizes.append(found.endpoints)
        times.append(first if first > PATIENCE / 4 else median(solve, 2 * rounds + 1))
        method = found.method
        if first > PATIENCE and root is not designs[-1][0]:
            end = f"larger ones not tried after {seconds(first)}"
            break
    return Row(tuple(sizes), tuple(times), method, end)


def _line(name: str, row: Row) -> None:
    points = ", ".join(f"{n:,}: {seconds(t)}" for n, t in zip(row.sizes, row.times))
    exponent = f"N^{slope(row.sizes, row.times):.2f}" if len(row.sizes) > 1 else "-"
    print(f"    {name:<26} {exponent:<7} {points or 'no size'}{'; ' + row.method if row.method else ''}", flush=True)
    if row.end:
        print(f"    {'':<26} {'':<7} {row.end}")


def _jellyfish(routers: tuple[int, ...]) -> None:
    """A random graph: flat, one sweep for every destination."""
    from hwdsl.perf.flat import fabric, loads, uniform
    from hwdsl.perf.flat.models import Options, shortest_path_graph
    from hwdsl.perf.flat.run import compiled_sweep
    from hwdsl.perf.flat.traffic import demand

    sizes: list[int] = []
    times: list[float] = []
    method = ""
    for n in routers:
        root = family(f"Jellyfish(n = {n})")
        f = fabric(root, None, None)
        if not sizes:
            graph = shortest_path_graph(f, "ecmp", Options())
            assert graph is not None
            compiled_sweep(graph, demand(f, uniform()).part(0, 1), f.bundles.count)
        before = process_time()
        found = loads(f, uniform())
        spent = process_time() - before
        sizes.append(len(f.endpoints))
        times.append(spent)
        method = f"{found.method} of the endpoints of one router: a random graph has no other symmetry"
        if spent > 10 * PATIENCE:
            break
    _line("Jellyfish, flat", Row(tuple(sizes), tuple(times), method, ""))
