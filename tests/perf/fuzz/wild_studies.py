"""Studies with arguments of every kind, sensible and not, over small designs of every kind: from a seed."""

from __future__ import annotations

import random

STAR = """
link Wire { lanes = 1; raw = 100 Gb/s; net = RATE; latency = LATENCY; }
chip Gpu { port x: Wire[2]; }
switch Leaf { port p: Wire[8]; latency = 0 ns; }
system Pod {
    part gpu: Gpu[COUNT];
    part leaf: Leaf[2];
    plane fabric { connect gpu[i].x[s] <-> leaf[s].p[i]  for i in 0..COUNT, s in 0..2; }
}
design = Pod;
"""
CLOS = """
link Down { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = LATENCY; }
link Up { lanes = 1; raw = 100 Gb/s; net = RATE; latency = 700 ns; }
chip Gpu { port x: Down[2]; }
switch Leaf { port d: Down[8]; port u: Up[2]; latency = 300 ns; }
switch Spine { port p: Up[4]; latency = 500 ns; }
system Pod {
    part gpu: Gpu[4][COUNT];
    part leaf: Leaf[4];
    part spine: Spine[2];
    plane fabric {
        connect gpu[l][g].x[k] <-> leaf[l].d[2 * (g % 4) + k]  for l in 0..4, g in 0..COUNT, k in 0..2 where g < 4;
        connect leaf[l].u[s] <-> spine[s].p[l]                 for l in 0..4, s in 0..2;
    }
}
design = Pod;
"""
TORUS = """
link Wire { lanes = 1; raw = 100 Gb/s; net = RATE; latency = LATENCY; }
chip Gpu { port d: Wire[2][2]; relay = true; latency = 0 ns; }
system Pod {
    part gpu: Gpu[3][COUNT];
    plane fabric {
        connect gpu[x][y].d[0][1] <-> gpu[(x + 1) % 3][y].d[0][0]      for x in 0..3, y in 0..COUNT;
        connect gpu[x][y].d[1][1] <-> gpu[x][(y + 1) % COUNT].d[1][0]  for x in 0..3, y in 0..COUNT;
    }
}
design = Pod;
"""
PLANES = """
link Wire { lanes = 2; raw = 100 Gb/s; net = 50 Gb/s; latency = LATENCY; }
link Thin { lanes = 1; raw = 100 Gb/s; net = RATE; }
chip Gpu { port x: Wire[4]; port y: Thin[2]; output port o: Wire; input port i: Wire; relay = true; latency = 10 ns; }
switch Leaf { port p: Wire[32]; }
switch Other { port p: Thin[8]; }
system Pod {
    part gpu: Gpu[COUNT];
    part lone: Gpu;
    part leaf: Leaf[2];
    part other: Other;
    plane fabric { connect gpu[i].x[s] <-> leaf[s / 2].p[2 * i + s % 2]  for i in 0..COUNT, s in 0..4; }
    plane side { connect gpu[i].y[0] <-> other.p[i]  for i in 0..COUNT where i > 0; }
    plane ring { connect gpu[i].o -> gpu[(i + 1) % COUNT].i  for i in 0..COUNT where COUNT > 1; }
}
design = Pod;
"""
MODES = """
link Wire { lanes = 1; raw = 100 Gb/s; net = RATE; latency = LATENCY; }
chip Gpu { port x: Wire[2]; relay = true; latency = 10 ns; }
ocs Leaf { port p: Wire[16]; latency = 30 ns; }
system Pod {
    part gpu: Gpu[8];
    part leaf: Leaf;
    plane fabric { connect gpu[i].x[s] <-> leaf.p[2 * i + s]  for i in 0..8, s in 0..2; }
    mode rings(size: int where 8 % size == 0) {
        circuit leaf.p[2 * i + 1] <-> leaf.p[2 * (i / size * size + (i + 1) % size)]  for i in 0..8;
    }
    mode dark { }
    mode lonely { circuit leaf.p[2 * i + 1] <-> leaf.p[2 * i + 2]  for i in 0..6; }
}
design = Pod;
"""
RATES = ("100 Gb/s", "0 Gb/s", "unknown", "100 Gb/s +- 10 Gb/s", "1 b/s")
LATENCIES = ("100 ns", "unknown", "0 ns", "100 ns +- 5 ns")

SELECTIONS = ("gpu", "**.gpu", "gpu[0..2]", "gpu[0]", "[gpu[0], gpu[0..2]]", "gpu[1..1]", "gpu[99]", "leaf", "[gpu, lone]",
              "self", "gpu.x", "[]", "fabric", "1", "**.nothing", "[gpu[1], gpu[0]]", "[gpu, self]")
