"""Modes of reconfigurable parts: the logical graph of each against plain Python, and what cannot be realised."""

from __future__ import annotations

from collections import Counter, deque
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from small_networks import HEAD, opened

from hwdsl.api import Design, Session

K_HOP = """
chip Xpu { relay = true;  port opt: L[2][2]; }
module Trx {
    port host: L;
    port fibre: L;
    default state dark { }
    state through { bridge host <-> fibre; }
}
node Server {
    part gpu: Xpu;
    part trx: Trx[2][2];
    connect gpu.opt[h][d] <-> trx[h][d].host  for h in 0..2, d in 0..2;
}
system Ring(n: int = 12) {
    part server: Server[n];
    connect server[i].trx[h][0].fibre <-> server[(i + h + 1) % n].trx[h][1].fibre  for i in 0..n, h in 0..2;

    default mode ring {
        set server[i].trx[0][d] = through  for i in 0..n, d in 0..2;
    }
    mode both {
        set server[i].trx[h][d] = through  for i in 0..n, h in 0..2, d in 0..2;
    }
    mode groups(size: int = 4) where n % size == 0 {
        default set server[*].trx[*][*] = dark;
        set server[i].trx[0][d] = if (i + 1 - d) % size == 0 then dark else through  for i in 0..n, d in 0..2;
    }
    /// Server f is passed by.
    mode bypass(f: int) {
        default set server[i].trx[0][d] = through  for i in 0..n, d in 0..2;
        set server[f].trx[0][d] = dark  for d in 0..2;
        set server[(f + 1) % n].trx[0][1] = dark;
        set server[(f - 1 + n) % n].trx[0][0] = dark;
        set server[(f - 1 + n) % n].trx[1][0] = through;
        set server[(f + 1) % n].trx[1][1] = through;
    }
    under mode ring { assert diameter(server[*]) == n / 2; }
    under mode both { assert diameter(server[*]) == 3; }
}
design = Ring;
"""


def value(design: Design, query: str, mode: str) -> Any:
    """Answer to a query in a mode."""
    assert design.select_mode(mode), design.session.report()
    answer = design.query(query)
    assert answer is not None, design.session.report()
    return answer.json


def histogram(edges: set[tuple[int, int]], n: int) -> list[int]:
    """Ordered pairs by distance in a plain graph."""
    near: dict[int, set[int]] = {k: set() for k in range(n)}
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    total: Counter[int] = Counter()
    for s in range(n):
        seen, queue = {s: 0}, deque([s])
        while queue:
            v = queue.popleft()
            for w in near[v]:
                if w not in seen:
                    seen[w] = seen[v] + 1
                    queue.append(w)
        total.update(d for d in seen.values() if d)
    return [total[k] for k in range(max(total, default=0) + 1)]


@pytest.mark.parametrize("n", [8, 12])
def test_ring_and_both_hops(n: int) -> None:
    text = K_HOP.replace("n: int = 12", f"n: int = {n}").replace("under mode both { assert diameter(server[*]) == 3; }", "")
    design = opened(text)
    once = {(i, (i + 1) % n) for i in range(n)}
    assert value(design, "hop_histogram(server[*])", "ring") == histogram(once, n)
    twice = once | {(i, (i + 2) % n) for i in range(n)}
    assert value(design, "hop_histogram(server[*])", "both") == histogram(twice, n)


def test_asserts_hold_in_their_modes() -> None:
    design = opened(K_HOP)
    assert [c.outcome for c in design.checks] == ["passed", "passed"]


