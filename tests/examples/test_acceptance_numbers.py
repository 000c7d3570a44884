"""Published results that the examples reproduce, asked of the designs from outside: one row a number, by paper.

Which example asserts it: the file of the row. What the papers measure (speed of training, bandwidth on hardware) is not here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Design, Session
from hwdsl.node import Record

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Number(Record):
    """`query` of `design`, built from what `file` declares, in `mode`, is `text`."""

    paper: str
    file: str
    design: str
    query: str
    text: str
    mode: str | None = None


HOPS = "mean_hops(router, plane = fabric)"
SPAN = "diameter(router, plane = fabric)"
CHIPS = "diameter(**.chip, plane = **.torus)"
TPU, CM, HPN = "TPU v4, ISCA 2023", "CloudMatrix384, arXiv 2506.12708", "HPN, SIGCOMM 2024"
HBD = "InfiniteHBD, arXiv 2502.03885"
MESH, RAIL, CLOSED = "UB-Mesh, arXiv 2503.20377", "Rail-only, arXiv 2307.12169", "closed form"
USABLE = "sum([8 * floor(c / 8) for c in components(**.gpu, plane = [optics, **.optics, **.inside])])"

NUMBERS = [
    Number(TPU, "tpuv4", "TpuV4Pod", "count(TpuV4)", "4096"),
    Number(TPU, "tpuv4", "TpuV4Pod", "count(links(cube[0].torus))", "144"),
    Number(TPU, "tpuv4", "TpuV4Pod(cubes = 1)", "count(fibres(torus))", "96"),
    Number(TPU, "tpuv4", "TpuV4Pod", "count(Palomar)", "48"),
    Number(TPU, "tpuv4", "TpuV4Pod", "count(ocs[0][0][0].port[* where .used])", "128"),
    Number(TPU, "tpuv4", "TpuV4Pod", "count(fibres(torus))", "6144"),
    Number(TPU, "tpuv4", "TpuV4Pod", "mean_hops(cube[0].chip, plane = **.torus)", "3.04762", "slice(i = 1, j = 1, k = 1)"),
    Number(TPU, "tpuv4", "TpuV4Pod", "diameter(cube[0].chip, plane = **.torus)", "6", "slice(i = 1, j = 1, k = 1)"),
    Number(TPU, "tpuv4", "TpuV4Pod", "mean_hops(cube[0..4].chip, plane = **.torus)", "5.01961", "slice(i = 1, j = 2, k = 2)"),
    Number(TPU, "tpuv4", "TpuV4Pod", "mean_hops(cube[0..8].chip, plane = **.torus)", "6.01174", "slice(i = 2, j = 2, k = 2)"),
    Number(TPU, "tpuv4", "TpuV4Pod", "mean_hops(**.chip, plane = **.torus)", "12.0029", "slice(i = 4, j = 4, k = 4)"),
    Number(TPU, "tpuv4", "TpuV4Pod", CHIPS, "24", "slice(i = 4, j = 4, k = 4)"),
    Number(TPU, "tpuv4", "TpuV4Pod", "mean_hops(cube[0..2].chip, plane = **.torus)", "3.46457", "twisted(n = 4)"),
    Number(TPU, "tpuv4", "TpuV4Pod", "percents(switched(0.995, 32), 1)", "50"),
    Number(TPU, "tpuv4", "TpuV4Pod", "percents(switched(0.995, 48), 1)", "75"),
    Number(TPU, "tpuv4", "TpuV4Pod", "floor(10000 * switched(0.995, 4) + 0.5)", "8997"),
    Number(TPU, "tpuv4", "TpuV4Pod", "floor(10000 * switched(0.999, 16) + 0.5)", "8397"),
    Number(TPU, "tpuv4", "TpuV4Pod", "floor(10000 * pow(0.995, 16 * 16) + 0.5)", "2771"),
    Number(TPU, "tpuv4", "TpuV4Pod", "floor(10000 * pow(0.999, 16 * 48) + 0.5)", "4638"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "count(UbL1)", "336"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "count(UbL2)", "112"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "count(links(ub))", "5376"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "count(card[0][0].chip[0].port[* where .used])", "48"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "raw(rate(cabinet[0].node[0].npu[0].die[*].ub[*])) / 1 GB/s", "392"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "raw(rate(cabinet[0].node[0].l1[*].up[*])) / 1 GB/s", "3136"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "rate(cabinet[0].node[0].npu[*].die[*].roce) / 1 Tb/s", "3.2"),
    Number(CM, "cloudmatrix384", "CloudMatrix384", "sum(**.npu.memory) / 1 TB", "49.152"),
    *(Number(HBD, "infinitehbd", f"InfiniteHbd(n = 16, k = {k})", USABLE, usable, f"bypass(faulty = {faulty})")
      for faulty, found in (("[3, 9]", "56 56"), ("[3, 4, 10, 11]", "40 48"), ("[3, 4, 5, 10, 11, 12]", "40 40"))
      for k, usable in zip((2, 3), found.split(), strict=True)),
    Number(HBD, "infinitehbd", "InfiniteHbd", "percents(1 - fault - (64 * two + 32 * (1 - two)) / 72, 0.001)", "9.992"),
    Number(HBD, "infinitehbd", "InfiniteHbd", "percents(1 - fault - pow(1 - fault, 8), 0.001)", "7.816"),
    Number(HBD, "infinitehbd", "InfiniteHbd", "percents(1 - fault - pow(1 - fault, 16), 0.01)", "15.99"),
    Number(HPN, "hpn", "HpnPod", "count(segment[*].host[0..128].gpu)", "15360"),
    Number(HPN, "hpn", "HpnPod", "count(HpnTor)", "240"),
    Number(HPN, "hpn", "HpnPod", "count(HpnAgg)", "120"),
    Number(HPN, "hpn", "HpnPod", "count(links(backend))", "14400"),
    Number(HPN, "hpn", "HpnPod", "count(links(segment[*].backend))", "32640"),
    Number(HPN, "hpn", "HpnPod", "count(segment[0].tor[0][0].up[* where .used])", "60"),
    Number(HPN, "hpn", "HpnPod", "oversubscription(segment[*].tor, plane = **.backend, downlinks = 128)", "1.06667"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "count(links(mesh))", "10240"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "count(links(npu[*][*][0][0]))", "832"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "mean_hops(npu)", "3.25318"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "mean_hops(npu[*][*][0][0])", "1.77778"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "floor(10 * mtbf(mesh_failures) / 1 h + 0.5) / 10", "98.5"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "floor(10 * mtbf(clos_failures) / 1 h + 0.5) / 10", "13.8"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "floor(100000 * availability(mtbf(mesh_failures), 75 min) + 0.5)", "98747"),
    Number(MESH, "ub_mesh_paper", "Mesh4D", "floor(100000 * availability(mtbf(clos_failures), 75 min) + 0.5)", "91718"),
    Number(RAIL, "rail_only", "RailOnly", "count(TrxSwitch)", "1536"),
    Number(RAIL, "rail_only", "RailOptimised", "count(TrxSwitch)", "2560"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 5)", "count(router)", "50"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 5)", "count(links(fabric))", "175"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 5)", "count(host)", "200"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 5)", HOPS, "1.85714"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 7)", "count(links(fabric))", "539"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 7)", HOPS, "1.8866"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 11)", "count(links(fabric))", "2057"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 11)", "count(host)", "2178"),
    Number(CLOSED, "fabrics_low_diameter", "SlimFly(q = 11)", HOPS, "1.92946"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 3)", "count(links(fabric))", "24"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 3)", HOPS, "1.69231"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 7)", "count(router)", "57"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 7)", "count(links(fabric))", "224"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 7)", HOPS, "1.85965"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 11)", "count(links(fabric))", "792"),
    Number(CLOSED, "fabrics_low_diameter", "PolarFly(q = 11)", HOPS, "1.90977"),
    Number(CLOSED, "fabrics_low_diameter", "Dragonfly(p = 2, a = 4, h = 2)", "count(router)", "36"),
    Number(CLOSED, "fabrics_low_diameter", "Dragonfly(p = 2, a = 4, h = 2)", "count(links(fabric))", "90"),
    Number(CLOSED, "fabrics_low_diameter", "Dragonfly(p = 2, a = 4, h = 2)", SPAN, "3"),
    Number(CLOSED, "fabrics_low_diameter", "Dragonfly(p = 4, a = 8, h = 4)", "count(host)", "1056"),
    Number(CLOSED, "fabrics_low_diameter", "Dragonfly(p = 4, a = 8, h = 4)", "count(links(fabric))", "1452"),
    *(Number(CLOSED, "fabrics_indirect", f"FatTree(k = {k})", query, str(n))
      for k, switches, hosts in ((4, 20, 16), (8, 80, 128), (14, 245, 686), (48, 2880, 27648), (128, 20480, 524288))
      for query, n in (("count(switch)", switches), ("count(host)", hosts), ("count(links(fabric))", 3 * hosts))),
    Number(CLOSED, "fabrics_rings", "Torus3(x = 4, y = 8, z = 8)", SPAN, "10"),
    Number(CLOSED, "fabrics_rings", "TwistedTorus(n = 4)", HOPS, "3.46457"),
]


def built(number: Number) -> tuple[Session, Design | None]:
    """The design of a row: the file as it is, with `design` in the place of its own."""
    session = Session()
    path = EXAMPLES / f"{number.file}.hw"
    text = path.read_text(encoding="utf-8").split("\n")
    kept = [f"design = {number.design};" if line.startswith("design = ") else line for line in text]
    return session, session.open_text("\n".join(kept), str(path), mode=number.mode)


@pytest.mark.parametrize("number", NUMBERS, ids=[f"{n.design} {n.mode or ''}: {n.query}" for n in NUMBERS])
def test_number(number: Number) -> None:
    session, design = built(number)
    assert design is not None, session.report()
    answer = design.query(number.query)
    assert answer is not None, session.report()
    assert answer.text == number.text, number.paper


def test_rail_only_saves_38_percent() -> None:
    """Switch ports at $694 and transceivers at $199, 32,768 GPUs on switches of 64 ports."""
    cost = {}
    for name in ("RailOnly", "RailOptimised"):
        session, design = built(Number(RAIL, "rail_only", name, "", ""))
        assert design is not None, session.report()
        switches, modules = (design.query(q) for q in ("count(TrxSwitch)", "count(modules(self))"))
        assert switches is not None, session.report()
        assert modules is not None, session.report()
        cost[name] = int(switches.text) * 64 * 694 + int(modules.text) * 199
    assert cost == {"RailOnly": 94_306_304, "RailOptimised": 152_829_952}
    assert round(100 * (1 - cost["RailOnly"] / cost["RailOptimised"]), 2) == 38.29