PLANE_SETS = ("fabric", "[fabric, side]", "[fabric, fabric]", "**.ring", "nothing", "[]", "gpu", "side")
SIZES = ("1 MiB", "1 KiB", "1 B", "0 B", "-1 MiB", "unknown", "7", "1 TiB", "1 s", "[1 MiB]", "1 MiB +- 1 KiB", "size", "gpu")
NUMBERS = ("1", "2", "8", "0", "-1", "1.5", "unknown", "true", "99999999999999999999", "1 B", "each 1..3", '"1"')
MATRICES = ("[[0, 1], [1, 0]]", "[[0, 1 MiB], [1 KiB, 0]]", "[[0]]", "[[]]", "[]", "3", "[[0, -1], [1, 0]]", "[[1, 0], [0, 1]]",
            "[[0, unknown], [1, 0]]", '"absent.csv"', '"."', "[[i * j for j in 0..4] for i in 0..4]")
POOLS: dict[str, tuple[str, ...]] = {
    "size": SIZES, "over": SELECTIONS, "plane": PLANE_SETS, "src": SELECTIONS, "dst": SELECTIONS, "matrix": MATRICES,
    "routing": ("ecmp", "hashed", "dimension_order", "valiant", "up_down", "least_latency", "local_global_local", "adaptive",
                "static", "ospf"),
    "algorithm": ("ring", "tree", "double_tree", "halving_doubling", "hierarchical", "in_network", "direct", "rign"),
    "group": ("2", "[2, 2]", "4", "3", "0", "[]", "unknown"), "schedule": ("concurrent", "pairwise", "1"), "by": NUMBERS,
    "kind": ("shift", "opposite", "random", "transpose", "bit_reversal", "odd"), "root": ("0", "gpu[0]", "gpu", "9", "leaf[0]"),
    "targets": ("[1, 0]", "[1, 2, 3, 0]", "[0, 1, 2, 3]", "[1, 0, true, 2]", "3"), "periodic": ("true", "false", "1"),
    "shape": ("[2, 2]", "[4]", "[3, 4]", "0", "[]"), "experts": ("8", *NUMBERS),
    "top_k": NUMBERS, "tokens": NUMBERS, "hidden": NUMBERS,
    "bytes": ("1 B", *SIZES), "placement": ("round_robin", "blocked", "odd"), "imbalance": ("1", "1.5", "0.5", "4", "unknown"),
    "deduplicate": ("true", "false", "1"), "sharing": ("fluid", "max_min", "odd"), "seed": NUMBERS,
    "link_latency": ("5 ns", "-1 ns", "unknown", "3 m"), "switch_latency": ("5 ns", "0 ns"), "trace": ('"absent.csv"', "1"),
    "load": ("0.5", "1/4", "0", "2", "unknown"), "count": ("20", *NUMBERS), "distribution": ("fixed", "exponential", "odd"),
    "pattern": ("uniform", "permutation", "incast", "odd"),
    "table": ('"absent.csv"', "1"), "overhead": SIZES, "packet": SIZES}
FAILURES = ("leaf[0]", "leaf", "gpu[0]", "gpu", "gpu[0].x[0]", "fabric", "nothing", "gpu[99]", "self", "1", "**.ring",
            "spine[0..2]", "gpu[0][0]", "leaf[s] for s in 0..2", "gpu[s] for s in []")
MODE_TEXTS = ("rings(size = 4)", "rings(size = 3)", "rings", "dark", "lonely", "nothing", "rings(size = s) for s in [1, 8]")


def design(rnd: random.Random) -> str:
    """A small design; one in three has an odd rate or latency."""
    text = rnd.choice((STAR, CLOS, TORUS, PLANES, MODES))
    rate, latency = (rnd.choice(pool) if rnd.random() < 0.3 else pool[0] for pool in (RATES, LATENCIES))
    return text.replace("RATE", rate).replace("LATENCY", latency).replace("COUNT", rnd.choice("44412350"))


def _call(rnd: random.Random, takes: dict[str, tuple[str, ...]], common: tuple[str, ...], wild: float) -> str:
    name = rnd.choice(sorted(takes))
    words = []
    for argument in (*takes[name], *common):
        if rnd.random() < (0.75 if argument in takes[name] and argument not in ("targets", "group") else 0.3):
            pool = POOLS.get(argument, NUMBERS + SIZES)
            value = rnd.choice(pool) if rnd.random() < wild or argument == "routing" else rnd.choice(pool[:2])
            words.append(f"{argument} = {value}")
    return f"{name}({', '.join(words)});"


def study(rnd: random.Random, takes: dict[str, tuple[str, ...]], common: tuple[str, ...]) -> str:
    """A study of a few calls; `takes` gives the arguments of each, `common` those of all."""
    wild = rnd.choice((0.0, 0.05, 0.2))
    out = ["plane = fabric;"] if rnd.random() < 0.7 else []
    for _ in range(rnd.randint(1, 3)):
        call = _call(rnd, takes, common, wild)
        where = rnd.random()
        if where < 0.2:
            subject, _, points = rnd.choice(FAILURES).partition(" for ")
            call = f"under failed {subject}{' for ' * bool(points)}{points} {{ {call} }}"
        elif where < 0.35:
            subject, _, points = rnd.choice(MODE_TEXTS).partition(" for ")
            call = f"under mode {subject}{' for ' * bool(points)}{points} {{ {call} }}"
        out.append(call)
    return f"study s(size: quantity = 1 MiB) {{ {' '.join(out)} }}\n"