@pytest.mark.parametrize("size", [2, 4, 6, 12])
def test_groups_are_chains(size: int) -> None:
    design = opened(K_HOP)
    edges = {(i, i + 1) for i in range(11) if (i + 1) % size}
    assert value(design, "components(server[*])", f"groups(size = {size})") == [size] * (12 // size)
    assert value(design, "hop_histogram(server[*])", f"groups(size = {size})") == histogram(edges, 12)


def test_a_server_is_passed_by() -> None:
    design = opened(K_HOP)
    edges = {(i, (i + 1) % 12) for i in range(12) if i not in (4, 5)} | {(4, 6)}
    assert value(design, "hop_histogram(server[*])", "bypass(f = 5)") == histogram(edges, 12)
    assert value(design, "components(server[*])", "bypass(f = 5)") == [11, 1]


def test_the_default_mode_is_the_one_in_force() -> None:
    design = opened(K_HOP)
    answer = design.query("diameter(server[*])")
    assert answer is not None
    assert answer.value == 6


def test_a_failed_part_in_the_default_mode() -> None:
    text = K_HOP.replace("design = Ring;", "").rstrip().removesuffix("}") + """
    under failed server[f] for f in 0..3 { assert components(server[*]) == [11]; }
    under mode both { under failed server[7] { assert components(server[*]) == [11]; } }
    under failed server[3] { assert diameter(server[*]) == 10; }
}
design = Ring;
"""
    assert [c.outcome for c in opened(text).checks] == ["passed"] * 7


OCS = """
chip Tpu { relay = true;  port plus: L[3];  port minus: L[3]; }
/// Cube of m x m x m chips; its faces go to optical switches, the opposite faces to the same one.
node Cube(m: int) {
    part tpu: Tpu[m][m][m];
    connect tpu[x][y][z].plus[0] <-> tpu[x + 1][y][z].minus[0]  for x in 0..m - 1, y in 0..m, z in 0..m;
    connect tpu[x][y][z].plus[1] <-> tpu[x][y + 1][z].minus[1]  for x in 0..m, y in 0..m - 1, z in 0..m;
    connect tpu[x][y][z].plus[2] <-> tpu[x][y][z + 1].minus[2]  for x in 0..m, y in 0..m, z in 0..m - 1;
}
ocs Ocs(n: int) { port p: L[2 * n]; }
system Pod(m: int = 4, i: int = 1, j: int = 1, k: int = 2) {
    const n = i * j * k;
    part cube: Cube(m = m)[n];
    part ocs: Ocs(n = n)[3][m][m];
    connect cube[c].tpu[m - 1][a][b].plus[0] <-> ocs[0][a][b].p[2 * c]      for c in 0..n, a in 0..m, b in 0..m;
    connect cube[c].tpu[0][a][b].minus[0]    <-> ocs[0][a][b].p[2 * c + 1]  for c in 0..n, a in 0..m, b in 0..m;
    connect cube[c].tpu[a][m - 1][b].plus[1] <-> ocs[1][a][b].p[2 * c]      for c in 0..n, a in 0..m, b in 0..m;
    connect cube[c].tpu[a][0][b].minus[1]    <-> ocs[1][a][b].p[2 * c + 1]  for c in 0..n, a in 0..m, b in 0..m;
    connect cube[c].tpu[a][b][m - 1].plus[2] <-> ocs[2][a][b].p[2 * c]      for c in 0..n, a in 0..m, b in 0..m;
    connect cube[c].tpu[a][b][0].minus[2]    <-> ocs[2][a][b].p[2 * c + 1]  for c in 0..n, a in 0..m, b in 0..m;
    mode torus {
        fn id(x: int, y: int, z: int) -> int = (x * j + y) * k + z;
        circuit ocs[0][a][b].p[2 * id(x, y, z)] <-> ocs[0][a][b].p[2 * id((x + 1) % i, y, z) + 1]
            for x in 0..i, y in 0..j, z in 0..k, a in 0..m, b in 0..m;
        circuit ocs[1][a][b].p[2 * id(x, y, z)] <-> ocs[1][a][b].p[2 * id(x, (y + 1) % j, z) + 1]
            for x in 0..i, y in 0..j, z in 0..k, a in 0..m, b in 0..m;
        circuit ocs[2][a][b].p[2 * id(x, y, z)] <-> ocs[2][a][b].p[2 * id(x, y, (z + 1) % k) + 1]
            for x in 0..i, y in 0..j, z in 0..k, a in 0..m, b in 0..m;
    }
}
design = Pod;
"""


def torus_hops(*sizes: int) -> tuple[int, Fraction]:
    """(diameter, mean over ordered pairs) of a torus."""
    ways = [[min(d, n - d) for d in range(n)] for n in sizes]
    lengths = [sum(c) for c in product(*ways)]
    return max(lengths), Fraction(sum(lengths), len(lengths) - 1)


def test_two_cubes_joined_make_a_torus() -> None:
    """4 x 4 x 8 chips: diameter 8 and mean 4.0315, as published for the regular torus."""
    design = opened(OCS)
    assert value(design, "diameter(**.tpu)", "torus") == 8 == torus_hops(4, 4, 8)[0]
    assert design.select_mode("torus")
    answer = design.query("mean_hops(**.tpu)")
    assert answer is not None
    assert answer.value == torus_hops(4, 4, 8)[1]
    assert round(float(answer.value), 4) == 4.0315


@pytest.mark.parametrize(("m", "i", "j", "k"), [(2, 1, 1, 1), (2, 2, 1, 3), (3, 1, 2, 2)])
def test_slices_of_other_shapes(m: int, i: int, j: int, k: int) -> None:
    shape = f"m: int = {m}, i: int = {i}, j: int = {j}, k: int = {k}"
    design = opened(OCS.replace("m: int = 4, i: int = 1, j: int = 1, k: int = 2", shape))
    assert design.select_mode("torus")
    answer = design.query("mean_hops(**.tpu)")
    assert answer is not None, design.session.report()
    assert answer.value == torus_hops(m * i, m * j, m * k)[1]


def test_a_pod_of_64_cubes_has_diameter_24() -> None:
    text = OCS.replace("i: int = 1, j: int = 1, k: int = 2", "i: int = 4, j: int = 4, k: int = 4")
    assert value(opened(text), "diameter(**.tpu)", "torus") == 24


MISTAKES = {
    "HW3202": "mode m { set trx[i] = through for i in 0..4;  set trx[3] = dark; }",
    "HW3203": "mode m { set trx[*] = straight; }",
    "HW3204": "mode m { circuit sw[0].p[i] <-> sw[0].p[i + 1]  for i in 0..3; }",
    "HW3205": "mode m { circuit sw[0].p[i] <-> sw[1].p[i]  for i in 0..4; }",
}


@pytest.mark.parametrize("code", MISTAKES)
def test_what_cannot_be_realised_is_told(code: str) -> None:
    session = Session(cache_dir=None)
    session.open_text(HEAD + f"""
ocs Switch {{ port p: L[4]; }}
module Trx {{
    port a: L;
    port b: L;
    default state dark {{ }}
    state through {{ bridge a <-> b; }}
}}
system Pod {{
    part sw: Switch[2];
    part trx: Trx[8];
    {MISTAKES[code]}
}}
design = Pod;
""")
    assert [d.code for d in session.diagnostics.items] == [code]


@pytest.mark.parametrize("mode", ["absent", "groups(size = 5)", "groups(wide = 4)", "ring(1)", "ring +"])
def test_a_mode_that_is_none_is_told(mode: str) -> None:
    design = opened(K_HOP)
    assert not design.select_mode(mode)
    assert design.session.diagnostics.has_errors
