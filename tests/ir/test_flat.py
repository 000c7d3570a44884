"""The flat tables: breakouts, connectors, failed cables, budget, large index maps, and the file they are stored in."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hwdsl
from hwdsl.ir.index import Ix, evaluate, substitute, variable
from hwdsl.ir.l1 import Implicit, bfs, hop_histogram
from hwdsl.ir.l2 import Flat, OverBudget, flat_bytes, flatten, partners
from hwdsl.ir.npz_io import NotFlat, differences, read, stored, to_bytes, write
from hwdsl.ir.space import Cmp, Space, points
from hwdsl.ir.traverse import hops, slices

ROOT = Path(__file__).resolve().parents[2]
BUDGET = 1 << 30
EXAMPLES = ("nvl72", "cloudmatrix384", "dgx_h100")


def opened(text: str) -> Any:
    session = hwdsl.Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


def example(name: str, **parameters: str) -> Any:
    session = hwdsl.Session(cache_dir=None)
    design = session.open(str(ROOT / "examples" / f"{name}.hw"), parameters=parameters)
    assert design is not None, session.report()
    return design


def agree(design: Any, exclude: tuple[str, ...] = ("failed", "planned", "absent")) -> Flat:
    """The flat tables, after comparing every entry with what L1 computes."""
    flat, implicit = flatten(design.root, BUDGET, exclude), Implicit(design.root, exclude)
    assert [implicit.link(n) for n in range(len(flat.peer))] == list(zip(flat.peer.tolist(), flat.rule_of_port.tolist()))
    assert partners(design.root, BUDGET, exclude).tolist() == flat.peer.tolist()
    return flat


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_agree_at_every_level(name: str) -> None:
    design = example(name)
    flat = agree(design)
    assert flat.links == design.query("count(links(self))").value
    numbering = flat.layout
    assert flat.owner.tolist() == [numbering.owner(p) for p in range(numbering.ports)]
    start, devices = flat.device_start, range(numbering.devices)
    assert [range(start[d], start[d + 1]) for d in devices] == [numbering.device_ports(d) for d in devices]
    for device in (0, numbering.devices // 2):
        assert list(bfs(design.root, device)) == hops(design.root, device, (), ()).tolist()


def test_planes_are_told_apart() -> None:
    design = example("nvl72")
    flat = flatten(design.root, BUDGET)
    low, high, number = flat.edges(["nvlink"])
    assert len(low) == 1296
    assert {flat.classes[k].plane for k in number.tolist()} == {"nvlink"}
    assert {flat.peer[p] for p in low.tolist()} == set(high.tolist())
    assert flat.csr(["nvlink"])[0][-1] == 2 * 1296
    assert len(flat.edges()[0]) == flat.links > 1296
    switch = flat.layout.device_id(("fabric", "chip"), (0, 0))
    assert hop_histogram(bfs(design.root, switch, planes=["nvlink"])) == {0: 1, 1: 72, 2: 17}


BREAKOUT = """
link Wire(lanes: int) { lanes = lanes; raw = 53.125 Gb/s; net = 50 Gb/s; }
chip Nic { port x: Wire(lanes = 1); }
switch Leaf { port wide: Wire(lanes = 4)[3]; port own: Wire(lanes = 4)[2]; }
system Top {
    part leaf: Leaf[2];
    part nic: Nic[16];
    plane net {
        connect leaf[l].wide[w].lane[k .. k + 1] <-> nic[8 * l + 4 * w + k].x  for l in 0..2, w in 0..2, k in 0..4;
        connect leaf[0].own[p] <-> leaf[1].own[p]  for p in 0..2;
    }
    override part nic[5] { status = failed; }
}
design = Top;
"""


def test_a_broken_out_port_has_a_branch_for_each_slice() -> None:
    flat = agree(opened(BREAKOUT))
    assert flat.links == 2 + 15
    port = flat.layout.port_id(("leaf", "wide"), (0, 1))
    assert flat.peer[port] == -1
    own = np.flatnonzero(flat.branch.port == port)
    assert flat.branch.lane[own].tolist() == [0, 1, 2, 3]
    assert flat.branch.width[own].tolist() == [1, 1, 1, 1]
    ends = [int(e) for e in flat.peer[flat.layout.ports + own]]
    assert [flat.end_name(e) if e >= 0 else "" for e in ends] == ["nic[4].x", "", "nic[6].x", "nic[7].x"]
    assert ("leaf[0].wide[1].lane[2..3]", "nic[6].x") in {tuple(sorted(pair)) for pair in flat.link_names()}
    assert set(flat.owner[flat.layout.ports + own]) == {0}
    assert all(flat.port_of(flat.layout.ports + int(k)) == port for k in own)


CABLES = """
link Wire { lanes = 1; raw = 53.125 Gb/s; net = 50 Gb/s; }
connector Plug { lanes = 4; }
cable Cord { lanes = 4; }
chip Chip { port p: Wire[4]; }
board Card { part chip: Chip; part plug: Plug; carry chip.p[k] on plug.lane[k .. k + 1]  for k in 0..4; }
system Top {
    part card: Card[6];
    plane net { connect card[i].plug <-> card[i + 3].plug via Cord for i in 0..3; }
    override cable card[1].chip.p[2] { status = failed; }
    override link card[2].chip.p[0] { status = absent; }
}
design = Top;
"""


def test_connectors_join_the_ports_they_carry_and_a_failed_cable_takes_all() -> None:
    design = opened(CABLES)
    everything = agree(design, ())
    assert everything.links == 12
    assert ("card[0].chip.p[3]", "card[3].chip.p[3]") in set(everything.link_names())
    left = agree(design)
    assert {a.split(".")[0] for a, _ in left.link_names()} == {"card[0]", "card[2]"}
    assert left.links == 4 + 3
    assert agree(design, ("absent",)).links == 11 == design.query("count(links(self))").value


def test_the_budget_is_checked_before_anything_is_allocated() -> None:
    design = example("scale", supernodes="8192")
    need = flat_bytes(design.root)
    assert need > 2 * 1024**3
    with pytest.raises(OverBudget) as found:
        flatten(design.root, 1 << 20)
    assert found.value.bytes == need
    small = example("nvl72")
    assert flatten(small.root, flat_bytes(small.root)).nbytes <= flat_bytes(small.root)
    with pytest.raises(OverBudget):
        partners(small.root, flat_bytes(small.root, alone=True) - 1)
    assert partners(small.root, flat_bytes(small.root, alone=True)).nbytes <= flat_bytes(small.root, alone=True)


TORUS = """
link Wire { lanes = 1; raw = 53.125 Gb/s; net = 50 Gb/s; }
chip Chip { port plus: Wire[3]; port minus: Wire[3]; port far: Wire; relay = true; }
system Top {
    part chip: Chip[40][40][40];
    connect chip[x][y][z].plus[0] <-> chip[(x + 1) % 40][y][z].minus[0]  for x in 0..40, y in 0..40, z in 0..40;
    connect chip[x][y][z].plus[1] <-> chip[x][(y + 1) % 40][z].minus[1]  for x in 0..40, y in 0..40, z in 0..40;
    connect chip[x][y][z].plus[2] <-> chip[x][y][(z + 1) % 40].minus[2]  for x in 0..40, y in 0..40, z in 0..40;
    connect chip[x][y][z].far <-> chip[39 - x][y][z].far  for x in 0..40, y in 0..40, z in 0..40 where x < 20;
    override part chip[1][1][1] { status = failed; }
}
design = Top;
"""


def test_a_torus_of_64000_chips() -> None:
    """Rings modulo, a guard and a failed chip at a size at which traversals run as compiled loops."""
    design = opened(TORUS)
    flat, implicit = flatten(design.root, BUDGET), Implicit(design.root)
    assert flat.links == 3 * 64000 + 32000 - 7
    sample = [int(p) for p in np.random.default_rng(7).integers(0, flat.layout.ports, 2000)]
    assert [implicit.peer(p) for p in sample] == flat.peer[sample].tolist()
    used = np.flatnonzero(flat.peer >= 0)
    assert (flat.peer[flat.peer[used]] == used).all()
    near = np.asarray(bfs(design.root, 0))
    indptr, indices = flat.csr()
    distance = np.full(flat.layout.devices, -1)
    distance[0] = level = 0
    frontier = np.array([0])
    while len(frontier):
        level += 1
        following = np.unique(np.concatenate([indices[indptr[d]: indptr[d + 1]] for d in frontier.tolist()]))
        frontier = following[distance[following] < 0]
        distance[frontier] = level
    assert near.tolist() == distance.tolist()
    assert near[flat.layout.device_id(("chip",), (1, 1, 1))] == -1


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 1000])
def test_slices_make_up_the_whole(limit: int) -> None:
    less = Cmp("<=", Ix(0, ((1, "x"), (-1, "y"))))
    whole = Space((("x", 4), ("y", 5), ("z", 3)), (less,))
    found = []
    for part, values in slices(whole, limit):
        assert part.volume <= limit
        back = [substitute(variable(n), values, part.sizes) for n, _ in whole.vars]
        found += [tuple(evaluate(b, env) for b in back) for env in points(part)]
    assert found == [tuple(env.values()) for env in points(whole)]


def test_a_file_is_read_back_and_compared(tmp_path: Path) -> None:
    flat = flatten(opened(BREAKOUT).root, BUDGET)
    tables = stored(flat)
    path = tmp_path / "flat.npz"
    with path.open("wb") as out:
        write(tables, out)
    with path.open("rb") as file:
        assert differences(tables, read(file)) == []
    with np.load(path, allow_pickle=False) as plain:
        assert plain["peer"].tolist() == flat.peer.tolist()
        assert plain["class_plane"].tolist() == ["net"] * len(flat.classes)
    other = flatten(opened(BREAKOUT).root, BUDGET, ())
    found = differences(tables, stored(other))
    assert [line.split(":")[0] for line in found] == ["peer", "rule_of_port"]
    assert "2 of " in found[0]
    assert differences(tables, stored(flatten(opened(CABLES).root, BUDGET)))[0].startswith("peer: ")


def _zip_of(**tables: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **tables)
    return out.getvalue()


@pytest.mark.parametrize(("content", "said"), [
    (b"", "not an .npz file"),
    (b"noise" * 100, "not an .npz file"),
    (_zip_of(peer=np.zeros(3)), "no `version`"),
    (_zip_of(version=np.array(99)), "version 99; this compiler reads version 1"),
    (_zip_of(version=np.array(1), peer=np.zeros(3)), "no `owner`"),
])
def test_other_files_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(NotFlat, match=said):
        read(io.BytesIO(content))


def test_a_truncated_file_is_refused() -> None:
    whole = to_bytes(stored(flatten(opened(BREAKOUT).root, BUDGET)))
    for size in range(0, len(whole), 97):
        with pytest.raises(NotFlat):
            read(io.BytesIO(whole[:size]))


SCRIPT = """
import hashlib, sys
import hwdsl
from hwdsl.ir.l2 import flatten
from hwdsl.ir.npz_io import stored, to_bytes
for path in sys.argv[1:]:
    design = hwdsl.Session(cache_dir=None).open(path)
    print(hashlib.sha256(to_bytes(stored(flatten(design.root, 1 << 30)))).hexdigest())
"""


def test_files_are_the_same_bytes_under_any_hash_seed() -> None:
    command = [sys.executable, "-c", SCRIPT, *(str(ROOT / "examples" / f"{name}.hw") for name in EXAMPLES)]
    outputs = [subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
                              check=True).stdout.split() for seed in ("1", "4242")]
    files = [to_bytes(stored(flatten(example(name).root, BUDGET))) for name in EXAMPLES]
    assert outputs == 2 * [[hashlib.sha256(f).hexdigest() for f in files]]
    assert {m.date_time for f in files for m in zipfile.ZipFile(io.BytesIO(f)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_small_designs_do_not_import_numba() -> None:
    script = SCRIPT + "from hwdsl.ir.l1 import bfs\nbfs(design.root, 0)\nprint('numba' in sys.modules, 'networkx' in sys.modules)"
    command = [sys.executable, "-c", script, str(ROOT / "examples" / "nvl72.hw")]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.split()[1:] == ["False", "False"]
